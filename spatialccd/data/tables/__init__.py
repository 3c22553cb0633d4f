"""From a grid of cells to a panel: header, units, times, figures, and what is told of them."""
