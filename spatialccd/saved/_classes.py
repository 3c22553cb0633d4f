"""The closed list of classes that a file may name: nothing else is ever made from one."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

from spatialccd.catalog.source import public_classes
from spatialccd.errors import SavedFileError, did_you_mean

#: What results hold that has no public name of its own.
_PARTS = {
    "AHPWeights": "spatialccd.index.judgement",
    "Design": "spatialccd.drivers.gwr._design",
    "Scale": "spatialccd.drivers.gwr._design",
    "Space": "spatialccd.drivers.gwr._space",
}


@cache
def _modules() -> dict[str, str]:
    return {**public_classes(), **_PARTS}


def named(name: object) -> Any:
    """Give the class of that name.

    Raises
    ------
    SavedFileError
        The package has no such class of results.
    """
    module = _modules().get(str(name))
    if module is None:
        raise SavedFileError(
            f"it holds a {name!r}, which is no result of this version of spatialccd"
            f"{did_you_mean(name, _modules())}"
        )
    return getattr(import_module(module), str(name))


def is_known(value: object) -> bool:
    """Whether an object is of a class on the list."""
    kind = type(value)
    module = _modules().get(kind.__name__)
    return module is not None and getattr(import_module(module), kind.__name__) is kind
