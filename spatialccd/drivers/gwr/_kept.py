"""What is kept of bandwidths that were met, as far as there is room."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

Key = TypeVar("Key", bound="Hashable")
What = TypeVar("What")


class Kept(Generic[Key, What]):
    """A dictionary that lets go of what was not asked for again, or of what was not for long.

    A search looks at many bandwidths once, on its way; those of its path it asks for round
    after round. Either kind has half of the room.

    Parameters
    ----------
    most : float
        How many are kept.
    """

    def __init__(self, most: float) -> None:
        self.most = most
        self._once: OrderedDict[Key, What] = OrderedDict()
        self._again: OrderedDict[Key, What] = OrderedDict()

    def __contains__(self, key: Key) -> bool:
        return key in self._again or key in self._once

    def __iter__(self) -> Iterator[Key]:
        yield from self._once
        yield from self._again

    def __getitem__(self, key: Key) -> What:
        """Look, without asking for it again."""
        return self._again[key] if key in self._again else self._once[key]

    def ask(self, key: Key) -> What:
        """Give what is kept, and keep it longer."""
        self._again[key] = self._again.pop(key) if key in self._again else self._once.pop(key)
        return self._again[key]

    def keep(self, key: Key, what: What) -> None:
        """Add something; what is then too much is let go of, but never this."""
        self._once[key] = what
        while len(self._once) + len(self._again) > max(self.most, 1):
            (self._once if len(self._once) > self.most / 2 else self._again).popitem(last=False)

    def clear(self) -> None:
        """Let go of everything."""
        self._once.clear()
        self._again.clear()
