"""The detector on cells gives what the detectors for tables give, from wherever the rows come."""

from __future__ import annotations

import tracemalloc
import warnings
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text
from scipy import stats

import spatialccd as sc
from spatialccd.drivers.breaks import Method
from spatialccd.drivers.geodetector.cells import _cuts as cuts
from spatialccd.drivers.geodetector.cells import _permuted as permuted
from spatialccd.drivers.geodetector.cells import _sources as sources
from spatialccd.errors import DataError, ParameterError

N = 3_000
FACTORS = ["rain", "slope", "soil"]
STUDY = """
[study]
title = "Cells"
seed = 1

[panel]
path = "panel.csv"
unit = "cell"
time = "year"

[cell_detector]
source = "cells.parquet"
y = "y"
X = ["rain", "slope", "soil"]
method = "quantile"
n_permutations = 19

[chart_factors]

[chart_interactions]
"""


def _cells(n: int = N, seed: int = 0) -> pd.DataFrame:
    """Greenness by rain, slope and soil; far from 0, where sums of squares lose most."""
    rng = np.random.default_rng(seed)
    rain = rng.gamma(2.0, 300.0, n)
    slope = rng.normal(20.0, 3.0, n).round(1)
    soil = rng.choice(["clay", "loam", "sand"], n)
    y = 1e6 + np.sqrt(rain) + (slope > 21) * (soil == "loam") * 4.0 + rng.normal(0, 5, n)
    return pd.DataFrame({"y": y, "rain": rain, "slope": slope, "soil": soil})


@pytest.fixture(scope="module")
def cells() -> pd.DataFrame:
    return _cells()


def _asked(cells: Any, **settings: Any) -> sc.CellDetector:
    given = {"method": "quantile", "n_permutations": 19, "seed": 1} | settings
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sc.errors.ThinStrataWarning)
        return sc.cell_detector(cells, "y", FACTORS, **given)


def _tables(
    cells: pd.DataFrame, **settings: Any
) -> tuple[sc.FactorDetector, sc.InteractionDetector]:
    """Give the same by the tools for tables."""
    given: dict[str, Any] = {"method": "quantile"} | settings
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sc.errors.ThinStrataWarning)
        strata = sc.stratify(cells[FACTORS], **given)
        return (
            sc.factor_detector(cells["y"], strata, n_permutations=19, seed=1),
            sc.interaction_detector(cells["y"], strata, n_permutations=19, seed=1),
        )


def _agree(found: pd.DataFrame, wanted: pd.DataFrame, *, draws: bool = True) -> None:
    """Compare every figure that both have: to 1e-12, and relatively where it is large."""
    random = ("p_permutation", "p_gain", "p_synergy")
    both = [c for c in wanted if c in found and (draws or c not in random)]
    assert len(both) >= len(wanted.columns) - (0 if draws else 2)
    pd.testing.assert_frame_equal(
        found[both], wanted[both], rtol=1e-12, atol=1e-12, check_dtype=False
    )


@pytest.mark.compares("cell_detector", against="stratify and the detectors for tables")
@pytest.mark.parametrize("method", get_args(Method))
def test_few_rows_give_what_tables_give(cells: pd.DataFrame, method: Method) -> None:
    """q, p (of permutations too), types, strata and limits, in blocks of 700 rows."""
    found = _asked(cells, method=method, k=4, block_rows=700)
    factor, pair = _tables(cells, method=method, k=4)
    _agree(found.to_frame(), factor.to_frame())
    _agree(found.pairs, pair.to_frame())
    pd.testing.assert_frame_equal(
        found.strata[["factor", "stratum", "n"]], factor.sizes, check_dtype=False
    )
    limits = sc.stratify(cells[FACTORS], method=method, k=4).breaks
    own = found.strata[found.strata["upper"].notna()]
    np.testing.assert_array_equal(own["upper"], limits["upper"])
    np.testing.assert_array_equal(own["lower"], limits["lower"])
    assert found.basis == factor.basis
    assert found.notes() == []


