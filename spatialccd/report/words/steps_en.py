"""What steps are called in English: their tools in words, with the names of people and methods."""

from __future__ import annotations

#: Words that begin with a capital, or stand in capitals, wherever they are.
_PROPER = {
    **{
        name.lower(): name
        for name in (
            "Moran", "Geary", "Getis", "Ord", "Lee", "Dagum", "Gini", "Theil", "Markov",
            "Malmquist", "Tobit", "Mann", "Kendall", "Pettitt", "Hurst", "LISA", "GWR", "MGWR",
            "GTWR", "DEA", "QAP", "MRQAP", "CONCOR", "TOPSIS", "GRA", "VIKOR", "AHP", "PCA", "CV",
            "CRITIC",
        )
    },
    "gm11": "GM(1,1)",
}  # fmt: skip


def step_title(tool: str) -> str:
    """Name a tool in words.

    Examples
    --------
    >>> step_title("local_moran"), step_title("mgwr"), step_title("factor_detector")
    ('Local Moran', 'MGWR', 'Factor detector')
    """
    words = " ".join(_PROPER.get(word, word) for word in tool.split("_"))
    return words[:1].upper() + words[1:]
