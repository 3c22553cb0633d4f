"""What to do about an error, in the words of QGIS's menus and forms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spatialccd.errors import SpatialCCDError
from spatialccd.qgis.words.errors import retell

if TYPE_CHECKING:
    from spatialccd.report.words.language import Language

#: By the name that the error gives its remedy (``SpatialCCDError.advise``).
ADVICE = {
    "fill": "fill them, or leave these features out by a selection or a filter",
    "neighbors": "choose another method under Neighbors",
    "no panel": "leave the year field empty, or choose a table of several years",
    "one time": "choose the year field, and the one year to use",
    "one row a unit": "choose the unit field and the year field, or filter the layer to one year",
    "project": "reproject the layer first (Vector > Data Management Tools > Reproject Layer) to a "
    "plane in meters",
    "reproject": "reproject the layer first (Vector > Data Management Tools > Reproject Layer) "
    "to a plane in meters, such as {plane}",
    "set crs": "set it in the layer's properties, under Source",
    "state crs": "state the right one in the layer's properties, under Source",
    "swap axes": "use Vector geometry > Swap X and Y coordinates of the Processing toolbox",
    "take places": "tick that the places are taken into account, or choose islands = apart",
    "to numbers": "make numbers of it with the field calculator (to_real), or name it under "
    "categorical",
    "years as units": "for one place over time choose the year as the code of the unit, and no "
    "year field",
}


def message(error: SpatialCCDError, language: Language = "en") -> str:
    """Give an error in one line that a QGIS user can follow."""
    text = str(error)
    if error.remedy in ADVICE:  # one that has no words here keeps those of Python
        # What was put before the message since, such as the name of a study's step, stays.
        before = text[: text.find(error.problem)]
        text = f"{before}{error.problem}; {ADVICE[error.remedy].format_map(error.words)}"
    return retell(" ".join(text.split()), language)
