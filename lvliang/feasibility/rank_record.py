"""The track record of ranks: ranked probability score at every origin, beside two rivals.

``RPS = sum over k of (share at rank k or better - whether it was)^2 / (cities - 1)``, the mean
over the cities of the province; 0 is perfect (Epstein 1969).
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from lvliang.baseline.history import levels_of_province
from lvliang.baseline.starting_point import provincial_ranks
from lvliang.baseline.store import stored
from lvliang.baseline.tables import load_observations
from lvliang.feasibility.ranks import TREATMENTS, levels_by_treatment, rank_shares
from lvliang.projection.outlook import look_ahead
from lvliang.projection.panel import PANEL_MINIMUM_YEARS, has_panel, load_panel

HORIZONS = (1, 3, 5)
RECORD_DRAWS = 500
COLUMNS = {
    "method": "str", "vintage": "str", "horizon": "int64", "origin": "int64", "rps": "float64",
}  # fmt: skip
OUTCOMES = {"first_published": "gdp_first_published", "revised": "gdp_revised"}


def score_ranks(region: str, origins: Iterable[int], last_year: int, *, draws: int) -> pd.DataFrame:
    """Score ranks of nominal GDP in the province of ``region`` at each origin up to ``last_year``.

    ``method, vintage`` (of the outcome), ``horizon, origin, rps``. Methods: each treatment of
    prices, ``stays`` (the rank of the origin is kept for certain) and ``transitions`` (how often a
    rank became another over as many years, up to the origin). Without a city's draws an origin has
    no row, without drawn prices those of ``same_prices`` and of the rivals alone.
    """
    rows = []
    panel = load_panel(last_year)
    ranks = {
        vintage: provincial_ranks(
            levels_of_province(load_observations([table]), region, "gdp_nominal", vintage)
        )
        for vintage, table in OUTCOMES.items()
    }
    for origin in origins:
        known = ranks["first_published"].loc[:origin].dropna(how="all")
        if origin not in known.index:
            continue
        end = min(origin + max(HORIZONS), last_year)
        outlook = look_ahead(
            region, base_year=origin, end_year=end, draws=draws, seed=1, panel=panel
        )
        treated = levels_by_treatment(outlook)
        for horizon in HORIZONS:
            year = origin + horizon
            if year > last_year:
                continue
            drawn = {name: rank_shares(levels.sel(year=year)) for name, levels in treated.items()}
            forecasts = {name: shares for name, shares in drawn.items() if not shares.empty}
            if forecasts:
                forecasts |= _rivals(known, horizon)
            rows += [
                {"method": name, "vintage": vintage, "horizon": horizon, "origin": origin}
                | {"rps": rps(shares, outcome.loc[year])}
                for vintage, outcome in ranks.items()
                if outcome.loc[year].notna().all()
                for name, shares in forecasts.items()
            ]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)


@stored
def load_rank_record(region: str, base_year: int) -> pd.DataFrame:
    """The record known at ``base_year``; empty without the panel or an origin to score."""
    if not has_panel():
        return pd.DataFrame(columns=list(COLUMNS)).astype(COLUMNS)
    first = int(load_panel(base_year).growth.index[0]) + PANEL_MINIMUM_YEARS
    return score_ranks(region, range(first, base_year), base_year, draws=RECORD_DRAWS)


def rps(shares: pd.DataFrame, ranks: pd.Series) -> float:
    """Mean ranked probability score of shares (region by rank) against the ranks that came.

    >>> shares = pd.DataFrame([[1.0, 0.0], [0.5, 0.5]], index=["a", "b"], columns=[1, 2])
    >>> rps(shares, pd.Series({"a": 1, "b": 2}))
    0.125
    """
    forecast = shares.to_numpy().cumsum(axis=1)
    came = ranks[shares.index].to_numpy()[:, None] <= shares.columns.to_numpy()
    return float(((forecast - came) ** 2).sum(axis=1).mean() / (shares.shape[1] - 1))


def _rivals(known: pd.DataFrame, years: int) -> dict[str, pd.DataFrame]:
    """Shares from the last rank: as it stays; by past transitions and one more of staying."""
    places = known.astype(int) - 1
    stays = np.eye(known.shape[1])
    counts = stays.copy()
    for year in known.index.intersection(known.index + years):
        np.add.at(counts, (places.loc[year - years], places.loc[year]), 1)
    moved = counts / counts.sum(axis=1, keepdims=True)
    return {
        name: pd.DataFrame(shares[places.iloc[-1]], known.columns, range(1, len(stays) + 1))
        for name, shares in (("stays", stays), ("transitions", moved))
    }


def record_facts(scores: pd.DataFrame) -> dict[str, Any]:
    """How the treatments of prices scored, of `load_rank_record`.

    Empty without scores. ``vintage`` (of the outcomes that are told), ``all_first``, ``all_last``
    and ``pairs`` (horizon, scores of the same prices and of the transitions) over all origins;
    where own prices were drawn, over those origins: ``first, last, horizons, wins``, the
    ``longest`` and its scores ``engine, rival``, ``best`` treatment, ``windows`` (horizon and how
    many do not overlap) and ``tables`` (vintage and `_scores`).
    """
    if scores.empty:
        return {}
    vintage = scores["vintage"].iloc[0]
    told = scores[scores["vintage"] == vintage]
    pairs = _means(told)[["same_prices", "transitions"]]
    facts: dict[str, Any] = {
        "vintage": vintage,
        "all_first": told["origin"].min(),
        "all_last": told["origin"].max(),
        "pairs": list(pairs.itertuples(name=None)),
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
    spans = own.groupby("horizon")["origin"].agg(np.ptp)
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
    return _means(rows).assign(origins=rows.groupby("horizon")["origin"].nunique()).reset_index()
