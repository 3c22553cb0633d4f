"""What the detector on cells gives."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from spatialccd._result import Result
from spatialccd.drivers.geodetector.cells._cuts import SAMPLED
from spatialccd.drivers.geodetector.factor import FactorDetector
from spatialccd.drivers.geodetector.interaction import InteractionDetector
from spatialccd.errors import ParameterError, listed

#: All shares of m rows drawn lie within so many roots of 1/m of those of all rows, with 95%
#: certainty: sqrt(ln(2/.05)/2), of the inequality of Dvoretzky, Kiefer and Wolfowitz (Massart).
_ROOTS = 1.358


@dataclass(frozen=True, eq=False, kw_only=True)
class CellDetector(Result):
    """q of each factor and of each two together, over very many rows.

    Attributes
    ----------
    figures : DataFrame
        One row a factor: the columns of ``to_frame``.
    pairs : DataFrame
        One row a pair: factor_a, factor_b and the columns of ``interaction_detector``, with
        p_gain_error, the standard error of p_gain by the number of draws; without
        p_synergy where not all rows were permuted. Empty with ``pairwise=False``.
    strata : DataFrame
        One row a stratum: factor, stratum, lower, upper (missing for classes), n, mean and
        standard deviation (sd) of y.
    rows : DataFrame
        One row a column: rows left out as it is missing in them, or infinite.
    read, used : int
        Rows read, and rows without a missing value, which the figures are of.
    held : int
        Rows of the random sample; 0 where all rows were held.
    permuted : int
        Rows that changed places; `used` where these are few, 0 where there were no draws.
    basis : str
        How the strata were made.
    """

    figures: pd.DataFrame
    pairs: pd.DataFrame
    strata: pd.DataFrame
    rows: pd.DataFrame
    read: int
    used: int
    held: int
    permuted: int
    basis: str

    @property
    def q(self) -> pd.Series:
        """Share of the variation of y that lies between strata."""
        return self.figures.set_index("factor")["q"]

    @property
    def factors(self) -> FactorDetector:
        """The same as ``factor_detector`` gives it: for ``chart_factors``."""
        return FactorDetector(
            settings=self.settings,
            figures=self.figures,
            sizes=self.strata[["factor", "stratum", "n"]],
            by=(),
            basis=self.basis,
        )

    @property
    def interactions(self) -> InteractionDetector:
        """The same as ``interaction_detector`` gives it: for ``chart_interactions``."""
        if self.pairs.empty:
            raise ParameterError("no pairs were measured; give two factors and pairwise=True")
        return InteractionDetector(
            settings=self.settings, figures=self.pairs, by=(), basis=self.basis
        )

    def to_frame(self) -> pd.DataFrame:
        """Give one row a factor.

        Columns: factor, n, strata, smallest (rows in the smallest stratum), q, expected_q,
        adjusted_q, p_permutation and p_error (its standard error by the number of draws), F, p_f,
        p_ncf.
        """
        return self.figures.copy()

    def further(self) -> dict[str, pd.DataFrame]:
        """Give the pairs, the strata, and the rows left out by column."""
        tables = {"interactions": self.pairs, "strata": self.strata, "rows": self.rows}
        return {name: table.copy() for name, table in tables.items() if len(table)}

    def notes(self) -> list[str]:
        """Say what was left out, and what stands on a sample."""
        notes = []
        if self.used < self.read:
            left = self.rows[self.rows[["missing", "infinite"]].any(axis=1)]
            words = [
                f"{row.column} in {row.missing + row.infinite:,}"
                for row in left.itertuples(index=False)
            ]
            notes.append(
                f"{self.read - self.used:,} of {self.read:,} rows are left out, as a value is "
                f"missing or infinite: {listed(words)}"
            )
        method = self.settings["method"]
        if self.held and method in SAMPLED and self.strata["upper"].notna().any():
            most = _ROOTS / self.held**0.5
            notes.append(
                f"limits by {method} are those of a random sample of {self.held:,} of "
                f"{self.used:,} rows: the share of rows below a limit differs from that in the "
                f"sample by {most:.2%} of all rows at most, with 95% certainty; q is that of all "
                "rows by these limits"
            )
        if 0 < self.permuted < self.used:
            notes.append(
                f"permutations are of a random sample of {self.permuted:,} of {self.used:,} rows, "
                "in which F is compared; p_error is the standard error by the number of draws"
            )
        return notes
