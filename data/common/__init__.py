"""What both bottom packages need; knows nothing of ours, and only the standard library."""
