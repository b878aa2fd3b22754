"""Industry targets: what must be true for them to stand, where no series can settle them.

The report names a level and a deadline and, but for one target, no base. So nothing is judged: the
growth that each possible base would ask for is held against growth that is known, and the other way
round: indicative, as output value is not the value added of `known_growth`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from lvliang.baseline.growth import average_growth, level_after
from lvliang.baseline.history import APART
from lvliang.baseline.tables import as_of, load_table
from lvliang.errors import DataError
from lvliang.feasibility.commitments import counts_by_outcome, judge_commitments
from lvliang.feasibility.known_growth import (
    LEVELS,
    MEDIAN,
    REFERENCES,
    SECTOR_TABLES,
    describe_known,
    known_growth,
    load_secondary_growth,
    slower_spells,
    standing,
)
from lvliang.feasibility.targets import load_targets
from lvliang.feasibility.verdicts import Verdict, Verdicts

TABLES = ("report_baseline", *SECTOR_TABLES, "commodities")
SHARES = (30, 40, 50, 60, 70, 80, 90, 95)  # base as % of the target
HALF = 50  # that sentences speak of
OF_A_CURVE = range(28, 101)
LEVEL = ["kind", "value", "unit", "deadline", "years"]
COLUMNS = [
    "commitment_id", "indicator_zh", "indicator_en", "kind", "value", "unit", "base_value",
    "base_year", "deadline_from", "deadline_to", "outcome", "quote", "assumed", "reading_zh",
    "reading_en",
]  # fmt: skip
OF_PRICES = ["indicator", "spells", "fell", "first", "last", "windows", "low", "middle", "high"]


@dataclass(frozen=True)
class Industries:
    """What `load_industries` finds of a region at ``base_year``.

    ``targets`` (`industry_targets`), ``deadlines`` (`by_deadline`), ``known`` (`known_growth`:
    spells as long as each target at current prices has), ``own`` (`standing`), ``risk``
    (`price_risk`).
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
        """`break_even` on `SHARES`."""
        return break_even(self.deadlines, self.known)

    @cached_property
    def curves(self) -> pd.DataFrame:
        """`break_even` of targets at current prices that fall due in ``year``."""
        wanted = (self.deadlines["kind"] == "money") & (self.deadlines["deadline"] == self.year)
        return break_even(self.deadlines[wanted], self.known, OF_A_CURVE)

    @cached_property
    def bases(self) -> pd.DataFrame:
        """`bases_needed` at `LEVELS`."""
        return bases_needed(self.deadlines, self.known)


def load_industries(region_code: str, base_year: int) -> Industries:
    """All there is on the industry targets of a region, as known at ``base_year``."""
    targets = industry_targets(region_code, base_year)
    deadlines = by_deadline(targets, base_year)
    spans = set(deadlines.loc[deadlines["kind"] == "money", "years"])
    cities = load_secondary_growth(base_year)
    return Industries(
        base_year,
        targets,
        deadlines,
        known_growth(cities, region_code, spans),
        standing(cities, region_code),
        price_risk(deadlines, base_year),
    )


def industry_targets(region_code: str, base_year: int) -> pd.DataFrame:
    """Levels that the whole prefecture is to reach or hold, beyond the work of a single year.

    Chosen by columns of ``commitments.csv``: a level or a capacity with a figure, of the whole
    prefecture, that has an end test, and either a deadline after the coming year or a base.
    `COLUMNS`, in the order of the report; ``kind`` is ``verify`` (definition first), ``hold``,
    ``money`` (at current prices), ``capacity`` or ``quantity``; deadlines are years, as numbers.
    """
    targets = load_targets(region_code, base_year, base_year)
    unjudged = Verdicts(Verdict(target) for target in targets)
    table = judge_commitments(unjudged, base_year, base_year)
    for end in ("deadline_from", "deadline_to"):
        table[end] = pd.to_numeric(table[end].str[:4])
    level = table["type"].isin(["level", "capacity"]) & table["value"].notna()
    tested = ~table["outcome"].isin(["milestone", "no_end_test"]) & table["deadline_to"].notna()
    grows = (table["deadline_to"] > base_year + 1) | table["base_value"].notna()
    chosen = table[level & tested & grows & (table["scope"] == "全市")]
    kinds = {
        "verify": chosen["outcome"] == "verify_definition",
        "hold": chosen["stage"] == "保持",
        "capacity": chosen["type"] == "capacity",
        "money": chosen["unit"] == "亿元",
    }
    kind = np.select(list(kinds.values()), list(kinds), "quantity")
    return chosen.assign(kind=kind)[COLUMNS].reset_index(drop=True)


