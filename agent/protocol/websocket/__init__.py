"""The protocol over a websocket, for workers in other processes or on other machines."""
