"""The local platform: a small chat world in memory, for the demo page and for tests.

formats   the words that pass between world and bot    render     a core message or form to blocks
standing  what stands: people, channels, messages      dialect    our small Markdown to runs
line      what goes to the bot, and its answers        inbound    an event of the world to a core event
botside   what the bot may do                          deliver    one sending to one call of the world
hands     what people do                               adapter    the platform, as the house sees it
world     all of it, and its faults                    commands   the commands that the page offers
remote    the same world over a loopback connection
"""
