"""Tables of the pages: rows chosen and worded, nothing computed.

Each function returns what there is to show: one table, or none where it has no rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from lvliang.baseline.regions import find_region
from lvliang.display.show import Sentence, Table
from lvliang.display.units import in_unit
from lvliang.display.words import (
    NOTHING,
    WORD_ONLY_GRADES,
    capital,
    chance,
    in_words,
    missing_sentence,
    number,
    number_in,
    rounded,
    target_name,
    text,
)
from lvliang.feasibility.break_even import BeyondGdp, EvenBet
from lvliang.feasibility.verdicts import Verdict
from lvliang.projection.scenario import read_scenario, scenario_path


def verdicts(judged: Sequence[Verdict], caption: str, lang: str) -> list[Table]:
    """The verdict on each target."""
    rows = [_verdict(verdict, lang) for verdict in judged]
    return _if_any(caption, pd.DataFrame(rows), cards=True)


def sensitivity(judged: Sequence[Verdict], lang: str) -> list[Table]:
    """How likely a target is: as judged, on the revised series, and with real growth cut.

    Each as the grade allows.
    """
    rows = [
        {
            text("column.target", lang): target_name(one.target, lang),
            text("column.as_judged", lang): _told(one.probability, one, lang),
            text("column.without_gap", lang): _told(
                one.vintage_gap.probability_without if one.vintage_gap else None, one, lang
            ),
            text("column.cut", lang, points=1): _told(one.discounted_1, one, lang),
            text("column.cut", lang, points=2): _told(one.discounted_2, one, lang),
        }
        for one in judged
        if one.discounted_1 is not None
    ]
    return _if_any(text("table.sensitivity", lang), pd.DataFrame(rows))


def even_bets(judged: Sequence[Verdict], lang: str) -> list[Table]:
    """What each target asks, and what would have even and nine-in-ten chances.

    Grades that show the word alone show no such value either.
    """
    rows = [
        {
            text("column.target", lang): target_name(one.target, lang),
            text("column.asked", lang): f"{in_unit(one.target.value, one.target.unit, lang):g}",
            text("column.even", lang): number_in(bet.even, one.target.unit, lang, 1),
            text("column.nine_in_ten", lang): number_in(bet.nine_in_ten, one.target.unit, lang, 1),
            text("column.unit", lang): text(f"unit.{one.target.unit}", lang),
        }
        for one in judged
        if isinstance(bet := one.break_even, EvenBet) and one.grade not in WORD_ONLY_GRADES
    ]
    return _if_any(text("table.even_bets", lang), pd.DataFrame(rows))


def what_it_takes(judged: Sequence[Verdict], lang: str) -> list[Table]:
    """Points by which a series that is missing must outgrow GDP at current prices."""
    found = [
        (one.target, one.break_even) for one in judged if isinstance(one.break_even, BeyondGdp)
    ]
    if not found:
        return []
    gdp = found[0][1].gdp
    rows = [
        {text("column.target", lang): target_name(target, lang)}
        | {
            text(f"column.gdp_{level}", lang): _signed(points)
            for level, points in beyond.points.items()
        }
        for target, beyond in found
        if beyond.gdp == gdp  # the same years
    ]
    return [Table(text("table.what_it_takes", lang, **gdp), pd.DataFrame(rows))]


def parameters(values: Mapping[str, Any], titles: Mapping[str, str], lang: str) -> list[Table]:
    """Parameters of the run, by name and title."""
    rows = [
        {
            text("column.parameter", lang): name,
            text("column.title", lang): capital(titles[name]),
            text("column.value", lang): _parameter(name, value, lang),
        }
        for name, value in values.items()
    ]
    return _if_any(text("table.parameters", lang), pd.DataFrame(rows))


def sources(table: pd.DataFrame, lang: str) -> list[Table]:
    """Where the figures of the page come from, and on what terms."""
    title, terms = ("title_zh", "licence_zh") if lang == "zh" else ("title", "licence")
    heads = {
        "source_id": text("column.source", lang),
        title: text("column.source_title", lang),
        terms: text("column.licence", lang),
    }
    frame = table[list(heads)].rename(columns=heads)
    return _if_any(text("table.sources", lang), frame, cards=True, desk=heads[terms])


def main(judged: Sequence[Verdict], lang: str) -> list[Table]:
    """Verdicts on the main targets of a year, and their nature where they have it in common."""
    if not judged:
        return []
    caption = text("table.main", lang, year=judged[0].target.last_year)
    return verdicts(judged, with_nature(caption, judged, lang), lang)


def later(judged: Sequence[Verdict], *, end_year: int, lang: str) -> list[Sentence | Table]:
    """Verdicts to the end year: on targets that were set, and on those derived from a year's."""
    stated = [one for one in judged if one.target.origin == "stated"]
    derived = [one for one in judged if one.target.origin != "stated"]
    pieces: list[Sentence | Table] = []
    pieces += verdicts(stated, text("table.stated", lang, end_year=end_year), lang)
    if not derived:
        return pieces
    growth = [one.target.first_year for one in derived if one.target.type == "mean_growth"]
    kind, year = ("rates", growth[0]) if growth else ("ranks", None)
    if not stated:
        pieces.append(Sentence(text(f"feasibility.no_{kind}", lang, end_year=end_year)))
    caption = text(f"table.derived_{kind}", lang, year=year, end_year=end_year)
    return [*pieces, *verdicts(derived, caption, lang)]


def with_nature(caption: str, judged: Sequence[Verdict], lang: str) -> str:
    """A caption with the nature of the targets, where they have it in common."""
    natures = {one.target.nature for one in judged}
    if len(natures) > 1:
        return caption
    nature = text(f"nature.{natures.pop()}", lang)
    return text("table.all_of", lang, table=caption, nature=nature)


def _verdict(verdict: Verdict, lang: str) -> dict[str, str]:
    notes = [missing_sentence(verdict.missing, lang), getattr(verdict.target, f"reading_{lang}")]
    return {
        text("column.target", lang): target_name(verdict.target, lang),
        text("column.verdict", lang): capital(text(f"class.{verdict.class_}", lang)),
        text("column.chance", lang): capital(chance(verdict, lang)),
        text("column.grade", lang): verdict.grade or NOTHING,
        text("column.missing", lang): capital(text("semicolon", lang).join(filter(None, notes))),
    }


def _signed(value: float) -> str:
    return f"+{number(value)}" if value > 0 else number(value)


def _told(probability: float | None, verdict: Verdict, lang: str) -> str:
    if probability is None:
        return NOTHING
    word_only = verdict.grade in WORD_ONLY_GRADES
    return capital((in_words if word_only else rounded)(probability, lang))


def _if_any(
    caption: str, frame: pd.DataFrame, *, cards: bool = False, decimals: int = 1, desk: str = ""
) -> list[Table]:
    return [] if frame.empty else [Table(caption, frame, cards, decimals, desk)]


def _parameter(name: str, value: Any, lang: str) -> str:
    """A value as the reader knows it: a city by its name, a scenario by its title."""
    if name == "region":
        region = find_region(str(value))
        return text("code", lang, name=region.name(lang), code=region.code)
    if name == "scenario":
        return read_scenario(scenario_path(str(value))).title(lang)
    if name in ("lang", "edition"):
        return text(f"parameter.{value}", lang)
    return str(value) or NOTHING


def quantile_name(level: float, lang: str) -> str:
    """The head of a column of quantiles."""
    if level == 0.5:
        return text("column.median", lang)
    return text("column.quantile", lang, percent=round(100 * level))
