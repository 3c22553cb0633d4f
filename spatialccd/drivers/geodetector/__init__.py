"""The geographical detector: how much of a value its strata explain.

``factor`` measures it (q), ``interaction`` for two factors together, ``risk``
compares the means of the strata, ``ecological`` the factors with each other.
All four share the rows and parts of ``_design``, the sums of ``_kernels`` and
the null distributions of ``_permutations``.
"""
