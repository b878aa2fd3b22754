"""How each language tells numbers, chances and names; labels stand in ``vocabulary.csv``."""

import csv
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd

from lvliang.baseline.package import data_folder, resource_path
from lvliang.errors import DataError
from lvliang.feasibility.bands import WORD_ONLY_GRADES, likelihood
from lvliang.feasibility.targets import RATES, SPANS, Target
from lvliang.feasibility.verdicts import Verdict
from lvliang.projection.scenario import Scenario

VOCABULARY = Path(__file__).parent / "vocabulary.csv"
FORBIDDEN = Path(__file__).parent / "forbidden.toml"
MINUS = "−"
SPACES = re.compile(r"\s")
LANGUAGES = ("zh", "en")
NOTHING = "—"
MULTIPLES = {"万": 1e4, "亿": 1e8}
COUNTERS = frozenset("个家座所件套户处幢县类")  # told by the name of a thing in English
YI_IN_A_BILLION = 10  # 亿

Numbers = TypeVar("Numbers", float, pd.Series, pd.DataFrame)


class Words:
    """How a language tells numbers, chances and names; see `words_in`."""

    def __init__(self, lang: str) -> None:
        self.lang = lang
        self.comma = self.label("comma", "punctuation")

    def label(self, code: object, kind: str, **facts: object) -> str:
        """The label of a code in ``vocabulary.csv``, with ``facts`` put in, or a `DataError`."""
        labels, code = vocabulary().get(kind, {}), str(code)
        if code not in labels:
            legal = ", ".join(labels or vocabulary())
            raise DataError(f"{VOCABULARY.name}: no {kind} {code!r}; legal: {legal}")
        label = labels[code][self.lang]
        return label.format(**facts) if facts else label

    def all_labels(self, kind: str) -> dict[str, str]:
        """All labels of a kind, by code."""
        return {code: label[self.lang] for code, label in vocabulary()[kind].items()}

    def indicator(self, code: str) -> str:
        """The short name of an indicator on pages, or that of ``data/indicators.csv``.

        >>> words_in("en").indicator("gdp_nominal"), words_in("zh").indicator("budget_revenue")
        ('GDP', '一般公共预算收入')
        """
        if code in vocabulary()["short_name"]:
            return self.label(code, "short_name")
        return _indicators(data_folder())[code][f"name_{self.lang}"]

    def unit(self, indicator: str) -> str:
        """Unit that pages count an indicator in: of ``indicators.csv``, or English billions."""
        row = _indicators(data_folder())[indicator]
        if self._in_billions(row["unit"]):
            return self.label(row["unit"], "unit")
        return row["unit" if self.lang == "zh" else "unit_en"]

    def published(self, units: str) -> str:
        """A unit as tables print it, whatever pages count in."""
        return units if self.lang == "zh" else _english_units(data_folder()).get(units, units)

    def in_unit(self, values: Numbers, units: str) -> Numbers:
        """Values published in ``units`` in the unit of the page: English counts in billions."""
        return values / YI_IN_A_BILLION if self._in_billions(units) else values

    def decimals_in(self, units: str, decimals: int | None = None) -> int:
        """Decimals by which `in_unit` tells as much as the published value with ``decimals``, or
        as a projection in these units has: none for 亿元, which would look more exact than it is.

        >>> zh, en = map(words_in, LANGUAGES)
        >>> zh.decimals_in("亿元", 0), en.decimals_in("亿元", 0), zh.decimals_in("%")
        (0, 1, 1)
        """
        if decimals is None:
            decimals = 0 if units == "亿元" else 1
        return decimals + 1 if self._in_billions(units) else decimals

    def number_in(self, value: float, units: str, decimals: int | None = None) -> str:
        """A value published in ``units`` for a table, as exact as it is with ``decimals``."""
        return number(self.in_unit(value, units), self.decimals_in(units, decimals))

    def amount(self, value: float, units: str, decimals: int | None = None) -> str:
        """A value with its unit (as published, in Chinese); English counts in billions and persons.

        Without ``decimals`` the value keeps its own.

        >>> words_in("zh").amount(1661.12, "亿元", 1), words_in("en").amount(1661.12, "亿元", 0)
        ('1661.1亿元', 'CNY 166.1 billion')
        """
        kind = units if units in vocabulary()["amount"] else "other"
        if self.lang == "en" and units == "万人":
            return self.label(kind, "amount", value=f"{10_000 * value:,.0f}")
        if self._in_billions(units):
            value = self.in_unit(value, units)
            decimals = None if decimals is None else max(decimals, 1)
        shown = plain(value) if decimals is None else number(value, decimals)
        unit = vocabulary()["unit"].get(units, {}).get(self.lang) or self.published(units)
        return self.label(kind, "amount", value=shown, unit=unit)

    def quantity(self, value: float, unit: str) -> str:
        """A value in its unit: 万 and 亿 stay in Chinese and are multiplied out in English.

        >>> [words_in("en").quantity(*of) for of in ((27.8, "亿方"), (17, "万亩"), (75, "家"))]
        ['2.78 billion cubic metres', '170,000 mu', '75']
        """
        times = MULTIPLES.get(unit[0], 1)
        prefix, measure = (unit[0], unit[1:]) if times > 1 else ("", unit)
        shown = f"{value:.10g}{prefix}" if self.lang == "zh" else _english(value * times)
        if unit in COUNTERS:
            return shown + unit if self.lang == "zh" else shown
        if measure not in vocabulary()["quantity"] and unit in _english_units(data_folder()):
            return self.amount(value, unit)  # a user's own
        return self.label(measure, "quantity", value=shown)

    def measured(self, value: float, indicator: str) -> str:
        """A value with the unit of its indicator; a rank as a place.

        >>> words_in("en").measured(4, "gdp_rank_in_province")
        'no. 4'
        """
        if pd.isna(value):
            return NOTHING
        units = words_in("zh").unit(indicator)
        if units in ("亿元", "万人"):
            return self.amount(value, units)
        if units == "位" or units[0] in MULTIPLES:
            return self.quantity(value, units)
        return self.amount(value, self.unit(indicator))

    def figures(self, indicator: str, values: Iterable[float]) -> str:
        """Values of an indicator in the unit of the page, as exact as they are, each once."""
        units = words_in("zh").unit(indicator)
        return self.comma.join(dict.fromkeys(f"{self.in_unit(value, units):g}" for value in values))

    def place(self, rank: float) -> str:
        """A rank to be reached.

        >>> words_in("zh").place(1), words_in("zh").place(4), words_in("en").place(4)
        ('第1位', '第4位或更前', 'no. 4 or better')
        """
        return self.label("first" if rank == 1 else "within", "rank", rank=f"{rank:g}")

    def chance(self, verdict: Verdict) -> str:
        """How likely, as its grade allows: rounded to 5 points, or the word alone for C and D.

        What came, where that is known.
        """
        if verdict.outcome is not None:
            told = self.measured(round(verdict.outcome.value, 1), verdict.target.indicator)
            how = "came_provisionally" if verdict.outcome.provisional else "came"
            return self.label(how, "chance", value=told)
        if verdict.probability is None:
            return NOTHING
        if verdict.grade in WORD_ONLY_GRADES:
            chance = self.label(verdict.likelihood, "likelihood")
        else:
            chance = self.rounded(verdict.probability)
        return self.label("edge", "chance", chance=chance) if verdict.near_edge else chance

    def graded(self, probability: float | None, grade: str | None) -> str:
        """A probability as a grade allows, beside that of the verdict (`chance`)."""
        if probability is None:
            return NOTHING
        return (self.word if grade in WORD_ONLY_GRADES else self.rounded)(probability)

    def word(self, probability: float) -> str:
        """The word of a probability alone, as grades C and D have it."""
        return self.label(likelihood(probability), "likelihood")

    def rounded(self, probability: float) -> str:
        """A probability rounded to 5 points.

        >>> [words_in("en").rounded(share) for share in (0.362, 0.38, 0.99, 0.01)]
        ['about 35 %', 'about 40 %', 'over 95 %', 'under 5 %']
        """
        percent = 5 * round(20 * probability)
        kind = {0: "below", 100: "above"}.get(percent, "about")
        return self.label(kind, "chance", percent=percent)

    def spans(self, spans: Iterable[tuple[int, ...]]) -> str:
        """Years from a first to a last, both counted, each span once; a year alone is a figure.

        >>> words_in("zh").spans([(2021, 2025), (2021, 2021), (2021, 2025), (2020,)])
        '2021—2025年、2021年、2020'
        """

        def span(first: int, last: int | None = None) -> str:
            if last is None:
                return str(first)
            return self.label("year" if first == last else "years", "span", first=first, last=last)

        return self.comma.join(dict.fromkeys(span(*years) for years in spans))

    def scenario(self, scenario: Scenario) -> str:
        """Title of a scenario; one that a user changed is the run's own."""
        return self.label("own", "scenario") if scenario.changes else self.of(scenario, "title")

    def of(self, named: object, name: str) -> Any:
        """What a row or an object has in both languages under a name, as ``title_zh``; words of
        several lines on one, as no line of a user's is to be taken for one of a text.
        """
        key = f"{name}_{self.lang}"
        value = named[key] if isinstance(named, Mapping | pd.Series) else getattr(named, key)
        return self.on_one_line(value) if isinstance(value, str) else value

    def on_one_line(self, words: str) -> str:
        """Lines joined as a paragraph has them: Chinese without a space."""
        joint = "" if self.lang == "zh" else " "
        return joint.join(line.strip() for line in words.strip().split("\n"))

    def target(self, target: Target) -> str:
        """A target in words: indicator, span, direction, value and unit.

        >>> from lvliang.feasibility.targets import load_targets
        >>> words_in("zh").target(load_targets("141100", 2020, 2025)[0])
        '地区生产总值实际增速：2021年≥8%'
        """
        of_years = target.type in SPANS and target.first_year < target.last_year
        asked = self.amount(target.value, target.unit)
        kind = "mean_growth" if target.type in RATES else target.type
        return self.label(
            kind if of_years or kind == "rank" else "one_year",
            "target",
            indicator=capital(self.indicator(target.indicator)),
            first=target.first_year,
            year=target.last_year,
            amount=self.label(target.operator, "sign", value=asked),
            place=self.place(target.value),
        )

    def _in_billions(self, units: str) -> bool:
        return self.lang == "en" and units == "亿元"


