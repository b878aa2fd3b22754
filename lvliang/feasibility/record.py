"""The track record: forecasts made again at every origin, with what was known then, and scored.

The engine and its rivals on the same windows: mean real growth of every city over the next 1, 3
and 5 years. A rival that is a point rule gets a distribution from its own past errors, known at
the origin. The figures are the revised vintage at all origins (pseudo real time), so the record
tests the method, not what was printed in that year.

Windows of several years overlap: behind a line stand its origins, not its cities.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import scoringrules

from lvliang.projection.engine import draw_growth
from lvliang.projection.panel import Panel, has_panel, load_panel

HORIZONS = (1, 3, 5)
FIRST_ORIGIN = 7  # years of data before the first origin that is scored
THRESHOLDS = (-3.0, -2.0, -1.0, 0.0, 1.0, 2.0)  # points from the national mean at the origin
RECENT_YEARS = 5
ENGINE = "engine"
CONTROL_SHIFT = 1.0
RECORD_DRAWS = 500

Forecast = Callable[[Panel, int, int, np.random.Generator], np.ndarray]


@dataclass(frozen=True)
class Record:
    """Scores of every forecast, and the Brier score of every threshold.

    ``scores``: one row a method, horizon, origin and city: ``error`` (points), ``crps``,
    ``in80``, ``in90``. ``brier``: one row a method, horizon and origin: mean Brier score over
    cities and thresholds.
    """

    scores: pd.DataFrame
    brier: pd.DataFrame


def backtest(panel: Panel, *, draws: int = 1000, seed: int = 1) -> Record:
    """Score the engine and its rivals at every origin the data allow.

    Parameters
    ----------
    panel : Panel
        The latest panel; outcomes come from it, forecasts from what it knew at each origin.
    draws, seed : int
        Size and seed of every forecast.
    """
    scores, brier = [], []
    first = int(panel.growth.index[0]) + FIRST_ORIGIN
    for origin in range(first, panel.origin):
        known = panel.at(origin)
        longest = min(max(HORIZONS), panel.origin - origin)
        paths = draw_growth(known, horizon=longest, draws=draws, seed=seed).to_numpy()
        for horizon in (years for years in HORIZONS if years <= longest):
            outcome = panel.growth.loc[origin + 1 : origin + horizon].mean(skipna=False)
            forecasts = {ENGINE: paths[:, :, :horizon].mean(axis=2)}
            forecasts["engine less 1 point"] = forecasts[ENGINE] - CONTROL_SHIFT
            rng = np.random.default_rng([seed, origin, horizon])
            for name, rival in RIVALS.items():
                forecasts[name] = rival(known, horizon, draws, rng)
            for name, values in forecasts.items():
                keys = {"method": name, "horizon": horizon, "origin": origin}
                scores.append(_score(values, outcome).assign(**keys))
                limits = panel.factor[origin] + np.array(THRESHOLDS)
                brier.append(keys | {"brier": _brier(values, outcome.to_numpy(), limits)})
    return Record(pd.concat(scores, ignore_index=True), pd.DataFrame(brier))


def summarise_record(record: Record, groups: dict[str, list[str]]) -> pd.DataFrame:
    """Means over origins of each score, by method, horizon and group of cities.

    Returns
    -------
    pandas.DataFrame
        ``group, horizon, method, origins, cities, rmse, bias, crps, cover80, cover90``; an
        origin weighs the same whatever its number of cities.
    """
    tables = []
    for group, cities in groups.items():
        chosen = record.scores[record.scores["region"].isin(cities)].dropna(subset="error")
        by_origin = chosen.groupby(["horizon", "method", "origin"]).agg(
            square=("error", lambda error: np.sqrt(np.mean(error**2))),
            bias=("error", "mean"),
            crps=("crps", "mean"),
            cover80=("in80", "mean"),
            cover90=("in90", "mean"),
            cities=("region", "nunique"),
        )
        table = by_origin.groupby(["horizon", "method"]).mean().rename(columns={"square": "rmse"})
        table["origins"] = by_origin.groupby(["horizon", "method"]).size()
        tables.append(table.reset_index().assign(group=group))
    columns = ["group", "horizon", "method", "origins", "cities"]
    scores = ["rmse", "bias", "crps", "cover80", "cover90"]
    return pd.concat(tables, ignore_index=True)[columns + scores]


def record_of(
    region_code: str, base_year: int, data: Path | None = None, draws: int = RECORD_DRAWS
) -> pd.DataFrame | None:
    """The summary behind verdicts on a region at ``base_year``; None without the panel."""
    found = load_record(base_year, data, draws)
    if found is None:
        return None
    return summarise_record(found, groups_of(found, region_code))


def load_record(
    base_year: int, data: Path | None = None, draws: int = RECORD_DRAWS
) -> Record | None:
    """The whole record known at ``base_year``; None without the panel or an origin to score."""
    if not has_panel(data):
        return None
    panel = load_panel(base_year, data)
    if panel.origin <= int(panel.growth.index[0]) + FIRST_ORIGIN + max(HORIZONS):
        return None
    return backtest(panel, draws=draws)


def without_year(record: Record, year: int) -> Record:
    """The record of the windows that do not reach ``year``."""
    kept = [
        table[table["origin"] + table["horizon"] < year] for table in (record.scores, record.brier)
    ]
    return Record(*kept)


def by_origin(record: Record, cities: list[str]) -> pd.DataFrame:
    """The engine's scores at each origin: ``horizon, origin, rmse, bias, crps, cover90``."""
    own = record.scores[(record.scores["method"] == ENGINE) & record.scores["region"].isin(cities)]
    table = own.groupby(["horizon", "origin"]).agg(
        rmse=("error", lambda error: np.sqrt(np.mean(error**2))),
        bias=("error", "mean"),
        crps=("crps", "mean"),
        cover90=("in90", "mean"),
    )
    return table.reset_index()


