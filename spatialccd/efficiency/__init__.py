"""What units make of what they put in, and how that changes over the years."""
