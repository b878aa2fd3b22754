"""What moved since the last publication: sentences and one table, nothing computed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pandas as pd

from lvliang.display.show import Sentence, Table
from lvliang.display.words import NOTHING, WORD_ONLY_GRADES, capital, chance, target_name, text
from lvliang.feasibility.bands import CANNOT_TELL
from lvliang.feasibility.verdicts import Verdict
from lvliang.site.vintage import Comparison, Move, Row, Standing

TABLES_NAMED = 4


def since_last(standing: Standing, titles: Mapping[str, str], lang: str) -> list[Sentence | Table]:
    """What moved since the last publication of the region, and why.

    A run that repeats the last vintage says so, and what moved when that one was published.

    Parameters
    ----------
    standing : Standing
    titles : mapping
        What each parameter is called.
    """
    found = standing.comparison
    if standing.same_as is not None:
        key = "history.same" if standing.judged else "history.same_no_targets"
        same = Sentence(text(key, lang, before=_time(standing.same_as)))
        if found is None:
            return [same]
        times = {"now": _time(found.now), "before": _time(found.before)}
        return [same, *_compared(found, text("history.between", lang, **times), titles, lang)]
    if found is None:
        return [Sentence(text("history.first", lang))]
    against = text("history.to_last", lang, before=_time(found.before))
    return _compared(found, against, titles, lang)


def in_short(standing: Standing, lang: str) -> list[Sentence]:
    """How many verdicts moved since the publication before, and which kinds of causes there are."""
    found = standing.comparison
    if found is None:
        return [Sentence(text("history.first", lang))]
    against = text("history.to_last", lang, before=_time(found.before))
    return [_told(found, against, _kinds(found, lang), lang)]


def against_last(standing: Standing | None, group: str, lang: str) -> list[str]:
    """In a word, what became of each verdict of a group since the last publication.

    Parameters
    ----------
    standing : Standing, optional
        Without it, or with no publication before, there is nothing to be told.
    """
    if standing is None or standing.comparison is None:
        return []
    pairs = standing.comparison.pairs
    return [_against(pair, lang) for pair in pairs if pair.now and pair.now["group"] == group]


def _against(pair: Move, lang: str) -> str:
    if pair.before is None:
        return text("history_against.new", lang)
    if pair.change is None:
        return NOTHING
    if not pair.is_told:
        return text("history_against.same", lang)
    return text("history_against.up" if pair.change > 0 else "history_against.down", lang)


def _compared(
    found: Comparison, against: str, titles: Mapping[str, str], lang: str
) -> list[Sentence | Table]:
    causes = text("semicolon", lang).join(
        _cause(name, found, titles, lang) for name in found.causes
    )
    said: list[Sentence | Table] = [_told(found, against, causes, lang)]
    if not found.moves:
        return said
    if len(found.causes) > 1:
        said.append(Sentence(text("history.mixed", lang)))
    rows = [_row(move, _kinds(found, lang), lang) for move in found.moves]
    table = Table(text("history.table", lang), pd.DataFrame(rows), cards=True)
    return [*said, table, Sentence(text("history.rule", lang), "note")]


def _told(found: Comparison, against: str, causes: str, lang: str) -> Sentence:
    counts = {"count": len(found.moves), "classes": sum(move.is_of_class for move in found.moves)}
    key = "moved" if found.moves else "none" if found.pairs else "no_targets"
    return Sentence(text(f"history.{key}", lang, against=against, causes=causes, **counts))


def _row(move: Move, causes: str, lang: str) -> dict[str, str]:
    return {
        text("column.target", lang): _name(move.now or move.before or {}, lang),
        text("history.before", lang): _verdict(move.before, lang),
        text("history.now", lang): _verdict(move.now, lang),
        text("history.change", lang): _change(move, lang),
        text("history.cause", lang): capital(causes),
    }


def _kinds(found: Comparison, lang: str) -> str:
    return text("comma", lang).join(text(f"history.{cause}", lang) for cause in found.causes)


def _name(row: Row, lang: str) -> str:
    try:
        return target_name(Verdict.of(row).target, lang)
    except KeyError:  # the tables no longer know its indicator
        return str(row["target_id"])


def _verdict(row: Row | None, lang: str) -> str:
    """The class, and how likely as the grade allows."""
    if row is None:
        return NOTHING
    word = capital(text(f"class.{row['class']}", lang))
    if row["class"] == CANNOT_TELL:
        return word
    return text("semicolon", lang).join([word, chance(Verdict.of(row), lang)])


def _change(move: Move, lang: str) -> str:
    """By how many points, or up and down alone where a grade shows no number."""
    if move.before is None or move.now is None:
        return text("history.added" if move.before is None else "history.dropped", lang)
    if not move.change:
        return NOTHING
    direction = text("history.up" if move.change > 0 else "history.down", lang)
    if {move.before["grade"], move.now["grade"]} & set(WORD_ONLY_GRADES):
        return direction
    points = round(100 * move.change)
    if points == 0:
        return text("history.little", lang, direction=direction)
    return text("history.points", lang, points=points)


def _cause(name: str, found: Comparison, titles: Mapping[str, str], lang: str) -> str:
    details = {
        "data": lambda: _tables(found.tables, lang),
        "code": lambda: _code(found.code, lang),
        "parameters": lambda: _parameters(found.parameters, titles, lang),
    }
    return text("history.which", lang, cause=text(f"history.{name}", lang), details=details[name]())


def _tables(tables: list[str], lang: str) -> str:
    named = text("comma", lang).join(tables[:TABLES_NAMED])
    if len(tables) <= TABLES_NAMED:
        return named
    return text("history.tables_many", lang, tables=named, count=len(tables))


def _code(versions: tuple[str, str] | None, lang: str) -> str:
    if versions is None:
        return text("history.libraries", lang)
    before, now = versions
    if before == now:
        return text("history.not_committed", lang, version=now)
    return text("history.from_to", lang, before=before, now=now)


def _parameters(
    changes: Mapping[str, tuple[Any, Any]], titles: Mapping[str, str], lang: str
) -> str:
    return text("comma", lang).join(
        text(
            "history.parameter",
            lang,
            title=titles.get(name, name),
            before=_value(before),
            now=_value(now),
        )
        for name, (before, now) in changes.items()
    )


def _value(value: Any) -> str:
    if value is None:
        return NOTHING
    return f"{value:g}" if isinstance(value, float) else str(value)


def _time(as_of: str) -> str:
    return f"{datetime.fromisoformat(as_of):%Y-%m-%d %H:%M}"
