"""A study starts itself: what a table holds is found out, what is guessed is said."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from spatialccd import cli
from spatialccd.errors import PanelError, ParameterError
from spatialccd.study.config import read_study
from spatialccd.study.draft import draft_study
from spatialccd.study.preview import check_study
from tests.toys import Toys


def _draft(path: Path, **given: Any) -> dict[str, Any]:
    """Draft a study, check it without running it, and give its tables."""
    draft = draft_study(path, path.parent, **given)
    study = path.parent / "study.toml"
    study.write_text(draft.text, encoding="utf-8")
    check_study(study)
    return tomllib.loads(draft.text)


@pytest.fixture
def provinces() -> pd.DataFrame:
    """Provinces by code and name, in three years, with two kinds of indicators."""
    names = {
        "110000": "北京市", "120000": "天津市", "130000": "河北省", "140000": "山西省",
        "210000": "辽宁省", "220000": "吉林省", "230000": "黑龙江省", "310000": "上海市",
        "320000": "江苏省", "330000": "浙江省", "340000": "安徽省", "350000": "福建省",
    }  # fmt: skip
    rows = []
    for i, (code, name) in enumerate(names.items()):
        for year in (2018, 2019, 2020):
            noise = (7 * i + 3 * year) % 11
            rows.append((code, name, year, 30 + i + noise, 90 - i, 20 + noise, 4 + i, 9 + noise))
    return pd.DataFrame(
        rows,
        columns=["行政区划代码", "地区", "年份", "人均生产总值", "森林覆盖率", "废水排放量",
                 "财政收入", "研发经费"],
    )  # fmt: skip


def test_a_chinese_table_gets_a_chinese_study(tmp_path: Path, provinces: pd.DataFrame) -> None:
    path = tmp_path / "面板.csv"
    path.write_bytes(provinces.to_csv(index=False).encode("gbk"))
    tables = _draft(path)
    assert tables["panel"] == {"path": "面板.csv", "unit": "行政区划代码", "time": "年份"}
    assert tables["areas"] == {"source": "china_provinces"}
    assert tables["study"]["language"] == "zh"
    directions = {n: way for system in tables["systems"].values() for n, way in system.items()}
    assert directions["废水排放量"] == "cost"
    assert directions["森林覆盖率"] == "benefit"
    assert {"废水排放量", "森林覆盖率"} <= set(tables["systems"]["生态环境"])
    assert {"coupling_coordination", "obstacle_degree", "global_moran", "map_grades"} <= set(tables)
    assert "推测" in (tmp_path / "study.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("unit", ["code", "name"])
@pytest.mark.parametrize("layout", ["long", "wide"])
def test_units_times_and_layout_are_found(
    tmp_path: Path, provinces: pd.DataFrame, unit: str, layout: str
) -> None:
    column = {"code": "行政区划代码", "name": "地区"}[unit]
    table = provinces.drop(columns={"行政区划代码", "地区"} - {column})
    if layout == "wide":
        table = table.set_index([column, "年份"]).unstack("年份")
        table.columns = [f"{name}_{year}" for name, year in table.columns]
        table = table.reset_index()
    path = tmp_path / "data.csv"
    table.to_csv(path, index=False, encoding="utf-8")
    tables = _draft(path)
    assert tables["panel"]["unit"] == column
    assert tables["panel"].get("layout", "long") == layout
    assert tables["join"]["on"] == unit
    assert "coupling_coordination" in tables


def test_titles_a_units_row_and_totals_do_no_harm(tmp_path: Path, provinces: pd.DataFrame) -> None:
    table = provinces.drop(columns="行政区划代码")
    total = table.groupby("年份", as_index=False).sum(numeric_only=True).assign(地区="合计")
    table = pd.concat([table, total])[list(table.columns)]
    units = ",,元,%,万吨,亿元,亿元\n"
    header, _, body = table.to_csv(index=False).partition("\n")
    path = tmp_path / "年鉴.csv"
    path.write_text(f"表1 主要指标\n{header}\n{units}{body}", encoding="utf-8")
    tables = _draft(path)
    assert tables["panel"]["drop_units"] == ["合计"]
    text = (tmp_path / "study.toml").read_text(encoding="utf-8")
    assert '"废水排放量" = "cost"  # 万吨' in text


def test_gaps_choose_times_and_units(tmp_path: Path, provinces: pd.DataFrame) -> None:
    table = provinces.astype({"人均生产总值": float, "研发经费": float})
    numbers = ["人均生产总值", "森林覆盖率", "废水排放量", "财政收入", "研发经费"]
    table.loc[table["年份"] == 2018, numbers[:4]] = None
    table.loc[table["行政区划代码"] == "110000", numbers] = None
    path = tmp_path / "gaps.csv"
    table.to_csv(path, index=False)
    tables = _draft(path)
    assert tables["panel"]["where"] == "time >= 2019 and time <= 2020"
    assert set(tables["panel"]["complete"]) == set(numbers)
    ground = check_study(tmp_path / "study.toml").ground
    assert ground.panel is not None
    assert "110000" not in ground.panel.index.get_level_values(0)
    assert not ground.panel[numbers].isna().to_numpy().any()
    said = [note["message"] for note in ground.notes if note["step"] == "panel"]
    assert said == [
        "time >= 2019 and time <= 2020: 24 of 36 rows",
        "left out, as 1 unit lacks a value: 110000",
    ]


def test_a_file_of_boundaries_is_joined_by_the_column_that_holds_the_units(
    tmp_path: Path, toys: Toys
) -> None:
    toys.panel.to_csv(tmp_path / "panel.csv")
    layer = toys.areas.reset_index(names="gid").assign(order=range(len(toys.areas)))
    layer.to_file(tmp_path / "areas.gpkg", engine="pyogrio")
    tables = _draft(tmp_path / "panel.csv", areas=str(tmp_path / "areas.gpkg"))
    assert tables["areas"] == {"source": "areas.gpkg", "unit": "gid"}
    layer["gid"] = [f"Z{i}" for i in range(len(layer))]
    layer.to_file(tmp_path / "other.gpkg", engine="pyogrio")
    with pytest.raises(ParameterError, match=r"other\.gpkg: no column .* units"):
        draft_study(tmp_path / "panel.csv", tmp_path, areas=str(tmp_path / "other.gpkg"))


def test_without_boundaries_the_study_does_what_needs_none(tmp_path: Path, toys: Toys) -> None:
    toys.panel.to_csv(tmp_path / "panel.csv")
    tables = _draft(tmp_path / "panel.csv")
    assert "areas" not in tables
    assert not {"neighbors", "global_moran", "mgwr", "map_grades"} & set(tables)
    assert "coupling_coordination" in tables


def test_degrees_from_a_paper_are_graded(tmp_path: Path, provinces: pd.DataFrame) -> None:
    table = provinces[["行政区划代码", "年份"]].rename(columns={"行政区划代码": "adcode"})
    table["D"] = provinces["人均生产总值"] / 100
    table.to_csv(tmp_path / "ccd.csv", index=False)
    tables = _draft(tmp_path / "ccd.csv")
    assert tables["coordination_grades"] == {"D": "D"}
    assert "systems" not in tables


def test_what_holds_no_units_is_told(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("a,b\n1.5,2\n3.5,4\n")
    with pytest.raises(PanelError, match=r"no column looks like one of units .* --unit"):
        draft_study(tmp_path / "x.csv", tmp_path)


def test_the_command_writes_and_does_not_replace(
    tmp_path: Path, toys: Toys, capsys: pytest.CaptureFixture[str]
) -> None:
    toys.panel.to_csv(tmp_path / "panel.csv")

    def call(*more: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as stopped:
            cli.main(["new", str(tmp_path / "panel.csv"), *more])
        return (int(stopped.value.code or 0), *capsys.readouterr())

    code, out, _ = call()
    assert code == 0
    assert "directions are guessed too; cost: smoke" in out
    assert read_study(tmp_path / "study.toml").about.seed == 1
    code, _, err = call()
    assert code == 2
    assert "study.toml is there already" in err
    assert call("--force")[0] == 0
