"""What the coal price moves: slopes within cities, with errors that count years.

A year is one observation of the coal price however many cities there are. The usual errors
clustered by year are too small with eighteen years or nine: intervals meant to hold 90 % held 85
and 79 % of known truths. Those of the jackknife that leaves out one year at a time, with two
degrees of freedom less than years, held 90 and 89 % (``docs/decisions/scenarios.md``). An effect
counts as identified where its interval leaves out zero over all years and over each half of
them, with one sign; no other moves a draw.

The price is that of Australian thermal coal in US dollars, the world's; the data hold no price of
the coking coal that Lvliang mines.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from lvliang.baseline.history import (
    SECTORS,
    census_years,
    growth_levels,
    load_history,
    secondary_share,
    series,
    vintages_of,
)
from lvliang.baseline.package import has_tables
from lvliang.baseline.regions import all_cities, cities_beside
from lvliang.baseline.store import stored
from lvliang.baseline.tables import as_of, load_table

COMMODITIES = "commodities"
COAL, COAL_BY_SHARE = "coal_australia_thermal", "coal_x_share"
OTHERS = ("coal_south_africa_thermal", "aluminium_lme", "iron_ore_62fe_cfr_china", "oil_brent")
OUTCOMES = ("gdp_deflator", "revenue_beyond_real", "budget_revenue", "gdp_real")
HELD_BACK, TRIED = 9, 5  # years before the origin that a trial does not fit, and those it tries
MINIMUM_YEARS = 6
CONFIDENCE = 0.90
SWEEPS = 3  # of means of cities and years, which panels with few gaps settle in two
COLUMNS = [
    "outcome", "regressor", "group", "estimate", "low", "high", "first_low", "first_high",
    "second_low", "second_high", "r2", "first_year", "last_year", "years", "cities", "identified",
]  # fmt: skip

Array = npt.NDArray[np.float64]
Found = dict[str, Any]


@dataclass(frozen=True)
class Exposure:
    """How prices in each city of a province answer the coal price.

    ``slope`` (region): log points of the deflator on one of coal. Standard errors: ``own_error``
    (region) of a city's distance from the province's mean, ``shared_error`` of that mean, t with
    ``freedom`` degrees.
    """

    slope: pd.Series
    own_error: pd.Series
    shared_error: float
    freedom: int


def commodity_growth(origin: int, name: str = COAL) -> pd.Series:
    """Log growth of a commodity's price by year, as known at ``origin``."""
    return np.log(commodity_price(origin, name)).diff().dropna()


def commodity_price(origin: int, name: str = COAL) -> pd.Series:
    """Price of a commodity by year (US dollars), as known at ``origin``; empty if not there."""
    if not has_tables(COMMODITIES):
        return pd.Series(dtype=float)
    known = as_of(load_table(COMMODITIES), origin)
    return known[known["indicator"] == name].set_index("year")["value"].sort_index()


def load_outcomes(codes: list[str], origin: int) -> dict[str, pd.DataFrame]:
    """Log growth (year by region) of each of `OUTCOMES`, none across a census.

    The deflator is of the revised vintage. ``revenue_beyond_real``: growth of revenue over that of
    the volume index; where its slope is that of the deflator, revenue keeps its share of GDP.
    """
    levels = growth_levels(load_history(codes, origin), codes, origin)
    nominal, real, revenue = (
        np.log(levels.xs(name, axis=1, level="series"))
        for name in ("gdp_nominal", "gdp_real", "budget_revenue")
    )
    tables = (nominal - real, revenue - real, revenue, real)
    history = load_history(_all(), origin)
    first = series(history, "gdp_nominal", vintages_of("gdp_nominal", level=True)[:1])
    census = census_years(first, series(history, "gdp_nominal", vintages_of("gdp_nominal")))
    return {
        name: table.diff().drop(index=census.index[census], errors="ignore")
        for name, table in zip(OUTCOMES, tables, strict=True)
    }


def _all() -> list[str]:
    return [city.code for city in all_cities()]


@stored
def load_sensitivities(region: str, origin: int) -> pd.DataFrame:
    """What moves with the coal price in the province of a city, and over all cities.

    `COLUMNS`. ``outcome``: of `OUTCOMES`; ``regressor``: a commodity, or ``coal_x_share`` (coal
    times the city's share of the secondary sector in the year before, net of what all cities share
    in a year); ``group``: ``province`` or ``all``. Slopes in log points. Empty without the panel.
    """
    coal, by_share = commodity_growth(origin), _coal_by_share(origin)
    groups = {"province": cities_beside(region), "all": _all()}
    growth = {name: load_outcomes(codes, origin) for name, codes in groups.items()}
    others = {other: commodity_growth(origin, other) for other in OTHERS}
    asked = [
        *(("province", name, COAL, coal) for name in OUTCOMES),
        *(("province", "gdp_deflator", other, price) for other, price in others.items()),
        *(("all", name, COAL, coal) for name in OUTCOMES),
        *(("all", name, COAL_BY_SHARE, by_share) for name in OUTCOMES),
    ]
    rows = []
    for group, name, regressor, moved in asked:
        net = regressor == COAL_BY_SHARE
        if found := describe(growth[group][name], moved, year_effects=net):
            rows.append({"outcome": name, "regressor": regressor, "group": group} | found)
    return pd.DataFrame(rows, columns=COLUMNS)


