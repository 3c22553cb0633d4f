"""Times are read together, and a number in a name is a time by its place and company."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import spatialccd as sc
from spatialccd.data.tables.headers import split_names
from spatialccd.data.tables.times import read_times
from spatialccd.errors import GapWarning, PanelError, ParameterError, ReadingWarning


def _csv(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "t.csv"
    file.write_text(text, encoding="utf-8")
    return file


def _stamps(*dates: str) -> list[pd.Timestamp]:
    return [pd.Timestamp(date) for date in dates]


@pytest.mark.parametrize(
    ("cells", "times", "rule"),
    [
        (["2014-15", "2015-16", "2016-17"], [2014, 2015, 2016], "begin (2014-15 is 2014)"),
        (["1998/99", "1999/00"], [1998, 1999], "begin (1998/99 is 1998)"),
        (["2014–2015", "2015–2016"], [2014, 2015], "begin"),
        (["FY2014-15", "FY2015-16"], [2014, 2015], "begin"),
        (["FY2014", "FY2015"], [2014, 2015], "named by"),
        (["2012-13"], [2012], "begin"),  # there is no thirteenth month
        (["97", "98", "99", "00"], [1997, 1998, 1999, 2000], "read as 1997 to 2000"),
        (["99", "0", "1"], [1999, 2000, 2001], "read as 1999 to 2001"),
        (["78年", "79年"], [1978, 1979], "read as 1978 to 1979"),
        (["1", "2", "3"], [1, 2, 3], ""),
        (["2018Q4", "2019Q1"], _stamps("2018-10-01", "2019-01-01"), ""),
        (["Q4 2018", "Q1 2019"], _stamps("2018-10-01", "2019-01-01"), ""),
        (["2018年第四季度", "2019年一季度"], _stamps("2018-10-01", "2019-01-01"), ""),
        (["2018年上半年", "2018年下半年"], _stamps("2018-01-01", "2018-07-01"), ""),
        (["2018M11", "2018M12"], _stamps("2018-11-01", "2018-12-01"), ""),
        (["201811", "201812"], _stamps("2018-11-01", "2018-12-01"), ""),
        (["Nov 2018", "December 2018"], _stamps("2018-11-01", "2018-12-01"), ""),
        (["2011-12", "2012-12"], _stamps("2011-12-01", "2012-12-01"), ""),
        (["2018年3月7日", "2018年3月8日"], _stamps("2018-03-07", "2018-03-08"), ""),
    ],
)
def test_times_are_read_together(cells: list[str], times: list[Any], rule: str) -> None:
    found = read_times(pd.Series(cells))
    assert found.values.to_list() == times
    assert not found.misfits.any()
    assert rule in found.rule
    assert bool(rule) == bool(found.rule)


@pytest.mark.parametrize(
    ("cells", "name", "advice"),
    [
        (["2009-10", "2009-10"], "year", "may be a month or a year of account"),
        (["01", "02", "03"], "t", "write years with four digits"),
        (["35", "36"], "year", "write years with four digits"),
        (["98", "99", "100"], "year", "add 1911"),
        (["2011", "2012", "13"], "year", "write all times alike"),
        (["2014-15", "2015-16", "2016-18"], "year", "write all times alike"),
        (["2018Q1", "2018Q2", "2018-03"], "year", "write all times alike"),
    ],
)
def test_times_that_may_mean_two_things_are_faults(
    cells: list[str], name: str, advice: str, tmp_path: Path
) -> None:
    text = f"code,{name},x\n" + "".join(f"A{i},{cell},1\n" for i, cell in enumerate(cells))
    with pytest.raises(PanelError, match=advice):
        sc.read_panel(_csv(tmp_path, text), unit="code", time=name)


def test_small_numbers_are_years_or_steps_by_their_name() -> None:
    assert read_times(pd.Series(["01", "02"]), "年份").values.to_list() == [2001, 2002]
    assert read_times(pd.Series(["01", "02"]), "wave").values.to_list() == [1, 2]


def test_a_year_of_account_is_as_long_as_any(tmp_path: Path) -> None:
    text = "s,y,x\nK,2009-10,0\nK,2010-11,\nK,2011-12,\nK,2012-13,30\n"
    with pytest.warns(ReadingWarning, match="named by the year in which they begin"):
        panel = sc.read_panel(_csv(tmp_path, text), unit="s", time="y", gaps="ignore")
    assert list(sc.fill_missing(panel).panel["x"]) == [0, 10, 20, 30]


@pytest.mark.parametrize(
    ("headers", "value", "columns", "times"),
    [
        (["2014-15", "2015-16"], "gsdp", ["gsdp"], [2014, 2015]),
        (["gsdp 2014-15", "gsdp 2015-16"], None, ["gsdp"], [2014, 2015]),
        (["gsdp_2009_10", "gsdp_2010_11"], None, ["gsdp"], [2009, 2010]),
        (["x 2018.11", "x 2018.12"], None, ["x"], _stamps("2018-11-01", "2018-12-01")),
        (["x_201811", "x_201812"], None, ["x"], _stamps("2018-11-01", "2018-12-01")),
        (["2018-11", "2018-12"], "x", ["x"], _stamps("2018-11-01", "2018-12-01")),
        (["x_2018_11", "x_2018_12"], None, ["x"], _stamps("2018-11-01", "2018-12-01")),
        (["2018m1", "2018m2"], "x", ["x"], _stamps("2018-01-01", "2018-02-01")),
        (["x2018M11", "x2018M12"], None, ["x"], _stamps("2018-11-01", "2018-12-01")),
        (["2018Q1", "2018Q2"], "x", ["x"], _stamps("2018-01-01", "2018-04-01")),
        (["gdp_2018Q1", "gdp_2018Q2"], None, ["gdp"], _stamps("2018-01-01", "2018-04-01")),
        (["Q1 2018", "Q2 2018"], "x", ["x"], _stamps("2018-01-01", "2018-04-01")),
        (["2018年1季度", "2018年2季度"], "x", ["x"], _stamps("2018-01-01", "2018-04-01")),
        (["2018年11月", "2018年12月"], "x", ["x"], _stamps("2018-11-01", "2018-12-01")),
        (["2019 [YR2019]", "2020 [YR2020]"], "x", ["x"], [2019, 2020]),
        (["人口（2019年末）", "人口（2020年末）"], None, ["人口"], [2019, 2020]),
        (["人口2019", "人口2020"], None, ["人口"], [2019, 2020]),
        (["gdp2019(亿元)", "gdp2020(亿元)"], None, ["gdp(亿元)"], [2019, 2020]),
        (["2011-2015", "2016-2020"], "x", ["x"], ["2011-2015", "2016-2020"]),
    ],
)
@pytest.mark.filterwarnings("ignore::spatialccd.errors.ReadingWarning")
def test_times_in_the_header(
    headers: list[str], value: str | None, columns: list[str], times: list[Any], tmp_path: Path
) -> None:
    file = _csv(tmp_path, f"code,{','.join(headers)}\n01,1,2\n02,3,4\n")
    panel = sc.read_panel(file, unit="code", layout="wide", value=value)
    assert list(panel.columns) == columns
    assert list(panel.loc["01"].index) == times
    assert panel.iloc[:, 0].to_list() == [1, 2, 3, 4]


@pytest.mark.parametrize(
    "name",
    [
        "pop1776",
        "elev1600m",
        "GDP(2015年不变价)",
        "GDP（按2019年可比价格）",
        "GDP(2019年价格)",
        "growth_2010_2020",
        "gdp_2019prices",
        "GDP (constant 2015 US$)",
        "gdp_1978不变价",
        "flow_2010-2015",
        "S1701_C01",
    ],
)
def test_a_number_that_is_no_time_stays_in_the_name(name: str, tmp_path: Path) -> None:
    file = _csv(tmp_path, f"code,x_2019,x_2020,{name}\n01,3,4,9\n02,7,8,6\n")
    with pytest.warns(ReadingWarning) as warned:
        panel = sc.read_panel(file, unit="code", layout="wide")
    assert name in str(warned[0].message)
    assert list(panel.columns) == ["x", name]
    assert list(panel[name]) == [9, 9, 6, 6]


def test_a_lone_year_near_the_others_is_a_time_and_is_told(tmp_path: Path) -> None:
    file = _csv(tmp_path, "code,gdp2019,gdp2020,census2010\n01,1,2,3\n")
    with (
        pytest.warns(ReadingWarning, match="stands in no other column"),
        pytest.warns(GapWarning),
    ):
        panel = sc.read_panel(file, unit="code", layout="wide")
    assert panel.loc[("01", 2010), "census"] == 3


def test_sizes_alone_are_no_years() -> None:
    assert split_names(["elev1500m", "elev2000m"]).timed == {}


def test_a_value_is_never_ignored(tmp_path: Path) -> None:
    file = _csv(tmp_path, "code,gdp_2019,gdp_2020\n01,1,2\n")
    with pytest.raises(ParameterError, match="leave value= out"):
        sc.read_panel(file, unit="code", layout="wide", value="x")


@pytest.mark.parametrize("name", ["2020年1-3月", "2020年前三季度"])
def test_parts_of_a_year_that_are_not_read_are_no_indicators(name: str, tmp_path: Path) -> None:
    file = _csv(tmp_path, f"code,2019年,{name}\n01,1,2\n")
    with pytest.raises(ParameterError, match="write months as 2020-01"):
        sc.read_panel(file, unit="code", layout="wide", value="x")


def test_times_of_two_kinds_in_a_header_are_named(tmp_path: Path) -> None:
    file = _csv(tmp_path, "code,2019,2020-01\n01,1,2\n")
    with pytest.raises(PanelError, match=r"column '2019', column '2020-01'"):
        sc.read_panel(file, unit="code", layout="wide", value="x")
