"""Ranks in the province, counted on joint draws, over several treatments of prices.

A rank at current prices depends on what prices do, city by city: each city's own as drawn; half of
what sets them apart from the province's mean; the same for all, so that real growth decides.
"""

from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from scipy.stats import rankdata

from lvliang.baseline.growth import to_log
from lvliang.baseline.history import start_levels
from lvliang.feasibility.bands import likelihood
from lvliang.feasibility.verdicts import rank_paths
from lvliang.projection.outlook import Outlook

TREATMENTS = {"own_prices": 1.0, "half": 0.5, "same_prices": 0.0}  # share of own prices kept
EVEN = likelihood(0.5)


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
    """Share of draws at each rank, region by rank, of levels (draw, region) if none is missing."""
    values = levels.transpose("draw", "region").to_numpy()
    places = range(1, values.shape[1] + 1)
    if np.isnan(values).any() or len(places) == 1:
        return pd.DataFrame(columns=places, dtype=float)
    ranks = rankdata(-values, method="min", axis=1)
    shares = {place: (ranks == place).mean(axis=0) for place in places}
    return pd.DataFrame(shares, index=levels["region"].to_numpy())


def rivals(levels: xr.DataArray, region_code: str, start: pd.Series) -> pd.DataFrame:
    """How far other cities stand from the city, and how often each lies above it.

    ``levels`` are ``(draw, region)`` of one year, ``start`` those of the base year. Index region,
    the largest at the start first: ``gap`` (% above the city at the start), ``difference`` (the
    same in its unit) and ``above`` (share of draws above); empty where a city is missing.
    """
    if levels.isnull().any():
        return pd.DataFrame(columns=["gap", "difference", "above"], dtype=float)
    others = start.drop(region_code).sort_values(ascending=False).index
    above = (levels > levels.sel(region=region_code)).mean("draw").to_series()
    difference = start - start[region_code]
    gap = 100 * difference / start[region_code]
    return pd.DataFrame({"gap": gap, "difference": difference, "above": above}).loc[others]


def shares_by_year(levels: xr.DataArray, region_code: str) -> pd.DataFrame:
    """Share of draws in which the city has each rank: year by rank; empty if a city is missing."""
    tables = {int(year): rank_shares(levels.sel(year=year)) for year in levels["year"].to_numpy()}
    if any(table.empty for table in tables.values()):
        return pd.DataFrame()
    return pd.DataFrame({year: table.loc[region_code] for year, table in tables.items()}).T


def kept_shares(by_treatment: dict[str, pd.DataFrame], rank: float) -> pd.DataFrame:
    """Share of draws at ``rank`` or better, year by treatment of prices; empty if unknown."""
    if pd.isna(rank) or any(table.empty for table in by_treatment.values()):
        return pd.DataFrame()
    kept = {name: table.loc[:, :rank].sum(axis=1) for name, table in by_treatment.items()}
    return pd.DataFrame(kept)


def rank_facts(outlook: Outlook, rank: float) -> dict[str, Any]:
    """Whether ``rank`` of the base year (of GDP) is kept, who stands next, and whom it may pass.

    ``cities`` (of the province); ``shares`` (of draws: year by rank, own prices) and `or_better`;
    `rank_bars` of the end year; ``kept`` (`kept_shares`), ``at_end`` (of the end year), its
    ``lowest`` and ``highest``; `rivals`, `near_facts`, `overtaking_facts`.
    """
    treated = levels_by_treatment(outlook)
    shares = {name: shares_by_year(levels, outlook.region.code) for name, levels in treated.items()}
    kept = kept_shares(shares, rank)
    others = _rivals(outlook, treated["own_prices"])
    drawn = rank_paths(outlook, "gdp_nominal", outlook.end_year)
    cities = outlook.paths.sizes["region"]
    at_end = kept.loc[outlook.end_year].to_dict() if len(kept) else {}
    return {
        "rank": rank,
        "cities": cities,
        "shares": shares["own_prices"],
        "or_better": or_better(shares["own_prices"]),
        **rank_bars(drawn, cities, rank),
        "kept": kept.rename_axis("year").reset_index(),
        "at_end": at_end,
        "lowest": min(at_end.values(), default=None),
        "highest": max(at_end.values(), default=None),
        "rivals": others.rename_axis("city").reset_index(),
        "near": near_facts(others),
        **overtaking_facts(others),
    }


