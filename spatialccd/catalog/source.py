"""Reads tools off the source text of the package, without importing any of it."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from spatialccd.catalog import docstring, questions
from spatialccd.catalog.model import Many, Parameter, Role, Tool

PACKAGE = Path(__file__).parents[1]

#: Annotations that mark a parameter as data, by their name in ``_types``.
DATA = frozenset(
    ["Columns", "Values", "UnitValues", "UnitColumns", "Groups", "Areas", "Places", "Graph"]
)
_PLAIN = {
    "bool": "boolean",
    "int": "integer",
    "float": "number",
    "str": "text",
    "Path": "path",
    "pd.DataFrame": "table",
}
#: Parameters that only a Python caller can fill.
_PYTHON_ONLY = frozenset(["Progress", "Client"])
#: What a Python caller may give in place of what the other doors give.
_OBJECTS = frozenset(["dd.DataFrame", "duckdb.DuckDBPyRelation"])


#: Where public functions stand that are no steps of a study: what they do, the other doors do
#: by their own means.
_NO_STATIONS = ("spatialccd.saved.", "spatialccd.study.")


def read_tools() -> tuple[Tool, ...]:
    """Read every public function of a station, in the order of the stub."""
    return tuple(
        _read_tool(module, name)
        for module, name in _public_names()
        if not module.startswith(_NO_STATIONS) and name in _source(module).functions
    )


def public_classes() -> dict[str, str]:
    """Give the module of every public class by its name: that begins with a capital letter."""
    return {name: module for module, name in _public_names() if name[0].isupper()}


@dataclass(frozen=True)
class _Source:
    """What one module defines at its top level."""

    functions: dict[str, ast.FunctionDef]
    assigned: dict[str, ast.expr]
    imported: dict[str, str]


def _public_names() -> list[tuple[str, str]]:
    """List pairs of module and name from the stub, in its order."""
    stub = ast.parse((PACKAGE / "__init__.pyi").read_text(encoding="utf-8"))
    return [
        (f"spatialccd.{node.module}", alias.name)
        for node in stub.body
        if isinstance(node, ast.ImportFrom) and node.module  # not: from . import errors
        for alias in node.names
    ]


@cache
def _source(module: str) -> _Source:
    path = PACKAGE.joinpath(*module.split(".")[1:]).with_suffix(".py")
    if not path.exists():
        path = path.with_suffix("") / "__init__.py"
    functions: dict[str, ast.FunctionDef] = {}
    assigned: dict[str, ast.expr] = {}
    imported: dict[str, str] = {}
    for node in _top_level(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef):
            functions[node.name] = node
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            assigned[node.targets[0].id] = node.value
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
            assigned[node.target.id] = node.value
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("spatialccd."):
            imported |= {alias.asname or alias.name: str(node.module) for alias in node.names}
    return _Source(functions, assigned, imported)


def _top_level(module: ast.Module) -> list[ast.stmt]:
    """List the statements of a module, those under ``if TYPE_CHECKING:`` included."""
    found: list[ast.stmt] = []
    for node in module.body:
        found += node.body if isinstance(node, ast.If) else [node]
    return found


def _read_tool(module: str, name: str) -> Tool:
    node = _source(module).functions[name]
    text = docstring.parse(ast.get_docstring(node) or "")
    station = module.split(".")[1]
    return Tool(
        name=name,
        station=station,
        question=questions.question_of(name, station),
        module=module,
        title=text.title,
        help=text.body,
        returns=ast.unparse(node.returns) if node.returns else "None",
        parameters=tuple(_read_parameters(module, node.args, text.parameters)),
    )


def _read_parameters(
    module: str, arguments: ast.arguments, paragraphs: dict[str, str]
) -> list[Parameter]:
    positional = arguments.posonlyargs + arguments.args
    blanks: list[ast.expr | None] = [None] * (len(positional) - len(arguments.defaults))
    ordered: list[tuple[ast.arg | None, ast.expr | None, Many]] = [
        *((a, d, "") for a, d in zip(positional, [*blanks, *arguments.defaults], strict=True)),
        (arguments.vararg, None, "unnamed"),
        *((a, d, "") for a, d in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)),
        (arguments.kwarg, None, "named"),
    ]
    return [_read_parameter(module, a, d, many, paragraphs) for a, d, many in ordered if a]


def _read_parameter(
    module: str,
    argument: ast.arg,
    default: ast.expr | None,
    many: Many,
    paragraphs: dict[str, str],
) -> Parameter:
    types: list[str] = []
    choices: list[Any] = []
    if argument.annotation is not None:
        _read_annotation(module, argument.annotation, types, choices)
    nullable = "None" in types
    types = [name for name in dict.fromkeys(types) if name != "None"]
    return Parameter(
        name=argument.arg,
        role=_role(types),
        types=tuple(types),
        choices=tuple(choices),
        required=default is None and not many,
        nullable=nullable,
        many=many,
        default=None if default is None else ast.literal_eval(default),
        help=paragraphs.get(argument.arg, ""),
    )


def _role(types: list[str]) -> Role:
    if _PYTHON_ONLY & set(types):
        return "python"
    if DATA & set(types):
        return "data"
    return "result" if any(name[0].isupper() for name in types) else "setting"


def _read_annotation(module: str, node: ast.expr, types: list[str], choices: list[Any]) -> None:
    """Collect what an annotation allows, following aliases to where they are defined."""
    if isinstance(node, ast.BinOp):
        _read_annotation(module, node.left, types, choices)
        _read_annotation(module, node.right, types, choices)
    elif isinstance(node, ast.Constant):
        if isinstance(node.value, str):  # a quoted annotation
            _read_annotation(module, ast.parse(node.value, mode="eval").body, types, choices)
        else:
            types.append("None")
    elif isinstance(node, ast.Subscript):
        _read_generic(module, node, types, choices)
    elif isinstance(node, ast.Name):
        _read_name(module, node.id, types, choices)
    else:
        text = ast.unparse(node)
        if text not in _OBJECTS:
            types.append(_PLAIN.get(text, text))


def _read_generic(module: str, node: ast.Subscript, types: list[str], choices: list[Any]) -> None:
    outer = ast.unparse(node.value)
    inner = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    if outer == "Literal":
        types.append("choice")
        choices += [ast.literal_eval(word) for word in inner]
    elif outer in ("Sequence", "list", "tuple"):
        items: list[str] = []
        _read_annotation(module, inner[0], items, choices)
        data = [name for name in items if name[0].isupper() and name != "None"]
        types += data or [f"list of {' or '.join(items)}"]
    elif outer in ("Mapping", "dict"):
        items = []
        _read_annotation(module, inner[-1], items, choices)
        data = [name for name in items if name[0].isupper() and name != "None"]
        types += data or ["table of path" if "path" in items else "table"]
    else:
        types.append(outer)


def _read_name(module: str, name: str, types: list[str], choices: list[Any]) -> None:
    source = _source(module)
    if name in _PLAIN:
        types.append(_PLAIN[name])
    elif name in DATA or name in _PYTHON_ONLY:
        types.append(name)
    elif name in source.assigned:
        _read_annotation(module, source.assigned[name], types, choices)
    elif name in source.imported and name in _source(source.imported[name]).assigned:
        _read_annotation(source.imported[name], ast.Name(name), types, choices)
    else:
        types.append(name)
