"""Pages and elements of the browser interface."""
