"""One city's outlook: its province's history as known at the base year, and the joint draws."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from lvliang.baseline.growth import from_log, to_log
from lvliang.baseline.history import (
    growth_levels,
    load_history,
    observed,
    start_levels,
)
from lvliang.baseline.regions import Region, find_region, peers
from lvliang.baseline.store import kept
from lvliang.projection.conditional import condition
from lvliang.projection.deviations import forecast_deviations
from lvliang.projection.engine import draw_growth
from lvliang.projection.national import (
    forecast_factor,
    members,
    provincial_targets_year,
    without_shock,
)
from lvliang.projection.panel import Panel, has_panel, load_panel
from lvliang.projection.paths import evidence, project
from lvliang.projection.scenario import Scenario, load_scenario

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True)
class Outlook:
    """What is known of a city and its province, and the draws of the years to come.

    ``history`` holds observations known at ``base_year`` (every vintage), ``levels`` the series
    that are projected, ``paths`` the draws (draw, region, indicator, year), conditional on
    ``scenario``. ``asked``: what they were drawn for, by name of the parameter: with the data,
    all that they depend on besides the scenario.
    """

    region: Region
    base_year: int
    end_year: int
    history: pd.DataFrame
    levels: pd.DataFrame
    paths: xr.DataArray
    scenario: Scenario
    asked: dict[str, Any]

    @cached_property
    def evidence(self) -> pd.DataFrame:
        """What there is of each series, by region (`paths.evidence`)."""
        return evidence(self.levels, self.base_year)

    @property
    def own_paths(self) -> xr.DataArray:
        """The draws of the city itself (draw, indicator, year)."""
        return self.paths.sel(region=self.region.code)


def look_ahead(
    region: str,
    *,
    base_year: int,
    end_year: int,
    draws: int,
    seed: int,
    growth_discount: float = 0.0,
    scenario: Scenario | None = None,
    data: Path | None = None,
    panel: Panel | None = None,
) -> Outlook:
    """Project a city and the other cities of its province, jointly.

    Parameters
    ----------
    region : str
        Six-digit code or name.
    base_year, end_year : int
        Last year whose figures are used, last year projected.
    draws, seed : int
        Number of paths and the seed of their generator.
    growth_discount : float
        Percentage points taken off real growth.
    scenario : Scenario, optional
        On which the draws are conditional.
    panel : Panel, optional
        A panel of a later origin, to be cut at ``base_year``: what it has computed of earlier
        origins is then not computed again.

    Raises
    ------
    ParameterError
        If the region is unknown.
    DataError
        If a table breaks its contract.
    """
    city = find_region(region, data)
    asked = {
        "region": city.code,
        "base_year": base_year,
        "end_year": end_year,
        "draws": draws,
        "seed": seed,
        "growth_discount": growth_discount,
    }

    def drawn() -> Outlook:
        return _drawn(city, asked, data, panel)

    # A caller's panel may say other things than the tables: not kept.
    plain = kept("outlook", asked, drawn, data=data) if panel is None else drawn()
    return condition(plain, scenario, seed=seed, data=data) if scenario else plain


def _drawn(city: Region, asked: dict[str, Any], data: Path | None, later: Panel | None) -> Outlook:
    """The outlook where nothing is assumed."""
    base_year, end_year = asked["base_year"], asked["end_year"]
    codes = [peer.code for peer in peers(city, data)]
    history = load_history(codes, base_year, data)
    levels = growth_levels(history, codes, base_year)
    paths = project(
        levels,
        start_levels(history, base_year),
        _real_growth(codes, asked, data, later),
        origin=base_year,
        seed=asked["seed"],
        growth_discount=asked["growth_discount"],
    )
    nothing = load_scenario(base_year=base_year, end_year=end_year, data=data)
    return Outlook(city, base_year, end_year, history, levels, paths, nothing, asked)


def _real_growth(
    codes: list[str], asked: dict[str, Any], data: Path | None, later: Panel | None
) -> xr.DataArray:
    """Real growth of the cities from the panel of all; missing where the panel has none."""
    base_year, draws = asked["base_year"], asked["draws"]
    years = np.arange(base_year + 1, asked["end_year"] + 1)
    if has_panel(data):
        panel = load_panel(base_year, data) if later is None else later.at(base_year)
        everyone = draw_growth(panel, horizon=len(years), draws=draws, seed=asked["seed"])
        growth = np.ascontiguousarray(everyone.reindex(region=codes))
    else:
        growth = np.full((draws, len(codes), len(years)), np.nan, dtype=np.float32)
    coordinates = {"region": codes, "year": years}
    return xr.DataArray(growth, dims=("draw", "region", "year"), coords=coordinates)


def actual(outlook: Outlook, indicator: str) -> pd.Series:
    """Observed values of the city by year: `observed` of its history."""
    return observed(outlook.history, outlook.region.code, indicator)


def quantiles(outlook: Outlook, indicator: str) -> pd.DataFrame:
    """Projected quantiles of the city: index year, columns ``QUANTILES``; empty if not drawn."""
    drawn = outlook.own_paths.sel(indicator=indicator).dropna("year")
    table = np.quantile(drawn, QUANTILES, axis=0) if drawn.size else np.empty((len(QUANTILES), 0))
    return pd.DataFrame(table.T, index=drawn["year"].to_numpy(), columns=list(QUANTILES))


def mean_growth(outlook: Outlook, indicator: str) -> xr.DataArray:
    """年均增长 over the years projected, by draw (%)."""
    return from_log(to_log(outlook.own_paths.sel(indicator=indicator)).mean("year"))


def shock_set_aside(outlook: Outlook, data: Path | None = None) -> dict[str, float] | None:
    """The last ``year`` and the mean growth of cities that ``came``, where it is set aside as a
    shock, and that of the year before, which is ``kept`` (%); None where it is no shock."""
    if not has_panel(data):
        return None
    factor = load_panel(outlook.base_year, data).factor
    kept = without_shock(factor)
    if kept.equals(factor):
        return None
    return {"year": factor.index[-1], "came": factor.iloc[-1], "kept": kept.iloc[-1]}


def national_basis(outlook: Outlook, data: Path | None = None) -> dict[str, int | None] | None:
    """How many ``cities`` deviations are estimated from, and the ``targets_year`` of the provinces'
    targets in the national factor, None where there are none; None without the panel."""
    if not has_panel(data):
        return None
    panel = load_panel(outlook.base_year, data)
    return {"cities": panel.growth.shape[1], "targets_year": provincial_targets_year(panel)}


def national_outlook(outlook: Outlook, data: Path | None = None) -> pd.DataFrame:
    """What each member says of the national factor, their mean, and the city's own deviation.

    Returns
    -------
    pandas.DataFrame
        Index year; the members of the national factor, ``factor`` (their mean) and
        ``deviation`` (expected of the city, percentage points); empty without the panel.
    """
    if not has_panel(data):
        return pd.DataFrame()
    panel = load_panel(outlook.base_year, data)
    horizon = outlook.end_year - outlook.base_year
    table = members(panel, horizon)
    table["factor"] = forecast_factor(panel, horizon)
    place = list(panel.growth.columns).index(outlook.region.code)
    table["deviation"] = forecast_deviations(panel, horizon)[:, place]
    return table.dropna(axis=1, how="all")
