"""Conditional draws: the same paths, given what a scenario fixes.

The shock of a year to come is a mixture of the shocks of the years that were, the same for every
series (`lvliang.projection.paths`); under it the coal price has a path of its own in every draw,
joint with prices. Where a scenario fixes growth of coal at ``c*`` in place of the drawn ``c``,

    growth of prices given c* = growth drawn + slope * (c* - c),

so that what coal does not explain stays as drawn and the band narrows by what it does. The slope
is drawn once a path from the distribution of its estimate. What moves real growth is added to it.
Every scenario uses the same paths and the same slopes: differences are those of what is assumed.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from lvliang.baseline.history import SECTORS, secondary_share
from lvliang.baseline.package import data_folder, present_resources
from lvliang.projection.growth import from_log, to_log
from lvliang.projection.paths import CASH_SERIES, draw_beside
from lvliang.projection.scenario import SHOCK, Scenario
from lvliang.projection.sensitivity import Exposure, commodity_price, exposure

if TYPE_CHECKING:
    from lvliang.projection.outlook import Outlook

SLOPES = 1  # names the stream of random numbers, beside those of the paths


def condition(
    outlook: Outlook, scenario: Scenario, *, seed: int, data: Path | None = None
) -> Outlook:
    """The outlook given a scenario; without a driver, the same draws to the bit.

    Parameters
    ----------
    outlook : Outlook
        Drawn without a scenario, with the same `seed`.
    scenario : Scenario
        What is fixed or added.
    seed : int
        Of the paths; the slopes have a stream of their own below it.

    Returns
    -------
    Outlook
        ``paths`` given the scenario. ``coal_price`` and ``national_growth`` move every city of
        the province, a shock those of its scope, ``policy`` and ``secondary_share`` the city
        alone. A cash series keeps its share of GDP: prices move it as they move GDP.
    """
    if scenario.is_baseline():
        return replace(outlook, scenario=scenario)
    real = _real_shift(outlook, scenario)
    prices = _price_shift(outlook, scenario, seed, data)
    return replace(outlook, scenario=scenario, paths=_shifted(outlook.paths, real, prices))


def shock_growth(scenario: Scenario, years: np.ndarray) -> np.ndarray:
    """Points of growth that shocks add in each year.

    A shock of ``s`` points in year t has moved the level by ``s * persistence ** k`` in year
    t + k; growth of a year is what the level gains in it.

    Examples
    --------
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
    return xr.DataArray(shift, dims=("region", "year"), coords={"region": regions, "year": years})


def _values(scenario: Scenario, driver: str, years: np.ndarray) -> np.ndarray:
    given = scenario.path(driver, map(int, years))
    return np.array([given.get(int(year), 0.0) for year in years])


def _price_shift(
    outlook: Outlook, scenario: Scenario, seed: int, data: Path | None
) -> xr.DataArray | float:
    """Log points of price growth added (draw, region, year); 0 where coal is not fixed."""
    years = outlook.paths["year"].to_numpy()
    given = scenario.path("coal_price", map(int, years))
    regions = list(outlook.paths["region"].to_numpy())
    known = exposure(regions, outlook.base_year, data) if given else None
    if known is None:
        return 0.0
    coal = commodity_price(outlook.base_year, data=data)
    draws = outlook.paths.sizes["draw"]
    drawn = draw_beside(
        outlook.levels, coal, origin=outlook.base_year, end=int(years[-1]), draws=draws, seed=seed
    )
    fixed = np.array([to_log(given[int(year)]) if int(year) in given else np.nan for year in years])
    surprise = np.where(np.isnan(fixed), 0.0, fixed - drawn)
    slopes = xr.DataArray(
        _draw_slopes(known, draws, seed), dims=("draw", "region"), coords={"region": regions}
    )
    moved = slopes * xr.DataArray(surprise, dims=("draw", "year"), coords={"year": years})
    return moved * _relative_exposure(outlook, scenario, data)


def _draw_slopes(known: Exposure, draws: int, seed: int) -> np.ndarray:
    """Slopes (draw, region) from the distribution of their estimates; one error is shared."""
    generator = np.random.default_rng([seed, SLOPES])
    shared = known.shared_error * generator.standard_t(known.freedom, (draws, 1))
    own = known.own_error.to_numpy() * generator.standard_normal((draws, len(known.slope)))
    return known.slope.to_numpy() + shared + own


def _relative_exposure(
    outlook: Outlook, scenario: Scenario, data: Path | None
) -> xr.DataArray | float:
    """Exposure to coal over that of the base year: in proportion to the secondary share.

    Over all cities a slope is about in proportion to it (``docs/decisions/scenarios.md``).
    """
    years = outlook.paths["year"].to_numpy()
    change = _values(scenario, "secondary_share", years).cumsum()
    code = outlook.region.code
    if not change.any() or SECTORS not in present_resources(data or data_folder()):
        return 1.0
    shares = secondary_share(outlook.base_year, data)
    if code not in shares or shares[code].dropna().empty:
        return 1.0
    share = float(shares[code].dropna().iloc[-1])
    relative = np.clip((share + change) / share, 0.0, None)
    own = outlook.paths["region"] == code
    return xr.where(own, xr.DataArray(relative, dims="year", coords={"year": years}), 1.0)


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
    for name in CASH_SERIES:
        growth = to_log(paths.sel(indicator=f"{name}_growth", drop=True)) + cash
        moved.loc[{"indicator": f"{name}_growth"}] = from_log(growth)
        level = paths.sel(indicator=name, drop=True) * np.exp(cash.cumsum("year"))
        moved.loc[{"indicator": name}] = level
    return moved
