from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import spatialccd as sc
from spatialccd.consistency.audit import audit_files
from spatialccd.errors import ParameterError
from tests.toys import Toys

#: Values of the study's Table 6 below the larger q of its Table 5 (all of 2011), by hand:
#: region, pair, printed q, larger single q.
ELEVEN = {
    ("Eastern", "X1_X7", 0.756, 0.776),
    ("Eastern", "X3_X5", 0.756, 0.854),
    ("Eastern", "X4_X5", 0.848, 0.854),
    ("Eastern", "X5_X6", 0.756, 0.854),
    ("Central", "X1_X7", 0.533, 0.652),
    ("Central", "X5_X7", 0.533, 0.652),
    ("Western", "X3_X4", 0.160, 0.253),
    ("Western", "X3_X6", 0.342, 0.364),
    ("Western", "X3_X7", 0.320, 0.398),
    ("Western", "X4_X7", 0.345, 0.398),
    ("Western", "X6_X7", 0.356, 0.398),
}


@pytest.fixture
def provinces(shared: Path) -> pd.DataFrame:
    return pd.read_csv(shared / "data" / "china_province_ccd_2011_2020.csv")


@pytest.mark.compares("audit", against="the study of 31 provinces: 83 of 84 cells")
def test_the_study_of_31_provinces(shared: Path) -> None:
    """83 of 84 cells of 2011 are those of 2020, and eleven values cannot be."""
    found = audit_files(
        [shared / "data" / "china_q_factors.csv", shared / "data" / "china_q_interactions.csv"]
    )
    low = found.findings[found.findings["rule"] == "interaction"]
    named = set()
    for row in low.to_dict("records"):
        pair, region, year = row["where"].split(", ")
        assert year == "2011"
        named.add((region, pair, row["value"], row["expected"]))
    assert named == ELEVEN
    (copied,) = found.findings[found.findings["rule"] == "copied time"].to_dict("records")
    assert (copied["table"], copied["where"]) == ("china_q_interactions.csv", "2011 = 2020")
    assert copied["value"] == 83
    assert copied["message"].startswith("83 of 84 cells of 2011 equal those of 2020")
    assert "X4_X5, Western (0.722, 0.723)" in copied["message"]
    assert len(found.findings) == 12
    assert not found.sound


def test_its_table_of_degrees_is_sound(provinces: pd.DataFrame) -> None:
    """Table 3: 31 provinces, 10 years; the national means its text prints are right."""
    text = pd.DataFrame({"region": "National", "year": [2011, 2020], "D": [0.385, 0.508]})
    found = sc.audit({"Table 3": provinces, "text": text})
    assert found.sound
    checks = found.checked.set_index("rule")["checks"]
    assert checks["means"] == 2
    assert checks["in range"] == 312
    assert checks["copied time"] == 45 + 1


def test_a_wrong_mean_is_found_between_tables_and_within_one(provinces: pd.DataFrame) -> None:
    one = provinces[provinces["year"] == 2020]
    means = one.groupby("region", as_index=False)["D"].mean().round(3).assign(year=2020)
    assert sc.audit({"rows": one, "means": means}).sound
    means.loc[means["region"] == "Eastern", "D"] += 0.002
    (fault,) = sc.audit({"rows": one, "means": means}).findings.to_dict("records")
    assert (fault["rule"], fault["where"]) == ("means", "Eastern, 2020")
    inside = pd.concat([one, means.assign(name=means["region"] + " mean", region="")])
    (fault,) = sc.audit({"all": inside.drop(columns="adcode")}).findings.to_dict("records")
    assert "Eastern mean" in fault["where"]


@pytest.mark.parametrize(
    ("table", "rule", "message"),
    [
        ({"unit": ["a", "b"], "D": [0.5, 1.2]}, "in range", r"D = 1.2 is outside \[0, 1\]"),
        ({"indicator": ["x", "y"], "weight": [0.61, 0.52]}, "sums to one", "sums to 1.13, not 1"),
        ({"indicator": ["x", "y"], "weight": [60.0, 30.0]}, "sums to one", "sums to 90, not 100"),
        (
            {"unit": ["a"], "C": [0.943], "T": [0.45], "D": [0.424]},
            "D from C and T",
            "the root of C T is 0.6514",
        ),
        (
            {"unit": ["a", "b"], "D": [0.523, 0.48], "grade": ["Barely coordinated"] * 2},
            "grade of D",
            "D = 0.48 is 'Near disorder', not 'Barely coordinated'",
        ),
        (
            {"unit": ["a"], "D": [0.71], "grade": ["初级协调"]},
            "grade of D",
            "'Intermediate coordination', not '初级协调'",
        ),
        (
            {"factor_a": ["x"], "factor_b": ["y"], "q_a": [0.52], "q_b": [0.21], "q": [0.43]},
            "interaction",
            "q = 0.43 of two factors is below 0.52",
        ),
    ],
)
def test_each_rule_finds_what_breaks_it(table: Any, rule: str, message: str) -> None:
    found = sc.audit({"table": pd.DataFrame(table)})
    (fault,) = found.findings.to_dict("records")
    assert fault["rule"] == rule
    assert pd.Series([fault["message"]]).str.contains(message).all()
    assert message.split(",")[0].replace("\\", "") in found.summary()


