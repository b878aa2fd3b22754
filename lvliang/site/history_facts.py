"""What moved since the last publication: facts for the text ``history``, nothing worded."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from lvliang import parameters
from lvliang.baseline.tables import load_table
from lvliang.display.prose import Text
from lvliang.display.show import Piece
from lvliang.feasibility.bands import CANNOT_TELL, WORD_ONLY_GRADES
from lvliang.feasibility.targets import Target
from lvliang.feasibility.verdicts import Verdict
from lvliang.site.vintage import Comparison, Move, Row, Standing

TABLES_NAMED = 4


def told(block: str, standing: Standing, lang: str) -> list[Piece]:
    """What the text says in a block: ``since_last``, or ``in_short``."""
    return Text("history", lang, history_facts(standing)).say(block)


def history_facts(standing: Standing) -> dict[str, Any]:
    """What moved since the last publication of the region, and why.

    Returns
    -------
    dict
        ``same_as`` (time of the vintage that a run repeats), ``judged`` and ``found``, None where
        there is no publication before: times ``before`` and ``now``, ``moves`` (`move_facts`) and
        how many are of ``classes``, ``any`` (whether there is a verdict), ``causes`` with the
        ``tables`` (the first of them, and how ``many`` there are), ``code`` and ``parameters``.
    """
    found = standing.comparison
    same_as = standing.same_as and _time(standing.same_as)
    return {"same_as": same_as, "judged": standing.judged, "found": found and _comparison(found)}


def _comparison(found: Comparison) -> dict[str, Any]:
    titles = parameters.titles(parameters.ReportParameters)
    return {
        "before": _time(found.before),
        "now": _time(found.now),
        "moves": [move_facts(move) for move in found.moves],
        "classes": sum(move.is_of_class for move in found.moves),
        "any": bool(found.pairs),
        "causes": found.causes,
        "tables": found.tables[:TABLES_NAMED],
        "many": len(found.tables) if len(found.tables) > TABLES_NAMED else None,
        "code": found.code,
        "parameters": [
            (titles.get(name, {"title_zh": name, "title_en": name}), _plain(before), _plain(now))
            for name, (before, now) in found.parameters.items()
        ],
    }


def move_facts(move: Move) -> dict[str, Any]:
    """One verdict that moved: its ``target`` (its id if the tables no longer know it), the verdicts
    ``before`` and ``now``, the ``side`` it moved to, and by how many ``points``, None where a grade
    shows no number.
    """
    rows = [row for row in (move.before, move.now) if row]
    quiet = {row["grade"] for row in rows} & set(WORD_ONLY_GRADES)
    change = move.change or 0.0
    side = "up" if change > 0 else "down" if change < 0 else "none"
    if len(rows) == 1:
        side = "dropped" if move.now is None else "added"
    return {
        "target": _target(move.now or move.before or {}),
        "before": _verdict(move.before),
        "now": _verdict(move.now),
        "side": side,
        "points": None if quiet else round(100 * change),
    }


def against_last(standing: Standing | None, group: str) -> list[str]:
    """What became of each verdict of a group since the last publication.

    Parameters
    ----------
    standing : Standing, optional
        Without it, or with no publication before, there is nothing to be told.
    """
    if standing is None or standing.comparison is None:
        return []
    pairs = standing.comparison.pairs
    own = [pair for pair in pairs if pair.now and pair.now["group"] == group]
    return [_became(pair) for pair in own]


def _became(pair: Move) -> str:
    if pair.before is None:
        return "new"
    if pair.change is None:
        return "unknown"
    if not pair.is_told:
        return "same"
    return "up" if pair.change > 0 else "down"


def _target(row: Row) -> Target | str:
    target = Verdict.of(row).target
    if target.indicator in set(load_table("indicators")["indicator"]):
        return target
    return str(row["target_id"])  # the tables know it no longer


def _verdict(row: Row | None) -> dict[str, Any] | None:
    """The class, and the verdict where it says how likely."""
    if row is None:
        return None
    is_told = row["class"] != CANNOT_TELL
    return {"class": row["class"], "it": Verdict.of(row) if is_told else None}


def _plain(value: Any) -> str | None:
    return f"{value:g}" if isinstance(value, float) else None if value is None else str(value)


def _time(as_of: str) -> str:
    return f"{datetime.fromisoformat(as_of):%Y-%m-%d %H:%M}"
