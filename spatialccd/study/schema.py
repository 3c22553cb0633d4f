"""The form of a study file, for editors and for readers: both from the forms that check it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from spatialccd import _forms
from spatialccd.study.config import (
    Outputs,
    StudyTable,
    direction_words,
    ground_form,
    ground_tools,
    step_tools,
)

_DRAFT = "http://json-schema.org/draft-07/schema#"  # the one that editors of TOML read
_TITLE = "A study of spatialccd"
_KINDS = {
    "string": "text",
    "object": "table",
    "integer": "whole number",
    "boolean": "true, false",
}
#: What tables of steps hold beside what their tools take.
_COMMON = {
    "name": "What the step is called, where that is not the tool's name; other steps name it so.",
    "time": "The one time to select; of several, the step is run for each.",
    "where": "Which rows count, such as \"type == 'energy' and gdp >= 100\".",
    "for_each": "Columns of groups: the step is run for each group by itself.",
}
_ABOUT = {
    "study": "Title, seed and language.",
    "systems": "Subsystems: for each, its indicators and their directions. A composite index is "
    "made of each, and the coupling of all.",
    "outputs": "Which files are written.",
}
_GROUND_KEYS = {
    "panel.where": 'Which rows of the table are kept, such as "time >= 2011".',
    "panel.complete": "Columns of which a unit must have every value; others are left out.",
    "areas.project": "Put the areas on the equal-area plane that suits their extent.",
    "study.title": "Title of the page.",
    "study.seed": "Seed of all that is drawn at random.",
    "study.language": "Language of tables, figures and page.",
    "study.notes": "What the page says first.",
    "study.place": "Where the study is, as captions say it.",
    "outputs.tables": "Formats of the tables.",
    "outputs.figures": "Formats of the figures.",
    "outputs.groups": "A column of groups, whose means stand in the table of degrees.",
    "outputs.page": "Whether the page is written.",
    "outputs.geopackage": "Whether the layers are written.",
    "outputs.areas": "Which areas without data maps draw: those that would be holes, none, or all.",
}


@dataclass(frozen=True)
class Key:
    """One key of a study file.

    Attributes
    ----------
    table, name : str
    kind : str
        What it takes, in words.
    default : str
        As TOML writes it; "" where it must be given or comes from elsewhere.
    required : bool
    help : str
    """

    table: str
    name: str
    kind: str
    default: str
    required: bool
    help: str


def study_schema() -> dict[str, Any]:
    """Give the JSON schema of study files, with which editors complete and check them.

    Examples
    --------
    >>> schema = study_schema()
    >>> schema["required"], "mgwr" in schema["properties"]
    (['study', 'panel'], True)
    """
    tables = {name: _table(name, form, about) for name, form, about in _forms_of_tables()}
    # [panel] may call its file source, as [areas] does; with [systems], that is where the
    # directions of [composite_index] stand.
    panel = tables["panel"]
    panel["properties"]["source"] = dict(panel["properties"]["path"])
    panel["anyOf"] = [{"required": ["path"]}, {"required": ["source"]}]
    del panel["required"], tables["composite_index"]["required"]
    forms = {tool.name: tables[tool.name] for tool in step_tools()}
    for name, form in forms.items():
        own = {"$ref": f"#/definitions/{name}"}
        tables[name] = {
            "description": form["description"],
            "anyOf": [own, {"type": "array", "items": own}],
        }
    return {
        "$schema": _DRAFT,
        "title": _TITLE,
        "type": "object",
        "properties": {
            **tables,
            "systems": _systems(),
            # By variable: its name, or a table of name, zh, unit, unit_zh and order.
            "labels": {"type": "object", "description": "What variables are called."},
        },
        "required": ["study", "panel"],
        "additionalProperties": False,
        "definitions": forms,
    }


def study_keys() -> Iterator[Key]:
    """Yield every key of every table, in the order of a study.

    Examples
    --------
    >>> next(key for key in study_keys() if key.table == "neighbors").name
    'name'
    """
    for table, form, _ in _forms_of_tables():
        shown = _table(table, form, "")
        for name, field in shown.get("properties", {}).items():
            default = _toml(field["default"]) if field.get("default") is not None else ""
            required = name in shown.get("required", [])
            yield Key(table, name, _words(field), default, required, field.get("description", ""))


def keys_page() -> str:
    """Write the page that lists every key, in Markdown.

    Examples
    --------
    >>> print(keys_page()[:27])
    # Every key of a study file
    """
    lines = ["# Every key of a study file", ""]
    about = {table: text for table, _, text in _forms_of_tables()}
    current = ""
    for key in study_keys():
        if key.table != current:
            if current == "join":
                lines += ["", "## [systems]", "", _ABOUT["systems"], ""]
                words = ", ".join(f"`{_toml(word)}`" for word in direction_words())
                lines += ["| key | takes | default | |", "|---|---|---|---|"]
                lines += [f"| `NAME.INDICATOR` | {words} | *required* | its direction |"]
            current = key.table
            lines += ["", f"## [{key.table}]", "", about[key.table], ""]
            lines += ["| key | takes | default | |", "|---|---|---|---|"]
        must = "*required*" if key.required else f"`{key.default}`" if key.default else ""
        cells = (f"`{key.name}`", key.kind, must, key.help)
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines) + "\n"


def _forms_of_tables() -> Iterator[tuple[str, type[BaseModel], str]]:
    """Yield name, form and purpose of every table."""
    yield "study", StudyTable, _ABOUT["study"]
    for name, tool in ground_tools().items():
        yield name, ground_form(name, tool.name), tool.title
    for tool in step_tools():
        yield tool.name, _forms.tool_form(tool), tool.title
    yield "outputs", Outputs, _ABOUT["outputs"]


def _table(name: str, form: type[BaseModel], about: str) -> dict[str, Any]:
    """Give the schema of one table, with what is said of each key."""
    schema = form.model_json_schema()
    found: dict[str, Any] = _plain(schema)
    found.pop("title", None)
    found["description"] = about
    helps = _helps(name)
    for key, field in found.get("properties", {}).items():
        text = helps.get(key) or _GROUND_KEYS.get(f"{name}.{key}")
        if text:
            field["description"] = text
    return found


def _systems() -> dict[str, Any]:
    """Give the schema of [systems], whose keys are names of one's own."""
    words = {"enum": list(direction_words())}
    inner = {"type": "object", "additionalProperties": words}
    about = _ABOUT["systems"]
    return {"description": about, "type": "object", "additionalProperties": inner}


