"""What was asked for again is kept longer than what a search met on its way."""

from __future__ import annotations

from spatialccd.drivers.gwr._kept import Kept


def test_what_was_met_once_makes_room_first() -> None:
    kept = Kept[int, str](4)
    for key in (1, 2):
        kept.keep(key, f"path {key}")
        assert kept.ask(key) == f"path {key}"
    for key in range(10, 20):
        kept.keep(key, "on the way")
    assert sorted(kept) == [1, 2, 18, 19]
    assert kept[1] == "path 1"


def test_paths_that_were_left_do_not_crowd_out_what_is_new() -> None:
    kept = Kept[int, int](6)
    for key in range(20):
        kept.keep(key, key)
        kept.ask(key)
    kept.keep(100, 100)
    kept.keep(101, 101)
    assert 100 in kept
    assert sorted(kept) == [16, 17, 18, 19, 100, 101]
    kept.clear()
    assert list(kept) == []


def test_the_newest_is_kept_even_without_room() -> None:
    kept = Kept[int, int](0)
    kept.keep(1, 1)
    kept.keep(2, 2)
    assert list(kept) == [2]
