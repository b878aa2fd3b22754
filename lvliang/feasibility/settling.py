"""The figure a target is settled on: preliminary, not the series that is revised later.

The engine draws growth of the revised series. The preliminary figure differs from it by a gap
that is a term of its own: past gaps of the city in consecutive years, less their mean, because
which way the next one goes is not known.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

from lvliang.baseline.history import series
from lvliang.baseline.package import data_folder, present_resources
from lvliang.baseline.tables import as_of, load_observations
from lvliang.feasibility.fields import Part

GROWTH_TABLES = ("gdp_revised", "shanxi_real_growth")
MINIMUM_GAPS = 8


@dataclass(frozen=True)
class VintageGap(Part):
    """Span and size of the gaps, and the probability of the target without them.

    ``spread`` is their standard deviation, ``largest`` the largest in size (points).
    """

    first_year: int
    last_year: int
    years: int
    mean: float
    spread: float
    largest: float
    probability_without: float


def vintage_gaps(region_code: str, origin: int, data: Path | None = None) -> pd.Series:
    """Real growth as first published less as revised, by year (percentage points).

    Empty where fewer than ``MINIMUM_GAPS`` years known at ``origin`` have both vintages.

    Examples
    --------
    >>> gaps = vintage_gaps("141100", 2020)
    >>> round(float(gaps[2010]), 1)
    3.6
    >>> vintage_gaps("110000", 2020).empty
    True
    """
    if not set(GROWTH_TABLES) <= set(present_resources(data or data_folder())):
        return pd.Series(dtype=float)
    known = as_of(load_observations(GROWTH_TABLES, data), origin)
    own = known[known["region_code"] == region_code]
    first = series(own, "gdp_real_growth", ["first_published"])
    revised = series(own, "gdp_real_growth", ["revised"])
    if region_code not in first or region_code not in revised:
        return pd.Series(dtype=float)
    gaps = (first[region_code] - revised[region_code]).dropna()
    return gaps if len(gaps) >= MINIMUM_GAPS else pd.Series(dtype=float)


def settled(growth: xr.DataArray, gaps: pd.Series | None) -> xr.DataArray:
    """Drawn growth (draw, year) of the revised series as the preliminary figures would be.

    Draw ``i`` takes the gaps of consecutive years from place ``i`` modulo their number on, in a
    circle, so that every year of the past counts alike.

    Examples
    --------
    >>> growth = xr.DataArray(np.zeros((2, 2)), dims=("draw", "year"))
    >>> settled(growth, pd.Series([1.0, -1.0])).to_numpy().tolist()
    [[1.0, -1.0], [-1.0, 1.0]]
    """
    if gaps is None or gaps.empty:
        return growth
    centred = gaps.to_numpy(float) - gaps.mean()
    starts = np.arange(growth.sizes["draw"])[:, None]
    places = (starts + np.arange(growth.sizes["year"])) % len(centred)
    return growth + xr.DataArray(centred[places], dims=("draw", "year"))


def describe_gaps(gaps: pd.Series, probability_without: float) -> VintageGap:
    """The gaps behind a verdict."""
    return VintageGap(
        first_year=int(gaps.index.min()),
        last_year=int(gaps.index.max()),
        years=len(gaps),
        mean=float(gaps.mean()),
        spread=float(gaps.std()),
        largest=float(gaps.abs().max()),
        probability_without=probability_without,
    )
