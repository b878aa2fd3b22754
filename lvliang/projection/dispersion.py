"""How wrong the forecasts were: scales of the nation, the provinces and the cities.

Forecasts are made again at every earlier origin, each with what was known then, and held
against the outcomes known at the present origin. The errors of an origin stay together as a
block of years by cities. They split into a national error, the error a province shares and
what is left to a city; each is a random walk plus noise,

    error after k years = walk shocks of k years + noise,  cov(k, l) = w min(k, l) + n [k = l],

with ``w`` and ``n`` fitted to the mean products of a block. Provinces and cities have scales of
their own, shrunken to the common one, and t tails with the freedom that this leaves.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import nnls

from lvliang.projection.forecast import forecast_deviations, forecast_factor
from lvliang.projection.panel import Panel, robust_limit

CALIBRATION_YEARS = 5
FIRST_CALIBRATION = 3  # years of data before the first origin that is judged
SHARED_PROVINCE = 3  # cities a province needs to tell its own component from theirs
PRIOR_FREEDOM = 4.0
NATION_PRIOR_FREEDOM = 3.0
SMALLEST_VARIANCE = 1e-6  # points²; a panel of one province shares no error with another
LARGEST_SQUARE = 25.0  # of one standardised error, so that one year cannot make a scale

Blocks = Sequence[np.ndarray]


@dataclass(frozen=True)
class Component:
    """One part of the error: variances of walk and noise (points²), and scale by unit.

    ``scale`` (unit) multiplies the variance; ``freedom`` (unit) is that of its t tails.
    """

    walk: float
    noise: float
    scale: np.ndarray
    freedom: np.ndarray

    def draw(self, rng: np.random.Generator, draws: int, horizon: int) -> np.ndarray:
        """Errors (draw, year, unit), of the variance stated whatever the tails."""
        shape = (draws, horizon, len(self.scale))
        errors = rng.standard_normal(shape, dtype=np.float32)
        for year in range(1, horizon):  # in place: a running sum would be a copy
            errors[:, year] += errors[:, year - 1]
        errors *= np.float32(np.sqrt(self.walk))
        noise = rng.standard_normal(shape, dtype=np.float32)
        noise *= np.float32(np.sqrt(self.noise))
        errors += noise
        chi = rng.chisquare(self.freedom, (draws, len(self.scale)))
        errors *= np.sqrt(self.scale * (self.freedom - 2) / chi)[:, None].astype(np.float32)
        return errors


def dispersion(panel: Panel) -> tuple[Component, Component, Component]:
    """The part of the nation, of the provinces and of the cities, from the errors known."""
    first = int(panel.growth.index[0]) + FIRST_CALIBRATION
    origins = range(first, panel.origin)
    nation = [_errors(panel, origin, panel.factor, forecast_factor) for origin in origins]
    both = [_errors(panel, origin, panel.deviations, forecast_deviations) for origin in origins]
    provinces, cities = zip(*(_split(panel, errors) for errors in both), strict=True)
    large = panel.provinces.value_counts(sort=False).to_numpy() >= SHARED_PROVINCE
    large |= not large.any()
    return (
        _nation(panel, [errors[:, None] for errors in nation]),
        _component(provinces, [_trim(block[:, large]) for block in provinces]),
        _component(cities, [_trim(block) for block in cities]),
    )


def walk_and_noise(blocks: Blocks) -> tuple[float, float]:
    """Variances of walk and noise whose covariances fit the mean products of the blocks.

    >>> rng = np.random.default_rng(1)
    >>> walk = rng.normal(0, 2, (5, 20_000)).cumsum(axis=0)
    >>> noise = rng.normal(0, 1, (5, 20_000))
    >>> [round(value) for value in walk_and_noise([walk + noise])]
    [4, 1]
    """
    rows, products = [], []
    for block in blocks:
        for k in range(len(block)):
            for later in range(k, len(block)):
                rows.append([k + 1.0, float(k == later)])
                products.append(np.nanmean(block[k] * block[later]))
    walk, noise = nnls(np.array(rows), np.array(products))[0]
    return float(walk), float(noise)


def _errors(
    panel: Panel,
    origin: int,
    known: pd.Series | pd.DataFrame,
    forecast: Callable[[Panel, int], np.ndarray],
) -> np.ndarray:
    """Errors (year, …) of forecasts made at ``origin``, in the years known since."""
    outcomes = known.loc[origin + 1 : origin + CALIBRATION_YEARS].to_numpy()
    return outcomes - forecast(panel.at(origin), CALIBRATION_YEARS)[: len(outcomes)]


def _split(panel: Panel, errors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What the cities of a province share (year, province), and what is left (year, city)."""
    members = province_index(panel)
    limit = robust_limit(errors, deviations=4.0)
    trimmed = np.clip(errors, -limit, limit)
    places = range(members.max() + 1)
    means = [np.nanmean(trimmed[:, members == place], axis=1) for place in places]
    shared = np.stack(means, axis=1)
    return shared, errors - shared[:, members]


def province_index(panel: Panel) -> np.ndarray:
    """Place of each city's province among the provinces, in the order they first appear."""
    return pd.factorize(panel.provinces)[0]


def _trim(block: np.ndarray) -> np.ndarray:
    limits = np.array([[robust_limit(year)] for year in block])
    return np.clip(block, -limits, limits)


def _component(blocks: Blocks, trimmed: Blocks) -> Component:
    """Common variances from trimmed errors; scales by unit from its own squared errors."""
    walk, noise = walk_and_noise(trimmed)
    squares = np.concatenate(
        [
            block**2
            / np.maximum(walk * np.arange(1, len(block) + 1) + noise, SMALLEST_VARIANCE)[:, None]
            for block in blocks
        ]
    )
    squares = np.minimum(squares, LARGEST_SQUARE)
    # Errors of one origin overlap with those of the next: each counts for half.
    freedom = PRIOR_FREEDOM + np.isfinite(squares).sum(axis=0) / 2
    scale = (PRIOR_FREEDOM + np.nansum(squares, axis=0) / 2) / freedom
    return Component(walk, noise, scale, freedom)


def _nation(panel: Panel, errors: Blocks) -> Component:
    """Few origins speak of the nation: shrink to the size of its own past changes."""
    changes = panel.factor.diff().dropna().to_numpy()
    prior = (1.4826 * np.median(np.abs(changes))) ** 2 / 2
    walk, noise = walk_and_noise(errors)
    weight = NATION_PRIOR_FREEDOM + len(errors)
    walk, noise = (
        (NATION_PRIOR_FREEDOM * prior + len(errors) * found) / weight for found in (walk, noise)
    )
    freedom = NATION_PRIOR_FREEDOM + len(errors) / 2
    return Component(walk, noise, np.ones(1), np.array([freedom]))
