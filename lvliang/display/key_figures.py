"""Figures that each notebook contributes to the index, which leads with them, set large."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from jinja2 import Environment

from lvliang.display.words import capital

_TEMPLATES = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
_TEMPLATES.filters["capital"] = capital
_FIGURES = _TEMPLATES.from_string(
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


@dataclass(frozen=True)
class KeyFigure:
    """A figure as it is shown, what it is, and what must be known beside it."""

    value: str
    label: str
    note: str = ""


@dataclass(frozen=True)
class KeyFigures:
    """Key figures side by side."""

    figures: Sequence[KeyFigure]

    @property
    def words(self) -> str:
        """A line each."""
        return "\n".join(
            " | ".join(filter(None, (figure.label, figure.value, figure.note)))
            for figure in self.figures
        )

    def html(self) -> str:
        """A list of descriptions, which the style sheet sets as tiles."""
        return _FIGURES.render(figures=self.figures)
