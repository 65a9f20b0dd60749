"""What a trainee's turn did by the persona's rules."""
