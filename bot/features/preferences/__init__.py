"""What members set for mock interviews: types, hours, pauses, whom they never want to meet."""
