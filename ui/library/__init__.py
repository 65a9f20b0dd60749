"""The personas as a whole: listed, made, imported, exported, put away."""
