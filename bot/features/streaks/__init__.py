"""Streaks: posting days in a row, and what breaks none."""
