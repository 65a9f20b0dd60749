"""What the persona says, and what models are told of it."""
