"""Panels of which a page shows the one chosen, without a script; on paper all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jinja2 import Environment
from markupsafe import Markup

from lvliang.display.show import Sentence, Table

_SWITCH = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(
    """<fieldset class="switch"><legend>{{ legend }}</legend>
{% for title, pieces in panels %}
<input type="radio" name="{{ name }}" id="{{ name }}-{{ loop.index }}"
{{- " checked" if title == shown }}>
<label for="{{ name }}-{{ loop.index }}">{{ title }}</label>
<div class="panel"><p class="panel-title">{{ title }}</p>
{% for piece in pieces %}{{ piece }}{% endfor %}
</div>
{% endfor %}
</fieldset>"""
)


@dataclass(frozen=True)
class Switch:
    """Pieces by the title of their panel; ``shown`` is shown until a reader chooses.

    ``name`` sets one switch of a page apart from another.
    """

    legend: str
    name: str
    panels: Mapping[str, Sequence[Sentence | Table]]
    shown: str

    @property
    def pieces(self) -> list[Sentence | Table]:
        """All pieces, panel by panel."""
        return [piece for pieces in self.panels.values() for piece in pieces]

    @property
    def words(self) -> str:
        """All panels as plain text."""
        lines = [
            line
            for title, pieces in self.panels.items()
            for line in [title, *(piece.words for piece in pieces)]
        ]
        return "\n".join([self.legend, *lines])

    def html(self) -> str:
        """The panels as HTML: a radio button each, and its panel behind it."""
        panels = [
            (title, [Markup(piece.html()) for piece in pieces])
            for title, pieces in self.panels.items()
        ]
        return _SWITCH.render(legend=self.legend, name=self.name, panels=panels, shown=self.shown)
