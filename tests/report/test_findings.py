"""Each sentence of the findings says what its figures say, and no more."""

from __future__ import annotations

import dataclasses
import re

import numpy as np
import pandas as pd
import pytest

import spatialccd as sc
from spatialccd._result import Result
from spatialccd.report.words.findings import Told, findings
from spatialccd.report.words.findings.told import number, p_value
from spatialccd.report.words.spoken import Words
from tests.test_alignment import CASES, _run
from tests.toys import Toys

_TOYS = Toys()


def _say(result, language="en", **words):
    found = findings({"step": result}, Told(Words.of(language, **words)))
    return found[0].text if found else ""


@pytest.fixture(scope="module")
def ccd():
    return sc.coupling_coordination(
        economy=_TOYS.scores["economy"], ecology=_TOYS.scores["ecology"]
    )


def _table(result, **columns):
    """Give the same result with other figures in its table."""
    return dataclasses.replace(result, table=result.table.assign(**columns))


# --- coupling -------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "zh"])
def test_mean_of_the_first_and_the_last_year(ccd, language):
    text = _say(ccd, language)
    first, last = (ccd.D.xs(year, level="time") for year in (2018, 2020))
    verb = {"en": ("rose", "fell"), "zh": ("上升", "下降")}[language]
    assert number(first.mean()) in text
    assert number(last.mean()) in text
    fell = int(last.mean() < first.mean())
    assert verb[fell] in text
    assert verb[1 - fell] not in text
    assert "36" in text
    assert "2018" in text
    assert number(last.max()) in text
    assert last.idxmax() in text
    assert last.idxmin() in text


def test_units_per_grade_are_those_of_the_table(ccd):
    text = _say(ccd)
    for year in (2018, 2020):
        counts = ccd.grade.xs(year, level="time").value_counts()
        (listed,) = re.findall(rf"Units in {year}: ([^.]*)\.", text)
        said = {name: int(n) for name, n in re.findall(r"([A-Z][a-z ]+) (\d+)", listed)}
        assert said == counts[counts > 0].to_dict()


def test_units_go_by_their_names(ccd):
    unit = ccd.D.xs(2020, level="time").idxmax()
    assert "Bestland" in _say(ccd, names={unit: "Bestland"})


def test_variables_go_by_their_labels(moran):
    labels = {"D": {"en": "Coordination", "zh": "协调度"}}
    assert "Moran's I of Coordination" in _say(moran, labels=labels)
    assert "协调度的莫兰指数" in _say(moran, "zh", labels=labels)


def test_one_year_does_not_rise(ccd):
    D = ccd.D.xs(2020, level="time")
    text = _say(sc.coordination_grades(D))
    assert text.startswith(f"Mean D is {number(D.mean())} over 36 units.")
    assert "rose" not in text


def test_a_mean_that_prints_alike_neither_rises_nor_falls():
    index = pd.MultiIndex.from_product([["a", "b"], [2000, 2001]], names=["unit", "time"])
    D = pd.Series([0.5, 0.50001, 0.5, 0.5], index, name="D")
    text = _say(sc.coordination_grades(D))
    assert "was 0.500 both in 2000 and in 2001" in text
    assert "rose" not in text
    assert "highest" not in text
    assert "2000年与2001年同为0.500" in _say(sc.coordination_grades(D), "zh")


def test_weights_that_are_all_the_same_are_no_finding():
    directions = {"income": "benefit", "schools": "benefit"}
    equal = sc.composite_index(_TOYS.panel, directions, weights="equal")
    assert _say(equal) == ""
    entropy = sc.composite_index(_TOYS.panel, directions, weights="entropy")
    top = entropy.weights.idxmax()
    assert f"{top} weighs most: {number(entropy.weights[top])}" in _say(entropy)


# --- association ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def moran(ccd):
    return sc.global_moran(ccd.D, _TOYS.graph, n_permutations=99, seed=1)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_moran_by_year(moran, language):
    text = _say(moran, language)
    for year in (2018, 2020):
        row = moran.table.loc[year]
        p = p_value(row["p_sim"])
        sentence = f"{number(row['I'])} in {year} ({p})"
        assert {"en": sentence, "zh": f"{year}年{number(row['I'])}（{p}）"}[language] in text
    assert "D" in text.split("Moran" if language == "en" else "莫兰")[0] + text


