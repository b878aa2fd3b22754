"""Scenarios side by side: the same paths given each, what they move and which verdicts change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from lvliang.baseline.starting_point import starting_point
from lvliang.baseline.store import kept
from lvliang.errors import ParameterError
from lvliang.feasibility.background import Background, load_background
from lvliang.feasibility.bands import NEAR_EDGE, likelihood
from lvliang.feasibility.fields import COMPARED
from lvliang.feasibility.targets import load_targets
from lvliang.feasibility.verdicts import Verdicts, assess, columns, rank_paths
from lvliang.projection.conditional import condition
from lvliang.projection.outlook import Outlook, mean_growth, quantiles
from lvliang.projection.scenario import Scenario

LEVELS = {"q10": 0.1, "q50": 0.5, "q90": 0.9}
INDICATORS = ("gdp_nominal", "budget_revenue")
GROWTH = {"growth": "gdp_real_growth", "prices": "gdp_deflator_growth"}
RANK = "rank"
DTYPES = {str: "str", float: "float64", int: "int64", bool: "bool"}
VERDICT = {one.name: DTYPES[one.plain_kind] for one in columns(COMPARED)}
OWN = "own"  # row of a scenario that is no shipped one


@dataclass(frozen=True)
class Comparison:
    """Scenarios of one city, conditional draws of the same paths.

    Attributes
    ----------
    scenarios : tuple of Scenario
        In the order of the tables; the first is what the others are held against.
    summary : pandas.DataFrame
        Index scenario: ``gdp_nominal_q10`` … ``budget_revenue_q90`` (亿元, end year, current
        prices; missing where not drawn), ``…_against`` (median against the first scenario's, %),
        ``…_above`` (share of paths on which it is larger than under the first), ``growth`` and
        ``prices`` (median mean real growth and deflator growth, % a year) and ``…_against``
        (points).
    chances : pandas.DataFrame
        ``scenario, what`` (``rank``: that of the base year or better in the end year; or a group
        of targets, those that can be assessed met together), ``share`` (of paths), ``against``
        (the first scenario's taken off), ``word`` (of `bands`; the first scenario's where the
        move is small).
    verdicts : pandas.DataFrame
        `VERDICT` of `assess` for each ``scenario``, ``against`` (probability less the first's),
        ``told`` (the class that is said) and ``likelihood``, which are the first's where the move
        is small, and ``flips`` (another class than the first's).
    fans : pandas.DataFrame
        ``scenario, indicator, year`` and `QUANTILES` of the levels.
    """

    scenarios: tuple[Scenario, ...]
    summary: pd.DataFrame
    chances: pd.DataFrame
    verdicts: pd.DataFrame
    fans: pd.DataFrame

    @property
    def is_drawn(self) -> bool:
        """Whether there are levels to compare."""
        return bool(self.summary["gdp_nominal_q50"].notna().all())


def scenarios_of(
    shipped: Iterable[Scenario], own: Scenario, years: Iterable[int], *, of_report: bool = True
) -> tuple[list[Scenario], list[Scenario]]:
    """The scenarios of a run, the baseline first and its own last, and those left out.

    Left out are scenarios that assume nothing of its ``years`` and, where the city is not that
    of the report (``of_report``), those that assume something of the city itself. The run's own
    has a row where it is none of those.
    """
    span = list(years)
    known = [one for one in shipped if of_report or not one.is_of_a_city() or _same(own, one)]
    left = [one for one in shipped if one not in known]
    speaking = [one for one in known if one.is_baseline() or one.speaks_of(span)]
    if not own.is_baseline() and not any(_same(own, one) for one in known):
        speaking.append(replace(own, scenario_id=OWN))
    return speaking, [*(one for one in known if one not in speaking), *left]


def load_comparison(
    plain: Outlook,
    scenarios: Sequence[Scenario],
    *,
    seed: int,
    data: Path | None = None,
) -> Comparison:
    """`compare` with the city's own background and rank, once for the same run and scenarios."""
    region, base_year = plain.region.code, plain.base_year
    asked = plain.asked | {"scenarios": [asdict(one) for one in scenarios]}

    def computed() -> Comparison:
        rank = starting_point(plain.history, region, base_year).loc["gdp_nominal", "last_rank"]
        background = load_background(region, base_year, data)
        return compare(plain, scenarios, background, rank=rank, seed=seed, data=data)

    return kept("comparison", asked, computed, data=data)


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

    Raises
    ------
    ParameterError
        If a scenario is given twice.
    """
    names = [scenario.scenario_id for scenario in scenarios]
    for name in names:
        if names.count(name) > 1:
            raise ParameterError(f"scenarios: {name} is given twice; legal: each once")
    targets = load_targets(plain.region.code, plain.base_year, plain.end_year, data)
    first = condition(plain, scenarios[0], seed=seed, data=data)
    rows, chances, verdicts, fans = [], [], [], []
    for name, scenario in zip(names, scenarios, strict=True):
        found = condition(plain, scenario, seed=seed, data=data)
        judged = assess(targets, found, background)
        rows.append({"scenario": name} | _summary(found, first))
        chances.append(_chances(found, rank, judged).assign(scenario=name))
        verdicts.append(judged.frame(COMPARED).astype(VERDICT).assign(scenario=name))
        fans += [_fan(found, indicator).assign(scenario=name) for indicator in INDICATORS]
    return Comparison(
        tuple(scenarios),
        _against(pd.DataFrame(rows).set_index("scenario")),
        _words(pd.concat(chances, ignore_index=True)),
        _flips(pd.concat(verdicts, ignore_index=True)),
        pd.concat(fans, ignore_index=True),
    )


def _same(one: Scenario, other: Scenario) -> bool:
    return all(
        getattr(one, name) == getattr(other, name) for name in ("drivers", "persistence", "scope")
    )


def _summary(found: Outlook, first: Outlook) -> dict[str, float]:
    row: dict[str, float] = {}
    for name in INDICATORS:
        drawn, before = (
            one.own_paths.sel(indicator=name, year=one.end_year).to_numpy()
            for one in (found, first)
        )
        row |= {f"{name}_{key}": float(np.quantile(drawn, level)) for key, level in LEVELS.items()}
        row[f"{name}_above"] = float((drawn > before).mean())
    return row | {key: float(mean_growth(found, name).median()) for key, name in GROWTH.items()}


def _against(summary: pd.DataFrame) -> pd.DataFrame:
    medians = summary[[f"{name}_q50" for name in INDICATORS]]
    percent = 100 * (medians / medians.iloc[0] - 1)
    points = summary[list(GROWTH)] - summary[list(GROWTH)].iloc[0]
    moved = [percent.set_axis([f"{name}_against" for name in INDICATORS], axis=1)]
    return summary.join([*moved, points.add_suffix("_against")])


def _chances(found: Outlook, rank: float, judged: Verdicts) -> pd.DataFrame:
    ranks = rank_paths(found, "gdp_nominal", found.end_year)
    known = len(ranks) > 0 and not np.isnan(rank)
    shares = {RANK: float((ranks <= rank).mean())} if known else {}
    shares |= {
        one.target.group: one.group_probability
        for one in judged
        if one.group_probability is not None
    }
    table = pd.DataFrame({"what": list(shares), "share": list(shares.values())})
    return table.astype({"what": "str", "share": "float64"})


def _words(chances: pd.DataFrame) -> pd.DataFrame:
    """Moves against the first scenario, and words that a small move does not change."""
    before = chances.groupby("what")["share"].transform("first")
    moved = chances["share"] - before
    said = chances["share"].where(moved.abs() >= NEAR_EDGE, before)
    return chances.assign(against=moved, word=said.map(likelihood).astype("str"))


def _flips(verdicts: pd.DataFrame) -> pd.DataFrame:
    """Moves against the first scenario, and classes that a small move does not change."""
    judged = verdicts.groupby("target_id")[["probability", "class", "likelihood"]]
    first = judged.transform("first")
    moved = verdicts["probability"] - first["probability"]
    far = moved.abs() >= NEAR_EDGE
    told = verdicts["class"].where(far, first["class"])
    word = verdicts["likelihood"].where(far, first["likelihood"])
    flips = told != first["class"]
    return verdicts.assign(against=moved, told=told, likelihood=word, flips=flips)


def _fan(found: Outlook, indicator: str) -> pd.DataFrame:
    table = quantiles(found, indicator).rename_axis("year").reset_index()
    return table.assign(indicator=indicator)
