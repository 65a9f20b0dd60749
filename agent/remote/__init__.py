"""Workers in other processes, or on other machines."""
