"""What a tool and a parameter are, for the doors that are not Python."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Role = Literal["data", "result", "setting", "python"]
Many = Literal["", "unnamed", "named"]

_ON_ONE_TIME = frozenset(["UnitValues", "UnitColumns"])


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
        ...", "table" or "table of path" for settings.
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
    role: Role
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
    question : str
        What it is asked, such as "How unequal?": the part of its station it is listed in.
    title, help : str
        The first sentence of its docstring, and the paragraphs after it.
    returns : str
        The class of its result.
    parameters : tuple of Parameter
        In the order of the signature.
    """

    name: str
    station: str
    question: str
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
        """Whether it takes labeled data at all."""
        return bool(self.data)

    @property
    def on_one_time(self) -> bool:
        """Whether it takes one time of a panel and not all of it."""
        return any(_ON_ONE_TIME & set(p.types) for p in self.parameters)
