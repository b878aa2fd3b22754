"""The facts of the page of trajectories: numbers, codes and frames, told by its text."""

from __future__ import annotations

from typing import Any

import pandas as pd
import xarray as xr

from lvliang.baseline.history import has_gap
from lvliang.projection.outlook import (
    QUANTILES,
    Outlook,
    actual,
    mean_growth,
    national_basis,
    national_outlook,
    quantiles,
    shock_set_aside,
)
from lvliang.projection.paths import LONGEST_GAP, MINIMUM_CHANGES

UNITS = {"gdp_real_growth": "%", "gdp_nominal": "亿元", "budget_revenue": "亿元"}
NINETY = [0.05, 0.5, 0.95]
HEADS = {level: f"q{round(100 * level):02d}" for level in QUANTILES}


def outlook_facts(outlook: Outlook) -> dict[str, Any]:
    """What is drawn of a city, and what it is drawn from.

    Returns
    -------
    dict
        ``mean``: quantiles of mean real growth over the years to come (%), None where it is not
        drawn; ``fans`` (`fan_facts`, by indicator); ``basis`` (`national_basis`), ``shock``
        (`shock_set_aside`), ``national`` (a row a ``member``, a column a year); the annual
        ``changes`` that a series needs and the ``gap`` that it may have.
    """
    mean = mean_growth(outlook, "gdp_real_growth")
    national = national_outlook(outlook).rename(index=str).T
    return {
        "mean": spread_of(mean),
        "fans": {name: fan_facts(outlook, name) for name in UNITS},
        "basis": national_basis(outlook),
        "shock": shock_set_aside(outlook),
        "national": national.rename_axis(index="member", columns=None).reset_index(),
        "changes": MINIMUM_CHANGES,
        "gap": LONGEST_GAP,
    }


def spread_of(drawn: xr.DataArray) -> dict[str, float] | None:
    """The ``median`` of draws, and between what ``low`` and ``high`` 90 of 100 lie; None where
    some are missing.
    """
    if drawn.isnull().any():
        return None
    return dict(zip(("low", "median", "high"), drawn.quantile(NINETY).to_numpy(), strict=True))


def fan_facts(outlook: Outlook, indicator: str) -> dict[str, Any] | None:
    """An indicator of the city as it was and as it is drawn; None without a figure.

    Returns
    -------
    dict
        ``indicator, unit`` (as published), ``series`` (actual, by year), ``quantiles`` (by year;
        empty where it is not drawn), ``first, last`` year and ``last_value`` of the actual ones,
        ``end`` year and quantiles ``at_end`` of the drawn ones, ``has_gap``, and ``table``
        (``kind, year``, a column a quantile) and ``by_year`` (the drawn rows of it).
    """
    known, drawn = actual(outlook, indicator), quantiles(outlook, indicator)
    return fan_of(known, drawn, indicator)


def fan_of(known: pd.Series, drawn: pd.DataFrame, indicator: str) -> dict[str, Any] | None:
    """`fan_facts` of a series and of its quantiles."""
    if known.empty:
        return None
    first, last = int(known.index[0]), int(known.index[-1])
    named = drawn.rename(columns=HEADS)
    rows = [known.to_frame("q50").assign(kind="actual"), named.assign(kind="projection")]
    table = pd.concat(rows).rename_axis("year").reset_index()
    return {
        "indicator": indicator,
        "unit": UNITS[indicator],
        "series": known,
        "quantiles": drawn,
        "by_year": named.rename_axis("year").reset_index(),
        "first": first,
        "last": last,
        "last_value": known.iloc[-1],
        "end": int(drawn.index[-1]) if len(drawn) else None,
        "at_end": dict(named.iloc[-1]) if len(drawn) else {},
        "has_gap": has_gap(known),
        "table": table,
    }


def gaps_of(evidence: pd.DataFrame, series: str) -> dict[str, int] | None:
    """The ``last_year`` of a series and the figures ``missing`` in it up to the base year."""
    if series not in evidence.index:
        return None
    found = evidence.loc[series]
    missing = int(found["filled"] + found["gap"])
    return {"last_year": int(found["last_year"]), "missing": missing} if missing else None
