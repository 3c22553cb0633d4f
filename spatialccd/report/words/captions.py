"""Captions of tables and figures: what is shown, where, when, how made, of how many units."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import pandas as pd

from spatialccd.report.words.spoken import Words

#: What each setting says of the method, in English and Chinese; other words say nothing.
_WORDS: dict[str, dict[str, tuple[str, str]]] = {
    "weights": {
        "entropy": ("entropy weights", "熵权法"),
        "equal": ("equal weights", "等权"),
        "critic": ("CRITIC weights", "CRITIC权重"),
        "cv": ("weights by coefficients of variation", "变异系数法"),
    },
    "variant": {
        "standard": ("standard model", "标准模型"),
        "wang": ("coupling after Wang", "修正耦合度模型"),
    },
    "kernel": {
        "bisquare": ("bisquare kernel", "双平方核"),
        "gaussian": ("Gaussian kernel", "高斯核"),
        "exponential": ("exponential kernel", "指数核"),
    },
    "fixed": {
        "True": ("fixed bandwidth", "固定带宽"),
        "False": ("adaptive bandwidth", "自适应带宽"),
    },
    "returns": {
        "crs": ("constant returns to scale", "规模报酬不变"),
        "vrs": ("variable returns to scale", "规模报酬可变"),
    },
    "orientation": {
        "input": ("input-oriented", "投入导向"),
        "output": ("output-oriented", "产出导向"),
    },
    "frontier": {
        "all times": ("one frontier of all times", "全局前沿"),
    },
    "kind": {
        "adjacent": ("adjacent frontiers", "相邻前沿"),
        "global": ("global frontier", "全局前沿"),
        "luenberger": ("Luenberger indicator", "Luenberger指标"),
    },
    "method": {
        "queen": ("queen contiguity", "Queen邻接"),
        "rook": ("rook contiguity", "Rook邻接"),
        "knn": ("nearest neighbors", "K近邻"),
        "distance_band": ("neighbors within a distance", "距离阈值邻接"),
        "inverse_distance": ("inverse distances", "反距离权重"),
        "natural_breaks": ("natural breaks", "自然断点"),
        "quantile": ("quantiles", "分位数"),
        "equal_interval": ("equal intervals", "等间隔"),
        "original": ("original test", "原始检验"),
        "hamed_rao": ("Hamed-Rao correction", "Hamed-Rao修正"),
    },
    "correction": {
        "fdr": ("FDR correction", "FDR校正"),
        "bonferroni": ("Bonferroni correction", "Bonferroni校正"),
        "holm": ("Holm correction", "Holm校正"),
    },
    "effects": {
        "unit": ("unit effects", "个体效应"),
        "time": ("time effects", "时间效应"),
        "two-way": ("unit and time effects", "双向固定效应"),
    },
    "model": {
        "radial": ("radial model", "径向模型"),
        "sbm": ("slacks-based model", "SBM模型"),
        "sar": ("SAR", "SAR"),
        "sem": ("SEM", "SEM"),
        "sdm": ("SDM", "SDM"),
        "slx": ("SLX", "SLX"),
        "sac": ("SAC", "SAC"),
        "sdem": ("SDEM", "SDEM"),
        "gns": ("GNS", "GNS"),
        "lag": ("spatial lag model", "空间滞后模型"),
        "error": ("spatial error model", "空间误差模型"),
        "durbin": ("spatial Durbin model", "空间杜宾模型"),
        "fixed": ("fixed effects", "固定效应"),
        "random": ("random effects", "随机效应"),
    },
}
_NUMBERS: dict[str, Callable[[Any], tuple[str, str]]] = {
    "n_permutations": lambda n: (f"{n:,} permutations", f"{n:,}次置换"),
    "n_bootstrap": lambda n: (f"{n:,} bootstrap samples", f"{n:,}次自助抽样"),
}
#: Rows of means that stand among units.
GROUP_MEAN, TOTAL_MEAN = "Mean of the group", "Mean of all"
#: Arguments whose name says what a result is of, the first that is there.
_OF = ("y", "x", "values", "D", "pressure", "a")
_DATED = re.compile(r"(?P<name>.+) (?P<time>\d{4})")
_NAMED = re.compile(r"<Series (?P<name>.+): \d+>")


def caption(
    name: str,
    frame: pd.DataFrame,
    settings: Any,
    words: Words,
    *,
    part: str = "",
    place: str = "",
) -> str:
    """Write the caption of a result, or of one part of it.

    Parameters
    ----------
    name : str
        The step's.
    frame : DataFrame
        Its table: the times and the number of units are read off it.
    settings : Settings or None
        How it was made; None for a frame of the user's own.
    words : Words
    part : str
        Which table of the result, where it is not the first.
    place : str
        What the units are of, such as "China".
    """
    if settings is None:  # a frame of the user's own, of which nothing else is known
        return words.title(name)
    tool = settings.tool
    dated = _DATED.fullmatch(name)
    if dated is not None:  # a step of one year, which stands in its name
        name = dated["name"]
    what = words.title(name)
    if tool and name.partition(" ")[0] not in (tool, "indicator_system"):
        what = words.beside(words.title(tool), what)
    of = _of(settings, words)
    if of:
        what = f"{of}的{what}" if words.language == "zh" else f"{what} of {of}"
    if part:
        comma = words.language == "en"
        what = f"{what}, {words.part(part)}" if comma else words.beside_part(what, part)
    when = _when(frame, name) or (dated["time"] if dated is not None else "")
    how = _how(settings, words)
    n = _units(frame, settings, words)
    if words.language == "zh":
        years = re.fullmatch(r"\d{4}(–\d{4})?", when)
        lead = f"{place}{when.replace('–', '—')}{'年' if years else ''}"
        inner = "；".join([*how, *([n] if n else [])])
        return f"{lead}{what}（{inner}）" if inner else f"{lead}{what}"
    sentence = what
    sentence += f", {place}" if place else ""
    sentence += f", {when}" if when and when not in sentence else ""
    facts = [*how, *([n] if n else [])]
    return f"{sentence}. {_sentence('; '.join(facts))}" if facts else f"{sentence}."


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}." if not words.startswith("n =") else f"{words}."


def _of(settings: Any, words: Words) -> str:
    """Name what was looked at, where its Series had a name."""
    given: Mapping[str, Any] = settings if settings is not None else {}
    for argument in _OF:
        found = _NAMED.fullmatch(str(given.get(argument, "")))
        if found:
            return words.say(found["name"])
    return ""


def _when(frame: pd.DataFrame, name: str) -> str:
    """Give the first and the last time of a table."""
    if "time" in frame.index.names:
        times = frame.index.get_level_values("time")
    elif "time" in frame.columns:
        times = pd.Index(frame["time"])
    else:
        return ""
    known = [time for time in dict.fromkeys(times) if str(time) not in ("all", "mean", "nan")]
    with suppress(TypeError):  # times of several kinds stay in their order
        known = sorted(known)
    if not known or str(known[0]) in name:
        return ""
    return str(known[0]) if len(known) == 1 else f"{known[0]}–{known[-1]}"


def _how(settings: Any, words: Words) -> list[str]:
    """Give what the settings say of the method."""
    at = 0 if words.language == "en" else 1
    found = []
    for key, value in (settings or {}).items():
        if key == "kernel" and settings.get("method", "kernel") != "kernel":
            continue  # of neighbors, which have one by this method alone
        if key in _WORDS and str(value) in _WORDS[key]:
            found.append(_WORDS[key][str(value)][at])
        elif key in _NUMBERS and isinstance(value, int) and value > 0:
            found.append(_NUMBERS[key](value)[at])
    return list(dict.fromkeys(found))


def _units(frame: pd.DataFrame, settings: Any, words: Words) -> str:
    """Say of how many units a table is, or how many figures stand behind each of its rows."""
    if "unit" in frame.index.names:
        units = len(set(frame.index.get_level_values("unit")) - {GROUP_MEAN, TOTAL_MEAN})
        return f"n = {units}个单元" if words.language == "zh" else f"n = {units} units"
    if "n" in frame.columns and settings is not None:
        counts = pd.to_numeric(frame["n"], errors="coerce").dropna()
        if len(counts) and counts.nunique() == 1:
            return f"n = {int(counts.iloc[0])}"
    return ""
