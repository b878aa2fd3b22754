"""The rivals of the engine: what simple rules, and two statistical models, would have forecast.

Each gives a point and a distribution of the mean growth of the next years, for every city, from
what was known at the origin. A point rule has the distribution of its own past errors: the simple
rules with both signs, the statistical models as they fell, which corrects their bias. Each is the
treatment under which that rival scores better, so that none is beaten by how it is dressed.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from lvliang.feasibility.rival_file import YEARS_NEEDED
from lvliang.projection.panel import Panel

RECENT_YEARS = 5

# The point (city) and the draws (draw, city) of a mean over years ahead.
Forecast = Callable[[Panel, int, int, np.random.Generator], tuple[np.ndarray, np.ndarray]]
Rule = Callable[[Panel, int], pd.Series]
AS_THEY_FELL = (1,)
BOTH_SIGNS = (1, -1)


def statistical_rivals(points: dict[str, pd.DataFrame]) -> dict[str, Forecast]:
    """Rivals whose points were made elsewhere: the mean of the points of the years ahead.

    Parameters
    ----------
    points : dict of pandas.DataFrame
        By method, annual growth in %: index (``origin``, ``horizon``), columns region code.
    """

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
