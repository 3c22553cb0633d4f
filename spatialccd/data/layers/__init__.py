"""Areas and places: files, reference systems, geometry, borders."""
