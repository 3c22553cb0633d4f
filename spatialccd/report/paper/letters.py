"""Letters that say which groups differ: groups that share one do not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from string import ascii_lowercase


def letters(
    groups: Sequence[str], p: Mapping[tuple[str, str], float], alpha: float
) -> dict[str, str]:
    """Give each group its letters, the first group an "a".

    Each letter is a largest set of groups of which no two differ (Piepho 2004,
    J. Comput. Graph. Stat. 13, 456-466).

    Parameters
    ----------
    groups : sequence of str
        From the highest to the lowest.
    p : mapping of (str, str) to float
        Of each pair, in either order.
    alpha : float
        A pair with a smaller p differs.

    Examples
    --------
    >>> letters("xyz", {("x", "y"): 0.3, ("y", "z"): 0.2, ("x", "z"): 0.01}, 0.05)
    {'x': 'a', 'y': 'ab', 'z': 'b'}
    """
    alike = {
        one: {
            other
            for other in groups
            if other != one and not p.get((one, other), p.get((other, one), 1.0)) < alpha
        }
        for one in groups
    }
    place = {group: i for i, group in enumerate(groups)}
    sets = _largest(set(), set(groups), set(), alike)
    ordered = sorted(sets, key=lambda own: sorted(place[group] for group in own))
    return {
        group: "".join(ascii_lowercase[i % 26] for i, own in enumerate(ordered) if group in own)
        for group in groups
    }


def _largest(
    chosen: set[str], open_: set[str], closed: set[str], alike: Mapping[str, set[str]]
) -> list[set[str]]:
    """List the largest sets of groups that are all alike (Bron and Kerbosch 1973)."""
    if not open_ and not closed:
        return [chosen]
    found = []
    for group in sorted(open_):
        near = alike[group]
        found += _largest(chosen | {group}, open_ & near, closed & near, alike)
        open_ = open_ - {group}
        closed = closed | {group}
    return found
