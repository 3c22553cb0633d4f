"""What a file is: its bytes, its archive, its encoding."""
