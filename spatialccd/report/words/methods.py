"""The methods a page names: what its tools compute, as formulas with references."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable
from dataclasses import dataclass

from spatialccd.report.words import headings, methods_zh
from spatialccd.report.words.language import Language

#: Formula of the tools that a study is made of.
_FORMULAS = {
    "scale": "z⁺ = (x − min) / (max − min);  z⁻ = (max − x) / (max − min)",
    "entropy_weights": "p = z / Σz;  e = −(1 / ln m) Σ p ln p;  w = (1 − e) / Σ(1 − e)",
    "composite_index": "U = Σ wⱼ zⱼ",
    "coupling_coordination": "C = [ΠUᵢ / Ūᵏ]^(1/k);  T = Σ aᵢ Uᵢ;  D = √(C T)",
    "global_moran": "I = (n / S₀) · Σᵢ Σⱼ wᵢⱼ zᵢ zⱼ / Σᵢ zᵢ²",
    "local_moran": "Iᵢ = (zᵢ / m₂) Σⱼ wᵢⱼ zⱼ",
    "local_getis_ord": (
        "Gᵢ* = (Σⱼ wᵢⱼ xⱼ − Wᵢ x̄) / (s √[(n Σⱼ wᵢⱼ² − Wᵢ²) / (n − 1)]);  Wᵢ = Σⱼ wᵢⱼ"
    ),
    "factor_detector": "q = 1 − Σₕ Nₕ σₕ² / (N σ²)",
    "interaction_detector": "q(x₁ ∩ x₂) ⋛ max(q(x₁), q(x₂)), q(x₁) + q(x₂)",
    "dagum_gini": "G = Gw + Gnb + Gt = Σᵢ Σⱼ |yᵢ − yⱼ| / (2 n² μ)",
    "mgwr": "yᵢ = Σⱼ β_bw(j)(uᵢ, vᵢ) xᵢⱼ + εᵢ;  w = [1 − (d / h)²]²",
    "mgtwr": "yᵢ = Σⱼ βⱼ(uᵢ, vᵢ, tᵢ) xᵢⱼ + εᵢ;  d² = d_s² + τⱼ d_t²;  w = [1 − (d / bⱼ)²]²",
    "gwr": "yᵢ = Σⱼ βⱼ(uᵢ, vᵢ) xᵢⱼ + εᵢ;  w = [1 − (d / h)²]²",
}


@dataclass(frozen=True)
class Method:
    """One tool as the page describes it."""

    tool: str
    title: str
    formula: str
    text: str
    references: str


def methods(tools: Iterable[str], language: Language) -> list[Method]:
    """Describe the tools used, each once, in the order of use."""
    return [_describe(tool, language) for tool in dict.fromkeys(tools)]


def _describe(tool: str, language: Language) -> Method:
    import spatialccd

    document = inspect.getdoc(getattr(spatialccd, tool, None)) or ""
    opening, references = _opening(document), _section(document, "References")
    title, _, text = opening.partition("\n\n")
    title, text = " ".join(title.split()), _flow(text.strip())
    if language == "zh":
        title, text = headings.STEPS.get(tool, title), methods_zh.TEXTS.get(tool, text)
    return Method(tool, title, _FORMULAS.get(tool, ""), text, _flow(references))


def _opening(document: str) -> str:
    """Give a docstring up to its first section."""
    return re.split(r"\n\w+\n-{3,}\n", document, maxsplit=1)[0].strip()


def _section(document: str, name: str) -> str:
    found = re.search(
        rf"(?:^|\n){name}\n-{{3,}}\n(.*?)(?=\n\w[\w ]*\n-{{3,}}\n|\Z)", document, re.S
    )
    return found.group(1).strip() if found else ""


def _flow(text: str) -> str:
    """Let paragraphs run to the width of the page; lists and indented lines stay as they are.

    Examples
    --------
    >>> print(_flow(chr(10).join(["The ``weights``", "sum to 1."])))
    The weights sum to 1.
    """
    paragraphs = []
    for paragraph in text.replace("``", "").split("\n\n"):
        lines = paragraph.split("\n")
        fixed = any(line.startswith(("- ", " ", "* ")) for line in lines)
        paragraphs.append("\n".join(lines) if fixed else " ".join(lines))
    return "\n\n".join(paragraphs)
