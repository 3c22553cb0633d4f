"""The one time that a step was made for, where a reader looks: in names and titles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


def dated(words: str, time: Any) -> str:
    """Add a time to a name or a title that does not hold it; None is none.

    Examples
    --------
    >>> dated("mgwr", 1986), dated("local_moran 2020", 2020), dated("mgwr", None), dated("", 2020)
    ('mgwr 1986', 'local_moran 2020', 'mgwr', '2020')
    """
    if time is None or str(time) in words:
        return words
    return f"{words} {time}".strip()


def all_dated(results: Mapping[str, Any], times: Mapping[str, Any]) -> dict[str, Any]:
    """Call results by their name and their time, each by a name of its own.

    Examples
    --------
    >>> all_dated({"mgwr": 1, "ccd": 2}, {"mgwr": 1986})
    {'mgwr 1986': 1, 'ccd': 2}
    """
    found: dict[str, Any] = {}
    for name, result in results.items():
        own = dated(name, times.get(name))
        found[name if own in results or own in found else own] = result
    return found


def common_time(holders: Iterable[str], times: Mapping[str, Any]) -> Any:
    """Give the one time of all that a step is made from; areas have none and do not count.

    Examples
    --------
    >>> common_time(["mgwr", "areas"], {"mgwr": 1986})
    1986
    >>> common_time(["mgwr", "panel"], {"mgwr": 1986}) is None
    True
    """
    found = {times.get(name) for name in holders if name != "areas"}
    return found.pop() if len(found) == 1 else None
