"""What a table or a chart holds, for machines: plain values, numbers as exact as the frame."""

from __future__ import annotations

import math
from numbers import Integral
from typing import Any, Literal, TypedDict

import pandas as pd

from lvliang.display.words import capital

DATA_TYPE = "application/vnd.lvliang.tables+json"

Plain = str | int | float | None


class Content(TypedDict):
    """A table, or the numbers of a chart, as plain values of JSON.

    The caption of a chart is its message; ``note`` says what it measures.
    """

    kind: Literal["table", "chart"]
    caption: str
    note: str
    columns: list[str]
    rows: list[list[Plain]]


def content(
    kind: Literal["table", "chart"], caption: str, frame: pd.DataFrame, *, note: str = ""
) -> Content:
    """``frame`` under its caption, numbers unrounded; None where there is none.

    Examples
    --------
    >>> content("table", "growth", pd.DataFrame({"year": ["2020"], "%": [2.4999]}))["rows"]
    [['2020', 2.4999]]
    """
    rows = [[_plain(value) for value in row] for row in frame.itertuples(index=False)]
    columns = [str(column) for column in frame.columns]
    return {
        "kind": kind,
        "caption": capital(caption),
        "note": note,
        "columns": columns,
        "rows": rows,
    }


def _plain(value: Any) -> Plain:
    if isinstance(value, float):
        return None if math.isnan(value) else float(value)
    return int(value) if isinstance(value, Integral) else str(value)
