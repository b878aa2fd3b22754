"""Sentences of an inversion."""

from __future__ import annotations

from typing import Any

import pandas as pd

from lvliang.display.words import WORD_ONLY_GRADES, number, target_name, text
from lvliang.feasibility.bands import likelihood
from lvliang.feasibility.inversion import Answer


def sentence(answer: Answer, verdict: pd.Series, *, region: str, base_year: int, lang: str) -> str:
    """What it takes, in one sentence, and one on the grade of the target.

    Parameters
    ----------
    verdict : pandas.Series
        The target's row of the verdict table.
    region : str
        Name of the city.
    """
    first, last = base_year + 1, base_year + answer.years
    span = "one_year" if first == last else "span"
    word_only = verdict["grade"] in WORD_ONLY_GRADES
    words: dict[str, Any] = {
        "target": target_name(verdict, lang),
        "chance": _chance(answer.probability, lang),
        "region": region,
        "span": text(f"inversion.{span}", lang, first=first, last=last),
        "years": answer.years,
        "spells": answer.spells,
        "cities": answer.cities,
        "lever": text(f"lever.{answer.lever}", lang),
        "least": number(answer.least, 1),
        "most": number(answer.most, 1),
        "reached": text(f"likelihood.{likelihood(answer.reached)}", lang)
        if word_only
        else _chance(answer.reached, lang),
    }
    if answer.moved is not None:
        words |= {
            "value": number(float(answer.value or 0), 1),
            "points": number(abs(answer.moved), 1),
            "direction": text(f"direction.{'above' if answer.moved > 0 else 'below'}", lang),
            "percentile": number(float(answer.percentile or 0), 0),
        }
    told = text(f"inversion.{answer.reason or answer.lever}", lang, **words)
    how = "word_only" if word_only else "with_record"
    grade = text(
        "inversion.grade", lang, grade=verdict["grade"], how=text(f"inversion.{how}", lang)
    )
    return f"{told}\n{grade}"


def base_sentences(
    bases: pd.DataFrame, *, probability: float, base_year: int, lang: str
) -> list[str]:
    """The base an industry target needs, by deadline and by whom it is held against."""
    return [
        text(
            "inversion.base",
            lang,
            reference=text(f"reference_name.{row.reference}", lang),
            years=row.years,
            chance=_chance(probability, lang),
            origin=base_year,
            base=number(row.base, 0),
            unit=row.unit,
            value=number(row.value, 0),
            deadline=row.deadline,
            growth=number(row.growth, 1),
        )
        for row in bases.itertuples()
    ]


def _chance(probability: float, lang: str) -> str:
    return f"{100 * probability:.0f}%" if lang == "zh" else f"{100 * probability:.0f} %"
