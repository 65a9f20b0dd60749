"""Pages without a browser, by NiceGUI's simulated user."""
