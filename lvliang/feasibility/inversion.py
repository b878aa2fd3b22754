"""Inversion: the value of one lever that gives a target a chance asked for, solved on the draws.

The chance of a target is a step function of the lever, on the same paths throughout. It is solved
inside the range that history has seen: "no value in the historic range does" is an answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.optimize import brentq

from lvliang.errors import ParameterError
from lvliang.feasibility.industries import bases_needed, load_industries
from lvliang.feasibility.settling import vintage_gaps
from lvliang.feasibility.targets import Target, load_targets
from lvliang.feasibility.verdicts import missing, outcomes
from lvliang.projection.conditional import condition
from lvliang.projection.growth import from_log, to_log
from lvliang.projection.outlook import Outlook
from lvliang.projection.panel import load_panel
from lvliang.projection.sensitivity import commodity_growth, exposure

LEVERS = ("growth", "coal")
DRIVER = {"growth": "policy", "coal": "coal_price"}
PRECISION = 1e-3  # of the lever, in its unit


@dataclass(frozen=True)
class Answer:
    """What it takes.

    Attributes
    ----------
    target_id, lever : str
        Which target, and what is moved in every year to its last: ``growth`` (the city's own
        mean real growth, % a year) or ``coal`` (growth of the coal price, % a year, US dollars).
    probability : float
        The chance asked for.
    value : float or None
        Of the lever; None where no value in the historic range does.
    moved : float or None
        What the lever adds to the draws: points a year of growth; the value itself for coal.
    reached : float
        The chance with it; without a value, the nearest chance in the range.
    now : float
        The chance as drawn.
    least, most : float
        The historic range of the lever over as many years.
    percentile : float or None
        Share of past spells of as many years that were below the value (%).
    years, spells, cities : int
        Length of a spell, how many there are, and of how many cities (0 for coal).
    reason : str
        ``""``; ``out_of_range``; or ``not_identified`` (the lever moves nothing the target is
        about).
    """

    target_id: str
    lever: str
    probability: float
    value: float | None
    moved: float | None
    reached: float
    now: float
    least: float
    most: float
    percentile: float | None
    years: int
    spells: int
    cities: int
    reason: str = ""


def find_target(target_id: str, outlook: Outlook, data: Path | None = None) -> Target:
    """The target of that name, if it can be told.

    Raises
    ------
    ParameterError
        There is none, or no series carries it; names those that can be inverted.
    """
    targets = load_targets(outlook.region.code, outlook.base_year, outlook.end_year, data)
    told = {target.target_id: target for target in targets if missing(target, outlook) is None}
    if target_id in told:
        return told[target_id]
    near = get_close_matches(target_id, told, n=1)
    why = "has no series to settle it" if any(t.target_id == target_id for t in targets) else "none"
    hint = f" did you mean {near[0]}?" if near and why == "none" else ""
    problem = f"{target_id!r} is not a target" if why == "none" else f"{target_id!r} {why}"
    raise ParameterError(f"target: {problem};{hint} legal: {', '.join(told) or 'none here'}")


def invert(
    target: Target,
    outlook: Outlook,
    *,
    probability: float,
    lever: str,
    seed: int,
    data: Path | None = None,
) -> Answer:
    """The value of a lever that gives the target the chance asked for.

    Parameters
    ----------
    outlook : Outlook
        The draws, of the same ``seed``; a scenario of theirs stays, but for the lever.
    probability : float
        Between 0.01 and 0.99.
    lever : str
        One of `LEVERS`.

    Raises
    ------
    ParameterError
        The probability or the lever is not legal.
    """
    _check_probability(probability)
    if lever not in LEVERS:
        raise ParameterError(f"lever: {lever!r} is not legal; legal: {' or '.join(LEVERS)}")
    if outlook.scenario.drivers.get(DRIVER[lever]):
        raise ParameterError(
            f"scenario: {outlook.scenario.scenario_id} fixes {DRIVER[lever]}, which is what is "
            "asked for; legal: a scenario that leaves it free"
        )
    gaps = vintage_gaps(outlook.region.code, outlook.base_year, data)
    span = range(outlook.base_year + 1, target.last_year + 1)
    usual = _usual(outlook, span)

    def chance(value: float) -> float:
        moved = value - usual if lever == "growth" else value
        found = move(outlook, lever, dict.fromkeys(span, moved), seed=seed, data=data)
        return float(target.met(outcomes(target, found, gaps)).mean())

    past = _past_spells(lever, outlook.base_year, len(span), data)
    least, most = (float(past.min()), float(past.max())) if len(past) else (np.nan, np.nan)
    now = float(target.met(outcomes(target, outlook, gaps)).mean())
    cities = past.index.get_level_values("region").nunique() if lever == "growth" else 0
    answer = Answer(
        target.target_id, lever, probability, None, None, now, now, least, most, None,
        len(span), len(past), cities,
    )  # fmt: skip
    if not len(past) or (lever == "coal" and not _coal_moves(target, outlook, data)):
        return replace(answer, reason="not_identified")
    value, reached = _solve(chance, probability, least, most)
    if value is None:
        return replace(answer, reached=reached, reason="out_of_range")
    return replace(
        answer,
        value=value,
        moved=value - usual if lever == "growth" else value,
        reached=reached,
        percentile=100 * float((past < value).mean()),
    )


def move(
    outlook: Outlook,
    lever: str,
    by_year: Mapping[int, float],
    *,
    seed: int,
    data: Path | None = None,
) -> Outlook:
    """The draws with the lever at these values; what else their scenario assumes is in them."""
    mix = {"secondary_share": outlook.scenario.drivers.get("secondary_share", {})}
    only = replace(outlook.scenario, drivers=mix | {DRIVER[lever]: dict(by_year)})
    return condition(outlook, only, seed=seed, data=data)


def bases_for(
    target_id: str,
    probability: float,
    *,
    region: str,
    base_year: int,
    data: Path | None = None,
) -> pd.DataFrame:
    """Bases of an industry target that as many past spells as asked would have brought to it.

    ``base = value / (1 + growth) ** years``, with the growth that a share ``probability`` of past
    spells of the length reached or passed: secondary-sector value added of cities at current
    prices, which is not the output value of an industry, so indicative and no chance of its own.

    Returns
    -------
    pandas.DataFrame
        From `lvliang.feasibility.industries.bases_needed`, one row a deadline and reference.

    Raises
    ------
    ParameterError
        There is no such industry target, or none that money is the unit of.
    """
    _check_probability(probability)
    found = load_industries(region, base_year, data)
    rows = found.deadlines[found.deadlines["kind"] == "money"]
    legal = list(dict.fromkeys(rows["commitment_id"]))
    if target_id not in legal:
        near = get_close_matches(target_id, legal, n=1)
        hint = f" did you mean {near[0]}?" if near else ""
        raise ParameterError(
            f"target: {target_id!r} has no base that known growth could be held against;{hint} "
            f"legal: {', '.join(legal) or 'none here'}"
        )
    wanted = rows[rows["commitment_id"] == target_id]
    return bases_needed(wanted, found.known, [1 - probability])


def _check_probability(probability: float) -> None:
    if not 0.01 <= probability <= 0.99:
        raise ParameterError(f"probability: {probability:g} is not legal; legal: 0.01 to 0.99")


def _usual(outlook: Outlook, span: range) -> float:
    """Median mean real growth over the span as drawn (% a year)."""
    growth = outlook.own_paths.sel(indicator="gdp_real_growth", year=list(span))
    return float(from_log(to_log(growth).mean("year")).median())


def _solve(
    chance: Callable[[float], float], probability: float, least: float, most: float
) -> tuple[float | None, float]:
    """The lever at which a rising or falling step function passes the probability."""
    ends = [chance(least), chance(most)]
    if not min(ends) <= probability <= max(ends):
        return None, min(ends, key=lambda end: abs(end - probability))
    if ends[0] == probability or ends[1] == probability:
        value = least if ends[0] == probability else most
    else:
        value = brentq(lambda x: chance(x) - probability, least, most, xtol=PRECISION)
    return float(value), chance(value)


def _coal_moves(target: Target, outlook: Outlook, data: Path | None) -> bool:
    """Whether the coal price moves what the target is about: not real growth."""
    regions = list(outlook.paths["region"].to_numpy())
    known = exposure(regions, outlook.base_year, data)
    return known is not None and target.indicator != "gdp_real_growth"


def _past_spells(lever: str, origin: int, years: int, data: Path | None) -> pd.Series:
    """Mean growth (% a year) over past spells of as many years, ended by the origin."""
    if lever == "coal":
        growth = commodity_growth(origin, data=data).to_frame("coal")
    else:
        growth = to_log(load_panel(origin, data).growth)
    spells = from_log(growth.rolling(years).mean()).unstack().dropna()
    return spells.rename_axis(["region", "year"])
