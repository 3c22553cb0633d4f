"""From indicators to the score of a subsystem."""
