"""Mock interviews: from two people who were paired to a held session."""
