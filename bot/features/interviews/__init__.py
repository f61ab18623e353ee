"""The interview itself: kits, seats, stages, and practising alone."""
