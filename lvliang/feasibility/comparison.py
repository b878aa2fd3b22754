"""Scenarios side by side: the same paths given each, what they move and which verdicts change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from lvliang.feasibility.background import Background
from lvliang.feasibility.targets import load_targets
from lvliang.feasibility.verdicts import assess, rank_paths
from lvliang.projection.conditional import condition
from lvliang.projection.growth import from_log
from lvliang.projection.outlook import Outlook, mean_growth, quantiles
from lvliang.projection.scenario import Scenario
from lvliang.projection.sensitivity import commodity_growth

LEVELS = {"q10": 0.1, "q50": 0.5, "q90": 0.9}
INDICATORS = ("gdp_nominal", "budget_revenue")
ONE_POINT = 1.0
SIDES = {"low": -1, "high": 1}


@dataclass(frozen=True)
class Comparison:
    """Scenarios of one city, conditional draws of the same paths.

    Attributes
    ----------
    scenarios : tuple of Scenario
        In the order of the tables; the first is what the others are held against.
    summary : pandas.DataFrame
        Index scenario: ``gdp_nominal_q10`` … ``budget_revenue_q90`` (亿元, end year, current
        prices; missing where not drawn), ``gdp_nominal_against``, ``budget_revenue_against``
        (median against the first scenario's, %), ``growth`` and ``prices`` (median mean real
        growth and deflator growth, % a year), ``kept`` (share of paths at the rank of the base
        year or better), and the joint chance of each group of targets.
    verdicts : pandas.DataFrame
        The verdict table of each scenario, with ``scenario`` and ``changed`` (class other than
        under the first).
    fans : pandas.DataFrame
        ``scenario, indicator, year`` and ``QUANTILES`` of the levels.
    """

    scenarios: tuple[Scenario, ...]
    summary: pd.DataFrame
    verdicts: pd.DataFrame
    fans: pd.DataFrame


def compare(
    plain: Outlook,
    scenarios: Sequence[Scenario],
    background: Background,
    *,
    rank: float,
    seed: int,
    data: Path | None = None,
) -> Comparison:
    """Hold scenarios against the first of them.

    Parameters
    ----------
    plain : Outlook
        Drawn without a scenario, with the same ``seed``.
    rank : float
        Rank of GDP in the base year; missing where there is none.
    """
    targets = load_targets(plain.region.code, plain.base_year, plain.end_year, data)
    rows, verdicts, fans = {}, [], []
    for scenario in scenarios:
        found = condition(plain, scenario, seed=seed, data=data)
        judged = assess(targets, found, background)
        rows[scenario.scenario_id] = _summary(found, rank, judged)
        verdicts.append(judged.assign(scenario=scenario.scenario_id))
        fans += [_fan(found, name) for name in INDICATORS]
    summary = pd.DataFrame.from_dict(rows, orient="index")
    for name in INDICATORS:
        median = summary[f"{name}_q50"]
        summary[f"{name}_against"] = 100 * (median / median.iloc[0] - 1)
    table = pd.concat(verdicts, ignore_index=True)
    first = table[table["scenario"] == scenarios[0].scenario_id].set_index("target_id")["class"]
    table["changed"] = table["class"] != table["target_id"].map(first)
    return Comparison(tuple(scenarios), summary, table, pd.concat(fans, ignore_index=True))


def tornado(
    plain: Outlook, relapse: Scenario, *, seed: int, data: Path | None = None
) -> pd.DataFrame:
    """What one driver at a time does to the end year, both ways.

    Sizes: growth of the coal price in every year one standard deviation below and above the mean
    of past spells as long as the run; one point of growth of the nation, and of the city alone,
    in every year; the shock of ``relapse``.

    Returns
    -------
    pandas.DataFrame
        ``driver, side`` (low, high), ``size`` (of the driver, in its unit), ``gdp_nominal`` and
        ``budget_revenue`` (median of the end year against the plain draws, %) and ``growth``
        (median mean real growth less that of the plain draws, points). Sides are held against
        the middle of their driver: for coal, growth at the mean of past spells.
    """
    years = [int(year) for year in plain.paths["year"].to_numpy()]
    past = commodity_growth(plain.base_year, data=data).rolling(len(years)).mean().dropna()
    empty = replace(plain.scenario, drivers={})
    moves = [
        (driver, side, sign * ONE_POINT)
        for driver in ("national_growth", "policy")
        for side, sign in SIDES.items()
    ]
    middle = {}
    if len(past) > 1:
        centre, spread = float(past.mean()), float(past.std())
        at_mean = empty.with_driver("coal_price", dict.fromkeys(years, from_log(centre)))
        middle["coal_price"] = condition(plain, at_mean, seed=seed, data=data)
        moves += [
            ("coal_price", side, float(from_log(centre + sign * spread)))
            for side, sign in SIDES.items()
        ]
    rows = []
    for driver, side, size in moves:
        scenario = empty.with_driver(driver, dict.fromkeys(years, size))
        found = condition(plain, scenario, seed=seed, data=data)
        row = _effect(found, middle.get(driver, plain))
        rows.append({"driver": driver, "side": side, "size": size} | row)
    struck = condition(
        plain, replace(relapse, drivers={"shock": relapse.drivers["shock"]}), seed=seed, data=data
    )
    size = float(min(relapse.drivers["shock"].values()))
    rows.append({"driver": "shock", "side": "low", "size": size} | _effect(struck, plain))
    return pd.DataFrame(rows)


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


def _summary(found: Outlook, rank: float, judged: pd.DataFrame) -> dict[str, float]:
    row: dict[str, float] = {}
    for name in INDICATORS:
        drawn = found.own_paths.sel(indicator=name, year=found.end_year).to_numpy()
        row |= {f"{name}_{key}": float(np.quantile(drawn, level)) for key, level in LEVELS.items()}
    ranks = rank_paths(found, "gdp_nominal", found.end_year)
    together = judged.groupby("group", sort=False)["group_probability"].first()
    return row | {
        "growth": float(mean_growth(found, "gdp_real_growth").median()),
        "prices": float(mean_growth(found, "gdp_deflator_growth").median()),
        "kept": float((ranks <= rank).mean()) if len(ranks) and not np.isnan(rank) else np.nan,
        **together.to_dict(),
    }


def _fan(found: Outlook, indicator: str) -> pd.DataFrame:
    named = quantiles(found, indicator).rename_axis("year").reset_index()
    return named.assign(scenario=found.scenario.scenario_id, indicator=indicator)


def _effect(found: Outlook, middle: Outlook) -> dict[str, float]:
    after, before = _medians(found), _medians(middle)
    moved = {name: 100 * (after[name] / before[name] - 1) for name in INDICATORS}
    return moved | {"growth": after["growth"] - before["growth"]}


def _medians(found: Outlook) -> dict[str, float]:
    last = found.own_paths.sel(year=found.end_year)
    levels = {name: float(last.sel(indicator=name).median()) for name in INDICATORS}
    return levels | {"growth": float(mean_growth(found, "gdp_real_growth").median())}


def shipped_and_own(shipped: Sequence[Scenario], own: Scenario) -> list[Scenario]:
    """The shipped scenarios, and the run's own where it is none of them."""
    known = [scenario.drivers for scenario in shipped]
    return [*shipped] if own.drivers in known else [*shipped, replace(own, scenario_id="own")]
