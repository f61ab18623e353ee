"""The database: one way to write, one way to read, and the outbox.

database.py      engines, the write transaction and the read one
columns.py       column types: an instant in UTC, a value of the vocabulary
unit_of_work.py  stories as transactions; an event has its effect once
outbox.py        what is to be sent, and what became of it
migrate.py       Alembic, called from the program
"""
