"""Sentences of the track record beside verdicts."""

from __future__ import annotations

import pandas as pd

from lvliang.display.show import Sentence
from lvliang.display.words import target_name, text
from lvliang.feasibility.record import RecordLine
from lvliang.feasibility.verdicts import Verdict, Verdicts


def chances(table: pd.DataFrame, lang: str) -> list[Sentence]:
    """What was given and what came at the longest horizon, by group (``table`` of `decompose`)."""
    if table.empty:
        return []
    longest = table[table["horizon"] == table["horizon"].max()]
    groups = text("semicolon", lang).join(
        text(
            "record.chance",
            lang,
            group=text(f"record_group.{row['group']}", lang),
            chance=100 * row["chance"],
            came=100 * row["came"],
        )
        for _, row in longest.iterrows()
    )
    facts = {"years": int(longest["horizon"].max()), "origins": int(longest["origins"].max())}
    return [Sentence(text("record.chances", lang, groups=groups, **facts))]


def beside(verdicts: Verdicts, lang: str) -> list[Sentence]:
    """What stands beside each growth verdict: its record, its reference class, the simple rule."""
    return [
        Sentence(_beside(one, lang), "note")
        for one in verdicts.rated
        if one.required_rate is not None
    ]


def _beside(verdict: Verdict, lang: str) -> str:
    clauses = [_record_words(verdict, lang)]
    if verdict.reference_class:
        facts = verdict.reference_class.plain() | {"percentile": verdict.reference_percentile}
        clauses.append(text(f"record.percentile_{facts.pop('kind')}", lang, **facts))
    if verdict.eurostat_status and verdict.eurostat_basis:
        status = text(f"eurostat.{verdict.eurostat_status}", lang)
        key = "eurostat_nominal" if verdict.target.price_basis == "constant" else "eurostat"
        facts = verdict.eurostat_basis.plain()
        clauses.append(text(f"record.{key}", lang, status=status, **facts))
    joined = text("semicolon", lang).join(clauses)
    return text("record.beside", lang, target=target_name(verdict.target, lang), clauses=joined)


def _record_words(verdict: Verdict, lang: str) -> str:
    """The line of the record, or why there is none."""
    if verdict.record:
        return line_words(verdict.record, lang)
    if verdict.beyond_record is not None:
        return text("record.beyond", lang, years=verdict.beyond_record)
    return text("record.no_own", lang)


def line_words(line: RecordLine, lang: str) -> str:
    """The line of the record that applies to a verdict, and how the city itself fared."""
    said = text(
        "record.line",
        lang,
        group=text(f"record_group.{line.group}", lang),
        horizon=line.horizon,
        origins=line.fared.origins,
        cover=100 * line.fared.cover90,
        error=_erred(line.fared.bias, lang),
    )
    own = line.own
    if own is None:
        return said
    facts = {"origins": own.origins, "held": round(own.cover90 * own.origins)}
    return said + text("record.own", lang, error=_erred(own.bias, lang), **facts)


def _erred(bias: float, lang: str) -> str:
    points = round(bias, 1)
    side = "even" if points == 0 else "too_high" if points > 0 else "too_low"
    return text(f"record.{side}", lang, points=abs(points))
