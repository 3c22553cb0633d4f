"""Made panels, and how often intervals cover the truth: run as a script for the full figures.

    python -m tests.drivers.panels.simulate

400 panels a case take some two minutes; the tests run fewer.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.spatial import Delaunay

from spatialccd._spatial.multipliers import chi2_p, multipliers
from spatialccd._spatial.operator import Operator
from spatialccd.drivers.panels._contrasts import durbin_restrictions, random_or_fixed
from spatialccd.drivers.panels._fit import fit
from spatialccd.drivers.panels._layout import Layout, make_sample

TRUTH = {"x": 1.0, "z": -0.5}
LAGS = {"lag of x": 0.4, "lag of z": 0.2}


def delaunay(n: int, seed: int = 11) -> sparse.csr_array:
    """Make binary neighbors of random points."""
    points = np.random.default_rng(seed).uniform(size=(n, 2))
    links = sparse.lil_array((n, n))
    for a, b, c in Delaunay(points).simplices:
        for i, j in ((a, b), (b, c), (a, c)):
            links[i, j] = links[j, i] = 1.0
    return sparse.csr_array(links)


class Maker:
    """Makes panels with effects of units and times, one W for all."""

    def __init__(self, n: int, times: int, model: str, *, rho: float = 0.4, lam: float = 0.4):
        self.n, self.times, self.model = n, times, model
        self.operator = Operator(delaunay(n), row_standardize=True)
        self.rho = rho if model in ("sar", "sdm", "sac") else 0.0
        self.lam = lam if model in ("sem", "sac", "sdem") else 0.0
        self.has_lags = model in ("sdm", "slx", "sdem")
        W = self.operator.matrix.toarray()
        self.W = W
        self._out = np.linalg.inv(np.eye(n) - self.rho * W)
        self._error = np.linalg.inv(np.eye(n) - self.lam * W)

    @property
    def truth(self) -> dict[str, float]:
        """The parameters a panel was made with."""
        lags = LAGS if self.has_lags else {}
        spatial = {"rho": self.rho} if self.model in ("sar", "sdm", "sac") else {}
        error = {"lambda": self.lam} if self.model in ("sem", "sac", "sdem") else {}
        return {**TRUTH, **lags, **spatial, **error, "sigma2": 1.0}

    def __call__(
        self, rng: np.random.Generator, persistence: float = 0.0, *, correlated: bool = True
    ) -> Layout:
        """Make one panel; x and e go on over time with `persistence`, x with the unit or not."""
        n, times = self.n, self.times
        unit = rng.normal(size=(n, 1))
        X = _persistent(rng, (n, times, 2), persistence) + 0.5 * correlated * unit[:, :, None]
        mean = X @ list(TRUTH.values()) + unit + rng.normal(size=times)
        if self.has_lags:
            mean = mean + np.einsum("ij,jtk->itk", self.W, X) @ list(LAGS.values())
        e = _persistent(rng, (n, times), persistence)
        y = self._out @ (mean + self._error @ e)
        units, years = pd.RangeIndex(n), pd.RangeIndex(times)
        rows = pd.MultiIndex.from_product([units, years], names=["unit", "time"])
        return Layout(y, X, list(TRUTH), units, years, self.operator, rows, "y")


def _persistent(rng: np.random.Generator, shape: tuple[int, ...], rho: float) -> np.ndarray:
    values = rng.normal(size=shape)
    for t in range(1, shape[1]):
        values[:, t] = rho * values[:, t - 1] + np.sqrt(1 - rho**2) * values[:, t]
    return values


def coverage(
    maker: Maker,
    runs: int,
    *,
    effects: str = "two-way",
    approach: str = "transformation",
    cov: str = "expected",
    seed: int = 1,
    persistence: float = 0.0,
) -> pd.DataFrame:
    """Give the bias of each parameter and how often its 95% interval holds the truth."""
    rng = np.random.default_rng(seed)
    truth = pd.Series(maker.truth)
    errors, held = [], []
    for _ in range(runs):
        found = fit(maker(rng, persistence), maker.model, effects, approach)
        error = found.theta - truth[found.names].to_numpy()
        se = np.sqrt(np.diag(found.covariance(cov)))
        errors.append(error)
        held.append(np.abs(error) < 1.959964 * se)
    return pd.DataFrame(
        {
            "bias": np.mean(errors, axis=0),
            "noise": np.std(errors, axis=0) / np.sqrt(runs),
            "coverage": np.mean(held, axis=0),
        },
        found.names,
    )


def sizes(runs: int, *, n: int = 31, times: int = 10, seed: int = 1) -> pd.Series:
    """Give how often tests reject at 5% where what they test is true, under two-way effects.

    LM without any lag; LR of sdm against sar where there is no lag of x.
    """
    rng = np.random.default_rng(seed)
    nothing, lag = Maker(n, times, "slx"), Maker(n, times, "sar")
    nothing.has_lags = False
    rejected: dict[str, list[bool]] = {}
    for _ in range(runs):
        sample, _ = make_sample(nothing(rng), "sar", "two-way", "transformation")
        for form, centered in (("", True), ("published ", False)):
            for name, (value, df) in multipliers(sample, centered=centered).items():
                rejected.setdefault(form + name, []).append(chi2_p(value, df) < 0.05)
        restrictions = durbin_restrictions(lag(rng), "two-way", "transformation")
        for name in ("lr_sdm_sar", "wald_sdm_sar"):
            rejected.setdefault(name, []).append(restrictions[name][3] < 0.05)
    return pd.Series({name: np.mean(values) for name, values in rejected.items()})


def random_sizes(
    runs: int,
    model: str = "sar",
    *,
    n: int = 31,
    times: int = 10,
    n_draws: int = 99,
    seed: int = 1,
) -> pd.Series:
    """Give how often Hausman's and Mundlak's tests reject at 5% where effects are random.

    "published hausman" is that by chi-squared, the other by `n_draws` drawn panels.
    """
    rng = np.random.default_rng(seed)
    maker = Maker(n, times, model)
    rejected: dict[str, list[bool]] = {}
    for run in range(runs):
        layout = maker(rng, correlated=False)
        lines, published, _ = random_or_fixed(layout, model, years=True, n_draws=n_draws, seed=run)
        found = {name: line[3] for name, line in lines.items()}
        found |= {f"published {name}": p for name, (_, p) in published.items()}
        for name, p in found.items():
            if np.isfinite(p):
                rejected.setdefault(name, []).append(p <= 0.05)
    return pd.Series({name: np.mean(values) for name, values in rejected.items()})


if __name__ == "__main__":
    print(sizes(400).round(3).to_string())
    for model in ("sar", "sdm"):
        print(model, random_sizes(400, model).round(3).to_string())
    for n, times in ((31, 10), (200, 5)):
        for model in ("sar", "sem", "sdm", "sac"):
            for approach in ("transformation", "corrected", "direct"):
                print(n, times, model, approach)
                found = coverage(Maker(n, times, model), 400, approach=approach)
                print(found.round(3).to_string())
    clustered = Maker(100, 6, "sar")
    for cov in ("expected", "robust", "cluster"):
        print("autocorrelated", cov)
        print(coverage(clustered, 400, cov=cov, persistence=0.7).round(3))
