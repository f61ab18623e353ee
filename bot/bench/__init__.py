"""Benchmarks: ratios side by side in one run, as one JSON object, progress on standard error.

suite.py      the benchmarks by name
sizes.py      how much of everything
paired.py     two times side by side, and the ratio that is drawn from many of them
replay.py     what a story told the database, told again without us
databases.py  empty databases, and twins of full ones
ground.py     groups, members, days and a bank to measure on
checkout.py   tools that measure against a test server, each in a process of its own
answers.py ticks.py lag.py boards.py banks.py pairs.py mastery.py pictures.py judging.py discord.py slack.py
              one file a measurement
"""

from bot.bench.suite import run

__all__ = ["run"]
