"""Frameworks, guides, roles and decks: to be found, read card by card, and asked about."""
