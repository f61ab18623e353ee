"""The days of a track: which question is planned for which date, and what organisers change about it."""
