"""The facts of the page of ranks: numbers, codes and frames, told by its text."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from lvliang.baseline.history import start_levels
from lvliang.feasibility.bands import likelihood
from lvliang.feasibility.ranks import (
    TREATMENTS,
    kept_shares,
    levels_by_treatment,
    rivals,
    shares_by_year,
)
from lvliang.feasibility.verdicts import rank_paths
from lvliang.projection.outlook import Outlook

EVEN = likelihood(0.5)


def rank_facts(outlook: Outlook, rank: float) -> dict[str, Any]:
    """Whether the rank of GDP is kept, who stands next, and whom the city may pass.

    Parameters
    ----------
    rank : float
        Of the base year; missing where there is none.

    Returns
    -------
    dict
        ``rank``; ``cities`` (of the province); ``shares`` (of draws: year by rank, own prices)
        and `or_better` of them; ``bars`` (of the end year: ``rank, share, or_better``), the most
        ``frequent`` rank and the ``chance`` of ``rank`` or better; ``kept`` (year by treatment:
        at the rank or better), ``at_end`` (of the end year), its ``lowest`` and ``highest``;
        ``rivals`` (`ranks.rivals`), ``near``, ``passes``, ``passed_by``, ``even`` (codes). Frames
        are empty where a city is missing.
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
    """``bars``, ``frequent`` and ``chance`` of `rank_facts`, of the rank on each draw."""
    places = range(1, cities + 1) if len(ranks) and rank is not None else range(0)
    share = pd.Series({place: float((ranks == place).mean()) for place in places}, dtype=float)
    return {
        "bars": pd.DataFrame({"rank": places, "share": share, "or_better": share.cumsum()}),
        "frequent": share.idxmax() if len(share) else None,
        "chance": share.loc[:rank].sum(),
    }


def _rivals(outlook: Outlook, levels: xr.DataArray) -> pd.DataFrame:
    """`ranks.rivals` in the end year, of levels by draw, region and year."""
    start = start_levels(outlook.history, outlook.base_year)
    return rivals(levels.sel(year=outlook.end_year), outlook.region.code, start)


def next_in_rank(outlook: Outlook) -> dict[str, dict[str, Any]] | None:
    """`near_facts` of a city, without the rest of `rank_facts`."""
    return near_facts(_rivals(outlook, levels_by_treatment(outlook)["own_prices"]))


def near_facts(others: pd.DataFrame) -> dict[str, dict[str, Any]] | None:
    """The next ``ahead`` and the next ``behind`` at the start; None where one of them is not.

    Each has ``city`` (code), ``gap`` (%) and ``difference`` (亿元) to the city spoken of.
    """
    ahead, behind = others[others["gap"] > 0], others[others["gap"] <= 0]
    if ahead.empty or behind.empty:
        return None
    codes = {"ahead": ahead["gap"].idxmin(), "behind": behind["gap"].idxmax()}
    return {side: {"city": code, **others.loc[code]} for side, code in codes.items()}


def overtaking_facts(others: pd.DataFrame) -> dict[str, list[str]]:
    """Codes of whom the city likely ``passes``, is ``passed_by``, or may (``even``)."""
    even = others["above"].map(likelihood) == EVEN
    ahead, behind = others["gap"] > 0, others["gap"] <= 0
    likely_above = others["above"] >= 0.5
    sets = {
        "passes": ahead & ~likely_above & ~even,
        "passed_by": behind & likely_above & ~even,
        "even": even,
    }
    return {name: list(others.index[which]) for name, which in sets.items()}


