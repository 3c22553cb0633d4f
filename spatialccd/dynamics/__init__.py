"""How a value spreads, narrows and moves over the years."""
