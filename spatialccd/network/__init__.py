"""Networks between units: who is tied to whom, and what goes with it."""
