"""What every tool is called with in QGIS, and the figures that the library gives for it.

The library runs here; QGIS runs in its own Python, where the library is not. Between
them stands one folder: layers, ``cases.json``, and the figures drawn by the library.
"""

from __future__ import annotations

import json
import tempfile
import warnings
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio

import spatialccd as sc
from spatialccd import catalog
from spatialccd.errors import SpatialCCDWarning
from spatialccd.qgis import forms
from spatialccd.workspace import Workspace

ENTRIES = {entry["name"]: entry for entry in forms.entries()["tools"]}
YEARS = range(2016, 2021)
DIRECTIONS = {"x1": "benefit", "x2": "cost"}
SYSTEMS = {
    "城镇": {"urban": "benefit", "x1": "benefit"},
    "生态": {"ecology": "benefit", "x2": "cost"},
}
#: Columns where the first fields that fit would make no sense to the tool.
COLUMNS: dict[str, dict[str, Any]] = {
    "ahp_weights": {"matrix": ["a", "b", "c"]},
    "beta_convergence": {"y": "urban"},
    "fill_missing": {"panel": ["holes", "x1"]},
    "grey_relation": {"references": ["urban"], "factors": ["x1", "x2"]},
    "gtwr": {"y": "urban", "X": ["x1", "x2"]},
    "mgtwr": {"y": "urban", "X": ["x1", "x2"]},
    "join": {"panel": ["urban", "x1"]},
    "join_counts": {"grades": "s1"},
    "map_coefficients": {"gwr": ["coef_x1"], "significant": ["significant_x1"]},
    "map_lisa": {"lisa": ["cluster"]},
    "optimal_strata": {"y": "urban", "X": ["x1"]},
    "spatial_strata": {"X": ["x1", "x2"]},
    "stratify": {"X": ["x1", "x2"]},
}
#: By picker, where the two drivers would make no sense.
SEVERAL = {
    "named": ["urban", "ecology"],
    "strata": ["s1", "s2"],
    "inputs": ["x1"],
    "outputs": ["urban"],
    "groups": ["region"],
}
SETTINGS: dict[str, dict[str, Any]] = {
    # Small, as every call is made twice: here and in QGIS.
    "compare_predictions": {"models": "ols,gwr,random_forest", "n_trees": 30},
    "concor_blocks": {"n_rewired": 19},
    "core_periphery": {"n_rewired": 19, "n_starts": 5},
    "geo_shapley": {"n_trees": 30},
    "mgtwr": {"start_bandwidth": 30},
    "response_curves": {"n_trees": 20, "n_bootstrap": 5},
    "tree_ensemble": {"n_trees": 30},
    "compare_forecasts": {"methods": "naive,drift", "horizon": 1, "first": 3},
    "dagum_gini": {"by": "time"},
    "optimal_strata": {"methods": "equal_interval,quantile", "k_range": "3,4"},
    "theil": {"by": "time"},
}
#: They need a plane.
IN_METERS = frozenset(["sesu", "standard_deviational_ellipse"])
#: They take another table than the panel: judgements, and results of other tools.
TABLES = {
    "ahp_weights": "judgements",
    "convergence_clubs": "long",
    "hurst": "long",
    "local_join_counts": "newest",
    "map_coefficients": "results",
    "map_lisa": "results",
}
#: Of tools on tables of units by units: by table, its name where it has one, its layer and fields.
PAIRS = {"origin": "from", "destination": "to"}
MATRICES: dict[str, tuple[str, str, dict[str, str]]] = {
    "first": ("", "pairs", {**PAIRS, "numbers": "tie"}),
    "y": ("", "pairs", {**PAIRS, "numbers": "tie"}),
    "network": ("", "pairs", {**PAIRS, "numbers": "tie"}),
    "path": ("", "far", {}),
    "second": ("", "far", {"unit": "code"}),
    "networks1": ("far", "far", {}),
    "networks2": ("贸易", "pairs", {**PAIRS, "numbers": "trade"}),
}
#: Their input is the layer of areas itself.
ON_AREAS = frozenset(["neighbors", "zonal_panel"])


