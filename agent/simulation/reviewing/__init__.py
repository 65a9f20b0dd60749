"""What a call teaches: what decided it, its moments, advice, and figures of the talk."""
