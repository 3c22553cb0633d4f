"""What figures, tables and the page say, in English and in Chinese."""
