"""The geographical detector on very many cells, read block by block.

``detector`` is the tool. A source (``_sources``, ``_rasters``) is cut into pieces, each piece
gives its rows in blocks. ``_survey`` reads all once: what is missing, the range and the labels of
each factor, and a random sample; ``_cuts`` makes the limits of the strata of it; ``_tally`` adds y
up by stratum; ``_figures`` and ``_permuted`` make the figures of the sums. ``_runs`` takes the
pieces one after the other or over a cluster.
"""
