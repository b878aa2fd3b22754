"""The facts of the page of verdicts: numbers, codes and verdicts, told by its text."""

from collections.abc import Iterable
from typing import Any

import pandas as pd

from lvliang.baseline.growth import level_after, mean_of_rates
from lvliang.baseline.tables import as_of, load_table, tables_with
from lvliang.feasibility.bands import BINDING, CANNOT_TELL, INDICATIVE, WORD_ONLY_GRADES
from lvliang.feasibility.beside import BeyondGdp, EvenBet
from lvliang.feasibility.outcomes import COMPLETIONS
from lvliang.feasibility.ranks import rank_bars
from lvliang.feasibility.targets import MAIN, TO_END, Target
from lvliang.feasibility.verdicts import Verdict, Verdicts, rank_paths
from lvliang.projection.outlook import Outlook, actual, fan_facts, shock_set_aside

NEAR = "near_targets"


def verdict_facts(verdicts: Verdicts) -> dict[str, Any]:
    """The verdicts of a run, in the groups and orders in which they are told; None for what is not.

    ``main`` (on the targets of the year), their ``counts`` and common ``nature``; ``to_end``, of
    which ``stated`` are targets and ``derived`` are not, ``kept_up`` ask for a mean of growth, and
    ``kept_from`` is the first year of such a derived one; ``gap`` (the first `VintageGap`). For the
    appendix: ``bets`` (`even_bets`; ``main_bets`` of the targets of the year), ``cut`` (with real
    growth cut) and `beyond_gdp`.
    """
    main, to_end = verdicts.of(MAIN), verdicts.of(TO_END)
    stated = Verdicts(one for one in to_end if one.target.origin == "stated")
    derived = Verdicts(one for one in to_end if one.target.origin != "stated")
    kept_up = Verdicts(one for one in to_end if one.target.type == "mean_growth")
    first_years = (one.target.first_year for one in kept_up if one.target.origin != "stated")
    return {
        "verdicts": verdicts,
        "main": main,
        "counts": class_counts(main),
        "nature": common_nature(main),
        "to_end": to_end,
        "stated": stated,
        "derived": derived,
        "kept_up": kept_up,
        "kept_from": next(first_years, None),
        "gap": next((one.vintage_gap for one in verdicts if one.vintage_gap), None),
        "bets": even_bets(verdicts),
        "main_bets": even_bets(one for one in main if one.rate_needed is not None),
        "cut": [one for one in verdicts if one.discounted_1 is not None],
        "beyond": beyond_gdp(verdicts),
    }


def common_nature(verdicts: Iterable[Verdict]) -> str | None:
    """The nature of the targets, where they have it in common."""
    natures = {one.target.nature for one in verdicts}
    return natures.pop() if len(natures) == 1 else None


def class_counts(verdicts: Verdicts) -> dict[str, int]:
    """How many targets are in each class, best class first, ``cannot_tell`` last."""
    classes = [one.class_ for one in verdicts]
    order = [*COMPLETIONS, *(name for _, name in INDICATIVE + BINDING), CANNOT_TELL]
    return {name: classes.count(name) for name in order if name in classes}


def even_bets(verdicts: Iterable[Verdict]) -> list[dict[str, Any]]:
    """Of verdicts that show a figure, the values with an even and a nine-in-ten chance.

    ``verdict, even, nine_in_ten``, and the even one less the target, as both are shown (``gap``).
    """
    return [
        {
            "verdict": one,
            "even": bet.even,
            "nine_in_ten": bet.nine_in_ten,
            "gap": round(round(bet.even, 1) - one.target.value, 1),
        }
        for one in verdicts
        if isinstance(bet := one.break_even, EvenBet) and one.grade not in WORD_ONLY_GRADES
    ]


def beyond_gdp(verdicts: Verdicts) -> dict[str, Any] | None:
    """What targets that cannot be told ask beyond GDP at current prices; None without one.

    ``gdp``: its growth (%), by quantile; ``points`` beyond that of each ``target`` of its years.
    """
    found = [
        (one.target, takes) for one in verdicts if isinstance(takes := one.break_even, BeyondGdp)
    ]
    if not found:
        return None
    gdp = found[0][1].gdp
    rows = [{"target": target, **takes.points} for target, takes in found if takes.gdp == gdp]
    return {"gdp": gdp, "points": pd.DataFrame(rows)}


