"""Databases and columnar files, and how they are reached."""
