"""A publication in plain words, as a feed tells it: its headline, and which verdicts moved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lvliang.display.prose import Text
from lvliang.display.show import Sentence, Table
from lvliang.display.words import text
from lvliang.feasibility.targets import MAIN
from lvliang.feasibility.verdict_facts import class_counts
from lvliang.feasibility.verdicts import Verdict, Verdicts
from lvliang.site.history_facts import told
from lvliang.site.vintage import Row, Standing


def title(standing: Standing, subject: str, lang: str) -> str:
    """What the news of a publication is, in a line.

    Parameters
    ----------
    standing : Standing
    subject : str
        Whom it is about.
    """
    found = standing.comparison
    if not standing.judged and not (found and found.moves):
        news = text("feed.no_targets", lang)
    elif found is None:
        news = text("feed.first", lang)
    elif not found.moves:
        news = text("feed.none", lang)
    else:
        news = text("feed.moved", lang, count=len(found.moves))
    return text("feed.title", lang, subject=subject, news=news)


def body(
    verdicts: Sequence[Row], standing: Standing, titles: Mapping[str, str], region: str, lang: str
) -> str:
    """The verdicts in a headline and what moved since the last publication, in lines of text.

    Parameters
    ----------
    verdicts : sequence of mapping
        Of a vintage, one row a target.
    titles : mapping
        What each parameter is called.
    """
    main = Verdicts(Verdict.of(row) for row in verdicts).of(MAIN)
    facts = {"main": main, "counts": class_counts(main), "region": region}
    said = [
        *Text("history", lang, facts).say("overall"),
        *told("since_last", standing, titles, lang),
    ]
    return "\n".join(line for piece in said for line in _lines(piece, lang))


def _lines(piece: Sentence | Table, lang: str) -> list[str]:
    if isinstance(piece, Sentence):
        return [piece.words]
    moves = piece.frame.itertuples(index=False)
    return [
        text("feed.move", lang, target=target, before=before, now=now, change=change)
        for target, before, now, change, _ in moves
    ]
