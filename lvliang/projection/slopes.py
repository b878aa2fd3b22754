"""Slopes of cities on what all of them share in a year, with errors that count years.

A year is one observation of the coal price however many cities there are. The usual errors
clustered by year are too small with eighteen years or nine: intervals meant to hold 90 % held 85
and 79 % of known truths. Those of the jackknife that leaves out one year at a time, with two
degrees of freedom less than years, held 90 and 89 % (``docs/decisions/scenarios.md``).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

Array = npt.NDArray[np.float64]
MINIMUM_YEARS = 6
CONFIDENCE = 0.90
SWEEPS = 3  # of means of cities and years, which panels with few gaps settle in two


def estimate(
    outcome: pd.DataFrame, regressor: pd.Series | pd.DataFrame, *, year_effects: bool = False
) -> dict[str, Any] | None:
    """Slope of the outcome on the regressor within cities, clustered by year.

    ``outcome[year, city] = mean of the city (+ mean of the year) + slope * regressor + error``

    Parameters
    ----------
    outcome : pandas.DataFrame
        Year by city.
    regressor : pandas.Series or pandas.DataFrame
        By year, or year by city.

    Returns
    -------
    dict or None
        ``estimate``, ``error`` (standard error, of estimates without one year each), ``low``,
        ``high`` (90 % interval, t with years less two degrees of freedom), ``r2`` (within
        cities), ``years``, ``cities``, ``first_year``, ``last_year``; None with fewer than
        `MINIMUM_YEARS` years.

    Examples
    --------
    >>> years, rng = range(2000, 2030), np.random.default_rng(1)
    >>> coal = pd.Series(rng.normal(0, 0.3, 30), years)
    >>> noise = rng.normal(0, 0.01, (30, 5))
    >>> found = estimate(pd.DataFrame(0.2 * coal.to_numpy()[:, None] + noise, years), coal)
    >>> round(found["estimate"], 2), found["years"], found["cities"]
    (0.2, 30, 5)
    """
    if isinstance(regressor, pd.Series):
        regressor = pd.DataFrame(dict.fromkeys(outcome, regressor))
    regressor = regressor.reindex_like(outcome)
    both = outcome.notna() & regressor.notna()
    both = both[both.any(axis=1)]
    years = both.index
    if len(years) < MINIMUM_YEARS:
        return None
    y, x = (table.loc[years].where(both).to_numpy(float) for table in (outcome, regressor))
    slope, r2 = _slope(y, x, year_effects)
    every = np.arange(len(years))
    without = [_slope(y[every != out], x[every != out], year_effects)[0] for out in every]
    squares = float(((np.array(without) - slope) ** 2).sum())
    error = float(np.sqrt((len(years) - 1) / len(years) * squares))
    low, high = stats.t.interval(CONFIDENCE, degrees_of_freedom(len(years)), slope, error)
    return {
        "estimate": slope,
        "error": error,
        "low": float(low),
        "high": float(high),
        "r2": r2,
        "years": len(years),
        "cities": int(both.any().sum()),
        "first_year": int(years.min()),
        "last_year": int(years.max()),
    }


def degrees_of_freedom(years: int) -> int:
    """Of a slope on what all cities share in a year: its years less level and slope."""
    return years - 2


def _slope(y: Array, x: Array, year_effects: bool) -> tuple[float, float]:
    """Least squares slope within cities (and years), and the share of variance explained."""
    seen = np.isfinite(y).any(axis=0)  # without a year a city may have none
    y, x = y[:, seen], x[:, seen]
    for _ in range(SWEEPS if year_effects else 0):
        y, x = (table - np.nanmean(table, axis=0) for table in (y, x))
        y, x = (table - np.nanmean(table, axis=1, keepdims=True) for table in (y, x))
    y, x = (table - np.nanmean(table, axis=0) for table in (y, x))
    slope = float(np.nansum(x * y) / np.nansum(x**2))
    left = float(np.nansum((y - slope * x) ** 2))
    return slope, 1 - left / float(np.nansum(y**2))


def describe(
    outcome: pd.DataFrame, regressor: pd.Series | pd.DataFrame, *, year_effects: bool = False
) -> dict[str, Any] | None:
    """An estimate over all years and over each half of them, and whether it is identified.

    Returns
    -------
    dict or None
        As from `estimate`, and ``first_low, first_high, second_low, second_high`` (missing where
        a half is too short) and ``identified``.
    """
    found = estimate(outcome, regressor, year_effects=year_effects)
    if found is None:
        return None
    span = outcome.loc[found["first_year"] : found["last_year"]].dropna(how="all")
    half = (len(span) + 1) // 2
    halves = {
        name: estimate(part, regressor, year_effects=year_effects)
        for name, part in (("first", span.iloc[:half]), ("second", span.iloc[half:]))
    }
    ends = {
        f"{name}_{end}": part[end] if part else np.nan
        for name, part in halves.items()
        for end in ("low", "high")
    }
    parts = [found, *halves.values()]
    above = all(part is not None and part["low"] > 0 for part in parts)
    below = all(part is not None and part["high"] < 0 for part in parts)
    return found | ends | {"identified": above or below}
