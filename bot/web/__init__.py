"""The web server of a running bot: is it alive, is it ready, and what is it doing."""
