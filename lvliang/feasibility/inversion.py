"""Inversion: the value of one lever that gives a target a chance asked for, solved on the draws.

The chance of a target is a step function of the lever, on the same paths throughout. It is solved
inside the range that history has seen: "no value in the historic range does" is an answer. Of an
industry target, for which nothing is drawn, the base is asked instead.
"""

from dataclasses import asdict, dataclass, replace
from typing import Any

import pandas as pd
from scipy.optimize import brentq

from lvliang.baseline.growth import from_log, to_log
from lvliang.baseline.history import REAL
from lvliang.errors import DataError, ParameterError, did_you_mean
from lvliang.feasibility.background import vintage_gaps
from lvliang.feasibility.bands import WORD_ONLY_GRADES, check_probability
from lvliang.feasibility.industries import bases_needed, industry_targets, load_industries
from lvliang.feasibility.known_growth import SECTOR_TABLES, describe_known
from lvliang.feasibility.targets import Target, load_targets
from lvliang.feasibility.verdicts import Verdict, missing, outcomes
from lvliang.projection.conditional import condition
from lvliang.projection.outlook import Outlook
from lvliang.projection.panel import load_panel
from lvliang.projection.scenario import DRIVERS, PERCENT
from lvliang.projection.sensitivity import COAL, commodity_growth, exposure

DRIVER = {"growth": "policy", "coal": "coal_price"}  # by lever
PRECISION = 1e-3  # of the lever, in its unit
WHY_NOT = {
    "no_series": "has no series to settle it",
    "no_outcome": "is over, and no figure of it is to hand",
    "broken": "has a series that breaks within its years",
    "beyond_run": "is over, or due beyond the years of the run",
    "ended": "has a series that ended too long ago",
    "short": "has too short a series",
    "rivals": "has no series of the other cities",
}


@dataclass(frozen=True)
class Answer:
    """What it takes of a lever, moved in every year to the target's last.

    ``lever``: ``growth`` (the city's own mean real growth, % a year) or ``coal`` (growth of its
    price, % a year, US dollars). ``probability, now, reached``: the chance asked for, as drawn, and
    with the value: without one the nearest in the range. ``usual``: median mean real growth as
    drawn; None for coal. ``least, most, at_least, at_most``: the historic range of the lever over
    as many years, and the chances at its ends. ``years, spells, cities, starts, last, own_spells``:
    length of a past spell, how many there are, of how many cities (0 for coal), how many years they
    begin in, the last in which one ended, and how many are the city's own. ``value, moved``: of the
    lever (growth: its median), and what it adds in each year, in points beyond those of a scenario
    (coal: the value); None where no value in the range does. ``percentile, latest_percentile,
    own_percentile``: share of past spells below the value (%): of all, of those that ended last, of
    the city's own. ``reason``: "", ``out_of_range``, or ``not_identified`` (it moves nothing the
    target is about).
    """

    target_id: str
    lever: str
    probability: float
    now: float
    usual: float | None
    reached: float
    least: float
    most: float
    at_least: float
    at_most: float
    years: int
    spells: int
    cities: int
    starts: int
    last: int
    own_spells: int
    value: float | None = None
    moved: float | None = None
    percentile: float | None = None
    latest_percentile: float | None = None
    own_percentile: float | None = None
    reason: str = ""

    @property
    def windows(self) -> int:
        """How many of the spells of one city fit side by side."""
        return (self.starts + self.years - 1) // self.years


def find_target(target_id: str, outlook: Outlook) -> Target:
    """The target of that name; a `ParameterError` that names those there are if not told."""
    region, origin = outlook.region.code, outlook.base_year
    known = {one.target_id: one for one in load_targets(region, origin, outlook.end_year)}
    faults = {name: missing(target, outlook) for name, target in known.items()}
    told = [name for name, fault in faults.items() if fault is None]
    if target_id in told:
        return known[target_id]
    bases = _targets_by_base(industry_targets(region, origin))
    fault = faults.get(target_id)
    if fault is None and target_id not in bases:
        problem = f"is not a target;{did_you_mean(target_id, [*told, *bases])}"
    else:
        problem = f"{WHY_NOT[fault.reason if fault else 'no_series']};"
    by_base = f"; by base: {', '.join(bases)}" if bases else ""
    raise ParameterError(
        f"target: {target_id!r} {problem} legal: {', '.join(told) or 'none here'}{by_base}"
    )


