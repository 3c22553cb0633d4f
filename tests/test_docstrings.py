"""The same parameter says the same thing, in whichever function it stands.

The model is scikit-learn's test of docstring consistency. Paragraphs of a parameter that
functions share begin alike, with what the shortest of them says first; what is
particular to a function follows. Parameters that mean something of their own in each
function stand in ``OWN`` with the reason, single functions in ``OTHER``.
"""

from __future__ import annotations

import re

import pytest

from spatialccd import catalog

#: Parameters that functions give meanings of their own, and why.
OWN = {
    "X": "indicators, covariates or factors, with what each method asks of them",
    "a": "the first of the two subsystems a function compares",
    "alpha": "what is significant by it: units, rows, bars of a chart",
    "alternative": "which tail is called greater",
    "approach": "how effects leave the likelihood, or how an estimate is corrected",
    "areas": "what becomes of units without a figure is told by its name: a grade, a cluster",
    "at": "a place on an axis, or a point of evaluation",
    "b": "the second subsystem, or another amount",
    "bands": "of a ratio, or of an elasticity",
    "bandwidth": "of a density, of links, or of local regressions",
    "bounds": "limits of classes, or of a search",
    "breaks": "limits of strata or of a legend",
    "by": "by year, or by any part",
    "ccd": "what is drawn of it",
    "clusters": "which labels are taken when none are given",
    "columns": "what the columns are",
    "controls": "of which equation",
    "correction": "of which tests, and what the verdict goes by",
    "cov": "each model has errors of its own",
    "criterion": "what is searched by it",
    "digits": "decimals of figures of different kinds",
    "effects": "what may have an effect of its own",
    "encoding": "of a text file, or of the names in a layer",
    "engine": "what the peer can fit",
    "factors": "columns, or a result",
    "first": "a graph, or a network",
    "fitted": "one result, or several side by side",
    "fixed": "how a bandwidth is counted in space, and in space and time",
    "frontier": "what it makes comparable",
    "geometry": "which measure of distance it serves",
    "grades": "a choice of bounds, or a column of labels",
    "groups": "whether groups are split, decomposed, or fitted by themselves",
    "gwr": "what must have been estimated",
    "horizon": "how many steps, years or percent",
    "indices": "how many are needed",
    "inputs": "which shapes of panel a frontier takes",
    "islands": "units without neighbors, or parts of a map",
    "k": "a number of classes, of neighbors, or of regions",
    "kernel": "of places, of links, or of a density",
    "kind": "kinds of an index, or of a chart",
    "level": "a share, or the level of a test",
    "max_bandwidth": "default bounds",
    "max_rows": "which forms are cut",
    "memory_limit": "what is kept in memory",
    "method": "the methods of a tool",
    "methods": "what is compared",
    "min_bandwidth": "default bounds",
    "model": "the models of a method",
    "n_draws": "what is drawn",
    "n_permutations": "what is permuted, and how",
    "n_starts": "of which search",
    "named": "what is named",
    "names": "of units, of scores, or the column that holds them",
    "norm": "where it is explained",
    "null": "the hypothesis of a test",
    "on": "what is matched, or what is varied",
    "order": "of borders, or of groups",
    "orientation": "which sides a program can move",
    "outputs": "which shapes of panel a frontier takes",
    "palette": "which schemes suit what is drawn",
    "panel": "which shapes it takes",
    "path": "what is read or written",
    "places": "what they are needed for",
    "pooled": "what is shared by all years",
    "power": "of which distance",
    "progress": "what is counted",
    "result": "which fits it goes on from",
    "results": "what is made of each",
    "returns": "what depends on it",
    "scale": "what is scaled",
    "scheme": "of weights, or of classes",
    "search": "what is searched",
    "second": "a graph, or a network",
    "share": "of a mixture, of variance, of a distance",
    "shift": "to what it is added",
    "source": "small print, or where a layer comes from",
    "style": "how a chart is drawn",
    "standardize": "which columns, over what",
    "threshold": "a value, or a distance",
    "time": "a column, a time to draw, or a time to predict",
    "top": "of indicators, or of units",
    "trend": "of scores, or taken off values",
    "undesirable": "which models take them",
    "unit": "a column, or one unit",
    "upper": "a limit of censoring, or of a forecast",
    "values": "what is drawn, or linked",
    "weights": "of indicators, or of subsystems",
    "x": "the other side of y",
    "y": "what is measured, explained or compared is the method",
}
#: Single functions that say something else, and why.
OTHER = {
    ("dea", "n_jobs"): "linear programs are solved in processes, not in threads",
    ("malmquist", "n_jobs"): "linear programs are solved in processes, not in threads",
    ("write_neighbors", "graph"): "it is written, not matched with values",
    ("scale", "interval"): "it says an example",
    ("cell_detector", "client"): "its workers read rows, and hold no neighbors",
}


def _paragraphs() -> dict[str, dict[str, str]]:
    """Give the paragraphs of each parameter, by function."""
    found: dict[str, dict[str, str]] = {}
    for tool in catalog.tools():
        for parameter in tool.parameters:
            text = " ".join(parameter.help.split())
            found.setdefault(parameter.name, {})[tool.name] = text
    return found


PARAGRAPHS = _paragraphs()
SHARED = sorted(name for name, texts in PARAGRAPHS.items() if len(texts) > 1 and name not in OWN)


def _opening(text: str) -> str:
    """Give what a paragraph says first."""
    return re.split(r"[.;:,](?: |$)", text)[0]


@pytest.mark.parametrize("name", SHARED)
def test_a_shared_parameter_begins_alike(name: str) -> None:
    texts = {f: text for f, text in PARAGRAPHS[name].items() if (f, name) not in OTHER}
    common = _opening(min(texts.values(), key=len))
    apart = {function: text for function, text in texts.items() if not text.startswith(common)}
    assert not apart, f"{name} begins with {common!r} elsewhere, but not in {apart}"


def test_reasons_are_given_only_where_texts_differ() -> None:
    shared = {name for name, texts in PARAGRAPHS.items() if len(set(texts.values())) > 1}
    assert set(OWN) <= shared
    assert all(name in PARAGRAPHS and f in PARAGRAPHS[name] for f, name in OTHER)