def test_what_is_not_significant_is_said_to_be_so(moran):
    none = _say(_table(moran, p_sim=0.4))
    assert "no significant clustering at any of 3 times" in none
    assert "like values" not in none
    zh = _say(_table(moran, p_sim=0.4), "zh")
    assert "未显示显著的空间集聚" in zh


def test_unlike_neighbors_are_no_clustering(moran):
    text = _say(_table(moran, I=-0.4, p_sim=[0.01, 0.01, 0.9]))
    assert "at 2 of 3 times near units have unlike values" in text
    assert "have like values" not in text


def test_geary_reads_the_other_way_round():
    geary = sc.global_geary(_TOYS.year["income"], _TOYS.graph, n_permutations=99, seed=1)
    assert "near units have like values" in _say(_table(geary, C=0.2, p_sim=0.01))
    assert "near units have unlike values" in _say(_table(geary, C=1.8, p_sim=0.01))


def test_clusters_are_counted_and_named(ccd):
    lisa = sc.local_moran(ccd.D.xs(2020, level="time"), _TOYS.graph, n_permutations=99, seed=1)
    none = _table(lisa, cluster="Not significant")
    assert "No unit of 36 stands in a significant cluster of D" in _say(none)
    some = ["High-High", "High-High", "Low-Low", "No neighbors", *["Not significant"] * 32]
    text = _say(_table(lisa, cluster=some))
    assert "3 of 35 units stand in clusters of D" in text
    assert "High-High 2 (A00, A01)" in text
    assert "Low-Low 1 (A02)" in text
    assert "corrected" in text
    assert "高-高聚集 2（A00、A01）" in _say(_table(lisa, cluster=some), "zh")


# --- drivers --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def detected():
    return _run("factor_detector", CASES["factor_detector"](_TOYS))


def _with(result, **columns):
    return dataclasses.replace(result, figures=result.figures.assign(**columns))


def test_strongest_factors_first_and_only_those_beyond_chance(detected):
    rows = detected.figures
    q = np.linspace(0.1, 0.9, len(rows))
    p = np.where(np.arange(len(rows)) == len(rows) - 1, 0.4, 0.01)
    text = _say(_with(detected, q=q, p_permutation=p))
    if not detected.by:
        assert "(q = 0.900" not in text
    none = _say(_with(detected, p_permutation=0.4))
    assert "No factor explains more" in none
    assert "q =" not in none
    assert "显著高于随机" in _say(_with(detected, p_permutation=0.4), "zh")


def test_a_pair_that_gains_nothing_is_said_to():
    pairs = _run("interaction_detector", CASES["interaction_detector"](_TOYS))
    if "p_gain" not in pairs.figures:
        pytest.skip("this case has no permutations")
    assert "does not significantly gain" in _say(_with(pairs, p_gain=0.4))
    assert "it gains on the stronger" in _say(_with(pairs, p_gain=0.01))


@pytest.fixture(scope="module")
def mgwr():
    return _run("mgwr", CASES["mgwr"](_TOYS))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_bandwidths_and_places_where_terms_are_significant(mgwr, language):
    text = _say(mgwr, language)
    for bandwidth in mgwr.bandwidth:
        assert f"{bandwidth:,.0f}" in text
    assert number(mgwr.r2) in text
    assert number(mgwr.ols_fit["r2"]) in text
    nowhere = dataclasses.replace(mgwr, significant=mgwr.significant & False)
    name = next(c for c in mgwr.coef if c != "Intercept")
    word = {"en": "nowhere", "zh": "均不显著"}[language]
    assert word in _say(nowhere, language).split(name)[-1]


def test_of_counts_the_deviance_is_explained():
    case = CASES["gwr"](_TOYS)
    counts = case["y"].rank().round()
    fit = _run("gwr", case | {"y": counts, "family": "poisson", "bandwidth": len(counts)})
    assert f"explains a share of the deviance of {number(fit.r2)}" in _say(fit)
    assert f"偏差解释率 = {number(fit.r2)}" in _say(fit, "zh")


