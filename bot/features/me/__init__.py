"""What somebody has done and could do next."""
