"""One city's outlook: its province's history as known at the base year, the joint draws, and the
facts that the page of trajectories tells of them."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from lvliang.baseline.growth import from_log, to_log
from lvliang.baseline.history import growth_levels, has_gap, load_history, observed, start_levels
from lvliang.baseline.regions import Region, cities_beside, find_region
from lvliang.baseline.store import kept
from lvliang.projection.conditional import condition
from lvliang.projection.engine import draw_growth
from lvliang.projection.forecast import (
    forecast_deviations,
    forecast_factor,
    members,
    provincial_targets_year,
    without_shock,
)
from lvliang.projection.panel import Panel, has_panel, load_panel
from lvliang.projection.paths import LONGEST_GAP, MINIMUM_CHANGES, evidence, project
from lvliang.projection.scenario import Scenario, load_scenario

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
HEADS = {level: f"q{round(100 * level):02d}" for level in QUANTILES}
UNITS = {"gdp_real_growth": "%", "gdp_nominal": "亿元", "budget_revenue": "亿元"}


@dataclass(frozen=True)
class Outlook:
    """What is known of a city and its province, and the draws of the years to come.

    ``history``: observations known at ``base_year`` (every vintage); ``levels``: the series that
    are projected; ``paths``: the draws (draw, region, indicator, year), conditional on
    ``scenario``; ``asked``: by name of the parameter, all that they depend on besides data and
    scenario.
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
    panel: Panel | None = None,
) -> Outlook:
    """Project a city and the other cities of its province, jointly.

    ``growth_discount``: points taken off real growth. ``panel``: of a later origin, to be cut at
    ``base_year``; what it has computed of earlier origins is then not computed again. Raises
    `ParameterError` for an unknown region, `DataError` where a table breaks its contract.
    """
    city = find_region(region)
    asked = {
        "region": city.code,
        "base_year": base_year,
        "end_year": end_year,
        "draws": draws,
        "seed": seed,
        "growth_discount": growth_discount,
    }

    def drawn() -> Outlook:
        codes = cities_beside(city.code)
        history = load_history(codes, base_year)
        levels = growth_levels(history, codes, base_year)
        paths = project(
            levels,
            start_levels(history, base_year),
            _real_growth(codes, asked, panel),
            origin=base_year,
            seed=seed,
            growth_discount=growth_discount,
        )
        nothing = load_scenario(base_year=base_year, end_year=end_year)
        return Outlook(city, base_year, end_year, history, levels, paths, nothing, asked)

    # A caller's panel may say other things than the tables: not kept.
    plain = kept("outlook", asked, drawn) if panel is None else drawn()
    return condition(plain, scenario, seed=seed) if scenario else plain


def _real_growth(codes: list[str], asked: dict[str, Any], later: Panel | None) -> xr.DataArray:
    """Real growth of the cities from the panel of all; missing where the panel has none."""
    base_year, draws = asked["base_year"], asked["draws"]
    years = np.arange(base_year + 1, asked["end_year"] + 1)
    growth = np.full((draws, len(codes), len(years)), np.nan, dtype=np.float32)
    if has_panel():
        panel = load_panel(base_year) if later is None else later.at(base_year)
        everyone = draw_growth(panel, horizon=len(years), draws=draws, seed=asked["seed"])
        growth[:] = everyone.reindex(region=codes)
    return xr.DataArray(growth, {"region": codes, "year": years}, dims=("draw", "region", "year"))


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


def shock_set_aside(outlook: Outlook) -> dict[str, float] | None:
    """The last ``year`` and the mean growth of cities that ``came``, set aside as a shock, and that
    ``kept``, of the year before (%); whether that was one ``before``. None where it is no shock."""
    if not has_panel():
        return None
    factor = load_panel(outlook.base_year).factor
    calm = without_shock(factor)
    if calm.equals(factor):
        return None
    said = {"year": factor.index[-1], "came": factor.iloc[-1], "kept": calm.iloc[-1]}
    return said | {"before": not without_shock(factor.iloc[:-1]).equals(factor.iloc[:-1])}