@dataclass(frozen=True)
class Ground:
    """Areas, five years of figures on them, and the results that maps take.

    Attributes
    ----------
    name, code : str
        Of the study area, and of the field that holds the unit in its layer.
    areas : GeoDataFrame
        On unit.
    panel : DataFrame
        On (unit, time).
    plane : int
        The EPSG code of a projection in meters.
    """

    name: str
    code: str
    areas: gpd.GeoDataFrame
    panel: pd.DataFrame
    plane: int
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    matrices: dict[str, pd.DataFrame] = field(default_factory=dict)

    def __post_init__(self) -> None:
        random = np.random.default_rng(3)
        results = pd.DataFrame(index=self.areas.index)
        kinds = ["High-High", "Low-Low", "Not significant"]
        results["cluster"] = random.choice(kinds, len(results))
        results["coef_x1"] = random.standard_normal(len(results))
        results["significant_x1"] = np.abs(results["coef_x1"]) > 0.5
        judgements = pd.DataFrame(
            [[1, 2, 4], [0.5, 1, 3], [0.25, 1 / 3, 1]], index=list("abc"), columns=list("abc")
        )
        self.tables.update(
            panel=self.panel, results=results, judgements=judgements, long=sixteen_years(self.panel)
        )
        self.tables["newest"] = self.panel.xs(YEARS[-1], level=1)
        far = pd.DataFrame(
            np.hypot(*(np.subtract.outer(end, end) for end in plane_points(self.areas))),
            self.areas.index,
            self.areas.index,
        )
        trade = (random.random(far.shape) / (1 + far)).where(~np.eye(len(far), dtype=bool), 0.0)
        tie = (trade.gt(trade.mean(axis=1), axis=0)).astype(float)
        self.matrices.update(far=far, trade=trade, tie=tie)

    def write(self, folder: Path) -> None:
        """Write the layers, rows in no order, so that only labels can match them."""
        write = {"engine": "pyogrio", "VERSION": "1.3"}
        areas = self.areas[["geometry"]].reset_index(names=self.code)
        areas.to_file(folder / f"{self.name}.gpkg", **write)
        areas.to_crs(self.plane).to_file(folder / f"{self.name}_meters.gpkg", **write)
        last = self.panel.xs(YEARS[-1], level=1).join(self.areas[["geometry"]])
        gpd.GeoDataFrame(last, crs=self.areas.crs).reset_index(names=self.code).sample(
            frac=1, random_state=1
        ).to_file(folder / f"{self.name}_last.gpkg", **write)
        for name, table in self.tables.items():
            panel = table.index.nlevels == 2
            rows = table.sample(frac=1, random_state=1) if panel else table
            rows = rows.reset_index(names=["code", "year"][: table.index.nlevels])
            pyogrio.write_dataframe(rows, folder / f"{self.name}_{name}.gpkg")
        square = self.matrices["far"].rename(columns=str).rename_axis("code").reset_index()
        pyogrio.write_dataframe(square, folder / f"{self.name}_far.gpkg")
        pairs = {name: self.matrices[name].stack() for name in ("tie", "trade")}
        long = pd.DataFrame(pairs).rename_axis(["from", "to"]).reset_index()
        apart = long["from"] != long["to"]
        pyogrio.write_dataframe(
            long[apart].sample(frac=1, random_state=1), folder / f"{self.name}_pairs.gpkg"
        )


