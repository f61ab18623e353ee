"""Where an interview is held: a private room, or private messages to each one where there can be none."""
