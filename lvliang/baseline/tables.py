"""Load tables; each is checked against its contract at the door."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import pandas as pd

from lvliang.baseline.contract import read_table
from lvliang.baseline.corrections import KEY, apply_corrections, load_corrections
from lvliang.baseline.corrections import TABLE as CORRECTIONS
from lvliang.baseline.package import data_folder, present_resources, stamp
from lvliang.errors import DataError

OBSERVATION_COLUMNS = [
    "region_code", "indicator", "year", "value", "unit", "price_basis",
    "vintage", "status", "known_at", "source_id",
]  # fmt: skip


def load_table(name: str, data: Path | None = None) -> pd.DataFrame:
    """Load one table as declared in ``datapackage.json``, corrected.

    While its file and the corrections stay, this is done once a process.

    Returns
    -------
    pandas.DataFrame
        The columns of its Table Schema; codes and words as text, numbers as numbers,
        empty numbers as missing, empty words as "". Rows that a correction drops are not there.

    Raises
    ------
    DataError
        If the table breaks its contract, or a correction of it no longer fits.
    """
    folder = data or data_folder()
    files = {name, CORRECTIONS} & {name, *present_resources(folder)}
    return _load(folder, name, stamp(folder, sorted(files))).copy()


@lru_cache(maxsize=64)
def _load(folder: Path, name: str, _stamp: tuple[tuple[int, int], ...]) -> pd.DataFrame:
    frame = read_table(folder, name)
    if not {*KEY, "value"} <= set(frame):
        return frame
    return apply_corrections(frame, name, load_corrections(folder))


def corrections_of(data: Path | None = None) -> dict[str, int]:
    """Corrections applied when the tables are loaded: how many in each table that has any.

    Raises
    ------
    DataError
        If one of them no longer fits.
    """
    folder = data or data_folder()
    corrections = load_corrections(folder)
    counts = corrections.groupby("table", sort=False).size()
    for name in counts.index:
        apply_corrections(read_table(folder, name), name, corrections)
    return {str(name): int(count) for name, count in counts.items()}


def load_observations(names: Sequence[str], data: Path | None = None) -> pd.DataFrame:
    """Annual observations of the tables ``names``, one below the other.

    A table of a removed panel folder is left out; sources and vintages stay apart by row.

    Returns
    -------
    pandas.DataFrame
        One row an observation: ``region_code, indicator, year, value, unit, price_basis,
        vintage, status, known_at, source_id``.

    Raises
    ------
    DataError
        If none of the tables is there.
    """
    folder = data or data_folder()
    present = present_resources(folder)
    frames = [load_table(name, folder) for name in names if name in present]
    if not frames:
        raise DataError(f"{folder}: none of {', '.join(names)} is there; legal: the panel in place")
    annual = [
        frame[frame["period"] == "annual"] if "period" in frame else frame for frame in frames
    ]
    return pd.concat([frame[OBSERVATION_COLUMNS] for frame in annual], ignore_index=True)


def as_of(frame: pd.DataFrame, origin: int) -> pd.DataFrame:
    """What was known at the end of March of the year after ``origin``.

    The one place where the cut is made: a row whose ``known_at`` is later is not there.

    Examples
    --------
    >>> frame = pd.DataFrame({"known_at": ["2019-12", "2021-03", "2021-12"], "value": [1, 2, 3]})
    >>> as_of(frame, 2020)["value"].tolist()
    [1, 2]
    """
    return frame[frame["known_at"] <= f"{origin + 1}-03"]