def revenue_facts(outlook: Outlook, ranks: pd.DataFrame) -> dict[str, Any]:
    """The last known rank of budget revenue, and whether it is kept.

    Returns
    -------
    dict
        ``revenue_or_better`` (`or_better`; empty where a city is not drawn) and ``revenue``:
        ``rank``, its ``year``, ``kept`` (share of draws at the end at it or better),
        ``last_year`` of most cities' series and the cities that have a ``later`` one; None where
        there is nothing to judge.
    """
    drawn = outlook.paths.sel(indicator="budget_revenue", drop=True)
    shares = shares_by_year(drawn, outlook.region.code)
    evidence = outlook.evidence
    ends = evidence[evidence.index.get_level_values("series") == "budget_revenue"]
    known = ranks["report_revenue_rank"].combine_first(ranks["revenue_rank"]).dropna()
    if ends.empty or shares.empty or known.empty:
        return {"revenue_or_better": or_better(shares), "revenue": None}
    rank, last = int(known.iloc[-1]), int(ends["last_year"].mode().iloc[0])
    revenue = {
        "rank": rank,
        "year": int(known.index[-1]),
        "kept": shares.loc[outlook.end_year, :rank].sum(),
        "last_year": last,
        "later": list(ends[ends["last_year"] > last].index.get_level_values("region")),
    }
    return {"revenue_or_better": or_better(shares), "revenue": revenue}


def or_better(shares: pd.DataFrame) -> pd.DataFrame:
    """Shares of draws (year by rank) added up: ``rank``, and a column a year; empty for none."""
    table = shares.cumsum(axis=1).T.rename(columns=str)
    return table.rename_axis("rank").reset_index() if len(table) else table


def air_facts(history: pd.DataFrame, region_code: str) -> list[tuple[int, int]]:
    """Year and rank of the air-quality index in the province, as far as they are known."""
    own = history["region_code"] == region_code
    rows = history[(history["indicator"] == "air_index_rank") & own]
    return [(int(year), int(rank)) for year, rank in zip(rows["year"], rows["value"], strict=True)]


def record_facts(scores: pd.DataFrame) -> dict[str, Any]:
    """How the treatments of prices scored, of ``rank_record.load_rank_record``.

    Returns
    -------
    dict
        Empty without scores. ``vintage`` (of the outcomes that are told), ``all_first``,
        ``all_last`` and ``pairs`` (horizon, scores of the same prices and of the transitions)
        over all origins; where own prices were drawn, over those origins: ``first, last,
        horizons, wins, longest, engine, rival`` (at the longest horizon), ``best`` treatment,
        ``windows`` (horizon and how many do not overlap) and ``tables`` (vintage and scores).
    """
    if scores.empty:
        return {}
    vintage = scores["vintage"].iloc[0]
    told = scores[scores["vintage"] == vintage]
    facts: dict[str, Any] = {
        "vintage": vintage,
        "all_first": told["origin"].min(),
        "all_last": told["origin"].max(),
        "pairs": [
            (horizon, row["same_prices"], row["transitions"])
            for horizon, row in _means(told).iterrows()
        ],
        "best": None,
        "tables": [],
    }
    is_own = scores["method"] == "own_prices"
    priced = scores.merge(scores.loc[is_own, ["horizon", "origin"]].drop_duplicates())
    own = priced[priced["vintage"] == vintage]
    if own.empty:
        return facts
    means = _means(own)
    shown = means.round(3)  # what the tables print: a tie there is no win
    longest = shown.index.max()
    spans = own.groupby("horizon")["origin"].agg(lambda origins: origins.max() - origins.min())
    return facts | {
        "first": own["origin"].min(),
        "last": own["origin"].max(),
        "horizons": len(means),
        "wins": int((shown["own_prices"] < shown["transitions"]).sum()),
        "longest": longest,
        "engine": shown.loc[longest, "own_prices"],
        "rival": shown.loc[longest, "transitions"],
        "best": means[list(TREATMENTS)].mean().idxmin(),
        "windows": [(horizon, 1 + span // horizon) for horizon, span in spans.items()],
        "tables": [(name, _scores(rows)) for name, rows in priced.groupby("vintage", sort=False)],
    }


def _means(scores: pd.DataFrame) -> pd.DataFrame:
    return scores.pivot_table(index="horizon", columns="method", values="rps")


def _scores(rows: pd.DataFrame) -> pd.DataFrame:
    """Mean scores, a row a horizon and a column a method, with the number of ``origins``."""
    means = rows.pivot_table(index="horizon", columns="method", values="rps", sort=False)
    counts = rows.groupby("horizon")["origin"].nunique()
    return means.assign(origins=counts).reset_index()
