"""Commands that refuse an option given twice, of which the last would count and no other."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, TypeVar

import typer
from typer.core import TyperCommand

from spatialccd.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Callable

_Command = TypeVar("_Command", bound="Callable[..., Any]")

#: How several are written, by what the help page shows for them.
_SEVERAL = {"KEY=VALUE,...": "a=1,b=2", "LABEL=LOWER,...": "low=0,high=0.5"}


class OnceCommand(TyperCommand):
    """A command whose options each stand once; flags may be repeated, they say the same."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read a line; raise ``ParameterError`` that names each option given twice."""
        # The parser alone knows how often each was met: the values keep the last.
        _, _, met = self.make_parser(ctx).parse_args(list(args))
        times = Counter(option for option in met if _holds_one(option))
        repeated = [_told(option, count) for option, count in times.items() if count > 1]
        if repeated:
            raise ParameterError("; ".join(repeated))
        return super().parse_args(ctx, args)


class OnceTyper(typer.Typer):
    """An application whose commands are all of that kind."""

    def command(self, name: str | None = None, **settings: Any) -> Callable[[_Command], _Command]:
        """As Typer's."""
        return super().command(name, **{"cls": OnceCommand, **settings})


def _holds_one(option: Any) -> bool:
    return option.param_type_name == "option" and not (option.is_flag or option.multiple)


def _told(option: Any, count: int) -> str:
    name = max(option.opts, key=len)
    shown = option.metavar or ""
    several = f"several go with commas: {name} {_SEVERAL.get(shown, 'a,b')}"
    advice = several if shown.endswith(",...") else "which one is meant?"
    return f"{name} is given {'twice' if count == 2 else f'{count} times'}; {advice}"
