"""What the coal price moves in a city, and how far that can be told."""

from typing import Any

import numpy as np
import pandas as pd

from lvliang.baseline.growth import from_log, to_log
from lvliang.baseline.regions import cities_beside
from lvliang.baseline.store import kept, stored
from lvliang.feasibility.comparison import LEVELS, Comparison
from lvliang.projection.conditional import drawn_coal
from lvliang.projection.outlook import Outlook
from lvliang.projection.sensitivity import COAL, exposure

DEFLATOR = "gdp_deflator"
WITH_SHARE = "coal_x_share"
TEN_PERCENT = 100 * float(np.log(1.1))  # points of log growth
TEN_POINTS = 0.1  # of a share
LIKE = 0.9  # of the fit of coal, from which another price fits about as closely
MANUFACTURING = "manufacturing_share_change"
BASES = (20.0, 30.0, 40.0, 50.0)  # share of manufacturing, %
VALUES = ["actual", "with_coal", "without_coal"]

Facts = dict[str, Any]


@stored
def own_slope(region: str, origin: int) -> float | None:
    """Log points of the city's prices on one of the coal price; None where not identified."""
    found = exposure(cities_beside(region), origin)
    slope = None if found is None else found.slope.get(region)
    return None if slope is None or np.isnan(slope) else float(slope)


def coal_ahead(plain: Outlook, *, seed: int) -> pd.Series:
    """Coal price of the end year over the base year's, by `LEVELS`; empty if it moves nothing."""

    def look() -> pd.Series:
        total = drawn_coal(plain, seed=seed).sum("year").to_numpy()
        return pd.Series(np.exp(np.quantile(total, list(LEVELS.values()))), index=list(LEVELS))

    if own_slope(plain.region.code, plain.base_year) is None:
        return pd.Series(dtype=float)
    return kept("coal_ahead", plain.asked, look)


def manufacturing_share(share: float, other: float) -> float:
    """Share of manufacturing (%), once ``share``, when the prices of the rest grow by ``other`` %.

    ``share' = m / (m + (1 - m) (1 + x))``: a part of a sum shrinks when the other part's prices
    rise, whatever it makes itself.
    """
    part = share / 100
    return 100 * part / (part + (1 - part) * (1 + other / 100))


def price_that_undoes(share: float, points: float) -> float:
    """Growth of the rest (%) that takes ``points`` off the share of manufacturing."""
    part, after = share / 100, (share - points) / 100
    return 100 * (part * (1 - after) / (after * (1 - part)) - 1)


def share_facts(found: Comparison, *, year: int, slope: float | None) -> Facts | None:
    """What coal prices of ``year`` do to the share of manufacturing; None without a target.

    No base is in the data, so there is a ladder of them. The rest of the total answers coal in two
    ways: by the city's ``slope`` of prices on coal (left out where there is none), which is that of
    all GDP and too small for coal itself, and one for one.

    ``points`` asked, ``year``, and ``bases``: ``base`` (share before, %), the price growth by which
    the points are ``undone`` once the share has risen by them (%), and ``moves``: growth of the
    price of ``coal`` (%), ``way``, ``price`` (growth of the rest, %), ``moved`` (of the share,
    points).
    """
    targets = found.verdicts.loc[found.verdicts["indicator"] == MANUFACTURING, "value"]
    if targets.empty:
        return None
    points = float(targets.iloc[0])
    paths = [one.path("coal_price", [year]) for one in found.scenarios]
    given = pd.Series([coal for path in paths for coal in path.values()], dtype=float)
    ways = [way for coal in given[~given.round(1).duplicated()] for way in _ways(coal, slope)]
    bases = [
        {
            "base": base,
            "undone": price_that_undoes(base + points, points),
            "moves": [
                way | {"moved": manufacturing_share(base, way["price"]) - base} for way in ways
            ],
        }
        for base in BASES
        if ways
    ]
    return {"points": points, "year": year, "bases": bases}


def _ways(coal: float, slope: float | None) -> list[Facts]:
    full = {"coal": coal, "way": "full", "price": coal}
    if slope is None:
        return [full]
    return [full | {"way": "slope", "price": float(from_log(slope * to_log(coal)))}, full]


def coal_facts(slopes: pd.DataFrame, tried: pd.DataFrame, ahead: pd.Series) -> Facts | None:
    """What coal moves, whether that is identified, and how early slopes did on later years.

    None without an elasticity of prices. Elasticities (`_slope`): ``slopes`` of the province on
    coal, that of the ``deflator`` and the ``items`` after it, ``others`` of the deflator on other
    prices, ``everywhere`` of all cities, and of it ``mix``, that on the share. The others'
    ``identified`` (how many) and prices as ``close`` as coal; ``ahead`` by quantile; `_trial`.
    """
    province, everywhere = (
        [_slope(row) for _, row in slopes[slopes["group"] == group].iterrows()]
        for group in ("province", "all")
    )
    on_coal = [one for one in province if one["regressor"] == COAL]
    deflator = next((one for one in on_coal if one["outcome"] == DEFLATOR), None)
    if deflator is None:
        return None
    others = [one for one in province if one["regressor"] != COAL]
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


def _slope(row: pd.Series) -> Facts:
    """An elasticity, for ten points more of a share; ``ten``: points for 10 % of the price."""
    by_share = row["regressor"] == WITH_SHARE
    return {
        **row,
        **(TEN_POINTS if by_share else 1.0) * row.filter(regex="estimate|low$|high$"),
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
    errors, years = trial_errors(tried), by_year.loc[of_prices, "year"]
    return {
        "fitted": int(years.min()) - 1,
        "first": int(years.min()),
        "last": int(years.max()),
        "means": dict(errors.loc[DEFLATOR]),
        "how": _went(errors.loc[DEFLATOR]),
        "errors": errors.reset_index(),
        "deflator": by_year[of_prices],
        "rest": by_year[~of_prices],
    }


def trial_errors(tried: pd.DataFrame) -> pd.DataFrame:
    """Means over the years tried, by outcome: `VALUES` (points of log growth) and the slope
    ``fitted``; and root mean squared errors ``error_with, error_without`` coal (points).
    """
    apart = tried[["with_coal", "without_coal"]].sub(tried["actual"], axis=0)
    squares = apart.pow(2).set_axis(["error_with", "error_without"], axis=1)
    means = tried.join(squares).groupby("outcome", sort=False)[["fitted", *VALUES, *squares]].mean()
    return means.assign(**100 * means[VALUES], **100 * np.sqrt(means[list(squares)]))


def _went(row: pd.Series) -> str:
    if row["error_with"] >= row["error_without"]:
        return "worse"
    part = (row["with_coal"] - row["without_coal"]) / (row["actual"] - row["without_coal"])
    if not 0 < part < 1:
        return "good"
    return "wrong_sign" if row["with_coal"] * row["actual"] < 0 else "short"