def plane_points(areas: gpd.GeoDataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Give x and y of a point in each area, in its layer's units."""
    points = areas.geometry.representative_point()
    return points.x.to_numpy(), points.y.to_numpy()


def five_years(areas: gpd.GeoDataFrame, urban: Any, seed: int) -> pd.DataFrame:
    """Give two scores, drivers, strata and a column with gaps on (unit, time)."""
    random = np.random.default_rng(seed)
    north = pd.qcut(areas.geometry.representative_point().y, 4, labels=list("SCDN")).astype(str)
    years = []
    for k, year in enumerate(YEARS):
        table = pd.DataFrame(index=areas.index)
        noise = 0.04 * random.standard_normal(len(table))
        table["urban"] = np.clip(np.asarray(urban) * (0.9 + 0.05 * k) + noise, 0.01, 1)
        table["ecology"] = np.clip(0.3 + 0.4 * random.random(len(table)) + 0.02 * k, 0, 1)
        table["x1"] = random.random(len(table))
        table["x2"] = random.random(len(table)) + table["urban"]
        table["s1"] = random.integers(0, 3, len(table)).astype(str)
        table["s2"] = random.integers(0, 3, len(table)).astype(str)
        table["region"] = north.to_numpy()
        table["holes"] = table["ecology"]
        if k == 2:
            table.iloc[:3, -1] = np.nan
        years.append(table.assign(time=year).set_index("time", append=True))
    return pd.concat(years)


def sixteen_years(panel: pd.DataFrame) -> pd.DataFrame:
    """Give the scores of the last year, their differences fading, as of sixteen years."""
    last = panel.xs(YEARS[-1], level=1)[["urban"]]
    years = range(2001, 2017)
    parts = [last.mean() + (last - last.mean()) / (k + 1) for k in range(len(years))]
    return pd.concat(parts, keys=years, names=["time"]).swaplevel()


@cache
def raster() -> Path:
    """Write a grid of night lights over the globe, for indicators from rasters."""
    import rasterio

    path = Path(tempfile.mkdtemp()) / "lights.tif"
    cells = np.random.default_rng(5).random((180, 360)) * 63
    place = rasterio.Affine(1, 0, -180, 0, -1, 90)
    with rasterio.open(
        path, "w", driver="GTiff", width=360, height=180, count=1, dtype="float64",
        crs="EPSG:4326", transform=place,
    ) as grid:  # fmt: skip
        grid.write(cells, 1)
    return path


@cache
def provinces() -> gpd.GeoDataFrame:
    """The provinces with a score and a Chinese field name."""
    areas = sc.read_boundaries("china_provinces")
    random = np.random.default_rng(7)
    x = areas.geometry.representative_point().x.to_numpy()
    share = (x - x.min()) / (x.max() - x.min())
    areas["D"] = np.clip(0.2 + 0.6 * share + 0.05 * random.standard_normal(len(areas)), 0, 1)
    areas["指标"] = areas["D"] ** 2
    return areas


def china() -> Ground:
    areas = provinces()
    return Ground("china_provinces", "adcode", areas, five_years(areas, areas["D"], 11), 3857)


def georgia(counties: gpd.GeoDataFrame) -> Ground:
    """Georgia's counties, its share of graduates as the score."""
    areas = counties.set_index("AreaKey")
    share = 0.2 + areas["PctBach"] / areas["PctBach"].max() / 2
    return Ground("georgia", "AreaKey", areas, five_years(areas, share, 13), 32617)


def columns(entry: dict[str, Any]) -> dict[str, Any]:
    """Give the fields that a tool is called with."""
    if entry["name"] in COLUMNS:
        return COLUMNS[entry["name"]]
    figures = iter(("urban", "ecology"))
    chosen: dict[str, Any] = {}
    for picker in entry["columns"]:
        if not picker["required"]:
            continue
        if picker["several"]:
            chosen[picker["name"]] = SEVERAL.get(picker["name"], ["x1", "x2"])
        else:
            chosen[picker["name"]] = next(figures) if picker["numeric"] else "region"
    return chosen


def settings(entry: dict[str, Any]) -> dict[str, Any]:
    takes = {setting["name"] for setting in entry["settings"]}
    # Without a correction some units are significant, so that every class is compared.
    common = {"seed": 1, "n_permutations": 999, "correction": "none"}
    if entry["name"] == "zonal_panel":
        return {"rasters": f"2020={raster()}"}
    return {
        **{name: value for name, value in common.items() if name in takes},
        **SETTINGS.get(entry["name"], {}),
    }


def in_qgis(entry: dict[str, Any], ground: Ground, folder: Path) -> dict[str, Any]:
    """Give Processing's parameters of a call: a table and boundaries beside it."""
    name = entry["name"]
    if entry["matrices"]:
        return with_matrices(entry, ground, folder)
    areas = f"{ground.name}_meters.gpkg" if name in IN_METERS else f"{ground.name}.gpkg"
    values = {
        "INPUT": str(folder / f"{ground.name}_{TABLES.get(name, 'panel')}.gpkg"),
        "UNIT_FIELD": "code",
        **(with_steps(name) if entry["before"] else columns(entry)),
        **settings(entry),
    }
    if name in ON_AREAS:
        return {**values, "INPUT": str(folder / areas), "UNIT_FIELD": ground.code}
    if ground.tables[TABLES.get(name, "panel")].index.nlevels == 2:
        values["TIME_FIELD"] = "year"
    if name != "ahp_weights":
        values |= {"BOUNDARIES": str(folder / areas), "BOUNDARIES_UNIT": ground.code}
    if entry["fills"]:
        values |= {f"directions_{w}": [c] for c, w in DIRECTIONS.items()}
    return values


def with_matrices(entry: dict[str, Any], ground: Ground, folder: Path) -> dict[str, Any]:
    """Give Processing's parameters of a tool on tables of units by units."""
    values = settings(entry)
    for i, matrix in enumerate(m for m in entry["matrices"] if m["name"] in MATRICES):
        named, layer, fields_of = MATRICES[matrix["name"]]
        start = f"{matrix['name']}_" if i else ""
        values["INPUT" if not i else matrix["name"]] = str(folder / f"{ground.name}_{layer}.gpkg")
        values |= {f"{start}{key}": field for key, field in fields_of.items()}
        if named:
            values[f"{start}name"] = named
    if entry["on_units"]:
        values |= {"BOUNDARIES": str(folder / f"{ground.name}.gpkg")}
        values |= {"BOUNDARIES_UNIT": ground.code}
    return values


def of_matrices(entry: dict[str, Any], ground: Ground) -> Any:
    """Give the result of the same call in Python: units in the order that the library gives."""
    known = {
        name: table.set_axis(table.index.astype(int).rename("unit"), axis=0)
        .set_axis(table.columns.astype(int), axis=1)
        .sort_index()
        .sort_index(axis=1)
        for name, table in ground.matrices.items()
    }
    if entry["name"] == "read_matrix":
        pairs = known["far"].rename_axis(index="origin", columns="destination").stack()
        apart = pairs.index.get_level_values(0) != pairs.index.get_level_values(1)
        return pairs[apart].rename("value").to_frame()
    given: dict[str, Any] = {}
    for name in (m["name"] for m in entry["matrices"] if m["name"] in MATRICES):
        named, layer, fields_of = MATRICES[name]
        given[named or name] = known[fields_of.get("numbers", layer)]
    return catalog.function(catalog.tool(entry["tool"]))(**given, **settings(entry))


def with_steps(name: str) -> dict[str, Any]:
    """Give the fields of a tool whose form has the fields of those that come before it."""
    if name == "combine_neighbors":
        return {"second_values": "urban"}
    if name == "combine_weights":
        return {f"directions_{word}": [column] for column, word in DIRECTIONS.items()}
    values: dict[str, Any] = {}
    for number, (system, directions) in enumerate(SYSTEMS.items(), 1):
        values[f"system{number}_name"] = system
        values[f"system{number}_indicators"] = [
            cell for indicator, word in directions.items() for cell in (indicator, word, "", "")
        ]
    return values


def by_steps(entry: dict[str, Any], table: pd.DataFrame, areas: gpd.GeoDataFrame) -> Any:
    """Call what comes before a tool, and the tool with what that gave."""
    if entry["name"] == "combine_neighbors":
        return sc.combine_neighbors(sc.neighbors(areas), sc.economic_neighbors(table["urban"]))
    if entry["name"] == "combine_weights":
        chosen = table[list(DIRECTIONS)]
        return sc.combine_weights(
            entropy_weights=sc.entropy_weights(chosen, DIRECTIONS),
            critic_weights=sc.critic_weights(chosen, DIRECTIONS),
        )
    indices = {name: sc.composite_index(table[list(d)], d) for name, d in SYSTEMS.items()}
    return catalog.function(catalog.tool(entry["tool"]))(**indices, **settings(entry))


def in_python(entry: dict[str, Any], ground: Ground) -> Any:
    """Give the result of the same call in Python, on a workspace made without the worker."""
    name = entry["name"]
    if entry["matrices"]:
        return of_matrices(entry, ground)
    tool = catalog.tool(entry["tool"])
    areas = ground.areas.to_crs(ground.plane) if name in IN_METERS else ground.areas
    table = ground.tables[TABLES.get(name, "panel")]
    table = table.rename_axis(["unit", "time"][: table.index.nlevels])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SpatialCCDWarning)
        if name == "join":
            return sc.join(table[COLUMNS[name]["panel"]], areas[["geometry"]])
        if entry["before"]:
            return by_steps(entry, table, areas[["geometry"]].rename_axis("unit"))
        space = Workspace(panel=table, areas=areas[["geometry"]].rename_axis("unit"))
        if entry["needs_graph"]:
            space.results["neighbors"] = sc.neighbors(space.areas)
        words = {"directions": DIRECTIONS} if entry["fills"] else {}
        named = {entry["fills"]: list(DIRECTIONS)} if entry["fills"] else columns(entry)
        given = {k: python(v) for k, v in settings(entry).items()}
        # QGIS takes the last year where none is chosen, and its log says so.
        last = space.times[-1] if tool.on_one_time and space.times else None
        found = space.give(tool, named, time=last).arguments
        return catalog.function(tool)(**found, **given, **words)