def by_deadline(targets: pd.DataFrame, base_year: int) -> pd.DataFrame:
    """One row a target and a year in which it may fall due.

    ``commitment_id, kind, value, unit, base_value, deadline``; ``years`` to it from its base, or
    from ``base_year``; ``needed``: growth a year (%) to it, missing without a base.
    """
    ends = targets[["deadline_from", "deadline_to"]].astype(int)
    due = [range(first, last + 1) for first, last in ends.itertuples(index=False)]
    rows = targets.assign(deadline=due).explode("deadline", ignore_index=True)
    rows["deadline"] = rows["deadline"].astype(int)
    rows["years"] = rows["deadline"] - rows["base_year"].fillna(base_year).astype(int)
    rows["needed"] = [
        float(average_growth(row.base_value, row.value, row.years)) for row in rows.itertuples()
    ]
    return rows[["commitment_id", *LEVEL[:3], "base_value", "deadline", "years", "needed"]]


def break_even(
    deadlines: pd.DataFrame, known: pd.DataFrame, shares: Sequence[int] = SHARES
) -> pd.DataFrame:
    """Growth that each possible base asks for: one row a level, a deadline and a base.

    ``growth = (value / base) ** (1 / years) - 1``. Left out: targets with a base, targets to be
    held, and those whose definition comes first. `LEVEL`; ``share`` (base as % of the target),
    ``base`` (in the unit of the target), ``growth`` (% a year), ``all`` and ``alike``:
    `slower_spells`, of targets at current prices alone.
    """
    open_ = deadlines["needed"].isna() & ~deadlines["kind"].isin(["hold", "verify"])
    table = _levels(deadlines[open_]).merge(pd.DataFrame({"share": shares}), how="cross")
    growth = [average_growth(row.share, 100.0, row.years) for row in table.itertuples()]
    table = table.assign(base=table["value"] * table["share"] / 100, growth=growth)
    return table.join(_slower(table, known))


def bases_needed(
    deadlines: pd.DataFrame, known: pd.DataFrame, levels: Sequence[float] = LEVELS
) -> pd.DataFrame:
    """The inverse: the base that makes a target reachable at each percentile of known growth.

    ``base = value / (1 + growth / 100) ** years``, for targets at current prices. `LEVEL`;
    ``reference, level`` (0–1); ``growth``: that quantile of the spells (% a year); ``base``: in the
    unit of the target, of the base year.
    """
    money = _levels(deadlines[deadlines["kind"] == "money"])
    rows = [
        {**row, "reference": name, "level": level, "growth": growth}
        for _, row in money.iterrows()
        for name, spells in known[known["years"] == row["years"]].groupby("reference", sort=False)
        for level, growth in spells["growth"].quantile(list(levels)).items()
    ]
    table = pd.DataFrame(rows, columns=[*LEVEL, "reference", "level", "growth"])
    return table.assign(base=table["value"] / level_after(1.0, table["growth"], table["years"]))


def price_risk(deadlines: pd.DataFrame, origin: int) -> pd.DataFrame:
    """What prices did over spells as long as a level at current prices is to be held.

    `LEVEL` to be held by `OF_PRICES` of a series of coal prices (US dollars a tonne):
    ``first, last`` year of the series, ``windows`` (spells that fit side by side), ``fell`` (those
    that ended below their start), ``low, middle, high`` (tenth, half and nine tenths of the
    changes, % over the whole spell); and ``base``: the level of the base year that, at constant
    volume, a change of ``low`` would bring down to the target. Raises `DataError` if a series is
    too short for the spells.
    """
    held = _levels(deadlines[deadlines["kind"] == "hold"])
    prices = as_of(load_table("commodities"), origin)
    coal = prices[prices["indicator"].str.startswith("coal_")]
    rows = [
        {**row, "indicator": name, **_price_spells(str(name), price, row["years"])}
        for _, row in held.iterrows()
        for name, price in coal.set_index("year").groupby("indicator")["value"]
    ]
    table = pd.DataFrame(rows, columns=[*LEVEL, *OF_PRICES])
    return table.assign(base=table["value"] / (1 + table["low"] / 100))


