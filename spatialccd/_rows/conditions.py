"""Conditions on columns, such as ``type == 'energy' and gdp > 100``, read without running code.

The form is that of Python and of ``DataFrame.query``: comparisons of columns with
values or columns, ``in`` a list, ``and``, ``or``, ``not`` and brackets. A name that
Python cannot write stands in backticks (```GDP per head```), a column of one step
after its name (``dea.score``); ``unit`` and ``time`` are the labels of the rows.
Nothing else is allowed, so that a study file from elsewhere can do no harm.
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from spatialccd.errors import ParameterError, did_you_mean, listed

if TYPE_CHECKING:
    import pandas as pd

_QUOTED = re.compile(r"('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")|`([^`]+)`")
_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_FORM = "write it like \"type == 'energy' and gdp >= 100\" or \"region in ['Eastern', 'Central']\""


@dataclass(frozen=True)
class Condition:
    """A condition as it is written.

    Parameters
    ----------
    text : str
        Such as ``"type == 'energy'"``.

    Raises
    ------
    ParameterError
        When asked for its names or rows: it is not a condition on columns.

    Examples
    --------
    >>> Condition("`GDP per head` > 3 and type in ['a', 'b']").names
    ('GDP per head', 'type')
    """

    text: str

    @cached_property
    def _read(self) -> tuple[ast.expr, dict[str, str]]:
        """Parse the text; give the tree, and the names that stood in backticks."""
        quoted: dict[str, str] = {}

        def stand_in(found: re.Match[str]) -> str:
            if found[1]:
                return found[1]
            return quoted.setdefault(f"_column_{len(quoted)}_", found[2]) and list(quoted)[-1]

        try:
            tree = ast.parse(_QUOTED.sub(stand_in, self.text).strip(), mode="eval").body
        except (SyntaxError, ValueError) as error:
            hint = "; = sets, == compares" if re.search(r"[^=!<>]=[^=]", self.text) else ""
            raise ParameterError(f"{self.text!r} is not a condition{hint}; {_FORM}") from error
        self._check(tree, quoted)
        return tree, quoted

    @property
    def names(self) -> tuple[str, ...]:
        """The columns it speaks of, in the order in which they stand."""
        tree, quoted = self._read
        return tuple(dict.fromkeys(_name(node, quoted) for node in _columns(tree)))

    def rows(self, columns: dict[str, pd.Series]) -> pd.Series:
        """Tell for each row whether it meets the condition; one without a value does not.

        Parameters
        ----------
        columns : dict of str to Series
            The columns that it speaks of, all on one index.

        Raises
        ------
        ParameterError
            A text is compared with a number, or with a word that the column does not hold.
        """
        tree, quoted = self._read
        found: pd.Series = self._value(tree, columns, quoted)
        return found.fillna(False).astype(bool)

    def _check(self, node: ast.expr, quoted: dict[str, str]) -> None:
        if isinstance(node, ast.BoolOp):
            for part in node.values:
                self._check(part, quoted)
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            self._check(node.operand, quoted)
        elif isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            for side, above in zip(sides[1:], node.ops, strict=True):
                _check_side(side, self.text, quoted, several=isinstance(above, ast.In | ast.NotIn))
            _check_side(sides[0], self.text, quoted, several=False)
            if not any(True for side in sides for _ in _columns(side)):
                raise ParameterError(f"{self.text!r} names no column; {_FORM}")
        elif not isinstance(node, ast.Name | ast.Attribute):  # a column of true and false
            raise ParameterError(f"{self.text!r}: {_written(node, quoted)!r} is not one; {_FORM}")

    def _value(self, node: ast.expr, columns: dict[str, pd.Series], quoted: dict[str, str]) -> Any:
        if isinstance(node, ast.BoolOp):
            parts = [self._value(part, columns, quoted) for part in node.values]
            join = operator.and_ if isinstance(node.op, ast.And) else operator.or_
            total = parts[0]
            for part in parts[1:]:
                total = join(total, part)
            return total
        if isinstance(node, ast.UnaryOp):
            return ~self._value(node.operand, columns, quoted)
        if isinstance(node, ast.Compare):
            return self._compared(node, columns, quoted)
        values = columns[_name(node, quoted)]
        if not _is_bool(values):
            raise ParameterError(
                f"{self.text!r}: {_name(node, quoted)!r} is not a column of true and false; "
                "compare it with something"
            )
        return values.astype("boolean")

    def _compared(
        self, node: ast.Compare, columns: dict[str, pd.Series], quoted: dict[str, str]
    ) -> Any:
        sides = [_side(side, columns, quoted) for side in (node.left, *node.comparators)]
        total: Any = None
        for left, right, how in zip(sides, sides[1:], node.ops, strict=False):
            met = self._met(left, right, how)
            total = met if total is None else total & met
        return total

    def _met(self, left: Any, right: Any, how: ast.cmpop) -> Any:
        """Compare two sides; a row in which one has no value is neither true nor false."""
        import pandas as pd

        series = [side for side in (left, right) if isinstance(side, pd.Series)]
        if isinstance(how, ast.In | ast.NotIn):
            words = right if isinstance(right, list | tuple) else [right]
            met = left.isin([self._word(left, word, known=True) for word in words])
            met = ~met if isinstance(how, ast.NotIn) else met
        else:
            known = isinstance(how, ast.Eq | ast.NotEq)
            if series[0] is not left:
                left = self._word(right, left, known=known)
            elif len(series) == 1:
                right = self._word(left, right, known=known)
            met = _COMPARE[type(how)](_plain(left, len(series)), _plain(right, len(series)))
        gaps = series[0].isna()
        for other in series[1:]:
            gaps |= other.isna()
        return met.astype("boolean").mask(gaps)

    def _word(self, column: pd.Series, word: Any, *, known: bool) -> Any:
        """Give a value in the column's kind; refuse one that is a slip, for no row can meet it."""
        import pandas as pd

        if pd.api.types.is_datetime64_any_dtype(column.dtype):
            return pd.Timestamp(str(word))
        numeric = pd.api.types.is_numeric_dtype(column.dtype)
        if isinstance(word, str) == numeric and not isinstance(word, bool):
            kind = "numbers" if numeric else "text"
            way = "leave out the quotes" if numeric else f"put {word!r} into quotes"
            raise ParameterError(
                f"{self.text!r}: {column.name!r} holds {kind}, and {word!r} is none; {way}"
            )
        words = [] if numeric else [str(v) for v in column.dropna().unique()]
        if known and isinstance(word, str) and word not in words:
            hint = did_you_mean(word, words) or f"; it holds {listed(words)}"
            raise ParameterError(f"{self.text!r}: {column.name!r} never is {word!r}{hint}")
        return word


