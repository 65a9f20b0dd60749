"""Guards: what a persona must never do in a call, whatever plays it, found in its lines; pure."""
