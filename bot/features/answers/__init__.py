"""Answering the day's question: by button, by form, in the thread."""
