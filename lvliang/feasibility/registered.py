"""Forecasts that were registered: kept as they were made, read and never made again."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from lvliang.baseline.package import data_folder, present_resources
from lvliang.baseline.tables import load_table

TABLE = "registered"


def load_registered(base_year: int, data: Path | None = None) -> pd.DataFrame:
    """What was registered of origins up to ``base_year``, one row a file.

    Returns
    -------
    pandas.DataFrame
        ``file`` (below the data folder), ``origin``, ``known_at`` (month in which the forecasts
        stand), ``draws``, ``seed``, ``commit`` of the code, ``registered_on``, digests; empty
        where the data have no such table.

    Raises
    ------
    DataError
        If the table breaks its contract.
    """
    if TABLE not in present_resources(data or data_folder()):
        return pd.DataFrame()
    files = load_table(TABLE, data)
    return files[files["origin"] <= base_year]


def registered_facts(files: pd.DataFrame) -> dict[str, Any] | None:
    """The first file of `load_registered`; None where nothing was registered.

    ``file``, ``origin``, ``known_at`` and ``registered_on`` (dates), ``commit`` (seven digits).
    """
    if files.empty:
        return None
    first = files.iloc[0]
    return {
        **first[["file", "origin"]],
        "known_at": date.fromisoformat(f"{first['known_at']}-01"),
        "registered_on": date.fromisoformat(first["registered_on"]),
        "commit": first["commit"][:7],
    }
