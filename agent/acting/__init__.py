"""What the persona says, and what a model is told so that it plays the persona."""
