"""Discord, through discord.py: commands, buttons, selects and forms, threads and forums, all without state in memory.

commands  the declared commands as Discord's          inbound  what came in to a core event
render    a core message or form to components        dialect  our small Markdown to Discord's
answers   the answer to whoever acted                 deliver  one sending to one call, refusals, looking back
adapter   the platform, as the house sees it          ids      what stands in ids, nonces and marks
gateway   the connection that is kept up              hearing  what is heard, each piece in its line
access    permissions, intents, the invite link       threads  which threads are ours
pace      how fast requests are made
"""
