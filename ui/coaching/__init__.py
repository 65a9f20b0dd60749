"""What coaches say of calls that are over, and how well that fits what was read in them."""
