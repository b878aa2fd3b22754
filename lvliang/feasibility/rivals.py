"""The rivals of the engine: what simple rules, and two statistical models, would have forecast.

Each gives a point and a distribution of the mean growth of the next years, for every city, from
what was known at the origin. A point rule has the distribution of its own past errors: the simple
rules with both signs, the statistical models as they fell, each as it scores better.

The two models need an environment of their own, so the record reads what they forecast: a CSV of
``COLUMNS`` that ``make rivals`` writes, named after a fingerprint of the tables that city growth
comes from. Forecasts made from other tables are not found, and so never mixed in.
"""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from lvliang.baseline.package import data_folder, resource_path
from lvliang.errors import DataError
from lvliang.projection.panel import OBSERVATIONS, Panel

RECENT_YEARS = 5
YEARS_NEEDED = {"AutoETS": 7, "dynamic theta": 4}  # fewer figures, and the model refuses
YEARS_AHEAD = 5
COLUMNS = ["method", "origin", "region", "horizon", "value"]
TABLES = (*OBSERVATIONS, "corrections")
HIGHEST = 100.0  # % a year

# The point (city) and the draws (draw, city) of a mean over years ahead.
Forecast = Callable[[Panel, int, int, np.random.Generator], tuple[np.ndarray, np.ndarray]]
Rule = Callable[[Panel, int], pd.Series]
AS_THEY_FELL = (1,)
BOTH_SIGNS = (1, -1)


def statistical_rivals(points: dict[str, pd.DataFrame]) -> dict[str, Forecast]:
    """Rivals whose points were made elsewhere (`read_forecasts`): the mean of the years ahead."""

    def rule(table: pd.DataFrame) -> Rule:
        return lambda known, horizon: table.loc[known.origin].loc[:horizon].mean()

    return {
        method: _from_past_errors(rule(table), YEARS_NEEDED[method], AS_THEY_FELL)
        for method, table in points.items()
    }


def _from_past_errors(rule: Rule, years: int, signs: tuple[int, ...]) -> Forecast:
    """A point rule that needs ``years`` of figures, with the errors it made, all cities together.

    Where no window of that length has ended, the errors of the longest that has.
    """

    def forecast(
        panel: Panel, horizon: int, draws: int, rng: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray]:
        first = int(panel.growth.index[0]) + years - 1
        length = min(horizon, panel.origin - first)
        errors = []
        for origin in range(first, panel.origin - length + 1):
            outcome = panel.growth.loc[origin + 1 : origin + length].mean(skipna=False)
            errors.append((outcome - rule(panel.at(origin), length)).dropna().to_numpy())
        past = np.outer(signs, np.concatenate(errors)).ravel()
        point = rule(panel, horizon).to_numpy()
        return point, point + rng.choice(past, (draws, len(point)))

    return forecast


