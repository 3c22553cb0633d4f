"""Comparisons with independent figures, and how far apart they are.

A test that compares with another program's or a paper's figures says so:

    @pytest.mark.compares("global_moran", against="esda 2.7")

Its comparisons (``pytest.approx``, ``np.testing.assert_allclose``, the frames and
series of pandas) are measured while they are made, and written down by

    VALIDATION=docs/validation.json python -m pytest -m compares

(one process: no -n), from which the documentation makes its table.
"""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest


@dataclass
class Comparison:
    """What one test compared: how many figures, and the largest differences."""

    test: str
    functions: list[str]
    against: str
    figures: int = 0
    absolute: float = 0.0
    relative: float = 0.0

    def measure(self, found: Any, known: Any) -> None:
        """Take in figures; what are not numbers, and nan beside nan, have no difference."""
        try:
            a, b = np.asarray(found, dtype=complex), np.asarray(known, dtype=complex)
            a, b = np.broadcast_arrays(a, b)
        except (TypeError, ValueError):
            return
        both = np.isfinite(a) & np.isfinite(b)
        if not both.any():
            return
        apart, size = np.abs(a[both] - b[both]), np.abs(b[both])
        self.figures += int(both.sum())
        self.absolute = max(self.absolute, float(apart.max()))
        # Figures near 0 have no relative difference: they are beside the largest of their kind.
        if size.max() > 0:
            share = apart / np.maximum(size, 1e-3 * size.max())
            self.relative = max(self.relative, float(share.max()))


@dataclass
class Record:
    """All comparisons of a run."""

    made: list[Comparison] = field(default_factory=list)

    def write(self, path: Path) -> None:
        """Write the comparisons and what they were made with."""
        content = {
            "date": date.today().isoformat(),
            "python": platform.python_version(),
            "numpy": np.__version__,
            "comparisons": [vars(one) for one in sorted(self.made, key=lambda c: c.test)],
        }
        path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


RECORD = Record()


@pytest.fixture(autouse=True)
def _measured(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Measure the comparisons of tests that are marked."""
    marks = list(request.node.iter_markers("compares"))
    if not marks or "VALIDATION" not in os.environ:
        yield
        return
    one = [
        Comparison(request.node.nodeid.split("[")[0], list(mark.args), mark.kwargs["against"])
        for mark in marks
    ]

    def measuring(call: Callable[..., Any]) -> Callable[..., Any]:
        def measured(found: Any, known: Any, *args: Any, **kwargs: Any) -> Any:
            for comparison in one:
                _each(comparison, found, known)
            return call(found, known, *args, **kwargs)

        return measured

    for place, name in (
        (np.testing, "assert_allclose"),
        (np.testing, "assert_array_equal"),
        (np.testing, "assert_array_almost_equal"),
        (pd.testing, "assert_series_equal"),
        (pd.testing, "assert_frame_equal"),
    ):
        monkeypatch.setattr(place, name, measuring(getattr(place, name)))
    scalar = type(pytest.approx(1.0))  # approx compares lists, arrays and dicts by it
    equal = scalar.__eq__

    def approx(self: Any, actual: Any) -> bool:
        for comparison in one:
            comparison.measure(actual, self.expected)
        return bool(equal(self, actual))

    monkeypatch.setattr(scalar, "__eq__", approx)
    yield
    if request.node.stash.get(_PASSED, False):
        RECORD.made += one


_PASSED = pytest.StashKey[bool]()


def _each(comparison: Comparison, found: Any, known: Any) -> None:
    if isinstance(found, pd.DataFrame) and isinstance(known, pd.DataFrame):
        for column in known.columns.intersection(found.columns):
            comparison.measure(found[column], known[column])
    else:
        comparison.measure(found, known)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    """Keep whether a test passed, for its fixture."""
    report = yield
    if report.when == "call":
        item.stash[_PASSED] = report.passed
    return report


def pytest_sessionfinish() -> None:
    """Write what was measured, each test's cases put together."""
    if "VALIDATION" not in os.environ or not RECORD.made:
        return
    together: dict[tuple[str, str], Comparison] = {}
    for one in RECORD.made:
        known = together.setdefault((one.test, one.against), one)
        if known is not one:
            known.figures += one.figures
            known.absolute = max(known.absolute, one.absolute)
            known.relative = max(known.relative, one.relative)
    Record(list(together.values())).write(Path(os.environ["VALIDATION"]))
