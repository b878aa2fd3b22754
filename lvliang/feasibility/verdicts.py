"""From draws to verdicts: the share of paths on which a target is met, and what is missing.

A verdict needs evidence. Where no series carries it the class is ``cannot_tell`` and the verdict
says which series would settle it; no probability is made up.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
import pandas as pd
import xarray as xr
from pydantic import AfterValidator, Field

from lvliang.baseline.growth import from_log, to_log
from lvliang.feasibility import bands
from lvliang.feasibility.background import Background
from lvliang.feasibility.bands import CANNOT_TELL, likelihood, near_edge, verdict_class
from lvliang.feasibility.break_even import BeyondGdp, EvenBet, even_bet, what_it_takes
from lvliang.feasibility.fields import (
    COMMITTED,
    COMPARED,
    KEPT,
    PUBLIC,
    Column,
    Part,
    columns_of,
    goes,
    in_order,
)
from lvliang.feasibility.record import LONGEST, RecordLine, record_line
from lvliang.feasibility.reference import RATES, EurostatBasis, ReferenceClass, reference
from lvliang.feasibility.settling import VintageGap, describe_gaps, settled
from lvliang.feasibility.targets import Target
from lvliang.projection.outlook import Outlook

LONG_SERIES = 15
NO_BACKGROUND = Background()
SERIES_OF_PATH = {
    "gdp_real_growth": "gdp_real",
    "gdp_nominal": "gdp_nominal",
    "budget_revenue": "budget_revenue",
    "budget_revenue_growth": "budget_revenue",
    "fixed_asset_investment_growth": "fixed_asset_investment",
}


def _one_of(known: Iterable[str]) -> AfterValidator:
    words = sorted(known)

    def check(value: str) -> str:
        if value not in words:
            raise ValueError(f"{value!r} is none of {', '.join(words)}")
        return value

    return AfterValidator(check)


Chance = Annotated[float, Field(ge=0, le=1)]
Grade = Literal["A", "B", "C", "D"]
Class = Annotated[
    str, _one_of({CANNOT_TELL, *(word for _, word in bands.INDICATIVE + bands.BINDING)})
]
Likelihood = Annotated[str, _one_of(word for _, word in bands.LIKELIHOOD)]


@dataclass(frozen=True)
class Missing(Part):
    """Why a target cannot be told, and what that speaks of.

    Reasons: ``no_series`` (none is shipped), ``beyond_run`` (the run does not reach its years),
    ``ended`` (last figure too long ago), ``short`` (too few changes), ``rivals`` (other cities'
    series are missing); those of commitments are their own.
    """

    reason: str
    indicator: str | None = None
    last_year: int | None = None
    changes: int | None = None

    def plain(self) -> dict[str, Any]:
        """What there is of it, by name."""
        return {name: value for name, value in super().plain().items() if value is not None}


@dataclass(frozen=True)
class Verdict:
    """The verdict on a target; None is what cannot be told, or does not apply.

    A field is written here alone: `goes` says which of the forms of verdicts have it.

    Attributes
    ----------
    grade
        A a long series of its own and the panel, with a track record; B the long series alone; C
        shorter, with gaps, or further ahead than any record; D the series of several cities.
    required_rate, rate_needed
        % a year, as asked and in the years that remain: all of them at the base year.
    reference_percentile
        Share of the spells of the ``reference_class`` that grew less than required, %.
    eurostat_status
        The two-point rule, for comparison.
    discounted_1, discounted_2
        Probability with real growth cut by 1 and 2 points.
    group_probability
        All targets of the group that can be assessed, met together.
    beyond_record
        Years ahead at which the record ends, where the deadline lies beyond.
    """

    target: Target
    probability: Annotated[Chance | None, goes(PUBLIC, KEPT, COMPARED, COMMITTED)] = None
    grade: Annotated[Grade | None, goes(PUBLIC, KEPT, COMPARED, COMMITTED)] = None
    likelihood: Annotated[Likelihood | None, goes(PUBLIC, KEPT, COMPARED, COMMITTED)] = None
    class_: Annotated[Class, goes(PUBLIC, KEPT, COMPARED, COMMITTED, called="class")] = CANNOT_TELL
    near_edge: Annotated[bool, goes(KEPT, COMPARED, COMMITTED)] = False
    required_rate: Annotated[float | None, goes(PUBLIC)] = None
    rate_needed: Annotated[float | None, goes(PUBLIC, public_after="reference_percentile")] = None
    reference_percentile: Annotated[float | None, goes(PUBLIC)] = None
    reference_class: Annotated[ReferenceClass | None, goes()] = None
    eurostat_status: Annotated[str | None, goes(PUBLIC)] = None
    eurostat_basis: Annotated[EurostatBasis | None, goes()] = None
    discounted_1: Annotated[float | None, goes(PUBLIC)] = None
    discounted_2: Annotated[float | None, goes(PUBLIC)] = None
    group_probability: Annotated[float | None, goes(PUBLIC, KEPT)] = None
    vintage_gap: Annotated[VintageGap | None, goes()] = None
    record: Annotated[RecordLine | None, goes(PUBLIC)] = None
    beyond_record: Annotated[int | None, goes()] = None
    missing: Annotated[Missing | None, goes(PUBLIC, KEPT, COMMITTED)] = None
    break_even: Annotated[EvenBet | BeyondGdp | None, goes(PUBLIC)] = None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Verdict:
        """The verdict of a row of plain values, as far as it has them; parts are left out."""
        plain = {
            name: None if pd.isna(value) else value
            for name, value in row.items()
            if not isinstance(value, dict)
        }
        own: dict[str, Any] = {one.field: plain[one.name] for one in _OWN if one.name in plain}
        asked: dict[str, Any] = {one.field: plain.get(one.name) for one in _OF_TARGET}
        return cls(Target(region_code="", series="", **asked), **own)

    def row(self) -> dict[str, Any]:
        """Its columns by name."""
        told = {one.name: getattr(self.target, one.field) for one in _OF_TARGET}
        return told | {one.name: getattr(self, one.field) for one in _OWN}


_OF_TARGET, _OWN = columns_of(Target), columns_of(Verdict)


def columns(use: str = "") -> list[Column]:
    """The columns of a form of verdicts, of all of them without ``use``."""
    return in_order([*_OF_TARGET, *_OWN], use)


class Verdicts(tuple[Verdict, ...]):
    """Verdicts, in the order of the targets."""

    __slots__ = ()

    def of(self, group: str) -> Verdicts:
        """Those on a group of targets."""
        return Verdicts(one for one in self if one.target.group == group)

    def of_type(self, type_: str) -> Verdicts:
        """Those on targets of a type."""
        return Verdicts(one for one in self if one.target.type == type_)

    @property
    def rated(self) -> Verdicts:
        """Those that have a probability."""
        return Verdicts(one for one in self if one.probability is not None)

    @property
    def by_id(self) -> dict[str, Verdict]:
        """Each by the name of its target."""
        return {one.target.target_id: one for one in self}

    def frame(self, use: str = "") -> pd.DataFrame:
        """One row a target, for files, machines and tables of comparison."""
        names = [one.name for one in columns(use)]
        return pd.DataFrame([one.row() for one in self], columns=names)

    def records(self, use: str, precision: int = 10) -> list[dict[str, Any]]:
        """The same as JSON has it; what is missing is None."""
        text = self.frame(use).to_json(
            orient="records",
            force_ascii=False,
            double_precision=precision,
            default_handler=lambda part: part.plain(),
        )
        return json.loads(text)  # type: ignore[no-any-return]


def assess(
    targets: Sequence[Target],
    outlook: Outlook,
    background: Background = NO_BACKGROUND,
) -> Verdicts:
    """Judge each target on the draws of ``outlook``.

    Parameters
    ----------
    targets : sequence of Target
    outlook : Outlook
    background : Background, optional
        Verdicts on real growth cite their line of its ``record``, without which none is of
        grade A; are settled on the preliminary figure by its ``gaps``; and are held against
        spells that began alike among its ``cities``.
    """
    drawn = [missing(one, outlook) or outcomes(one, outlook, background.gaps) for one in targets]
    judged = list(zip(targets, drawn, strict=True))
    joint = {
        group: _together([(target, values) for target, values in judged if target.group == group])
        for group in {target.group for target in targets}
    }
    return Verdicts(
        _verdict(target, outlook, values, background, joint[target.group])
        for target, values in judged
    )


def rank_paths(outlook: Outlook, indicator: str, year: int) -> np.ndarray:
    """Rank of the city in its province on each draw, 1 the largest.

    Empty if a city is missing, and where there is but one.
    """
    levels = outlook.paths.sel(indicator=indicator, year=year)
    if _lacks_rivals(levels):
        return np.array([], dtype=int)
    above = levels > levels.sel(region=outlook.region.code)
    return (above.sum("region") + 1).to_numpy()


def _lacks_rivals(levels: xr.DataArray) -> bool:
    return bool(levels.isnull().any()) or levels.sizes["region"] == 1


def outcomes(
    target: Target, outlook: Outlook, gaps: pd.Series | None = None, cut: float = 0.0
) -> np.ndarray:
    """What the target is about, on each draw, in its unit.

    Real growth is settled on the preliminary figure where there are ``gaps``, and cut by
    ``cut`` points.
    """
    if target.type == "rank":
        return rank_paths(outlook, target.series, target.last_year)
    span = slice(target.first_year, target.last_year)
    growth = outlook.own_paths.sel(indicator=target.indicator, year=span) - cut
    if target.indicator == "gdp_real_growth":
        growth = settled(growth, gaps)
    return from_log(to_log(growth).mean("year")).to_numpy()


def missing(target: Target, outlook: Outlook) -> Missing | None:
    """Why the target cannot be told, or None."""
    indicator = target.indicator
    path = target.series if target.type == "rank" else indicator
    if path not in SERIES_OF_PATH:
        return Missing("no_series", indicator)
    if not outlook.base_year < target.first_year <= target.last_year <= outlook.end_year:
        return Missing("beyond_run", indicator)
    own = (outlook.region.code, SERIES_OF_PATH[path])
    if own not in outlook.evidence.index:
        return Missing("no_series", indicator)
    found = outlook.evidence.loc[own]
    if not found["usable"]:
        reason = "ended" if found["gap"] > 0 else "short"
        return Missing(reason, indicator, int(found["last_year"]), int(found["changes"]))
    if outlook.own_paths.sel(indicator=path).isnull().any():
        return Missing("no_series", indicator)
    if target.type == "rank" and _lacks_rivals(
        outlook.paths.sel(indicator=path, year=target.last_year)
    ):
        return Missing("rivals", indicator)
    return None


def _verdict(
    target: Target,
    outlook: Outlook,
    drawn: np.ndarray | Missing,
    background: Background,
    together: float | None,
) -> Verdict:
    required = target.value if target.type in RATES else None
    if isinstance(drawn, Missing):
        return Verdict(
            target,
            required_rate=required,
            group_probability=together,
            missing=drawn,
            break_even=what_it_takes(target, outlook),
        )
    probability = float(target.met(drawn).mean())
    line = _record(target, outlook, background.record)
    return Verdict(
        target,
        probability=probability,
        grade=_grade(target, outlook, line is not None),
        likelihood=likelihood(probability),
        class_=verdict_class(probability, target.nature),
        near_edge=near_edge(probability, target.nature),
        required_rate=required,
        discounted_1=_discounted(target, outlook, background.gaps, 1),
        discounted_2=_discounted(target, outlook, background.gaps, 2),
        group_probability=together,
        vintage_gap=_vintage_gap(target, outlook, background.gaps),
        record=line,
        beyond_record=_beyond(target, outlook, background.record),
        break_even=even_bet(target, drawn),
        **reference(target, outlook, background.cities),
    )


def _vintage_gap(target: Target, outlook: Outlook, gaps: pd.Series | None) -> VintageGap | None:
    if gaps is None or gaps.empty or target.indicator != "gdp_real_growth":
        return None
    without = float(target.met(outcomes(target, outlook)).mean())
    return describe_gaps(gaps, without)


def _discounted(
    target: Target, outlook: Outlook, gaps: pd.Series | None, cut: float
) -> float | None:
    """Real growth alone is cut: revenue is counted in cash, a rank compares cities cut alike."""
    if target.indicator != "gdp_real_growth":
        return None
    return float(target.met(outcomes(target, outlook, gaps, cut)).mean())


def _untested(target: Target, outlook: Outlook) -> bool:
    """Whether the deadline lies further ahead than forecasts have been scored."""
    return target.last_year - outlook.base_year > LONGEST


def _beyond(target: Target, outlook: Outlook, record: pd.DataFrame | None) -> int | None:
    """Where a record of real growth ends, if the deadline lies beyond it."""
    lent = record is not None and target.indicator == "gdp_real_growth"
    return LONGEST if lent and _untested(target, outlook) else None


def _record(target: Target, outlook: Outlook, record: pd.DataFrame | None) -> RecordLine | None:
    """The record of real growth lends nothing to revenue or ranks."""
    untold = record is None or _untested(target, outlook)
    if untold or target.indicator != "gdp_real_growth":
        return None
    return record_line(record, target.last_year - target.first_year + 1)


def _grade(target: Target, outlook: Outlook, has_record: bool) -> Grade:
    if target.type == "rank":
        return "D"
    found = outlook.evidence.loc[(outlook.region.code, SERIES_OF_PATH[target.indicator])]
    unbroken = found["gap"] == 0 and found["filled"] == 0
    if not unbroken or found["changes"] < LONG_SERIES or _untested(target, outlook):
        return "C"
    return "A" if has_record else "B"


def _together(judged: list[tuple[Target, np.ndarray | Missing]]) -> float | None:
    hits = [target.met(values) for target, values in judged if not isinstance(values, Missing)]
    return float(np.logical_and.reduce(hits).mean()) if hits else None
