"""What examples/china_provinces/README.md says of the study's text, recomputed.

The text (section "Dynamic evolution"): the peak moves right; the east and the
center narrow; the west widens.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import spatialccd as sc
from spatialccd.errors import ShortPanelWarning

REGIONS = ["Eastern", "Central", "Western"]


@pytest.fixture(scope="module")
def provinces(root: Path) -> tuple[pd.Series, pd.Series]:
    path = root / "examples" / "china_provinces" / "data" / "china_province_ccd_2011_2020.csv"
    table = pd.read_csv(path, dtype={"adcode": str}).set_index(["adcode", "year"])
    table.index.names = ["unit", "time"]
    return table["D"], table["region"].astype(pd.CategoricalDtype(REGIONS))


def test_the_peak_moves_right_everywhere(provinces: tuple[pd.Series, pd.Series]) -> None:
    D, region = provinces
    whole = sc.kernel_density(D).shape["peak_at"].round(3)
    assert (whole[2011], whole[2020]) == (0.381, 0.522)
    peak = sc.kernel_density(D, region).shape["peak_at"].unstack("time").round(3).loc[REGIONS]
    assert peak[2011].to_list() == [0.505, 0.362, 0.392]
    assert peak[2020].to_list() == [0.566, 0.51, 0.512]


@pytest.mark.parametrize("bandwidth", ["nrd0", "sheather-jones", 0.03])
def test_the_east_widens_and_the_center_narrows_whatever_the_bandwidth(
    provinces: tuple[pd.Series, pd.Series], bandwidth: str | float
) -> None:
    D, region = provinces
    width = sc.kernel_density(D, region, bandwidth=bandwidth).shape["width"].unstack("time")
    change = width[2020] / width[2011]
    assert change["Eastern"] > 1.25
    assert change["Central"] < 0.8
    assert 1.0 < change["Western"] < 1.12


def test_widths_printed_in_the_readme(provinces: tuple[pd.Series, pd.Series]) -> None:
    D, region = provinces
    width = sc.kernel_density(D, region).shape["width"].unstack("time").round(3).loc[REGIONS]
    assert width[2011].to_list() == [0.320, 0.198, 0.294]
    assert width[2020].to_list() == [0.407, 0.125, 0.316]


def test_spread_by_other_measures(provinces: tuple[pd.Series, pd.Series]) -> None:
    D, region = provinces
    # Ten years; the spread of the East follows the year before (d = 1.06).
    with pytest.warns(ShortPanelWarning, match=r"spread of Eastern \(1\.06\) depends"):
        sd = sc.sigma_convergence(D, region, measure="sd")
    assert sd.trend["verdict"].to_dict() == {
        "Eastern": "diverges",
        "Central": "no trend",
        "Western": "no trend",
        "All": "no trend",
    }
    cv = sc.sigma_convergence(D, region)
    assert cv.trend["verdict"].to_dict() == {
        "Eastern": "no trend",
        "Central": "converges",
        "Western": "converges",
        "All": "converges",
    }
    assert cv.spread.loc[[2011, 2020], "All"].round(3).to_list() == [0.244, 0.185]


def test_dagum_by_region_and_year(provinces: tuple[pd.Series, pd.Series]) -> None:
    D, region = provinces
    dagum = sc.dagum_gini(D, region, by="time")
    assert dagum.G[[2011, 2020]].round(3).to_list() == [0.140, 0.102]
    assert dagum.table["share_nb"].round(1)[[2011, 2020]].to_list() == [50.7, 35.6]
    within = dagum.within.round(3)
    assert within.loc[2011].to_list() == [0.104, 0.090, 0.128]
    assert within.loc[2020].to_list() == [0.111, 0.037, 0.097]
    # Table 3 itself shows it: the gap of the east to both others has shrunk.
    gap = dagum.between.xs("Eastern", level="group").round(3)
    assert gap.loc[[2011, 2020], "Western"].to_list() == [0.164, 0.131]


def test_catching_up_and_grades(provinces: tuple[pd.Series, pd.Series]) -> None:
    D, region = provinces
    beta = sc.beta_convergence(D, groups=region).table
    assert beta["beta"].round(2).to_dict() == {
        "Eastern": 0.05,
        "Central": -0.75,
        "Western": -0.23,
        "All": -0.33,
    }
    assert beta.loc["All", "half_life"] == pytest.approx(15.7, abs=0.05)
    chain = sc.markov(sc.coordination_grades(D).grade)
    moves = chain.counts.to_numpy()
    down = sum(moves[i, j] for i in range(6) for j in range(i))
    up = sum(moves[i, j] for i in range(6) for j in range(i + 1, 6))
    assert (down, up, moves.sum()) == (11, 50, 279)
