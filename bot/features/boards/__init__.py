"""Points, boards and streaks."""
