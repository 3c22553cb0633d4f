"""One page that opens offline, with an interactive map."""