def test_a_local_model_that_fits_no_better_is_said_to(mgwr):
    worse = dataclasses.replace(mgwr, aicc=mgwr.ols_fit["aicc"] + 1)
    assert "no better" in _say(worse)
    assert "不优于" in _say(worse, "zh")


def test_terms_of_a_regression_by_their_p_values():
    income = _TOYS.year["income"].clip(upper=38)
    tobit = sc.tobit(income, _TOYS.year[["schools", "smoke"]], lower=None, upper=38)
    terms = tobit.terms.assign(p=[0.001, 0.02, 0.4, *[np.nan] * (len(tobit.terms) - 3)])
    text = _say(dataclasses.replace(tobit, terms=terms))
    assert text.startswith("Significant coefficients on income: schools (")
    assert "p = 0.020" in text
    assert "Not significant: smoke." in text
    none = _say(dataclasses.replace(tobit, terms=terms.assign(p=0.4)))
    assert none == "No coefficients on income is significant (p > 0.05): schools, smoke."


# --- dynamics -------------------------------------------------------------------------------------


def test_inequality_and_its_largest_source():
    gini = _run("dagum_gini", CASES["dagum_gini"](_TOYS))
    last = gini.table.iloc[-1]
    text = _say(gini)
    assert number(last["G"]) in text
    shares = {
        "within groups": last["share_w"],
        "net differences between": last["share_nb"],
        "overlap": last["share_t"],
    }
    assert max(shares, key=shares.get) in text


@pytest.mark.parametrize(
    ("beta", "p", "said"),
    [
        (-0.3, 0.01, "start low grow faster"),
        (0.3, 0.01, "they diverge"),
        (-0.3, 0.3, "No significant catching-up"),
    ],
)
def test_catching_up_is_said_only_of_what_is_significant(beta, p, said):
    result = _run("beta_convergence", CASES["beta_convergence"](_TOYS))
    assert said in _say(_table(result, beta=beta, p=p))


@pytest.mark.parametrize(
    ("verdict", "said"),
    [("converges", "units converge"), ("no trend", "no significant trend")],
)
def test_spread_by_its_verdict(verdict, said):
    result = _run("sigma_convergence", CASES["sigma_convergence"](_TOYS))
    trend = result.trend.assign(verdict=verdict)
    assert said in _say(dataclasses.replace(result, trend=trend))


def test_a_forecast_and_how_often_it_beats_the_naive_one():
    result = _run("forecast_gm11", CASES["forecast_gm11"](_TOYS))
    text = _say(result)
    ahead = result.values[result.values["observed"].isna()]
    end = ahead.index.get_level_values(1).max()
    assert number(ahead["gm11"].xs(end, level=1).mean()) in text
    assert "rises from" in text or "falls from" in text
    better = result.accuracy["better"].dropna()
    if len(better):
        assert f"in {(better == 'gm11').sum()} of {len(better)} units" in text


def test_only_terms_that_vary_by_more_than_chance_are_named():
    result = _run("spatial_variability", CASES["spatial_variability"](_TOYS))
    p = np.full(len(result.table), 0.4)
    assert "No coefficient varies" in _say(_table(result, p=p))
    p[0] = 0.01
    text = _say(_table(result, p=p))
    assert str(result.table.index[0]) in text
    assert str(result.table.index[-1]) not in text


@pytest.mark.parametrize(("p", "said"), [(0.4, "does not significantly differ"), (0.01, "differs")])
def test_zipfs_law_is_given_up_only_by_a_test(p, said):
    result = _run("rank_size", CASES["rank_size"](_TOYS))
    assert f" {said} from 1" in _say(_table(result, p=p))


def test_units_by_shift():
    result = _run("pettitt", CASES["pettitt"](_TOYS))
    counts = result.table["shift"].astype(str).value_counts()
    for name, count in counts.items():
        assert f"{name} {count}" in _say(result)


# --- tests and networks ---------------------------------------------------------------------------


