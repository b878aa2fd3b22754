"""Put charts, tables and sentences into the output of a cell, as HTML that stands alone."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from io import StringIO
from typing import TYPE_CHECKING, Any

import pandas as pd
from jinja2 import Environment
from markupsafe import Markup

from lvliang.display.words import NOTHING, number, text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_TEMPLATES = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
_TABLE = _TEMPLATES.from_string(
    """<div class="table{% if cards %} cards{% endif %}"><table><caption>{{ caption }}</caption>
<thead><tr>{% for head in heads %}<th scope="col">{{ head }}</th>{% endfor %}</tr></thead>
<tbody>
{% for row in rows %}
<tr>
{% for cell in row %}
{% if loop.first %}
<th scope="row">{{ cell }}</th>
{% elif cards %}
<td data-head="{{ heads[loop.index0] }}"{{ " data-none" if cell == nothing }}>{{ cell }}</td>
{% else %}
<td>{{ cell }}</td>
{% endif %}
{% endfor %}
</tr>
{% endfor %}
</tbody></table></div>"""
)
_CHART = _TEMPLATES.from_string(
    """<figure class="chart"><figcaption><strong class="chart-title">{{ title }}</strong><br>
<span class="chart-subtitle">{{ subtitle }}</span></figcaption>
{{ svg }}
<details><summary>{{ summary }}</summary>{{ table }}</details></figure>"""
)


@dataclass(frozen=True)
class Sentence:
    """One sentence; ``style`` is a class of the page: ``headline``, ``note`` or ``caveat``."""

    words: str
    style: str = ""

    def html(self) -> str:
        """The sentence as an HTML paragraph."""
        attribute = f' class="{self.style}"' if self.style else ""
        return f"<p{attribute}>{escape(self.words, quote=False)}</p>"


@dataclass(frozen=True)
class Table:
    """A table: text cells as they are, numbers with one decimal.

    ``cards`` shows each row as a card on a narrow screen, for tables of words.
    """

    caption: str
    frame: pd.DataFrame
    cards: bool = False

    @property
    def words(self) -> str:
        """The table as plain text."""
        return f"{self.caption}\n{self.frame}"

    def html(self) -> str:
        """The table as HTML; the first column heads its row."""
        rows = [[_cell(value) for value in row] for row in self.frame.itertuples(index=False)]
        heads = list(self.frame.columns)
        return _TABLE.render(
            caption=self.caption, heads=heads, rows=rows, cards=self.cards, nothing=NOTHING
        )


@dataclass(frozen=True)
class Chart:
    """A figure with its message, what it measures, the same in words, and its numbers.

    Raises
    ------
    ValueError
        If there are no words for those who cannot see it, or no numbers.
    """

    figure: Figure
    title: str
    subtitle: str
    words: str
    data: pd.DataFrame
    lang: str

    def __post_init__(self) -> None:
        if not self.words.strip() or self.data.empty:
            raise ValueError(f"chart {self.title!r} has no words or no data table")

    def html(self) -> str:
        """The chart as an HTML figure: inline SVG with real text, and its data table."""
        return _CHART.render(
            title=self.title,
            subtitle=self.subtitle,
            svg=Markup(_svg(self.figure, self.words)),
            summary=text("data_table", self.lang),
            table=Markup(Table(self.subtitle, self.data).html()),
        )


def show(*pieces: Sentence | Table | Chart) -> None:
    """Display sentences, tables and charts as the output of a cell."""
    from IPython.display import display

    for piece in pieces:
        display({"text/html": piece.html(), "text/plain": piece.words}, raw=True)


def with_year(frame: pd.DataFrame, lang: str) -> pd.DataFrame:
    """``frame`` with its index as a first column of years, as text."""
    years = pd.Series([str(year) for year in frame.index], name=text("column.year", lang))
    return pd.concat([years, frame.reset_index(drop=True)], axis=1)


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return number(value)
    return str(value)


def _svg(figure: Figure, alt: str) -> str:
    """Inline SVG: same figure, same bytes; an image with a name to those who cannot see it."""
    from matplotlib import pyplot as plt

    file = StringIO()
    with plt.rc_context({"svg.fonttype": "none", "svg.hashsalt": "lvliang"}):
        figure.savefig(file, format="svg", metadata={"Date": None})
    plt.close(figure)
    drawing = file.getvalue()
    start = drawing.index("<svg ")
    return f'<svg role="img" aria-label="{escape(alt)}" ' + drawing[start + len("<svg ") :]
