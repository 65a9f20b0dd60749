"""A small trained model that says what a trainee's turn did, asked for, and calls for."""
