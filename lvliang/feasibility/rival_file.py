"""The file of point forecasts of AutoETS and dynamic theta, written by ``make rivals``.

The two need an environment of their own, so the record reads what they forecast: a CSV of
``method, origin, region, horizon, value``, named after a fingerprint of the tables that city
growth comes from. Forecasts made from other tables are not found, and so never mixed in.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import numpy as np
import pandas as pd

from lvliang.baseline.package import data_folder, resource_path
from lvliang.errors import DataError
from lvliang.projection.panel import OBSERVATIONS, Panel

YEARS_NEEDED = {"AutoETS": 7, "dynamic theta": 4}  # fewer figures, and the model refuses
YEARS_AHEAD = 5
COLUMNS = ["method", "origin", "region", "horizon", "value"]
TABLES = (*OBSERVATIONS, "corrections")
HIGHEST = 100.0  # % a year


def rivals_folder() -> Path:
    """``LVLIANG_RIVALS`` if set, else ``outputs/rivals`` of this checkout."""
    chosen = os.environ.get("LVLIANG_RIVALS")
    return Path(chosen) if chosen else Path(__file__).resolve().parents[2] / "outputs" / "rivals"


def forecast_file(data: Path | None = None) -> Path:
    """Where forecasts made from the tables of ``data`` lie."""
    folder = data or data_folder()
    digest = hashlib.sha256()
    for name in TABLES:
        digest.update(name.encode())
        digest.update(resource_path(folder, name).read_bytes())
    return rivals_folder() / f"{digest.hexdigest()[:12]}.csv"


def read_forecasts(panel: Panel, data: Path | None = None) -> dict[str, pd.DataFrame]:
    """Point forecasts of each method at the origins before that of ``panel``.

    Returns
    -------
    dict of pandas.DataFrame
        By method: index (``origin``, ``horizon``: years ahead), columns region code, growth in
        % a year. Empty where ``make rivals`` has not been run on these tables.

    Raises
    ------
    DataError
        If a row is not legal, stands twice, or is missing.
    """
    path = forecast_file(data)
    if not path.is_file():
        return {}
    rows = _read(path)
    return {method: _table(path, rows, method, panel) for method in YEARS_NEEDED}


def forecasts_digest(data: Path | None = None) -> str:
    """SHA-256 of the file of forecasts, "" where there is none."""
    path = forecast_file(data)
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def origins_of(method: str, panel: Panel) -> range:
    """Origins of ``method``: from the first with figures enough to the last that has an outcome."""
    return range(int(panel.growth.index[0]) + YEARS_NEEDED[method] - 1, panel.origin)


def _read(path: Path) -> pd.DataFrame:
    try:
        rows = pd.read_csv(path, dtype=str, keep_default_na=False)
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError):
        raise DataError(f"{path}: not a CSV table; legal: {','.join(COLUMNS)}") from None
    if list(rows) != COLUMNS:
        raise DataError(f"{path}, row 1: {','.join(rows)}; legal: {','.join(COLUMNS)}")
    value = pd.to_numeric(rows["value"], errors="coerce")
    ahead = [str(year) for year in range(1, YEARS_AHEAD + 1)]
    legal = {
        "method": (rows["method"].isin(YEARS_NEEDED), " or ".join(YEARS_NEEDED)),
        "origin": (rows["origin"].str.fullmatch(r"\d{4}"), "a year"),
        "region": (rows["region"].str.fullmatch(r"\d{6}"), "a code of six digits"),
        "horizon": (rows["horizon"].isin(ahead), f"1 to {YEARS_AHEAD} years ahead"),
        "value": (value.abs() <= HIGHEST, f"growth in %, −{HIGHEST:g} to {HIGHEST:g}"),
    }
    for column, (good, words) in legal.items():
        if not good.all():
            _refuse(path, rows, int(np.argmin(good.to_numpy())), column, words)
    twice = rows.duplicated(COLUMNS[:-1])
    if twice.any():
        _refuse(path, rows, int(twice.to_numpy().argmax()), "method", "one row for each forecast")
    return rows.assign(
        origin=rows["origin"].astype(int), horizon=rows["horizon"].astype(int), value=value
    )


def _refuse(path: Path, rows: pd.DataFrame, place: int, column: str, legal: str) -> None:
    found = rows[column].iloc[place]
    raise DataError(f"{path}, row {place + 2}, column {column}: {found!r}; legal: {legal}")


def _table(path: Path, rows: pd.DataFrame, method: str, panel: Panel) -> pd.DataFrame:
    origins, ahead = origins_of(method, panel), range(1, YEARS_AHEAD + 1)
    own = rows[rows["method"] == method]
    table = own.pivot(index=["origin", "horizon"], columns="region", values="value").reindex(
        index=pd.MultiIndex.from_product([origins, ahead], names=["origin", "horizon"]),
        columns=panel.growth.columns,
    )
    missing = np.argwhere(table.isna().to_numpy())
    if len(missing):
        (origin, horizon), region = table.index[missing[0][0]], table.columns[missing[0][1]]
        raise DataError(
            f"{path}: no row for {method}, origin {origin}, region {region}, horizon {horizon}; "
            f"legal: every city, origins {origins[0]} to {origins[-1]}, 1 to {YEARS_AHEAD} years "
            "ahead, as make rivals writes them"
        )
    return table
