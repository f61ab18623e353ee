"""Runs members' programs in a sandbox: inputs go in, outputs come out, and what is right is decided outside."""
