"""Finds what a module of the plugin takes from Qt and QGIS; standard library only."""

import ast


def imported(tree, package):
    """Give the names taken from a package: by local name, the module and the name there."""
    return {
        alias.asname or alias.name: (node.module, alias.name)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(package)
        for alias in node.names
    }


def chains(tree, names):
    """Give what is reached from names, each with its line: ``QFont.Weight.Bold`` and its parts."""
    for node in ast.walk(tree):
        parts = []
        inner = node
        while isinstance(inner, ast.Attribute):
            parts.insert(0, inner.attr)
            inner = inner.value
        if parts and isinstance(inner, ast.Name) and inner.id in names:
            yield inner.id, parts, inner.lineno
