"""Tables of the pages: rows chosen and worded, nothing computed.

Each function returns what there is to show: one table, or none where it has no rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from lvliang.display.show import Table, with_year
from lvliang.display.words import (
    NOTHING,
    chance,
    label,
    missing_sentence,
    number,
    target_name,
    text,
    unit,
)


def report_figures(figures: pd.DataFrame, lang: str) -> list[Table]:
    """The report's own figures, with its words and their place."""
    rows = [
        {
            text("column.indicator", lang): label(row.indicator, lang),
            text("column.year", lang): row.period if row.period != "annual" else str(row.year),
            text("column.value", lang): f"{row.value:g}",
            text("column.unit", lang): unit(row.indicator, lang),
            text("column.kind", lang): text(f"status.{row.status}", lang),
            text("column.quote", lang): row.quote,
            text("column.place", lang): f"{row.section} · {row.position}",
        }
        for row in figures.itertuples()
    ]
    return _if_any(text("table.report_figures", lang), pd.DataFrame(rows), cards=True)


def claims(pairs: pd.DataFrame, lang: str) -> list[Table]:
    """Report figures beside the series: ``indicator, year, report, series`` (one unit)."""
    rows = [
        {
            text("column.indicator", lang): label(row.indicator, lang),
            text("column.year", lang): str(row.year),
            text("column.claim", lang): number(row.report, 2),
            text("column.panel", lang): number(row.series, 2),
            text("column.difference", lang): number(row.report - row.series, 2),
        }
        for row in pairs.itertuples()
    ]
    units = text("unit.亿元", lang)
    return _if_any(text("table.claims", lang, unit=units), pd.DataFrame(rows))


def ranks(table: pd.DataFrame, lang: str) -> list[Table]:
    """Ranks by year; missing where the province's series are not complete."""
    heads = {name: text(f"column.{name}", lang) for name in table.columns}
    cells = table.rename(columns=heads).map(lambda rank: "" if pd.isna(rank) else f"{rank:.0f}")
    return _if_any(text("table.ranks", lang), with_year(cells, lang))


def evidence(found: pd.DataFrame, *, changes: int, gap: int, lang: str) -> list[Table]:
    """What there is of each series of the city."""
    rows = [
        {
            text("column.series", lang): text(f"series.{row.Index}", lang),
            text("column.last", lang): str(int(row.last_year)),
            text("column.changes", lang): str(int(row.changes)),
            text("column.usable", lang): text("yes" if row.usable else "no", lang),
        }
        for row in found.itertuples()
    ]
    return _if_any(text("table.evidence", lang, changes=changes, gap=gap), pd.DataFrame(rows))


def quantiles(table: pd.DataFrame, *, indicator: str, lang: str) -> list[Table]:
    """Projected quantiles by year."""
    heads = {level: _quantile_name(level, lang) for level in table.columns}
    caption = text(
        "table.quantiles", lang, indicator=label(indicator, lang), unit=unit(indicator, lang)
    )
    return _if_any(caption, with_year(table.rename(columns=heads), lang))


def models(table: pd.DataFrame, *, year: int, lang: str) -> list[Table]:
    """The models side by side: one row a model, quantiles in columns."""
    named = table.rename(
        index=lambda name: text(f"model.{name}", lang),
        columns=lambda level: _quantile_name(level, lang),
    )
    frame = named.rename_axis(text("column.model", lang)).reset_index()
    return _if_any(text("table.models", lang, year=year), frame)


def verdicts(table: pd.DataFrame, caption: str, lang: str) -> list[Table]:
    """The verdict on each target."""
    rows = [_verdict(row, lang) for _, row in table.iterrows()]
    return _if_any(caption, pd.DataFrame(rows), cards=True)


def sensitivity(table: pd.DataFrame, lang: str) -> list[Table]:
    """Share of paths that meet a target, as judged and with real growth cut by 1 and 2 points."""
    rows = [
        {
            text("column.target", lang): target_name(row, lang),
            text("column.as_judged", lang): number(100 * row["probability"], 0),
            text("column.cut", lang, points=1): number(100 * row["discounted_1"], 0),
            text("column.cut", lang, points=2): number(100 * row["discounted_2"], 0),
        }
        for _, row in table.iterrows()
        if pd.notna(row["discounted_1"])
    ]
    return _if_any(text("table.sensitivity", lang), pd.DataFrame(rows))


def parameters(values: Mapping[str, Any], titles: Mapping[str, str], lang: str) -> list[Table]:
    """Parameters of the run, by name and title."""
    rows = [
        {
            text("column.parameter", lang): name,
            text("column.title", lang): titles[name],
            text("column.value", lang): str(value),
        }
        for name, value in values.items()
    ]
    return _if_any(text("table.parameters", lang), pd.DataFrame(rows))


def sources(table: pd.DataFrame, lang: str) -> list[Table]:
    """Where the figures of the page come from, and on what terms."""
    heads = {
        "source_id": text("column.source", lang),
        "title": text("column.title", lang),
        "licence": text("column.licence", lang),
    }
    return _if_any(
        text("table.sources", lang), table[list(heads)].rename(columns=heads), cards=True
    )


def _verdict(row: pd.Series, lang: str) -> dict[str, str]:
    notes = [missing_sentence(row, lang), row[f"reading_{lang}"]]
    return {
        text("column.target", lang): target_name(row, lang),
        text("column.verdict", lang): text(f"class.{row['class']}", lang),
        text("column.chance", lang): chance(row, lang),
        text("column.grade", lang): row["grade"] if pd.notna(row["grade"]) else NOTHING,
        text("column.missing", lang): text("semicolon", lang).join(filter(None, notes)),
    }


def _if_any(caption: str, frame: pd.DataFrame, cards: bool = False) -> list[Table]:
    return [] if frame.empty else [Table(caption, frame, cards)]


def _quantile_name(level: float, lang: str) -> str:
    if level == 0.5:
        return text("column.median", lang)
    return text("column.quantile", lang, percent=round(100 * level))
