"""What was found for a call, and which part of the rows the call is about."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

ONE_COLUMN = frozenset(["Values", "UnitValues", "Groups"])
SEVERAL_COLUMNS = frozenset(["Columns", "UnitColumns"])
LAYER = frozenset(["Areas", "Places"])
#: Results of any class, or figures: taken as a mapping by name.
SETS = frozenset(["Result", "Figure"])
#: A saved result, or a column of one: ``ccd.scc``, ``ccd.scc:D``.
SAVED = re.compile(r"(?P<path>.+\.scc)(:(?P<column>.+))?", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class Given:
    """The arguments found for a call, and the names of what they were taken from.

    Attributes
    ----------
    arguments : dict
        By parameter name; a tool's ``**named`` inputs stand among them.
    sources : dict of str to str
        By parameter name: what it was taken from, in words.
    holders : set of str
        "panel", "areas", and the steps and saved files that the arguments were taken from.
    rows : str
        Which rows they are of, and how many units these are; "" for all.
    time : object
        The one time that was taken of them, or None.
    """

    arguments: dict[str, Any]
    sources: dict[str, str]
    holders: set[str]
    rows: str = ""
    time: Any = None


@dataclass(frozen=True)
class Part:
    """The part of the rows that a step of a family is about: one group of ``for_each``.

    Attributes
    ----------
    family : str
        The name that the steps of all groups share.
    group : dict
        The value of each column in `for_each`.
    """

    family: str
    group: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The name of the step of this group: that of the family, then the group's."""
        return self.of(self.family)

    def of(self, family: str) -> str:
        """Give the name that the same group has in another family."""
        return " ".join([family, *map(str, self.group.values())])


@dataclass(frozen=True)
class Found:
    """One argument, and who held it."""

    value: Any
    source: str
    holders: frozenset[str]


def is_file(name: Any) -> bool:
    """Whether a name is the path of a saved result, not a column of one."""
    found = SAVED.fullmatch(str(name))
    return found is not None and not found["column"]


def is_one_of(result: Any, types: set[str]) -> bool:
    """Tell whether a result is of a class named, or of one that extends it."""
    return any(kind.__name__ in types for kind in type(result).__mro__)
