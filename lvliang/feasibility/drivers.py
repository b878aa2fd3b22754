"""What moves a city's outlook: one driver at a time, and the coal price in particular."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pandas as pd

from lvliang.baseline.growth import from_log, to_log
from lvliang.baseline.regions import find_region, peers
from lvliang.baseline.store import kept
from lvliang.feasibility.comparison import INDICATORS, LEVELS
from lvliang.projection.conditional import condition, drawn_coal
from lvliang.projection.forecast import forecast_factor
from lvliang.projection.outlook import Outlook, mean_growth
from lvliang.projection.panel import has_panel, load_panel
from lvliang.projection.scenario import SHOCK, Scenario
from lvliang.projection.sensitivity import commodity_growth, exposure

OWN_GROWTH = 1.0  # points a year
WHOLE = 0.05  # points of an effect that round to nothing
SHARE_OF_SECTOR = 5.0  # points over the run
FIRST_JUDGED = 3  # years of data before the first forecast of the nation that is judged
BASES = (20.0, 30.0, 40.0, 50.0)  # share of manufacturing, %
SIDES = {"low": -1, "high": 1}
EFFECTS = ["driver", "side", "size", *INDICATORS, "growth"]


def load_tornado(
    plain: Outlook,
    scenarios: Sequence[Scenario],
    *,
    seed: int,
    data: Path | None = None,
) -> pd.DataFrame:
    """`tornado` with the largest shock of ``scenarios``, once for the same run."""
    struck = [one for one in scenarios if one.drivers.get(SHOCK)]
    shock = max(struck, key=lambda one: abs(_largest(one)), default=None)
    asked = plain.asked | {"shock": asdict(shock) if shock else {}}
    return kept(
        "tornado",
        asked,
        lambda: tornado(plain, shock, seed=seed, data=data),
        data=data,
    )


def tornado(
    plain: Outlook, shock: Scenario | None, *, seed: int, data: Path | None = None
) -> pd.DataFrame:
    """What one driver at a time does to the end year, both ways.

    Sizes: growth of the coal price in every year one standard deviation below and above the mean
    of past spells as long as the run; growth of the nation in every year by `national_error`; one
    point of the city's own growth in every year; five points of its secondary share over the run;
    the largest shock of ``shock``, in the middle of the run.

    Returns
    -------
    pandas.DataFrame
        ``driver, side`` (low, high), ``size`` (of the driver, in its unit, a year), ``gdp_nominal``
        and ``budget_revenue`` (median of the end year against that of the middle, %) and
        ``growth`` (median mean real growth less that of the middle, points). The middle is the
        plain draws, but for coal growth at the mean of past spells. A driver that the data do not
        size is left out.
    """
    years = [int(year) for year in plain.paths["year"].to_numpy()]
    empty = replace(plain.scenario, drivers={})

    def effect(scenario: Scenario, middle: dict[str, float]) -> dict[str, float]:
        after = _medians(condition(plain, scenario, seed=seed, data=data))
        moved = {name: 100 * (after[name] / middle[name] - 1) for name in INDICATORS}
        return moved | {"growth": after["growth"] - middle["growth"]}

    steps = {
        "national_growth": national_error(plain.base_year, len(years), data),
        "policy": OWN_GROWTH,
        "secondary_share": SHARE_OF_SECTOR / len(years),
    }
    middle = _medians(plain)
    moves = [
        (driver, side, sign * step, middle)
        for driver, step in steps.items()
        if step is not None
        for side, sign in SIDES.items()
    ]
    past = commodity_growth(plain.base_year, data=data).rolling(len(years)).mean().dropna()
    if len(past) > 1:
        at_mean = empty.with_driver("coal_price", dict.fromkeys(years, from_log(past.mean())))
        usual = _medians(condition(plain, at_mean, seed=seed, data=data))
        for side, sign in SIDES.items():
            growth = float(from_log(past.mean() + sign * past.std()))
            moves.append(("coal_price", side, growth, usual))
    rows = [
        {"driver": driver, "side": side, "size": size}
        | effect(empty.with_driver(driver, dict.fromkeys(years, size)), against)
        for driver, side, size, against in moves
    ]
    if shock is not None:
        size = _largest(shock)
        struck = replace(shock, drivers={SHOCK: {struck_year(years): size}})
        side = "low" if size < 0 else "high"
        rows.append({"driver": SHOCK, "side": side, "size": size} | effect(struck, middle))
    return pd.DataFrame(rows, columns=EFFECTS)


def struck_year(years: Sequence[int]) -> int:
    """The year in which the shock of `tornado` strikes: the middle one.

    Examples
    --------
    >>> struck_year([2021, 2022, 2023, 2024, 2025])
    2023
    """
    return years[len(years) // 2]


def national_error(origin: int, years: int, data: Path | None = None) -> float | None:
    """How far forecasts of the nation's mean growth over ``years`` were out (points).

    Root mean square over the earlier origins whose years are all known; None where there is none.
    """
    if not has_panel(data):
        return None
    panel = load_panel(origin, data)
    first = int(panel.growth.index[0]) + FIRST_JUDGED
    errors = [
        panel.factor.loc[past + 1 : past + years].mean()
        - forecast_factor(panel.at(past), years).mean()
        for past in range(first, origin - years + 1)
    ]
    return float(np.sqrt(np.mean(np.square(errors)))) if errors else None


def own_slope(region: str, origin: int, data: Path | None = None) -> float | None:
    """Log points of the city's prices on one of the coal price; None where not identified."""
    city = find_region(region, data)
    codes = [peer.code for peer in peers(city, data)]

    def look() -> float | None:
        found = exposure(codes, origin, data)
        slope = None if found is None else found.slope.get(city.code)
        return None if slope is None or np.isnan(slope) else float(slope)

    return kept("own_slope", {"region": city.code, "origin": origin}, look, data=data)


