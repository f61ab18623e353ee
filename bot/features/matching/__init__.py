"""Who practises with whom: a pure rule over everybody at once."""
