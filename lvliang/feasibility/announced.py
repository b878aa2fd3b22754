"""How often cities met the growth targets they announced: an outside view on a growth target.

Targets of 208 cities, each held against growth as first published, which is what a target is
settled on. *Met*: growth at least the target as printed. Cells that are flagged, of the target or
of growth, are left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from lvliang.baseline.growth import mean_of_rates
from lvliang.baseline.history import series
from lvliang.baseline.package import has_tables
from lvliang.baseline.tables import as_of, load_observations, load_table
from lvliang.feasibility.fields import Part
from lvliang.feasibility.targets import Target

CITIES = "city_growth_targets"
PROVINCES = ("provincial_growth_targets", "provincial_targets_press")
GROWTH = "real_growth_first_published"
OWN_GROWTH = (GROWTH, "shanxi_real_growth", "gdp_revised")  # of a city, the first that has it
CELL = ["year", "region_code"]
# Points by which a target stands above the growth of the year before.
AMBITION = [float("-inf"), -2.0, -1.0, 0.0, 1.0, 2.0, float("inf")]
SPAN, FEWEST = 5, 4  # years of the five-year view, and of them with a target and a figure


@dataclass(frozen=True)
class MetTargets(Part):
    """The ``share`` (0 to 1) of announced targets of ``first_year`` to ``last_year`` that was met.

    ``kind``: ``alike``, of ``count`` targets from ``low`` to below ``high`` points above growth of
    the year before (missing: without end); or ``years``, of ``count`` cities, means against means.
    """

    kind: str
    count: int
    share: float
    first_year: int
    last_year: int
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Announced:
    """`announced_targets`, and ``growth`` of a city by year as known (%, constant prices)."""

    targets: pd.DataFrame
    growth: pd.Series

    def like(self, target: Target) -> MetTargets | None:
        """How often targets like one of real growth were met; None where none is like it."""
        if target.last_year > target.first_year:
            return met_over_years(self.targets, _ends(self.targets)[1])
        before = self.growth.get(target.first_year - 1)
        return None if before is None else met_as_ambitious(self.targets, target.value - before)


def load_announced(region_code: str, origin: int) -> Announced | None:
    """What is known at ``origin``; growth as first published, else as revised."""
    targets = announced_targets(origin)
    if targets.empty:
        return None
    known = as_of(load_observations(OWN_GROWTH), origin)
    growth = series(known, "gdp_real_growth", ["first_published", "revised"])
    return Announced(targets, growth.get(region_code, pd.Series(dtype=float)).dropna())


def announced_targets(origin: int) -> pd.DataFrame:
    """Targets announced by ``origin`` whose year is over, and what came.

    Returns
    -------
    pandas.DataFrame
        Index (``year``, ``region_code``); ``target`` and ``growth`` (% a year, constant prices,
        first published), ``gap`` (growth less target, points), ``met``, ``ambition`` (target less
        growth of the year before, points) and ``above_province`` (target less the province's of
        the same year, points), missing where it is not known; empty without the panel.
    """
    if not has_tables(CITIES, GROWTH):
        columns = ["target", "growth", "gap", "met", "ambition", "above_province"]
        cells = pd.MultiIndex.from_arrays([[], []], names=CELL)
        return pd.DataFrame(columns=columns, index=cells, dtype=float)
    known = as_of(load_observations([GROWTH]), origin)
    growth = series(known, "gdp_real_growth", ["first_published"]).T.unstack()
    table = pd.DataFrame({"target": _by_cell([CITIES], origin), "growth": growth}).dropna()
    year, code = (table.index.get_level_values(name) for name in CELL)
    before = growth.reindex(pd.MultiIndex.from_arrays([year - 1, code]))
    province = pd.MultiIndex.from_arrays([year, code.str[:2] + "0000"])
    return table.assign(
        gap=table["growth"] - table["target"],
        met=table["growth"] >= table["target"],
        ambition=table["target"] - before.to_numpy(),
        above_province=table["target"] - _by_cell(PROVINCES, origin).reindex(province).to_numpy(),
    )


def met_by_year(targets: pd.DataFrame) -> pd.DataFrame:
    """By year: ``cities``, ``share`` that met (0 to 1), ``q10, q50, q90`` of the gap (points)."""
    return _shares(targets, _years(targets))


def met_in_turn(targets: pd.DataFrame) -> pd.DataFrame:
    """As `met_by_year`, of runs of years in which most cities met, or not: ``first, last`` year."""
    most = met_by_year(targets)["share"] > 0.5
    runs = most.ne(most.shift()).cumsum()
    ends = runs.index.to_series().groupby(runs).agg(first="min", last="max")
    return _shares(targets, _years(targets).map(runs)).join(ends)


def met_by_ambition(targets: pd.DataFrame, measure: str = "ambition") -> pd.DataFrame:
    """As `met_by_year`, by class of ``ambition`` or ``above_province`` (points, ``AMBITION``).

    Besides ``low`` and ``high``, the ends of the class, missing where it has none.
    """
    known = targets.dropna(subset=measure)
    shares = _shares(known, pd.cut(known[measure].round(6), AMBITION, right=False))
    ends = [(place.left, place.right) for place in shares.index]
    sides = pd.DataFrame(ends, shares.index, ["low", "high"])
    return shares.join(sides.replace([-np.inf, np.inf], np.nan))


def met_as_ambitious(targets: pd.DataFrame, ambition: float) -> MetTargets | None:
    """Targets of the same class of ``ambition``; None if there are none."""
    classes = met_by_ambition(targets)
    for alike in classes[[round(ambition, 6) in place for place in classes.index]].itertuples():
        found = int(alike.cities), float(alike.share), *_ends(targets)
        ends = (None if pd.isna(end) else float(end) for end in (alike.low, alike.high))
        return MetTargets("alike", *found, *ends)
    return None


def met_over_years(targets: pd.DataFrame, last_year: int) -> MetTargets | None:
    """Cities with ``FEWEST`` of the ``SPAN`` years to ``last_year``; None if there are none."""
    year = _years(targets)
    span = targets[(year > last_year - SPAN) & (year <= last_year)]
    cities = span.groupby("region_code")
    means = cities[["target", "growth"]].agg(mean_of_rates)[cities.size() >= FEWEST]
    if means.empty:
        return None
    share = float((means["growth"] >= means["target"]).mean())
    return MetTargets("years", len(means), share, *_ends(span))


def _years(targets: pd.DataFrame) -> pd.Index:
    return targets.index.get_level_values("year")


def _ends(targets: pd.DataFrame) -> tuple[int, int]:
    return int(_years(targets).min()), int(_years(targets).max())


def _by_cell(names: Sequence[str], origin: int) -> pd.Series:
    """Annual targets as reported (%), by ``CELL``."""
    rows = as_of(pd.concat(map(load_table, names), ignore_index=True), origin)
    rows = rows[(rows["kind"] == "annual_target") & (rows["status"] == "reported")]
    rows = rows.rename(columns={"first_year": "year"}).drop_duplicates(CELL, keep="last")
    return rows.set_index(CELL)["low_pct"]


def _shares(targets: pd.DataFrame, by: object) -> pd.DataFrame:
    grouped = targets.groupby(by, observed=True)
    gap = grouped["gap"]
    gaps = {"q10": gap.quantile(0.1), "q50": gap.median(), "q90": gap.quantile(0.9)}
    return pd.DataFrame({"cities": grouped.size(), "share": grouped["met"].mean(), **gaps})
