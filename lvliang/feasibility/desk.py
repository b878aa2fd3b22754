"""What the one page for the desk shows beside the verdicts: outcomes expected, and triggers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from lvliang.baseline.growth import from_log, to_log
from lvliang.baseline.history import unbroken_growth
from lvliang.feasibility.coal import BASES, MANUFACTURING, price_that_undoes
from lvliang.feasibility.comparison import INDICATORS, LEVELS
from lvliang.feasibility.drivers import national_error
from lvliang.feasibility.targets import Target
from lvliang.feasibility.verdict_facts import common_nature
from lvliang.feasibility.verdicts import Verdict, missing, outcomes
from lvliang.projection.forecast import forecast_factor
from lvliang.projection.outlook import Outlook, actual, fan_facts, mean_growth
from lvliang.projection.panel import load_panel
from lvliang.projection.sensitivity import commodity_growth

YEARS_BEFORE = 5  # that the growth of the base year is held against
UNUSUAL = 1.0  # points away from their mean
RARE = 0.25  # share of past years with a fall at least as large


@dataclass(frozen=True)
class Triggers:
    """Moves from which the verdicts are to be looked at again (%; NaN where there is no telling).

    ``coal``: fall of the coal price in a year that one of four past years saw; ``cities``: mean
    growth of cities over the run, as expected, less the error of past forecasts;
    ``undone_low, undone_high``: price rise of the rest of industry that undoes a rise of the share
    of manufacturing by ``points``, those of the target.
    """

    coal: float
    cities: float
    points: float
    undone_low: float
    undone_high: float


def triggers(targets: Sequence[Target], outlook: Outlook) -> Triggers:
    """The moves from which this run's verdicts are to be looked at again."""
    growth = commodity_growth(outlook.base_year)
    coal = float(from_log(growth.quantile(RARE))) if len(growth) else np.nan
    years = outlook.paths.sizes["year"]
    error, cities = national_error(outlook.base_year, years), np.nan
    if error is not None:
        cities = float(forecast_factor(load_panel(outlook.base_year), years).mean()) - error
    ahead = [one for one in targets if one.last_year > outlook.base_year]
    asked = (one.value for one in ahead if one.indicator == MANUFACTURING)
    points = next(asked, np.nan)
    undone = [price_that_undoes(base + points, points) for base in BASES]
    return Triggers(coal, cities, points, min(undone), max(undone))


def expected(
    targets: Sequence[Target], outlook: Outlook, gaps: pd.Series | None = None
) -> pd.DataFrame:
    """By target_id, in its unit: ``last`` (`_last`), and ``q10, q50, q90`` of the outcomes."""
    rows = {}
    for target in targets:
        untold = missing(target, outlook)
        drawn = np.full(1, np.nan) if untold else outcomes(target, outlook, gaps)
        ends = {name: float(np.quantile(drawn, level)) for name, level in LEVELS.items()}
        rows[target.target_id] = {"last": _last(target, outlook)} | ends
    return pd.DataFrame.from_dict(rows, orient="index", columns=["last", *LEVELS])


def _last(target: Target, outlook: Outlook) -> float:
    """The last figure known before the target's years, growth where the level alone is known."""
    if not target.model:
        return np.nan
    if target.path == target.series:
        known = actual(outlook, target.series)
    else:
        own = outlook.levels[[(outlook.region.code, target.series)]]
        known = unbroken_growth(own).iloc[:, 0]
    return float(known.get(min(outlook.base_year, target.first_year - 1), np.nan))


def ahead(outlook: Outlook) -> pd.DataFrame:
    """What is drawn of the city's main indicators, whether it has targets or not.

    Index ``gdp_real_growth`` (a year on average, %) and `INDICATORS` (of the last year, 亿元,
    current prices), as far as they are drawn; columns ``q10, q50, q90`` over the draws.
    """
    last = outlook.own_paths.isel(year=-1)
    drawn = {"gdp_real_growth": mean_growth(outlook, "gdp_real_growth")}
    drawn |= {name: last.sel(indicator=name) for name in INDICATORS}
    ends = {name: np.quantile(values, list(LEVELS.values())) for name, values in drawn.items()}
    return pd.DataFrame.from_dict(ends, orient="index", columns=list(LEVELS)).dropna()


def desk_facts(
    judged: Sequence[Verdict], expected: pd.DataFrame, outlook: Outlook, ranks: pd.DataFrame
) -> dict[str, Any]:
    """What the page for the desk tells of a city, of verdicts on targets of one year.

    ``targets``: each verdict as ``it``, with ``last`` and ``expected`` (of `expected`), and the
    year ``missing_from`` which its series lacks figures; ``nature``: that of all targets, None
    where they differ; ``ahead``: its rows, by ``name``; ``growth`` (`fan_facts`); ``known_ranks``
    (of GDP, by year; empty below two), their ``rank_range``: ``first`` and ``last`` year, ``best``,
    ``worst`` and last rank, ``now``; ``base`` (`base_effect`).
    """
    known = ranks["gdp_rank"].combine_first(ranks["report_gdp_rank"]).dropna().astype(float)
    span = None
    if len(known) > 1:
        span = {"first": known.index[0], "last": known.index[-1], "now": known.iloc[-1]}
        span |= {"best": known.min(), "worst": known.max()}
    return {
        "targets": [_row(one, expected.loc[one.target.target_id]) for one in judged],
        "nature": common_nature(judged),
        "ahead": ahead(outlook).rename_axis("name").reset_index().to_dict("records"),
        "growth": fan_facts(outlook, "gdp_real_growth"),
        "known_ranks": known if span else known[:0],
        "rank_range": span,
        "base": base_effect(actual(outlook, "gdp_real_growth")),
    }


def _row(verdict: Verdict, expected: pd.Series) -> dict[str, Any]:
    told = {name: value for name, value in expected.items() if pd.notna(value)}
    lacking = verdict.missing.last_year if verdict.missing else None
    return {
        "it": verdict,
        "last": told.pop("last", None),
        "expected": told or None,
        "missing_from": lacking + 1 if lacking else None,
    }


def base_effect(growth: pd.Series) -> dict[str, Any] | None:
    """Whether real growth of the ``last`` year was out of the ``usual`` of those before it (%).

    ``side`` is ``low``, ``high`` or ``usual``; None where too few years are known.
    """
    known = growth.dropna()
    if len(known) <= YEARS_BEFORE:
        return None
    last = float(known.iloc[-1])
    usual = float(from_log(to_log(known.iloc[-1 - YEARS_BEFORE : -1]).mean()))
    far = abs(last - usual) >= UNUSUAL
    side = "usual" if not far else "low" if last < usual else "high"
    return {"last": last, "usual": usual, "side": side}
