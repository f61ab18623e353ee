"""What everybody wants of a mock interview, weighed for everybody with everybody."""
