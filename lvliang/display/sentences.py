"""Sentences chosen by the run: change the data and they follow, in both languages."""

from __future__ import annotations

from lvliang.display.show import Sentence
from lvliang.display.words import text
from lvliang.feasibility.verdict_facts import target_value as target_value


def discount(points: float, lang: str) -> list[Sentence]:
    """A warning where real growth was cut in this run."""
    if points == 0:
        return []
    return [Sentence(text("trajectories.discount", lang, discount=points), "caveat")]
