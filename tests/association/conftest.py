"""Fixtures of the association station."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.association.columbus import Columbus, read_columbus


@pytest.fixture(scope="session")
def columbus(shared: Path) -> Columbus:
    return read_columbus(shared)
