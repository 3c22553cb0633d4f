"""Bad input: one line that says what, where and what to do; exit code 2; nothing half-written."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import Polygon

from spatialccd import cli

Change = Callable[[Path], None]


def _text(study: Path, old: str, new: str) -> None:
    text = study.read_text(encoding="utf-8")
    assert old in text
    study.write_text(text.replace(old, new, 1), encoding="utf-8")


def _panel(change: Callable[[pd.DataFrame], pd.DataFrame]) -> Change:
    def apply(study: Path) -> None:
        path = study.parent / "data" / "panel.csv"
        change(pd.read_csv(path, dtype=object)).to_csv(path, index=False)

    return apply


def _areas(change: Callable[[gpd.GeoDataFrame], gpd.GeoDataFrame]) -> Change:
    def apply(study: Path) -> None:
        path = study.parent / "data" / "areas.gpkg"
        layer = gpd.read_file(path)
        path.unlink()
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "'crs' was not provided")
            change(layer).to_file(path, engine="pyogrio")

    return apply


def _cell(row: int, column: str, value: object) -> Change:
    def change(table: pd.DataFrame) -> pd.DataFrame:
        table.loc[row, column] = value
        return table

    return _panel(change)


def _empty(study: Path) -> None:
    (study.parent / "data" / "panel.csv").write_bytes(b"")


def _mojibake(study: Path) -> None:
    path = study.parent / "data" / "panel.csv"
    path.write_bytes(path.read_text().replace("unit,", "单位,", 1).encode("gbk"))
    _text(study, 'time = "time"', 'time = "time"\nencoding = "utf-8"')


def _missing(study: Path) -> None:
    (study.parent / "data" / "panel.csv").unlink()


def _bow_tie(layer: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    cell = layer.geometry.iloc[0]
    a, b, c, d = list(cell.exterior.coords)[:4]
    layer.loc[0, "geometry"] = Polygon([a, c, b, d])
    return layer


def _degrees(layer: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return layer.to_crs("EPSG:4326")


def _distance(study: Path) -> None:
    _areas(lambda layer: layer.set_crs(None, allow_override=True))(study)
    _text(study, 'method = "queen"', 'method = "distance_band"\nthreshold = 20000.0')


FAULTS: dict[str, tuple[Change, str]] = {
    "missing file": (_missing, r"no file at .*panel\.csv"),
    "empty file": (_empty, r"panel\.csv.* empty"),
    "wrong encoding": (_mojibake, r"panel\.csv.*utf-8"),
    "unknown column": (
        lambda study: _text(study, 'unit = "unit"\ntime', 'unit = "unt"\ntime'),
        r"'unt'.*'unit'",
    ),
    "text in a number column": (_cell(4, "income", "n.b."), r"row 6.*income.*n\.b\."),
    "duplicated keys": (
        _panel(lambda table: pd.concat([table, table.iloc[[3]]])),
        r"A01.*2018",
    ),
    "one unit only": (_panel(lambda table: table[table["unit"] == "A00"]), r"one unit"),
    "no CRS where meters are needed": (_distance, r"coordinate reference"),
    "two codes for one area": (
        _areas(lambda layer: pd.concat([layer, layer.iloc[[0]].assign(unit="A99")])),
        r"A00.*A99|A99.*A00",
    ),
    "one code for two areas": (
        _areas(lambda layer: pd.concat([layer, layer.iloc[[0]]])),
        r"A00",
    ),
    "unknown indicator": (
        lambda study: _text(study, 'income = "benefit"', 'incom = "benefit"'),
        r"\[economy\].*'incom'.*'income'",
    ),
    "unknown indicators of two systems": (
        lambda study: (
            _text(study, 'income = "benefit"', 'incom = "benefit"'),
            _text(study, 'smoke = "cost"', 'smog = "cost"\ntrees = "benefit"'),
        ),
        r"\[economy\] panel: .*'incom'.*\[ecology\] panel: .*'smog'.*'trees'; there are income",
    ),
}


def _run(study: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    out = study.parent / "out"
    with pytest.raises(SystemExit) as stopped:
        cli.main(["run", str(study), "--out", str(out)])
    captured = capsys.readouterr()
    return int(stopped.value.code or 0), captured.out, captured.err


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_told_and_nothing_is_half_written(
    name: str, study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change, message = FAULTS[name]
    change(study)
    code, _, err = _run(study, capsys)
    lines = [line for line in err.splitlines() if line.startswith("spatialccd:")]
    assert code == 2, err
    assert len(lines) == 1
    assert "Traceback" not in err
    assert re.search(message, lines[0]), lines[0]
    left = [p for p in (study.parent / "out").rglob("*") if p.is_file() and ".steps" not in p.parts]
    assert left == []


def test_a_constant_indicator_is_noted_and_weighs_nothing(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _panel(lambda table: table.assign(forest="7"))(study)
    code, out, _ = _run(study, capsys)
    assert code == 0
    assert re.search(r"note: \[ecology\] one value only: forest", out)


def test_a_negative_indicator_is_scaled_by_its_range_like_any_other(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Growth rates and balances are rightly negative; a range scale does not mind."""
    _cell(4, "income", "-12.5")(study)
    code, _, err = _run(study, capsys)
    assert code == 0, err


def test_an_invalid_area_is_repaired_and_named(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _areas(_bow_tie)(study)
    code, out, err = _run(study, capsys)
    assert (code == 0 and "A00" in out) or (code == 2 and "A00" in err)


def test_a_layer_in_degrees_gives_great_circle_distances_in_metres(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _areas(_degrees)(study)
    _text(study, 'method = "queen"', 'method = "distance_band"\nthreshold = 20000.0')
    code, _, err = _run(study, capsys)
    assert code == 0, err
