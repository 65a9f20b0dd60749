"""What a piece of English or Thai says: word lists, and the grammar that reads them."""
