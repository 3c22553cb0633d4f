"""Results kept in files: plain data in and out, nothing executable, nothing trusted unchecked."""
