"""Slack, through slack-bolt and slack-sdk: /study, mentions, buttons, selects, modals, threads and App Home.

commands  how a command is typed, and the manifest      inbound   what came in to a core event
render    a core message to blocks                      forms     a form to a modal, and back
dialect   our small Markdown to rich text, and theirs   deliver   one sending to its calls, looking back
answers   the answer to whoever acted                   home      App Home
adapter   the platform, as the house sees it            ids       what stands in ids, marks and timestamps
calls     the Web API in the house's words              pace      Slack's limits, kept by a queue per workspace
people    names, zones and rights, remembered           access    scopes, and what stops without each
"""
