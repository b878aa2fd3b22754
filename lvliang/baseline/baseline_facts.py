"""The facts of the page of the baseline: numbers, codes and frames, told by its text."""

from __future__ import annotations

from typing import Any

import pandas as pd

from lvliang.baseline.growth import average_growth
from lvliang.baseline.history import has_gap, observed
from lvliang.baseline.regions import Region, peers
from lvliang.baseline.starting_point import (
    SPAN,
    average_of_span,
    claims_and_series,
    real_and_nominal,
)

LEVELS = ("gdp_nominal", "budget_revenue")
FIGURE = ["indicator", "status", "quote", "section"]  # what figures share a row by


def baseline_facts(
    history: pd.DataFrame, start: pd.DataFrame, region: Region, base_year: int
) -> dict[str, Any]:
    """Where a city stands, how it grew, and whether its report agrees with the series.

    Parameters
    ----------
    history, start : pandas.DataFrame
        Observations of the province; `starting_point`.

    Returns
    -------
    dict
        ``first_year`` (of the span up to the base year) and the ``next_year``; ``gdp`` and
        ``revenue``: ``first, last`` (亿元), ``rank`` and ``growth`` (% a year, current prices),
        None where missing; ``growth`` (`real_and_nominal`), its ``mean`` over the span,
        ``trough`` (real growth of the first year, if negative) and ``range``; ``levels``
        (`level_facts`, of series that there are); ``claims`` (report and series, 亿元),
        ``differ`` (those that do); ``cities`` of the province and how many of them are
        ``missing`` from the series.
    """
    growth = real_and_nominal(history, region.code)
    mean = average_of_span(growth, base_year)
    first_year = base_year - SPAN
    claims = claims_and_series(history, region.code)
    claims = claims.assign(difference=claims["report"] - claims["series"])
    cities = {city.code for city in peers(region)}
    known = history.loc[history["indicator"] == "gdp_nominal", "region_code"]
    return {
        "first_year": first_year,
        "next_year": first_year + 1,
        "gdp": both_ends(start.loc["gdp_nominal"]),
        "revenue": both_ends(start.loc["budget_revenue"]),
        "growth": growth.rename_axis("year").reset_index(),
        "mean": None if mean is None else mean.to_dict(),
        "trough": trough(growth, first_year),
        "range": growth_range(growth),
        "levels": [
            level_facts(series, name)
            for name in LEVELS
            if len(series := observed(history, region.code, name))
        ],
        "claims": claims,
        "differ": claims[claims["difference"].abs().round(2) > 0].round(2).to_dict("records"),
        "cities": len(cities),
        "missing": len(cities - set(known)),
    }


def both_ends(ends: pd.Series) -> dict[str, float | None]:
    """Both ends of the span as they are told, and the growth between them."""
    first, last, rank = (
        None if pd.isna(ends[name]) else round(float(ends[name]), 2)
        for name in ("first", "last", "last_rank")
    )
    known = first is not None and last is not None
    grown = average_growth(ends["first"], ends["last"], SPAN) if known else None
    return {"first": first, "last": last, "rank": rank, "growth": grown}


def trough(growth: pd.DataFrame, year: int) -> float | None:
    """Real growth of a year in which the city shrank: what starts there flatters."""
    real = growth["real"].get(year)
    return real if real is not None and real < 0 else None


def growth_range(growth: pd.DataFrame) -> dict[str, Any] | None:
    """The extremes of growth, and whether prices move more than quantities do."""
    if growth.empty:
        return None
    real, nominal = growth["real"], growth["nominal"]
    return {
        "first": int(growth.index[0]),
        "last": int(growth.index[-1]),
        "low": real.min(),
        "high": real.max(),
        "latest": real.iloc[-1],
        "nominal_low": nominal.min(),
        "nominal_high": nominal.max(),
        "by_prices": growth["deflator"].std() > real.std(),
    }


def level_facts(levels: pd.Series, indicator: str) -> dict[str, Any]:
    """A series of levels (亿元, by year): its ends, its highest, and whether it has a gap."""
    first, last, top = levels.index[0], levels.index[-1], levels.idxmax()
    return {
        "indicator": indicator,
        "series": levels,
        "first": int(first),
        "last": int(last),
        "top": int(top),
        "first_value": levels.iloc[0],
        "last_value": levels.iloc[-1],
        "top_value": levels[top],
        "has_gap": has_gap(levels),
    }


def reported(figures: pd.DataFrame) -> pd.DataFrame:
    """Figures of a report, those of one indicator in the same words in a row.

    Returns
    -------
    pandas.DataFrame
        ``indicator`` (and again as ``unit``), ``status, quote, section``, ``years`` (each a year
        or a span) and ``values`` (with the indicator, whose unit they have).
    """
    rows = [
        dict(zip(FIGURE, key, strict=True)) | {"years": _years(said), "values": (key[0], values)}
        for key, said in figures.groupby(FIGURE, sort=False)
        if (values := said["value"].tolist())
    ]
    table = pd.DataFrame(rows, columns=[*FIGURE, "years", "values"])
    return table.assign(unit=table["indicator"])


def _years(said: pd.DataFrame) -> list[tuple[int, ...]]:
    """The years and spans of figures; a longer run of years is one span."""
    years = [int(year) for year in said["year"]]
    run = len(years) > 2 and years == list(range(years[0], years[-1] + 1))
    if run and (said["period"] == "annual").all():
        return [(years[0], years[-1])]
    return [
        (year,) if period == "annual" else tuple(map(int, period.split("/")))
        for year, period in zip(years, said["period"], strict=True)
    ]
