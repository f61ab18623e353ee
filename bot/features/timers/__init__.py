"""What falls due for a session by itself, each as a row with its moment."""
