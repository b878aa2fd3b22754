"""What the coal price moves: estimates from panels of cities, clustered by year.

All cities share the coal price of a year, so a year is one observation of it however many cities
there are: intervals are clustered by year (`lvliang.projection.slopes`). An effect counts as
identified where its 90 % interval leaves out zero over all years and over each half of them, with
one sign; no other moves a draw.

The price is that of Australian thermal coal in US dollars, the world's; the data hold no price of
the coking coal that Lvliang mines.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from lvliang.baseline.history import (
    GROWTH_VINTAGES,
    LEVEL_VINTAGES,
    SECTORS,
    census_years,
    growth_levels,
    load_history,
    secondary_share,
    series,
)
from lvliang.baseline.package import data_folder, present_resources
from lvliang.baseline.regions import Region, all_cities, find_region, peers
from lvliang.baseline.store import kept
from lvliang.baseline.tables import as_of, load_table
from lvliang.projection.slopes import MINIMUM_YEARS, degrees_of_freedom, describe, estimate

COMMODITIES = "commodities"
COAL = "coal_australia_thermal"
OTHERS = ("coal_south_africa_thermal", "aluminium_lme", "iron_ore_62fe_cfr_china", "oil_brent")
OUTCOMES = ("gdp_deflator", "revenue_beyond_real", "budget_revenue", "gdp_real")
HELD_BACK, TRIED = 9, 5  # years before the origin that a trial does not fit, and those it tries
COLUMNS = [
    "outcome", "regressor", "group", "estimate", "low", "high", "first_low", "first_high",
    "second_low", "second_high", "r2", "first_year", "last_year", "years", "cities", "identified",
]  # fmt: skip


@dataclass(frozen=True)
class Exposure:
    """How prices in each city of a province answer the coal price.

    ``slope`` (region): log points of the deflator on one log point of coal. ``own_error``
    (region) and ``shared_error``: standard errors, of the city's distance from the mean of its
    province and of that mean. ``freedom``: degrees of freedom of the t tail of the mean.
    """

    slope: pd.Series
    own_error: pd.Series
    shared_error: float
    freedom: int


@dataclass(frozen=True)
class Outcomes:
    """Log growth of what may answer (year by region, by name of `OUTCOMES`), without breaks."""

    growth: dict[str, pd.DataFrame]
    share: pd.DataFrame


def commodity_growth(origin: int, name: str = COAL, data: Path | None = None) -> pd.Series:
    """Log growth of a commodity's price by year, as known at ``origin``."""
    return np.log(commodity_price(origin, name, data)).diff().dropna()


def commodity_price(origin: int, name: str = COAL, data: Path | None = None) -> pd.Series:
    """Price of a commodity by year (US dollars), as known at ``origin``; empty if not there."""
    if COMMODITIES not in present_resources(data or data_folder()):
        return pd.Series(dtype=float)
    known = as_of(load_table(COMMODITIES, data), origin)
    return known[known["indicator"] == name].set_index("year")["value"].sort_index()


def load_outcomes(codes: list[str], origin: int, data: Path | None = None) -> Outcomes:
    """What may answer the coal price in these cities, as known at ``origin``.

    The deflator is nominal over real growth of the revised vintage. No change across a census is
    used. ``revenue_beyond_real`` is growth of revenue over that of the volume index, as the
    deflator is that of GDP: where both slopes agree, revenue keeps its share of GDP.
    """
    levels = growth_levels(load_history(codes, origin, data), codes, origin)
    log = {
        name: np.log(levels.xs(name, axis=1, level="series"))
        for name in ("gdp_nominal", "gdp_real", "budget_revenue")
    }
    growth = {
        "gdp_deflator": (log["gdp_nominal"] - log["gdp_real"]).diff(),
        "revenue_beyond_real": (log["budget_revenue"] - log["gdp_real"]).diff(),
        "budget_revenue": log["budget_revenue"].diff(),
        "gdp_real": log["gdp_real"].diff(),
    }
    census = _census(origin, data)
    unbroken = {name: table.drop(index=census, errors="ignore") for name, table in growth.items()}
    has_sectors = SECTORS in present_resources(data or data_folder())
    return Outcomes(unbroken, secondary_share(origin, data) if has_sectors else pd.DataFrame())


def _census(origin: int, data: Path | None) -> list[int]:
    history = load_history(_codes(all_cities(data)), origin, data)
    first = series(history, "gdp_nominal", LEVEL_VINTAGES[:1])
    years = census_years(first, series(history, "gdp_nominal", GROWTH_VINTAGES["gdp_nominal"]))
    return list(years.index[years])


def _codes(regions: list[Region]) -> list[str]:
    return [region.code for region in regions]


def load_sensitivities(region: str, origin: int, data: Path | None = None) -> pd.DataFrame:
    """`sensitivities`, computed once for the same data, city and origin."""
    asked = {"region": find_region(region, data).code, "origin": origin}
    return kept(
        "sensitivities",
        asked,
        lambda: sensitivities(region, origin, data),
        data=data,
    )


