"""Writes a table as LaTeX with booktabs rules, within the width and height of a page."""

from __future__ import annotations

import math
import re
from itertools import pairwise

from spatialccd.report.tables.columns import Table
from spatialccd.report.tables.printed import Printed, printed
from spatialccd.report.words.language import Language, say

HEAD = (
    "% Needs \\usepackage{booktabs}, \\usepackage{longtable} and \\usepackage{graphicx};\n"
    "% Chinese needs \\usepackage{ctex} and XeLaTeX or LuaLaTeX.\n"
)
_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "η": "eta",
    "θ": "theta", "κ": "kappa", "λ": "lambda", "μ": "mu", "ρ": "rho", "σ": "sigma", "τ": "tau",
    "φ": "phi", "χ": "chi", "ω": "omega", "Δ": "Delta", "Σ": "Sigma",
}  # fmt: skip
#: What has a meaning of its own in LaTeX, and signs that its text fonts lack.
_SIGNS = str.maketrans(
    {
        "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_",
        "{": r"\{", "}": r"\}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
        "<": r"$<$", ">": r"$>$", "≤": r"$\leq$", "≥": r"$\geq$", "−": "$-$", "×": r"$\times$",
        "²": "$^2$", "°": r"$^\circ$", "→": r"$\rightarrow$", "√": r"$\surd$", "∞": r"$\infty$",
        **{letter: rf"$\{name}$" for letter, name in _GREEK.items()},
    }
)  # fmt: skip
_POWER = re.compile(r"^(-?[\d.]+)e([+-])0*(\d+)$")

#: Rows that fit a page as one float, at the line spacing of Chinese classes too.
_TALL = 30
#: Characters that fit a line at \small and at \scriptsize; how many the gap of columns takes.
_SMALL, _SCRIPT, _GAP = 70, 90, 3.4


def latex_table(table: Table, language: Language, digits: int, max_rows: int) -> str:
    """Write one table.

    A short one is a float. A long one breaks over pages, or where it is too
    wide for that, becomes several floats. A float wider than the text is
    reduced to its width.
    """
    page = printed(table, language, digits, max_rows, paper=True)
    rows = _rows(page)
    title = _words(table.caption)
    first = f"\\caption{{{title}}}\\label{{tab:{_slug(table.name)}}}"
    more = f"{_words(table.title)} ({say('continued', language)})"
    again = f"\\caption[]{{{more}}}"  # in no list of tables
    notes = "\\par\n".join(_words(note) for note in page.notes if note)
    width = sum(page.widths()) + _GAP * len(page.kinds)
    tall = int(_TALL * max(1.0, width / _SMALL))  # reduced in width, reduced in height
    if len(rows) > tall and width <= _SCRIPT:
        return _long(page, rows, first, again, notes)
    count = max(1, math.ceil(len(rows) / tall))
    even = [len(rows) * i // count for i in range(count)]
    cuts = sorted({max(start for start in page.starts or [0] if start <= at) for at in even})
    cuts.append(len(rows))
    captions = [first] + [f"\\addtocounter{{table}}{{-1}}{again}"] * (len(cuts) - 2)
    return "\n".join(
        _float(page, rows[start:stop], caption, notes)
        for (start, stop), caption in zip(pairwise(cuts), captions, strict=True)
    )


def _float(page: Printed, rows: list[str], caption: str, notes: str) -> str:
    tabular = "\n".join(
        [
            f"\\begin{{tabular}}{{{_align(page)}}}",
            "\\toprule",
            f"{_head(page)} \\\\",
            "\\midrule",
            *rows,
            "\\bottomrule",
            "\\end{tabular}",
        ]
    )
    return "\n".join(
        [
            "\\begin{table}[htbp]",
            "\\centering\\small",
            caption,
            "\\par\\medskip",
            f"\\sbox0{{{tabular}}}%",
            "\\resizebox{\\ifdim\\wd0>\\linewidth\\linewidth\\else\\wd0\\fi}{!}{\\usebox0}",
            "\\par\\smallskip",
            f"\\begin{{minipage}}{{\\linewidth}}\\footnotesize\\raggedright\n{notes}\n\\end{{minipage}}",
            "\\end{table}\n",
        ]
    )


def _long(page: Printed, rows: list[str], first: str, again: str, notes: str) -> str:
    head = f"\\toprule\n{_head(page)} \\\\\n\\midrule"
    return "\n".join(
        [
            f"{{\\scriptsize\n\\begin{{longtable}}{{{_align(page)}}}",
            f"{first}\\\\\n{head}\n\\endfirsthead",
            f"{again}\\\\\n{head}\n\\endhead",
            "\\bottomrule\n\\endfoot",
            *(row if at in page.starts else f"{row}*" for at, row in enumerate(rows, start=1)),
            "\\end{longtable}",
            f"\\noindent\\raggedright\n{notes}\\par}}\n",
        ]
    )


def _rows(page: Printed) -> list[str]:
    """Write the rows; figures keep their digits in line where some have stars."""
    widest = [max(len(stars) for _, stars in column) for column in zip(*page.rows, strict=True)]
    return [
        " & ".join(
            (_words(words) if kind == "text" else _number(words)) + _stars(stars, most, words)
            for (words, stars), kind, most in zip(row, page.kinds, widest, strict=True)
        )
        + r" \\"
        for row in page.rows
    ]


def _stars(stars: str, most: int, words: str) -> str:
    """Write stars, and leave room for as many as others of the column have."""
    room = "*" * (most - len(stars))
    if not most or not words:
        return ""
    return f"$^{{{stars}\\phantom{{{room}}}}}$" if room else f"$^{{{stars}}}$"


def _number(words: str) -> str:
    power = _POWER.match(words)
    if power:
        figure, sign, exponent = power.groups()
        words = figure
        times = f"$\\times10^{{{sign.strip('+')}{exponent}}}$"
    else:
        times = ""
    return words.replace("-", "−").translate(_SIGNS) + times


def _words(words: str) -> str:
    """Write words; what begins with [ or * would else be taken for an option of the line's end."""
    line = " ".join(words.split()).translate(_SIGNS)
    return f"{{}}{line}" if line.startswith(("[", "*")) else line


def _head(page: Printed) -> str:
    return " & ".join(_words(heading) for heading in page.headings)


def _align(page: Printed) -> str:
    return "".join("l" if kind == "text" else "r" for kind in page.kinds)


def _slug(name: str) -> str:
    return "".join(c if c.isalnum() else "-" for c in name)
