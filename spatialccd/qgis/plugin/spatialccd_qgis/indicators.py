"""The table of a subsystem's indicators, between its cells and a tool's settings."""

_COLUMNS = 4
#: Directions as people write them.
_DIRECTIONS = {
    "": "benefit",
    "benefit": "benefit",
    "+": "benefit",
    "positive": "benefit",
    "正向": "benefit",
    "正": "benefit",
    "cost": "cost",
    "-": "cost",
    "negative": "cost",
    "负向": "cost",
    "负": "cost",
    "moderate": "moderate",
    "适度": "moderate",
}


def of_cells(cells):
    """Give the settings that the cells of a table stand for.

    Parameters
    ----------
    cells : list
        Row by row: indicator, direction, weight, best value.

    Returns
    -------
    dict
        ``directions``, and ``weights`` and ``targets`` where some are filled in.

    >>> of_cells(["gdp", "benefit", "", "", "smoke", "-", "", ""])
    {'directions': {'gdp': 'benefit', 'smoke': 'cost'}}
    """
    directions, weights, targets = {}, {}, {}
    for start in range(0, len(cells or []), _COLUMNS):
        row = [_text(cell) for cell in cells[start : start + _COLUMNS]]
        name, direction, weight, target = [*row, "", "", "", ""][:_COLUMNS]
        if not name:
            continue
        # A word that is none of these is left for the worker, which says what is allowed.
        directions[name] = _DIRECTIONS.get(direction.lower(), direction)
        if weight:
            weights[name] = _number(weight)
        if target:
            ends = [_number(end) for end in target.split(":")]
            targets[name] = ends if len(ends) > 1 else ends[0]
    found = {"directions": directions, "weights": weights, "targets": targets}
    return {key: value for key, value in found.items() if value}


def to_cells(directions, weights=None, targets=None):
    """Give the cells of a table for directions by indicator, and perhaps weights and targets.

    >>> to_cells({"gdp": "benefit"}, {"gdp": 1})
    ['gdp', 'benefit', '1', '']
    """
    cells = []
    for name, direction in directions.items():
        weight, target = (weights or {}).get(name, ""), (targets or {}).get(name, "")
        if isinstance(target, (list, tuple)):
            target = ":".join(str(end) for end in target)
        cells += [name, direction, str(weight), str(target)]
    return cells


def _text(cell):
    """Give a cell as text; QGIS's NULL is empty."""
    return str(cell).strip() if isinstance(cell, (str, int, float)) else ""


def _number(text):
    try:
        return float(text)
    except ValueError:
        return text
