"""Ranks in the province, counted on joint draws, over several treatments of prices.

A rank at current prices depends on what prices do, city by city. The treatments: each city's own
drawn prices; half of what sets them apart from the province's mean; the same prices for all, so
that real growth alone decides.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr
from scipy.stats import rankdata

from lvliang.baseline.growth import to_log
from lvliang.baseline.history import start_levels
from lvliang.projection.outlook import Outlook

TREATMENTS = {"own_prices": 1.0, "half": 0.5, "same_prices": 0.0}  # share of own prices kept


def levels_by_treatment(outlook: Outlook) -> dict[str, xr.DataArray]:
    """Nominal GDP (draw, region, year) as drawn, by treatment of prices.

    ``log level = start + real growth + share * (own - common)``, sums over the years: ``own`` the
    price change of a city, ``common`` the mean of all. Prices that all share move no rank and are
    left out, so where prices are not drawn the last treatment still stands.
    """
    start = np.log(start_levels(outlook.history, outlook.base_year))
    regions = outlook.paths["region"].to_numpy()
    first = xr.DataArray(start.reindex(regions), dims="region", coords={"region": regions})
    growth = to_log(outlook.paths.sel(indicator=["gdp_real_growth", "gdp_deflator_growth"]))
    real, prices = growth.cumsum("year", skipna=False).transpose("indicator", ...)
    apart = (prices - prices.mean("region", skipna=False)).drop_vars("indicator")
    real = real.drop_vars("indicator")
    return {
        name: np.exp(first + real + share * apart if share else first + real)
        for name, share in TREATMENTS.items()
    }


def rank_shares(levels: xr.DataArray) -> pd.DataFrame:
    """Share of draws in which each city has each rank, 1 the largest.

    Parameters
    ----------
    levels : xarray.DataArray
        ``(draw, region)`` of one year.

    Returns
    -------
    pandas.DataFrame
        Index region, columns 1 to the number of cities; empty where a city is missing, and
        where there is but one.

    Examples
    --------
    >>> levels = xr.DataArray(
    ...     [[3.0, 2.0], [1.0, 2.0], [5.0, 4.0], [2.0, 1.0]],
    ...     dims=("draw", "region"), coords={"region": ["a", "b"]})
    >>> rank_shares(levels).loc["a"].tolist()
    [0.75, 0.25]
    """
    values = levels.transpose("draw", "region").to_numpy()
    places = range(1, values.shape[1] + 1)
    if np.isnan(values).any() or len(places) == 1:
        return pd.DataFrame(columns=places, dtype=float)
    ranks = rankdata(-values, method="min", axis=1)
    shares = {place: (ranks == place).mean(axis=0) for place in places}
    return pd.DataFrame(shares, index=levels["region"].to_numpy())


def rivals(levels: xr.DataArray, region_code: str, start: pd.Series) -> pd.DataFrame:
    """How far other cities stand from the city, and how often each lies above it.

    Parameters
    ----------
    levels : xarray.DataArray
        ``(draw, region)`` of one year.
    start : pandas.Series
        Levels of the base year by region, in the unit of ``levels``.

    Returns
    -------
    pandas.DataFrame
        Index region, the largest at the start first: ``gap`` (% above the city at the start),
        ``difference`` (the same in the unit of ``start``) and ``above`` (share of draws above);
        empty where a city is missing.
    """
    if levels.isnull().any():
        return pd.DataFrame(columns=["gap", "difference", "above"], dtype=float)
    others = start.drop(region_code).sort_values(ascending=False).index
    above = (levels > levels.sel(region=region_code)).mean("draw").to_series()
    difference = start - start[region_code]
    gap = 100 * difference / start[region_code]
    return pd.DataFrame({"gap": gap, "difference": difference, "above": above}).loc[others]


def shares_by_year(levels: xr.DataArray, region_code: str) -> pd.DataFrame:
    """Share of draws in which the city has each rank: index year, a column a rank.

    Empty where a city is missing.
    """
    tables = {int(year): rank_shares(levels.sel(year=year)) for year in levels["year"].to_numpy()}
    if any(table.empty for table in tables.values()):
        return pd.DataFrame()
    return pd.DataFrame({year: table.loc[region_code] for year, table in tables.items()}).T


def kept_shares(by_treatment: dict[str, pd.DataFrame], rank: float) -> pd.DataFrame:
    """Share of draws at ``rank`` or better: index year, a column a treatment of prices.

    Empty where the rank is missing, or a city in ``by_treatment`` (of ``shares_by_year``).
    """
    if pd.isna(rank) or any(table.empty for table in by_treatment.values()):
        return pd.DataFrame()
    kept = {name: table.loc[:, :rank].sum(axis=1) for name, table in by_treatment.items()}
    return pd.DataFrame(kept)
