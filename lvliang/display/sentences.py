"""Sentences chosen by the run: change the data and they follow, in both languages."""

from __future__ import annotations

from lvliang.display.show import Sentence
from lvliang.display.words import counts_by_class, in_words, text
from lvliang.feasibility.verdict_facts import target_value as target_value
from lvliang.feasibility.verdicts import Verdicts


def discount(points: float, lang: str) -> list[Sentence]:
    """A warning where real growth was cut in this run."""
    if points == 0:
        return []
    return [Sentence(text("trajectories.discount", lang, discount=points), "caveat")]


def feasibility(main: Verdicts, *, region: str, lang: str) -> list[Sentence]:
    """How many targets are in each class, and whether all can be met together."""
    if not main:
        return [Sentence(text("feasibility.no_targets", lang, region=region), "headline")]
    counts = counts_by_class((one.class_ for one in main), lang)
    facts = {"year": main[0].target.last_year, "total": len(main), "counts": counts}
    words = text("feasibility.answer", lang, **facts)
    said = [Sentence(words, "headline")]
    count = len(main.rated)
    if count > 1 and (together := main[0].group_probability) is not None:
        word = in_words(together, lang)
        all_of_them = text("all.two" if count == 2 else "all.more", lang, count=count)
        said.append(Sentence(text("feasibility.joint", lang, count=all_of_them, word=word)))
    return said
