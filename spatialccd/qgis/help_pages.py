"""The pages of help that are installed with the plugin: one a tool, in both languages.

They are made from the docstrings, like the forms, and open without a network.
"""

from __future__ import annotations

import html
import re
from inspect import getdoc
from typing import Any

from spatialccd import catalog
from spatialccd.qgis.forms import entries

_STYLE = (
    "body{font-family:sans-serif;max-width:46em;margin:2em auto;padding:0 1em;line-height:1.5}"
    "table{border-collapse:collapse}td,th{border:1px solid #ccc;padding:.3em .6em;"
    "vertical-align:top;text-align:left}code,pre{background:#f4f4f4}pre{padding:.6em;overflow:auto}"
)
_HEADS = {
    "en": {
        "fields": "Fields", "settings": "Settings", "also": "It also gives", "default": "default",
        "more": "Reference", "index": "Tools of spatialccd", "call": "In the Python console",
        "none": "none",
    },
    "zh": {
        "fields": "字段", "settings": "设置", "also": "同时可得", "default": "默认",
        "more": "参考（英文）", "index": "spatialccd 的工具", "call": "在 Python 控制台中",
        "none": "无",
    },
}  # fmt: skip
_LEFT_OUT = ("Parameters", "Examples")


def pages() -> dict[str, str]:
    """Give the pages by their path in the plugin's folder."""
    tools = entries()["tools"]
    found = {}
    for language in _HEADS:
        for entry in tools:
            found[f"help/{language}/{entry['name']}.html"] = _page(entry, language)
        found[f"help/{language}/index.html"] = _index(tools, language)
    return found


def _page(entry: dict[str, Any], language: str) -> str:
    heads = _HEADS[language]
    title = _of(entry, "name", language)
    parts = [f"<h1>{html.escape(title)}</h1>"]
    if language == "zh" and entry["zh"]["help"]:
        parts.append(f"<p>{html.escape(entry['zh']['help'])}</p>")
    else:
        parts.append(f"<p><b>{html.escape(entry['title'])}</b></p>")
        parts += [_paragraph(text) for text in entry["help"].split("\n\n") if text]
    before = entry["before"] or {"steps": [], "shared": []}
    tables = [row for one in entry["matrices"][:2] for row in (one, *one["fields"])]
    parts += _table(heads["fields"], [*entry["columns"], *tables], language)
    parts += _table(heads["settings"], [*entry["settings"], *before["shared"]], language)
    if entry["also"]:
        listing = "".join(
            f"<li>{html.escape(_of(other, 'name', language))}: "
            f"{html.escape(_of(other, 'title', language))}</li>"
            for other in entry["also"]
        )
        parts.append(f"<h2>{heads['also']}</h2><ul>{listing}</ul>")
    call = f"import spatialccd_qgis as ccd\nhelp(ccd.{entry['name']})"
    parts.append(f"<h2>{heads['call']}</h2><pre>{call}</pre>")
    parts.append(f"<h2>{heads['more']}</h2>{_reference(entry['tool'])}")
    return _document(title, "".join(parts), language)


def _table(head: str, rows: list[dict[str, Any]], language: str) -> list[str]:
    """Give a table of parameters: what each is called, is by default, and means."""
    if not rows:
        return []
    lines = [
        f"<tr><td>{html.escape(_of(row, 'label', language))}<br><code>{row['name']}</code></td>"
        f"<td>{html.escape(_of(row, 'help', language))}{_default(row, language)}</td></tr>"
        for row in rows
    ]
    return [f"<h2>{head}</h2><table>{''.join(lines)}</table>"]


def _default(row: dict[str, Any], language: str) -> str:
    heads = _HEADS[language]
    words = ", ".join(map(str, row.get("choices", ())))
    parts = [f"<br>{html.escape(words)}" if words else ""]
    if "default" in row and not row["required"]:
        value = row["default"] if row["default"] is not None else heads["none"]
        parts.append(f"<br>{heads['default']}: {html.escape(str(value))}")
    return "".join(parts)


def _reference(name: str) -> str:
    """Give the rest of a docstring: what is returned, raised, noted, and where it is from."""
    text = getdoc(catalog.function(catalog.tool(name))) or ""
    sections = re.split(r"\n(?=[A-Z][A-Za-z ]+\n-{3,}\n)", text)[1:]
    found = []
    for section in sections:
        head, _, rest = section.split("\n", 2)
        if head not in _LEFT_OUT:
            found.append(f"<h3>{head}</h3><pre>{html.escape(rest.strip())}</pre>")
    return "".join(found)


def _index(tools: list[dict[str, Any]], language: str) -> str:
    listing = "".join(
        f"<li><a href='{entry['name']}.html'>{html.escape(_of(entry, 'name', language))}</a></li>"
        for entry in tools
    )
    head = _HEADS[language]["index"]
    return _document(head, f"<h1>{head}</h1><ul>{listing}</ul>", language)


def _paragraph(text: str) -> str:
    items = html.escape(text, quote=False).replace("\n- ", "<br>- ")
    return f"<p>{' '.join(items.split())}</p>"


def _of(entry: dict[str, Any], key: str, language: str) -> str:
    """Give what an entry calls something in a language; in English where it has no Chinese."""
    told = entry["zh"].get("help" if key == "title" else key) if language == "zh" else None
    text = told or entry[key]
    return str(text).replace("_", " ").capitalize() if key == "name" and not told else str(text)


def _document(title: str, body: str, language: str) -> str:
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        f"<title>{html.escape(title)}</title><style>{_STYLE}</style></head>"
        f"<body>{body}</body></html>\n"
    )
