"""Tables of the pages: rows chosen and worded, nothing computed.

Each function returns what there is to show: one table, or none where it has no rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from lvliang.baseline.regions import find_region
from lvliang.display.show import Table
from lvliang.display.words import NOTHING, capital, text
from lvliang.projection.scenario import read_scenario, scenario_path


def parameters(values: Mapping[str, Any], titles: Mapping[str, str], lang: str) -> list[Table]:
    """Parameters of the run, by name and title."""
    rows = [
        {
            text("column.parameter", lang): name,
            text("column.title", lang): capital(titles[name]),
            text("column.value", lang): _parameter(name, value, lang),
        }
        for name, value in values.items()
    ]
    return _if_any(text("table.parameters", lang), pd.DataFrame(rows))


def sources(table: pd.DataFrame, lang: str) -> list[Table]:
    """Where the figures of the page come from, and on what terms."""
    title, terms = ("title_zh", "licence_zh") if lang == "zh" else ("title", "licence")
    heads = {
        "source_id": text("column.source", lang),
        title: text("column.source_title", lang),
        terms: text("column.licence", lang),
    }
    frame = table[list(heads)].rename(columns=heads)
    return _if_any(text("table.sources", lang), frame, cards=True, desk=heads[terms])


def _if_any(
    caption: str, frame: pd.DataFrame, *, cards: bool = False, desk: str = ""
) -> list[Table]:
    return [] if frame.empty else [Table(caption, frame, cards, desk=desk)]


def _parameter(name: str, value: Any, lang: str) -> str:
    """A value as the reader knows it: a city by its name, a scenario by its title."""
    if name == "region":
        region = find_region(str(value))
        return text("code", lang, name=region.name(lang), code=region.code)
    if name == "scenario":
        return read_scenario(scenario_path(str(value))).title(lang)
    if name in ("lang", "edition"):
        return text(f"parameter.{value}", lang)
    return str(value) or NOTHING
