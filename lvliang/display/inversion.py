"""Sentences of an inversion."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pandas as pd

from lvliang.display.words import (
    WORD_ONLY_GRADES,
    amount,
    capital,
    in_words,
    label_of,
    number,
    rounded,
    target_name,
    text,
)
from lvliang.feasibility.inversion import Answer, as_changes
from lvliang.feasibility.verdicts import Verdict
from lvliang.projection.outlook import Outlook


def sentences(answer: Answer, verdict: Verdict, outlook: Outlook, lang: str) -> list[str]:
    """What it takes, where that stands in history, and the grade of the target.

    Parameters
    ----------
    verdict : Verdict
        On the draws of ``outlook``.
    """
    word_only = verdict.grade in WORD_ONLY_GRADES
    words = _counts(answer) | {
        "target": target_name(verdict.target, lang),
        "chance": _asked(answer.probability, lang),
        "now": _told(answer.now, word_only, lang),
        "region": outlook.region.name(lang),
        "span": _span(answer, outlook.base_year, lang),
        "lever": text(f"lever.{answer.lever}", lang),
        "at_least": _told(answer.at_least, word_only, lang),
        "at_most": _told(answer.at_most, word_only, lang),
        "side": text(f"side.{'above' if answer.reached > answer.probability else 'below'}", lang),
    }
    how = text(f"inversion.{'word_only' if word_only else 'with_record'}", lang)
    if answer.reason:
        told = [text(f"inversion.{answer.reason}", lang, **words)]
    else:
        told = _found(answer, words, lang)
    grade = text("inversion.grade", lang, grade=verdict.grade, how=how)
    return [*_conditional(outlook, lang), *told, *_fed_back(answer, outlook, lang), grade]


def base_sentences(
    bases: pd.DataFrame, *, probability: float, base_year: int, lang: str
) -> list[str]:
    """The base an industry target needs, by deadline and by whom it is held against."""
    said = [
        text(
            "inversion.base",
            lang,
            indicator=capital(row[f"indicator_{lang}"]),
            reference=label_of(row["reference"], "industry_reference", lang),
            chance=_asked(probability, lang),
            origin=base_year,
            base=amount(row["base"], row["unit"], lang, 0),
            value=amount(row["value"], row["unit"], lang),
            growth=number(row["growth"], 1),
            **row[["deadline", "years", "spells", "windows"]],
        )
        for _, row in bases.iterrows()
    ]
    return [*said, text("inversion.base_note", lang)]


def as_row(answer: Answer, verdict: Verdict) -> pd.DataFrame:
    """The answer as one row: the fields of `Answer`, ``windows`` and the ``grade``."""
    return pd.DataFrame([asdict(answer) | {"windows": answer.windows, "grade": verdict.grade}])


def _conditional(outlook: Outlook, lang: str) -> list[str]:
    """That the draws are conditional, and on what, if they are."""
    assumed = outlook.scenario
    if assumed.is_baseline():
        return []
    changes = text("inversion.changes", lang, changes=assumed.changes) if assumed.changes else ""
    return [text("inversion.conditional", lang, title=assumed.title(lang), changes=changes)]


def _fed_back(answer: Answer, outlook: Outlook, lang: str) -> list[str]:
    """How to run with the answer, if it is one."""
    changes = as_changes(answer, outlook)
    return [text("inversion.fed_back", lang, changes=changes)] if changes else []


def _found(answer: Answer, words: dict[str, Any], lang: str) -> list[str]:
    value = float(answer.value or 0)
    words = words | {"percentile": number(float(answer.percentile or 0), 0)}
    needs = "more" if answer.now < answer.probability else "less"
    if answer.lever == "coal":
        moves = text(f"moves.{'rise' if value > 0 else 'fall'}", lang)
        words |= {"value": number(abs(value), 1), "moves": moves}
        place = "coal"
    else:
        words |= {
            "value": number(value, 1),
            "usual": number(float(answer.usual or 0), 1),
            "points": number(abs(float(answer.moved or 0)), 1),
            "latest_percentile": number(float(answer.latest_percentile or 0), 0),
            "own_percentile": number(float(answer.own_percentile or 0), 0),
        }
        place = "elsewhere" if answer.own_percentile is None else "growth"
    return [
        text(f"inversion.{answer.lever}_{needs}", lang, **words),
        text(f"inversion.place_{place}", lang, **words),
    ]


def _counts(answer: Answer) -> dict[str, Any]:
    names = ("years", "spells", "cities", "starts", "own_spells", "windows", "last")
    ends = {name: number(getattr(answer, name), 1) for name in ("least", "most")}
    return {name: getattr(answer, name) for name in names} | ends


def _span(answer: Answer, base_year: int, lang: str) -> str:
    kind = "coal" if answer.lever == "coal" else "in"
    length = "one_year" if answer.years == 1 else "years"
    first, last = base_year + 1, base_year + answer.years
    return text(f"inversion.{kind}_{length}", lang, first=first, last=last)


def _told(probability: float, word_only: bool, lang: str) -> str:
    return (in_words if word_only else rounded)(probability, lang)


def _asked(probability: float, lang: str) -> str:
    return f"{100 * probability:g}%" if lang == "zh" else f"{100 * probability:g} %"
