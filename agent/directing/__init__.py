"""What follows from what was seen: the state of a call, its causes, its score."""
