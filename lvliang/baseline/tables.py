"""Load tables: each is checked against its contract and corrected at the door.

A correction is a row of data. It is applied when a table is loaded, never written into it.
"""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import pandas as pd

from lvliang.baseline.contract import check_table
from lvliang.baseline.package import (
    CORRECTIONS,
    Stamp,
    data_folder,
    has_tables,
    present_files,
    present_resources,
    resource_path,
    stamp,
    table_files,
    table_schema,
)
from lvliang.errors import DataError

OBSERVATION_COLUMNS = [
    "region_code", "indicator", "year", "value", "unit", "price_basis",
    "vintage", "status", "known_at", "source_id",
]  # fmt: skip
KEY = ["region_code", "indicator", "year", "vintage", "source_id"]
BREAKS, SUSPECTS = "breaks", "suspect_cells"
SERIES = ["region_code", "indicator", "source_id"]
CORRECTION_COLUMNS = ["table", *KEY, "action", "expected", "value"]
OBSERVED = (
    "schemas/observations.json",
    "schemas/noted_observations.json",
    "schemas/report_figures.json",
)


def load_table(name: str, data: Path | None = None) -> pd.DataFrame:
    """Load one table as declared in ``datapackage.json``, corrected; once a process while it stays.

    The columns of its Table Schema; codes and words as text, empty words as "", numbers as numbers,
    empty numbers as missing. Rows that a correction drops are not there. Raises `DataError` if the
    table breaks its contract, a correction of it no longer fits, or a break is of no series.
    """
    folder = data or data_folder()
    return _load(folder, name, stamp(table_files(folder, [name]))).copy()


@lru_cache(maxsize=64)
def _load(folder: Path, name: str, _stamp: Stamp) -> pd.DataFrame:
    check_table(folder, name)
    frame = pd.read_csv(resource_path(folder, name), dtype=str, keep_default_na=False)
    for field in table_schema(folder, name)["fields"]:
        if field["type"] in ("integer", "number"):
            frame[field["name"]] = pd.to_numeric(frame[field["name"]])
    if name == BREAKS:
        _check_breaks(frame, folder)
    if name == CORRECTIONS or not {*KEY, "value"} <= set(frame):
        return frame
    return apply_corrections(frame, name, load_corrections(folder))


def load_observations(names: Sequence[str]) -> pd.DataFrame:
    """`OBSERVATION_COLUMNS` of annual observations of the tables ``names``, one below the other.

    A table of a removed panel folder is left out; a `DataError` if none is there. Sources and
    vintages stay apart by row.
    """
    folder = data_folder()
    present = present_resources(folder)
    frames = [load_table(name, folder) for name in names if name in present]
    if not frames:
        raise DataError(f"{folder}: none of {', '.join(names)} is there; legal: the panel in place")
    annual = [
        frame[frame["period"] == "annual"] if "period" in frame else frame for frame in frames
    ]
    return pd.concat([frame[OBSERVATION_COLUMNS] for frame in annual], ignore_index=True)


def observation_tables(data: Path | None = None) -> list[str]:
    """Names of the tables of observations that are there, a user's own ones too."""
    folder = data or data_folder()
    held = [one for one in present_files(folder) if one.get("schema") in OBSERVED]
    return [one["name"] for one in held if not one["path"].startswith("check/")]


def tables_with(indicator: str) -> list[str]:
    """Tables of observations that have figures of an indicator, a user's own ones too."""
    folder = data_folder()
    paths = {name: resource_path(folder, name) for name in observation_tables(folder)}
    return [name for name, path in paths.items() if indicator in _indicators(path, stamp([path]))]


@lru_cache(maxsize=64)
def _indicators(path: Path, _stamp: Stamp) -> frozenset[str]:
    return frozenset(pd.read_csv(path, usecols=["indicator"], dtype=str)["indicator"])


def as_of(frame: pd.DataFrame, origin: int) -> pd.DataFrame:
    """What was known at the end of March of the year after ``origin``.

    The one place where the cut is made: a row whose ``known_at`` is later is not there.

    >>> frame = pd.DataFrame({"known_at": ["2020-04", "2021-03", "2021-04"], "value": [1, 2, 3]})
    >>> as_of(frame, 2020)["value"].tolist()
    [1, 2]
    """
    return frame[frame["known_at"] <= f"{origin + 1}-03"]


