"""How well somebody knows each area, estimated from their answers."""
