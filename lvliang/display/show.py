"""The pieces of a page, and how a cell shows them: each has ``html()``, ``words`` as plain text."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from html import escape
from io import StringIO
from itertools import groupby
from numbers import Integral
from typing import TYPE_CHECKING, Any, Literal, TypedDict

import pandas as pd
from jinja2 import Environment

from lvliang.display.formula import block
from lvliang.display.words import LANGUAGES, NOTHING, capital, number, words_in

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PIECES_TYPE = "application/vnd.lvliang.pieces+json"
DATA_TYPE = "application/vnd.lvliang.tables+json"
RESULT_TYPE = "application/vnd.lvliang.vintage+json"
FORMS = ("text/html", "text/plain")
NOTHING_STYLE = "nothing"  # that there is nothing to show, which a page leaves out with its heading
NUMBER = re.compile(r"(?=.*\d)[\d\s+\-−–±~≈≥≤<>.,/%％‰()（）]+")
LONGEST_WHOLE = 11  # characters that are kept on one line of a cell
# Where a drawing names a part of itself: matplotlib calls the parts of every figure alike.
OWN_PART = re.compile(r'( id="|href="#|url\(#)')

Piece = Any
"""A `Title`, `Sentence`, `Heading`, `Formula`, `Table`, `Chart`, `Appendix`, `Section`, `Contents`,
`Switch` or `KeyFigures`."""
Plain = str | int | float | None

_TEMPLATES = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
_TEMPLATES.filters["capital"] = capital
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
_CHART = _TEMPLATES.from_string(
    """<figure class="chart"><figcaption><strong class="chart-title">{{ title }}</strong><br>
