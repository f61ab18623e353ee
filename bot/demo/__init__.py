"""A study group that plays itself: to be looked at, to be measured, and to be killed.

group.py       the stage: a world, its people, a database, the bot
calendar.py    when questions and reveals are due, by arithmetic of its own
steps.py       what a member can do          script.py   who does what, and when
seen.py        what a member reads           hands.py    a step as acts in the world
play.py        the moments of a run, one after another
standing.py    which answers count, and for how many points
oracle.py      what was lost and what was doubled, judged from the world alone
transcript.py  what a reader sees of a run   noted.py    bugs, as they are logged
headless.py    a run in one process          kill.py     a run in which the bot is killed
child.py       the bot of such a run         nursery.py  the process that bears it
"""
