"""Where a group lives: its channels, and what becomes of one that refuses every post."""
