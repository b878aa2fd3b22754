"""Conditional draws: the same paths, given what a scenario fixes.

Under the shocks that every series shares (`lvliang.projection.paths`) the coal price has a path of
its own in every draw, joint with prices. Where a scenario fixes growth of coal at ``c*`` in place
of the drawn ``c``,

    growth of prices given c* = growth drawn + slope * (c* - c),

so that what coal does not explain stays as drawn and the band narrows by what it does. Where it
moves the city's share of the secondary sector, the slope goes with it, on growth of coal beyond
its mean. Slopes are drawn once a path from the distribution of their estimates, the same for every
scenario: differences are those of what is assumed. What moves real growth is added to it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from lvliang.baseline.growth import from_log, to_log
from lvliang.baseline.history import CASH, drawn_indicators
from lvliang.projection.paths import draw_beside
from lvliang.projection.scenario import SHOCK, Scenario
from lvliang.projection.sensitivity import (
    Exposure,
    commodity_growth,
    commodity_price,
    degrees_of_freedom,
    exposure,
    share_effect,
)

if TYPE_CHECKING:
    from lvliang.projection.outlook import Outlook

SLOPES = 1  # names the stream of random numbers, beside those of the paths
COAL, SHARE = "coal_price", "secondary_share"

# On coal (draw, region), and what a share of 1 more adds to them (draw).
Slopes = tuple[xr.DataArray, xr.DataArray | float]


def condition(outlook: Outlook, scenario: Scenario, *, seed: int) -> Outlook:
    """The outlook given a scenario; without a driver, the same draws to the bit.

    If the outlook, drawn with the same `seed`, is under a scenario, that one stays, but for coal
    prices and sector shares given anew; the ``scenario`` returned has those that stay besides.

    ``coal_price`` and ``national_growth`` move every city of the province, a shock those of its
    scope, ``policy`` and ``secondary_share`` the city alone. A cash series keeps its share of GDP:
    prices move it as they move GDP.
    """
    fixed = {d: outlook.scenario.drivers[d] for d in (COAL, SHARE) if d in outlook.scenario.drivers}
    stays = {d: values | scenario.drivers.get(d, {}) for d, values in fixed.items()}
    after = replace(scenario, drivers=scenario.drivers | stays)
    if scenario.is_baseline():
        return replace(outlook, scenario=after)
    real = _real_shift(outlook, scenario)
    given = any(scenario.drivers.get(driver) for driver in (COAL, SHARE))
    prices = _price_shift(outlook, after, seed) if given else 0.0
    return replace(outlook, scenario=after, paths=_shifted(outlook.paths, real, prices))


def drawn_coal(outlook: Outlook, *, seed: int) -> xr.DataArray:
    """Log growth of the coal price (draw, year) under the paths, where no scenario fixes it."""
    years, origin = outlook.paths["year"].to_numpy(), outlook.base_year
    price, draws = commodity_price(origin), outlook.paths.sizes["draw"]
    drawn = draw_beside(
        outlook.levels, price, origin=origin, end=int(years[-1]), draws=draws, seed=seed
    )
    return xr.DataArray(drawn, {"year": years}, dims=("draw", "year"))


def shock_growth(scenario: Scenario, years: np.ndarray) -> np.ndarray:
    """Points of growth that shocks add in each year.

    A shock of ``s`` points in year t has moved the level by ``s * persistence ** k`` in year
    t + k; growth of a year is what the level gains in it.

    >>> from lvliang.projection.scenario import Scenario
    >>> shock = Scenario(*[""] * 9, drivers={"shock": {2023: -4.0}}, persistence=0.5)
    >>> shock_growth(shock, np.arange(2022, 2027)).tolist()
    [0.0, -4.0, 2.0, 1.0, 0.5]
    """
    growth = np.zeros(len(years))
    for year, size in scenario.path(SHOCK, map(int, years)).items():
        since = years - year
        level = np.where(since >= 0, size * scenario.persistence ** np.maximum(since, 0), 0.0)
        growth += np.diff(level, prepend=0.0)
    return growth


def _real_shift(outlook: Outlook, scenario: Scenario) -> xr.DataArray:
    """Points of real growth added, by region and year."""
    years = outlook.paths["year"].to_numpy()
    regions = outlook.paths["region"].to_numpy()
    own = regions == outlook.region.code
    shift = np.zeros((len(regions), len(years)))
    shift += _values(scenario, "national_growth", years)
    shift[own] += _values(scenario, "policy", years)
    struck = own if scenario.scope == "city" else np.ones(len(regions), dtype=bool)
    shift[struck] += shock_growth(scenario, years)
    return xr.DataArray(shift, {"region": regions, "year": years}, dims=("region", "year"))


def _values(scenario: Scenario, driver: str, years: np.ndarray) -> np.ndarray:
    given = scenario.path(driver, map(int, years))
    return np.array([given.get(int(year), 0.0) for year in years])


def _price_shift(outlook: Outlook, after: Scenario, seed: int) -> xr.DataArray | float:
    """Log points of price growth added (draw, region, year); 0 where coal is not identified."""
    known = exposure(list(outlook.paths["region"].to_numpy()), outlook.base_year)
    if known is None:
        return 0.0
    slopes = _draw_slopes(known, outlook, after, seed)
    usual = float(commodity_growth(outlook.base_year).mean())
    unusual = drawn_coal(outlook, seed=seed) - usual
    now = _of_coal(outlook, outlook.scenario, slopes, unusual, usual)
    return _of_coal(outlook, after, slopes, unusual, usual) - now


def _draw_slopes(known: Exposure, outlook: Outlook, scenario: Scenario, seed: int) -> Slopes:
    """From the distribution of their estimates; the error of the province's slope is shared."""
    generator = np.random.default_rng([seed, SLOPES])
    draws = outlook.paths.sizes["draw"]
    shared = known.shared_error * generator.standard_t(known.freedom, (draws, 1))
    own = known.own_error.to_numpy() * generator.standard_normal((draws, len(known.slope)))
    coordinates = {"region": outlook.paths["region"]}
    drawn = known.slope.to_numpy() + shared + own
    slopes = xr.DataArray(drawn, coordinates, dims=("draw", "region"))
    found = share_effect(outlook.base_year) if scenario.drivers.get(SHARE) else None
    if found is None:
        return slopes, 0.0
    spread = generator.standard_t(degrees_of_freedom(found["years"]), draws)
    return slopes, xr.DataArray(found["estimate"] + found["error"] * spread, dims="draw")


