"""Spatial econometrics in QGIS: Processing tools, and calls from the Python console.

>>> import spatialccd_qgis as ccd  # doctest: +SKIP
>>> ccd.local_moran("provinces", field="D", seed=1)  # doctest: +SKIP
"""


def classFactory(iface):
    """Make the plugin; QGIS calls this once."""
    from .plugin import SpatialCCDPlugin

    return SpatialCCDPlugin(iface)


def __getattr__(name):
    """Give a tool, ``run_study``, ``layout`` or ``atlas`` as a call for the console."""
    if name not in __dir__():
        raise AttributeError(f"spatialccd_qgis has no {name!r}; there are {', '.join(__dir__())}")
    from .console import call

    return call(name)


def __dir__():
    from .catalog import tools

    return [*(tool["name"] for tool in tools()), "run_study", "layout", "atlas"]
