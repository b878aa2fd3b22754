"""Sentences of ranks in the province."""

from __future__ import annotations

import pandas as pd

from lvliang.baseline.regions import find_region
from lvliang.display.show import Sentence
from lvliang.display.words import amount, text


def near(table: pd.DataFrame, *, year: int, region: str, lang: str) -> list[Sentence]:
    """The next above and the next below in the base year (``table``: of ``ranks.rivals``)."""
    ahead, behind = table[table["gap"] > 0], table[table["gap"] <= 0]
    if ahead.empty or behind.empty:
        return []
    facts: dict[str, str] = {}
    for name, code in (("ahead", ahead["gap"].idxmin()), ("behind", behind["gap"].idxmax())):
        facts |= {name: _city(str(code), lang), f"{name}_gap": _gap(table.loc[code], lang)}
    return [Sentence(text("ranks.near", lang, year=year, region=region, **facts))]


def _gap(city: pd.Series, lang: str) -> str:
    """How far a city stands above the one that is spoken of, or below, in percent and in money."""
    key = "ranks.more" if city["gap"] > 0 else "ranks.less"
    money = amount(abs(city["difference"]), "亿元", lang, 1)
    return text(key, lang, gap=abs(city["gap"]), amount=money)


def _city(code: str, lang: str) -> str:
    return find_region(code).name(lang)
