"""Scenarios side by side: the same paths given each, what they move and which verdicts change."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from lvliang.baseline.starting_point import starting_point
from lvliang.baseline.store import kept
from lvliang.errors import ParameterError
from lvliang.feasibility.background import Background, load_background
from lvliang.feasibility.bands import NEAR_EDGE, likelihood
from lvliang.feasibility.fields import COMPARED
from lvliang.feasibility.targets import MAIN, TO_END, load_targets
from lvliang.feasibility.verdicts import Verdict, Verdicts, assess, columns, rank_paths
from lvliang.projection.conditional import condition
from lvliang.projection.outlook import Outlook, mean_growth, quantiles
from lvliang.projection.scenario import SHOCK, Scenario

LEVELS = {"q10": 0.1, "q50": 0.5, "q90": 0.9}
QUARTILES = {0.25: "q25", 0.5: "q50", 0.75: "q75"}
YEARS_OF_FACT = 6
INDICATORS = ("gdp_nominal", "budget_revenue")
GROWTH = {"growth": "gdp_real_growth", "prices": "gdp_deflator_growth"}
RANK = "rank"
DTYPES = {str: "str", float: "float64", int: "int64", bool: "bool"}
VERDICT = {one.name: DTYPES[one.plain_kind] for one in columns(COMPARED)}
OWN = "own"  # row of a scenario that is no shipped one

Facts = dict[str, Any]


@dataclass(frozen=True)
class Comparison:
    """Scenarios of one city, conditional draws of the same paths; the first is held against.

    ``summary``, index scenario: ``gdp_nominal_q10`` … ``budget_revenue_q90`` (亿元, end year,
    current prices; missing where not drawn), ``…_against`` (median against the first's, %),
    ``…_above`` (share of paths on which it is larger than under the first), ``growth`` and
    ``prices`` (median mean real growth and deflator growth, % a year) and ``…_against`` (points).
    ``chances``: ``scenario, what`` (``rank``: that of the base year or better in the end year; or a
    group of targets, those that can be assessed met together), ``share`` (of paths), ``against``
    (the first's taken off), ``word`` (of `bands`; the first's where the move is small).
    ``verdicts``: `VERDICT` for each ``scenario``, ``against`` (probability less the first's),
    ``told`` (the class that is said) and ``likelihood``, both the first's where the move is small,
    and ``flips`` (another class than the first's). ``fans``: ``scenario, indicator, year`` and
    `QUANTILES` of the levels.
    """

    scenarios: tuple[Scenario, ...]
    summary: pd.DataFrame
    chances: pd.DataFrame
    verdicts: pd.DataFrame
    fans: pd.DataFrame


def scenarios_of(
    shipped: Iterable[Scenario], own: Scenario, years: Iterable[int], *, of_report: bool = True
) -> tuple[list[Scenario], list[Scenario]]:
    """The scenarios of a run, the baseline first and its own last, and those left out.

    Left out are scenarios that assume nothing of its ``years`` and, where the city is not that of
    the report (``of_report``), something of the city itself; its own has a row if none of those.
    """
    span = list(years)
    known = [one for one in shipped if of_report or not one.is_of_a_city() or _same(own, one)]
    left = [one for one in shipped if one not in known]
    speaking = [one for one in known if one.is_baseline() or one.speaks_of(span)]
    if not own.is_baseline() and not any(_same(own, one) for one in known):
        speaking.append(replace(own, scenario_id=OWN))
    return speaking, [*(one for one in known if one not in speaking), *left]


def load_comparison(plain: Outlook, scenarios: Sequence[Scenario], *, seed: int) -> Comparison:
    """`compare` with the city's own background and rank, once for the same run and scenarios."""
    region, base_year = plain.region.code, plain.base_year
    asked = plain.asked | {"scenarios": [asdict(one) for one in scenarios]}

    def computed() -> Comparison:
        rank = starting_point(plain.history, region, base_year).loc["gdp_nominal", "last_rank"]
        background = load_background(region, base_year)
        return compare(plain, scenarios, background, rank=rank, seed=seed)

    return kept("comparison", asked, computed)


def compare(
    plain: Outlook, scenarios: Sequence[Scenario], background: Background, *, rank: float, seed: int
) -> Comparison:
    """Hold scenarios against the first of them; a `ParameterError` if one is given twice.

    ``plain`` is drawn without a scenario, with the same ``seed``; ``rank``: of GDP in the base
    year, missing where there is none.
    """
    names = [scenario.scenario_id for scenario in scenarios]
    for name in names:
        if names.count(name) > 1:
            raise ParameterError(f"scenarios: {name} is given twice; legal: each once")
    targets = load_targets(plain.region.code, plain.base_year, plain.end_year)
    first = condition(plain, scenarios[0], seed=seed)
    rows, chances, verdicts, fans = [], [], [], []
    for name, scenario in zip(names, scenarios, strict=True):
        found = condition(plain, scenario, seed=seed)
        judged = assess(targets, found, background)
        rows.append({"scenario": name} | _summary(found, first))
        chances.append(_chances(found, rank, judged).assign(scenario=name))
        verdicts.append(judged.frame(COMPARED).astype(VERDICT).assign(scenario=name))
        fans += [
            quantiles(found, indicator).assign(scenario=name, indicator=indicator)
            for indicator in INDICATORS
        ]
    return Comparison(
        tuple(scenarios),
        _against(pd.DataFrame(rows).set_index("scenario")),
        _words(pd.concat(chances, ignore_index=True)),
        _flips(pd.concat(verdicts, ignore_index=True)),
        pd.concat(fans).rename_axis("year").reset_index(),
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


def scenario_facts(found: Comparison, years: Sequence[int], shown: str = "") -> Facts:
    """What scenarios assume, and what they move against the first of them.

    ``drawn`` (whether there are levels), ``first`` and ``shown`` (of the run), ``cases`` (a
    scenario each, also of what is ``over``), ``compared`` (those after the first), ``span`` of
    years, ``told`` (`_told` of each chance), ``main_year`` of the main targets, ``by_target`` (what
    can be judged, over the cases), ``changing`` (how many change a verdict), ``ends`` (the cases
    with the ``low`` and ``high`` median, by indicator), `_apart`, what it ``assumes``.
    """
    chances = _by_chance(found)
    cases: list[Facts] = []
    for place, scenario in enumerate(found.scenarios):
        of_it = found.verdicts[found.verdicts["scenario"] == scenario.scenario_id]
        first = {it["target"].target_id: it for it in cases[0]["verdicts"]} if cases else {}
        rows = of_it.to_dict("records")
        cases.append(
            {
                "scenario": scenario,
                "assumed": scenario.assumed(years),
                "over": scenario.assumed(range(years[0])),
                "verdicts": [_judged(row, first.get(row["target_id"])) for row in rows],
                "flips": int(of_it["flips"].sum()),
                "moves": _moves(of_it[of_it["flips"]]),
                "chances": [one[place] for one in chances],
                **_drawn(found.summary.loc[scenario.scenario_id]),
            }
        )
    main = found.verdicts.loc[found.verdicts["group"] == MAIN, "deadline"]
    by_target = zip(*(case["verdicts"] for case in cases), strict=True)
    by_id = {case["scenario"].scenario_id: case for case in cases}
    medians = {name: found.summary[f"{name}_q50"] for name in INDICATORS}
    return {
        "drawn": bool(medians["gdp_nominal"].notna().all()),
        "first": found.scenarios[0],
        "shown": by_id.get(OWN, by_id.get(shown, cases[0]))["scenario"],
        "cases": cases,
        "compared": cases[1:],
        "span": [(years[0], years[-1])],
        "told": [_told(one) for one in chances],
        "main_year": None if main.empty else int(main.iloc[0]),
        "by_target": [row for row in by_target if any(it["rated"] for it in row)],
        "changing": sum(bool(case["moves"]) for case in cases),
        "ends": {
            name: {"low": by_id[of.idxmin()], "high": by_id[of.idxmax()]}
            if of.notna().all()
            else None
            for name, of in medians.items()
        },
        "apart": _apart(found.summary),
        "assumes": kinds_assumed(found.scenarios),
    }


def kinds_assumed(scenarios: Sequence[Scenario]) -> dict[str, bool]:
    """Whether any assumes a ``policy``, a ``shock``, or what was written for the ``city``."""
    return {
        "policy": any(one.drivers.get("policy") for one in scenarios),
        "shock": any(one.drivers.get(SHOCK) for one in scenarios),
        "city": any(one.is_of_a_city() and one.scenario_id != OWN for one in scenarios),
    }


def level_facts(found: Comparison, actual: pd.Series, indicator: str) -> Facts | None:
    """Levels of an indicator under each scenario, as they are drawn; None without any.

    ``actual`` (the last years), ``quantiles`` (``scenario, year``, `QUARTILES`), ``ends`` (a
    scenario each: its median ``q50``, and ``against`` the first's, %), ``table`` (actual and drawn
    rows).
    """
    fans = found.fans[found.fans["indicator"] == indicator].dropna().rename(columns=QUARTILES)
    if fans.empty or actual.empty:
        return None
    drawn = fans[["scenario", "year", *QUARTILES.values()]]
    by_id = {one.scenario_id: one for one in found.scenarios}
    recent = actual.loc[actual.index > actual.index[-1] - YEARS_OF_FACT]
    known = recent.rename("q50").rename_axis("year").reset_index().assign(scenario=None)
    named = drawn.assign(scenario=drawn["scenario"].map(by_id))
    levels = found.summary.loc[drawn["scenario"].unique()]
    return {
        "indicator": indicator,
        "actual": recent,
        "quantiles": drawn,
        "ends": [
            {
                "scenario": by_id[str(name)],
                "q50": row[f"{indicator}_q50"],
                "against": row[f"{indicator}_against"] if place else None,
            }
            for place, (name, row) in enumerate(levels.iterrows())
        ],
        "table": pd.concat([known, named], ignore_index=True)[
            ["scenario", "year", "q50", "q25", "q75"]
        ],
    }


def _drawn(row: pd.Series) -> Facts:
    """Levels of one scenario by indicator, None where not drawn; its growth and prices."""
    levels = {
        name: {key: row[f"{name}_{key}"] for key in (*LEVELS, "against", "above")}
        if pd.notna(row[f"{name}_q50"])
        else None
        for name in INDICATORS
    }
    return levels | dict(row[["growth", "growth_against", "prices", "prices_against"]])


def _judged(row: Facts, before: Facts | None) -> Facts:
    """A verdict under a scenario, ``plain`` without its edge, and that under the first."""
    verdict = Verdict.of(row)
    return {
        "target": verdict.target,
        "verdict": verdict,
        "plain": replace(verdict, near_edge=False),
        "rated": verdict.probability is not None,
        "told": row["told"],
        "flips": row["flips"],
        "crossed": row["class"] != row["told"] and not row["flips"],
        "before": before,
    }


def _moves(flips: pd.DataFrame) -> list[Facts]:
    """The verdicts of one scenario that change, those of an indicator and class together."""
    return [
        {
            "indicator": indicator,
            "told": told,
            "up": alike["against"].iloc[0] > 0,
            "periods": [
                {"years": [(row.first_year, row.deadline)], "derived": row.group == TO_END}
                for row in alike.itertuples()
            ],
        }
        for (indicator, told), alike in flips.groupby(["indicator", "told"], sort=False)
    ]


def _by_chance(found: Comparison) -> list[list[Facts]]:
    """Rows of each chance, a scenario each, with the ``side`` of the first's it lies on."""
    by_id = {one.scenario_id: one for one in found.scenarios}
    moved = found.chances["against"]
    sides = np.select([moved.abs() < NEAR_EDGE, moved > 0], ["similar", "higher"], "lower")
    rows = found.chances.assign(side=sides, scenario=found.chances["scenario"].map(by_id))
    by_chance = [rows[rows["what"] == what].to_dict("records") for what in (RANK, MAIN, TO_END)]
    return [one for one in by_chance if one]


def _told(chances: list[Facts]) -> Facts:
    """One chance over the scenarios, and those in which it is ``higher`` or ``lower``."""
    on = {
        side: [one["scenario"] for one in chances if one["side"] == side]
        for side in ("higher", "lower")
    }
    return on | {
        "what": chances[0]["what"],
        "base": chances[0],
        "low": min(chances, key=lambda one: one["share"]),
        "high": max(chances, key=lambda one: one["share"]),
        "same": len({one["word"] for one in chances}) == 1,
    }


def _apart(summary: pd.DataFrame) -> Facts | None:
    """How far medians of GDP lie apart, where an interval of the first's ``width`` holds them."""
    medians, first = summary["gdp_nominal_q50"], summary.iloc[0]
    low, high = first["gdp_nominal_q10"], first["gdp_nominal_q90"]
    if not low <= medians.min() <= medians.max() <= high:
        return None
    return {"apart": medians.max() - medians.min(), "width": high - low}