<span class="chart-subtitle">{{ subtitle }}</span></figcaption>
<div class="drawing" tabindex="0" role="region" aria-label="{{ title }}">{{ svg | safe }}</div>
<details><summary>{{ summary }}</summary>{{ table.html() | safe }}</details></figure>"""
)
_APPENDIX = _TEMPLATES.from_string(
    """<details class="appendix"><summary>{{ title }}</summary>
{% for piece in pieces %}{{ piece.html() | safe }}{% endfor %}
</details>"""
)
_SWITCH = _TEMPLATES.from_string(
    """<fieldset class="switch"><legend>{{ title }}</legend>
{% for panel in pieces %}
<input type="radio" name="{{ name }}" id="{{ name }}-{{ loop.index }}"
{{- " checked" if panel.title == shown }}>
<label for="{{ name }}-{{ loop.index }}">{{ panel.title }}</label>
<div class="panel"><p class="panel-title">{{ panel.title }}</p>
{% for piece in panel.pieces %}{{ piece.html() | safe }}{% endfor %}
</div>
{% endfor %}
</fieldset>"""
)
_KEY_FIGURES = _TEMPLATES.from_string(
    """<dl class="key-figures">
{% for figure in figures %}
<div><dt>{{ figure.label | capital }}</dt><dd class="value">{{ figure.value }}</dd>
{% if figure.note %}
<dd>{{ figure.note }}</dd>
{% endif %}
</div>
{% endfor %}
</dl>"""
)
_text = partial(escape, quote=False)


@dataclass(frozen=True)
class Sentence:
    """A paragraph; ``style`` is a class: ``headline``, ``note``, ``caveat``, `NOTHING_STYLE`."""

    words: str
    style: str = ""

    def html(self) -> str:
        attribute = f' class="{self.style}"' if self.style else ""
        return f"<p{attribute}>{_text(self.words)}</p>"


@dataclass(frozen=True)
class Heading:
    """A heading of a page; ``level`` 1 is its title."""

    words: str
    level: int = 2

    def html(self) -> str:
        return f"<h{self.level}>{_text(self.words)}</h{self.level}>"


@dataclass(frozen=True)
class Title:
    """The title of the page for the desk, and a line beside it."""

    title: str
    beside: str

    @property
    def words(self) -> str:
        return f"{self.title}\n{self.beside}"

    def html(self) -> str:
        title, beside = _text(self.title), _text(self.beside)
        return f'<div class="one-page"><h1>{title}</h1><p class="note">{beside}</p></div>'


@dataclass(frozen=True)
class Formula:
    """A formula in a line of its own; its words are TeX."""

    words: str

    def html(self) -> str:
        return block(self.words)


@dataclass(frozen=True)
class Table:
    """A table: text cells as they are, numbers with ``decimals``.

    ``cards`` shows each row as a card on a narrow screen, for tables of words; there the column
    ``desk`` is left out. What the first ``shared`` columns say is said once, above the rows that
    follow each other and have it in common; the next column heads its row.
    """

    caption: str
    frame: pd.DataFrame
    cards: bool = False
    decimals: int = 1
    desk: str = ""
    shared: int = 0

    @property
    def words(self) -> str:
        return f"{self.caption}\n{self.frame}"

    def html(self) -> str:
        heads = list(self.frame)
        rows = [
            [number(v, self.decimals) if isinstance(v, float) else str(v) for v in row]
            for row in self.frame.itertuples(index=False)
        ]
        groups = [
            (list(zip(heads, common, strict=False)), [row[self.shared :] for row in group])
            for common, group in groupby(rows, key=lambda row: row[: self.shared])
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

    A `ValueError` says that it has no words for those who cannot see it, or no numbers, or an axis
    that does not say what it measures.
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

        if axes := unlabelled(self.figure):
            raise ValueError(
                f"chart {self.title!r} has no label for axis {', '.join(axes)}; "
                "legal: a label (set_xlabel), or ticks that are years (drawing.year_ticks) or names"
            )

    def html(self) -> str:
        """Inline SVG with real text, and its data table."""
        return _CHART.render(
            title=self.title,
            subtitle=self.subtitle,
            svg=_svg(self.figure, self.words),
            summary=words_in(self.lang).label("data", "part"),
            table=Table(self.subtitle, self.data, decimals=self.decimals),
        )


@dataclass(frozen=True)
class _Titled:
    title: str
    pieces: Sequence[Piece]

    @property
    def words(self) -> str:
        return "\n".join([self.title, *(piece.words for piece in self.pieces)])


@dataclass(frozen=True)
class Appendix(_Titled):
    """Pieces for those who look closer, folded up under a title that opens on a click."""

    def html(self) -> str:
        return _APPENDIX.render(vars(self))


@dataclass(frozen=True)
class Section(_Titled):
    """Pieces under a heading, which can be linked to by its ``anchor``."""

    anchor: str = ""

    def html(self) -> str:
        pieces = "".join(piece.html() for piece in self.pieces)
        return f'<h3 id="{self.anchor}">{_text(self.title)}</h3>{pieces}'


@dataclass(frozen=True)
class Switch(_Titled):
    """Sections as panels, of which a page shows the one chosen, without a script; paper, all.

    The panel ``shown`` is shown until a reader chooses; ``name`` sets one switch of a page apart
    from another.
    """

    name: str
    shown: str

    def html(self) -> str:
        return _SWITCH.render(vars(self))


@dataclass(frozen=True)
class Contents:
    """Links to sections, as title and anchor; paper leaves them out."""

    title: str
    links: Sequence[tuple[str, str]]

    @property
    def words(self) -> str:
        return "\n".join([self.title, *(title for title, _ in self.links)])

    def html(self) -> str:
        items = "".join(
            f'<li><a href="#{anchor}">{_text(title)}</a></li>' for title, anchor in self.links
        )
        label = escape(self.title)
        start = f'<nav class="contents" aria-label="{label}"><p>{label}</p>'
        return f"{start}<ol>{items}</ol></nav>"


@dataclass(frozen=True)
class KeyFigure:
    """A figure as it is shown, what it is, and what must be known beside it."""

    value: str
    label: str
    note: str = ""


@dataclass(frozen=True)
class KeyFigures:
    """Figures side by side, set large, which the index gathers from all pages."""

    figures: Sequence[KeyFigure]

    @property
    def words(self) -> str:
        parts = ((figure.label, figure.value, figure.note) for figure in self.figures)
        return "\n".join(" | ".join(filter(None, part)) for part in parts)

    def html(self) -> str:
        return _KEY_FIGURES.render(figures=self.figures)


class Content(TypedDict):
    """A table, or the numbers of a chart, as plain values of JSON: numbers unrounded, or None.

    The caption of a chart is its message; ``note`` says what it measures.
    """

    kind: Literal["table", "chart"]
    caption: str
    note: str
    columns: list[str]
    rows: list[list[Plain]]


def show(pieces: Callable[[str], Iterable[Piece]], lang: str) -> None:
    """Display what ``pieces`` gives for a language as the output of a cell: here in ``lang``.

    The pieces of every language go along, for the pages of a site, and their tables for machines,
    as a type of output that no notebook shows.
    """
    from IPython.display import display

    bundles = {code: [bundle_of(piece) for piece in pieces(code)] for code in LANGUAGES}
    if any(bundles.values()):
        shown = {form: "\n".join(bundle[form] for bundle in bundles[lang]) for form in FORMS}
        display(shown | {PIECES_TYPE: bundles}, raw=True)


def bundle_of(piece: Piece) -> dict[str, Any]:
    """A piece in every form in which a cell shows it, by type."""
    bundle: dict[str, Any] = {"text/html": piece.html(), "text/plain": piece.words}
    if contents := contents_of(piece):
        bundle[DATA_TYPE] = contents
    return bundle


def contents_of(piece: Piece) -> list[Content]:
    """The tables of a piece, and of the pieces in it, for machines; of a chart, its numbers."""
    if isinstance(piece, Table):
        return [_content("table", piece.caption, "", piece.frame)]
    if isinstance(piece, Chart):
        return [_content("chart", piece.title, piece.subtitle, piece.data)]
    return [content for inner in getattr(piece, "pieces", ()) for content in contents_of(inner)]


def nothing_to_show(lang: str) -> list[Sentence]:
    """What a cell shows that has nothing: a page leaves it out where its section has no more."""
    return [Sentence(words_in(lang).label("nothing", "part"), NOTHING_STYLE)]


def hand_out(result: Mapping[str, Any]) -> None:
    """Hand the result of a run to the machine, as an output that no page shows."""
    from IPython.display import display

    display({RESULT_TYPE: dict(result)}, raw=True)


def _content(
    kind: Literal["table", "chart"], caption: str, note: str, frame: pd.DataFrame
) -> Content:
    return {
        "kind": kind,
        "caption": capital(caption),
        "note": note,
        "columns": [str(column) for column in frame.columns],
        "rows": [[_plain(value) for value in row] for row in frame.itertuples(index=False)],
    }


def _plain(value: Any) -> Plain:
    if isinstance(value, float):
        return None if math.isnan(value) else float(value)
    return int(value) if isinstance(value, Integral) else str(value)


def _is_numeric(column: Iterable[str]) -> bool:
    """Whether it holds numbers alone, but where it says that there is nothing."""
    cells = [cell for cell in map(str.strip, column) if cell not in ("", NOTHING)]
    return bool(cells) and all(NUMBER.fullmatch(cell) for cell in cells)


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
