"""The facts of what the coal price moves, and how far that can be told."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from lvliang.feasibility.comparison import Comparison
from lvliang.feasibility.drivers import manufacturing_ladder, trial_errors
from lvliang.projection.sensitivity import COAL

DEFLATOR = "gdp_deflator"
WITH_SHARE = "coal_x_share"
TEN_PERCENT = 100 * float(np.log(1.1))  # points of log growth
TEN_POINTS = 0.1  # of a share
LIKE = 0.9  # of the fit of coal, from which another price fits about as closely
MANUFACTURING = "manufacturing_share_change"
VALUES = ["actual", "with_coal", "without_coal"]

Facts = dict[str, Any]


def coal_facts(slopes: pd.DataFrame, tried: pd.DataFrame, ahead: pd.Series) -> Facts | None:
    """What coal moves, whether that is identified, and how early slopes did on later years.

    Parameters
    ----------
    slopes : pandas.DataFrame
        From ``load_sensitivities``.
    tried : pandas.DataFrame
        From ``sensitivity.trial``.
    ahead : pandas.Series
        From ``drivers.coal_ahead``.

    Returns
    -------
    dict or None
        None without an elasticity of prices. Elasticities (`_slope`): ``slopes`` of the province
        on coal, that of the ``deflator`` and the ``items`` after it, ``others`` of the deflator on
        other prices, ``everywhere`` of all cities, and of it ``mix``, that on the share. The
        others' ``identified`` (how many) and the prices as ``close`` as coal; ``ahead`` by
        quantile; ``trial`` (`_trial`).
    """
    province = [_slope(row) for _, row in slopes[slopes["group"] == "province"].iterrows()]
    on_coal = [one for one in province if one["regressor"] == COAL]
    deflator = next((one for one in on_coal if one["outcome"] == DEFLATOR), None)
    if deflator is None:
        return None
    others = [one for one in province if one["regressor"] != COAL]
    everywhere = [_slope(row) for _, row in slopes[slopes["group"] == "all"].iterrows()]
    return {
        "slopes": on_coal,
        "deflator": deflator,
        "items": [one for one in on_coal if one is not deflator],
        "others": others,
        "identified": sum(bool(one["identified"]) for one in others),
        "close": [one["regressor"] for one in others if one["r2"] >= LIKE * deflator["r2"]],
        "everywhere": everywhere,
        "mix": next((one for one in everywhere if one["outcome"] == f"{DEFLATOR}_share"), None),
        "ahead": dict(ahead),
        "trial": _trial(tried),
    }


def share_facts(found: Comparison, *, year: int, slope: float | None) -> Facts | None:
    """What coal prices of ``year`` do to the share of manufacturing; None without a target.

    Returns
    -------
    dict
        ``points`` asked, ``year``, and a row each of ``bases``: ``base``, the price growth by
        which the points are ``undone`` (%), and ``moves`` (`manufacturing_ladder`), a coal price
        and way each.
    """
    targets = found.verdicts.loc[found.verdicts["indicator"] == MANUFACTURING, "value"]
    if targets.empty:
        return None
    points = float(targets.iloc[0])
    ladder = manufacturing_ladder(found.scenarios, year=year, slope=slope, points=points)
    each = ladder.loc[~ladder.round({"coal": 1}).duplicated(["base", "coal", "way"])]
    bases = [
        {"base": base, "undone": rows["undone"].iloc[0], "moves": rows.to_dict("records")}
        for base, rows in each.groupby("base")
    ]
    return {"points": points, "year": year, "bases": bases}


def _slope(row: pd.Series) -> Facts:
    """An elasticity with its intervals; on a share (``by_share``) for ten points more of it.

    ``ten`` has its points for 10 % of the price, ``reason`` whether and why it is not identified.
    """
    by_share = row["regressor"] == WITH_SHARE
    ends = ["estimate", *(name for name in row.index if str(name).endswith(("low", "high")))]
    return {
        **row,
        **{name: (TEN_POINTS if by_share else 1.0) * row[name] for name in ends},
        "by_share": by_share,
        "outcome": f"{row['outcome']}_share" if by_share else row["outcome"],
        "ten": {name: TEN_PERCENT * row[name] for name in ("estimate", "low", "high")},
        "reason": _reason(row),
    }


def _reason(row: pd.Series) -> str:
    if row["identified"]:
        return "identified"
    if row["low"] <= 0 <= row["high"]:
        return "zero"
    halves = [(row[f"{half}_low"], row[f"{half}_high"]) for half in ("first", "second")]
    if any(pd.isna(low) for low, _ in halves):
        return "short"
    return "halves" if all(low <= 0 <= high for low, high in halves) else "half"


def _trial(tried: pd.DataFrame) -> Facts | None:
    """How slopes of the years up to ``fitted`` did on the years ``first`` to ``last``.

    ``means`` and errors of the deflator, ``how`` it went, ``errors`` (`trial_errors`), and by year
    the ``deflator`` with growth of the ``coal`` price and the ``rest`` (log growth, %).
    """
    by_year = tried.assign(coal=100 * np.expm1(tried["coal"]), **(100 * tried[VALUES]))
    of_prices = by_year["outcome"] == DEFLATOR
    if not of_prices.any():
        return None
    errors = trial_errors(tried)
    first, last = (int(getattr(by_year.loc[of_prices, "year"], end)()) for end in ("min", "max"))
    return {
        "fitted": first - 1,
        "first": first,
        "last": last,
        "means": dict(errors.loc[DEFLATOR]),
        "how": _went(errors.loc[DEFLATOR]),
        "errors": errors.rename_axis("outcome").reset_index(),
        "deflator": by_year[of_prices],
        "rest": by_year[~of_prices],
    }


def _went(row: pd.Series) -> str:
    if row["error_with"] >= row["error_without"]:
        return "worse"
    part = (row["with_coal"] - row["without_coal"]) / (row["actual"] - row["without_coal"])
    if not 0 < part < 1:
        return "good"
    return "wrong_sign" if row["with_coal"] * row["actual"] < 0 else "short"
