"""Draws of growth as rows of a table: every year, and every mean from the first year on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import xarray as xr

from lvliang.errors import ParameterError

QUANTILE_NAMES = {
    "q05": 0.05, "q10": 0.10, "q25": 0.25, "q50": 0.50, "q75": 0.75, "q90": 0.90, "q95": 0.95,
}  # fmt: skip


def summarise(paths: xr.DataArray, thresholds: Sequence[float] = ()) -> pd.DataFrame:
    """Mean, quantiles and chances of joint draws, of years and of means over years.

    Parameters
    ----------
    paths : xarray.DataArray
        ``(draw, region, year)``, % a year.
    thresholds : sequence of float
        For each, the share of draws at or above it.

    Returns
    -------
    pandas.DataFrame
        ``region, first_year, last_year, stat, value``. A row with one year is that year; one
        with more is the arithmetic mean of annual growth over those years, of the same draws.
        ``stat`` is ``mean``, ``q05`` … ``q95`` or ``p_ge_<threshold>``.
    """
    years = paths["year"].to_numpy()
    spans = [(year, year) for year in years] + [(years[0], year) for year in years[1:]]
    tables = []
    for first, last in spans:
        values = paths.sel(year=slice(first, last)).mean("year").to_numpy()
        table = pd.DataFrame(_statistics(values, thresholds), index=paths["region"].to_numpy())
        long = table.rename_axis("region").reset_index().melt("region", var_name="stat")
        tables.append(long.assign(first_year=first, last_year=last))
    rows = pd.concat(tables, ignore_index=True)
    ordered = rows.sort_values(["region", "first_year", "last_year"], kind="stable")
    return ordered[["region", "first_year", "last_year", "stat", "value"]].reset_index(drop=True)


def read_thresholds(text: str) -> list[float]:
    """Rates in percent with commas between.

    Examples
    --------
    >>> read_thresholds("5,6.5"), read_thresholds("")
    ([5.0, 6.5], [])

    Raises
    ------
    ParameterError
        If one is not a number.
    """
    try:
        return [float(word) for word in text.split(",") if word.strip()]
    except ValueError:
        raise ParameterError(
            f"thresholds: {text!r} is not legal; legal: numbers in percent, such as 5,6,7.5"
        ) from None


def _statistics(values: np.ndarray, thresholds: Sequence[float]) -> dict[str, np.ndarray]:
    """Statistics by region of values (draw, region)."""
    quantiles = np.quantile(values, list(QUANTILE_NAMES.values()), axis=0)
    statistics = {"mean": values.mean(axis=0, dtype=float)}
    statistics |= dict(zip(QUANTILE_NAMES, quantiles, strict=True))
    return statistics | {
        f"p_ge_{threshold:g}": (values >= threshold).mean(axis=0) for threshold in thresholds
    }
