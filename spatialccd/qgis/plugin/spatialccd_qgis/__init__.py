"""Spatial econometrics in QGIS: Processing tools, and calls from the Python console.

>>> import spatialccd_qgis as ccd  # doctest: +SKIP
>>> ccd.local_moran("provinces", field="D", seed=1)  # doctest: +SKIP
"""


def classFactory(iface):
    """Make the plugin; QGIS calls this once."""
    from .plugin import SpatialCCDPlugin

    return SpatialCCDPlugin(iface)


def __getattr__(name):
    """Give a tool, or one of the other calls, for the console."""
    known = __dir__()
    if name not in known:
        if name.startswith("__"):
            raise AttributeError(name)
        from difflib import get_close_matches

        near = get_close_matches(name, known, n=1)
        hint = f"did you mean {near[0]!r}?" if near else "dir(spatialccd_qgis) lists what it has"
        raise AttributeError(f"spatialccd_qgis has no {name!r}; {hint}")
    from .console import call

    return call(name)


def __dir__():
    from .catalog import calls

    return [*calls(), "run_study", "layout", "atlas", "boundaries", "write_tables"]
