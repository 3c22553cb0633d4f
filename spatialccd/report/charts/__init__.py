"""Charts, a file for each station."""