def test_rounding_is_no_finding() -> None:
    """.500 may be .4996; .30 below .304; three thirds of .333 sum to .999."""
    tables = {
        "D": pd.DataFrame({"unit": ["a"], "D": [0.500], "grade": ["Barely coordinated"]}),
        "weights": pd.DataFrame({"indicator": list("xyz"), "weight": [0.333] * 3}),
        "q": pd.DataFrame({"factor": ["X1", "X2"], "q": [0.304, 0.211]}),
        "q12": pd.DataFrame({"pair": ["X1_X2"], "q": [0.30]}),
    }
    found = sc.audit(tables)
    assert found.sound
    assert found.checked.set_index("rule")["checks"][["grade of D", "interaction"]].tolist() == [
        1,
        1,
    ]


def test_own_classes_are_used() -> None:
    table = pd.DataFrame({"unit": ["a", "b"], "D": [0.2, 0.8], "grade": ["low", "low"]})
    assert sc.audit({"table": table}).checked.set_index("rule").loc["grade of D", "checks"] == 0
    found = sc.audit({"table": table}, grades={"low": 0.0, "high": 0.5})
    assert found.findings["where"].tolist() == ["b"]


def test_own_results_are_sound(toys: Toys) -> None:
    """What this package computes passes, time-constant columns and all."""
    strata = sc.stratify(toys.panel, k=3)
    y = toys.scores["economy"]
    found = sc.audit(
        {
            "D": sc.coupling_coordination(**{c: toys.scores[c] for c in toys.scores}),
            "q": sc.factor_detector(y, strata, by="time", seed=1, n_permutations=99),
            "q12": sc.interaction_detector(y, strata, by="time", seed=1, n_permutations=99),
        }
    )
    assert found.sound, found.summary()
    assert (found.checked.set_index("rule")["checks"] > 0)[
        ["in range", "D from C and T", "grade of D", "interaction", "copied time"]
    ].all()


def test_a_figure_that_never_changes_is_not_a_copied_year(toys: Toys) -> None:
    area = toys.scores.assign(D=toys.scores["economy"].groupby("unit").transform("first"))
    assert sc.audit({"areas": area[["D"]]}).sound
    twice = toys.scores[["economy"]].unstack("time")
    twice.iloc[:, 2] = twice.iloc[:, 0]
    found = sc.audit({"panel": twice.stack("time", future_stack=True)})
    assert found.findings["where"].tolist() == ["2018 = 2020"]


def test_something_must_be_given() -> None:
    with pytest.raises(ParameterError, match="at least one table"):
        sc.audit({})
    with pytest.raises(ParameterError, match="neither results nor frames"):
        sc.audit({"a": [1, 2]})  # type: ignore[dict-item]


def test_the_command_prints_and_exits_with_one(
    shared: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from spatialccd.cli import main

    with pytest.raises(SystemExit) as stopped:
        main(
            [
                "audit",
                *(str(shared / "data" / f"china_q_{n}.csv") for n in ("factors", "interactions")),
            ]
        )
    assert stopped.value.code == 1
    assert "83 of 84 cells of 2011" in capsys.readouterr().out


def test_the_command_takes_own_classes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "d.csv").write_text("unit,D,grade\na,0.2,low\nb,0.8,low\n")
    from spatialccd.cli import main

    for given, code in (("low=0,high=0.5", 1), ("low=0,high=0.9", 0), ("low", 2)):
        with pytest.raises(SystemExit) as stopped:
            main(["audit", str(tmp_path / "d.csv"), "--grades", given])
        assert (stopped.value.code or 0) == code
    assert "is not LABEL=LOWER" in capsys.readouterr().err
