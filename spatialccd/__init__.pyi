# The public names, in the order of a study. `__init__.py` loads them on first
# use and `catalog` lists the functions among them as tools, from this file.

__version__: str

# data: from files to a panel and its areas on one index
# index: from indicators to the score of a subsystem
# coupling: how far the scores rise together
# dynamics: how a value spreads, narrows and moves over the years
# association: whether near places are alike
# drivers: what explains a value, and where
# report: maps, charts, tables and one page