def python(value: Any) -> Any:
    """Give what a line of text in the form stands for."""
    if isinstance(value, str) and "=" in value:
        return dict(item.split("=", 1) for item in value.split(","))
    if not isinstance(value, str) or "," not in value:
        return value
    return [int(word) if word.isdigit() else word for word in value.split(",")]


def lags_of_clusters(ground: Ground) -> Any:
    """Give the hot spots of the lags that local Moran's I gives: what the tests' model does."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SpatialCCDWarning)
        graph = sc.neighbors(ground.areas)
        values = ground.panel["urban"].xs(YEARS[-1], level=1)
        given: dict[str, Any] = {"seed": 1, "n_permutations": 999, "correction": "none"}
        clusters = sc.local_moran(values, graph, **given).to_frame()
        return sc.local_getis_ord(clusters["lag"], graph, **given)


def told(result: Any) -> dict[str, Any]:
    """Give a result as JSON has it: its rows' labels, its columns and its single figures."""
    first = result[0] if isinstance(result, tuple) else result
    frame = first.to_frame() if hasattr(first, "to_frame") else first
    frame = pd.DataFrame(frame).drop(columns="geometry", errors="ignore")
    index = frame.index.to_frame(index=False).astype(object)
    single = {
        field.name: getattr(first, field.name)
        for field in (fields(first) if is_dataclass(first) else ())
        if isinstance(getattr(first, field.name), (bool, int, float))
    }
    return {
        "single": single,
        "index": {str(name): _plain(index.iloc[:, i]) for i, name in enumerate(frame.index.names)},
        "columns": {str(c): _plain(frame.iloc[:, i]) for i, c in enumerate(frame.columns)},
    }


