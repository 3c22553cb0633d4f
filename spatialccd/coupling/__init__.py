"""How far the scores of subsystems rise together."""
