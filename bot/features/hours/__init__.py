"""Hours of the week in which somebody could meet: as people write them, in words, and as moments."""