def _of_coal(
    outlook: Outlook, scenario: Scenario, slopes: Slopes, unusual: xr.DataArray, usual: float
) -> xr.DataArray:
    """Log points that coal, beyond its usual growth, adds to prices (draw, region, year)."""
    years = outlook.paths["year"].to_numpy()
    coal = unusual.copy()
    for year, growth in scenario.path(COAL, map(int, years)).items():
        coal.loc[{"year": year}] = to_log(growth) - usual
    of_city, of_share = slopes
    moved = _values(scenario, SHARE, years).cumsum() / 100
    own = outlook.paths["region"] == outlook.region.code
    share = own * xr.DataArray(moved, dims="year", coords={"year": years})
    return (of_city + of_share * share) * coal


def _shifted(paths: xr.DataArray, real: xr.DataArray, prices: xr.DataArray | float) -> xr.DataArray:
    """Paths with points added to real growth and log points to growth of prices."""
    moved = paths.copy()
    before = paths.sel(indicator="gdp_real_growth", drop=True)
    after = before + real
    quantity = to_log(after) - to_log(before)
    cash = quantity + prices
    moved.loc[{"indicator": "gdp_real_growth"}] = after
    deflator = to_log(paths.sel(indicator="gdp_deflator_growth", drop=True)) + prices
    moved.loc[{"indicator": "gdp_deflator_growth"}] = from_log(deflator)
    for name in drawn_indicators(CASH).index:
        growth = to_log(paths.sel(indicator=f"{name}_growth", drop=True)) + cash
        moved.loc[{"indicator": f"{name}_growth"}] = from_log(growth)
        level = paths.sel(indicator=name, drop=True) * np.exp(cash.cumsum("year"))
        moved.loc[{"indicator": name}] = level
    return moved
