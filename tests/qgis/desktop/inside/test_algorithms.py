"""Every algorithm on the provinces and on Georgia gives the library's figures."""

import pytest
from conftest import CASES
from figures import assert_same, same
from qgis.PyQt.QtGui import QImage


def test_no_algorithm_is_left_out(plugin):
    """A study makes files and not a layer: ``test_desktop`` runs it."""
    listed = {algorithm.name() for algorithm in plugin._provider.algorithms()}
    assert all(algorithm.canExecute() == (True, "") for algorithm in plugin._provider.algorithms())
    assert listed - {case["tool"] for case in CASES.values()} == {"run_study"}


@pytest.mark.parametrize("name", [name for name in CASES if CASES[name]["tool"]])
def test_the_figures_are_the_librarys(run, tmp_path, name):
    case = CASES[name]
    if "figure" in case:
        path = str(tmp_path / "drawn.png")
        run(f"spatialccd:{case['tool']}", {**case["values"], "FIGURE": path})
        assert not QImage(path).isNull()
        assert QImage(path) == QImage(case["figure"])
        return
    found = run(f"spatialccd:{case['tool']}", {**case["values"], "OUTPUT": "memory:"})
    assert_same(found["OUTPUT"], case)
    for figure, value in case["single"].items():
        assert same(found[figure], value), f"{figure}: {found[figure]!r}, not {value!r}"
