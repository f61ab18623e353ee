"""A study group that plays itself: to be looked at, to be measured, and to be killed.

group.py       the stage: a world, its people, a database, the bot
cast.py        who plays                     phrases.py  what they write
script.py      who does what, and when       answers.py  right and wrong answers from a question's key
steps.py       what a member can do          telling.py  the same in words
hands.py       a step as acts in the world   seen.py     what a member reads off a message
play.py        the moments of a run          rest.py     the bot doing all that is due at one of them
run.py         a run's beginning and verdict transcript.py  what a reader sees of it
calendar.py    when questions and reveals are due, by arithmetic of its own
standing.py    which answers count, and for how many points
oracle.py      what was lost and what was doubled, judged from the world alone
noted.py       bugs, as they are logged
page.py        the browser page              headless.py a run in one process
kill.py        a run with kills              reaper.py   when and how the bot is killed
ward.py        the bot as a process          child.py    that process     nursery.py  the process that bears it
"""
