"""What everything runs on: settings, processes, the LiveKit server, preparation."""
