"""Industry targets: what must be true for them to stand, where no series can settle them.

The report names a level and a deadline and, but for one target, no base. So nothing is judged: the
growth that each possible base would ask for is held against growth that is known, and the other
way round. Output value is not value added: what is known is growth of secondary-sector value added
of cities at current prices, and only indicative.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from lvliang.baseline.growth import average_growth, level_after
from lvliang.baseline.tables import as_of, load_table
from lvliang.errors import DataError
from lvliang.feasibility.commitments import judge_commitments
from lvliang.feasibility.known_growth import (
    LEVELS,
    REFERENCES,
    SECTOR_TABLES,
    known_growth,
    load_secondary_growth,
    slower_spells,
    standing,
)
from lvliang.feasibility.targets import load_targets
from lvliang.feasibility.verdicts import Verdict, Verdicts

TABLES = ("report_baseline", *SECTOR_TABLES, "commodities")
WITHOUT_A_TEST = ("milestone", "no_end_test")
SHARES = (30, 40, 50, 60, 70, 80, 90, 95)  # base as % of the target
OF_A_CURVE = range(28, 101)

TARGET_COLUMNS = [
    "commitment_id", "indicator_zh", "indicator_en", "kind", "value", "unit", "base_value",
    "base_year", "deadline_from", "deadline_to", "outcome", "quote", "assumed", "reading_zh",
    "reading_en",
]  # fmt: skip
RISK_COLUMNS = [
    "indicator", "spells", "fell", "first", "last", "windows", "low", "middle", "high",
]  # fmt: skip


@dataclass(frozen=True)
class Industries:
    """The industry targets of a region at ``base_year``, and what is known beside them.

    Attributes
    ----------
    targets, deadlines : pandas.DataFrame
        From ``industry_targets`` and ``by_deadline``.
    known : pandas.DataFrame
        From ``known_growth``: spells as long as each target at current prices has.
    own : dict of str to float
        From ``standing``.
    risk : pandas.DataFrame
        From ``price_risk``.
    """

    base_year: int
    targets: pd.DataFrame
    deadlines: pd.DataFrame
    known: pd.DataFrame
    own: dict[str, float]
    risk: pd.DataFrame

    @cached_property
    def year(self) -> int | None:
        """The year in which most targets at current prices fall due, the earliest of several."""
        years = self.deadlines.loc[self.deadlines["kind"] == "money", "deadline"].mode()
        return None if years.empty else int(years.iloc[0])

    @cached_property
    def ladder(self) -> pd.DataFrame:
        """From ``break_even``, on ``SHARES``."""
        return break_even(self.deadlines, self.known)

    @cached_property
    def curves(self) -> pd.DataFrame:
        """From ``break_even``: targets at current prices that fall due in ``year``."""
        wanted = (self.deadlines["kind"] == "money") & (self.deadlines["deadline"] == self.year)
        return break_even(self.deadlines[wanted], self.known, OF_A_CURVE)

    @cached_property
    def bases(self) -> pd.DataFrame:
        """From ``bases_needed``."""
        return bases_needed(self.deadlines, self.known)


def load_industries(region_code: str, base_year: int, data: Path | None = None) -> Industries:
    """All there is on the industry targets of a region, as known at ``base_year``."""
    targets = industry_targets(region_code, base_year, data)
    deadlines = by_deadline(targets, base_year)
    spans = set(deadlines.loc[deadlines["kind"] == "money", "years"])
    cities = load_secondary_growth(base_year, data)
    return Industries(
        base_year,
        targets,
        deadlines,
        known_growth(cities, region_code, spans),
        standing(cities, region_code),
        price_risk(deadlines, base_year, data),
    )


def industry_targets(region_code: str, base_year: int, data: Path | None = None) -> pd.DataFrame:
    """Levels that the whole prefecture is to reach or hold, beyond the work of a single year.

    Chosen by columns of ``commitments.csv``: a level or a capacity with a figure, of the whole
    prefecture, that has an end test, and either a deadline after the coming year or a base.

    Returns
    -------
    pandas.DataFrame
        One row a target, in the order of the report: ``TARGET_COLUMNS``. ``kind`` is ``verify``
        (definition first), ``hold``, ``money`` (at current prices), ``capacity`` or ``quantity``;
        deadlines are years, as numbers. Empty where the region has no commitments known at
        ``base_year``.
    """
    targets = load_targets(region_code, base_year, base_year, data)
    unjudged = Verdicts(Verdict(target) for target in targets)
    table = judge_commitments(unjudged, base_year, base_year, data)
    for end in ("deadline_from", "deadline_to"):
        table[end] = pd.to_numeric(table[end].str[:4])
    level = table["type"].isin(["level", "capacity"]) & table["value"].notna()
    tested = ~table["outcome"].isin(WITHOUT_A_TEST) & table["deadline_to"].notna()
    grows = (table["deadline_to"] > base_year + 1) | table["base_value"].notna()
    chosen = table[level & tested & grows & (table["scope"] == "全市")].copy()
    return chosen.assign(kind=_kinds(chosen))[TARGET_COLUMNS].reset_index(drop=True)


def by_deadline(targets: pd.DataFrame, base_year: int) -> pd.DataFrame:
    """One row a target and a year in which it may fall due.

    Returns
    -------
    pandas.DataFrame
        ``commitment_id, kind, value, unit, base_value, deadline``; ``years`` to it from its base,
        or from ``base_year`` where it has none; ``needed``: growth a year (%) from the base to the
        deadline, missing without a base.
    """
    rows = [
        {**row, "deadline": year, "years": year - int(row["from_year"])}
        for _, row in targets.assign(from_year=targets["base_year"].fillna(base_year)).iterrows()
        for year in range(int(row["deadline_from"]), int(row["deadline_to"]) + 1)
    ]
    columns = ["commitment_id", "kind", "value", "unit", "base_value", "deadline", "years"]
    table = pd.DataFrame(rows, columns=columns)
    return table.assign(needed=[_needed(row) for _, row in table.iterrows()])


def break_even(
    deadlines: pd.DataFrame, known: pd.DataFrame, shares: Sequence[int] = SHARES
) -> pd.DataFrame:
    """Growth that each possible base asks for: one row a level, a deadline and a base.

    ``growth = (value / base) ** (1 / years) - 1``. Left out: targets with a base, targets to be
    held, and those whose definition comes first.

    Returns
    -------
    pandas.DataFrame
        ``kind, value, unit, deadline, years``; ``share`` (base as % of the target), ``base`` (in
        the unit of the target), ``growth`` (% a year), ``all`` and ``alike``: from
        ``slower_spells``, missing but for targets at current prices.
    """
    without_base = deadlines["needed"].isna() & ~deadlines["kind"].isin(["hold", "verify"])
    levels = _distinct(deadlines[without_base])
    rows = []
    for _, level in levels.iterrows():
        for share in shares:
            growth = float(average_growth(share, 100.0, level["years"]))
            row = {**level, "share": share, "base": level["value"] * share / 100, "growth": growth}
            if level["kind"] == "money":
                row |= slower_spells(known, level["years"], growth)
            rows.append(row)
    columns = [*levels.columns, "share", "base", "growth", *REFERENCES]
    return pd.DataFrame(rows, columns=columns)


def bases_needed(
    deadlines: pd.DataFrame, known: pd.DataFrame, levels: Sequence[float] = LEVELS
) -> pd.DataFrame:
    """The inverse: the base that makes a target reachable at each percentile of known growth.

    ``base = value / (1 + growth / 100) ** years``, for targets at current prices.

    Returns
    -------
    pandas.DataFrame
        ``kind, value, unit, deadline, years, reference, level`` (0–1); ``growth``: that quantile
        of the spells (% a year); ``base``: in the unit of the target, of the base year.
    """
    money = _distinct(deadlines[deadlines["kind"] == "money"])
    rows = [
        {**row, "reference": name, "level": level, "growth": growth}
        for _, row in money.iterrows()
        for name, spells in known[known["years"] == row["years"]].groupby("reference", sort=False)
        for level, growth in spells["growth"].quantile(list(levels)).items()
    ]
    table = pd.DataFrame(rows, columns=[*money.columns, "reference", "level", "growth"])
    return table.assign(
        base=[row.value / level_after(1.0, row.growth, row.years) for row in table.itertuples()]
    )


def price_risk(deadlines: pd.DataFrame, origin: int, data: Path | None = None) -> pd.DataFrame:
    """What prices did over spells as long as a level at current prices is to be held.

    Returns
    -------
    pandas.DataFrame
        One row a target to be held, a deadline and a series of coal prices (US dollars a tonne):
        ``value, unit, deadline, years, indicator, first, last`` (years of the series),
        ``spells`` (all of that length), ``windows`` (how many of them fit side by side),
        ``fell`` (spells that ended below their start), ``low, middle, high`` (tenth, half and
        nine tenths of the changes, % over the whole spell) and ``base``: the level of the base
        year that, at constant volume, a change of ``low`` would bring down to the target.

    Raises
    ------
    DataError
        If a series is too short for the spells.
    """
    held = _distinct(deadlines[deadlines["kind"] == "hold"])
    prices = as_of(load_table("commodities", data), origin)
    coal = prices[prices["indicator"].str.startswith("coal_")]
    rows = [
        {**row, "indicator": name, **_price_spells(str(name), price, row["years"])}
        for _, row in held.iterrows()
        for name, price in coal.set_index("year").groupby("indicator")["value"]
    ]
    table = pd.DataFrame(rows, columns=[*held.columns, *RISK_COLUMNS])
    return table.assign(base=table["value"] / (1 + table["low"] / 100))


def _kinds(targets: pd.DataFrame) -> np.ndarray:
    rules = {
        "verify": targets["outcome"] == "verify_definition",
        "hold": targets["stage"] == "保持",
        "capacity": targets["type"] == "capacity",
        "money": targets["unit"] == "亿元",
    }
    return np.select(list(rules.values()), list(rules), "quantity")


def _needed(row: pd.Series) -> float:
    if pd.isna(row["base_value"]):
        return float("nan")
    return float(average_growth(row["base_value"], row["value"], row["years"]))


def _distinct(deadlines: pd.DataFrame) -> pd.DataFrame:
    """Levels and deadlines, each once: targets that ask for the same share a row."""
    columns = ["kind", "value", "unit", "deadline", "years"]
    return deadlines[columns].drop_duplicates().reset_index(drop=True)


def _price_spells(name: str, price: pd.Series, years: int) -> dict[str, float]:
    change = 100 * (price.shift(-years) / price - 1).dropna()
    if change.empty:
        raise DataError(f"{name}: {len(price)} years; legal: more than {years} for such spells")
    low, middle, high = change.quantile([0.1, 0.5, 0.9])
    counts = {"spells": len(change), "fell": int((change < 0).sum())}
    windows = {"first": int(price.index[0]), "last": int(price.index[-1])}
    windows["windows"] = (windows["last"] - windows["first"]) // years
    return counts | windows | {"low": low, "middle": middle, "high": high}
