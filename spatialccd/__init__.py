"""Spatial econometrics on geometry-aware data, from yearbook table to figure.

The public names are listed, in the order of a study, in ``__init__.pyi``; each
loads its module on first use, so that ``import spatialccd`` costs nothing.
"""

import lazy_loader as _lazy

__version__ = "0.2.0"

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