@pytest.mark.compares("cell_detector", against="stratify and the detectors for tables")
@pytest.mark.parametrize(
    "method", ["quantile", "equal_interval", "geometric", "standard_deviation"]
)
def test_rows_that_are_not_held_give_the_same(cells: pd.DataFrame, method: Method) -> None:
    """These cuts are exact however few rows are held."""
    found = _asked(cells, method=method, max_rows=1000, block_rows=701)
    factor, pair = _tables(cells, method=method)
    _agree(found.to_frame(), factor.to_frame(), draws=False)
    _agree(found.pairs, pair.to_frame(), draws=False)
    assert found.held == found.permuted == 1000
    assert "p_synergy" not in found.pairs


@pytest.mark.parametrize("gathered", [0, 50, 10**6])
@pytest.mark.parametrize("kind", ["ties", "signs", "wide", "whole"])
def test_quantiles_are_those_of_numpy_to_the_last_bit(
    kind: str, gathered: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether keys are gathered early, late or never; -0, ties and 600 orders of magnitude."""
    monkeypatch.setattr(cuts, "GATHERED", gathered)
    rng = np.random.default_rng(3)
    x = {
        "ties": rng.integers(0, 9, 5001) / 3,
        "signs": np.where(rng.random(5001) < 0.2, -0.0, rng.normal(size=5001)),
        "wide": rng.normal(size=5001) * 10.0 ** rng.integers(-300, 300, 5001),
        "whole": rng.integers(-(2**40), 2**40, 5001).astype(float),
    }[kind]
    frame = pd.DataFrame({"y": rng.normal(size=5001), "x": x})
    found = sc.cell_detector(
        frame, "y", ["x"], method="quantile", k=7, max_rows=1000, n_permutations=0, block_rows=999
    )
    wanted = sc.stratify(frame[["x"]], method="quantile", k=7).breaks
    np.testing.assert_array_equal(found.strata["upper"], wanted["upper"])


@pytest.mark.compares("cell_detector", against="scipy: analysis of variance, numpy.quantile")
def test_figures_agree_with_analysis_of_variance(cells: pd.DataFrame) -> None:
    """Strata cut by pandas; F and p of each factor and q of two, the overlay as one factor."""
    found = _asked(cells, max_rows=1000, block_rows=500, k=4)
    codes = cells[["soil"]].copy()
    for name in ("rain", "slope"):
        inner = np.quantile(cells[name], [0.25, 0.5, 0.75])
        codes[name] = pd.cut(cells[name], [-np.inf, *inner, np.inf], labels=False).astype(str)
    singles = found.figures.set_index("factor")
    for name in FACTORS:
        parts = [y.to_numpy() for _, y in cells["y"].groupby(codes[name])]
        F, p = stats.f_oneway(*parts)
        np.testing.assert_allclose(singles.loc[name, "F"], F, rtol=1e-9)
        np.testing.assert_allclose(singles.loc[name, "p_f"], p, rtol=1e-7)
    centered = cells["y"] - cells["y"].mean()
    for row in found.pairs.itertuples():
        means = centered.groupby(codes[row.factor_a] + codes[row.factor_b]).transform("mean")
        q = (means**2).sum() / (centered**2).sum()
        np.testing.assert_allclose(row.q, q, rtol=1e-12)


def test_blocks_change_nothing(cells: pd.DataFrame) -> None:
    """Nor does the sample depend on them, so that natural breaks and draws do not either."""
    one = _asked(cells, method="natural_breaks", max_rows=1000, block_rows=10_000)
    many = _asked(cells, method="natural_breaks", max_rows=1000, block_rows=37)
    pd.testing.assert_frame_equal(one.to_frame(), many.to_frame(), rtol=1e-12, atol=1e-12)
    pd.testing.assert_frame_equal(one.pairs, many.pairs, rtol=1e-12, atol=1e-12)
    pd.testing.assert_frame_equal(one.strata, many.strata, rtol=1e-12, atol=1e-12)
    note, _ = one.notes()
    assert note.startswith(
        "limits by natural_breaks are those of a random sample of 1,000 of 3,000"
    )
    assert "4.29% of all rows at most" in note
    other = _asked(cells, method="natural_breaks", max_rows=1000, seed=2)
    assert (other.strata["upper"].dropna() != one.strata["upper"].dropna()).any()


@pytest.mark.filterwarnings("ignore:thin strata")
def test_limits_of_a_sample_lie_where_the_note_says() -> None:
    """In 60 samples: the share of rows below each limit, all of them at once."""
    cells = _cells(8_000, seed=5)[["y", "rain"]]
    missed = 0
    for seed in range(60):
        found = sc.cell_detector(
            cells, "y", ["rain"], max_rows=1000, n_permutations=0, seed=seed, k=5
        )
        upper = found.strata["upper"].to_numpy()[:-1]
        share = (cells["rain"].to_numpy()[:, None] <= upper).mean(axis=0)
        sampled = _sampled(cells, seed)
        inside = (sampled[:, None] <= upper).mean(axis=0)
        missed += bool(np.abs(share - inside).max() > 1.358 / np.sqrt(1000))
    assert missed <= 3


def _sampled(cells: pd.DataFrame, seed: int) -> np.ndarray:
    """Give the rain of the rows in the sample."""
    from spatialccd.drivers.geodetector.cells._survey import First, Plan

    plan = Plan("y", ("rain",), *[frozenset()] * 3, 1000, seed, 10**6)
    survey = First(plan).empty()
    for block in sources.FramePiece(0, cells).blocks(plan.names, plan.classes, 10**6):
        survey.add(block)
    return survey.sample.values[:, 1]


def test_permutations_of_a_sample_come_near_those_of_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Weak factors, p between 0 and 1: within four standard errors of two independent draws."""
    rng = np.random.default_rng(8)
    cells = pd.DataFrame(rng.integers(0, 4, (20_000, 3)), columns=list("abc"))
    cells["y"] = rng.gamma(1.0, 1.0, 20_000) + 0.012 * (cells["a"] == 1) + 0.01 * cells["b"]
    cells["y"] += 0.05 * (cells["a"] == cells["b"])
    m = 999
    tables = sc.factor_detector(cells["y"], cells[list("abc")], n_permutations=m, seed=2)
    pairs = sc.interaction_detector(cells["y"], cells[list("abc")], n_permutations=m, seed=2)
    monkeypatch.setattr(permuted, "PERMUTED", 2_000)
    monkeypatch.setattr("spatialccd.drivers.geodetector.cells.detector.PERMUTED", 2_000)
    found = sc.cell_detector(
        cells, "y", list("abc"), categorical=list("abc"), n_permutations=m, seed=3
    )
    assert found.permuted == 2_000
    for ours, theirs, error in (
        (found.figures["p_permutation"], tables.figures["p_permutation"], found.figures["p_error"]),
        (found.pairs["p_gain"], pairs.figures["p_gain"], found.pairs["p_gain_error"]),
    ):
        far = 4 * np.sqrt(2) * np.maximum(error, 1 / m)
        assert (np.abs(ours - theirs) < far).all()
    assert found.figures["p_permutation"].between(0.01, 0.99).any()


def test_rows_with_gaps_are_left_out_and_told(cells: pd.DataFrame) -> None:
    gaps = cells.astype({"soil": object})
    gaps.loc[::7, "rain"] = np.nan
    gaps.loc[3, "y"] = np.inf
    gaps.loc[5, "soil"] = None
    whole = gaps.replace(np.inf, np.nan).dropna()
    found = _asked(gaps, block_rows=500)
    factor, pair = _tables(whole.reset_index(drop=True))
    _agree(found.to_frame(), factor.to_frame())
    _agree(found.pairs, pair.to_frame())
    left = len(gaps) - len(whole)
    assert found.notes()[0] == (
        f"{left} of 3,000 rows are left out, as a value is missing or infinite: y in 1, rain in "
        "429, soil in 1"
    )
    assert found.rows["infinite"].tolist() == [1, 0, 0, 0]
    few = _asked(gaps, max_rows=1000)
    _agree(few.to_frame(), factor.to_frame(), draws=False)


def test_limits_set_by_hand_and_classes_of_numbers(cells: pd.DataFrame) -> None:
    coded = cells.assign(soil=cells["soil"].map({"clay": 3, "loam": 7, "sand": 9}))
    settings: dict[str, Any] = {"breaks": {"rain": [400, 900]}, "categorical": ["soil"]}
    found = _asked(coded, **settings)
    factor, _ = _tables(coded, **settings)
    _agree(found.to_frame(), factor.to_frame())
    assert found.strata["stratum"].tolist()[:3] == [1, 2, 3]
    assert found.strata["stratum"].tolist()[-3:] == [3, 7, 9]
    assert found.strata.loc[0, "upper"] == 400
    with pytest.warns(sc.errors.CodesWarning, match=r"soil \(3 into 2\)"):
        _asked(coded, k=2)


def test_means_and_deviations_are_those_of_pandas(cells: pd.DataFrame) -> None:
    found = _asked(cells, block_rows=100).strata
    strata = sc.stratify(cells[FACTORS], method="quantile").labels
    for factor in FACTORS:
        wanted = cells["y"].groupby(strata[factor], observed=True).agg(["mean", "std"])
        own = found[found["factor"] == factor]
        np.testing.assert_allclose(own["mean"], wanted["mean"], rtol=1e-13)
        np.testing.assert_allclose(own["sd"], wanted["std"], rtol=1e-11)


def test_many_strata_are_added_up_pair_by_pair(
    cells: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    from spatialccd.drivers.geodetector.cells import _tally

    joint = _asked(cells)
    monkeypatch.setattr(_tally, "_JOINT", 20)
    pairs = _asked(cells)
    _agree(pairs.to_frame(), joint.to_frame())
    _agree(pairs.pairs, joint.pairs)
    alone = _asked(cells, pairwise=False)
    _agree(alone.to_frame(), joint.to_frame())
    assert alone.pairs.empty
    monkeypatch.setattr(_tally, "_MOST", 30)
    with pytest.raises(DataError, match="of all pairs of factors make 55 cells"):
        _asked(cells)


def test_charts_take_it_as_it_is(cells: pd.DataFrame) -> None:
    found = _asked(cells)
    factors, pairs = sc.chart_factors(found), sc.chart_interactions(found)
    pd.testing.assert_frame_equal(factors.table, found.figures)
    pd.testing.assert_frame_equal(pairs.table, found.pairs)
    assert _words(factors) == _words(sc.chart_factors(found.factors))
    assert _words(pairs) == _words(sc.chart_interactions(found.interactions))
    alone = _asked(cells, pairwise=False)
    assert len(sc.chart_factors(alone).table) == len(FACTORS)
    with pytest.raises(ParameterError, match="no pairs were measured"):
        sc.chart_interactions(alone)
    with pytest.raises(ParameterError, match="not split by time"):
        sc.chart_interactions(found, time=2020)


@pytest.mark.parametrize("style", ["triangle", "bubbles"])
def test_bold_is_the_gain_where_a_sample_was_permuted(
    cells: pd.DataFrame, style: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = sc.chart_interactions(_asked(cells), style=style)
    assert "bold: p ≤ 0.05" in _words(whole)
    monkeypatch.setattr(permuted, "PERMUTED", 2_000)
    monkeypatch.setattr("spatialccd.drivers.geodetector.cells.detector.PERMUTED", 2_000)
    drawn = sc.chart_interactions(_asked(cells), style=style)
    assert "p_synergy" not in drawn.table
    assert "bold: p (gain) ≤ 0.05" in _words(drawn)
    assert "粗体：增益p值 ≤ 0.05" in _words(
        sc.chart_interactions(_asked(cells), style=style, language="zh")
    )


def _words(figure: sc.Figure) -> list[str]:
    return [text.get_text() for text in figure.figure.findobj(Text)]


def test_a_study_draws_it(cells: pd.DataFrame, tmp_path: Path) -> None:
    from spatialccd.study import run_study

    cells.to_parquet(tmp_path / "cells.parquet")
    cells[:30].rename_axis("cell").assign(year=2020).to_csv(tmp_path / "panel.csv")
    (tmp_path / "study.toml").write_text(STUDY, encoding="utf-8")
    run_study(tmp_path / "study.toml", tmp_path / "out")
    written = sorted(path.name for path in (tmp_path / "out" / "figures").glob("*.png"))
    assert written == ["chart_factors.png", "chart_interactions.png"]


def test_the_command_line_draws_a_saved_one(
    cells: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from spatialccd import cli

    monkeypatch.chdir(tmp_path)
    sc.save(_asked(cells), "cells.scc")
    for chart, role in (("chart_factors", "factors"), ("chart_interactions", "interactions")):
        with pytest.raises(SystemExit) as stopped:
            cli.main([chart, f"--{role}", "cells.scc", "--out", f"{chart}.png"])
        assert not stopped.value.code
        assert (tmp_path / f"{chart}.png").stat().st_size > 10_000


# --- sources -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def parquet(cells: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two files of several groups of rows, in a folder."""
    folder = tmp_path_factory.mktemp("parquet")
    cells[:1250].to_parquet(folder / "a.parquet", row_group_size=450)
    cells[1250:].to_parquet(folder / "b.parquet", row_group_size=550)
    return folder


def _same(found: sc.CellDetector, wanted: sc.CellDetector) -> None:
    _agree(found.to_frame(), wanted.to_frame())
    _agree(found.pairs, wanted.pairs)
    pd.testing.assert_frame_equal(found.strata, wanted.strata, rtol=1e-12, check_dtype=False)


@pytest.mark.parametrize("held", [1000, 200_000])
def test_parquet_gives_what_a_frame_gives(
    cells: pd.DataFrame, parquet: Path, held: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "PIECE", 750)
    wanted = _asked(cells, max_rows=held)
    settings: dict[str, Any] = {"max_rows": held, "block_rows": 400}
    files = [parquet / "a.parquet", str(parquet / "b.parquet")]
    for source in (parquet, files, str(parquet / "*.parquet")):
        _same(_asked(source, **settings), wanted)


def test_duckdb_gives_what_a_frame_gives(
    cells: pd.DataFrame, parquet: Path, tmp_path: Path
) -> None:
    duckdb = pytest.importorskip("duckdb", reason="the extra 'db' is not installed")
    wanted = _asked(cells)
    file = tmp_path / "cells.duckdb"
    sql = f"SELECT * FROM read_parquet('{parquet / '*.parquet'}')"
    with duckdb.connect(str(file)) as connection:
        connection.execute(f"CREATE TABLE cells AS {sql}")
        connection.execute("CREATE TABLE other AS SELECT 1 AS one")
        told: list[tuple[int, int]] = []
        rows = connection.table("cells")
        _same(_asked(rows, block_rows=2048, progress=lambda *d: told.append(d)), wanted)
        assert told[-1][0] == told[-1][1]
        # Decimals are numbers.
        exact = connection.sql("SELECT y, rain, slope::DECIMAL(9,1) AS slope, soil FROM cells")
        _same(_asked(exact), wanted)
    _same(_asked(f"{file}#cells"), wanted)
    some = _asked({"path": str(file), "sql": "SELECT * FROM cells WHERE rain > 100"})
    assert some.read == (cells["rain"] > 100).sum()
    with pytest.raises(ParameterError, match=r"cells.duckdb holds 2 tables; say which"):
        _asked(file)
    with pytest.raises(ParameterError, match=r"refuses lost"):
        _asked({"path": str(file), "table": "lost"})
    with pytest.raises(ParameterError, match=r"takes path= .* given: url, sql"):
        _asked({"url": "x", "sql": "SELECT 1"})


def test_dask_gives_what_a_frame_gives(cells: pd.DataFrame) -> None:
    dd = pytest.importorskip("dask.dataframe", reason="the extra 'cluster' is not installed")
    frame = dd.from_pandas(cells, npartitions=4)
    _same(_asked(frame, block_rows=333), _asked(cells))


def test_memory_does_not_grow_with_the_rows(tmp_path: Path) -> None:
    """Python's own allocations, of which numpy's are part: eight times the rows, the same peak."""
    peaks = []
    for n in (50_000, 400_000):
        file = tmp_path / f"{n}.parquet"
        _cells(n).to_parquet(file, row_group_size=12_500)
        settings: dict[str, Any] = {"max_rows": 1000, "block_rows": 10_000, "n_permutations": 0}
        _asked(file, **settings)
        tracemalloc.start()
        _asked(file, **settings)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.1 * peaks[0]
    assert peaks[1] < 60e6  # 16 MB of it counts the keys of two factors


def test_progress_counts_rows_up_to_all(parquet: Path) -> None:
    told: list[tuple[int, int]] = []
    _asked(parquet, max_rows=1000, block_rows=500, progress=lambda *d: told.append(d))
    done, total = zip(*told, strict=True)
    assert len(set(total)) == 1
    assert list(done) == sorted(done)
    assert told[-1] == (total[0], total[0])


# --- what cannot be ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["cells.csv", "cells.XLSX"])
def test_a_table_is_not_taken_for_a_raster(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("y,x\n1,2\n")
    with pytest.raises(ParameterError, match=f"no raster, but a table: {name}"):
        sc.cell_detector(tmp_path / name, "y", ["x"])


def test_what_cannot_be_is_refused(cells: pd.DataFrame, parquet: Path, tmp_path: Path) -> None:
    ask = sc.cell_detector
    with pytest.raises(ParameterError, match=r"has no column rian; did you mean 'rain'\?"):
        ask(cells, "y", ["rian"])
    with pytest.raises(ParameterError, match="y must hold numbers"):
        ask(cells, "soil", ["rain"])
    with pytest.raises(ParameterError, match="y and X name y more than once"):
        ask(cells, "y", ["y"])
    with pytest.raises(ParameterError, match="X names no factor"):
        ask(cells, "y", [])
    with pytest.raises(ParameterError, match=r"no file at .*lost.parquet"):
        ask(tmp_path / "lost.parquet", "y", ["rain"])
    with pytest.raises(ParameterError, match="holds no Parquet file"):
        ask(tmp_path, "y", ["rain"])
    with pytest.raises(ParameterError, match=r"source must be Parquet files.* not int"):
        ask(3, "y", ["rain"])  # type: ignore[arg-type]
    broken = tmp_path / "broken.parquet"
    broken.write_text("no table")
    with pytest.raises(ParameterError, match=r"broken.parquet cannot be read as Parquet"):
        ask(broken, "y", ["rain"])
    with pytest.raises(ParameterError, match="source mixes Parquet with other files"):
        ask([parquet / "a.parquet", Path(__file__)], "y", ["rain"])
    cells[["y", "rain"]].to_parquet(tmp_path / "short.parquet")
    with pytest.raises(ParameterError, match=r"short.parquet lacks slope, soil, which a.parquet"):
        ask([parquet / "a.parquet", tmp_path / "short.parquet"], "y", ["rain"])
    with pytest.raises(DataError, match=r"y is constant \(1\)"):
        ask(cells.assign(y=1.0), "y", ["rain"])
    with pytest.raises(DataError, match="rain has one value only"):
        ask(cells.assign(rain=1.0), "y", ["rain"])
    with pytest.raises(DataError, match=r"no q exists for soil \(one stratum only\)"):
        ask(cells.assign(soil="clay"), "y", ["soil"])
    with pytest.raises(DataError, match="the frame has no row without a missing value"):
        ask(cells.assign(y=np.nan), "y", ["rain"])
    with pytest.raises(DataError, match="the frame has no rows"):
        ask(cells[:0], "y", ["rain"])
    with pytest.raises(DataError, match="rain holds numbers as text"):
        ask(cells.assign(rain=cells["rain"].astype(str)), "y", ["rain"])
    with pytest.raises(DataError, match="id has more than 65,535 classes"):
        ask(_cells(70_000).assign(id=np.arange(70_000)), "y", ["id"], categorical=["id"])
