"""Corrections of figures, as rows of data: applied at load, never written into a table."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from lvliang.baseline.contract import read_table
from lvliang.baseline.package import present_resources, resource_path, table_schema
from lvliang.errors import DataError

TABLE = "corrections"
KEY = ["region_code", "indicator", "year", "vintage", "source_id"]
COLUMNS = ["table", *KEY, "action", "expected", "value"]


def load_corrections(data: Path) -> pd.DataFrame:
    """Corrections that are to be applied; none without the panel folder.

    Returns
    -------
    pandas.DataFrame
        ``table``, the row key, ``action`` (drop or replace), ``expected`` and ``value``;
        the index is the row in the file, the header being row 1.

    Raises
    ------
    DataError
        If the table breaks its contract, a correction is of no table of observations, or its
        ``value`` does not go with its ``action``.
    """
    present = present_resources(data)
    if TABLE not in present:
        return pd.DataFrame(columns=COLUMNS)
    corrections = read_table(data, TABLE)
    corrections.index += 2
    corrections.index.name = str(resource_path(data, TABLE))
    legal = [name for name in present if {*KEY, "value"} <= _columns(data, name)]
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
    return corrections.loc[corrections["status"] == "applied", COLUMNS]


def apply_corrections(frame: pd.DataFrame, table: str, corrections: pd.DataFrame) -> pd.DataFrame:
    """A copy of the table with its corrections; a second application is refused.

    Parameters
    ----------
    frame
        Rows of the table ``table`` as its file has them.
    table
        Name of the table in ``datapackage.json``.
    corrections
        What :func:`load_corrections` returns.

    Raises
    ------
    DataError
        If the row of a correction is not there once, or its figure is not the expected one.

    Examples
    --------
    >>> key = {"region_code": "410800", "indicator": "gdp_real_growth", "year": 2020,
    ...        "vintage": "revised", "source_id": "S5"}
    >>> frame = pd.DataFrame([{**key, "year": 2019, "value": 5.0}, {**key, "value": -21.01}])
    >>> drop = {"table": "gdp_revised", **key, "action": "drop", "expected": -21.01}
    >>> corrections = pd.DataFrame([drop], index=[2])
    >>> apply_corrections(frame, "gdp_revised", corrections)["value"].tolist()
    [5.0]
    """
    corrected = frame.copy()
    mine = corrections[corrections["table"] == table]
    for place, row in mine.iterrows():
        found = corrected.index[(corrected[KEY] == row[KEY]).all(axis=1)]
        values = corrected.loc[found, "value"].tolist()
        if values != [row["expected"]]:
            raise DataError(_refusal(_place(corrections, place), row, values))
        if row["action"] == "drop":
            corrected = corrected.drop(index=found)
        else:
            corrected.loc[found, "value"] = row["value"]
    return corrected if mine.empty else corrected.reset_index(drop=True)


def _columns(data: Path, name: str) -> set[str]:
    return {field["name"] for field in table_schema(data, name)["fields"]}


def _place(corrections: pd.DataFrame, row: object) -> str:
    return f"{corrections.index.name or 'data/panel/corrections.csv'}, row {row}"


def _refusal(place: str, row: pd.Series, values: list[float]) -> str:
    key = ", ".join(str(part) for part in row[KEY])
    found = " and ".join(f"{value:.12g}" for value in values) or "no such row"
    return (
        f"{place}: {row['table']} ({key}): expected {row['expected']:.12g}, found {found}; "
        "legal: the expected figure in one row, or the correction taken out or made `noted`"
    )
