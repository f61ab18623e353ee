"""`python -m bot` is `batchmates`."""

from bot.cli import main

main()
