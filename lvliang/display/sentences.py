"""Sentences chosen by the run: change the data and they follow, in both languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Sized

import pandas as pd

from lvliang.baseline.growth import level_after, mean_of_rates
from lvliang.display.show import Sentence
from lvliang.display.words import (
    WORD_ONLY_GRADES,
    amount,
    counts_by_class,
    in_words,
    rounded,
    target_name,
    text,
)
from lvliang.feasibility.break_even import EvenBet
from lvliang.feasibility.record import LONGEST
from lvliang.feasibility.verdicts import Verdict, Verdicts


def limits(origins: int, lang: str) -> list[Sentence]:
    """How far projections may be trusted; ``origins`` of `lvliang.feasibility.record`."""
    words = [text("trajectories.limits", lang)]
    if origins:
        words.append(text("trajectories.record", lang, years=LONGEST, origins=origins))
    else:
        words.append(text("record.none", lang))
    return [Sentence(said, "caveat") for said in words]


def discount(points: float, lang: str) -> list[Sentence]:
    """A warning where real growth was cut in this run."""
    if points == 0:
        return []
    return [Sentence(text("trajectories.discount", lang, discount=points), "caveat")]


def feasibility(main: Verdicts, *, region: str, lang: str) -> list[Sentence]:
    """How many targets are in each class, and whether all can be met together."""
    if not main:
        return [Sentence(text("feasibility.no_targets", lang, region=region), "headline")]
    counts = counts_by_class((one.class_ for one in main), lang)
    facts = {"year": main[0].target.last_year, "total": len(main), "counts": counts}
    words = text("feasibility.answer", lang, **facts)
    said = [Sentence(words, "headline")]
    count = len(main.rated)
    if count > 1 and (together := main[0].group_probability) is not None:
        word = in_words(together, lang)
        all_of_them = text("all.two" if count == 2 else "all.more", lang, count=count)
        said.append(Sentence(text("feasibility.joint", lang, count=all_of_them, word=word)))
    return said


def if_any(
    table: Sized, key: str, lang: str, *, style: str = "", **facts: object
) -> list[Sentence]:
    """What is said of the rows of a table, where it has any."""
    return [] if not len(table) else [Sentence(text(key, lang, **facts), style)]


def rebound(
    derived: Sequence[Verdict], shock: Mapping[str, float] | None, lang: str
) -> list[Sentence]:
    """That a year after a shock (of ``shock_set_aside``) says little of those that follow."""
    if not derived or shock is None:
        return []
    return [Sentence(text("feasibility.rebound", lang, year=int(shock["year"]) + 1), "note")]


def even_bets(verdicts: Verdicts, lang: str) -> list[Sentence]:
    """How far the growth with an even chance lies from each target that shows a figure."""
    return [
        Sentence(_even_bet(one, one.break_even.even, lang))
        for one in verdicts.rated
        if one.rate_needed is not None and isinstance(one.break_even, EvenBet)
        if one.grade not in WORD_ONLY_GRADES
    ]


def settling(verdicts: Verdicts, lang: str) -> list[Sentence]:
    """On which figure targets are settled, and what that does to the verdicts, if there are any."""
    if not verdicts:
        return []
    gaps = [one.vintage_gap.plain() for one in verdicts if one.vintage_gap]
    if not gaps:
        return [Sentence(text("feasibility.settling", lang))]
    return [Sentence(text("feasibility.settling_gap", lang, **gaps[0]))]


def how_to_add(verdicts: Verdicts, lang: str) -> list[Sentence]:
    """How to enter what is missing, where no target is on file or one cannot be told."""
    if not verdicts:
        return [Sentence(text("feasibility.how_to_add_targets", lang), "note")]
    if len(verdicts.rated) == len(verdicts):
        return []
    return [Sentence(text("feasibility.how_to_add", lang), "note")]


def gdp_target(
    main: Verdicts, base_year: int, *, levels: pd.Series, growth: pd.Series, lang: str
) -> list[Sentence]:
    """What the GDP target means as a level at prices of the base year, and over two years."""
    value = target_value(main, "gdp_real_growth")
    if value is None or base_year not in levels.index or base_year not in growth.index:
        return []
    words = text(
        "feasibility.gdp",
        lang,
        value=value,
        base_year=base_year,
        level=amount(level_after(levels[base_year], value, 1), "亿元", lang, 1),
        latest=growth[base_year],
        two_year=mean_of_rates(pd.Series([growth[base_year], value])),
    )
    return [Sentence(words)]


def revenue_target(
    main: Verdicts, base_year: int, *, levels: pd.Series, lang: str
) -> list[Sentence]:
    """What the revenue target means as a level of its year, at current prices."""
    value = target_value(main, "budget_revenue_growth")
    if value is None or base_year not in levels.index:
        return []
    level = amount(level_after(levels[base_year], value, 1), "亿元", lang, 1)
    words = text("feasibility.revenue", lang, value=value, year=base_year + 1, level=level)
    return [Sentence(words)]


def jobs(figures: pd.DataFrame, lang: str) -> list[Sentence]:
    """What the report itself says of jobs, which is too little for a likelihood."""
    total = figures.loc[figures["indicator"] == "new_urban_jobs_five_years", "value"]
    if total.empty:
        return []
    years = 5
    jobs, mean = (amount(value, "万人", lang) for value in (total.iloc[0], total.iloc[0] / years))
    return [Sentence(text("feasibility.jobs", lang, jobs=jobs, mean_jobs=mean))]


def _even_bet(verdict: Verdict, even: float, lang: str) -> str:
    gap = round(round(even, 1) - verdict.target.value, 1)
    side = "at" if gap == 0 else "below" if gap < 0 else "above"
    return text(
        f"feasibility.even_{side}",
        lang,
        target=target_name(verdict.target, lang),
        even=even,
        gap=abs(gap),
        chance=rounded(float(verdict.probability or 0), lang),
    )


def target_value(verdicts: Sequence[Verdict], indicator: str) -> float | None:
    """The figure a target asks of ``indicator``, or None where there is no such target."""
    values = (one.target.value for one in verdicts if one.target.indicator == indicator)
    return next(values, None)
