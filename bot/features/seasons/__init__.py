"""Seasons: how long they are, who won them."""