def _own_mean(
    panel: Panel, horizon: int, draws: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Own-history mean with its t predictive distribution."""
    growth = panel.growth
    years = growth.notna().sum().to_numpy()
    spread = growth.std().to_numpy()
    scale = np.sqrt((years - 1) / rng.chisquare(years - 1, (draws, len(years))))
    width = spread * np.sqrt(1 / horizon + 1 / years)
    point = growth.mean().to_numpy()
    return point, point + scale * width * rng.standard_normal((draws, len(years)))


def _base_rate(
    panel: Panel, horizon: int, draws: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """What cities did before, relative to the national mean of their time; the same for all."""
    relative = []
    for origin in range(int(panel.growth.index[0]), panel.origin - horizon + 1):
        outcome = panel.growth.loc[origin + 1 : origin + horizon].mean(skipna=False)
        relative.append(outcome.dropna().to_numpy() - panel.factor[origin])
    past = panel.factor[panel.origin] + np.concatenate(relative)
    cities = panel.growth.shape[1]
    return np.full(cities, past.mean()), rng.choice(past, (draws, cities))


RIVALS: dict[str, Forecast] = {
    "Eurostat rule": _from_past_errors(
        lambda known, _: known.growth.iloc[-RECENT_YEARS:].mean(), RECENT_YEARS, BOTH_SIGNS
    ),
    "own mean": _own_mean,
    "random walk": _from_past_errors(lambda known, _: known.growth.ffill().iloc[-1], 1, BOTH_SIGNS),
    "base rate": _base_rate,
}


def forecast_file() -> Path:
    """Where forecasts made from the tables of ``data`` lie: in ``LVLIANG_RIVALS`` if set."""
    digest = hashlib.sha256()
    for name in TABLES:
        digest.update(name.encode())
        digest.update(resource_path(data_folder(), name).read_bytes())
    checkout = Path(__file__).resolve().parents[2]
    folder = os.environ.get("LVLIANG_RIVALS") or checkout / "outputs" / "rivals"
    return Path(folder) / f"{digest.hexdigest()[:12]}.csv"


def read_forecasts(panel: Panel) -> dict[str, pd.DataFrame]:
    """Point forecasts of each method at the origins before that of ``panel``.

    By method: index (``origin``, ``horizon``: years ahead), columns region code, growth in % a
    year. Empty where ``make rivals`` has not been run on these tables; a `DataError` if a row is
    not legal, stands twice, or is missing.
    """
    path = forecast_file()
    if not path.is_file():
        return {}
    rows = _read(path)
    return {method: _table(path, rows, method, panel) for method in YEARS_NEEDED}


def forecasts_digest() -> str:
    """SHA-256 of the file of forecasts, "" where there is none."""
    path = forecast_file()
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def origins_of(method: str, panel: Panel) -> range:
    """Origins of ``method``: from the first with figures enough to the last that has an outcome."""
    return range(int(panel.growth.index[0]) + YEARS_NEEDED[method] - 1, panel.origin)


def _read(path: Path) -> pd.DataFrame:
    try:
        rows = pd.read_csv(path, dtype=str, keep_default_na=False)
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError):
        raise DataError(f"{path}: not a CSV table; legal: {','.join(COLUMNS)}") from None
    if list(rows) != COLUMNS:
        raise DataError(f"{path}, row 1: {','.join(rows)}; legal: {','.join(COLUMNS)}")
    value = pd.to_numeric(rows["value"], errors="coerce")
    ahead = [str(year) for year in range(1, YEARS_AHEAD + 1)]
    legal = [
        ("method", rows["method"].isin(YEARS_NEEDED), " or ".join(YEARS_NEEDED)),
        ("origin", rows["origin"].str.fullmatch(r"\d{4}"), "a year"),
        ("region", rows["region"].str.fullmatch(r"\d{6}"), "a code of six digits"),
        ("horizon", rows["horizon"].isin(ahead), f"1 to {YEARS_AHEAD} years ahead"),
        ("value", value.abs() <= HIGHEST, f"growth in %, −{HIGHEST:g} to {HIGHEST:g}"),
        ("method", ~rows.duplicated(COLUMNS[:-1]), "one row for each forecast"),
    ]
    for column, good, words in legal:
        if not good.all():
            place = int(np.argmin(good.to_numpy()))
            found = rows[column].iloc[place]
            raise DataError(f"{path}, row {place + 2}, column {column}: {found!r}; legal: {words}")
    return rows.astype({"origin": int, "horizon": int}).assign(value=value)


def _table(path: Path, rows: pd.DataFrame, method: str, panel: Panel) -> pd.DataFrame:
    origins, ahead = origins_of(method, panel), range(1, YEARS_AHEAD + 1)
    own = rows[rows["method"] == method]
    table = own.pivot(index=["origin", "horizon"], columns="region", values="value").reindex(
        index=pd.MultiIndex.from_product([origins, ahead], names=["origin", "horizon"]),
        columns=panel.growth.columns,
    )
    missing = np.argwhere(table.isna().to_numpy())
    if len(missing):
        (origin, horizon), region = table.index[missing[0][0]], table.columns[missing[0][1]]
        raise DataError(
            f"{path}: no row for {method}, origin {origin}, region {region}, horizon {horizon}; "
            f"legal: every city, origins {origins[0]} to {origins[-1]}, 1 to {YEARS_AHEAD} years "
            "ahead, as make rivals writes them"
        )
    return table
