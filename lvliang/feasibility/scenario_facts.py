"""The facts of scenarios side by side: numbers, codes and frames, told by the page's text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from lvliang.feasibility.bands import NEAR_EDGE
from lvliang.feasibility.comparison import INDICATORS, LEVELS, OWN, RANK, Comparison
from lvliang.feasibility.drivers import struck_year
from lvliang.feasibility.targets import MAIN, TO_END
from lvliang.feasibility.verdicts import Verdict
from lvliang.projection.scenario import SHOCK, Scenario

QUANTILES = {0.25: "q25", 0.5: "q50", 0.75: "q75"}
YEARS_OF_FACT = 6

Facts = dict[str, Any]


def scenario_facts(found: Comparison, years: Sequence[int], shown: str = "") -> Facts:
    """What scenarios assume, and what they move against the first of them.

    Parameters
    ----------
    shown : str
        The scenario of the run, where it has no row of its own.

    Returns
    -------
    dict
        ``drawn`` (whether there are levels), ``first`` and ``shown`` (scenarios), ``cases`` (a
        scenario each) and ``compared`` (those after the first), ``span`` of years, ``told`` (of
        each chance: ``what``, ``base``, ``low`` and ``high``, whether all are the ``same``, and
        the scenarios in which it is ``higher`` or ``lower`` by more than a small move),
        ``main_year`` of the main targets, ``by_target`` (what can be judged, over the cases),
        ``changing`` (how many change a verdict), ``ends`` (the cases with the ``low`` and
        ``high`` median, by indicator), ``apart`` (how far medians of GDP lie apart, and the
        first's ``width``, if that holds them) and what it ``assumes`` (`kinds_assumed`).
    """
    told = [one for what in (RANK, MAIN, TO_END) if (one := _chances(found, what))]
    first: list[Facts] = []
    cases: list[Facts] = []
    for place, scenario in enumerate(found.scenarios):
        of_it = found.verdicts[found.verdicts["scenario"] == scenario.scenario_id]
        verdicts = [_judged(row, first[n] if first else {}) for n, row in _rows(of_it)]
        first = first or verdicts
        cases.append(
            {
                "scenario": scenario,
                "assumed": scenario.assumed(years),
                "verdicts": verdicts,
                "flips": int(of_it["flips"].sum()),
                "moves": _moves(of_it[of_it["flips"]]),
                "chances": [one[place] for one in told],
                **_drawn(found.summary.loc[scenario.scenario_id]),
            }
        )
    main = found.verdicts.loc[found.verdicts["group"] == MAIN, "deadline"]
    by_target = [
        list(row)
        for row in zip(*(case["verdicts"] for case in cases), strict=True)
        if any(it["rated"] for it in row)
    ]
    by_id = {case["scenario"].scenario_id: case for case in cases}
    return {
        "drawn": found.is_drawn,
        "first": found.scenarios[0],
        "shown": by_id.get(OWN, by_id.get(shown, cases[0]))["scenario"],
        "cases": cases,
        "compared": cases[1:],
        "span": [(years[0], years[-1])],
        "told": [_told(one) for one in told],
        "main_year": None if main.empty else int(main.iloc[0]),
        "by_target": by_target,
        "changing": sum(bool(case["moves"]) for case in cases),
        "ends": {name: _ends(found, f"{name}_q50", by_id) for name in INDICATORS},
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

    Returns
    -------
    dict
        ``indicator``, ``actual`` (the last years), ``quantiles`` (``scenario, year``, `QUANTILES`),
        ``ends`` (a scenario each: its median ``q50`` and how far it is ``against`` the first's, %),
        ``table`` (both, a scenario in each row that is drawn).
    """
    drawn = found.fans[found.fans["indicator"] == indicator].dropna()
    if drawn.empty or actual.empty:
        return None
    quantiles = drawn.rename(columns=QUANTILES)[["scenario", "year", *QUANTILES.values()]]
    scenarios = {one.scenario_id: one for one in found.scenarios}
    recent = actual.loc[actual.index > actual.index[-1] - YEARS_OF_FACT]
    known = recent.rename("q50").rename_axis("year").reset_index().assign(scenario=None)
    named = quantiles.assign(scenario=quantiles["scenario"].map(scenarios))
    against = f"{indicator}_against"
    ends = [
        {
            "scenario": scenarios[name],
            "q50": found.summary.loc[name, f"{indicator}_q50"],
            "against": found.summary.loc[name, against] if place else None,
        }
        for place, name in enumerate(quantiles["scenario"].unique())
    ]
    return {
        "indicator": indicator,
        "actual": recent,
        "quantiles": quantiles,
        "ends": ends,
        "table": pd.concat([known, named], ignore_index=True)[
            ["scenario", "year", "q50", "q25", "q75"]
        ],
    }


def tornado_facts(effects: pd.DataFrame, years: Sequence[int]) -> Facts | None:
    """One driver at a time (``effects`` of `tornado`), the widest first; None without levels.

    Returns
    -------
    dict
        ``drivers`` (``driver`` and its sizes ``low, high``, of which a lone one stands for both),
        ``effects``, their rows in this order as ``moves``, and the year ``struck`` by the shock.
    """
    moved = effects.dropna(subset="gdp_nominal")
    if moved.empty:
        return None
    reach = moved["gdp_nominal"].abs().groupby(moved["driver"]).max()
    order = list(reach.sort_values().index[::-1])
    sizes = {name: rows.set_index("side")["size"] for name, rows in moved.groupby("driver")}
    drivers = [
        {"driver": name}
        | {side: float(sizes[name].get(side, sizes[name].iloc[0])) for side in ("low", "high")}
        for name in order
    ]
    moves = moved.set_index("driver").loc[order].reset_index()
    return {
        "drivers": drivers,
        "effects": moved,
        "moves": moves.to_dict("records"),
        "struck": struck_year(years),
    }


def _drawn(row: pd.Series) -> Facts:
    """Levels of one scenario by indicator, None where not drawn; its growth and prices."""
    levels = {
        name: {key: row[f"{name}_{key}"] for key in (*LEVELS, "against", "above")}
        if pd.notna(row[f"{name}_q50"])
        else None
        for name in INDICATORS
    }
    rates = ("growth", "growth_against", "prices", "prices_against")
    return levels | {name: row[name] for name in rates}


def _rows(frame: pd.DataFrame) -> Any:
    return enumerate(row for _, row in frame.iterrows())


def _judged(row: pd.Series, before: Facts) -> Facts:
    """A verdict under a scenario, ``plain`` without its edge, and that under the first."""
    verdict = Verdict.of(row)
    before = before or {"class": row["class"]}
    return {
        "target": verdict.target,
        "verdict": verdict,
        "plain": replace(verdict, near_edge=False),
        "rated": verdict.probability is not None,
        "class": row["class"],
        "told": row["told"],
        "flips": bool(row["flips"]),
        "crossed": row["class"] != before["class"] and not row["flips"],
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
                {
                    "years": [(row["first_year"], row["deadline"])],
                    "derived": row["group"] == TO_END,
                }
                for _, row in alike.iterrows()
            ],
        }
        for (indicator, told), alike in flips.groupby(["indicator", "told"], sort=False)
    ]


