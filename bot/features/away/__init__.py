"""When somebody was away from their group: on a journey, or out of it for a while."""
