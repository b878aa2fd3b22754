"""The outside view beside a verdict: reference class, rate still needed, the two-point rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from lvliang.baseline.growth import average_growth
from lvliang.baseline.starting_point import SPAN
from lvliang.feasibility.comparable import Cities, comparable_spells
from lvliang.feasibility.fields import Part
from lvliang.feasibility.targets import Target
from lvliang.projection.outlook import Outlook, actual

RATES = ("growth", "mean_growth")  # types of targets that ask for growth a year
EUROSTAT = ((0.95, "on_track"), (0.60, "acceleration_needed"), (0.0, "limited_progress"))


@dataclass(frozen=True)
class ReferenceClass(Part):
    """Which earlier spells of the same length a target is held against, and how many.

    ``kind``: "alike" for spells of all cities that began alike, "province" for those of the
    cities of the province.
    """

    kind: str
    spells: int
    cities: int


@dataclass(frozen=True)
class EurostatBasis(Part):
    """Two years, and the growth between them (% a year) at current prices.

    Also where the target is one of real growth: such trackers take the levels that are published.
    """

    first: int
    last: int
    rate: float | None


def reference(target: Target, outlook: Outlook, cities: Cities | None) -> dict[str, Any]:
    """What stands beside the probability of a growth target, by field of its verdict."""
    if target.type not in RATES:
        return {}
    years = target.last_year - target.first_year + 1
    rate = _nominal_average(target, outlook)
    return {
        "rate_needed": target.value,
        **_outside_view(target, outlook, cities, years),
        "eurostat_status": eurostat_status(rate, target.value),
        "eurostat_basis": EurostatBasis(outlook.base_year - SPAN, outlook.base_year, rate),
    }


def eurostat_status(actual_rate: float | None, required_rate: float) -> str | None:
    """Actual over required average growth: the rule of trackers that extrapolate two points.

    Examples
    --------
    >>> eurostat_status(9.98, 8.0), eurostat_status(5.4, 8.0), eurostat_status(-1.0, 8.0)
    ('on_track', 'acceleration_needed', 'deterioration')
    """
    if actual_rate is None or required_rate <= 0:
        return None
    ratio = actual_rate / required_rate
    return next((status for bound, status in EUROSTAT if ratio >= bound), "deterioration")


def _nominal_average(target: Target, outlook: Outlook) -> float | None:
    """Average growth of the level at current prices over the last five years, two points."""
    levels = {"gdp_real_growth": "gdp_nominal", "budget_revenue_growth": "budget_revenue"}
    series = actual(outlook, levels[target.indicator])
    first = outlook.base_year - SPAN
    if first not in series.index or outlook.base_year not in series.index:
        return None
    return float(average_growth(series[first], series[outlook.base_year], SPAN))


def _outside_view(
    target: Target, outlook: Outlook, cities: Cities | None, years: int
) -> dict[str, Any]:
    spells = None
    if cities is not None and target.indicator == "gdp_real_growth":
        spells = comparable_spells(cities, outlook.region.code, years)
    kind = "province" if spells is None else "alike"
    if spells is None:
        spells = _spells_of_province(target, outlook, years)
    if spells.empty:
        return {}
    return {
        "reference_percentile": 100 * float((spells["growth"] < target.value).mean()),
        "reference_class": ReferenceClass(kind, len(spells), spells["region"].nunique()),
    }


def _spells_of_province(target: Target, outlook: Outlook, years: int) -> pd.DataFrame:
    """Average growth (% a year) of every spell of ``years`` years: ``region, growth``."""
    name = {"gdp_real_growth": "gdp_real", "budget_revenue_growth": "budget_revenue"}
    levels = outlook.levels.xs(name[target.indicator], axis=1, level="series")
    growth = 100 * ((levels / levels.shift(years)) ** (1 / years) - 1)
    return growth.melt(var_name="region", value_name="growth").dropna()