def empty_record() -> Record:
    """A record of nothing, for where there is no panel."""
    keys = ["region", "method", "horizon", "origin"]
    scores = pd.DataFrame(columns=[*keys, "error", "crps", "in80", "in90"])
    return Record(scores, pd.DataFrame(columns=[*keys[1:], "brier"]))


def groups_of(record: Record, region_code: str) -> dict[str, list[str]]:
    """Groups a record is shown for: all cities, those of the region's province, the region."""
    cities = sorted(record.scores["region"].unique())
    province = [city for city in cities if city[:2] == region_code[:2]]
    return {"all": cities, "province": province, "city": [region_code]}


def record_line(summary: pd.DataFrame, years: int) -> dict[str, Any]:
    """The line of the record that applies to a forecast of the mean over ``years`` years.

    The province's line: the widest group that shares the region's ups and downs. The horizon
    is the longest that was scored and is not longer than ``years``.
    """
    horizon = max(scored for scored in HORIZONS if scored <= years)
    chosen = summary[
        (summary["method"] == ENGINE)
        & (summary["horizon"] == horizon)
        & (summary["group"] == "province")
    ]
    line = chosen.iloc[0]
    return {
        "group": "province",
        "horizon": horizon,
        "origins": int(line["origins"]),
        "cities": int(line["cities"]),
        "bias": float(line["bias"]),
        "crps": float(line["crps"]),
        "cover90": float(line["cover90"]),
    }


def brier_skill(record: Record, *, resamples: int = 2000, seed: int = 1) -> pd.DataFrame:
    """Brier skill of the engine against each rival, with a lower 90 % bound.

    ``1 - mean Brier of the engine / mean Brier of the rival``; the bound is the 10 % quantile
    over blocks of consecutive origins, as long as the horizon, drawn with replacement.

    Returns
    -------
    pandas.DataFrame
        ``horizon, method, origins, skill, lower``.
    """
    rows = []
    rng = np.random.default_rng(seed)
    for horizon, table in record.brier.groupby("horizon"):
        wide = table.pivot(index="origin", columns="method", values="brier")
        picks = _blocks(len(wide), int(horizon), resamples, rng)
        for method in wide.columns.drop(ENGINE):
            own, rival = wide[ENGINE].to_numpy(), wide[method].to_numpy()
            skills = 1 - own[picks].mean(axis=1) / rival[picks].mean(axis=1)
            rows.append(
                {
                    "horizon": horizon,
                    "method": method,
                    "origins": len(wide),
                    "skill": 1 - own.mean() / rival.mean(),
                    "lower": float(np.quantile(skills, 0.10)),
                }
            )
    return pd.DataFrame(rows)


