"""Maps, charts, tables and one page, drawn from results."""
