"""Registered forecasts of growth, read as they were made, and what came of them."""

from typing import Any

import numpy as np
import pandas as pd

from lvliang.baseline.package import has_tables
from lvliang.baseline.regions import cities_beside
from lvliang.baseline.tables import load_table
from lvliang.feasibility.rivals import RIVALS
from lvliang.projection.panel import has_panel, load_panel

FORECASTS = "record_2020_growth"
REGISTERED = "registered"
SCORED = [
    "origin", "horizon", "region_code", "method", "point", "outcome", "error", "in80", "in90",
]  # fmt: skip


def registered_origins() -> set[int]:
    """Base years of what was registered before later figures were on file."""
    return set(load_table("registered")["origin"]) if has_tables("registered") else set()


def score_registered(base_year: int) -> pd.DataFrame:
    """Registered forecasts of growth against what is known at ``base_year``, beside the rivals.

    Outcomes are of the revised vintage, in which the forecasts were made; a rival sees the panel
    up to the origin alone.

    Returns
    -------
    pandas.DataFrame
        One row a city, span and method (``registered`` and the simple `RIVALS`): ``origin,
        horizon`` (years), ``region_code, method``; ``point`` and ``outcome`` (mean growth, % a
        year, constant prices), ``error`` (point less outcome, points), ``in80, in90`` (of the
        registered bands). Empty where nothing that was registered has an outcome.
    """
    if not has_tables(FORECASTS) or not has_panel():
        return pd.DataFrame(columns=SCORED)
    made = load_table(FORECASTS)
    made = made[(made["first_year"] == made["origin"] + 1) & (made["last_year"] <= base_year)]
    panel = load_panel(base_year)
    scores = [pd.DataFrame(columns=SCORED)]
    for (origin, last), rows in made.groupby(["origin", "last_year"]):
        known, horizon = panel.at(int(origin)), int(last - origin)
        bands = rows.set_index("region_code").assign(horizon=horizon)
        bands["outcome"] = panel.growth.loc[origin + 1 : last].mean(skipna=False)
        bands["in80"] = bands["outcome"].between(bands["q10"], bands["q90"])
        bands["in90"] = bands["outcome"].between(bands["q05"], bands["q95"])
        points = {REGISTERED: bands["mean"]}
        for name, rival in RIVALS.items():
            point, _ = rival(known, horizon, 1, np.random.default_rng(0))
            points[name] = pd.Series(point, known.growth.columns)
        for method, point in points.items():
            table = bands.assign(method=method, point=point, error=point - bands["outcome"])
            scores.append(table.dropna(subset="error").reset_index()[SCORED])
    return pd.concat(scores, ignore_index=True)


def summarise_registered(scores: pd.DataFrame) -> pd.DataFrame:
    """By ``origin, horizon, method``: ``cities, rmse, bias`` (points), ``cover80, cover90`` (%)."""
    grouped = scores.groupby(["origin", "horizon", "method"], sort=False)
    table = grouped.agg(
        cities=("error", "size"),
        rmse=("error", lambda errors: float(np.sqrt((errors**2).mean()))),
        bias=("error", "mean"),
        cover80=("in80", "mean"),
        cover90=("in90", "mean"),
    ).reset_index()
    own = table["method"] == REGISTERED
    return table.assign(**100 * table[["cover80", "cover90"]].where(own))


def registered_so_far(
    scores: pd.DataFrame, region_code: str, base_year: int
) -> dict[str, Any] | None:
    """`summarise_registered` of forecasts registered up to the base year; None without one.

    ``all`` cities, every method, and the ``best`` of each horizon; those registered for the
    ``province``; of the ``city`` each forecast, its ``band`` inside or outside.
    """
    scores = scores[scores["origin"] <= base_year]
    if scores.empty:
        return None
    own, fared = scores[scores["method"] == REGISTERED], summarise_registered(scores)
    beside = summarise_registered(own[own["region_code"].isin(cities_beside(region_code))])
    city = own[own["region_code"] == region_code]
    return {
        "all": fared,
        "best": fared.loc[fared.groupby("horizon")["rmse"].idxmin()].to_dict("records"),
        "province": beside[beside["cities"] > 1],
        "city": city.assign(band=np.where(city["in90"].astype(bool), "inside", "outside")),
    }