def sensitivities(region: str, origin: int, data: Path | None = None) -> pd.DataFrame:
    """What moves with the coal price in the province of a city, and over all cities.

    Returns
    -------
    pandas.DataFrame
        Columns `COLUMNS`. ``outcome``: of `OUTCOMES`; ``regressor``: a commodity, or
        ``coal_x_share`` (coal times the city's share of the secondary sector in the year before,
        net of what all cities share in a year); ``group``: ``province`` or ``all``. Slopes in log
        points; ``identified`` as the module says. Empty without the panel.
    """
    coal = commodity_growth(origin, data=data)
    city = find_region(region, data)
    groups = {"province": _codes(peers(city, data)), "all": _codes(all_cities(data))}
    rows = []
    for group, codes in groups.items():
        found = load_outcomes(codes, origin, data)
        rows += [
            {"outcome": name, "regressor": COAL, "group": group} | estimated
            for name in OUTCOMES
            if (estimated := describe(found.growth[name], coal))
        ]
        if group == "all":
            rows += [
                {"outcome": name, "regressor": "coal_x_share", "group": group} | estimated
                for name in OUTCOMES
                if (estimated := _on_share(found, name, coal))
            ]
        if group == "province":
            deflator = found.growth["gdp_deflator"]
            rows += [
                {"outcome": "gdp_deflator", "regressor": other, "group": group} | estimated
                for other in OTHERS
                if (estimated := describe(deflator, commodity_growth(origin, other, data)))
            ]
    return pd.DataFrame(rows, columns=COLUMNS)


def trial(region: str, origin: int, data: Path | None = None) -> pd.DataFrame:
    """Fits without the last years, tried on the years that follow them.

    Returns
    -------
    pandas.DataFrame
        One row an outcome and year tried: ``outcome, year, coal`` (log growth), ``fitted`` (slope
        of the earlier years), ``actual, with_coal, without_coal`` (means over the cities of the
        province, log growth; without coal: the mean of the earlier years).
    """
    coal = commodity_growth(origin, data=data)
    codes = _codes(peers(find_region(region, data), data))
    last = origin - HELD_BACK
    rows = []
    for name, growth in load_outcomes(codes, origin, data).growth.items():
        early = growth.loc[:last]
        found = estimate(early, coal)
        if found is None:
            continue
        usual, price = early.mean(), coal.reindex(early.dropna(how="all").index).mean()
        for year in range(last + 1, last + 1 + TRIED):
            actual = growth.loc[year] if year in growth.index else pd.Series(dtype=float)
            if year in coal.index and actual.notna().any():
                without = float(usual[actual.notna()].mean())
                rows.append(
                    {
                        "outcome": name,
                        "year": year,
                        "coal": coal[year],
                        "fitted": found["estimate"],
                        "actual": float(actual.mean()),
                        "with_coal": without + found["estimate"] * (coal[year] - price),
                        "without_coal": without,
                    }
                )
    columns = ["outcome", "year", "coal", "fitted", "actual", "with_coal", "without_coal"]
    return pd.DataFrame(rows, columns=columns)


def exposure(codes: list[str], origin: int, data: Path | None = None) -> Exposure | None:
    """How prices in the cities of a province answer coal; None where that is not identified.

    A city's slope lies between its own and the province's, the nearer to its own the more cities
    differ beyond their errors (moments of the slopes' distances from the province).
    """
    asked = {"codes": list(codes), "origin": origin}
    return kept("exposure", asked, lambda: _exposure(codes, origin, data), data=data)


def _exposure(codes: list[str], origin: int, data: Path | None) -> Exposure | None:
    coal = commodity_growth(origin, data=data)
    deflator = load_outcomes(codes, origin, data).growth["gdp_deflator"]
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


def share_effect(origin: int, data: Path | None = None) -> dict[str, Any] | None:
    """By how much the slope of prices on coal rises with the share of the secondary sector.

    Returns
    -------
    dict or None
        As from `describe`, over all cities: log points of slope on a share of 1 in place of 0;
        None where that is not identified.
    """

    def look() -> dict[str, Any] | None:
        outcomes = load_outcomes(_codes(all_cities(data)), origin, data)
        return _on_share(outcomes, "gdp_deflator", commodity_growth(origin, data=data))

    found = kept("share_effect", {"origin": origin}, look, data=data)
    return found if found and found["identified"] else None


def _on_share(found: Outcomes, name: str, coal: pd.Series) -> dict[str, Any] | None:
    """An outcome on coal times the secondary share of the year before, net of each year."""
    if found.share.empty:
        return None
    exposed = found.share.shift().mul(coal, axis=0) / 100
    return describe(found.growth[name], exposed, year_effects=True)


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
