"""Commitments in words: one table a part of the report, and the sentences above them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import pandas as pd

from lvliang.display.show import Sentence, Table, nothing_to_show
from lvliang.display.words import NOTHING, capital, counts_by_class, text
from lvliang.feasibility.commitments import OUTCOMES, Known, counts_by_outcome

MULTIPLES = {"万": 1e4, "亿": 1e8}
COUNTERS = frozenset("个家座所件套户处幢县类")


@dataclass(frozen=True)
class Part:
    """The commitments of one part of the report, under a heading that can be linked to."""

    anchor: str
    title: str
    table: Table

    @property
    def pieces(self) -> list[Table]:
        """What stands under the heading."""
        return [self.table]

    @property
    def words(self) -> str:
        """Heading and table as plain text."""
        return f"{self.title}\n{self.table.words}"

    def html(self) -> str:
        """Heading and table as HTML."""
        title = escape(self.title, quote=False)
        return f'<h3 id="{self.anchor}">{title}</h3>{self.table.html()}'


@dataclass(frozen=True)
class Links:
    """A list of the parts, each a link to its heading; paper leaves it out."""

    title: str
    parts: Sequence[Part]

    @property
    def words(self) -> str:
        """The list as plain text."""
        return "\n".join([self.title, *(part.title for part in self.parts)])

    def html(self) -> str:
        """The list as HTML."""
        items = [
            f'<li><a href="#{part.anchor}">{escape(part.title, quote=False)}</a></li>'
            for part in self.parts
        ]
        title = escape(self.title)
        label = f'<nav class="contents" aria-label="{title}"><p>{title}</p>'
        return f"{label}<ol>{''.join(items)}</ol></nav>"


def answer(commitments: pd.DataFrame, *, region: str, lang: str) -> list[Sentence]:
    """How many commitments there are, and what can be said of how many."""
    if commitments.empty:
        return [Sentence(text("commitments.none", lang, region=region), "headline")]
    counts = counts_by_outcome(commitments)
    words = text(
        "commitments.answer",
        lang,
        areas=len(counts),
        total=len(commitments),
        counts=_counts(counts.sum(), lang),
    )
    said = [Sentence(words, "headline")]
    judged = commitments[commitments["outcome"] == "verdict"]
    if not judged.empty:
        classes = counts_by_class(judged["class"], lang)
        said.append(Sentence(text("commitments.judged", lang, count=len(judged), classes=classes)))
    return [*said, Sentence(text("commitments.not_judged", lang), "note")]


def reading(commitments: pd.DataFrame, lang: str) -> list[Sentence]:
    """How the tables are read, where there are any."""
    if commitments.empty:
        return []
    names = ("stage", "definition", "lacking", "needed", "deadline")
    return [Sentence(text(f"commitment_reading.{name}", lang)) for name in names]


def overview(commitments: pd.DataFrame, lang: str) -> list[Sentence | Table | Links]:
    """Outcomes by part of the report and links to each, or a sentence that there is nothing."""
    if commitments.empty:
        return [*nothing_to_show(lang)]
    counts = counts_by_outcome(commitments)
    counts.loc[""] = counts.sum()
    areas = [f"work_area.{area}" if area else "commitment_column.total" for area in counts.index]
    frame = counts.astype(str).reset_index(drop=True)
    frame.columns = [text(f"outcome_head.{name}", lang) for name in OUTCOMES]
    frame.insert(0, text("commitment_column.area", lang), [capital(text(a, lang)) for a in areas])
    frame[text("commitment_column.total", lang)] = counts.sum(axis=1).astype(str).to_numpy()
    links = Links(text("commitments.parts", lang), _parts(commitments, lang))
    return [Table(text("commitments.overview", lang), frame), links]


def by_work_area(
    commitments: pd.DataFrame, lang: str, areas: Sequence[str] | None = None
) -> Sequence[Part | Sentence]:
    """One table a part of the report, all parts or those of ``areas``, in the report's order."""
    wanted = commitments if areas is None else commitments[commitments["work_area"].isin(areas)]
    return _parts(wanted, lang) or nothing_to_show(lang)


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


def _english(value: float) -> str:
    for size, name in ((1e9, "billion"), (1e6, "million")):
        if value >= size:
            return f"{value / size:.10g} {name}"
    return f"{value:,.0f}" if value >= 1000 else f"{value:.10g}"


def _parts(commitments: pd.DataFrame, lang: str) -> list[Part]:
    groups = commitments.groupby("work_area", sort=False)
    return [_part(str(area), rows, lang) for area, rows in groups]


def _part(area: str, rows: pd.DataFrame, lang: str) -> Part:
    name = capital(text(f"work_area.{area}", lang))
    counts = _counts(rows["outcome"].value_counts(), lang)
    caption = text("commitments.area", lang, total=len(rows), counts=counts)
    frame = pd.DataFrame([_row(row, lang) for _, row in rows.iterrows()])
    anchor = f"part-{rows['commitment_id'].iloc[0]}"
    return Part(anchor, name, Table(caption, frame, cards=True))


