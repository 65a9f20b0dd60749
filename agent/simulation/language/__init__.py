"""Word lists, and the grammar that reads a turn by them."""
