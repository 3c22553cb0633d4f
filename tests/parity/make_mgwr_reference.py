"""Ask mgwr 2.2.1 for the figures our engine is compared with; takes half an hour.

``python -m tests.parity.make_mgwr_reference [NAME ...]`` from the checkout
writes ``data/mgwr_bandwidths.csv`` (bandwidths, rounds, ENP and sums) and
``data/mgwr_coefficients.csv``. Both packages get the same lower bounds
(METHODS: max(k + 2, min(40 + 2k, n/3))), because mgwr's own 40 + 2k exceeds n
in the small cases.
"""

from __future__ import annotations

import sys
import time

import numpy as np
import pandas as pd
from mgwr.gwr import MGWR
from mgwr.sel_bw import Sel_BW

from tests.parity import mgwr_cases as cases

EXACT = {"georgia", "tokyo"}


def main(names: list[str]) -> None:
    """Run mgwr on the cases named, all by default, and note what it says."""
    wanted = [cases.georgia(), cases.tokyo(), *map(cases.generated, cases.SEEDS), cases.berlin()]
    for case in wanted:
        if names and case.name not in names:
            continue
        started = time.perf_counter()
        bandwidths, coefficients = reference(case)
        _merge("mgwr_bandwidths.csv", case.name, bandwidths)
        _merge("mgwr_coefficients.csv", case.name, coefficients)
        print(f"{case.name}: {time.perf_counter() - started:.0f} s", flush=True)


def reference(case: cases.Case) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give bandwidths and coefficients as mgwr finds them, on z-scores (ddof 0)."""
    coords = case.places.to_numpy()
    y = _z(case.y.to_numpy()[:, None])
    X = _z(case.X.to_numpy())
    n, k = len(y), X.shape[1] + 1
    names = ["Intercept", *case.X.columns]
    options = {"kernel": case.kernel, "fixed": case.fixed, "n_jobs": 1}
    bounds = {} if case.fixed else {"bw_min": _lower(n, k)}
    start = Sel_BW(coords, y, X, **options).search(**bounds)
    selector = Sel_BW(coords, y, X, multi=True, **options)
    bandwidth = selector.search(
        init_multi=start, multi_bw_min=[None if case.fixed else _lower(n, 1)]
    )
    rss = float(((y.ravel() - (np.c_[np.ones(n), X] * selector.params).sum(axis=1)) ** 2).sum())
    rows = pd.DataFrame(
        {
            "case": case.name,
            "term": names,
            "bandwidth": bandwidth,
            "start": start,
            "rounds": len(selector.bw[1]),
            "rss": rss,
        }
    )
    table = pd.DataFrame(selector.params, columns=names, index=case.y.index)
    long = table.iloc[:: case.every].melt(ignore_index=False, var_name="term", value_name="coef")
    if case.name in EXACT:
        exact = MGWR(coords, y, X, selector, n_jobs=1).exact_fit()
        rows["enp"] = exact.ENP_j
        se = pd.DataFrame(exact.bse, columns=names, index=case.y.index)
        long["se"] = se.melt(var_name="term", value_name="se")["se"].to_numpy()
    long.insert(0, "case", case.name)
    return rows, long.reset_index()


def _lower(n: int, k: int) -> int:
    return max(k + 2, min(40 + 2 * k, n // 3))


def _z(values: np.ndarray) -> np.ndarray:
    return (values - values.mean(axis=0)) / values.std(axis=0)


def _merge(file: str, name: str, rows: pd.DataFrame) -> None:
    path = cases.DATA / file
    if path.exists():
        known = pd.read_csv(path)
        rows = pd.concat([known[known["case"] != name], rows])
    rows.to_csv(path, index=False)


if __name__ == "__main__":
    main(sys.argv[1:])
