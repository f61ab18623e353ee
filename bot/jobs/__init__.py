"""What happens by itself: the clock, the tick that asks what is due, the delivery that drains the outbox."""
