"""Typed targets: a target without a type is not judged."""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pandas as pd

from lvliang.baseline.history import REAL, VOLUME
from lvliang.baseline.package import data_folder, resource_path
from lvliang.baseline.tables import as_of, load_table
from lvliang.errors import DataError
from lvliang.feasibility.fields import ADDED, COMPARED, KEPT, PUBLIC, Goes

TARGETS = "report_targets"
MAIN, TO_END = "2021_main", "to_end_year"  # groups of targets
RATES = ("growth", "mean_growth")  # types that ask for growth a year
SPANS = (*RATES, "count", "share_change")  # types that speak of all years of their span
UNITS = dict.fromkeys(RATES, "%") | {"share_change": "百分点", "rank": "位"}


@dataclass(frozen=True)
class Target:
    """One target, in the unit and price basis of its row in ``data/report/targets.csv``.

    ``series``: the indicator that can settle it, or ""; ``model``: how that is drawn, or "";
    ``first_year, last_year``: inclusive span.
    """

    target_id: Annotated[str, Goes(PUBLIC, KEPT, COMPARED)]
    region_code: str
    group: Annotated[str, Goes(PUBLIC, KEPT, COMPARED, public_after="discounted_2")]
    type: Annotated[str, Goes(PUBLIC, KEPT, COMPARED)]
    indicator: Annotated[str, Goes(KEPT, COMPARED)]
    series: str
    operator: Annotated[str, Goes(KEPT, COMPARED)]
    value: Annotated[float, Goes(PUBLIC, KEPT, COMPARED)]
    unit: Annotated[str, Goes(PUBLIC, KEPT, COMPARED)]
    price_basis: Annotated[str, Goes(PUBLIC)]
    price_basis_status: Annotated[str, Goes()]
    first_year: Annotated[int, Goes(KEPT, COMPARED)]
    last_year: Annotated[int, Goes(PUBLIC, KEPT, COMPARED, called="deadline")]
    nature: Annotated[str, Goes(PUBLIC, ADDED, COMPARED)]
    origin: Annotated[str, Goes(ADDED)]
    settling_vintage: Annotated[str, Goes(PUBLIC, ADDED, after="group_probability")]
    quote: Annotated[str, Goes(after="break_even")]
    reading_zh: Annotated[str, Goes(after="quote")]
    reading_en: Annotated[str, Goes(after="reading_zh")]
    model: str = ""

    @property
    def path(self) -> str:
        """What is drawn of it: its series, growth of that where the target is on growth of it."""
        is_change = self.type in RATES and self.series != self.indicator
        return f"{self.series}_growth" if is_change else self.series

    @property
    def column(self) -> str:
        """The levels (`growth_levels`) that its draws, its evidence and past spells rest on."""
        return VOLUME if self.model == REAL else self.series

    def met(self, outcome: np.ndarray) -> np.ndarray:
        """Whether each outcome meets the target; "=" is judged as at least, as its reading says.

        >>> from dataclasses import replace
        >>> floor = Target("t", "141100", "g", "growth", "x", "x", ">=", 8.0, "%", "constant",
        ...                "stated", 2021, 2021, "预期性", "stated", "preliminary", "q", "", "")
        >>> floor.met(np.array([7.9, 8.0])).tolist()
        [False, True]
        >>> replace(floor, operator="<=").met(np.array([7.9, 8.0, 8.1])).tolist()
        [True, True, False]
        """
        return outcome <= self.value if self.operator == "<=" else outcome >= self.value


def load_targets(region_code: str, origin: int, end_year: int) -> list[Target]:
    """Targets of a region known at ``origin``; those without a deadline end in ``end_year``.

    A rate kept up from the first year to the end is no target of its own where these are one year.
    """
    table = as_of(check_targets(), origin)
    rows = table[table["region_code"] == region_code]
    kept_up = rows["last_year"].isna() & (rows["type"] == "mean_growth")
    rows = rows[~(kept_up & (rows["first_year"] == end_year))]
    models = load_table("indicators").set_index("indicator")["model"]
    rows = rows.assign(
        model=rows["series"].map(models).fillna(""),
        last_year=rows["last_year"].fillna(end_year).astype(int),
        first_year=rows["first_year"].fillna(rows["last_year"]).fillna(end_year).astype(int),
    )
    names = list(Target.__dataclass_fields__)
    return [Target(**row) for row in rows[names].to_dict("records")]


def check_targets(data: Path | None = None) -> pd.DataFrame:
    """The table of targets; a `DataError` for a row whose type and other columns do not agree."""
    folder = data or data_folder()
    targets, indicators = load_table(TARGETS, folder), load_table("indicators", folder)
    of = indicators.set_index("indicator")["of"]
    for place, row in enumerate(targets.to_dict("records"), start=2):
        for column, fits, legal in _rules(row, of[row["indicator"]]):
            if not fits:
                cell = "" if pd.isna(row[column]) else row[column]
                raise DataError(
                    f"{resource_path(folder, TARGETS)}, row {place}, column {column}: {cell!r} "
                    f"does not go with type {row['type']}; legal: {legal}"
                )
    return targets


def _rules(row: dict[Hashable, Any], of: str) -> Iterator[tuple[str, bool, str]]:
    """Columns that depend on the type of a target, whether each fits, and what would."""
    kind, itself = row["type"], row["indicator"]
    series = [itself, of] if kind in RATES else [of] if kind in UNITS else [itself]
    yield "series", row["series"] in ("", *series), " or ".join([*filter(None, series), "nothing"])
    yield "unit", row["unit"] == UNITS.get(kind, row["unit"]), UNITS.get(kind, "")
    yield "first_year", kind not in SPANS or row["first_year"] > 0, "the first year of its span"
