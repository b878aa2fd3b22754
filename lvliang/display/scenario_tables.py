"""Tables of scenarios side by side."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain

import pandas as pd

from lvliang.display.show import Appendix, Table
from lvliang.display.switch import Switch
from lvliang.display.units import decimals_in, in_unit
from lvliang.display.words import (
    NOTHING,
    WORD_ONLY_GRADES,
    amount,
    capital,
    chance,
    number,
    number_in,
    rounded,
    span,
    target_name,
    text,
)
from lvliang.feasibility.bands import NEAR_EDGE
from lvliang.feasibility.comparison import OWN, RANK, Comparison
from lvliang.feasibility.verdicts import Verdict
from lvliang.projection.scenario import Scenario

OURS = "lvliang"  # author of the scenarios that are shipped
WHOLE = 0.05  # what rounds to nothing
DERIVED = "to_end_year"
MAIN = "2021_main"
GROUPS = (MAIN, DERIVED)
LEVELS = {
    "gdp_nominal": ("scenario", "median", "interval80", "against", "above", "growth", "prices"),
    "budget_revenue": ("scenario", "median", "interval80", "against"),
}


def summary(found: Comparison, *, year: int, lang: str) -> list[Table]:
    """Scenarios side by side in the end year: GDP and growth, revenue, ranks and joint chances."""
    levels_of = (levels(found, name, year=year, lang=lang) for name in LEVELS)
    return [*chain.from_iterable(levels_of), *chances(found, lang)]


def levels(found: Comparison, indicator: str, *, year: int, lang: str) -> list[Table]:
    """Median and interval of the end year under each scenario; mean growth beside GDP."""
    if found.summary[f"{indicator}_q50"].isna().any():
        return []
    rows = [
        {
            "scenario": name_of(found, str(scenario), lang),
            "median": number_in(row[f"{indicator}_q50"], "亿元", lang, 0),
            "interval80": _interval80(row, indicator, lang),
            "against": signed(row[f"{indicator}_against"]) if place else NOTHING,
            "above": number(100 * row[f"{indicator}_above"], 0) if place else NOTHING,
            "growth": number(row["growth"]),
            "prices": number(row["prices"]),
        }
        for place, (scenario, row) in enumerate(found.summary.iterrows())
    ]
    shown = [{key: row[key] for key in LEVELS[indicator]} for row in rows]
    years = {"year": year, "span": span(found.first_year, year, lang)}
    facts = years | {"first": first_name(found, lang)}
    return [table_of(indicator, shown, lang, **facts)]


def chances(found: Comparison, lang: str) -> list[Table]:
    """Ranks and joint chances under each scenario, and how many verdicts change."""
    told = told_of(found)
    if not told or not found.is_drawn:
        return []
    words = found.chances.set_index(["scenario", "what"])
    flips = found.verdicts.groupby("scenario")["flips"].sum()
    first = first_name(found, lang)
    rows = [
        {"scenario": name_of(found, name, lang)}
        | {
            what: _moved_word(words.loc[(name, what)], first if place else "", lang)
            for what in told
        }
        | ({"flips": str(flips[name]) if place else NOTHING} if name in flips.index else {})
        for place, name in enumerate(found.summary.index)
    ]
    name = "words" if len(told) > 1 else "ranks"
    return [table_of(name, rows, lang, main_year=main_year(found))]


def switch(found: Comparison, *, year: int, shown: str, lang: str) -> list[Switch]:
    """Headline numbers and verdicts under each scenario, of which a page shows one.

    At first that of the run: its own, if it has a row of its own, or ``shown``.
    """
    if not found.is_drawn or len(found.scenarios) == 1:
        return []
    panels = {
        name_of(found, str(name), lang): [
            _headline(found, str(name), year, lang),
            *_judged(found, str(name), lang),
        ]
        for name in found.summary.index
    }
    known = found.summary.index
    first = next(one for one in (OWN, shown, known[0]) if one in known)
    name = name_of(found, first, lang)
    return [Switch(text("scenarios.switch", lang), "scenario", panels, name)]


def _headline(found: Comparison, scenario: str, year: int, lang: str) -> Table:
    """Levels and growth of the end year, ranks and joint chances, of one scenario."""
    row = found.summary.loc[scenario]
    words = found.chances.set_index(["scenario", "what"])["word"]
    cells = {
        text(f"scenario_headline.{name}", lang, year=year): text(
            "scenarios.level",
            lang,
            median=amount(row[f"{name}_q50"], "亿元", lang, 0),
            low=amount(row[f"{name}_q10"], "亿元", lang, 0),
            high=amount(row[f"{name}_q90"], "亿元", lang, 0),
        )
        for name in LEVELS
        if pd.notna(row[f"{name}_q50"])
    }
    cells |= {
        text(f"scenario_headline.{name}", lang, span=span(found.first_year, year, lang)): text(
            "scenarios.rate", lang, value=number(row[name])
        )
        for name in ("growth", "prices")
    }
    cells |= {
        text(f"scenario_group.{what}", lang, year=year, main_year=main_year(found)): text(
            f"likelihood.{words[(scenario, what)]}", lang
        )
        for what in told_of(found)
    }
    rows = [{"indicator": name, "value": value} for name, value in cells.items()]
    named = name_of(found, scenario, lang)
    return replace(table_of("headline", rows, lang, scenario=named), cards=False)


def _judged(found: Comparison, scenario: str, lang: str) -> list[Table]:
    """Verdicts under one scenario on the targets that can be assessed."""
    verdicts = found.verdicts[found.verdicts["scenario"] == scenario].dropna(subset="probability")
    rows = [
        {
            "target": capital(target_name(Verdict.of(row).target, lang)),
            "verdict": capital(text(f"class.{row['told']}", lang)),
            "chance": _plain_chance(row, lang),
        }
        for _, row in verdicts.iterrows()
    ]
    named = name_of(found, scenario, lang)
    return [table_of("judged", rows, lang, scenario=named)] if rows else []


def classes(found: Comparison, lang: str) -> list[Table]:
    """The verdicts that change, with the baseline's beside them."""
    flips = found.verdicts[found.verdicts["flips"]]
    before = of_first(found).set_index("target_id", drop=False)
    rows = [
        {
            "target": capital(target_name(Verdict.of(row).target, lang)),
            "scenario": name_of(found, row["scenario"], lang),
            "before": capital(text(f"class.{before.loc[row['target_id'], 'told']}", lang)),
            "after": capital(text(f"class.{row['told']}", lang)),
            "chance": text(
                "scenarios.change",
                lang,
                before=chance(Verdict.of(before.loc[row["target_id"]]), lang),
                after=chance(Verdict.of(row), lang),
            ),
        }
        for _, row in flips.iterrows()
    ]
    return [table_of("flips", rows, lang, first=first_name(found, lang))] if rows else []


