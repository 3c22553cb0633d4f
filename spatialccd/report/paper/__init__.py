"""How things get on paper: layout, type, colors, legends, projection."""