def invert(
    target: Target, outlook: Outlook, *, probability: float, lever: str, seed: int
) -> Answer:
    """The value of a lever of `DRIVER` that gives the target the chance asked for.

    The draws are of the same ``seed``; a scenario of theirs stays, but for the lever. Raises
    `ParameterError` if the chance or the lever is not legal, or the scenario fixes what is asked.
    """
    check_probability(probability)
    if lever not in DRIVER:
        raise ParameterError(f"lever: {lever!r} is not legal; legal: {' or '.join(DRIVER)}")
    if lever == "coal" and outlook.scenario.drivers.get(DRIVER[lever]):
        raise ParameterError(
            f"scenario: {outlook.scenario.scenario_id} fixes {DRIVER[lever]}, which is what is "
            "asked for; legal: a scenario that leaves it free"
        )
    gaps = vintage_gaps(outlook.region.code, outlook.base_year)
    span = range(outlook.base_year + 1, target.last_year + 1)
    drawn = to_log(outlook.own_paths.sel(indicator="gdp_real_growth", year=list(span)))
    usual = float(from_log(drawn.mean("year")).median()) if lever == "growth" else None

    def chance(found: Outlook) -> float:
        return float(target.met(outcomes(target, found, gaps)).mean())

    def with_lever(value: float) -> float:
        path = dict.fromkeys(span, value - (usual or 0.0))
        only = replace(outlook.scenario, drivers={DRIVER[lever]: path})  # the rest is in the draws
        return chance(condition(outlook, only, seed=seed))

    past = _past_spells(lever, outlook.base_year, len(span))
    regions, ends = (past.index.get_level_values(name) for name in ("region", "year"))
    own = past[regions == outlook.region.code]
    now = chance(outlook)
    answer = Answer(
        target.target_id,
        lever,
        probability,
        now,
        usual,
        reached=now,
        least=float(past.min()),
        most=float(past.max()),
        at_least=now,
        at_most=now,
        years=len(span),
        spells=len(past),
        cities=0 if lever == "coal" else regions.nunique(),
        starts=ends.nunique(),
        last=int(ends.max()) if len(ends) else outlook.base_year,
        own_spells=len(own),
    )
    if past.empty or (lever == "coal" and not _coal_moves(target, outlook)):
        return replace(answer, reason="not_identified")
    answer = replace(answer, at_least=with_lever(answer.least), at_most=with_lever(answer.most))
    reachable = answer.at_least, answer.at_most
    if not min(reachable) <= probability <= max(reachable):
        nearest = min(reachable, key=lambda end: abs(end - probability))
        return replace(answer, reached=nearest, reason="out_of_range")
    value = float(
        brentq(lambda x: with_lever(x) - probability, answer.least, answer.most, xtol=PRECISION)
    )
    return replace(
        answer,
        value=value,
        moved=value - (usual or 0.0),
        reached=with_lever(value),
        percentile=_below(past, value),
        latest_percentile=_below(past[ends == answer.last], value),
        own_percentile=_below(own, value),
    )


def as_changes(answer: Answer, outlook: Outlook) -> str:
    """The answer as changes of the run's scenario, in place of what it assumes of the lever.

    Empty without a value, or where it is more than a change may be.
    """
    if answer.moved is None:
        return ""
    name, driver = DRIVER[answer.lever], DRIVERS[DRIVER[answer.lever]]
    span = range(outlook.base_year + 1, outlook.base_year + 1 + answer.years)
    assumed = outlook.scenario.path(name, span)
    values = {year: answer.moved + assumed.get(year, 0.0) for year in span}
    if not all(driver.least <= value <= driver.most for value in values.values()):
        return ""
    sign = PERCENT if driver.unit == PERCENT else ""
    kept = [one.strip() for one in outlook.scenario.changes.split(";")]
    kept = [one for one in kept if one and not one.startswith(f"{name}.")]
    return "; ".join(
        [*kept, *(f"{name}.{year}={value:.3f}{sign}" for year, value in values.items())]
    )


