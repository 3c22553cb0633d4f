"""Thematic maps, a file for each kind."""
