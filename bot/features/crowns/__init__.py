"""Who wears the role of champions: given with a season, taken with the next one, or from whoever leaves or hides."""
