"""The editor of one persona beside a call with it."""
