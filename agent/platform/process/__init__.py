"""Child processes that never outlive the app, and what they need."""