def _counts(counts: pd.Series, lang: str) -> str:
    parts = [
        text(f"outcome_count.{name}", lang, count=counts[name])
        for name in OUTCOMES
        if counts.get(name, 0)
    ]
    return text("comma", lang).join(parts)


def _row(row: pd.Series, lang: str) -> dict[str, str]:
    facts = [_known(row["known"], lang), _needed(row, lang)]
    cells = {
        "commitment": _name(row, lang),
        "stage": text("clause", lang).join([_stage(row, lang), _deadline(row, lang)]),
        "needed": text("semicolon", lang).join(filter(None, facts)) or NOTHING,
        "outcome": _outcome(row, lang),
        "quote": _quote(row, lang),
    }
    return {text(f"commitment_column.{name}", lang): words for name, words in cells.items()}


def _name(row: pd.Series, lang: str) -> str:
    words = capital(row[f"indicator_{lang}"])
    if pd.notna(row["value"]):
        asked = quantity(row["value"], row["unit"], lang)
        exact = row["type"] == "rank" or (row["type"] == "share" and row["value"] == 100)
        sign = "equal" if exact else row["direction"]
        words = text(f"commitments.{sign}", lang, indicator=words, quantity=asked)
    return _placed(words, row, lang) if lang == "zh" else words


def _placed(words: str, row: pd.Series, lang: str) -> str:
    """``words`` with the places that they do not name; places are in the report's words.

    Places that it writes as one are one; those before 等 and a number are some of many.
    """
    places = [place for place in row["place"].split(";") if place and place not in words]
    if not places:
        return words
    together = "".join(places)
    named = together if together in row["quote"] else text("comma", lang).join(places)
    some = re.search(rf"{re.escape(places[-1])}[^，。；、]*等\d", row["quote"])
    key = "placed_among" if some else "placed"
    return text(f"commitments.{key}", lang, words=words, places=named)


def _stage(row: pd.Series, lang: str) -> str:
    stage = text(f"stage.{row['stage']}", lang)
    if row["commitment"] == "plain":
        return stage
    strength = text(f"strength.{row['commitment']}", lang)
    return text("commitments.strong", lang, stage=stage, strength=strength)


def _deadline(row: pd.Series, lang: str) -> str:
    first, last = row["deadline_from"], row["deadline_to"]
    if not first:
        return text("commitments.no_deadline", lang)
    words = text("commitments.work_plan", lang)
    if row["deadline_words"]:
        words = text("commitments.stated", lang, words=row["deadline_words"])
    if "-" in first:
        year, month, day = (int(part) for part in first.split("-"))
        said = text("commitments.on_day", lang, year=year, month=month, day=day, words=words)
    else:
        key = "commitments.in_year" if first == last else "commitments.in_years"
        said = text(key, lang, first=first, last=last, words=words)
    return text("commitments.beyond", lang, deadline=said) if row["beyond_run"] else said


def _needed(row: pd.Series, lang: str) -> str:
    needed = row["needed_per_year"]
    if pd.isna(needed):
        return ""
    if pd.isna(row["base_value"]):
        return text("commitments.need_count", lang, quantity=quantity(needed, row["unit"], lang))
    if needed <= 0:
        return text("commitments.need_held", lang)
    units = "百分点" if row["type"] == "share" else row["unit"]
    said = text("commitments.need_more", lang, quantity=quantity(needed, units, lang))
    if pd.isna(row["needed_growth"]):
        return said
    return text("commitments.need_growth", lang, need=said, growth=row["needed_growth"])


def _known(known: Known | None, lang: str) -> str:
    if known is None:
        return ""
    year = str(known.year) if known.period == "annual" else known.period
    key = "base" if known.is_base else "fact"
    return text(
        f"commitments.{key}_bound" if known.is_lower_bound else f"commitments.{key}",
        lang,
        indicator=known.indicator_zh if lang == "zh" else known.indicator_en,
        quantity=quantity(known.value, known.unit, lang),
        year=year.replace("/", "—" if lang == "zh" else "–"),
    )


def _outcome(row: pd.Series, lang: str) -> str:
    if row["outcome"] == "verdict":
        return capital(text(f"class.{row['class']}", lang))
    words = capital(text(f"outcome.{row['outcome']}", lang))
    if pd.isna(row["missing"]):
        return words
    return text("commitments.cannot_tell", lang, outcome=words, missing=_missing(row, lang))


def _missing(row: pd.Series, lang: str) -> str:
    facts = row["missing"].plain() | {"indicator": row[f"indicator_{lang}"]}
    reason = facts.pop("reason")
    own = reason in ("ledger", "official_list", "test", "assignment", "record")
    return text(f"{'commitment_missing' if own else 'missing'}.{reason}", lang, **facts)


def _quote(row: pd.Series, lang: str) -> str:
    words = row["quote"]
    if reading := row[f"reading_{lang}"]:
        words = text("commitments.quoted_read", lang, quote=words, reading=reading)
    return words if lang == "zh" else _placed(words, row, lang)