words_in = cache(Words)


def capital(words: str) -> str:
    """``words`` with a capital first letter, as they begin a cell or a title."""
    return words[:1].upper() + words[1:]


def forbidden(words: str) -> list[str]:
    """What ``words`` have of ``forbidden.toml``, whatever their language.

    Spaces of any kind are one, and what no reader sees between letters is left out.

    >>> forbidden("基本不可能，可能性较小"), forbidden("It Failed: unfailed"), forbidden("达标有望")
    (['不可能'], ['Failed'], [])
    """
    seen = "".join(letter for letter in words if unicodedata.category(letter) != "Cf")
    return [match[0] for match in _forbidden().finditer(SPACES.sub(" ", seen))]


def number(value: float, decimals: int = 1) -> str:
    """A number for a table, with a true minus sign; empty where it is missing.

    >>> number(-4.63), number(-0.04), number(8, 2), number(float("nan")), number(None)
    ('−4.6', '0.0', '8.00', '', '')
    """
    if pd.isna(value):
        return ""
    return f"{round(value, decimals) + 0.0:.{decimals}f}".replace("-", MINUS)


def signed(value: float, decimals: int = 1) -> str:
    """A number with its sign; one that rounds to nothing has none.

    >>> signed(2.84), signed(-0.5), signed(0.04)
    ('+2.8', '−0.5', '0.0')
    """
    shown = number(value, decimals)
    return f"+{shown}" if round(value, decimals) > 0 else shown


def plain(value: float) -> str:
    """A number as exact as it is, with a true minus sign.

    >>> plain(8.0), plain(-0.25)
    ('8', '−0.25')
    """
    return f"{value:g}".replace("-", MINUS)


def _english(value: float) -> str:
    for size, name in ((1e9, "billion"), (1e6, "million")):
        if value >= size:
            return f"{value / size:.10g} {name}"
    return f"{value:,.0f}" if value >= 1000 else f"{value:.10g}"


@cache
def vocabulary() -> dict[str, dict[str, dict[str, str]]]:
    """Labels by kind, code and language, from ``vocabulary.csv``."""
    kinds: dict[str, dict[str, dict[str, str]]] = {}
    with VOCABULARY.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            kinds.setdefault(row["kind"], {})[row["code"]] = {lang: row[lang] for lang in LANGUAGES}
    return kinds


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


@cache
def _english_units(data: Path) -> dict[str, str]:
    return {row["unit"]: row["unit_en"] for row in _indicators(data).values()}
