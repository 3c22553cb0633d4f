"""Write panel.csv, a made-up panel, and deapack.csv, what DEAPack makes of it.

Run where DEAPack 2.0.1 is installed (GPL; nothing of it is in this package):
    python tests/efficiency/data/make_deapack_reference.py
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

FOLDER = Path(__file__).parent
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


def main() -> None:
    """Write both files."""
    import deapack as dp

    data = panel()
    data.to_csv(FOLDER / "panel.csv")
    rows = []
    for name, (model, kind, columns) in cases().items():
        flat = data.reset_index()
        if kind.startswith("year"):
            flat = flat[flat["time"] == 0]
        given = dp.DEAData.from_frame(
            flat,
            inputs=INPUTS,
            outputs=OUTPUTS,
            bad_outputs=BAD if kind.endswith("bad") else None,
            dmu="unit",
            period="time" if kind.startswith("panel") else None,
        )
        table = model.fit(given).summary_frame
        for column in columns:
            for unit, time, value in zip(
                table["dmu_id"],
                table["period"] if kind.startswith("panel") else [0] * len(table),
                table[column].astype(float),
                strict=True,
            ):
                rows.append((name, unit, time, column, f"{value:.12g}"))
    names = ["case", "unit", "time", "figure", "value"]
    pd.DataFrame(rows, columns=names).to_csv(FOLDER / "deapack.csv", index=False)


if __name__ == "__main__":
    main()