def _score(values: np.ndarray, outcome: pd.Series) -> pd.DataFrame:
    low90, low80, high80, high90 = np.quantile(values, [0.05, 0.1, 0.9, 0.95], axis=0)
    truth = outcome.to_numpy()
    seen = np.isfinite(truth)
    table = pd.DataFrame(
        {
            "region": outcome.index,
            "error": values.mean(axis=0) - truth,
            "crps": scoringrules.crps_ensemble(truth, values.T, estimator="pwm"),
            "in80": (low80 <= truth) & (truth <= high80),
            "in90": (low90 <= truth) & (truth <= high90),
        }
    )
    return table[seen]


def _brier(values: np.ndarray, truth: np.ndarray, limits: np.ndarray) -> float:
    seen = np.isfinite(truth)
    gaps = [(values[:, seen] >= limit).mean(axis=0) - (truth[seen] >= limit) for limit in limits]
    return float(np.mean(np.square(gaps)))


def _blocks(origins: int, length: int, resamples: int, rng: np.random.Generator) -> np.ndarray:
    """Places of origins (resample, origin) in blocks of ``length`` that wrap around."""
    count = -(-origins // length)
    starts = rng.integers(0, origins, (resamples, count))
    places = (starts[:, :, None] + np.arange(length)) % origins
    return places.reshape(resamples, -1)[:, :origins]


def _from_past_errors(rule: Callable[[pd.DataFrame], pd.Series]) -> Forecast:
    """A point rule with the errors it made at earlier origins, all cities together."""

    def forecast(panel: Panel, horizon: int, draws: int, rng: np.random.Generator) -> np.ndarray:
        growth = panel.growth
        errors = []
        first = int(growth.index[0]) + RECENT_YEARS - 1
        for origin in range(first, panel.origin - horizon + 1):
            outcome = growth.loc[origin + 1 : origin + horizon].mean(skipna=False)
            errors.append((outcome - rule(growth.loc[:origin])).dropna().to_numpy())
        past = np.concatenate(errors) if errors else np.zeros(1)
        point = rule(growth).to_numpy()
        return point + rng.choice(past, (draws, len(point)))

    return forecast


def _own_mean(panel: Panel, horizon: int, draws: int, rng: np.random.Generator) -> np.ndarray:
    """Own-history mean with its t predictive distribution."""
    growth = panel.growth
    years = growth.notna().sum().to_numpy()
    spread = growth.std().to_numpy()
    scale = np.sqrt((years - 1) / rng.chisquare(years - 1, (draws, len(years))))
    width = spread * np.sqrt(1 / horizon + 1 / years)
    return growth.mean().to_numpy() + scale * width * rng.standard_normal((draws, len(years)))


def _base_rate(panel: Panel, horizon: int, draws: int, rng: np.random.Generator) -> np.ndarray:
    """What cities did before, relative to the national mean of their time; the same for all."""
    relative = []
    for origin in range(int(panel.growth.index[0]), panel.origin - horizon + 1):
        outcome = panel.growth.loc[origin + 1 : origin + horizon].mean(skipna=False)
        relative.append(outcome.dropna().to_numpy() - panel.factor[origin])
    past = np.concatenate(relative)
    return panel.factor[panel.origin] + rng.choice(past, (draws, panel.growth.shape[1]))


RIVALS: dict[str, Forecast] = {
    "Eurostat rule": _from_past_errors(lambda growth: growth.iloc[-RECENT_YEARS:].mean()),
    "own mean": _own_mean,
    "random walk": _from_past_errors(lambda growth: growth.ffill().iloc[-1]),
    "base rate": _base_rate,
}
