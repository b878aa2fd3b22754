"""The track record of ranks: ranked probability score at every origin, beside two rivals.

``RPS = sum over k of (share at rank k or better - whether it was)^2 / (cities - 1)``, the mean
over the cities of the province; 0 is perfect (Epstein 1969).
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from lvliang.baseline.history import series
from lvliang.baseline.regions import find_region, peers
from lvliang.baseline.starting_point import provincial_ranks
from lvliang.baseline.store import kept
from lvliang.baseline.tables import load_observations
from lvliang.feasibility.ranks import levels_by_treatment, rank_shares
from lvliang.projection.outlook import look_ahead
from lvliang.projection.panel import PANEL_MINIMUM_YEARS, has_panel, load_panel

HORIZONS = (1, 3, 5)
RECORD_DRAWS = 500
COLUMNS = {
    "method": "str", "vintage": "str", "horizon": "int64", "origin": "int64", "rps": "float64",
}  # fmt: skip
OUTCOMES = {"first_published": "gdp_first_published", "revised": "gdp_revised"}


def score_ranks(
    region: str,
    origins: Iterable[int],
    last_year: int,
    *,
    draws: int,
    seed: int,
    data: Path | None = None,
) -> pd.DataFrame:
    """Score ranks of nominal GDP in the province of ``region`` at each origin.

    Parameters
    ----------
    origins : iterable of int
        Origins; one whose outlook lacks a city has no row, one without drawn prices those of
        ``same_prices`` and of the rivals alone.
    last_year : int
        Last year with an outcome.

    Returns
    -------
    pandas.DataFrame
        ``method, vintage`` (of the outcome), ``horizon, origin, rps``. Methods: each treatment
        of prices, ``stays`` (the rank of the origin is kept for certain) and ``transitions``
        (how often a rank became another over as many years, up to the origin).
    """
    rows = []
    panel = load_panel(last_year, data)
    cities = [peer.code for peer in peers(find_region(region, data), data)]
    ranks = {vintage: _ranks(name, vintage, cities, data) for vintage, name in OUTCOMES.items()}
    for origin in origins:
        longest = min(max(HORIZONS), last_year - origin)
        outlook = look_ahead(
            region,
            base_year=origin,
            end_year=origin + longest,
            draws=draws,
            seed=seed,
            data=data,
            panel=panel,
        )
        treated = levels_by_treatment(outlook)
        known = ranks["first_published"].loc[:origin].dropna(how="all")
        if origin not in known.index:
            continue
        for horizon in (years for years in HORIZONS if years <= longest):
            year = origin + horizon
            drawn = {name: rank_shares(levels.sel(year=year)) for name, levels in treated.items()}
            forecasts = {name: shares for name, shares in drawn.items() if not shares.empty}
            if not forecasts:
                continue
            forecasts["stays"] = _certain(known.loc[origin])
            forecasts["transitions"] = _moved(known, horizon)
            rows += [
                {"method": name, "vintage": vintage, "horizon": horizon, "origin": origin}
                | {"rps": rps(shares, outcome.loc[year])}
                for vintage, outcome in ranks.items()
                if outcome.loc[year].notna().all()
                for name, shares in forecasts.items()
            ]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)


def load_rank_record(
    region: str, base_year: int, data: Path | None = None, draws: int = RECORD_DRAWS
) -> pd.DataFrame:
    """The record known at ``base_year``; empty without the panel or an origin to score."""
    if not has_panel(data):
        return pd.DataFrame(columns=list(COLUMNS)).astype(COLUMNS)
    first = int(load_panel(base_year, data).growth.index[0]) + PANEL_MINIMUM_YEARS
    asked = {"region": region, "base": base_year, "draws": draws}

    def score() -> pd.DataFrame:
        origins = range(first, base_year)
        return score_ranks(region, origins, base_year, draws=draws, seed=1, data=data)

    return kept("rank_record", asked, score, data=data)


def rps(shares: pd.DataFrame, ranks: pd.Series) -> float:
    """Mean ranked probability score of shares (region by rank) against the ranks that came.

    Examples
    --------
    >>> shares = pd.DataFrame([[1.0, 0.0], [0.5, 0.5]], index=["a", "b"], columns=[1, 2])
    >>> rps(shares, pd.Series({"a": 1, "b": 2}))
    0.125
    """
    forecast = shares.to_numpy().cumsum(axis=1)
    came = ranks[shares.index].to_numpy()[:, None] <= shares.columns.to_numpy()
    return float(((forecast - came) ** 2).sum(axis=1).mean() / (shares.shape[1] - 1))


def _ranks(name: str, vintage: str, cities: list[str], data: Path | None) -> pd.DataFrame:
    levels = series(load_observations([name], data), "gdp_nominal", [vintage])
    return provincial_ranks(levels.reindex(columns=cities))


def _certain(ranks: pd.Series) -> pd.DataFrame:
    places = range(1, len(ranks) + 1)
    return pd.DataFrame({place: (ranks == place).astype(float) for place in places}, ranks.index)


def _moved(known: pd.DataFrame, years: int) -> pd.DataFrame:
    """Transition shares from the rank of the origin; one more case that the rank stays."""
    cities = known.shape[1]
    counts = np.eye(cities)
    for year in (year for year in known.index if year - years in known.index):
        for before, after in zip(known.loc[year - years], known.loc[year], strict=True):
            counts[int(before) - 1, int(after) - 1] += 1
    shares = counts / counts.sum(axis=1, keepdims=True)
    rows = known.iloc[-1].astype(int) - 1
    return pd.DataFrame(shares[rows], index=known.columns, columns=range(1, cities + 1))