def _levels(deadlines: pd.DataFrame) -> pd.DataFrame:
    """Levels and deadlines, each once: targets that ask for the same share a row."""
    return deadlines[LEVEL].drop_duplicates().reset_index(drop=True)


def _slower(rows: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """`slower_spells` of the ``growth`` of rows at current prices."""
    money = rows[rows["kind"] == "money"]
    slower = [slower_spells(known, row.years, row.growth) for row in money.itertuples()]
    return pd.DataFrame(slower, money.index, list(REFERENCES))


def _price_spells(name: str, price: pd.Series, years: int) -> dict[str, float]:
    change = 100 * (price.shift(-years) / price - 1).dropna()
    if change.empty:
        raise DataError(f"{name}: {len(price)} years; legal: more than {years} for such spells")
    first, last = int(price.index[0]), int(price.index[-1])
    counts = {"spells": len(change), "fell": int((change < 0).sum()), "first": first, "last": last}
    low, middle, high = change.quantile([0.1, 0.5, 0.9])
    return counts | {"windows": (last - first) // years, "low": low, "middle": middle, "high": high}


def industry_facts(found: Industries) -> dict[str, Any]:
    """What the targets ask for, the inverse, and what both are held against.

    ``targets`` (`needs`), how many have each of the ``outcomes`` and how many are ``based``; in the
    ``year`` of most ``half`` (a row of the ladder) and `_curves`; by deadline ``ladder`` (growth by
    share of the target), ``held`` and ``bases`` (`by_target`); targets ``read_each`` (a list a
    sentence of the report), ``uncompared``, ``unverified``; `standing`, `_known` and `_prices`.
    """
    targets, ladder, bases = found.targets, found.ladder, found.bases
    half = (ladder["share"] == HALF) & (ladder["deadline"] == found.year)
    money = ladder[ladder["all"].notna()]
    told = ["growth", *REFERENCES]
    each = targets[targets["assumed"] == "each"].groupby("quote", sort=False)
    return {
        "year": found.year,
        "targets": needs(found),
        "outcomes": counts_by_outcome(targets),
        "based": int(targets["base_value"].notna().sum()),
        "half": _first(ladder[half & (ladder["kind"] == "money")]),
        "ladder": ladder.drop_duplicates(["share", "deadline"])
        .pivot(index="share", columns="deadline", values="growth")
        .reset_index(),
        "held": [
            {"deadline": year, "years": rows["years"].iloc[0], "rows": by_target(rows, told)}
            for year, rows in money.groupby("deadline")
        ],
        "bases": [
            {"deadline": year, "rows": by_target(rows, [], "reference", "level", "growth")}
            for year, rows in bases.groupby("deadline")
        ],
        "read_each": [_rows(rows) for _, rows in each],
        "uncompared": _rows(targets[targets["kind"].isin(["capacity", "quantity"])]),
        "unverified": _rows(targets[targets["kind"] == "verify"]),
        "own": found.own,
        "apart": APART,
        **_curves(found, bases[bases["deadline"] == found.year]),
        **_known(found),
        **_prices(found),
    }


def needs(found: Industries) -> list[dict[Any, Any]]:
    """Rows of the targets, each with its ``growths`` and, where it is to be held, the ``worst``.

    ``growths``: ``deadline, years, growth`` (% a year from the base, or from ``half`` of the
    target) and, from a base that is stated, `slower_spells`; ``worst``: the row of largest
    `price_risk`.
    """
    same = ["kind", "value", "unit", "deadline"]
    half = found.ladder.loc[found.ladder["share"] == HALF, [*same, "base", "growth"]]
    rows = found.deadlines.merge(half.rename(columns={"base": "half"}), how="left", on=same)
    rows["growth"] = rows["needed"].fillna(rows["growth"])
    rows = rows.join(_slower(rows[rows["needed"].notna()], found.known))
    growths = {name: _rows(group) for name, group in rows.groupby("commitment_id")}
    worst = {row["value"]: row for row in _rows(found.risk.sort_values("base"))}
    targets = found.targets.astype({"deadline_from": int, "deadline_to": int}).assign(
        growths=found.targets["commitment_id"].map(growths),
        worst=found.targets["value"].map(worst),
    )
    return _rows(targets)


def by_target(rows: pd.DataFrame, told: list[str], *keys: str) -> pd.DataFrame:
    """Bases by ``keys`` (else ``share``) and target, largest first; what is ``told`` beside."""
    index = list(keys) or ["share"]
    bases = rows.pivot(index=index, columns="value", values="base").iloc[:, ::-1]
    beside = rows.drop_duplicates(index).set_index(index)[told].dropna(axis=1)
    return bases.reindex(beside.index).join(beside).reset_index()


def _curves(found: Industries, bases: pd.DataFrame) -> dict[str, Any]:
    """``curves`` from ``years`` before, and the bases beside.

    ``curve_ends``: of each target the row of its lowest and of its highest base; the ``largest``
    base at the median of all; the ``past``: ``low, median, high`` growth and years from ``first``
    to ``last``; empty without spells.
    """
    curves, middle = found.curves, bases[bases["level"] == MEDIAN]
    years = next(iter(curves["years"]), None)
    every = bases[bases["reference"] == "all"]
    growth = every.drop_duplicates("level").set_index("level")["growth"]
    spells = found.known[found.known["years"] == years]
    past = {}
    if len(growth):
        ends = {"low": LEVELS[0], "median": MEDIAN, "high": LEVELS[-1]}
        past = {name: growth[level] for name, level in ends.items()}
        past |= {"first": spells["start"].min(), "last": spells["start"].max() + years}
    groups = [_rows(line) for _, line in curves.groupby("value")]
    largest = every[every["level"] == MEDIAN].sort_values("value", ascending=False)
    return {
        "curves": curves,
        "years": years,
        "curve_ends": [(line[0], line[-1]) for line in groups],
        "curve_table": by_target(curves[curves["share"].isin(SHARES)], ["growth"]),
        "bases_at_year": bases,
        "largest": _first(largest),
        "medians": [
            {"reference": name, "growth": rows["growth"].iloc[0], "bases": _rows(rows)}
            for name, rows in middle.groupby("reference", sort=False)
        ],
        "past": past,
    }


def _known(found: Industries) -> dict[str, Any]:
    """Spells ``known``, and those ``behind`` the curves: are they of ``few`` start years?"""
    known = describe_known(found.known)
    behind = [row for row in _rows(known) if row["years"] in set(found.curves["years"])]
    columns = ["years", "reference", "spells", "cities", "starts", *LEVELS]
    return {
        "known": known.reindex(columns=columns),
        "behind": [row | {"few": 2 * len(row["crowded"]) < row["starts"]} for row in behind],
    }


def _prices(found: Industries) -> dict[str, Any]:
    """Changes of coal ``prices`` by target, and the first target to ``hold``; None without one."""
    risk = found.risk.assign(fell_share=100 * found.risk["fell"] / found.risk["spells"])
    prices = [_rows(rows) for _, rows in risk.groupby(["value", "years"])]
    held = _first(found.targets[found.targets["kind"] == "hold"])
    windows = {"windows": risk["windows"].min()}
    return {
        "prices": [rows[0] | {"rows": rows} for rows in prices],
        "hold": held and held | _rows(risk)[0] | windows,
    }


def _rows(frame: pd.DataFrame) -> list[dict[Any, Any]]:
    return frame.to_dict("records")


def _first(frame: pd.DataFrame) -> dict[Any, Any] | None:
    return next(iter(_rows(frame)), None)
