"""Notes below the data are listed and dropped, totals among the units are named."""

from __future__ import annotations

import re
import warnings
from pathlib import Path

import pandas as pd
import pytest

import spatialccd as sc
from spatialccd.data.tables.notes import is_note, totals
from spatialccd.errors import GapWarning, PanelError, ParameterError, ReadingWarning
from spatialccd.report.words.sentences import retell


def _csv(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "t.csv"
    file.write_text(text, encoding="utf-8")
    return file


NOTES = [
    "注：本表按当年价格计算。",
    "资料来源：统计年鉴",
    "Source: Bureau of Statistics",
    "* estimated",
]


@pytest.mark.parametrize("note", NOTES)
@pytest.mark.parametrize(
    ("body", "settings"),
    [
        ("t,y,x\nA,2019,1\nA,2020,2\n", {"unit": "t", "time": "y"}),
        ("t,2019,2020\nA,1,2\n", {"unit": "t", "layout": "wide", "value": "x"}),
        ("y,A\n2019,1\n2020,2\n", {"time": "y", "layout": "wide", "value": "x"}),
        ("t,y,i,v\nA,2019,x,1\nA,2020,x,2\n", {"unit": "t", "time": "y", "layout": "tidy",
                                               "indicator": "i"}),
    ],
)  # fmt: skip
def test_notes_below_are_dropped_and_kept_in_words(
    body: str, settings: dict[str, str], note: str, tmp_path: Path
) -> None:
    file = _csv(tmp_path, f"表1,,\n{body}\n{note}\n更多的话\n")
    with pytest.warns(ReadingWarning, match="2 rows of notes below the data") as warned:
        panel = sc.read_panel(file, **settings)
    assert panel["x"].to_dict() == {("A", 2019): 1, ("A", 2020): 2}
    assert list(warned[0].message.cases["value"]) == [note, "更多的话"]  # type: ignore[union-attr]
    kept = panel.attrs["notes"]["text"]
    assert kept[0] == "row 1: 表1"
    assert kept[1].endswith(note)


def test_a_unit_without_figures_at_the_end_is_a_unit(tmp_path: Path) -> None:
    file = _csv(tmp_path, "t,2019,2020\n北京,1,2\n台湾,,\n")
    with pytest.warns(GapWarning):
        panel = sc.read_panel(file, unit="t", layout="wide", value="x")
    assert list(panel.index.get_level_values(0).unique()) == ["北京", "台湾"]


def test_a_label_alone_at_the_end_is_a_fault_and_no_note(tmp_path: Path) -> None:
    with pytest.raises(PanelError, match=r"1 row has no time \(row 3\)"):
        sc.read_panel(_csv(tmp_path, "u,year,x\n北京,2019,1\n天津,,\n"), unit="u", time="year")


@pytest.mark.parametrize("name", ["资阳市", "Noteć", "Sourceland", "1区", "注", "Essex", "第一师"])
def test_names_are_no_notes(name: str) -> None:
    assert is_note(name) == (name == "注")


@pytest.mark.parametrize(
    ("labels", "found"),
    [
        (["全国", "华北地区", "河北", "山西", "合 计"], ["全国", "华北地区", "合 计"]),
        (["Grand total", "Kent", "Essex"], ["Grand total"]),
        (["United States", "Ohio", "Iowa", "Midwest"], ["United States", "Midwest"]),
        (["中国", "广东", "广西"], ["中国"]),
        (["中国", "日本", "韩国"], []),
        (["United States", "Canada", "Mexico"], []),
        (["全省", "甲县", "乙县"], ["全省"]),
        (["东城区", "西城区", "中部县"], []),
        (["EU27_2020", "AT", "BE"], ["EU27_2020"]),
        (["江苏省合计", "南京市", "苏州市"], ["江苏省合计"]),
        (["平均", "甲", "乙"], ["平均"]),
    ],
)
def test_totals_by_name(labels: list[str], found: list[str]) -> None:
    x = [3.1 + 1.7**i for i in range(len(labels))]
    assert totals(pd.DataFrame({"x": x}, index=pd.Index(labels, name="unit"))) == found


def test_a_total_by_its_figures_or_by_a_name_beside_its_code() -> None:
    index = pd.Index(["00", "01", "02", "03"], name="unit")
    assert totals(pd.DataFrame({"x": [10.0, 2, 3, 5]}, index=index)) == ["00"]
    assert totals(pd.DataFrame({"x": [9.0, 2, 3, 5]}, index=index)) == []
    named = pd.DataFrame({"x": [9.0, 2, 3, 5], "name": ["Total", "a", "b", "c"]}, index=index)
    assert totals(named) == ["00"]


def test_faults_of_units_that_are_left_out_do_not_count(tmp_path: Path) -> None:
    text = "t,x\n合计,3\n合计,about 3\n甲,1\n乙,2\n"
    panel = sc.read_panel(_csv(tmp_path, text), unit="t", drop_units=["合计"])
    assert panel["x"].to_dict() == {"甲": 1, "乙": 2}
    with pytest.raises(ParameterError, match="leaves no unit"):
        sc.read_panel(_csv(tmp_path, "t,x\n合计,3\n"), unit="t", drop_units=["合计"])


def test_units_are_left_out_on_demand(tmp_path: Path) -> None:
    file = _csv(tmp_path, "t,y,x\nTotal,2019,5\nA,2019,2\nB,2019,3\n")
    with pytest.warns(ReadingWarning, match=r"drop_units=\['Total'\]"):
        sc.read_panel(file, unit="t", time="y")
    panel = sc.read_panel(file, unit="t", time="y", drop_units=["Total"])
    assert list(panel.index) == [("A", 2019), ("B", 2019)]
    with pytest.raises(ParameterError, match="did you mean 'Total'"):
        sc.read_panel(file, unit="t", time="y", drop_units=["total"])


@pytest.mark.parametrize(
    ("text", "settings", "told"),
    [
        ("市,区,x\n甲,东区,1\n乙,东区,2\n", {"unit": "区"}, "unit=['市', '区']"),
        ("state,county,x\nOH,Lake,1\nIN,Lake,2\n", {"unit": "county"}, "unit=['state', 'county']"),
        ("u,变量,x\nA,gdp,1\nA,pop,2\nB,gdp,1\nB,pop,2\n", {"unit": "u"}, "layout='tidy'"),
        ("u,code3,x\nA,gdp,1\nA,pop,2\nB,gdp,1\nB,pop,2\n", {"unit": "u"}, "layout='tidy'"),
        ("u,年份,x\nA,2019,1\nA,2020,2\n", {"unit": "u"}, "say time='年份'"),
        ("u,x\nNA,1\nNA,2\n110101,3\n", {"unit": "u"}, "may be a missing code"),
        ("u,x\nA,1\nA,1\nB,2\n", {"unit": "u"}, "delete all but one"),
        ("u,x\nA,1\nA,3\nB,2\n", {"unit": "u"}, "keep one row"),
    ],
)
def test_rows_of_one_key_are_told_apart(
    text: str, settings: dict[str, str], told: str, tmp_path: Path
) -> None:
    with pytest.raises(PanelError) as raised:
        sc.read_panel(_csv(tmp_path, text), **settings)
    assert told in str(raised.value)
    assert ("keep one row" in str(raised.value)) == (told == "keep one row")


def test_a_code_like_a_missing_value_among_numbers_is_told(tmp_path: Path) -> None:
    with pytest.warns(ReadingWarning, match="may be a missing code"):
        sc.read_panel(_csv(tmp_path, "u,x\nNA,1\n110101,3\n"), unit="u")


@pytest.mark.parametrize(
    ("text", "settings"),
    [
        ("u,x\na,1*\nb,2\n", {"unit": "u"}),
        ("u,x\na,(D)\nb,(2)\n", {"unit": "u"}),
        ("u,x\na,#DIV/0!\nb,2\n", {"unit": "u"}),
        ('u,x\na,"1,00,000"\nb,"2,00,000"\n', {"unit": "u"}),
        ("u,x\na,-999\nb,2\n", {"unit": "u"}),
        ("u,x\na,12亿\nb,2亿\n", {"unit": "u"}),
        ("u,x\na,012\nb,2\nc,3\n", {"unit": "u"}),
        ("u,zip\na,012\nb,2\nc,3\n", {"unit": "u"}),
        ("u,x\nNA,1\n11,2\n", {"unit": "u"}),
        ("u,x\n合计,1\n甲,2\n注：初步数\n", {"unit": "u"}),
        ("u,y,x\na,2009-10,1\nb,2010-11,2\n", {"unit": "u", "time": "y"}),
        ("u,y,x\na,98,1\nb,99,2\n", {"unit": "u", "time": "y"}),
        ("u,x2019,x2020,a1600m,c2010\na,1,2,3,4\n", {"unit": "u", "layout": "wide"}),
        ("u,y,x\na,2019,1\n,2020,2\nb,2019,3\n,2020,4\n", {"unit": "u", "time": "y"}),
    ],
)
def test_what_is_told_has_its_chinese(
    text: str, settings: dict[str, str], tmp_path: Path, recwarn: pytest.WarningsRecorder
) -> None:
    warnings.simplefilter("always")
    sc.read_panel(_csv(tmp_path, text), gaps="ignore", **settings)
    assert recwarn
    for warning in recwarn:
        told = retell(str(warning.message), "zh")
        quoted = re.sub(r"'[^']*'|\([^)]*\)|（[^）]*）|panel\.attrs|\w+=", "", told)
        assert not re.search(r"[A-Za-z]+ [a-z]+ [a-z]+", quoted), told
