"""Fixtures shared by all tests."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
import pytest
from hypothesis import settings

from tests.toys import Toys
from tests.validation import (  # noqa: F401  hooks and a fixture of all tests
    _measured,
    pytest_runtest_makereport,
    pytest_sessionfinish,
)

mpl.use("Agg")
# The same examples in every run: a suite that draws anew fails for a change that is not at fault.
settings.register_profile("seeded", derandomize=True)
settings.load_profile("seeded")

_ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return _ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of verification cases and trial data beside the checkout."""
    folder = _ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip(f"no verification data at {folder}: the published cases were not checked")
    return folder


@pytest.fixture
def toys() -> Toys:
    """Small labeled inputs, made anew for each test."""
    return Toys()