def rank_bars(ranks: np.ndarray, cities: int, rank: float | None) -> dict[str, Any]:
    """Of the rank on each draw: ``bars`` (``rank, share, or_better``), the most ``frequent`` rank
    and the ``chance`` of ``rank`` or better.
    """
    places = range(1, cities + 1) if len(ranks) and rank is not None else range(0)
    share = pd.Series({place: float((ranks == place).mean()) for place in places}, dtype=float)
    return {
        "bars": pd.DataFrame({"rank": places, "share": share, "or_better": share.cumsum()}),
        "frequent": share.idxmax() if len(share) else None,
        "chance": share.loc[:rank].sum(),
    }


def _rivals(outlook: Outlook, levels: xr.DataArray) -> pd.DataFrame:
    """`rivals` in the end year, of levels by draw, region and year."""
    start = start_levels(outlook.history, outlook.base_year)
    return rivals(levels.sel(year=outlook.end_year), outlook.region.code, start)


def next_in_rank(outlook: Outlook) -> dict[str, dict[str, Any]] | None:
    """`near_facts` of a city, without the rest of `rank_facts`."""
    return near_facts(_rivals(outlook, levels_by_treatment(outlook)["own_prices"]))


def near_facts(others: pd.DataFrame) -> dict[str, dict[str, Any]] | None:
    """The next ``ahead`` and the next ``behind`` at the start; None where one of them is not.

    Each has ``city`` (code), ``gap`` (%) and ``difference`` (亿元) to the city spoken of.
    """
    gaps = others["gap"]
    ahead, behind = gaps[gaps > 0], gaps[gaps <= 0]
    if ahead.empty or behind.empty:
        return None
    codes = {"ahead": ahead.idxmin(), "behind": behind.idxmax()}
    return {side: {"city": code, **others.loc[code]} for side, code in codes.items()}


def overtaking_facts(others: pd.DataFrame) -> dict[str, list[str]]:
    """Codes of whom the city likely ``passes``, is ``passed_by``, or may (``even``)."""
    even = others["above"].map(likelihood) == EVEN
    above = others["above"] >= 0.5
    sets = {
        "passes": (others["gap"] > 0) & ~above & ~even,
        "passed_by": (others["gap"] <= 0) & above & ~even,
        "even": even,
    }
    return {name: list(others.index[which]) for name, which in sets.items()}


def revenue_facts(outlook: Outlook, ranks: pd.DataFrame) -> dict[str, Any]:
    """The last known rank of budget revenue, and whether it is kept.

    ``revenue_or_better`` (`or_better`) and ``revenue``: ``rank``, its ``year``, ``kept`` (share of
    draws at the end at it or better), ``last_year`` of most cities' series and the cities that have
    a ``later`` one; None where there is nothing to judge.
    """
    drawn = outlook.paths.sel(indicator="budget_revenue", drop=True)
    shares = shares_by_year(drawn, outlook.region.code)
    evidence = outlook.evidence.reset_index()
    ends = evidence.loc[evidence["series"] == "budget_revenue"].set_index("region")["last_year"]
    known = ranks["report_revenue_rank"].combine_first(ranks["revenue_rank"]).dropna()
    if ends.empty or shares.empty or known.empty:
        return {"revenue_or_better": or_better(shares), "revenue": None}
    rank, last = int(known.iloc[-1]), int(ends.mode().iloc[0])
    revenue = {
        "rank": rank,
        "year": int(known.index[-1]),
        "kept": shares.loc[outlook.end_year, :rank].sum(),
        "last_year": last,
        "later": list(ends.index[ends > last]),
    }
    return {"revenue_or_better": or_better(shares), "revenue": revenue}


def or_better(shares: pd.DataFrame) -> pd.DataFrame:
    """Shares of draws (year by rank) added up: ``rank``, and a column a year; empty for none."""
    table = shares.cumsum(axis=1).T.rename(columns=str)
    return table.rename_axis("rank").reset_index() if len(table) else table


def air_facts(history: pd.DataFrame, region_code: str) -> list[tuple[int, int]]:
    """Year and rank of the air-quality index in the province, as far as they are known."""
    own = history["region_code"] == region_code
    rows = history.loc[(history["indicator"] == "air_index_rank") & own, ["year", "value"]]
    return list(rows.astype(int).itertuples(index=False, name=None))