def appendix(found: Comparison, lang: str) -> Appendix:
    """What each scenario says and where it comes from, and the chance of each target, if any."""
    rows = [
        {
            "scenario": name_of(found, one.scenario_id, lang),
            "rationale": one.changes or " ".join(one.rationale(lang).split()),
            "author": author_of(one, lang),
            "source": source_of(one, lang),
        }
        for one in found.scenarios
    ]
    tables = [table_of("assumptions", rows, lang)]
    told = found.verdicts.dropna(subset="probability")
    if told.empty:
        return Appendix(text("scenarios.appendix_plain", lang), tables)
    target = text("scenario_column.target", lang)
    cells = [
        {target: capital(target_name(Verdict.of(judged.iloc[0]).target, lang))}
        | {name_of(found, row["scenario"], lang): _plain_chance(row, lang) for _, row in
           judged.iterrows()}
        for _, judged in told.groupby("target_id", sort=False)
    ]  # fmt: skip
    tables.append(Table(text("scenario_table.verdicts", lang), pd.DataFrame(cells), cards=True))
    return Appendix(text("scenarios.appendix", lang), tables)


def name_of(found: Comparison, scenario_id: str, lang: str) -> str:
    """Title of a scenario of the comparison; one that a user changed is the run's own."""
    return title_of(next(one for one in found.scenarios if one.scenario_id == scenario_id), lang)


