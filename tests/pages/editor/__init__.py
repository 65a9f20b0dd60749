"""The editor as an author meets it, in NiceGUI's simulation."""
