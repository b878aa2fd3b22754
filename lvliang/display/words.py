"""Sentences and labels in both languages, from ``words*.toml`` and the names of the tables."""

from __future__ import annotations

import csv
import re
import string
import tomllib
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from lvliang.baseline.package import data_folder, resource_path
from lvliang.display.units import decimals_in, in_billions, in_unit
from lvliang.feasibility.bands import WORD_ONLY_GRADES, likelihood
from lvliang.feasibility.targets import Target
from lvliang.feasibility.verdicts import Verdict
from lvliang.projection.scenario import Scenario

WORDS = sorted(Path(__file__).parent.glob("words*.toml"))
VOCABULARY = Path(__file__).parent / "vocabulary.csv"
FORBIDDEN = Path(__file__).parent / "forbidden.toml"
MINUS = "−"
SPACES = re.compile(r"\s")
LANGUAGES = ("zh", "en")
NOTHING = "—"
MULTIPLES = {"万": 1e4, "亿": 1e8}
COUNTERS = frozenset("个家座所件套户处幢县类")  # told by the name of a thing in English


class _Numbers(string.Formatter):
    """``str.format`` with a true minus sign."""

    def format_field(self, value: Any, spec: str) -> str:
        text = super().format_field(value, spec)
        if not isinstance(value, int | float):
            return text
        # A number that rounds to nothing has no sign.
        unsigned = text.lstrip("-") if not text.strip("-0.") else text
        return unsigned.replace("-", MINUS)


def text(key: str, lang: str, **facts: Any) -> str:
    """The words of ``key`` in ``lang``, with ``facts`` put in.

    Examples
    --------
    >>> text("class.uncertain", "en"), text("likelihood.likely", "zh")
    ('uncertain: more effort needed', '可能性较大')
    """
    entry = _words()
    for part in key.split(".", 1):
        entry = entry[part]
    return _Numbers().format(entry[lang], **facts)


def label_of(code: object, kind: str, lang: str) -> str:
    """The label of a code in ``vocabulary.csv``.

    Raises
    ------
    LookupError
        Names the file, the code and what would be legal.
    """
    labels = _vocabulary().get(kind, {})
    if code not in labels:
        legal = ", ".join(labels or _vocabulary())
        raise LookupError(f"{VOCABULARY.name}: no {kind} {code!r}; legal: {legal}")
    return labels[code][lang]


def capital(words: str) -> str:
    """``words`` with a capital first letter, as they begin a cell or a title.

    Examples
    --------
    >>> capital("real GDP growth"), capital("")
    ('Real GDP growth', '')
    """
    return words[:1].upper() + words[1:]


def forbidden(said: str) -> list[str]:
    """What ``said`` has of ``forbidden.toml``, whatever its language.

    Examples
    --------
    >>> forbidden("基本不可能，可能性较小"), forbidden("It Failed: unfailed"), forbidden("达标有望")
    (['不可能'], ['Failed'], [])

    Spaces of any kind are one, and what no reader sees between letters is left out.

    >>> forbidden("a chance of 72.3\N{NO-BREAK SPACE}%"), forbidden("不\N{SOFT HYPHEN}可能")
    (['chance of 72.3 %'], ['不可能'])
    """
    seen = "".join(letter for letter in said if unicodedata.category(letter) != "Cf")
    return [match[0] for match in _forbidden().finditer(SPACES.sub(" ", seen))]


def label(indicator: str, lang: str) -> str:
    """Name of an indicator: the short one of the pages, or that of ``data/indicators.csv``."""
    if indicator in _words()["name"]:
        return text(f"name.{indicator}", lang)
    return _indicators(data_folder())[indicator][f"name_{lang}"]


def unit(indicator: str, lang: str) -> str:
    """Unit that pages count an indicator in: of ``data/indicators.csv``, or English billions."""
    row = _indicators(data_folder())[indicator]
    if in_billions(row["unit"], lang):
        return text(f"unit.{row['unit']}", lang)
    return row["unit" if lang == "zh" else "unit_en"]


def number_in(value: float, units: str, lang: str, decimals: int) -> str:
    """A value published in ``units`` for a table, as exact as it is with ``decimals``.

    Examples
    --------
    >>> number_in(90.68, "亿元", "zh", 2), number_in(90.68, "亿元", "en", 2)
    ('90.68', '9.068')
    """
    return number(in_unit(value, units, lang), decimals_in(units, lang, decimals))


