"""The tracks of a group: series of questions, each in channels and with a plan of its own."""
