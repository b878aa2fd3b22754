"""What is expected: the national factor, and the deviation of each city from it.

The factor, the mean growth of all cities, is forecast by an equal mean of six members. Members and
their constants are fixed in advance (``docs/decisions/engine.md``); none is chosen by its past
score. A member that knows nothing at an origin is left out of the mean.

Deviations come from one ridge regression for each year ahead, fitted on every city at every
earlier origin whose outcome is known, on `features`.
"""

from functools import lru_cache

import numpy as np
import pandas as pd

from lvliang.projection.panel import NATION, Panel, robust_limit

DAMPING = 0.8
SMOOTHING_LEVEL, SMOOTHING_TREND = 0.8, 0.3
SHOCK_DEVIATIONS = 3.0
MINIMUM_CHANGES = 4
RIDGE_CROSS_SECTIONS = 3
RECENT_YEARS = 5
FIRST_FIT = 1  # years of deviations before the first origin that trains


@lru_cache(maxsize=128)
def forecast_factor(panel: Panel, horizon: int) -> np.ndarray:
    """National factor of the ``horizon`` years after the origin (% a year)."""
    return np.nanmean(members(panel, horizon).to_numpy(), axis=1)


def members(panel: Panel, horizon: int) -> pd.DataFrame:
    """The six members, year by member (% a year); missing where nothing is known.

    ``walk``: the last value stays. ``trend``: damped Holt trend. ``reversion``: the gap to the
    nation's mean growth decays. ``provinces``: mean of the provinces' targets for next year.
    ``nation``: the nation's own target of each year, of its plan where no annual one is known.
    ``outside``: the last dated outside forecast of the nation, plus the decaying gap to it.
    """
    ahead = np.arange(1, horizon + 1)
    years = panel.origin + ahead
    known = without_shock(panel.factor)
    last, anchor = known.iloc[-1], panel.nation.mean()
    gap = (panel.factor - panel.nation).dropna().iloc[-1]  # of the last year known of both
    return pd.DataFrame(
        {
            "walk": last,
            "trend": _damped_trend(known, horizon),
            "reversion": anchor + (last - anchor) * DAMPING**ahead,
            "provinces": _provincial_target(panel),
            "nation": [_national_target(panel, int(year)) for year in years],
            "outside": _outside_forecast(panel, years) + gap * DAMPING**ahead,
        },
        index=years,
    )


def without_shock(factor: pd.Series) -> pd.Series:
    """The factor with its last value put back by a year where the last change was a shock.

    A shock lies more than three median absolute deviations from the median of earlier changes.

    >>> calm = pd.Series([8.0, 8.4, 8.2, 8.5, 8.1, 8.3])
    >>> float(without_shock(pd.concat([calm, pd.Series([2.0])], ignore_index=True)).iloc[-1])
    8.3
    >>> without_shock(calm).equals(calm)
    True
    """
    changes = factor.diff().dropna().to_numpy()
    if len(changes) <= MINIMUM_CHANGES:
        return factor
    earlier, last = changes[:-1], changes[-1]
    centre = np.median(earlier)
    if abs(last - centre) <= SHOCK_DEVIATIONS * np.median(np.abs(earlier - centre)):
        return factor
    calm = factor.copy()
    calm.iloc[-1] = factor.iloc[-2]
    return calm


def provincial_targets(panel: Panel) -> pd.Series:
    """The last growth target each province is known to have set (%), by province."""
    rows = _of_provinces(panel).sort_values("first_year")
    latest = rows.groupby("region_code").last()["low_pct"]
    return latest.set_axis(latest.index.str[:2])


def _damped_trend(factor: pd.Series, horizon: int) -> np.ndarray:
    from statsmodels.tsa.holtwinters import Holt

    start = {"initial_level": factor.iloc[0], "initial_trend": 0.0}
    model = Holt(factor.to_numpy(), damped_trend=True, initialization_method="known", **start)
    smoothing = {"smoothing_level": SMOOTHING_LEVEL, "smoothing_trend": SMOOTHING_TREND}
    return model.fit(**smoothing, damping_trend=DAMPING, optimized=False).forecast(horizon)


def provincial_targets_year(panel: Panel) -> int | None:
    """The latest year for which provinces are known to have set growth targets."""
    years = _of_provinces(panel)["first_year"]
    return None if years.empty else int(years.max())


def _provincial_target(panel: Panel) -> float:
    """Mean target of the provinces, moved with the nation's where it is the older one."""
    year = provincial_targets_year(panel)
    if year is None:
        return np.nan
    rows = _of_provinces(panel)
    mean = rows.loc[rows["first_year"] == year, "low_pct"].mean()
    annual = _annual_targets(panel)
    if year in annual.index and not annual.loc[year:].empty:
        mean += annual.iloc[-1] - annual[year]
    return float(mean)


def _national_target(panel: Panel, year: int) -> float:
    annual = _annual_targets(panel)
    if year in annual.index:
        return float(annual[year])
    plans = _of_nation(panel, "plan_target")
    covering = plans[(plans["first_year"] <= year) & (plans["last_year"] >= year)]
    best = covering if len(covering) else plans
    return float(best["low_pct"].iloc[-1]) if len(best) else np.nan


def _outside_forecast(panel: Panel, years: np.ndarray) -> np.ndarray:
    """The latest edition's forecast of each year; its last year stands for later ones."""
    forecasts = _of_nation(panel, "weo_forecast")
    if forecasts.empty:
        return np.full(len(years), np.nan)
    edition = forecasts[forecasts["known_at"] == forecasts["known_at"].max()]
    by_year = edition.set_index("first_year")["low_pct"]
    return by_year.reindex(years).ffill().to_numpy()


def _annual_targets(panel: Panel) -> pd.Series:
    return _of_nation(panel, "annual_target").set_index("first_year")["low_pct"]


def _of_provinces(panel: Panel) -> pd.DataFrame:
    rows = panel.targets
    return rows[rows["region_code"] != NATION].dropna(subset="low_pct")


def _of_nation(panel: Panel, kind: str) -> pd.DataFrame:
    rows = panel.targets
    chosen = rows[(rows["region_code"] == NATION) & (rows["kind"] == kind)]
    return chosen.dropna(subset="low_pct").sort_values("first_year")


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
    """What a deviation is explained by (city, feature), percentage points.

    The city's last, five-year and long-run deviation, its province's last and five-year one, and
    how far its province's target lies from the mean target.
    """
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
