"""Names and codes of places: which means which, and what became of them."""
