"""People in a group: joining, leaving, and what each one sets for themselves."""
