"""Gets ready what no Python package ships: the LiveKit server and the browser's SDK."""
