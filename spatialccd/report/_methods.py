"""The methods a page names: what its tools compute, as formulas with references."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable
from dataclasses import dataclass

from spatialccd.report.language import Language

#: Formula and Chinese name of the tools that a study is made of.
_FORMULAS: dict[str, tuple[str, str]] = {
    "scale": (
        "指标标准化",
        "benefit: z = (x − min) / (max − min);  cost: z = (max − x) / (max − min)",
    ),
    "entropy_weights": (
        "熵值法权重",
        "p = z / Σz;  e = −(1 / ln m) Σ p ln p;  w = (1 − e) / Σ(1 − e)",
    ),
    "composite_index": ("综合指数", "U = Σ wⱼ zⱼ"),
    "coupling_coordination": (
        "耦合协调度",
        "C = [ΠUᵢ / (mean U)ᵏ]^(1/k);  T = Σ aᵢ Uᵢ;  D = √(C T)",
    ),
    "global_moran": ("全局莫兰指数", "I = (n / S₀) · Σᵢ Σⱼ wᵢⱼ zᵢ zⱼ / Σᵢ zᵢ²"),
    "local_moran": ("局部莫兰指数", "Iᵢ = (zᵢ / m₂) Σⱼ wᵢⱼ zⱼ"),
    "local_getis_ord": ("Getis-Ord 热点分析", "Gᵢ* = Σⱼ wᵢⱼ xⱼ / Σⱼ xⱼ"),
    "factor_detector": ("因子探测", "q = 1 − Σₕ Nₕ σₕ² / (N σ²)"),
    "interaction_detector": ("交互探测", "q(x₁ ∩ x₂) against q(x₁), q(x₂) and their sum"),
    "dagum_gini": ("Dagum 基尼系数", "G = Gw + Gnb + Gt = Σᵢ Σⱼ |yᵢ − yⱼ| / (2 n² μ)"),
    "mgwr": (
        "多尺度地理加权回归",
        "yᵢ = Σⱼ β_bw(j)(uᵢ, vᵢ) xᵢⱼ + εᵢ;  w = [1 − (d / h)²]²",
    ),
    "gwr": ("地理加权回归", "yᵢ = Σⱼ βⱼ(uᵢ, vᵢ) xᵢⱼ + εᵢ;  w = [1 − (d / h)²]²"),
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
    name, formula = _FORMULAS.get(tool, ("", ""))
    return Method(
        tool=tool,
        title=name if language == "zh" and name else " ".join(title.split()),
        formula=formula,
        text=_flow(text.strip()),
        references=_flow(references),
    )


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
