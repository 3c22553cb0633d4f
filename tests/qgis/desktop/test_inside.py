"""Every algorithm, models, and what must hold, in QGIS's own Python by pytest-qgis.

QGIS's Python gets pytest and pytest-qgis by its search path and nothing of ours;
the figures it is held against were made here, by the library. What needs a whole
desktop (``test_desktop``, ``test_batch``) runs in QGIS's program and not here:
pytest-qgis has a stub in its place. qgis_process and the console's own process
(``test_process``, ``test_own_script``) are programs of their own as well.
"""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest

from tests.qgis.desktop import calls, us_states
from tests.qgis.desktop.conftest import HERE, PYTEST_QGIS, QGIS

INSIDE = HERE / "inside"


@pytest.fixture(scope="session")
def material(georgia: gpd.GeoDataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("material")
    calls.write_cases(folder, [calls.china(), calls.georgia(georgia)])
    us_states.write(folder)
    return folder


@pytest.mark.parametrize("suite", sorted(path.name for path in INSIDE.glob("test_*.py")))
def test_the_suite_passes_inside_qgis(qgis: QGIS, material: Path, suite: str) -> None:
    if PYTEST_QGIS is None:
        pytest.skip(
            "QGIS's Python has no pytest-qgis: make it with 'pip install --target FOLDER pytest "
            "pytest-qgis' and name the folder in PYTEST_QGIS"
        )
    said = qgis.pytest(suite, material)
    print(said.stdout[-200:])
    assert said.returncode == 0, said.stdout + said.stderr
    assert not qgis.left_behind()
