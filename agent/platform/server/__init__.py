"""The LiveKit server: started here or somebody else's, its rooms, its tokens."""
