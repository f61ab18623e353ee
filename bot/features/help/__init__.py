"""What can I do here? Generated from what the features declare."""
