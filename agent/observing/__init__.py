"""What a trainee's turn did: which of the persona's rules it matched."""
