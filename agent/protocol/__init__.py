"""What the app and a call's job say to each other, in this process or over a websocket."""
