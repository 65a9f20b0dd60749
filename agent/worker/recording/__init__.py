"""A call's sound, recorded by its job."""