def _chances(found: Comparison, what: str) -> list[Facts]:
    """A chance under each scenario: its ``word``, and on which ``side`` of the first's it lies."""
    scenarios = {one.scenario_id: one for one in found.scenarios}
    return [
        {
            "what": what,
            "scenario": scenarios[row["scenario"]],
            "word": row["word"],
            "share": row["share"],
            "side": _side(row["against"]),
        }
        for _, row in found.chances[found.chances["what"] == what].iterrows()
    ]


def _side(moved: float) -> str:
    if abs(moved) < NEAR_EDGE:
        return "similar"
    return "higher" if moved > 0 else "lower"


def _told(chances: list[Facts]) -> Facts:
    """One chance over the scenarios."""

    def on(side: str) -> list[Scenario]:
        return [one["scenario"] for one in chances if one["side"] == side]

    return {
        "what": chances[0]["what"],
        "base": chances[0],
        "low": min(chances, key=lambda one: one["share"]),
        "high": max(chances, key=lambda one: one["share"]),
        "same": len({one["word"] for one in chances}) == 1,
        "higher": on("higher"),
        "lower": on("lower"),
    }


def _ends(found: Comparison, median: str, by_id: Facts) -> Facts | None:
    medians = found.summary[median]
    if medians.isna().any():
        return None
    return {"low": by_id[medians.idxmin()], "high": by_id[medians.idxmax()]}


def _apart(summary: pd.DataFrame) -> Facts | None:
    """How far medians of GDP lie apart, where the first scenario's interval holds them all."""
    medians, first = summary["gdp_nominal_q50"], summary.iloc[0]
    low, high = first["gdp_nominal_q10"], first["gdp_nominal_q90"]
    if not low <= medians.min() <= medians.max() <= high:
        return None
    return {"apart": medians.max() - medians.min(), "width": high - low}
