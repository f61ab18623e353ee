"""The story of a week, told in the home."""
