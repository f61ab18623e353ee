"""When an interview is held: times that are offered and agreed, the calendar, and reminders."""