def _plain(side: Any, n_columns: int) -> Any:
    """Take a category as its words, unless it has an order and is compared with one of them."""
    import pandas as pd

    if not isinstance(side, pd.Series) or not isinstance(side.dtype, pd.CategoricalDtype):
        return side
    return side if side.cat.ordered and n_columns == 1 else side.astype(object)


def _check_side(node: ast.expr, text: str, quoted: dict[str, str], *, several: bool) -> None:
    """Raise unless a side of a comparison is a column, a value, or a list of values."""
    if several and isinstance(node, ast.List | ast.Tuple):
        for item in node.elts:
            if not _is_plain(item):
                raise ParameterError(f"{text!r}: a list holds values only; {_FORM}")
        return
    if not (_is_plain(node) or isinstance(node, ast.Name | ast.Attribute)):
        raise ParameterError(
            f"{text!r}: {_written(node, quoted)!r} is not a column or value; {_FORM}"
        )


def _is_plain(node: ast.expr) -> bool:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        node = node.operand
    return isinstance(node, ast.Constant) and isinstance(node.value, str | int | float | bool)


def _columns(node: ast.expr) -> Iterator[ast.expr]:
    """Yield the nodes that stand for columns."""
    if isinstance(node, ast.Name | ast.Attribute):
        yield node
    else:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                yield from _columns(child)


def _name(node: ast.expr, quoted: dict[str, str]) -> str:
    """Give the column that a node names; ``dea.score`` is a name and an attribute to Python."""
    if isinstance(node, ast.Attribute):
        return f"{_name(node.value, quoted)}.{node.attr}"
    if isinstance(node, ast.Name):
        return quoted.get(node.id, node.id)
    raise ParameterError(f"{ast.unparse(node)!r} is not the name of a column; {_FORM}")


def _written(node: ast.expr, quoted: dict[str, str]) -> str:
    text = ast.unparse(node)
    for stand_in, name in quoted.items():
        text = text.replace(stand_in, f"`{name}`")
    return text


def _side(node: ast.expr, columns: dict[str, pd.Series], quoted: dict[str, str]) -> Any:
    if isinstance(node, ast.Name | ast.Attribute):
        return columns[_name(node, quoted)]
    return ast.literal_eval(node)


def _is_bool(values: pd.Series) -> bool:
    import pandas as pd

    return bool(pd.api.types.is_bool_dtype(values.dtype))