def _helps(table: str) -> dict[str, str]:
    """Give the paragraph of each key that is a parameter of a tool."""
    ground = ground_tools()
    steps = {tool.name: tool for tool in step_tools()}
    if table in ground:
        return {p.name: p.help for p in ground[table].parameters}
    if table in steps:
        return {**_COMMON, **{p.name: p.help for p in steps[table].parameters}}
    return {}


def _plain(schema: Any) -> Any:
    """Leave out titles, and write null as the word "none", as a study file does."""
    if isinstance(schema, list):
        return [_plain(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("type") == "null":
        return {"const": "none"}
    kept = {
        key: _plain(value)
        for key, value in schema.items()
        if not (key == "title" and isinstance(value, str))
        and not (key == "default" and value is None)
    }
    if isinstance(schema.get("properties"), dict):
        kept["properties"] = {key: _plain(value) for key, value in schema["properties"].items()}
    return kept


def _words(field: dict[str, Any]) -> str:
    """Say what a key takes."""
    if "anyOf" in field:
        return " or ".join(dict.fromkeys(_words(one) for one in field["anyOf"]))
    if "enum" in field:
        return ", ".join(f"`{_toml(word)}`" for word in field["enum"])
    if "const" in field:
        return f"`{_toml(field['const'])}`"
    if field.get("type") == "array":
        return f"list of {_words(field.get('items', {}))}"
    kinds = {
        "string": "text",
        "object": "table",
        "integer": "whole number",
        "boolean": "true, false",
    }
    return kinds.get(field.get("type", ""), str(field.get("type", "anything")))


def _toml(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
