"""Make the bundled boundaries from their public sources, the same bytes each time.

    python shapefiles/build.py WORLD_MAP_GPKG US_ATLAS_COUNTIES_JSON [--out DIR]

WORLD_MAP_GPKG is ``resources/data/world_map.gpkg`` of QGIS (Natural Earth);
US_ATLAS_COUNTIES_JSON is ``counties-10m.json`` of the npm package us-atlas
3.0.1 (Census Bureau). README.md beside this file says what comes out.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

#: Written into every file in place of today's date, so that a rebuild gives the same bytes.
DATE = (2025, 1, 1)

#: Decimal degrees kept: about 0.1 m, far finer than either source.
DECIMALS = 6

#: Side, in degrees, of the triangles that simplification may remove from the US layers.
TOLERANCE = 0.0225

#: name_en: adcode, name_zh, name_pinyin, region of the study, region of the National
#: Bureau of Statistics. The study leaves out Hong Kong, Macao and Taiwan.
CHINA = {
    "Beijing": ("110000", "北京市", "Beijing", "East", "East"),
    "Tianjin": ("120000", "天津市", "Tianjin", "East", "East"),
    "Hebei": ("130000", "河北省", "Hebei", "East", "East"),
    "Shanxi": ("140000", "山西省", "Shanxi", "Central", "Central"),
    "Inner Mongolia": ("150000", "内蒙古自治区", "Neimenggu", "West", "West"),
    "Liaoning": ("210000", "辽宁省", "Liaoning", "East", "Northeast"),
    "Jilin": ("220000", "吉林省", "Jilin", "Central", "Northeast"),
    "Heilongjiang": ("230000", "黑龙江省", "Heilongjiang", "Central", "Northeast"),
    "Shanghai": ("310000", "上海市", "Shanghai", "East", "East"),
    "Jiangsu": ("320000", "江苏省", "Jiangsu", "East", "East"),
    "Zhejiang": ("330000", "浙江省", "Zhejiang", "East", "East"),
    "Anhui": ("340000", "安徽省", "Anhui", "Central", "Central"),
    "Fujian": ("350000", "福建省", "Fujian", "East", "East"),
    "Jiangxi": ("360000", "江西省", "Jiangxi", "Central", "Central"),
    "Shandong": ("370000", "山东省", "Shandong", "East", "East"),
    "Henan": ("410000", "河南省", "Henan", "Central", "Central"),
    "Hubei": ("420000", "湖北省", "Hubei", "Central", "Central"),
    "Hunan": ("430000", "湖南省", "Hunan", "Central", "Central"),
    "Guangdong": ("440000", "广东省", "Guangdong", "East", "East"),
    "Guangxi": ("450000", "广西壮族自治区", "Guangxi", "West", "West"),
    "Hainan": ("460000", "海南省", "Hainan", "East", "East"),
    "Chongqing": ("500000", "重庆市", "Chongqing", "West", "West"),
    "Sichuan": ("510000", "四川省", "Sichuan", "West", "West"),
    "Guizhou": ("520000", "贵州省", "Guizhou", "West", "West"),
    "Yunnan": ("530000", "云南省", "Yunnan", "West", "West"),
    "Xizang": ("540000", "西藏自治区", "Xizang", "West", "West"),
    "Shaanxi": ("610000", "陕西省", "Shaanxi", "West", "West"),
    "Gansu": ("620000", "甘肃省", "Gansu", "West", "West"),
    "Qinghai": ("630000", "青海省", "Qinghai", "West", "West"),
    "Ningxia": ("640000", "宁夏回族自治区", "Ningxia", "West", "West"),
    "Xinjiang": ("650000", "新疆维吾尔自治区", "Xinjiang", "West", "West"),
    "Taiwan": ("710000", "台湾省", "Taiwan", None, None),
    "Hong Kong": ("810000", "香港特别行政区", "Xianggang", None, None),
    "Macao": ("820000", "澳门特别行政区", "Aomen", None, None),
}

#: What the source calls otherwise.
RENAMED = {"Inner Mongol": "Inner Mongolia", "Paracel Islands": "Hainan"}
WHOLE = {"TWN": "Taiwan", "HKG": "Hong Kong", "MAC": "Macao"}

#: Falls Church, Virginia: the source simplified it to a line, its border with Arlington.
#: It is given back its area, about 5.3 km2, on the Fairfax side.
COLLAPSED = {"51610": 5.3e6}

#: Degrees of water, at the most, that the source draws between Macao and Guangdong, which
#: share a land border.
MACAO_GAP = 0.002

#: Postal codes by state FIPS.
_POSTAL = """
01 AL 02 AK 04 AZ 05 AR 06 CA 08 CO 09 CT 10 DE 11 DC 12 FL 13 GA 15 HI 16 ID 17 IL 18 IN 19 IA
20 KS 21 KY 22 LA 23 ME 24 MD 25 MA 26 MI 27 MN 28 MS 29 MO 30 MT 31 NE 32 NV 33 NH 34 NJ 35 NM
36 NY 37 NC 38 ND 39 OH 40 OK 41 OR 42 PA 44 RI 45 SC 46 SD 47 TN 48 TX 49 UT 50 VT 51 VA 53 WA
54 WV 55 WI 56 WY 60 AS 66 GU 69 MP 72 PR 78 VI
""".split()  # noqa: SIM905 - a table reads better than a hundred quoted words
POSTAL = dict(zip(_POSTAL[::2], _POSTAL[1::2], strict=True))

#: Longer names, shortened to the ten letters that a shapefile allows.
SHAPEFILE_FIELDS = {"name_pinyin": "pinyin"}


def china_provinces(world_map: Path) -> gpd.GeoDataFrame:
    """Gather the 34 units of China from the records of Natural Earth."""
    records = gpd.read_file(world_map, layer="states_provinces")
    records = records[records["adm0_a3"].isin(["CHN", *WHOLE])]
    unit = records["adm0_a3"].map(WHOLE).fillna(records["name"].replace(RENAMED))
    merged = records.groupby(unit)["geometry"].apply(lambda parts: shapely.union_all(parts))
    merged["Guangdong"], merged["Macao"] = _joined(merged["Guangdong"], merged["Macao"], MACAO_GAP)
    fields = pd.DataFrame.from_dict(
        CHINA, orient="index", columns=["adcode", "name_zh", "name_pinyin", "region", "region_nbs"]
    )
    fields = fields.rename_axis("name_en").reset_index()
    fields = fields[["adcode", "name_en", "name_zh", "name_pinyin", "region", "region_nbs"]]
    geometry = merged.loc[fields["name_en"]].to_numpy()
    return gpd.GeoDataFrame(fields, geometry=geometry, crs="EPSG:4326")


def _joined(large: Any, small: Any, gap: float) -> tuple[Any, Any]:
    """Fill the gap between two areas for the larger, with the same vertices on both sides."""
    strip = large.buffer(gap / 2, quad_segs=1).intersection(small.buffer(gap / 2, quad_segs=1))
    ground = shapely.union_all([large, strip])
    lines = shapely.union_all([ground.boundary, small.boundary], grid_size=10.0**-DECIMALS)
    faces = shapely.get_parts(shapely.polygonize([lines]))
    in_small = shapely.within(shapely.point_on_surface(faces), small)
    # The rest is the larger area, and the pools that the strip cuts off between the two.
    return shapely.coverage_union_all(faces[~in_small]), shapely.coverage_union_all(faces[in_small])


def us_counties(atlas: Path) -> gpd.GeoDataFrame:
    """Rebuild the counties as the faces of their own borders: valid by construction."""
    topology = json.loads(atlas.read_text(encoding="utf-8"))
    arcs = [np.cumsum(arc, axis=0, dtype=float) for arc in topology["arcs"]]
    records = topology["objects"]["counties"]["geometries"]
    scale = np.array(topology["transform"]["scale"])
    origin = np.array(topology["transform"]["translate"])

    claims = [_claim(record, arcs, scale, origin) for record in records]
    lines = [shapely.linestrings(arc) for arc in arcs if np.ptp(arc, axis=0).any()]
    lines += [
        claim.exterior
        for record, claim in zip(records, claims, strict=True)
        if record["id"] in COLLAPSED
    ]
    faces = shapely.get_parts(shapely.polygonize([shapely.unary_union(lines)]))
    owner = _owners(faces, claims, [record["id"] for record in records])
    whole = [shapely.coverage_union_all(faces[owner == i]) for i in range(len(records))]
    degrees = shapely.transform(whole, lambda xy: xy * scale + origin)
    fields = {
        "fips": [record["id"] for record in records],
        "name": [record["properties"]["name"] for record in records],
        "state_fips": [record["id"][:2] for record in records],
        "state": [POSTAL[record["id"][:2]] for record in records],
    }
    layer = gpd.GeoDataFrame(fields, geometry=degrees, crs="EPSG:4269")
    layer["geometry"] = shapely.coverage_simplify(layer.geometry.to_numpy(), TOLERANCE)
    for i in np.flatnonzero(layer["fips"].isin(COLLAPSED)):
        restored = shapely.transform(claims[i], lambda xy: xy * scale + origin)
        layer["geometry"] = _reinserted(layer.geometry.to_numpy(), i, restored)
    return layer.sort_values("fips", ignore_index=True)


def us_states(counties: gpd.GeoDataFrame, atlas: Path) -> gpd.GeoDataFrame:
    """Dissolve the counties, so that the two layers nest exactly."""
    topology = json.loads(atlas.read_text(encoding="utf-8"))
    names = {
        record["id"]: record["properties"]["name"]
        for record in topology["objects"]["states"]["geometries"]
    }
    parts = counties.groupby("state_fips")["geometry"]
    merged = parts.apply(lambda areas: shapely.coverage_union_all(areas.to_numpy()))
    fields = {
        "fips": list(merged.index),
        "name": [names[fips] for fips in merged.index],
        "abbr": [POSTAL[fips] for fips in merged.index],
    }
    return gpd.GeoDataFrame(fields, geometry=merged.to_numpy(), crs=counties.crs)


def _claim(record: Any, arcs: list[Any], scale: Any, origin: Any) -> Any:
    """Give the ground a county claims, on the grid of the source; it may be invalid there."""
    polygons = record["arcs"] if record["type"] == "MultiPolygon" else [record["arcs"]]
    rings = [[_ring(arc_ids, arcs) for arc_ids in polygon] for polygon in polygons]
    if record["id"] in COLLAPSED:
        return _restored(rings[0][0], COLLAPSED[record["id"]], scale, origin)
    parts = [
        shapely.Polygon(shell, [hole for hole in holes if len(hole) > 3])
        for shell, *holes in rings
        if len(shell) > 3  # rings of two or three points enclose nothing
    ]
    return shapely.make_valid(shapely.MultiPolygon(parts))


def _ring(arc_ids: list[int], arcs: list[Any]) -> Any:
    """Join arcs end to end; a negative number is that arc (its complement) backwards."""
    steps = [arcs[i] if i >= 0 else arcs[~i][::-1] for i in arc_ids]
    return np.vstack([steps[0], *(step[1:] for step in steps[1:])])


def _restored(line: Any, area: float, scale: Any, origin: Any) -> Any:
    """Make a rectangle of `area` m2 with the line as its long side, to the south-west."""
    start, end = line[0], line[1]
    latitude = np.radians((start * scale + origin)[1])
    metres = scale * 111_320 * np.array([np.cos(latitude), 1.0])
    along = (end - start) * metres
    across = np.array([along[1], -along[0]])
    if across.sum() > 0:
        across = -across
    shift = across / np.hypot(*across) * (area / np.hypot(*along)) / metres
    return shapely.Polygon([start, end, np.round(end + shift), np.round(start + shift)])


def _reinserted(shapes: Any, i: int, whole: Any) -> Any:
    """Give area `i` back what simplification took from it, out of the area that got it."""
    gained = shapely.area(shapely.intersection(shapes, whole))
    gained[i] = 0
    host = gained.argmax()
    shapes = shapes.copy()
    shapes[host] = shapely.difference(shapely.union(shapes[host], shapes[i]), whole)
    shapes[i] = whole
    return shapes


def _owners(faces: Any, claims: list[Any], ids: list[str]) -> Any:
    """Give each face the county that claims it; tiny gaps go to the longest border."""
    tree = shapely.STRtree(claims)
    face, claim = tree.query(shapely.point_on_surface(faces), predicate="within")
    owner = np.full(len(faces), -1)
    # Where two claim a face, the restored county goes first, then the lower code.
    order = np.lexsort((claim, [ids[c] not in COLLAPSED for c in claim], face))
    face, first = np.unique(face[order], return_index=True)
    owner[face] = claim[order][first]
    claimed = np.flatnonzero(owner >= 0)
    # The crossings of simplified borders leave gaps of a few cells of the grid between
    # counties; anything larger is water or foreign ground.
    for gap in np.flatnonzero((owner < 0) & (shapely.area(faces) < 20)):
        border = shapely.length(shapely.intersection(faces[gap].boundary, faces[claimed]))
        owner[gap] = owner[claimed[border.argmax()]]
    return owner


def _finish(layer: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Round, make every geometry a MultiPolygon in one order, and check the coverage."""
    rounded = shapely.transform(layer.geometry.to_numpy(), lambda xy: np.round(xy, DECIMALS))
    rounded = shapely.normalize(rounded)
    multi = [shapely.MultiPolygon(shapely.get_parts(geometry).tolist()) for geometry in rounded]
    layer = layer.set_geometry(gpd.GeoSeries(multi, crs=layer.crs))
    if not layer.is_valid.all() or not shapely.coverage_is_valid(multi):
        raise SystemExit("the layer is not a valid coverage")
    return layer


