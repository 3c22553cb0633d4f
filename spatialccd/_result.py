"""What every analysis returns: labeled figures and how they were made."""

from __future__ import annotations

import platform
import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution, version
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from spatialccd._notebook import as_html
from spatialccd.errors import ParameterError

if TYPE_CHECKING:
    import pandas as pd

#: The packages whose versions a reader of a table wants to know.
_NUMERICS = (
    "spatialccd",
    "numpy",
    "scipy",
    "pandas",
    "geopandas",
    "shapely",
    "antimeridian",
    "libpysal",
    "mgwr",
    "scikit-learn",
    "networkx",
    "numba",
    "statsmodels",
    "xgboost",
    "lightgbm",
    "shap",
    "geoshapley",
    "PyALE",
)


#: How a column is noted: its name, if it has one, and its length.
_NAMED = re.compile(r"<Series (.+): \d+>", re.DOTALL)


@cache
def versions() -> dict[str, str]:
    """Give the version of Python and of the packages that move figures most."""
    found = {"python": platform.python_version()}
    for package in _NUMERICS:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


#: Extras whose packages are run where they are installed; the others are for tests and tools.
_EXTRAS = ("china", "raster", "db", "skater", "spss", "cluster", "regression", "pysal")


@cache
def environment() -> dict[str, str]:
    """Give the version of Python and of every installed package that ours stands on.

    These are all that it asks for, and all that those ask for in turn.

    Examples
    --------
    >>> {"python", "numpy", "scipy", "pyogrio", "scikit-learn"} <= set(environment())
    True
    """
    found = {"python": platform.python_version()}
    todo = [("spatialccd", frozenset(_EXTRAS))]
    seen: set[tuple[str, frozenset[str]]] = set()
    while todo:
        one = todo.pop()
        if one in seen:
            continue
        seen.add(one)
        name, extras = one
        try:
            package = distribution(name)
        except PackageNotFoundError:
            continue  # an extra that is not installed
        found[canonicalize_name(name)] = package.version
        for asked in map(Requirement, package.requires or ()):
            marker = asked.marker
            if marker is None or any(marker.evaluate({"extra": e}) for e in ("", *extras)):
                todo.append((asked.name, frozenset(asked.extras)))
    return dict(sorted(found.items()))


class Settings(Mapping[str, Any]):
    """The arguments that a result was made with, read-only.

    Data arguments are noted by their size, so that a result stays small.

    Examples
    --------
    >>> settings = Settings("global_moran", {"n_permutations": 999, "seed": 1})
    >>> settings["seed"], settings.tool
    (1, 'global_moran')
    """

    def __init__(
        self, tool: str, arguments: Mapping[str, Any], *, made_with: Mapping[str, str] | None = None
    ) -> None:
        self.tool = tool
        self.versions = dict(versions() if made_with is None else made_with)
        self._arguments = {name: _brief(value) for name, value in arguments.items()}

    def __getitem__(self, name: str) -> Any:
        return self._arguments[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._arguments)

    def __len__(self) -> int:
        return len(self._arguments)

    def named(self, argument: str) -> str:
        """Give the name of the column that an argument was; empty text where it had none.

        Examples
        --------
        >>> import pandas as pd
        >>> Settings("global_moran", {"y": pd.Series([1, 2], name="D")}).named("y")
        'D'
        """
        found = _NAMED.fullmatch(str(self.get(argument, "")))
        return found[1] if found else ""

    def __repr__(self) -> str:
        """Write the call again, without what was left out."""
        given = ", ".join(f"{k}={_plain(v)}" for k, v in self.items() if v is not None)
        return f"{self.tool}({given})"


def record(tool: str, arguments: Mapping[str, Any], **resolved: Any) -> Settings:
    """Note a call: pass ``locals()`` in the first line of a public function.

    Parameters
    ----------
    tool : str
        The function's name.
    arguments : mapping
        Its arguments, usually ``locals()``.
    **resolved
        What a default came to stand for, such as the bandwidth chosen.

    Raises
    ------
    ParameterError
        A number of things, such as permutations, is no whole number; ``seed`` is
        negative, ``n_jobs`` is 0.

    Examples
    --------
    >>> def mean(y, *, trim=0.0):
    ...     return record("mean", locals())
    >>> mean([1, 2], trim=0.1)
    mean(y=[1, 2], trim=0.1)
    """
    _check_whole(arguments)
    settings = {name: value for name, value in arguments.items() if not callable(value)}
    return Settings(tool, {**settings, **resolved})  # a progress callback is no setting


