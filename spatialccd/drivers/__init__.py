"""What explains a value, and where."""
