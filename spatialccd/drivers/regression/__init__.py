"""What a value depends on: censored, panel and spatial regressions, and their table."""
