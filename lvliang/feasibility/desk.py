"""What the one page for the desk shows beside the verdicts: outcomes expected, and triggers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from lvliang.baseline.growth import from_log
from lvliang.baseline.history import OBSERVED_VINTAGES
from lvliang.feasibility.comparison import LEVELS
from lvliang.feasibility.drivers import BASES, national_error, price_that_undoes
from lvliang.feasibility.targets import Target
from lvliang.feasibility.verdicts import missing, outcomes
from lvliang.projection.national import forecast_factor
from lvliang.projection.outlook import Outlook, actual, mean_growth
from lvliang.projection.panel import load_panel
from lvliang.projection.sensitivity import commodity_growth

MAIN_LEVELS = ("gdp_nominal", "budget_revenue")
GROWTH = "_growth"
RARE = 0.25  # share of past years with a fall at least as large


@dataclass(frozen=True)
class Triggers:
    """Moves from which the verdicts are to be looked at again.

    ``coal``: fall of the coal price in a year that one of four past years saw (%; NaN without
    prices); ``cities``: mean growth of cities over the run, as expected, less the error of past
    forecasts (%; NaN without one); ``undone_low, undone_high``: price rise of the rest of industry
    that undoes a rise of the share of manufacturing by ``points`` over the possible bases (%; NaN
    without the target).
    """

    coal: float
    cities: float
    points: float
    undone_low: float
    undone_high: float


def expected(
    targets: Sequence[Target], outlook: Outlook, gaps: pd.Series | None = None
) -> pd.DataFrame:
    """Outcomes of the targets that can be told, and what the year before was.

    Returns
    -------
    pandas.DataFrame
        Index target_id: ``last`` (the base year's figure in the unit of the target; missing where
        there is none) and ``q10, q50, q90`` of the outcomes over the draws.
    """
    rows = {}
    for target in targets:
        untold = missing(target, outlook)
        drawn = np.full(1, np.nan) if untold else outcomes(target, outlook, gaps)
        ends = {name: float(np.quantile(drawn, level)) for name, level in LEVELS.items()}
        rows[target.target_id] = {"last": _last(target.indicator, outlook)} | ends
    return pd.DataFrame.from_dict(rows, orient="index", columns=["last", *LEVELS])


def ahead(outlook: Outlook) -> pd.DataFrame:
    """What is drawn of the city's main indicators, whether it has targets or not.

    Returns
    -------
    pandas.DataFrame
        Index ``gdp_real_growth`` (a year on average, %) and `MAIN_LEVELS` (of the last year, 亿元,
        current prices); columns ``q10, q50, q90`` over the draws, missing where nothing is drawn.
    """
    last = outlook.own_paths.isel(year=-1)
    drawn = {"gdp_real_growth": mean_growth(outlook, "gdp_real_growth")}
    drawn |= {name: last.sel(indicator=name) for name in MAIN_LEVELS}
    ends = {
        name: np.quantile(values, list(LEVELS.values()))
        for name, values in drawn.items()
        if not np.isnan(values).any()
    }
    return pd.DataFrame.from_dict(ends, orient="index", columns=list(LEVELS)).reindex(drawn)


def triggers(targets: Sequence[Target], outlook: Outlook, data: Path | None = None) -> Triggers:
    """The moves from which this run's verdicts are to be looked at again."""
    growth = commodity_growth(outlook.base_year, data=data)
    coal = float(from_log(growth.quantile(RARE))) if len(growth) else np.nan
    years = outlook.paths.sizes["year"]
    error = national_error(outlook.base_year, years, data)
    cities = np.nan
    if error is not None:
        panel = load_panel(outlook.base_year, data)
        cities = float(forecast_factor(panel, years).mean()) - error
    asked = [t.value for t in targets if t.indicator == "manufacturing_share_change"]
    points = asked[0] if asked else np.nan
    undone = [price_that_undoes(base + points, points) for base in BASES]
    return Triggers(coal, cities, points, min(undone), max(undone))


def _last(indicator: str, outlook: Outlook) -> float:
    """The base year's figure, growth of a level where the level alone is known."""
    level = indicator.removesuffix(GROWTH)
    if indicator in OBSERVED_VINTAGES:
        known = actual(outlook, indicator)
    elif level in OBSERVED_VINTAGES:
        values = actual(outlook, level)
        known = 100 * (values / values.shift() - 1)[values.index.to_series().diff() == 1]
    else:
        return np.nan
    return float(known.get(outlook.base_year, np.nan))
