"""One folder for each thing that a group does, with the same file names in each.

commands.py  the stories: guard, load, decide, save, answer
rules.py     pure decisions
store.py     tables and SQL
words.py     the sentences that members read
jobs.py      what is due by itself, and what happens once something was sent
"""
