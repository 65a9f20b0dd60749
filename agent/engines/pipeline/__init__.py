"""Speech to text, a text model, text to speech."""
