"""What is printed beside a figure is taken off and told; nothing is kept as text in silence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import spatialccd as sc
from spatialccd.errors import PanelError, ReadingWarning


def _read(tmp_path: Path, cells: list[str], **settings: Any) -> pd.DataFrame:
    file = tmp_path / "t.csv"
    rows = "".join(f'u{i},"{cell}"\n' for i, cell in enumerate(cells))
    file.write_text(f"unit,x\n{rows}", encoding="utf-8")
    return sc.read_panel(file, unit="unit", gaps="ignore", **settings)


@pytest.mark.parametrize(
    ("cells", "numbers", "flags"),
    [
        (["7†", "8.5†"], [7, 8.5], {"u0": "†", "u1": "†"}),
        (["1,250*", "980"], [1250, 980], {"u0": "*"}),
        (["*12", "13"], [12, 13], {"u0": "*"}),
        (["3③", "4④", "5"], [3, 4, 5], {"u0": "③", "u1": "④"}),
        (["12(1)", "13"], [12, 13], {"u0": "(1)"}),
        (["12 [a]", "13"], [12, 13], {"u0": "[a]"}),
        (["5.1 bp", "6.0", ": u"], [5.1, 6.0, np.nan], {"u0": "bp", "u2": "u"}),
        (["1234r", "1300"], [1234, 1300], {"u0": "r"}),
        (["(D)", "14", "c", "***"], [np.nan, 14, np.nan, np.nan],
         {"u0": "(D)", "u2": "c", "u3": "***"}),
    ],
)  # fmt: skip
def test_marks_are_taken_off_and_kept(
    cells: list[str], numbers: list[float], flags: dict[str, str], tmp_path: Path
) -> None:
    with pytest.warns(ReadingWarning, match=r"panel\.attrs\['flags'\]"):
        panel = _read(tmp_path, cells)
    np.testing.assert_array_equal(panel["x"], numbers)
    kept = pd.DataFrame(panel.attrs["flags"])
    assert dict(zip(kept["unit"], kept["flag"], strict=True)) == flags
    assert set(kept["column"]) == {"x"}


@pytest.mark.parametrize(
    ("cells", "numbers", "unit"),
    [
        (["€1,200", "€7"], [1200, 7], "€"),
        (["￥12.5", "￥3"], [12.5, 3], "¥"),
        (["5‰", "12.5‰"], [5, 12.5], "‰"),
        (["5%", "12.5％"], [5, 12.5], "%"),
        (["12元", "30元"], [12, 30], "元"),
        (["USD 1,200", "USD 7"], [1200, 7], "USD"),
        (["12 EUR", "7.5 EUR"], [12, 7.5], "EUR"),
    ],
)
def test_a_sign_of_all_is_the_unit(
    cells: list[str], numbers: list[float], unit: str, tmp_path: Path
) -> None:
    panel = _read(tmp_path, cells)
    assert list(panel["x"]) == numbers
    assert panel.attrs["units"] == {"x": unit}


@pytest.mark.parametrize("cells", [["$3", "€4", "5"], ["5‰", "0.4", "0.3"]])
def test_signs_that_differ_are_refused(cells: list[str], tmp_path: Path) -> None:
    with pytest.raises(PanelError):
        _read(tmp_path, cells)


@pytest.mark.parametrize(
    ("cells", "numbers", "told"),
    [
        (["12'500", "1'234'567.5"], [12500, 1234567.5], ""),
        (["12’500", "300"], [12500, 300], ""),
        (["(3,200)", "18"], [-3200, 18], "read as negative"),
        (["2,50,000", "75,000", "1,10,00,000"], [250000, 75000, 11000000], "lakh"),
        (["007", "15", "1000"], [7, 15, 1000], "row 2 x: '007'"),
        (["-999", "12", "15"], [-999, 12, 15], "missing=['-999']"),
        (["9999", "12", "15"], [9999, 12, 15], "missing=['9999']"),
        (["-666666666", "12", "15"], [-666666666, 12, 15], "missing=['-666666666']"),
    ],
)
def test_other_ways_of_writing_numbers(
    cells: list[str], numbers: list[float], told: str, tmp_path: Path
) -> None:
    if told:
        with pytest.warns(ReadingWarning) as warned:
            panel = _read(tmp_path, cells)
        assert told in str(warned[0].message)
    else:
        panel = _read(tmp_path, cells)
    assert list(panel["x"]) == numbers


def test_negative_numbers_among_negative_ones_are_no_sentinels(tmp_path: Path) -> None:
    assert list(_read(tmp_path, ["-999", "-3.5", "2"])["x"]) == [-999, -3.5, 2]


@pytest.mark.parametrize("cells", [["12亿", "3.5亿"], ["~30", "~45"], ["1.234.567", "2.345.678"]])
def test_text_that_looks_like_numbers_is_told(cells: list[str], tmp_path: Path) -> None:
    with pytest.warns(ReadingWarning, match=rf"look like numbers \(row 2 x: '{cells[0]}'"):
        panel = _read(tmp_path, cells)
    assert list(panel["x"]) == cells
    assert list(_read(tmp_path, cells, text=["x"])["x"]) == cells


@pytest.mark.parametrize(
    "cells",
    [
        ["A", "B", "S", "c"],
        ["2011年", "2012年"],
        ["10-20", "20-30"],
        ["0101", "1200", "0203"],
        ["12 Main St", "Elm St"],
        ["高", "中", "低"],
    ],
)
def test_text_and_codes_stay_text_in_silence(cells: list[str], tmp_path: Path) -> None:
    assert list(_read(tmp_path, cells)["x"]) == cells


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (["12.5%", "0.3", "7%"], r"row 3 x: '0\.3'\); a number such as 0\.3 among percents"),
        (["250,000+", "57,000", "61,000"], "an open class such as"),
        (["12②", "13", "14"], "mark of a note"),
        (["3,45,678", "13", "14"], "lakh"),
        (["#REF!", "13", "14"], "formula that failed"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_way_out(
    cells: list[str], message: str, tmp_path: Path
) -> None:
    with pytest.raises(PanelError, match=message):
        _read(tmp_path, cells)


@pytest.mark.parametrize(
    "mark",
    ["n.a.", "N.A.", "(NA)", "nd", "-----", "──", "……", "⋯", "不适用", "未统计", "空", "No data"],
)
def test_usual_marks_of_a_missing_value(mark: str, tmp_path: Path) -> None:
    assert _read(tmp_path, [mark, "2"])["x"].isna().tolist() == [True, False]


def test_flags_of_a_wide_table_know_their_time(tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_text("geo,2019,2020\nAT,5.1,5.6 u\nBE,: c,7.25 b\n", encoding="utf-8")
    with pytest.warns(ReadingWarning):
        panel = sc.read_panel(file, unit="geo", layout="wide", value="x", gaps="ignore")
    kept = pd.DataFrame(panel.attrs["flags"])
    assert kept.to_dict("records") == [
        {"unit": "BE", "time": 2019, "column": "x", "flag": "c"},
        {"unit": "AT", "time": 2020, "column": "x", "flag": "u"},
        {"unit": "BE", "time": 2020, "column": "x", "flag": "b"},
    ]


def test_what_a_panel_carries_outlives_computing_and_parquet(tmp_path: Path) -> None:
    with pytest.warns(ReadingWarning):
        panel = _read(tmp_path, ["7*", "8"])
    later = pd.concat([panel * 2, panel], axis=1)
    assert json.loads(json.dumps(later.attrs)) == json.loads(json.dumps(panel.attrs))
    panel.to_parquet(tmp_path / "p.parquet")
    assert pd.read_parquet(tmp_path / "p.parquet").attrs == panel.attrs


def test_a_sentinel_and_a_second_header_are_told_together(tmp_path: Path) -> None:
    file = tmp_path / "acs.csv"
    file.write_text(
        "ID,NAME,E,M\nGeography,Area,Estimate,Margin\n01,Adams,57982,48\n02,Bell,61756,22\n"
        '03,Clay,-888888888,***\n04,Dade,"100,000+",**\n',
        encoding="utf-8",
    )
    with pytest.raises(PanelError) as raised:
        sc.read_panel(file, unit="ID")
    for part in ("header=2", "header=[1, 2]", "missing=['-888888888']", "missing=['100,000+']"):
        assert part in str(raised.value)
    with pytest.warns(ReadingWarning):
        panel = sc.read_panel(
            file, unit="ID", header=[1, 2], missing=["-888888888", "100,000+"], gaps="ignore"
        )
    assert list(panel.columns) == ["NAME_Area", "E_Estimate", "M_Margin"]
    assert panel["E_Estimate"].to_list()[:2] == [57982, 61756]
