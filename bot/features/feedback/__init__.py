"""What the people of an interview tell each other about it, by the rubric of its kit."""
