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
CORRECTION_COLUMNS = ["table", *KEY, "action", "expected", "value"]


def load_table(name: str, data: Path | None = None) -> pd.DataFrame:
    """Load one table as declared in ``datapackage.json``, corrected; once a process while it stays.

    The columns of its Table Schema; codes and words as text, empty words as "", numbers as numbers,
    empty numbers as missing. Rows that a correction drops are not there. Raises `DataError` if the
    table breaks its contract, or a correction of it no longer fits.
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


def as_of(frame: pd.DataFrame, origin: int) -> pd.DataFrame:
    """What was known at the end of March of the year after ``origin``.

    The one place where the cut is made: a row whose ``known_at`` is later is not there.

    >>> frame = pd.DataFrame({"known_at": ["2020-04", "2021-03", "2021-04"], "value": [1, 2, 3]})
    >>> as_of(frame, 2020)["value"].tolist()
    [1, 2]
    """
    return frame[frame["known_at"] <= f"{origin + 1}-03"]


def corrections_of(data: Path | None = None) -> dict[str, int]:
    """How many corrections each table has that has any; a `DataError` if one no longer fits."""
    folder = data or data_folder()
    counts = load_corrections(folder).groupby("table", sort=False).size()
    for name in counts.index:
        load_table(name, folder)
    return {str(name): int(count) for name, count in counts.items()}


def load_corrections(data: Path) -> pd.DataFrame:
    """Corrections that are to be applied (`CORRECTION_COLUMNS`); none without the panel folder.

    The index is the row in the file, the header being row 1. Raises `DataError` if one is of no
    table of observations, or its ``value`` does not go with its ``action``.
    """
    present = present_resources(data)
    if CORRECTIONS not in present:
        return pd.DataFrame(columns=CORRECTION_COLUMNS)
    corrections = load_table(CORRECTIONS, data)
    corrections.index += 2
    corrections.index.name = str(resource_path(data, CORRECTIONS))
    columns = {name: {f["name"] for f in table_schema(data, name)["fields"]} for name in present}
    legal = [name for name in present if {*KEY, "value"} <= columns[name]]
    for place, row in corrections.iterrows():
        at, replaces = _place(corrections, place), row["action"] == "replace"
        if row["table"] not in legal:
            raise DataError(
                f"{at}, column table: {row['table']!r} is no table of observations; "
                f"legal: {', '.join(legal)}"
            )
        if replaces == pd.isna(row["value"]):
            raise DataError(
                f"{at}, column value: {row['value']} does not go with action {row['action']}; "
                f"legal: {'a number' if replaces else 'nothing'}"
            )
    return corrections.loc[corrections["status"] == "applied", CORRECTION_COLUMNS]


def apply_corrections(frame: pd.DataFrame, table: str, corrections: pd.DataFrame) -> pd.DataFrame:
    """A copy of ``table`` as its file has it, with its corrections (`load_corrections`).

    Raises `DataError` where the row of one is not there once with the expected figure.
    """
    corrected = frame.copy()
    mine = corrections[corrections["table"] == table]
    for place, row in mine.iterrows():
        at = corrected.index[(corrected[KEY] == row[KEY]).all(axis=1)]
        values = corrected.loc[at, "value"].tolist()
        if values != [row["expected"]]:
            key = ", ".join(str(part) for part in row[KEY])
            found = " and ".join(f"{value:.12g}" for value in values) or "no such row"
            raise DataError(
                f"{_place(corrections, place)}: {table} ({key}): expected {row['expected']:.12g}, "
                f"found {found}; legal: the expected figure in one row, or the correction taken "
                "out or made `noted`"
            )
        if row["action"] == "drop":
            corrected = corrected.drop(index=at)
        else:
            corrected.loc[at, "value"] = row["value"]
    return corrected if mine.empty else corrected.reset_index(drop=True)


def _place(corrections: pd.DataFrame, row: object) -> str:
    return f"{corrections.index.name or 'data/panel/corrections.csv'}, row {row}"
