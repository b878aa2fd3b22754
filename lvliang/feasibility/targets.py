"""Typed targets: a target without a type is not judged."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from lvliang.baseline.tables import as_of, load_table


@dataclass(frozen=True)
class Target:
    """One target, in the unit and price basis of its row in ``data/report/targets.csv``.

    ``series`` names the indicator whose series can settle it, "" where none is shipped;
    ``first_year`` and ``last_year`` bound the span that counts (both years included).
    """

    target_id: str
    region_code: str
    group: str
    type: str
    indicator: str
    series: str
    operator: str
    value: float
    unit: str
    price_basis: str
    price_basis_status: str
    first_year: int
    last_year: int
    nature: str
    origin: str
    settling_vintage: str
    quote: str
    reading_zh: str
    reading_en: str

    def met(self, outcome: np.ndarray) -> np.ndarray:
        """Whether each outcome meets the target; "=" is judged as at least, as its reading says.

        Examples
        --------
        An exact hit meets a target, a ceiling as well as a floor:

        >>> from dataclasses import replace
        >>> floor = Target("t", "141100", "g", "growth", "x", "x", ">=", 8.0, "%", "constant",
        ...                "stated", 2021, 2021, "预期性", "stated", "preliminary", "q", "", "")
        >>> floor.met(np.array([7.9, 8.0])).tolist()
        [False, True]
        >>> replace(floor, operator="<=").met(np.array([7.9, 8.0, 8.1])).tolist()
        [True, True, False]
        """
        return outcome <= self.value if self.operator == "<=" else outcome >= self.value


def load_targets(
    region_code: str, origin: int, end_year: int, data: Path | None = None
) -> list[Target]:
    """Targets of a region known at ``origin``; those without a deadline end in ``end_year``.

    A rate kept up from the first year to the end is no target of its own where these are one year.
    """
    table = as_of(load_table("report_targets", data), origin)
    rows = table[table["region_code"] == region_code]
    kept_up = rows["last_year"].isna() & (rows["type"] == "mean_growth")
    rows = rows[~(kept_up & (rows["first_year"] == end_year))]
    rows = rows.assign(
        last_year=rows["last_year"].fillna(end_year).astype(int),
        first_year=rows["first_year"].fillna(end_year).astype(int),
    )
    return [_target(row) for _, row in rows.iterrows()]


def _target(row: pd.Series) -> Target:
    return Target(**{name: row[name] for name in Target.__dataclass_fields__})
