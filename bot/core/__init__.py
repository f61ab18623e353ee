"""The vocabulary of the house: plain values and plain rules, standard library only.

refs      who and where             events    what members did
messages  what the bot says         forms     what the bot asks
commands  how a feature declares    parsing   how typed words become values
dispatch  event in, answer out      ask       what a handler is given
errors    the one error tree        ports     what the house needs from outside
clock     the time                  wire      every value to JSON and back
signs     marks, blanks, links and directions in words
"""
