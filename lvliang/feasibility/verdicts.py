"""From draws to verdicts: the share of paths on which a target is met, and what is missing.

Where no series carries one the class is ``cannot_tell``, and no probability is made up.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
import pandas as pd
from pydantic import AfterValidator, Field

from lvliang.baseline.history import REAL
from lvliang.baseline.tables import tables_with
from lvliang.feasibility import bands, beside, fields
from lvliang.feasibility.announced import MetTargets
from lvliang.feasibility.background import Background, VintageGap, describe_gaps, settled
from lvliang.feasibility.bands import CANNOT_TELL, likelihood, near_edge, verdict_class
from lvliang.feasibility.fields import COMMITTED, COMPARED, KEPT, PUBLIC, Goes, Part
from lvliang.feasibility.outcomes import (
    COMPLETIONS,
    Known,
    Outcome,
    is_broken,
    known_figures,
    outcome_of,
    over_years,
    years_ahead,
    years_of,
)
from lvliang.feasibility.record import LONGEST, RecordLine, record_line
from lvliang.feasibility.targets import RATES, Target
from lvliang.projection.outlook import Outlook

LONG_SERIES = 15
NO_BACKGROUND = Background()


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
    str,
    _one_of({CANNOT_TELL, *COMPLETIONS, *(word for _, word in bands.INDICATIVE + bands.BINDING)}),
]
Likelihood = Annotated[str, _one_of(word for _, word in bands.LIKELIHOOD)]


@dataclass(frozen=True)
class Missing(Part):
    """Why a target cannot be told, and what that speaks of.

    ``no_series`` (none is shipped), ``beyond_run`` (its years are), ``ended`` (last figure too long
    ago), ``short`` (too few changes), ``rivals`` (other cities' are missing), ``no_outcome`` (its
    years are over, and a figure of one is not to hand), ``broken`` (they are across a break),
    ``vintages`` (whose gaps could turn the outcome), or of commitments.
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

    A field is written here alone: `Goes` says which of the forms of verdicts have it.

    ``grade``: A a long series of its own and the panel, with a track record; B the long series
    alone; C shorter, with gaps, or further ahead than any record; D the series of several cities.
    ``required_rate``, ``rate_needed``: % a year, as asked and in the years that remain (all at the
    base year). ``reference_percentile``: share of the spells of the ``reference_class`` that grew
    less, %. ``discounted_1``, ``discounted_2``: probability with real growth cut by 1 and 2 points.
    ``group_probability``: all targets of the group that can be assessed, met together.
    ``met_targets``: how often announced targets like it were met.
    ``beyond_record``: years ahead at which the record ends, where the deadline lies beyond.
    ``outcome``: what closes it; its ``class_`` is then the completion.
    """

    target: Target
    probability: Annotated[Chance | None, Goes(PUBLIC, KEPT, COMPARED, COMMITTED)] = None
    grade: Annotated[Grade | None, Goes(PUBLIC, KEPT, COMPARED, COMMITTED)] = None
    likelihood: Annotated[Likelihood | None, Goes(PUBLIC, KEPT, COMPARED, COMMITTED)] = None
    class_: Annotated[Class, Goes(PUBLIC, KEPT, COMPARED, COMMITTED, called="class")] = CANNOT_TELL
    near_edge: Annotated[bool, Goes(KEPT, COMPARED, COMMITTED)] = False
    required_rate: Annotated[float | None, Goes(PUBLIC)] = None
    rate_needed: Annotated[float | None, Goes(PUBLIC, public_after="reference_percentile")] = None
    reference_percentile: Annotated[float | None, Goes(PUBLIC)] = None
    reference_class: Annotated[beside.ReferenceClass | None, Goes()] = None
    eurostat_status: Annotated[str | None, Goes(PUBLIC)] = None
    eurostat_basis: Annotated[beside.EurostatBasis | None, Goes()] = None
    met_targets: Annotated[MetTargets | None, Goes(PUBLIC)] = None
    discounted_1: Annotated[float | None, Goes(PUBLIC)] = None
    discounted_2: Annotated[float | None, Goes(PUBLIC)] = None
    group_probability: Annotated[float | None, Goes(PUBLIC, KEPT)] = None
    vintage_gap: Annotated[VintageGap | None, Goes()] = None
    record: Annotated[RecordLine | None, Goes(PUBLIC)] = None
    beyond_record: Annotated[int | None, Goes()] = None
    missing: Annotated[Missing | None, Goes(PUBLIC, KEPT, COMMITTED)] = None
    outcome: Annotated[Outcome | None, Goes(PUBLIC)] = None
    break_even: Annotated[beside.EvenBet | beside.BeyondGdp | None, Goes(PUBLIC)] = None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Verdict:
        """The verdict of a row of plain values, as far as it has them; parts are left out."""
        plain = {
            name: None if pd.isna(value) else value
            for name, value in row.items()
            if not isinstance(value, dict)
        }
        asked: dict[str, Any] = {one.field: plain.get(one.name) for one in _OF_TARGET}
        own: dict[str, Any] = {one.field: plain[one.name] for one in _OWN if one.name in plain}
        return cls(Target(region_code="", series="", **asked), **own)

    def row(self) -> dict[str, Any]:
        """Its columns by name."""
        told = {one.name: getattr(self.target, one.field) for one in _OF_TARGET}
        return told | {one.name: getattr(self, one.field) for one in _OWN}


_OF_TARGET, _OWN = fields.columns_of(Target), fields.columns_of(Verdict)


def columns(use: str = "") -> list[fields.Column]:
    """The columns of a form of verdicts, of all of them without ``use``."""
    return fields.in_order([*_OF_TARGET, *_OWN], use)


class Verdicts(tuple[Verdict, ...]):
    """Verdicts, in the order of the targets."""

    __slots__ = ()

    def of(self, group: str) -> Verdicts:
        """Those on a group of targets."""
        return Verdicts(one for one in self if one.target.group == group)

    def due_after(self, year: int) -> Verdicts:
        """Those on targets whose years are not over in ``year``."""
        return Verdicts(one for one in self if one.target.last_year > year)

    @property
    def rated(self) -> Verdicts:
        """Those that have a probability."""
        return Verdicts(one for one in self if one.probability is not None)

    @property
    def closed(self) -> Verdicts:
        """Those on which a figure has come."""
        return Verdicts(one for one in self if one.outcome is not None)

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
    targets: Sequence[Target], outlook: Outlook, background: Background = NO_BACKGROUND
) -> Verdicts:
    """Judge each target on the draws of ``outlook``.

    Verdicts on real growth cite their line of the ``record`` of ``background`` (none is of grade A
    without), are settled with its ``gaps``, and held against spells alike among its ``cities``.
    """
    ahead = [one for one in targets if one.last_year > outlook.base_year]
    drawn = [missing(one, outlook) or outcomes(one, outlook, background.gaps) for one in ahead]
    judged = list(zip(ahead, drawn, strict=True))
    hits: dict[str, list[np.ndarray]] = {}
    for target, values in judged:
        if not isinstance(values, Missing):
            hits.setdefault(target.group, []).append(target.met(values))
    joint = {group: float(np.logical_and.reduce(met).mean()) for group, met in hits.items()}
    found = {
        target.target_id: _verdict(target, outlook, values, background, joint.get(target.group))
        for target, values in judged
    }
    return Verdicts(found.get(one.target_id) or _closed(one, outlook) for one in targets)


def _closed(target: Target, outlook: Outlook) -> Verdict:
    """The verdict on a target whose years are over: what came, or why that cannot be told."""
    known = Known(outlook.region, outlook.base_year)
    outcome = outcome_of(target, known)
    required = target.value if target.type in RATES else None
    if outcome and outcome.completion:
        return Verdict(target, class_=outcome.completion, required_rate=required, outcome=outcome)
    why = "vintages" if outcome else "broken" if is_broken(target, known) else "no_outcome"
    lacking = Missing(why, target.indicator)
    return Verdict(target, required_rate=required, missing=lacking, outcome=outcome)


def rank_paths(outlook: Outlook, indicator: str, year: int) -> np.ndarray:
    """Rank of the city on each draw, 1 the largest; empty if a city is missing or it is alone."""
    levels = outlook.paths.sel(indicator=indicator, year=year)
    if levels.isnull().any() or levels.sizes["region"] == 1:
        return np.array([], dtype=int)
    above = levels > levels.sel(region=outlook.region.code)
    return (above.sum("region") + 1).to_numpy()


def outcomes(
    target: Target, outlook: Outlook, gaps: pd.Series | None = None, cut: float = 0.0
) -> np.ndarray:
    """What the target is about, on each draw, in its unit; growth `settled`, ``cut`` by points.

    Years of its span that are over stand as they came, in the nearest edition.
    """
    if target.type == "rank":
        return rank_paths(outlook, target.series, target.last_year)
    past, ahead = _years(target, outlook)
    drawn = outlook.own_paths.sel(indicator=target.path, year=ahead) - cut
    drawn = settled(drawn, gaps if target.model == REAL else None)
    known = Known(outlook.region, outlook.base_year)
    came = known_figures(target, known, past).iloc[:, 0].to_numpy(float) if past else []
    before = np.broadcast_to(came, (drawn.sizes["draw"], len(past)))
    return over_years(target, np.hstack([before, drawn.transpose("draw", "year")]))


def _years(target: Target, outlook: Outlook) -> tuple[list[int], list[int]]:
    """The years that a target speaks of, which are over and to come."""
    years = years_of(target, target.last_year)
    past = [year for year in years if year <= outlook.base_year]
    return past, years[len(past) :]


def missing(target: Target, outlook: Outlook) -> Missing | None:
    """Why the target cannot be told, or None."""
    indicator, series = target.indicator, target.series
    if not target.model:
        has_figures = target.series and tables_with(target.series)
        return Missing("not_drawn" if has_figures else "no_series", indicator)
    is_ahead = outlook.base_year < target.last_year <= outlook.end_year
    if not is_ahead or target.first_year > target.last_year:
        return Missing("beyond_run", indicator)
    own = (outlook.region.code, target.column)
    if own not in outlook.evidence.index:
        return Missing("no_series", indicator)
    found = outlook.evidence.loc[own]
    if not found["usable"]:
        reason = "ended" if found["gap"] > 0 else "short"
        return Missing(reason, indicator, int(found["last_year"]), int(found["changes"]))
    if outlook.own_paths.sel(indicator=series).isnull().any():
        return Missing("no_series", indicator)
    if target.type == "rank":
        alone = not len(rank_paths(outlook, series, target.last_year))
        return Missing("rivals", indicator) if alone else None
    past, _ = _years(target, outlook)
    known = Known(outlook.region, outlook.base_year)
    if is_broken(target, known):
        return Missing("broken", indicator)
    if past and known_figures(target, known, past).empty:
        return Missing("no_outcome", indicator)
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
            break_even=beside.what_it_takes(target, outlook),
        )
    probability = float(target.met(drawn).mean())
    found = beside.reference(target, outlook, background.cities)
    if target.model == REAL:
        found |= _of_real_growth(target, outlook, background)
    return Verdict(
        target,
        probability=probability,
        grade=_grade(target, outlook, bool(found.get("record"))),
        likelihood=likelihood(probability),
        class_=verdict_class(probability, target.nature),
        near_edge=near_edge(probability, target.nature),
        required_rate=required,
        group_probability=together,
        break_even=beside.even_bet(target, drawn),
        **found,
    )


def _of_real_growth(target: Target, outlook: Outlook, background: Background) -> dict[str, Any]:
    """What verdicts on real growth alone have, by field.

    Its record lends nothing to revenue or ranks; and it alone is cut, as revenue is counted in
    cash and a rank compares cities cut alike.
    """

    def chance(gaps: pd.Series | None, cut: float = 0.0) -> float:
        return float(target.met(outcomes(target, outlook, gaps, cut)).mean())

    gaps, record = background.gaps, background.record
    found: dict[str, Any] = {"discounted_1": chance(gaps, 1), "discounted_2": chance(gaps, 2)}
    if background.announced is not None:
        found["met_targets"] = background.announced.like(target)
    if gaps is not None and len(gaps):
        found["vintage_gap"] = describe_gaps(gaps, chance(None))
    if record is not None and _is_untested(target, outlook):
        found["beyond_record"] = LONGEST
    elif record is not None:
        found["record"] = record_line(record, years_ahead(target, outlook.base_year))
    return found


def _is_untested(target: Target, outlook: Outlook) -> bool:
    """Whether the deadline lies further ahead than forecasts have been scored."""
    return target.last_year - outlook.base_year > LONGEST


def _grade(target: Target, outlook: Outlook, has_record: bool) -> Grade:
    if target.type == "rank":
        return "D"
    found = outlook.evidence.loc[(outlook.region.code, target.column)]
    is_unbroken = found["gap"] == 0 and found["filled"] == 0
    if not is_unbroken or found["changes"] < LONG_SERIES or _is_untested(target, outlook):
        return "C"
    return "A" if has_record else "B"