def _write(layer: gpd.GeoDataFrame, name: str, folder: Path) -> None:
    """Write GeoPackage and zipped shapefile with a fixed date."""
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": "{}-{:02}-{:02}T00:00:00Z".format(*DATE)})
    geopackage = folder / f"{name}.gpkg"
    geopackage.unlink(missing_ok=True)
    pyogrio.write_dataframe(
        layer, geopackage, layer=name, driver="GPKG", VERSION="1.3", SPATIAL_INDEX="NO"
    )
    with tempfile.TemporaryDirectory() as scratch:
        pyogrio.write_dataframe(
            layer.rename(columns=SHAPEFILE_FIELDS),
            Path(scratch) / f"{name}.shp",
            driver="ESRI Shapefile",
            encoding="UTF-8",
            RESIZE="YES",
            DBF_DATE_LAST_UPDATE="{}-{:02}-{:02}".format(*DATE),
        )
        _zip(Path(scratch), folder / f"{name}.zip")
    print(f"{name}: {len(layer)} areas, {geopackage.stat().st_size / 1e6:.2f} MB")


def _zip(folder: Path, target: Path) -> None:
    with zipfile.ZipFile(target, "w") as archive:
        for path in sorted(folder.iterdir()):
            entry = zipfile.ZipInfo(path.name, date_time=(*DATE, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, path.read_bytes(), compresslevel=9)


def main() -> None:
    """Build all three layers."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("world_map", type=Path)
    parser.add_argument("atlas", type=Path)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent)
    paths = parser.parse_args()
    counties = _finish(us_counties(paths.atlas))
    _write(counties, "us_counties", paths.out)
    _write(_finish(us_states(counties, paths.atlas)), "us_states", paths.out)
    _write(_finish(china_provinces(paths.world_map)), "china_provinces", paths.out)


if __name__ == "__main__":
    main()
