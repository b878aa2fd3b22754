"""City deviations from the national factor: a shrunken regression pooled over all cities.

For each year ahead one ridge regression, fitted on every city at every earlier origin whose
outcome is known: on the city's last, five-year and long-run deviation, on its province's last
and five-year deviation, and on how far its province's target lies from the mean target.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd

from lvliang.projection.national import provincial_targets
from lvliang.projection.panel import Panel, robust_limit

RIDGE_CROSS_SECTIONS = 3
RECENT_YEARS = 5
FIRST_FIT = 1  # years of deviations before the first origin that trains


@lru_cache(maxsize=128)
def forecast_deviations(panel: Panel, horizon: int) -> np.ndarray:
    """Expected deviation of each city in each year ahead, percentage points (year, city)."""
    now = features(panel)
    forecasts = np.zeros((horizon, now.shape[0]))
    weights = np.zeros(now.shape[1])
    for ahead in range(1, horizon + 1):
        fitted = _fit(panel, ahead)
        # Where no origin is old enough to know this far ahead, the year before stands.
        weights = weights if fitted is None else fitted
        forecasts[ahead - 1] = now @ weights
    return forecasts


@lru_cache(maxsize=128)
def features(panel: Panel) -> np.ndarray:
    """What a deviation is explained by (city, feature), percentage points."""
    limit = robust_limit(panel.deviations.to_numpy())
    last = panel.deviations.iloc[-1].clip(-limit, limit)
    recent = panel.deviations.iloc[-RECENT_YEARS:].mean()
    long_run = panel.deviations.mean()
    targets = provincial_targets(panel)
    gap = panel.provinces.map(targets - targets.mean())
    columns = [last, recent, long_run, _of_province(panel, last), _of_province(panel, recent), gap]
    return np.column_stack([column.fillna(0.0) for column in columns])


def _of_province(panel: Panel, values: pd.Series) -> pd.Series:
    return values.groupby(panel.provinces).transform("mean")


def _fit(panel: Panel, ahead: int) -> np.ndarray | None:
    """Ridge weights, centred on no deviation at all; None where no outcome is known yet."""
    first = int(panel.growth.index[0]) + FIRST_FIT
    origins = range(first, panel.origin - ahead + 1)
    if not origins:
        return None
    limit = robust_limit(panel.deviations.to_numpy())
    explained, outcomes = [], []
    for origin in origins:
        outcome = panel.deviations.loc[origin + ahead].clip(-limit, limit)
        seen = outcome.notna().to_numpy()
        explained.append(features(panel.at(origin))[seen])
        outcomes.append(outcome.to_numpy()[seen])
    x, y = np.concatenate(explained), np.concatenate(outcomes)
    penalty = RIDGE_CROSS_SECTIONS * panel.growth.shape[1] * np.eye(x.shape[1])
    return np.linalg.solve(x.T @ x + penalty, x.T @ y)
