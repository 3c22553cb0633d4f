"""The table of regressions: what stands where, and in which files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from openpyxl import load_workbook

import spatialccd as sc
from spatialccd.errors import ParameterError
from tests.drivers.test_tobit import _made
from tests.toys import Toys


@pytest.fixture(scope="module")
def pair() -> tuple[sc.Tobit, sc.Tobit]:
    y, X = _made(80)
    y = y.rename("score")
    return sc.tobit(y, X[["a"]]), sc.tobit(y, X.assign(noise=np.arange(80.0)))


@pytest.mark.compares("regression_table", against="the regressions themselves")
def test_terms_stars_and_figures_of_fit(pair: tuple[sc.Tobit, sc.Tobit]) -> None:
    result = sc.regression_table(*pair)
    table = result.table
    assert list(table.columns) == ["(1)", "(2)"]
    first = pair[0].terms.loc["a"]
    assert table.loc[("terms", "a"), "(1)"] == f"{first['coef']:.3f}***"
    assert table.loc[("terms", "a [se]"), "(1)"] == f"({first['se']:.3f})"
    assert table.loc[("terms", "b"), "(1)"] == ""
    assert table.loc[("model", "dependent"), "(2)"] == "score"
    assert table.loc[("fit", "n"), "(1)"] == "80"
    terms = [row for part, row in table.index if part == "terms" and "[" not in row]
    assert terms == ["a", "b", "noise", "Intercept", "log_scale"]
    pd.testing.assert_frame_equal(result.terms.loc["(1)"], pair[0].terms)
    assert "*** p < 0.01" in result.summary()


def test_stars_follow_the_levels(pair: tuple[sc.Tobit, sc.Tobit]) -> None:
    p = pair[1].terms.loc["noise", "p"]
    for levels, stars in (((p * 1.01,), 1), ((p * 1.01, p * 0.99), 1), ((p * 0.99,), 0)):
        cell = sc.regression_table(pair[1], levels=levels).table.loc[("terms", "noise"), "(1)"]
        assert cell.count("*") == stars


def test_what_stands_below_and_names(pair: tuple[sc.Tobit, sc.Tobit]) -> None:
    table = sc.regression_table(small=pair[0], below="interval", digits=2).table
    row = pair[0].terms.loc["a"]
    expected = f"[{row['low']:.2f}, {row['high']:.2f}]"
    assert table.loc[("terms", "a [interval]"), "small"] == expected


def test_a_small_figure_is_not_written_as_zero() -> None:
    y, X = _made(80)
    cell = sc.regression_table(sc.tobit(y, X * 1e6)).table.loc[("terms", "a"), "(1)"]
    assert "e-0" in cell


@pytest.mark.parametrize("suffix", ["xlsx", "tex", "html"])
def test_it_is_written_to_files(
    pair: tuple[sc.Tobit, sc.Tobit], tmp_path: Path, suffix: str
) -> None:
    path = tmp_path / f"table.{suffix}"
    sc.write_tables({"drivers": sc.regression_table(*pair)}, path)
    if suffix == "xlsx":
        rows = list(load_workbook(path)["drivers"].iter_rows(values_only=True))
        said = " ".join(str(cell) for row in rows for cell in row if cell is not None)
    else:
        said = path.read_text(encoding="utf-8")
    assert f"{pair[0].coef['a']:.3f}***" in said
    # What stars and brackets mean stands in the file itself, and no helper's name of a row.
    assert "* p" in said
    assert "0.05" in said
    assert "Standard errors in brackets." in said
    assert "[se]" not in said


def test_effects_and_tests_are_written_beside_the_terms(toys: Toys, tmp_path: Path) -> None:
    y, X = toys.year["income"], toys.year[["schools", "smoke"]]
    lag = sc.spatial_regression(y, X, toys.graph, model="durbin", seed=1)
    plain = sc.spatial_regression(y, X, toys.graph, model="ols")
    path = sc.write_tables({"lag": lag, "ols": plain}, tmp_path / "tables.xlsx")
    book = load_workbook(path)
    assert {"lag effects", "lag fit", "ols fit"} <= set(book.sheetnames)
    effects = [row for row in book["lag effects"].iter_rows(values_only=True) if row[0] == "smoke"]
    assert effects[0][1] == pytest.approx(lag.effects.loc["smoke", "direct"], abs=1e-12)
    tests = dict(row[:2] for row in book["ols fit"].iter_rows(values_only=True) if row[0])
    assert tests["robust_lm_lag_p"] == pytest.approx(plain.statistics["robust_lm_lag_p"])
    assert "indirect_se" in lag.summary()


def test_what_is_no_regression_is_refused(pair: tuple[sc.Tobit, sc.Tobit]) -> None:
    with pytest.raises(ParameterError, match="nothing is no regression"):
        sc.regression_table()
    with pytest.raises(ParameterError, match=r"\(2\) is no regression"):
        sc.regression_table(pair[0], sc.marginal_effects(pair[0]))
    with pytest.raises(ParameterError, match="must fall"):
        sc.regression_table(pair[0], levels=(0.01, 0.05))