def title_of(scenario: Scenario, lang: str) -> str:
    """Title of a scenario; one that a user changed is the run's own."""
    return text("scenarios.own", lang) if scenario.changes else scenario.title(lang)


def first_name(found: Comparison, lang: str) -> str:
    """What the scenarios are held against, as it is called in a sentence."""
    first = found.scenarios[0]
    if first.is_baseline():
        return text("scenarios.baseline", lang)
    return text("scenarios.quoted", lang, name=name_of(found, first.scenario_id, lang))


def signed(value: float, decimals: int = 1) -> str:
    """A number with its sign; one that rounds to nothing has none.

    Examples
    --------
    >>> signed(2.84), signed(-0.5), signed(0.04)
    ('+2.8', '−0.5', '0.0')
    """
    shown = number(value, decimals)
    return f"+{shown}" if round(value, decimals) > 0 else shown


def main_year(found: Comparison) -> int | None:
    """The year of the main expected targets, where there are any."""
    years = found.verdicts.loc[found.verdicts["group"] == MAIN, "deadline"]
    return None if years.empty else int(years.iloc[0])


def told_of(found: Comparison) -> list[str]:
    """Which ranks and groups of targets there are chances of."""
    return [what for what in (RANK, *GROUPS) if (found.chances["what"] == what).any()]


def _moved_word(row: pd.Series, first: str, lang: str) -> str:
    """The word of a chance, and where it lies against that of ``first``, if there is one."""
    word = text(f"likelihood.{row['word']}", lang)
    if not first:
        return word
    far = abs(row["against"]) >= NEAR_EDGE
    side = "similar" if not far else "higher" if row["against"] > 0 else "lower"
    return text(
        "scenarios.about", lang, word=word, moved=text(f"scenarios.{side}", lang, first=first)
    )


def _plain_chance(row: pd.Series, lang: str) -> str:
    if row["grade"] in WORD_ONLY_GRADES:
        return text(f"likelihood.{row['likelihood']}", lang)
    return rounded(row["probability"], lang)


def of_first(found: Comparison) -> pd.DataFrame:
    """Verdicts under the scenario that the others are held against."""
    return found.verdicts[found.verdicts["scenario"] == found.scenarios[0].scenario_id]


def author_of(scenario: Scenario, lang: str) -> str:
    """Who assumes it: the author of the file, or the user who changed it."""
    if scenario.changes:
        return text("scenarios.user", lang)
    ours = scenario.author == OURS
    return text("scenarios.this_project", lang) if ours else scenario.author


def source_of(scenario: Scenario, lang: str) -> str:
    """Where its sizes come from: what the file says, or the changes as given."""
    return scenario.changes or scenario.source(lang)


def between(lang: str) -> str:
    """What stands between two sentences."""
    return "" if lang == "zh" else " "


def interval(low: float, high: float, lang: str, decimals: int = 2) -> str:
    """Both ends of an interval, or that there is none."""
    if pd.isna(low) or pd.isna(high):
        return NOTHING
    ends = {"low": number(low, decimals), "high": number(high, decimals)}
    return text("scenarios.interval", lang, **ends)


def _interval80(row: pd.Series, indicator: str, lang: str) -> str:
    low, high = (in_unit(row[f"{indicator}_{end}"], "亿元", lang) for end in ("q10", "q90"))
    return interval(low, high, lang, decimals_in("亿元", lang, 0))


def table_of(name: str, rows: list[dict[str, str]], lang: str, **facts: object) -> Table:
    """A table of ``scenario_table``, its rows keyed by ``scenario_column``."""
    heads = {key: text(f"scenario_column.{key}", lang, **facts) for key in rows[0]}
    frame = pd.DataFrame(rows).rename(columns=heads)
    return Table(text(f"scenario_table.{name}", lang, **facts), frame, cards=True)
