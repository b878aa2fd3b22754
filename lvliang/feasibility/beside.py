"""What stands beside a verdict, or in place of one: even bets, reference class, two-point rule."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from lvliang.baseline.growth import average_growth, from_log, to_log
from lvliang.baseline.history import REAL, unbroken_growth
from lvliang.baseline.starting_point import SPAN
from lvliang.feasibility.comparable import Cities, comparable_spells
from lvliang.feasibility.fields import Part
from lvliang.feasibility.outcomes import Known, rate_needed, years_ahead
from lvliang.feasibility.targets import RATES, Target
from lvliang.projection.outlook import Outlook, actual

EUROSTAT = ((0.95, "on_track"), (0.60, "acceleration_needed"), (0.0, "limited_progress"))


@dataclass(frozen=True)
class ReferenceClass(Part):
    """Which earlier spells of the same length a target is held against, and how many.

    ``kind``: those of all cities that began ``alike``, or of the cities of the ``province``.
    """

    kind: str
    spells: int
    cities: int


@dataclass(frozen=True)
class EurostatBasis(Part):
    """Growth of the level between two years (% a year, current prices), of real targets too."""

    first: int
    last: int
    rate: float | None


@dataclass(frozen=True)
class EvenBet(Part):
    """Values, in the unit of the target, with a chance of one half and of nine in ten."""

    kind: str = field(default="value", init=False)
    even: float
    nine_in_ten: float


@dataclass(frozen=True)
class BeyondGdp(Part):
    """How a target that cannot be told compares with the cash economy as drawn.

    By ``q10, q50, q90``: growth of ``gdp`` (% a year, current prices), ``points`` asked beyond it.
    """

    kind: str = field(default="beyond_gdp", init=False)
    gdp: dict[str, float]
    points: dict[str, float]


def even_bet(target: Target, drawn: np.ndarray) -> EvenBet | None:
    """What the draws reach so often; None for a rank, which jumps past such chances."""
    if target.type == "rank":
        return None
    surer = 0.9 if target.operator == "<=" else 0.1
    even, nine_in_ten = np.quantile(drawn, [0.5, surer])
    return EvenBet(float(even), float(nine_in_ten))


def what_it_takes(target: Target, outlook: Outlook) -> BeyondGdp | None:
    """What a growth target at current prices asks beyond GDP as drawn; None for any other."""
    if target.type != "growth" or target.price_basis != "current":
        return None
    span = slice(target.first_year, target.last_year)
    growth = outlook.own_paths.sel(indicator="gdp_nominal_growth", year=span)
    if growth.sizes["year"] != target.last_year - target.first_year + 1 or growth.isnull().any():
        return None
    nominal = from_log(to_log(growth).mean("year")).to_numpy()
    levels = {"q10": 0.1, "q50": 0.5, "q90": 0.9}
    grown = {name: float(np.quantile(nominal, level)) for name, level in levels.items()}
    return BeyondGdp(grown, {name: target.value - rate for name, rate in grown.items()})


def reference(target: Target, outlook: Outlook, cities: Cities | None) -> dict[str, Any]:
    """What stands beside the probability of a growth target, by field of its verdict."""
    if target.type not in RATES:
        return {}
    rate = _nominal_average(target, outlook)
    needed = rate_needed(target, Known(outlook.region, outlook.base_year))
    found: dict[str, Any] = {
        "rate_needed": needed,
        "eurostat_status": eurostat_status(rate, target.value),
        "eurostat_basis": EurostatBasis(outlook.base_year - SPAN, outlook.base_year, rate),
    }
    kind, spells = _earlier_spells(target, outlook, cities)
    if len(spells) and needed is not None:
        slower = float((spells["growth"] < needed).mean())
        found["reference_percentile"] = 100 * slower
        found["reference_class"] = ReferenceClass(kind, len(spells), spells["region"].nunique())
    return found


def eurostat_status(actual_rate: float | None, required_rate: float) -> str | None:
    """Actual over required average growth: the rule of trackers that extrapolate two points.

    >>> eurostat_status(9.98, 8.0), eurostat_status(5.4, 8.0), eurostat_status(-1.0, 8.0)
    ('on_track', 'acceleration_needed', 'deterioration')
    """
    if actual_rate is None or required_rate <= 0:
        return None
    ratio = actual_rate / required_rate
    return next((status for bound, status in EUROSTAT if ratio >= bound), "deterioration")


def _nominal_average(target: Target, outlook: Outlook) -> float | None:
    """Average growth of the level at current prices over the last five years, two points."""
    levels = actual(outlook, "gdp_nominal" if target.model == REAL else target.series)
    first, last = levels.reindex([outlook.base_year - SPAN, outlook.base_year])
    return None if pd.isna([first, last]).any() else float(average_growth(first, last, SPAN))


def _earlier_spells(
    target: Target, outlook: Outlook, cities: Cities | None
) -> tuple[str, pd.DataFrame]:
    """Which spells as long as what remains of a target: kind, and ``region, growth`` (% a year)."""
    years = years_ahead(target, outlook.base_year)
    if cities is not None and target.model == REAL:
        alike = comparable_spells(cities, outlook.region.code, years)
        if alike is not None:
            return "alike", alike
    levels = outlook.levels.xs(target.column, axis=1, level="series", drop_level=False)
    growth = unbroken_growth(levels, years).droplevel("series", axis=1)
    return "province", growth.melt(var_name="region", value_name="growth").dropna()