def inversion_facts(answer: Answer, verdict: Verdict, outlook: Outlook) -> dict[str, Any]:
    """What the text ``invert`` says of an answer, with the verdict on the same draws."""
    return {
        "answer": answer,
        "target": verdict.target,
        "grade": verdict.grade,
        "word_only": verdict.grade in WORD_ONLY_GRADES,
        "region": outlook.region,
        "scenario": outlook.scenario,
        "asked": 100 * answer.probability,
        "takes_more": answer.now < answer.probability,
        "above": answer.reached > answer.probability,
        "first": outlook.base_year + 1,
        "last": outlook.base_year + answer.years,
        "fed_back": as_changes(answer, outlook),
    }


def as_row(answer: Answer, verdict: Verdict) -> pd.DataFrame:
    """The answer as one row: the fields of `Answer`, ``windows`` and the ``grade``."""
    return pd.DataFrame([asdict(answer) | {"windows": answer.windows, "grade": verdict.grade}])


def bases_for(target_id: str, probability: float, *, region: str, base_year: int) -> pd.DataFrame:
    """Bases of an industry target that as many past spells as asked would have brought to it.

    ``base = value / (1 + growth) ** years``, with the growth that a share ``probability`` of past
    spells of the length reached or passed (`known_growth`): indicative, and no chance of its own.
    Rows of `bases_needed` with ``commitment_id, indicator_zh, indicator_en`` and the
    ``spells, cities, starts, windows`` of `describe_known`. Raises `ParameterError` where there is
    no such target with money for its unit, `DataError` without growth to go by.
    """
    check_probability(probability)
    found = load_industries(region, base_year)
    legal = _targets_by_base(found.targets)
    if target_id not in legal:
        hint = did_you_mean(target_id, legal)
        raise ParameterError(
            f"target: {target_id!r} has no base that known growth could be held against;{hint} "
            f"legal: {', '.join(legal) or 'none here'}"
        )
    if found.known.empty:
        raise DataError(
            f"{target_id}: no past growth to hold a base against; legal: with the tables "
            f"{', '.join(SECTOR_TABLES)}"
        )
    keys, counts = ["years", "reference"], ["spells", "cities", "starts", "windows"]
    wanted = found.deadlines[found.deadlines["commitment_id"] == target_id]
    named = found.targets.set_index("commitment_id").loc[target_id]
    bases = bases_needed(wanted, found.known, [1 - probability])
    behind = describe_known(found.known)[[*keys, *counts]]
    return bases.merge(behind, on=keys).assign(
        commitment_id=target_id, **named[["indicator_zh", "indicator_en"]]
    )


def _targets_by_base(targets: pd.DataFrame) -> list[str]:
    """Industry targets that money is the unit of, which a base can be told of."""
    return list(targets.loc[targets["kind"] == "money", "commitment_id"])


def _below(past: pd.Series, value: float) -> float | None:
    """Share of spells below a value (%); None where there are none."""
    return None if past.empty else 100 * float((past < value).mean())


def _coal_moves(target: Target, outlook: Outlook) -> bool:
    """Whether the coal price moves what the target is about: not real growth."""
    known = exposure(list(outlook.paths["region"].to_numpy()), outlook.base_year)
    return known is not None and target.model != REAL


def _past_spells(lever: str, origin: int, years: int) -> pd.Series:
    """Mean growth (% a year) over past spells of as many years, ended by the origin."""
    if lever == "coal":
        growth = commodity_growth(origin).to_frame(COAL)
    else:
        growth = to_log(load_panel(origin).growth)
    spells = from_log(growth.rolling(years).mean()).unstack().dropna()
    return spells.rename_axis(["region", "year"])