def _plain(values: pd.Series) -> list[Any]:
    """Give values as JSON has them; what is missing or infinite is null."""
    plain = []
    for value in values.astype(object):
        value = value.item() if isinstance(value, np.generic) else value
        if not isinstance(value, (str, tuple)) and pd.isna(value):
            value = None
        if isinstance(value, float) and not np.isfinite(value):
            value = None
        plain.append(value if isinstance(value, (bool, int, float, type(None))) else str(value))
    return plain


def write_cases(folder: Path, grounds: list[Ground]) -> None:
    """Write layers, calls and what the library gives for them."""
    cases = {}
    for ground in grounds:
        ground.write(folder)
        for name, entry in ENTRIES.items():
            case = f"{name}-{ground.name}"
            result = in_python(entry, ground)
            cases[case] = {"tool": name, "values": in_qgis(entry, ground, folder)}
            if entry["draws"]:
                cases[case]["figure"] = str(folder / f"{case}.png")
                result.save(folder / f"{case}.png")
            else:
                cases[case] |= told(result)
            if (
                entry["one_time"] and name not in TABLES and name not in IN_METERS
            ):  # the same from a layer that is alone
                alone = {"INPUT": str(folder / f"{ground.name}_last.gpkg")}
                alone |= {"UNIT_FIELD": ground.code, **columns(entry), **settings(entry)}
                cases[f"{case}-alone"] = {**cases[case], "values": alone}
    cases["lags of clusters"] = {"tool": None, **told(lags_of_clusters(grounds[0]))}
    (folder / "cases.json").write_text(json.dumps(cases, ensure_ascii=False), encoding="utf-8")
