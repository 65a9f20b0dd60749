"""The doctor: looks at all that a call needs and names the next fix."""