def number(value: float, decimals: int = 1) -> str:
    """A number for a table; empty where it is missing.

    Examples
    --------
    >>> number(-4.63), number(float("nan")), number(8.0, 0)
    ('−4.6', '', '8')
    """
    if pd.isna(value):
        return ""
    return f"{round(value, decimals) + 0.0:.{decimals}f}".replace("-", MINUS)


def signed(value: float, decimals: int = 1) -> str:
    """A number with its sign; one that rounds to nothing has none.

    Examples
    --------
    >>> signed(2.84), signed(-0.5), signed(0.04)
    ('+2.8', '−0.5', '0.0')
    """
    shown = number(value, decimals)
    return f"+{shown}" if round(value, decimals) > 0 else shown


def decimals_of(units: str) -> int:
    """Decimals of a projection in ``units``: none for 亿元, which would look more exact than it is.

    Examples
    --------
    >>> decimals_of("亿元"), decimals_of("%")
    (0, 1)
    """
    return 0 if units == "亿元" else 1


def amount(value: float, units: str, lang: str, decimals: int | None = None) -> str:
    """A value with its unit (as published, in Chinese); English counts in billions and persons.

    Without ``decimals`` the value keeps its own.

    Examples
    --------
    >>> amount(1661.12, "亿元", "zh", 1), amount(1661.12, "亿元", "en", 1)
    ('1661.1亿元', 'CNY 166.1 billion')
    >>> amount(2100.4, "亿元", "en", 0), amount(20, "万人", "en"), amount(8.5, "%", "en")
    ('CNY 210.0 billion', '200,000 persons', '8.5 %')
    """
    key = units if units in _words()["amount"] else "other"
    if lang == "en" and key == "万人":
        return text("amount.万人", lang, value=f"{10_000 * value:,.0f}")
    if in_billions(units, lang):
        value = in_unit(value, units, lang)
        decimals = None if decimals is None else max(decimals, 1)
    shown = f"{value:g}".replace("-", MINUS) if decimals is None else number(value, decimals)
    words = _words()["unit"].get(units, {lang: units})[lang]
    return text(f"amount.{key}", lang, value=shown, unit=words)


def quantity(value: float, unit: str, lang: str) -> str:
    """A value in its unit: 万 and 亿 stay in Chinese and are multiplied out in English.

    Examples
    --------
    >>> quantity(27.8, "亿方", "zh"), quantity(27.8, "亿方", "en")
    ('27.8亿方', '2.78 billion cubic metres')
    >>> quantity(17, "万亩", "en"), quantity(75, "家", "zh"), quantity(75, "家", "en")
    ('170,000 mu', '75家', '75')
    """
    times = MULTIPLES.get(unit[0], 1)
    prefix, measure = (unit[0], unit[1:]) if times > 1 else ("", unit)
    if lang == "zh":
        said = f"{value:.10g}{prefix}"
        return said + unit if unit in COUNTERS else text(f"quantity.{measure}", lang, value=said)
    said = _english(value * times)
    return said if unit in COUNTERS else text(f"quantity.{measure}", lang, value=said)


def measured(value: float, indicator: str, lang: str) -> str:
    """A value with the unit of its indicator; a rank as a place.

    Examples
    --------
    >>> measured(4, "gdp_rank_in_province", "en"), measured(12.4, "coal_derived_gas_output", "zh")
    ('no. 4', '12.4亿方')
    """
    if pd.isna(value):
        return NOTHING
    units = unit(indicator, "zh")
    if units in ("亿元", "万人"):
        return amount(value, units, lang)
    if units == "位" or units[0] in MULTIPLES:
        return quantity(value, units, lang)
    return amount(value, unit(indicator, lang), lang)


def place(rank: float, lang: str) -> str:
    """A rank to be reached.

    Examples
    --------
    >>> place(1, "zh"), place(4, "zh"), place(4, "en")
    ('第1位', '第4位或更前', 'no. 4 or better')
    """
    return text("rank.first" if rank == 1 else "rank.within", lang, rank=rank)


def chance(verdict: Verdict, lang: str) -> str:
    """How likely, as its grade allows: rounded to 5 points, or the word alone for C and D."""
    if verdict.probability is None:
        return NOTHING
    if verdict.grade in WORD_ONLY_GRADES:
        words = text(f"likelihood.{verdict.likelihood}", lang)
    else:
        words = rounded(verdict.probability, lang)
    return text("chance.edge", lang, chance=words) if verdict.near_edge else words


