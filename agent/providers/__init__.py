"""Other people's services: addresses, keys, the text model, failures in words, prices."""
