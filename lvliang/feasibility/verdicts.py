"""From draws to verdicts: the share of paths on which a target is met, and what is missing.

A verdict needs evidence. Where no series carries it the class is ``cannot_tell`` and the row
says which series would settle it; no probability is made up.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from lvliang.baseline.growth import from_log, to_log
from lvliang.feasibility.background import Background
from lvliang.feasibility.bands import CANNOT_TELL, likelihood, near_edge, verdict_class
from lvliang.feasibility.break_even import even_bet, what_it_takes
from lvliang.feasibility.record import LONGEST, record_line
from lvliang.feasibility.reference import reference
from lvliang.feasibility.settling import describe_gaps, settled
from lvliang.feasibility.targets import Target
from lvliang.projection.outlook import Outlook

LONG_SERIES = 15
NO_BACKGROUND = Background()
SENSITIVITY_POINTS = (1, 2)
COLUMNS = [
    "target_id", "group", "type", "indicator", "operator", "value", "unit",
    "price_basis", "price_basis_status", "first_year", "deadline", "nature", "origin",
    "probability", "grade", "likelihood", "class", "near_edge", "required_rate",
    "rate_needed", "reference_percentile", "reference_class", "eurostat_status",
    "eurostat_basis", "discounted_1", "discounted_2", "group_probability", "settling_vintage",
    "vintage_gap", "record",
    "beyond_record", "missing", "break_even", "quote", "reading_zh", "reading_en",
]  # fmt: skip
# What ``lvliang assess --format json`` gives of a target, in this order.
PUBLIC = [
    "target_id", "type", "value", "unit", "price_basis", "deadline", "nature", "probability",
    "grade", "likelihood", "class", "required_rate", "reference_percentile", "rate_needed",
    "eurostat_status", "discounted_1", "discounted_2", "group", "group_probability",
    "settling_vintage", "record", "missing", "break_even",
]  # fmt: skip
SERIES_OF_PATH = {
    "gdp_real_growth": "gdp_real",
    "gdp_nominal": "gdp_nominal",
    "budget_revenue": "budget_revenue",
    "budget_revenue_growth": "budget_revenue",
    "fixed_asset_investment_growth": "fixed_asset_investment",
}


def assess(
    targets: Sequence[Target],
    outlook: Outlook,
    background: Background = NO_BACKGROUND,
) -> pd.DataFrame:
    """Judge each target on the draws of ``outlook``.

    Parameters
    ----------
    targets : sequence of Target
    outlook : Outlook
    background : Background, optional
        Verdicts on real growth cite their line of its ``record``, without which none is of
        grade A; are settled on the preliminary figure by its ``gaps``; and are held against
        spells that began alike among its ``cities``.

    Returns
    -------
    pandas.DataFrame
        One row a target, columns ``COLUMNS``: what the target is, then ``probability`` (0–1,
        missing where it cannot be told), ``grade`` (A a long series of its own and the panel,
        with a track record; B the long series alone; C shorter, with gaps, or further ahead than
        any record; D the series of several cities), ``likelihood``, ``class``, ``near_edge``,
        ``required_rate`` (% a year),
        ``rate_needed`` (% a year still needed in the years that remain),
        ``reference_percentile`` (share of the ``reference_class``, earlier spells of the same
        length, that grew less than required, %), ``eurostat_status, eurostat_basis`` (the
        two-point rule, for comparison),
        ``discounted_1, discounted_2`` (probability with real growth cut by 1 and 2 points),
        ``group_probability`` (all targets of the group that can be assessed, met together),
        ``settling_vintage, vintage_gap`` (size of the gaps and ``probability_without`` them),
        ``record`` (line of the track record), ``beyond_record`` (years ahead at which it ends,
        where the deadline lies beyond), ``missing`` (why it cannot be told),
        ``break_even`` (``break_even.even_bet`` or ``what_it_takes``), ``quote, reading_zh,
        reading_en``.
    """
    drawn = [_drawn(target, outlook, background.gaps) for target in targets]
    judged = list(zip(targets, drawn, strict=True))
    rows = [_verdict(target, outlook, values, background) for target, values in judged]
    table = pd.DataFrame(rows, columns=COLUMNS)
    joint = {
        group: _together([(target, values) for target, values in judged if target.group == group])
        for group in table["group"].unique()
    }
    table["group_probability"] = table["group"].map(joint)
    return table


def rank_paths(outlook: Outlook, indicator: str, year: int) -> np.ndarray:
    """Rank of the city in its province on each draw, 1 the largest.

    Empty if a city is missing, and where there is but one.
    """
    levels = outlook.paths.sel(indicator=indicator, year=year)
    if levels.isnull().any() or levels.sizes["region"] == 1:
        return np.array([], dtype=int)
    above = levels > levels.sel(region=outlook.region.code)
    return (above.sum("region") + 1).to_numpy()


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


def missing(target: Target, outlook: Outlook) -> dict[str, Any] | None:
    """Why the target cannot be told, or None: ``reason`` and what it speaks of.

    Reasons: ``no_series`` (none is shipped), ``beyond_run`` (the run does not reach its years),
    ``ended`` (last figure too long ago), ``short`` (too few changes), ``rivals`` (other cities'
    series are missing).
    """
    path = target.series if target.type == "rank" else target.indicator
    if path not in SERIES_OF_PATH:
        return {"reason": "no_series", "indicator": target.indicator}
    if not outlook.base_year < target.first_year <= target.last_year <= outlook.end_year:
        return {"reason": "beyond_run", "indicator": target.indicator}
    own = (outlook.region.code, SERIES_OF_PATH[path])
    if own not in outlook.evidence.index:
        return {"reason": "no_series", "indicator": target.indicator}
    found = outlook.evidence.loc[own]
    if not found["usable"]:
        reason = "ended" if found["gap"] > 0 else "short"
        return {
            "reason": reason,
            "indicator": target.indicator,
            "last_year": int(found["last_year"]),
            "changes": int(found["changes"]),
        }
    if outlook.own_paths.sel(indicator=path).isnull().any():
        return {"reason": "no_series", "indicator": target.indicator}
    if target.type == "rank" and not len(rank_paths(outlook, path, target.last_year)):
        return {"reason": "rivals", "indicator": target.indicator}
    return None


def _drawn(target: Target, outlook: Outlook, gaps: pd.Series | None) -> np.ndarray | None:
    return None if missing(target, outlook) else outcomes(target, outlook, gaps)


def _verdict(
    target: Target,
    outlook: Outlook,
    drawn: np.ndarray | None,
    background: Background,
) -> dict[str, Any]:
    row = {
        "target_id": target.target_id,
        "group": target.group,
        "type": target.type,
        "indicator": target.indicator,
        "operator": target.operator,
        "value": target.value,
        "unit": target.unit,
        "price_basis": target.price_basis,
        "price_basis_status": target.price_basis_status,
        "first_year": target.first_year,
        "deadline": target.last_year,
        "nature": target.nature,
        "origin": target.origin,
        "required_rate": target.value if target.type in ("growth", "mean_growth") else None,
        "settling_vintage": target.settling_vintage,
        "missing": missing(target, outlook),
        "quote": target.quote,
        "reading_zh": target.reading_zh,
        "reading_en": target.reading_en,
    }
    if drawn is None:
        return row | _not_told(target, outlook)
    return row | _told(target, outlook, drawn, background)


def _told(
    target: Target,
    outlook: Outlook,
    drawn: np.ndarray,
    background: Background,
) -> dict[str, Any]:
    probability = float(target.met(drawn).mean())
    line = _record(target, outlook, background.record)
    return {
        "probability": probability,
        "record": line,
        "beyond_record": _beyond(target, outlook, background.record),
        "grade": _grade(target, outlook, line is not None),
        **reference(target, outlook, background.cities),
        "likelihood": likelihood(probability),
        "class": verdict_class(probability, target.nature),
        "near_edge": near_edge(probability, target.nature),
        "break_even": even_bet(target, drawn),
        "vintage_gap": _vintage_gap(target, outlook, background.gaps),
        **{
            f"discounted_{cut}": _discounted(target, outlook, background.gaps, cut)
            for cut in SENSITIVITY_POINTS
        },
    }


def _not_told(target: Target, outlook: Outlook) -> dict[str, Any]:
    unknown = [
        "probability", "grade", "likelihood", "discounted_1", "discounted_2", "beyond_record",
    ]  # fmt: skip
    return dict.fromkeys(unknown) | {
        "class": CANNOT_TELL,
        "near_edge": False,
        "break_even": what_it_takes(target, outlook),
    }


def _vintage_gap(target: Target, outlook: Outlook, gaps: pd.Series | None) -> dict[str, Any] | None:
    if gaps is None or gaps.empty or target.indicator != "gdp_real_growth":
        return None
    without = float(target.met(outcomes(target, outlook)).mean())
    return describe_gaps(gaps) | {"probability_without": without}


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


def _record(target: Target, outlook: Outlook, record: pd.DataFrame | None) -> dict[str, Any] | None:
    """The record of real growth lends nothing to revenue or ranks."""
    untold = record is None or _untested(target, outlook)
    if untold or target.indicator != "gdp_real_growth":
        return None
    return record_line(record, target.last_year - target.first_year + 1)


def _grade(target: Target, outlook: Outlook, has_record: bool) -> str:
    if target.type == "rank":
        return "D"
    found = outlook.evidence.loc[(outlook.region.code, SERIES_OF_PATH[target.indicator])]
    unbroken = found["gap"] == 0 and found["filled"] == 0
    if not unbroken or found["changes"] < LONG_SERIES or _untested(target, outlook):
        return "C"
    return "A" if has_record else "B"


def _together(judged: list[tuple[Target, np.ndarray | None]]) -> float | None:
    hits = [target.met(values) for target, values in judged if values is not None]
    return float(np.logical_and.reduce(hits).mean()) if hits else None