def graded(probability: float | None, grade: str | None, lang: str) -> str:
    """A probability as a grade allows, beside that of the verdict (`chance`)."""
    if probability is None:
        return NOTHING
    return (in_words if grade in WORD_ONLY_GRADES else rounded)(probability, lang)


def in_words(probability: float, lang: str) -> str:
    """The word of a probability alone, as grades C and D have it.

    Examples
    --------
    >>> in_words(0.5, "zh"), in_words(0.95, "en")
    ('可能性约为一半', 'very likely')
    """
    return text(f"likelihood.{likelihood(probability)}", lang)


def rounded(probability: float, lang: str) -> str:
    """A probability rounded to 5 points.

    Examples
    --------
    >>> rounded(0.362, "en"), rounded(0.99, "en"), rounded(0.01, "en")
    ('about 35 %', 'over 95 %', 'under 5 %')
    """
    percent = 5 * round(20 * probability)
    if percent in (0, 100):
        return text("chance.below" if percent == 0 else "chance.above", lang)
    return text("chance.about", lang, percent=percent)


def span(first: int, last: int, lang: str) -> str:
    """The years from `first` to `last`, both counted.

    Examples
    --------
    >>> span(2021, 2025, "zh"), span(2021, 2021, "zh"), span(2021, 2025, "en")
    ('2021—2025年', '2021年', '2021–2025')
    """
    return text("span.year" if first == last else "span.years", lang, first=first, last=last)


def years(first: int, last: int | None = None, *, lang: str) -> str:
    """A year as a figure, or a span of years (`span`)."""
    return str(first) if last is None else span(first, last, lang)


def plain_figures(indicator: str, values: Iterable[float], *, lang: str) -> list[str]:
    """Values of an indicator in the unit of the page, as exact as they are, each once."""
    units = unit(indicator, "zh")
    return list(dict.fromkeys(f"{in_unit(value, units, lang):g}" for value in values))


def title_of(scenario: Scenario, lang: str) -> str:
    """Title of a scenario; one that a user changed is the run's own."""
    return label_of("own", "scenario", lang) if scenario.changes else scenario.title(lang)


def target_name(target: Target, lang: str) -> str:
    """A target in words: indicator, span, direction, value and unit.

    Examples
    --------
    >>> from lvliang.feasibility.targets import load_targets
    >>> target_name(load_targets("141100", 2020, 2025)[0], "zh")
    '地区生产总值实际增速：2021年≥8%'
    """
    key = target.type if target.type in ("mean_growth", "rank") else "one_year"
    if key == "mean_growth" and target.first_year == target.last_year:
        key = "one_year"
    asked = amount(target.value, target.unit, lang)
    return text(
        f"target.{key}",
        lang,
        indicator=capital(label(target.indicator, lang)),
        first=target.first_year,
        year=target.last_year,
        amount=text(f"sign.{target.operator}", lang, value=asked),
        place=place(target.value, lang),
    )


def _english(value: float) -> str:
    for size, name in ((1e9, "billion"), (1e6, "million")):
        if value >= size:
            return f"{value / size:.10g} {name}"
    return f"{value:,.0f}" if value >= 1000 else f"{value:.10g}"


@cache
def _vocabulary() -> dict[str, dict[str, dict[str, str]]]:
    """Labels by kind, code and language."""
    kinds: dict[str, dict[str, dict[str, str]]] = {}
    with VOCABULARY.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            kinds.setdefault(row["kind"], {})[row["code"]] = {lang: row[lang] for lang in LANGUAGES}
    return kinds


@cache
def _words() -> dict[str, Any]:
    """Sections of every ``words*.toml``; a section lives in one file."""
    sections: dict[str, Any] = dict(_vocabulary())
    for path in WORDS:
        sections |= tomllib.loads(path.read_text(encoding="utf-8"))
    return sections


@cache
def _forbidden() -> re.Pattern[str]:
    words = tomllib.loads(FORBIDDEN.read_text(encoding="utf-8"))
    chinese, english = ("|".join(words[lang]) for lang in ("zh", "en"))
    # ASCII, since a hanzi beside an English word is no part of it.
    return re.compile(rf"{chinese}|(?ai:\b(?:{english})(?!\w))")


@cache
def _indicators(data: Path) -> dict[str, dict[str, str]]:
    with resource_path(data, "indicators").open(encoding="utf-8", newline="") as file:
        return {row["indicator"]: row for row in csv.DictReader(file)}