def coal_ahead(plain: Outlook, *, seed: int, data: Path | None = None) -> pd.Series:
    """The coal price of the end year over that of the base year, where no scenario fixes it.

    Returns
    -------
    pandas.Series
        Its quantiles over the draws, by `LEVELS`; empty where coal moves nothing.
    """

    def look() -> pd.Series:
        total = drawn_coal(plain, seed=seed, data=data).sum("year").to_numpy()
        return pd.Series(np.exp(np.quantile(total, list(LEVELS.values()))), index=list(LEVELS))

    if own_slope(plain.region.code, plain.base_year, data) is None:
        return pd.Series(dtype=float)
    return kept("coal_ahead", plain.asked, look, data=data)


def manufacturing_share(share: float, other: float) -> float:
    """Share of manufacturing when the rest of the total grows by ``other`` through prices.

    ``share' = m / (m + (1 - m) (1 + x))``: a part of a sum shrinks when the other part's prices
    rise, whatever it makes itself.

    Parameters
    ----------
    share : float
        Before, %.
    other : float
        Growth of the rest, %.

    Examples
    --------
    >>> round(manufacturing_share(30.0, 20.0), 1)
    26.3
    """
    part = share / 100
    return 100 * part / (part + (1 - part) * (1 + other / 100))


def price_that_undoes(share: float, points: float) -> float:
    """Growth of the rest (%) that takes ``points`` off the share of manufacturing.

    Examples
    --------
    >>> round(manufacturing_share(30.0, price_that_undoes(30.0, 2.0)), 6)
    28.0
    """
    part, after = share / 100, (share - points) / 100
    return 100 * (part * (1 - after) / (after * (1 - part)) - 1)


def manufacturing_ladder(
    scenarios: Sequence[Scenario], *, year: int, slope: float | None, points: float
) -> pd.DataFrame:
    """What the coal price of ``year`` does to the share of manufacturing, over possible bases.

    No base is in the data, so there is a ladder of them. The rest of the total answers coal in two
    ways: by the city's ``slope`` of prices on coal (``slope``; left out where there is none), which
    is that of all GDP and too small for coal itself, and one for one (``full``).

    Returns
    -------
    pandas.DataFrame
        ``base`` (share before, %), ``undone`` (price growth of the rest that takes ``points`` off
        the share once it has risen by them, %), ``scenario``, ``coal`` (growth of its price, %),
        ``way``, ``price`` (growth of the rest through it, %), ``moved`` (of the share, points).
    """
    rows = [
        {
            "base": base,
            "undone": price_that_undoes(base + points, points),
            "scenario": scenario.scenario_id,
            "coal": coal,
            "way": way,
            "price": price,
            "moved": manufacturing_share(base, price) - base,
        }
        for base in BASES
        for scenario in scenarios
        for coal in scenario.path("coal_price", [year]).values()
        for way, price in _of_coal(coal, slope)
    ]
    columns = ["base", "undone", "scenario", "coal", "way", "price", "moved"]
    return pd.DataFrame(rows, columns=columns)


def trial_errors(tried: pd.DataFrame) -> pd.DataFrame:
    """How a trial of early slopes went (``tried`` of ``sensitivity.trial``).

    Returns
    -------
    pandas.DataFrame
        Index outcome: ``fitted`` (slope), means over the years tried of ``actual, with_coal,
        without_coal`` and the root mean squared errors ``error_with, error_without`` (points of
        log growth).
    """
    values = ["actual", "with_coal", "without_coal"]
    means = 100 * tried.groupby("outcome", sort=False)[values].mean()
    apart = {
        f"error_{way}": 100 * (tried[f"{way}_coal"] - tried["actual"])
        for way in ("with", "without")
    }
    squares = pd.DataFrame(apart).pow(2).groupby(tried["outcome"], sort=False).mean()
    fitted = tried.groupby("outcome", sort=False)["fitted"].first()
    return means.assign(fitted=fitted).join(np.sqrt(squares))


def _of_coal(coal: float, slope: float | None) -> list[tuple[str, float]]:
    """Price growth of what is priced by coal, by each way (%)."""
    ways = [] if slope is None else [("slope", float(from_log(slope * to_log(coal))))]
    return [*ways, ("full", coal)]


def _largest(scenario: Scenario) -> float:
    return max(scenario.drivers[SHOCK].values(), key=abs)


def _medians(found: Outlook) -> dict[str, float]:
    last = found.own_paths.sel(year=found.end_year)
    levels = {name: float(last.sel(indicator=name).median()) for name in INDICATORS}
    return levels | {"growth": float(mean_growth(found, "gdp_real_growth").median())}
