"""The live queue: whoever has two hours now, and whoever else has them too."""
