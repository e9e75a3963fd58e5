"""How well possible doubles are told from others, on pairs of a real directory."""
