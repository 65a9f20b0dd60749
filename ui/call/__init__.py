"""The call page: a persona, the talk with it, and all that is shown meanwhile."""
