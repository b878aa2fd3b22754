"""Put charts, tables, sentences and formulas into the output of a cell, as HTML of its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from io import StringIO
from itertools import groupby
from typing import TYPE_CHECKING, Any

import pandas as pd
from jinja2 import Environment
from markupsafe import Markup

from lvliang.display.formula import block
from lvliang.display.tabular import DATA_TYPE, Content, content
from lvliang.display.words import LANGUAGES, NOTHING, capital, number, words_in

if TYPE_CHECKING:
    from matplotlib.figure import Figure


_TEMPLATES = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
_TABLE = _TEMPLATES.from_string(
    """{% macro of(head, cell="") %}
{% set names = ["desk"] if head.desk else ["long"] if is_long(cell) else [] %}
{% set names = names + (["num"] if head.num else []) %}
{% if names %} class="{{ names | join(" ") }}"{% endif %}
{% endmacro %}
<div class="table{% if cards %} cards{% endif %}" tabindex="0" role="region"
{{- " " }}aria-label="{{ caption }}"><table><caption>{{ caption }}</caption>
<thead><tr>{% for head in heads %}
<th scope="col"{{ of(head) }}>{{ head.words }}</th>
{% endfor %}</tr></thead>
{% for told, rows in groups %}
<tbody>
{% if told %}
<tr class="told"><th colspan="{{ heads | length }}" scope="rowgroup">
{%- for head, cell in told %}<span>{{ head }}</span> {{ cell }}{{ " " if not loop.last }}
{%- endfor %}</th></tr>
{% endif %}
{% for row in rows %}
<tr>
{% for cell in row %}
{% if loop.first %}
<th scope="row">{{ cell }}</th>
{% else %}
{% set head = heads[loop.index0] %}
<td{% if cards %} data-head="{{ head.words }}"{{ " data-none" if cell == nothing }}{% endif %}
{{- of(head, cell) }}>{{ cell }}</td>
{% endif %}
{% endfor %}
</tr>
{% endfor %}
</tbody>
{% endfor %}
</table></div>"""
)
_APPENDIX = _TEMPLATES.from_string(
    """<details class="appendix"><summary>{{ summary }}</summary>
{% for piece in pieces %}{{ piece }}{% endfor %}
</details>"""
)
_CHART = _TEMPLATES.from_string(
    """<figure class="chart"><figcaption><strong class="chart-title">{{ title }}</strong><br>
