"""The reveal: what was right and why, how the group did, and the points for it."""