def drawn_facts(verdicts: Verdicts, outlook: Outlook) -> dict[str, Any]:
    """What is drawn beside the verdicts.

    ``growth`` (`fan_facts`) and its ``growth_target``; ``rank`` to be kept to the end, None where
    none is asked, and `rank_bars`; ``rebound``, the year after a fall set aside; `level_facts`.
    """
    main = verdicts.of(MAIN)
    rank = target_value(verdicts.of(TO_END), "gdp_rank_in_province")
    drawn = rank_paths(outlook, "gdp_nominal", outlook.end_year)
    shock = shock_set_aside(outlook)
    names = ("gdp_nominal", "gdp_real_growth", "budget_revenue")
    gdp, growth, revenue = (actual(outlook, name) for name in names)
    return {
        "growth": fan_facts(outlook, "gdp_real_growth"),
        "growth_target": target_value(main.due_after(outlook.base_year), "gdp_real_growth"),
        "rank": rank,
        **rank_bars(drawn, outlook.paths.sizes["region"], rank),
        "rebound": int(shock["year"]) + 1 if shock and shock["came"] < shock["kept"] else None,
        **level_facts(main, outlook.base_year, gdp=gdp, growth=growth, revenue=revenue),
    }


def level_facts(
    main: Verdicts, base_year: int, *, gdp: pd.Series, growth: pd.Series, revenue: pd.Series
) -> dict[str, Any]:
    """What targets of growth mean as levels (亿元), of series by year; None without a figure.

    ``gdp_level``: ``value`` asked, ``level`` at prices of the base year, ``latest`` growth and the
    mean over ``two_years`` (%); ``revenue_level``: ``value``, ``level`` and its ``year``.
    """
    ahead = Verdicts(one for one in main if one.target.first_year == base_year + 1)
    real, cash = (target_value(ahead, f"{name}_growth") for name in ("gdp_real", "budget_revenue"))
    facts: dict[str, Any] = {"gdp_level": None, "revenue_level": None}
    if real is not None and base_year in gdp.index and base_year in growth.index:
        facts["gdp_level"] = {
            "value": real,
            "level": level_after(gdp[base_year], real, 1),
            "latest": growth[base_year],
            "two_years": mean_of_rates(pd.Series([growth[base_year], real])),
        }
    if cash is not None and base_year in revenue.index:
        level = level_after(revenue[base_year], cash, 1)
        facts["revenue_level"] = {"value": cash, "level": level, "year": base_year + 1}
    return facts


def near_targets(verdicts: Verdicts, origin: int) -> list[dict[str, Any]]:
    """What is known near targets that cannot be told: figures that do not settle them.

    ``target, region_code, indicator, value`` (in its unit), ``source_id, year``, its ``months``
    where it is of a part of the year, and ``why_zh, why_en`` (of table `NEAR`).
    """
    rows = []
    for row in load_table(NEAR).itertuples():
        one = verdicts.by_id.get(row.target_id)
        found = _nearest(row, one.target, origin) if one and one.missing else None
        if one and found is not None:
            months = [int(day[5:]) for day in found["period"].split("/") if day[4:]]
            told = {"target": one.target, "months": months, **found[["value", "year", "source_id"]]}
            rows.append(row._asdict() | told)
    return rows


def _nearest(row: Any, target: Target, origin: int) -> pd.Series | None:
    """The figure known at ``origin`` that lies nearest to a target: of its year, of a whole one."""
    found = [load_table(name) for name in tables_with(row.indicator)]
    if not found:
        return None
    known = as_of(pd.concat(found), origin)
    known = known[(known["indicator"] == row.indicator) & (known["region_code"] == row.region_code)]
    period = known.get("period", pd.Series("annual", known.index)).fillna("annual")
    known = known.assign(
        period=period.replace("annual", ""),
        is_near=known["year"].between(target.first_year, target.last_year),
        is_whole=period == "annual",
    )
    ordered = known.sort_values(["is_near", "is_whole", "year", "period"], kind="stable")
    return ordered.iloc[-1] if len(ordered) else None


def target_value(verdicts: Verdicts, indicator: str) -> float | None:
    """The figure a target asks of ``indicator``, or None where there is no such target."""
    values = (one.target.value for one in verdicts if one.target.indicator == indicator)
    return next(values, None)


def past_chances(parts: pd.DataFrame) -> dict[str, Any] | None:
    """What was given and what came at the longest horizon, of `decompose`; None for nothing.

    ``years`` (the horizon), ``origins``, and ``groups``: ``group, chance, came``, a dict each.
    """
    if parts.empty:
        return None
    years = parts["horizon"].max()
    longest = parts[parts["horizon"] == years]
    origins = longest["origins"].max()
    return {"years": years, "origins": origins, "groups": longest.to_dict("records")}


def report_facts(figures: pd.DataFrame) -> dict[str, Any]:
    """Whether there ``is_report``, and the ``jobs`` it counts in five years (万人), or None."""
    jobs = figures.loc[figures["indicator"] == "new_urban_jobs_five_years", "value"]
    counted = [{"total": total, "a_year": total / 5} for total in jobs]
    return {"is_report": len(figures) > 0, "jobs": counted[0] if counted else None}
