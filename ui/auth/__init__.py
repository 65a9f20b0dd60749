"""Who asks, what they may see, and what stands in front of every page."""
