"""The simulations to choose from."""