def outlook_facts(outlook: Outlook) -> dict[str, Any]:
    """What is drawn of a city, and what it is drawn from.

    ``mean``: of mean real growth to come (`spread_of`, %); ``fans`` (`fan_facts`); ``shock``
    (`shock_set_aside`); ``basis``: how many ``cities`` deviations are estimated from, and the
    ``targets_year`` of the provinces'; ``national``: a row a ``member`` of the national factor, the
    ``factor`` and the expected ``deviation`` of the city (points), a column a year; the annual
    ``changes`` that a series needs and the ``gap`` that it may have.
    """
    national, basis = pd.DataFrame(), None
    if has_panel():
        panel, horizon = load_panel(outlook.base_year), outlook.end_year - outlook.base_year
        basis = {"cities": panel.growth.shape[1], "targets_year": provincial_targets_year(panel)}
        place = list(panel.growth.columns).index(outlook.region.code)
        national = members(panel, horizon).assign(
            factor=forecast_factor(panel, horizon),
            deviation=forecast_deviations(panel, horizon)[:, place],
        )
    by_member = national.dropna(axis=1, how="all").rename(index=str).T
    return {
        "mean": spread_of(mean_growth(outlook, "gdp_real_growth")),
        "fans": {name: fan_facts(outlook, name) for name in UNITS},
        "basis": basis,
        "shock": shock_set_aside(outlook),
        "national": by_member.rename_axis(index="member", columns=None).reset_index(),
        "changes": MINIMUM_CHANGES,
        "gap": LONGEST_GAP,
    }


def spread_of(drawn: xr.DataArray) -> dict[str, float] | None:
    """The ``median`` of draws, ``low`` and ``high`` between which 90 of 100 lie; None where some
    are missing."""
    if drawn.isnull().any():
        return None
    ends = drawn.quantile([0.05, 0.5, 0.95]).to_numpy()
    return dict(zip(("low", "median", "high"), ends, strict=True))


def fan_facts(outlook: Outlook, indicator: str) -> dict[str, Any] | None:
    """`fan_of` an indicator of the city."""
    return fan_of(actual(outlook, indicator), quantiles(outlook, indicator), indicator)


def fan_of(known: pd.Series, drawn: pd.DataFrame, indicator: str) -> dict[str, Any] | None:
    """An indicator as it was and as its quantiles are drawn; None without a figure.

    ``indicator, unit`` (as published), ``series`` (actual), ``quantiles`` (empty where not drawn),
    both by year; ``first, last`` year and ``last_value`` of the actual ones, ``end`` year and
    ``at_end`` of the drawn ones, ``has_gap``, ``table`` (``kind, year``, a column a quantile),
    ``by_year`` (drawn).
    """
    if known.empty:
        return None
    named = drawn.rename(columns=HEADS)
    rows = [known.to_frame("q50").assign(kind="actual"), named.assign(kind="projection")]
    return {
        "indicator": indicator,
        "unit": UNITS[indicator],
        "series": known,
        "quantiles": drawn,
        "by_year": named.rename_axis("year").reset_index(),
        "first": int(known.index[0]),
        "last": int(known.index[-1]),
        "last_value": known.iloc[-1],
        "end": int(drawn.index[-1]) if len(drawn) else None,
        "at_end": dict(named.iloc[-1]) if len(drawn) else {},
        "has_gap": has_gap(known),
        "table": pd.concat(rows).rename_axis("year").reset_index(),
    }


def gaps_of(evidence: pd.DataFrame, series: str) -> dict[str, int] | None:
    """The ``last_year`` of a series and the figures ``missing`` in it up to the base year."""
    if series not in evidence.index:
        return None
    found = evidence.loc[series]
    missing = int(found["filled"] + found["gap"])
    return {"last_year": int(found["last_year"]), "missing": missing} if missing else None
