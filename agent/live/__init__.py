"""The calls that are going on, as the app sees them."""
