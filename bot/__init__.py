"""Batchmates: the study-group bot for people who prepare for machine-learning interviews."""