def _coal_by_share(origin: int) -> pd.DataFrame:
    """Growth of coal times the secondary share of the year before; empty without sectors."""
    if not has_tables(SECTORS):
        return pd.DataFrame()
    share = secondary_share(origin).shift()
    return share.mul(commodity_growth(origin), axis=0) / 100


@stored
def share_effect(origin: int) -> Found | None:
    """By how much the slope of prices on coal rises as the secondary share does from 0 to 1.

    As from `describe`, over all cities (log points); None where that is not identified.
    """
    deflator = load_outcomes(_all(), origin)["gdp_deflator"]
    found = describe(deflator, _coal_by_share(origin), year_effects=True)
    return found if found and found["identified"] else None


def trial(region: str, origin: int) -> pd.DataFrame:
    """Fits without the last years, tried on the years that follow them.

    ``outcome, year, coal`` (log growth), ``fitted`` (slope of the earlier years),
    ``actual, with_coal, without_coal`` (log growth, means over the province; the last the mean of
    the earlier years).
    """
    coal, last = commodity_growth(origin), origin - HELD_BACK
    rows = []
    for name, growth in load_outcomes(cities_beside(region), origin).items():
        early = growth.loc[:last]
        found = estimate(early, coal)
        if found is None:
            continue
        slope, usual = found["estimate"], early.mean()
        price = coal.reindex(early.dropna(how="all").index).mean()
        tried = growth.loc[last + 1 : last + TRIED].dropna(how="all")
        for year in tried.index.intersection(coal.index):
            actual = tried.loc[year].dropna()
            without = float(usual[actual.index].mean())
            fitted = without + slope * (coal[year] - price)
            rows.append([name, year, coal[year], slope, float(actual.mean()), fitted, without])
    columns = ["outcome", "year", "coal", "fitted", "actual", "with_coal", "without_coal"]
    return pd.DataFrame(rows, columns=columns)


@stored
def exposure(codes: list[str], origin: int) -> Exposure | None:
    """How prices in the cities of a province answer coal; None where that is not identified.

    A city's slope lies between its own and the province's, the nearer to its own the more cities
    differ beyond their errors (moments of the slopes' distances from the province).
    """
    coal = commodity_growth(origin)
    deflator = load_outcomes(codes, origin)["gdp_deflator"]
    found = describe(deflator, coal)
    if found is None or not found["identified"]:
        return None
    apart = deflator.sub(deflator.mean(axis=1), axis=0)
    own = pd.DataFrame(
        {city: _own_slope(apart[city], coal) for city in codes}, index=["distance", "error"]
    ).T
    variance = own["error"] ** 2
    between = max(float(own["distance"].var() - variance.mean()), 0.0) if len(codes) > 2 else 0.0
    weight = between / (between + variance)
    return Exposure(
        found["estimate"] + (weight * own["distance"]).fillna(0.0),
        np.sqrt(weight * variance).fillna(0.0),
        found["error"],
        degrees_of_freedom(found["years"]),
    )


def _own_slope(apart: pd.Series, coal: pd.Series) -> list[float]:
    """Slope of a city's distance from its province on coal, and its standard error."""
    both = pd.DataFrame({"y": apart, "x": coal}).dropna()
    if len(both) < MINIMUM_YEARS:
        return [np.nan, np.nan]
    both -= both.mean()
    square = float((both["x"] ** 2).sum())
    slope = float((both["x"] * both["y"]).sum()) / square
    left = both["y"] - slope * both["x"]
    return [slope, float(np.sqrt((left**2).sum() / (len(both) - 2) / square))]


def describe(
    outcome: pd.DataFrame, regressor: pd.Series | pd.DataFrame, *, year_effects: bool = False
) -> Found | None:
    """An estimate over all years and over each half of them, and whether it is identified.

    As `estimate`, and ``first_low, first_high, second_low, second_high`` (NaN where it is short).
    """
    found = estimate(outcome, regressor, year_effects=year_effects)
    if found is None:
        return None
    span = outcome.loc[found["first_year"] : found["last_year"]].dropna(how="all")
    half = (len(span) + 1) // 2
    ends: dict[str, float] = {}
    for name, part in (("first", span.iloc[:half]), ("second", span.iloc[half:])):
        of_half = estimate(part, regressor, year_effects=year_effects) or {}
        ends |= {f"{name}_{end}": of_half.get(end, np.nan) for end in ("low", "high")}
    lows = (found["low"], ends["first_low"], ends["second_low"])
    highs = (found["high"], ends["first_high"], ends["second_high"])
    identified = all(low > 0 for low in lows) or all(high < 0 for high in highs)
    return found | ends | {"identified": identified}


def estimate(
    outcome: pd.DataFrame, regressor: pd.Series | pd.DataFrame, *, year_effects: bool = False
) -> Found | None:
    """Slope of the outcome (year by city) on a regressor (by year, or year by city).

    ``outcome = mean of the city (+ mean of the year) + slope * regressor + error``. Returns
    ``estimate``, ``error`` (standard error, of estimates without one year each), ``low``, ``high``
    (90 % interval), ``r2`` (within cities), ``years``, ``cities``, ``first_year``, ``last_year``;
    None with fewer than `MINIMUM_YEARS` years.
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