def without_suspects(rows: pd.DataFrame) -> pd.DataFrame:
    """Observations less those of cells that the table of suspect cells names."""
    if not has_tables(SUSPECTS):
        return rows
    flagged = load_table(SUSPECTS).set_index([*SERIES, "year"]).index
    return rows[~rows.set_index([*SERIES, "year"]).index.isin(flagged)]


def corrections_of(data: Path | None = None) -> dict[str, int]:
    """How many corrections each table has that has any; a `DataError` if one or a break fails."""
    folder = data or data_folder()
    counts = load_corrections(folder).groupby("table", sort=False).size()
    for name in [*counts.index, *({BREAKS} & {*present_resources(folder)})]:
        load_table(name, folder)
    return {str(name): int(count) for name, count in counts.items()}


def load_corrections(data: Path) -> pd.DataFrame:
    """Corrections that are to be applied (`CORRECTION_COLUMNS`); none without the panel folder.

    The index is the row in the file, the header being row 1. Raises `DataError` if one is of no
    table of observations, or its ``value`` does not go with its ``action``.
    """
    if CORRECTIONS not in present_resources(data):
        return pd.DataFrame(columns=CORRECTION_COLUMNS)
    corrections = _by_row(load_table(CORRECTIONS, data), CORRECTIONS, data)
    for place, row in corrections.iterrows():
        replaces = row["action"] == "replace"
        if replaces == pd.isna(row["value"]):
            raise DataError(
                f"{_place(corrections, place)}, column value: {row['value']} does not go with "
                f"action {row['action']}; legal: {'a number' if replaces else 'nothing'}"
            )
    return corrections.loc[corrections["status"] == "applied", CORRECTION_COLUMNS]


def apply_corrections(frame: pd.DataFrame, table: str, corrections: pd.DataFrame) -> pd.DataFrame:
    """A copy of ``table`` as its file has it, with its corrections (`load_corrections`).

    Raises `DataError` where the row of one is not there once with the expected figure.
    """
    corrected, dropped = frame.copy(), []
    mine = corrections[corrections["table"] == table]
    cells = frame.groupby(KEY).indices if len(mine) else {}
    for place, row in mine.iterrows():
        at = frame.index[cells.pop(tuple(row[KEY]), [])]
        values = frame.loc[at, "value"].tolist()
        if values != [row["expected"]]:
            key = ", ".join(str(part) for part in row[KEY])
            found = " and ".join(f"{value:.12g}" for value in values) or "no such row"
            raise DataError(
                f"{_place(corrections, place)}: {table} ({key}): expected {row['expected']:.12g}, "
                f"found {found}; legal: the expected figure in one row, or the correction taken "
                "out or made `noted`"
            )
        if row["action"] == "drop":
            dropped += [*at]
        else:
            corrected.loc[at, "value"] = row["value"]
    return corrected if mine.empty else corrected.drop(index=dropped).reset_index(drop=True)


def _check_breaks(breaks: pd.DataFrame, folder: Path) -> None:
    """Refuse a break that is of no series of its table."""
    for table, rows in _by_row(breaks, BREAKS, folder).groupby("table", sort=False):
        series = load_table(str(table), folder).set_index(SERIES).index
        for place, row in rows[~rows.set_index(SERIES).index.isin(series)].iterrows():
            told = f"{', '.join(SERIES)}: {', '.join(row[SERIES])} is no series of {table}"
            raise DataError(f"{_place(rows, place)}, column {told}; legal: one that it has")


def _by_row(rows: pd.DataFrame, name: str, folder: Path) -> pd.DataFrame:
    """Rows that are each of a table of observations, by their place in the file of ``name``."""
    file, legal = str(resource_path(folder, name)), observation_tables(folder)
    rows = rows.set_axis(pd.RangeIndex(2, len(rows) + 2, name=file))
    for place, table in rows["table"].items():
        if table not in legal:
            told = f"{table!r} is no table of observations; legal: {', '.join(legal)}"
            raise DataError(f"{_place(rows, place)}, column table: {told}")
    return rows


def _place(corrections: pd.DataFrame, row: object) -> str:
    return f"{corrections.index.name or 'data/panel/corrections.csv'}, row {row}"
