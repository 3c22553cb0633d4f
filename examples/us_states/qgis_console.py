"""The study of this folder from QGIS's Python console.

Open it in the console's editor and run it, or::

    exec(open("examples/us_states/qgis_console.py", encoding="utf-8").read())
    study("examples/us_states", "results")

Every call adds a styled layer to the project; the plugin's own help tells what a call
takes, such as ``help(ccd.mgwr)``.
"""

import os

import spatialccd_qgis as ccd
from qgis.core import QgsProject, QgsVectorLayer

SYSTEMS = {
    "infrastructure": {
        "highways_per_worker": "benefit",
        "water_per_worker": "benefit",
        "other_public_per_worker": "benefit",
    },
    "economy": {
        "product_per_worker": "benefit",
        "private_capital_per_worker": "benefit",
        "unemployment_rate": "cost",
    },
}
FACTORS = ["log_workers", "log_density"]
LAST = 1986


def study(folder, out):
    """Do the study on the data of a folder; give its layers and files by name.

    Parameters
    ----------
    folder : str
        ``examples/us_states``.
    out : str
        Where pictures and tables go.
    """
    os.makedirs(out, exist_ok=True)
    made = {}

    # Data: a table of all years, whose figures QGIS reads as text, and bundled boundaries.
    table = QgsVectorLayer(os.path.join(folder, "data", "indicators.csv"), "indicators", "ogr")
    QgsProject.instance().addMapLayer(table)
    ccd.boundaries("us_states")
    indicators = [name for directions in SYSTEMS.values() for name in directions]
    made["joined"] = ccd.join(
        table,
        panel=[*indicators, *FACTORS, "region"],
        unit="fips",
        time_field="year",
        boundaries="us_states",
        boundaries_unit="unit",
        name="joined",
    )
    panel = {"unit": "fips", "time_field": "year"}

    # Index: each subsystem's score by itself, then both and their coordination in one call.
    for name, directions in SYSTEMS.items():
        made[name] = ccd.composite_index("joined", directions=directions, name=name, **panel)
    made["coordination"] = ccd.coupling_from_indicators(
        "joined", systems=SYSTEMS, name="coordination", **panel
    )

    # Space: Moran's I in each year, clusters of the last.
    made["moran"] = ccd.global_moran("coordination", field="D", seed=1, **panel)
    made["lisa"] = ccd.local_moran(
        "coordination", field="D", at=LAST, seed=1, name="clusters", **panel
    )

    # Drivers: strata of the factors and regions that hang together, then MGWR.
    made["strata"] = ccd.stratify(
        "clusters", fields=FACTORS, method="quantile", k=4, unit="fips", name="strata"
    )
    made["regions"] = ccd.spatial_strata("strata", fields=FACTORS, k=5, unit="fips", name="regions")
    strata = [field.name() for field in made["regions"].fields()][-3:]
    made["factors"] = ccd.factor_detector(
        "regions", y="D", strata=strata, unit="fips", seed=1, name="q of factors"
    )
    made["mgwr"] = ccd.mgwr("clusters", y="D", X=FACTORS, unit="fips", name="MGWR")

    # Maps, a layout, an atlas of the years, and tables.
    figures = {"figure": os.path.join(out, "grades.png"), "title": "Coordination"}
    made["map_grades"] = ccd.map_grades(
        "coordination", ccd="D", time="1970,1986", **panel, **figures
    )
    figures = {"figure": os.path.join(out, "lisa.png")}
    made["map_lisa"] = ccd.map_lisa("clusters", fields=["cluster"], unit="fips", **figures)
    ccd.layout("MGWR", path=os.path.join(out, "mgwr.png"))
    ccd.layout("coordination", path=os.path.join(out, "coordination.png"))
    ccd.atlas("coordination", "year", os.path.join(out, "years.pdf"))
    tables = {"moran": made["moran"], "factors": made["factors"], "mgwr": made["mgwr"]}
    made["tables"] = ccd.write_tables(tables, os.path.join(out, "tables.docx"))
    return made