#: Arguments that count things, wherever they stand.
WHOLE = frozenset(
    [
        "background",
        "band",
        "block_rows",
        "degree",
        "depth",
        "digits",
        "first",
        "folds",
        "grid",
        "highlight",
        "horizon",
        "k",
        "lag",
        "lag_k",
        "limit",
        "max_depth",
        "max_factors",
        "max_iter",
        "max_rows",
        "max_thresholds",
        "min_leaf",
        "min_size",
        "min_split",
        "most",
        "n_attach",
        "n_bootstrap",
        "n_draws",
        "n_jobs",
        "n_labels",
        "n_nodes",
        "n_orders",
        "n_permutations",
        "n_probes",
        "n_rewired",
        "n_simulations",
        "n_starts",
        "n_trees",
        "points",
        "seasons",
        "seed",
        "step",
        "steps_back",
        "top",
    ]
)


def _check_whole(arguments: Mapping[str, Any]) -> None:
    """Raise ``ParameterError`` for each argument that counts and is no whole number."""
    problems = []
    for name in sorted(WHOLE & set(arguments)):
        value = arguments[name]
        if isinstance(value, str | bytes | bool | Real) and not _is_whole(value):
            problems.append(f"{name}={value!r} must be a whole number")
        elif name == "seed" and isinstance(value, Integral) and value < 0:
            problems.append(f"seed={value!r} is out of range; it must be >= 0")
        elif name == "n_jobs" and value == 0:
            problems.append("n_jobs=0 is out of range; give a number of threads, or -1 for all")
    if problems:
        raise ParameterError("; ".join(problems))


def _is_whole(value: Any) -> bool:
    return isinstance(value, Integral) and not isinstance(value, bool)


@dataclass(frozen=True, eq=False, kw_only=True)
class Result(ABC):
    """Base of every result.

    Attributes
    ----------
    settings : Settings
        Tool, arguments, seed and versions.
    """

    settings: Settings

    def __init_subclass__(cls) -> None:
        """Keep the short repr: each class's dataclass decorator would write one of all figures."""
        super().__init_subclass__()
        if "__repr__" not in cls.__dict__:
            cls.__repr__ = Result.__repr__  # type: ignore[method-assign]

    @abstractmethod
    def to_frame(self) -> pd.DataFrame:
        """Give the figures as one table: the one source for print, export and map."""

    def further(self) -> dict[str, pd.DataFrame]:
        """Give the tables that a report prints beside the main one, by a word for each."""
        return {}

    def notes(self) -> list[str]:
        """Give what a report must print below the table for it to be read."""
        return []

    def summary(self) -> str:
        """Write the result as text a reader can check."""
        figures = self.to_frame().to_string(max_rows=60)
        return "\n\n".join([repr(self.settings), figures, *self.notes()])

    def __repr__(self) -> str:
        """Say what it is and how large; ``summary()`` has the figures."""
        rows, columns = self.to_frame().shape
        return f"<{type(self).__name__}: {rows} rows, {columns} columns; see .summary()>"

    def _repr_html_(self) -> str | None:
        """Show the head of the table and the notes in a notebook."""
        return as_html(repr(self.settings), self.to_frame(), self.notes(), list(self.further()))


def gap_note(table: pd.DataFrame, columns: Sequence[str], reason: str) -> list[str]:
    """Note in how many rows figures are missing, and why; nothing where none is.

    Examples
    --------
    >>> import pandas as pd
    >>> gap_note(pd.DataFrame({"cv": [0.2, None]}), ["cv"], "the mean is not positive")
    ['missing cv in 1 of 2 rows: the mean is not positive']
    """
    gaps = table[[name for name in columns if name in table]].isna()
    rows = int(gaps.any(axis=1).sum())
    if not rows:
        return []
    names = ", ".join(str(name) for name in gaps.columns[gaps.any()])
    return [f"missing {names} in {rows} of {len(table)} rows: {reason}"]


def _plain(value: Any) -> str:
    """Write a noted argument; a data argument stands for itself, without quotes."""
    return value if isinstance(value, str) and value.startswith("<") else repr(value)


def _brief(value: Any) -> Any:
    """Shorten a data argument to its type and size."""
    if isinstance(value, Result):  # first: one of them has a table called shape
        return f"<{type(value).__name__}>"
    shape = getattr(value, "shape", None)
    if shape:
        name = getattr(value, "name", None)
        if len(shape) == 1 and isinstance(name, str) and name:
            return f"<{type(value).__name__} {name}: {shape[0]}>"
        return f"<{type(value).__name__} {' x '.join(str(s) for s in shape)}>"
    if isinstance(value, Mapping):
        return {name: _brief(item) for name, item in value.items()}
    if isinstance(value, tuple | list):
        return type(value)(_brief(item) for item in value)
    if callable(value) or type(value).__module__.startswith("libpysal"):
        return f"<{type(value).__name__}>"
    return value
