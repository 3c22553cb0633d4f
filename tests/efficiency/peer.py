"""What DEAPack 2.0.1 makes of a made-up panel: the peer of test_deapack.py.

DEAPack is GPL: it is installed for tests only (pip install "spatialccd[deapack]"),
and nothing of it is in this package. Where it is installed,

    python -m tests.efficiency.peer

writes data/panel.csv, and data/deapack.csv, which is compared with where it is not.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

FOLDER = Path(__file__).parent / "data"
INPUTS, OUTPUTS, BAD = ["k", "l"], ["y", "z"], ["b"]


def panel(units: int = 20, times: int = 3, seed: int = 5) -> pd.DataFrame:
    """Make amounts between 1 and 10, two decimals."""
    rng = np.random.default_rng(seed)
    rows = pd.MultiIndex.from_product([range(units), range(times)], names=["unit", "time"])
    values = rng.uniform(1, 10, (len(rows), 5)).round(2)
    return pd.DataFrame(values, rows, [*INPUTS, *OUTPUTS, *BAD])


def cases() -> dict[str, tuple[Any, str, list[str]]]:
    """Name each case: model, data it takes, columns of its summary."""
    import deapack as dp

    found: dict[str, tuple[Any, str, list[str]]] = {}
    for returns in ("crs", "vrs", "nirs", "ndrs"):
        for side in ("input", "output"):
            model = dp.RadialDEA(orientation=side, returns_to_scale=returns)
            found[f"radial {returns} {side}"] = (model, "year", ["efficiency"])
        for side, kind in (
            ("none", dp.SlacksBasedDEA),
            ("input", dp.InputOrientedSlacksBasedDEA),
            ("output", dp.OutputOrientedSlacksBasedDEA),
        ):
            model = kind(returns_to_scale=returns)
            found[f"sbm {returns} {side}"] = (model, "year", ["efficiency"])
        model = dp.UndesirableSlacksBasedDEA(returns_to_scale=returns)
        found[f"undesirable {returns} none"] = (model, "year bad", ["efficiency"])
    for returns, side in (("crs", "none"), ("vrs", "none"), ("crs", "input"), ("crs", "output")):
        name = "non-oriented" if side == "none" else side
        model = dp.ToneSuperSBM(returns_to_scale=returns, orientation=name)
        found[f"super {returns} {side}"] = (model, "year", ["super_sbm_score"])
    for returns in ("crs", "vrs"):
        model = dp.DirectionalDistanceDEA(returns_to_scale=returns)
        found[f"directional {returns} none"] = (model, "year", ["distance"])
    found["directional crs output"] = (dp.ChungFareGrosskopfDDF(), "year bad", ["distance"])
    change = ["efficiency_change", "technical_change", "productivity_change"]
    scale = ["pure_efficiency_change", "fgnz_scale_change"]
    for side in ("input", "output"):
        model = dp.MalmquistProductivityIndex(orientation=side)
        found[f"adjacent crs {side}"] = (model, "panel", change)
        model = dp.MalmquistProductivityIndex(orientation=side, returns_to_scale="vrs")
        found[f"adjacent vrs {side}"] = (model, "panel", change)
        model = dp.GlobalMalmquistProductivityIndex(orientation=side)
        found[f"global crs {side}"] = (model, "panel", change)
    model = dp.FGNZEnhancedMalmquistProductivityIndex()
    found["adjacent crs parts"] = (model, "panel", [*change, *scale])
    model = dp.LuenbergerProductivityIndicator(
        input_direction="observed", output_direction="observed"
    )
    found["luenberger crs none"] = (model, "panel", change)
    model = dp.MalmquistLuenbergerProductivityIndex()
    found["adjacent bad crs output"] = (model, "panel bad", change)
    model = dp.GlobalMalmquistLuenbergerProductivityIndex()
    found["global bad crs output"] = (model, "panel bad", change)
    return found


def figures(case: str, data: pd.DataFrame) -> dict[str, pd.Series]:
    """Give the peer's figures of a case by its names of them, on (unit, time).

    Parameters
    ----------
    data : DataFrame
        As ``panel`` makes it; cases of one time take time 0.
    """
    import deapack as dp

    model, kind, columns = cases()[case]
    flat = data.reset_index()
    over_time = kind.startswith("panel")
    given = dp.DEAData.from_frame(
        flat if over_time else flat[flat["time"] == 0],
        inputs=INPUTS,
        outputs=OUTPUTS,
        bad_outputs=BAD if kind.endswith("bad") else None,
        dmu="unit",
        period="time" if over_time else None,
    )
    table = model.fit(given).summary_frame
    times = table["period"] if over_time else np.zeros(len(table), dtype=int)
    rows = pd.MultiIndex.from_arrays([table["dmu_id"], times], names=["unit", "time"])
    return {name: pd.Series(table[name].astype(float).to_numpy(), rows) for name in columns}


def main() -> None:
    """Write both files."""
    data = panel()
    data.to_csv(FOLDER / "panel.csv")
    rows = [
        (case, unit, time, name, f"{value:.12g}")
        for case in cases()
        for name, values in figures(case, data).items()
        for (unit, time), value in values.items()
    ]
    names = ["case", "unit", "time", "figure", "value"]
    pd.DataFrame(rows, columns=names).to_csv(FOLDER / "deapack.csv", index=False)


if __name__ == "__main__":
    main()
