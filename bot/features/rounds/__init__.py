"""Rounds of mock interviews: signing up, pairing, announcing."""