def test_strata_are_the_ends_of_the_means_and_differ_only_by_the_test():
    result = _run("risk_detector", CASES["risk_detector"](_TOYS))
    factor = result.means["factor"].iloc[0]
    last = result.means.iloc[-1]
    here = (result.means[["factor", *result.by]] == [factor, *last[list(result.by)]]).all(axis=1)
    own = result.means[here].sort_values("mean")
    text = _say(result)
    low, high = own.iloc[0], own.iloc[-1]
    assert f"{factor}: highest in {high['stratum']} ({number(high['mean'])})" in text
    assert f"lowest in {low['stratum']} ({number(low['mean'])})" in text
    for sure, said in ((True, "which differ"), (False, "which do not differ")):
        pairs = result.pairs.assign(significant=sure)
        assert said in _say(dataclasses.replace(result, pairs=pairs))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_factor_that_explains_more_stands_first(language):
    result = _run("ecological_detector", CASES["ecological_detector"](_TOYS))
    none = dataclasses.replace(result, figures=result.figures.assign(significant=False, p=0.4))
    assert {"en": "No two factors", "zh": "任意两因子"}[language] in _say(none, language)
    row = result.figures.iloc[[0]].assign(significant=True, p=0.01, q_a=0.2, q_b=0.6)
    text = _say(dataclasses.replace(result, figures=row), language)
    assert text.index(row["factor_b"].iloc[0]) < text.index(row["factor_a"].iloc[0])
    assert "p = 0.010" in text


@pytest.mark.parametrize(
    ("r", "p", "said"),
    [(0.4, 0.01, "go together"), (-0.4, 0.01, "against each other"), (0.4, 0.2, "do not go")],
)
def test_networks_go_together_only_by_the_test(r, p, said):
    result = _run("qap_correlation", CASES["qap_correlation"](_TOYS))
    text = _say(_table(result, r=r, p_sim=p))
    assert said in text
    assert number(r) in text


def test_only_networks_beyond_chance_explain():
    result = _run("mrqap", CASES["mrqap"](_TOYS))
    terms = [name for name in result.table.index if name != "Intercept"]
    p = pd.Series(0.01, result.table.index).where(result.table.index != "Intercept")
    text = _say(_table(result, p_sim=p))
    assert all(f"{name} (β = {number(result.table.at[name, 'beta'])}" in text for name in terms)
    assert number(result.r2) in text
    assert "No network explains" in _say(_table(result, p_sim=p * 30))


def test_the_specification_is_that_of_the_tests():
    result = _run("specification_tests", CASES["specification_tests"](_TOYS))
    for model, said in (("sdm", "(SDM)"), ("ols", "no lag of y")):
        text = _say(dataclasses.replace(result, model=model, effects="unit"))
        assert said in text
        assert "with effects of units:" in text
    assert number(result.table.at["lm_lag", "statistic"]) in text


def test_each_reach_has_its_mean():
    result = _run("metacoupling", CASES["metacoupling"](_TOYS))
    text = _say(result)
    for table in (result.intra, result.peri):
        assert number(table["D"].xs(2020, level=1).mean()) in text


# --- all of them ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(CASES))
def test_every_result_is_told_in_both_languages_or_not_at_all(name):
    """No figure that is missing, no English in Chinese but names, and sentences that end."""
    result = _run(name, CASES[name](_TOYS))
    if not isinstance(result, Result) or hasattr(result, "save"):
        return
    en, zh = _say(result), _say(result, "zh")
    assert bool(en) == bool(zh)
    for text in (en, zh):
        assert not re.search(r"\b(nan|None|inf|NaN)\b", text)
        assert "  " not in text
        assert not text or text[-1] in ".。"
    for term in getattr(result, "terms", pd.DataFrame()).index:
        zh = zh.replace(str(term), "")  # the names of the data stay as they are
    assert not re.search(r"[,;:]", re.sub(r"\d,\d", "", zh))
    assert not re.search(r"\b(the|units|of|in|is)\b", zh)


def test_a_frame_says_nothing():
    assert findings({"panel": _TOYS.panel}, Told(Words())) == []


def test_coupling_is_told_first(ccd, moran):
    assert [one.name for one in findings({"m": moran, "c": ccd}, Told(Words()))] == ["c", "m"]
