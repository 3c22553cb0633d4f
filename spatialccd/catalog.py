"""What every tool is called, takes and gives, for the doors that are not Python.

A tool is a public function. Its signature and its docstring are its only
definition: the catalog reads both from the source text, so that the command
line, the study file and QGIS can never disagree with Python, and so that
listing the tools imports none of them (pandas and numba take seconds).

- Which functions are tools, and in which order: ``spatialccd/__init__.pyi``.
- What a parameter is: its annotation. Names from ``spatialccd._types`` mark
  data (``Values`` is one column of a table, ``Areas`` a layer, ...); a class of
  results stands for an earlier step; everything else is a setting.
- What it is for: its paragraph under ``Parameters``.
"""

from __future__ import annotations

import ast
import json
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from spatialccd import _docstring
from spatialccd.errors import ParameterError, closest

_PACKAGE = Path(__file__).parent

Many = Literal["", "unnamed", "named"]

#: Annotations that mark a parameter as data, by their name in ``_types``.
DATA = frozenset(
    ["Columns", "Values", "UnitValues", "UnitColumns", "Groups", "Areas", "Places", "Graph"]
)
_ON_ONE_TIME = frozenset(["UnitValues", "UnitColumns"])
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


@dataclass(frozen=True)
class Parameter:
    """One parameter of a tool.

    Attributes
    ----------
    name : str
        As in Python.
    role : {"data", "result", "setting", "python"}
        A data column or layer; the result of an earlier step; a setting; or
        something only a Python caller has, such as a progress callback.
    types : tuple of str
        What it accepts: names of ``_types`` for data, class names for results,
        and "boolean", "integer", "number", "text", "path", "choice", "list of
        ..." or "table" for settings.
    choices : tuple
        The words allowed, where "choice" is among `types`.
    required, nullable : bool
        Must be given; may be None.
    many : {"", "unnamed", "named"}
        Takes any number of inputs: ``*scores`` or ``**named``.
    default : object
        As in Python; None where `required`.
    help : str
        One paragraph.
    """

    name: str
    role: Literal["data", "result", "setting", "python"]
    types: tuple[str, ...]
    choices: tuple[Any, ...]
    required: bool
    nullable: bool
    many: Many
    default: Any
    help: str


@dataclass(frozen=True)
class Tool:
    """One public function.

    Attributes
    ----------
    name, station, module : str
        Its name, the folder it stands in, and the module that defines it.
    title, help : str
        The first sentence of its docstring, and the paragraphs after it.
    returns : str
        The class of its result.
    parameters : tuple of Parameter
        In the order of the signature.
    """

    name: str
    station: str
    module: str
    title: str
    help: str
    returns: str
    parameters: tuple[Parameter, ...]

    @property
    def data(self) -> tuple[Parameter, ...]:
        """The parameters that take data or an earlier result."""
        return tuple(p for p in self.parameters if p.role in ("data", "result"))

    @property
    def settings(self) -> tuple[Parameter, ...]:
        """The parameters that take a setting."""
        return tuple(p for p in self.parameters if p.role == "setting")

    @property
    def takes_labels(self) -> bool:
        """Whether it takes labelled data at all."""
        return bool(self.data)

    @property
    def on_one_time(self) -> bool:
        """Whether it takes one time of a panel and not all of it."""
        return any(_ON_ONE_TIME & set(p.types) for p in self.parameters)


@cache
def tools() -> tuple[Tool, ...]:
    """List every tool in the order of a study.

    Examples
    --------
    >>> [tool.name for tool in tools() if tool.station == "data"][0]
    'read_panel'
    """
    return tuple(
        _read_tool(module, name)
        for module, name in _public_names()
        if name in _source(module).functions
    )


def tool(name: str) -> Tool:
    """Give one tool by name.

    Raises
    ------
    ParameterError
        No tool has that name; the message has the nearest one.

    Examples
    --------
    >>> tool("global_moran").station
    'association'
    """
    for found in tools():
        if found.name == name:
            return found
    near = closest(name, [t.name for t in tools()])
    hint = f"; did you mean {near!r}?" if near else ""
    raise ParameterError(f"no tool is called {name!r}{hint} (spatialccd catalog lists them)")


def function(of: Tool) -> Any:
    """Import a tool's function."""
    from importlib import import_module

    return getattr(import_module(of.module), of.name)


def to_json() -> str:
    """Write the catalog as JSON, the form that QGIS reads.

    Examples
    --------
    >>> "global_moran" in to_json()
    True
    """
    return json.dumps([asdict(t) for t in tools()], ensure_ascii=False, indent=1)


# --- reading the source -------------------------------------------------------------------------


@dataclass(frozen=True)
class _Source:
    """What one module defines at its top level."""

    functions: dict[str, ast.FunctionDef]
    assigned: dict[str, ast.expr]
    imported: dict[str, str]


def _public_names() -> list[tuple[str, str]]:
    """List pairs of module and name from the stub, in its order."""
    stub = ast.parse((_PACKAGE / "__init__.pyi").read_text(encoding="utf-8"))
    return [
        (f"spatialccd.{node.module}", alias.name)
        for node in stub.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    ]


@cache
def _source(module: str) -> _Source:
    path = _PACKAGE.joinpath(*module.split(".")[1:]).with_suffix(".py")
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
    text = _docstring.parse(ast.get_docstring(node) or "")
    return Tool(
        name=name,
        station=module.split(".")[1],
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


def _role(types: list[str]) -> Literal["data", "result", "setting", "python"]:
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
        types += data or ["table"]
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
