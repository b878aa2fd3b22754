"""Growth arithmetic. Rates are in percent, spans in years.

年均增长 is the geometric mean over the years after the base year; of GDP, of its volume index.
"""

from typing import Any, TypeVar, cast

import numpy as np
import pandas as pd
import xarray as xr

from lvliang.errors import DataError

Number = TypeVar("Number", float, np.ndarray[Any, Any], pd.Series, xr.DataArray)


def average_growth(first: Number, last: Number, years: int) -> Number:
    """``100 * ((last / first) ** (1 / years) - 1)``, average annual growth between two levels.

    Raises `DataError` if the span is not at least one year, or a level is not positive.
    """
    if years < 1:
        raise DataError(f"average growth over {years} years; legal: a span of at least one year")
    if np.any(np.asarray(first) <= 0) or np.any(np.asarray(last) <= 0):
        raise DataError(f"average growth from {first} to {last}; legal: positive levels")
    return 100 * ((last / first) ** (1 / years) - 1)


def level_after(level: Number, rate: Number, years: int) -> Number:
    """Level after ``years`` of growth at ``rate`` percent a year."""
    return level * (1 + rate / 100) ** years


def mean_of_rates(rates: pd.Series) -> float:
    """``100 * (prod(1 + g / 100) ** (1 / n) - 1)``, geometric mean of annual growth rates."""
    return float(average_growth(1.0, float((1 + rates / 100).prod()), len(rates)))


def implied_deflator_growth(nominal: Number, real: Number) -> Number:
    """Price change in percent that reconciles nominal with real growth of the same source."""
    return 100 * ((1 + nominal / 100) / (1 + real / 100) - 1)


def to_log(rate: Number) -> Number:
    """Growth in percent as log growth."""
    return cast("Number", np.log1p(rate / 100))


def from_log(growth: Number) -> Number:
    """Log growth as growth in percent."""
    return cast("Number", 100 * np.expm1(growth))
