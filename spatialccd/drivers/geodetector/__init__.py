"""The geographical detector: how much of a value its strata explain.

``factor`` measures it (q), ``interaction`` for two factors together, ``risk``
compares the means of the strata, ``ecological`` the factors with each other.
They share the rows and parts of ``_design``. ``optimal_strata``, ``gozh``, ``lesh``, ``rgd``,
``spade`` and ``idsa`` make the strata themselves and ``sesu`` follows q over sizes of units,
on the rows of ``_searched``. All use the sums of ``_kernels`` and the null distributions of
``_permutations``.
"""
