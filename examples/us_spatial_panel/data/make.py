"""Makes production.csv from the table of the study us_states: amounts become logarithms."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).parent
AMOUNTS = ["product", "private_capital", "public_capital", "workers"]

source = pd.read_csv(HERE.parents[1] / "us_states" / "data" / "indicators.csv", dtype={"fips": str})
logs = np.log(source[AMOUNTS]).round(6).add_prefix("log_")
table = source[["fips", "state", "year", "unemployment_rate"]].join(logs)
table.to_csv(HERE / "production.csv", index=False, lineterminator="\n")