<span class="chart-subtitle">{{ subtitle }}</span></figcaption>
<div class="drawing" tabindex="0" role="region" aria-label="{{ title }}">{{ svg }}</div>
<details><summary>{{ summary }}</summary>{{ table }}</details></figure>"""
)


PIECES_TYPE = "application/vnd.lvliang.pieces+json"
FORMS = ("text/html", "text/plain")
RESULT_TYPE = "application/vnd.lvliang.vintage+json"
NUMBER = re.compile(r"(?=.*\d)[\d\s+\-−–±~≈≥≤<>.,/%％‰()（）]+")
# Where a drawing names a part of itself: matplotlib calls the parts of every figure alike.
OWN_PART = re.compile(r'( id="|href="#|url\(#)')
LONGEST_WHOLE = 11  # characters that are kept on one line of a cell


NOTHING_STYLE = "nothing"  # that there is nothing to show, which a page leaves out with its heading


@dataclass(frozen=True)
class Sentence:
    """One sentence; ``style`` is a class: ``headline``, ``note``, ``caveat``, `NOTHING_STYLE`."""

    words: str
    style: str = ""

    def html(self) -> str:
        """The sentence as an HTML paragraph."""
        attribute = f' class="{self.style}"' if self.style else ""
        return f"<p{attribute}>{escape(self.words, quote=False)}</p>"


@dataclass(frozen=True)
class Heading:
    """A heading of a page; ``level`` 1 is its title."""

    words: str
    level: int = 2

    def html(self) -> str:
        """The heading as HTML."""
        return f"<h{self.level}>{escape(self.words, quote=False)}</h{self.level}>"


@dataclass(frozen=True)
class Title:
    """The title of the page for the desk, and a line beside it."""

    title: str
    beside: str

    @property
    def words(self) -> str:
        """Both as plain text."""
        return f"{self.title}\n{self.beside}"

    def html(self) -> str:
        """Both as HTML: the heading of the page, and a paragraph."""
        title, beside = (escape(words, quote=False) for words in (self.title, self.beside))
        return f'<div class="one-page"><h1>{title}</h1><p class="note">{beside}</p></div>'


@dataclass(frozen=True)
class Formula:
    """A formula in a line of its own, written in TeX."""

    tex: str

    @property
    def words(self) -> str:
        """The formula as plain text."""
        return self.tex

    def html(self) -> str:
        """The formula as MathML."""
        return block(self.tex)


@dataclass(frozen=True)
class Table:
    """A table: text cells as they are, numbers with ``decimals``.

    ``cards`` shows each row as a card on a narrow screen, for tables of words; there the column
    ``desk`` is left out. What the first ``shared`` columns say is said once, above the rows that
    follow each other and have it in common.
    """

    caption: str
    frame: pd.DataFrame
    cards: bool = False
    decimals: int = 1
    desk: str = ""
    shared: int = 0

    @property
    def words(self) -> str:
        """The table as plain text."""
        return f"{self.caption}\n{self.frame}"

    def html(self) -> str:
        """The table as HTML; the first column that is not shared heads its row."""
        heads = list(self.frame.columns)
        rows = [
            [_cell(value, self.decimals) for value in row]
            for row in self.frame.itertuples(index=False)
        ]
        groups = [
            (list(zip(heads, told, strict=False)), [row[self.shared :] for row in group])
            for told, group in groupby(rows, key=lambda row: row[: self.shared])
        ]
        columns = [
            {
                "words": head,
                "desk": head == self.desk,
                "num": place > self.shared and _is_numeric(row[place] for row in rows),
            }
            for place, head in enumerate(heads)
        ]
        return _TABLE.render(
            caption=capital(self.caption),
            heads=columns[self.shared :],
            groups=groups,
            cards=self.cards,
            nothing=NOTHING,
            is_long=_is_long,
        )


@dataclass(frozen=True)
class Chart:
    """A figure with its message, what it measures, the same in words, and its numbers.

    Raises
    ------
    ValueError
        If there are no words for those who cannot see it, or no numbers, or an axis that does
        not say what it measures.
    """

    figure: Figure
    title: str
    subtitle: str
    words: str
    data: pd.DataFrame
    lang: str
    decimals: int = 1

    def __post_init__(self) -> None:
        if not self.words.strip() or self.data.empty:
            raise ValueError(f"chart {self.title!r} has no words or no data table")
        from lvliang.display.drawing import unlabelled

        if found := unlabelled(self.figure):
            raise ValueError(
                f"chart {self.title!r} has no label for axis {', '.join(found)}; "
                "legal: a label (set_xlabel), or ticks that are years (drawing.year_ticks) or names"
            )

    def html(self) -> str:
        """The chart as an HTML figure: inline SVG with real text, and its data table."""
        return _CHART.render(
            title=self.title,
            subtitle=self.subtitle,
            svg=Markup(_svg(self.figure, self.words)),
            summary=words_in(self.lang).label("data", "part"),
            table=Markup(Table(self.subtitle, self.data, decimals=self.decimals).html()),
        )


@dataclass(frozen=True)
class Appendix:
    """Pieces for those who look closer, folded up under ``summary``."""

    summary: str
    pieces: Sequence[Sentence | Table]

    @property
    def words(self) -> str:
        """All of it as plain text."""
        return "\n".join([self.summary, *(piece.words for piece in self.pieces)])

    def html(self) -> str:
        """The pieces as HTML that opens on a click."""
        pieces = [Markup(piece.html()) for piece in self.pieces]
        return _APPENDIX.render(summary=self.summary, pieces=pieces)


@dataclass(frozen=True)
class Section:
    """Pieces under a heading that can be linked to."""

    anchor: str
    title: str
    pieces: Sequence[Piece]

    @property
    def words(self) -> str:
        """Heading and pieces as plain text."""
        return "\n".join([self.title, *(piece.words for piece in self.pieces)])

    def html(self) -> str:
        """Heading and pieces as HTML."""
        title = escape(self.title, quote=False)
        pieces = "".join(piece.html() for piece in self.pieces)
        return f'<h3 id="{self.anchor}">{title}</h3>{pieces}'


@dataclass(frozen=True)
class Contents:
    """Links to sections, as title and anchor; paper leaves them out."""

    title: str
    links: Sequence[tuple[str, str]]

    @property
    def words(self) -> str:
        """The list as plain text."""
        return "\n".join([self.title, *(title for title, _ in self.links)])

    def html(self) -> str:
        """The list as HTML."""
        items = [
            f'<li><a href="#{anchor}">{escape(title, quote=False)}</a></li>'
            for title, anchor in self.links
        ]
        title = escape(self.title)
        label = f'<nav class="contents" aria-label="{title}"><p>{title}</p>'
        return f"{label}<ol>{''.join(items)}</ol></nav>"


Piece = Any
"""A `Title`, `Sentence`, `Formula`, `Table`, `Chart`, `Appendix`, `Section`, `Contents`, `Switch`
or `KeyFigures`."""


def show(pieces: Callable[[str], Iterable[Piece]], lang: str) -> None:
    """Display what ``pieces`` gives for a language as the output of a cell: here in ``lang``.

    The pieces of every language go along, for the pages of a site, and their tables for machines,
    as a type of output that no notebook shows.
    """
    from IPython.display import display

    said = {code: [bundle_of(piece) for piece in pieces(code)] for code in LANGUAGES}
    if any(said.values()):
        shown = {form: "\n".join(bundle[form] for bundle in said[lang]) for form in FORMS}
        display(shown | {PIECES_TYPE: said}, raw=True)


def bundle_of(piece: Any) -> dict[str, Any]:
    """A piece in every form in which a cell shows it, by type."""
    bundle: dict[str, Any] = {"text/html": piece.html(), "text/plain": piece.words}
    if contents := contents_of(piece):
        bundle[DATA_TYPE] = contents
    return bundle


def contents_of(piece: Any) -> list[Content]:
    """The tables of a piece, and of the pieces in it, for machines; of a chart, its numbers."""
    if isinstance(piece, Table):
        return [content("table", piece.caption, piece.frame)]
    if isinstance(piece, Chart):
        return [content("chart", piece.title, piece.data, note=piece.subtitle)]
    return [found for inner in getattr(piece, "pieces", ()) for found in contents_of(inner)]


def nothing_to_show(lang: str) -> list[Sentence]:
    """What a cell shows that has nothing: a page leaves it out where its section has no more."""
    return [Sentence(words_in(lang).label("nothing", "part"), NOTHING_STYLE)]


def hand_out(result: Mapping[str, Any]) -> None:
    """Hand the result of a run to the machine, as an output that no page shows."""
    from IPython.display import display

    display({RESULT_TYPE: dict(result)}, raw=True)


def _cell(value: Any, decimals: int) -> str:
    if isinstance(value, float):
        return number(value, decimals)
    return str(value)


def _is_numeric(column: Iterable[str]) -> bool:
    """Whether it holds numbers alone, but where it says that there is nothing."""
    told = [cell for cell in map(str.strip, column) if cell not in ("", NOTHING)]
    return bool(told) and all(NUMBER.fullmatch(cell) for cell in told)


def _is_long(cell: str) -> bool:
    """Whether a cell may be broken anywhere, as it has a run too long to be kept whole."""
    return max(map(len, re.split(r"[\s、，。；：（）]", cell))) > LONGEST_WHOLE


def _svg(figure: Figure, alt: str) -> str:
    """Inline SVG: same figure, same bytes; an image with a name to those who cannot see it."""
    from matplotlib import pyplot as plt

    file = StringIO()
    with plt.rc_context({"svg.fonttype": "none", "svg.hashsalt": "lvliang"}):
        figure.savefig(file, format="svg", metadata={"Date": None})
    plt.close(figure)
    drawing = file.getvalue()
    drawing = re.sub(r"<!--.*?-->\n?", "", drawing[drawing.index("<svg ") + len("<svg ") :])
    own = sha256(drawing.encode()).hexdigest()[:8]
    drawing = OWN_PART.sub(rf"\g<1>d{own}-", drawing)
    return f'<svg role="img" aria-label="{escape(alt)}" {drawing}'
