"""Joint draws of prices, GDP at current prices and cash series, on top of drawn real growth.

What a cash series (at current prices) does beyond real GDP (log growth of its level over the volume
index: for GDP the deflator) departs from an anchor by a deviation that partly stays:

``growth = anchor + deviation``, ``deviation = persistence * deviation of the year before + shock``

The anchor is the mean of GDP's own deflator over the city's history, for every cash series of the
city: in the long run it keeps its share of GDP. Any other series is drawn alike, by its own growth
about its own mean. Two models draw half of the paths each, their weights and ``PERSISTENCE`` fixed
in advance: nothing stays, or most of it does. A change across a break is no growth.

The shock of a year to come is a random mixture of the shocks of the years that were, the same
mixture for every region and series, so what moved together in the past moves together in the
draws. Scaled by one chi-square a draw, each margin is the textbook t predictive distribution.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr
from scipy import stats
from scipy.signal import lfilter

from lvliang.baseline.growth import from_log, to_log
from lvliang.baseline.history import CASH, OWN, VOLUME, bases, drawn_indicators
from lvliang.errors import DataError

MINIMUM_CHANGES = 8
LONGEST_GAP = 2
PERSISTENCE = (0.0, 0.8)
CONSTANT = 1e-9  # log growth that varies less than rounding does

Array = npt.NDArray[np.float64]


def evidence(levels: pd.DataFrame, origin: int) -> pd.DataFrame:
    """What there is of each series (column) up to ``origin``, and whether it is enough to project.

    By (``region``, ``series``): ``last_year``, ``changes`` (observed), ``gap`` (years from the last
    figure to the origin), ``filled`` (years inside the series without a figure) and ``usable``: at
    least ``MINIMUM_CHANGES`` changes, not all alike, half as many of them a year after another, and
    a gap of at most ``LONGEST_GAP``.
    """
    seen = levels.loc[:origin].dropna(axis=1, how="all")
    growth, span = _growth_and_span(seen)
    last_year = seen.apply(pd.Series.last_valid_index)
    found = pd.DataFrame({"last_year": last_year, "changes": growth.notna().sum()})
    found["gap"] = origin - found["last_year"]
    found["filled"] = (span - 1).sum().astype(int)
    varies = growth.std() > CONSTANT
    successive = ((span == 1) & (span.shift() == 1)).sum()
    enough = (found["changes"] >= MINIMUM_CHANGES) & (found["gap"] <= LONGEST_GAP)
    enough &= successive >= MINIMUM_CHANGES / 2
    return found.assign(usable=enough & varies)


def project(
    levels: pd.DataFrame,
    start_levels: pd.Series,
    real_growth: xr.DataArray,
    *,
    origin: int,
    seed: int,
    growth_discount: float = 0.0,
) -> xr.DataArray:
    """Draw prices and cash series for the years of ``real_growth``, jointly for every region.

    ``levels`` (`growth_levels`): index year, columns (``region``, ``series``), the volume index
    ``gdp_real`` among them. Each series departs from its last figure; years it lacks before the
    origin are drawn too. ``start_levels``: nominal GDP of the origin by region (亿元,
    current prices, vintage of the plan). ``real_growth``: ``(draw, region, year)``, drawn, of the
    years after the origin (% a year). ``growth_discount``: points taken off it in each.

    Returns ``(draw, region, indicator, year)``: ``gdp_real_growth``, ``gdp_deflator_growth``, and
    of each other series its level (in its unit) and ``…_growth`` (% a year); missing where the
    evidence does not carry. Raises `DataError` for a level not positive, or an origin outside the
    data.
    """
    if origin not in levels.index:
        first, last = levels.index.min(), levels.index.max()
        raise DataError(f"origin {origin} lies outside the data; legal: {first} to {last}")
    if (levels <= 0).any(axis=None):
        region, name = (levels <= 0).any().idxmax()
        raise DataError(f"series {name} of {region} has a level of 0 or less; legal: above 0")
    regions = list(levels.columns.unique("region"))
    beyond, last_year, years = _to_draw(levels, origin, int(real_growth["year"].max()))
    drawn = _draw_growth(beyond, last_year, years, real_growth.sizes["draw"], seed)
    ahead = years > origin
    real = _real_growth(levels, real_growth.reindex(region=regions), years, growth_discount)
    indicators = {"gdp_real_growth": from_log(real[:, :, ahead])}
    models = drawn_indicators(CASH, OWN)["model"]
    for name, model in models[models.index.isin(levels.columns.unique("series"))].items():
        growth = _by_region(drawn, beyond.columns, name, regions)
        growth += real if model == CASH else 0.0
        if name == "gdp_nominal":
            indicators["gdp_deflator_growth"] = from_log(growth - real)[:, :, ahead]
            before, known = start_levels.reindex(regions), years <= origin
        else:
            seen = levels.loc[:origin].xs(name, axis=1, level="series").reindex(columns=regions)
            before = seen.ffill().iloc[-1]
            known = years <= seen.apply(pd.Series.last_valid_index).to_numpy(float)[:, None]
        grown = np.exp(np.where(known, 0.0, growth).cumsum(axis=2))
        indicators[name] = (before.to_numpy(float)[:, None] * grown)[:, :, ahead]
        indicators[f"{name}_growth"] = from_log(growth)[:, :, ahead]
    return xr.DataArray(
        np.stack(list(indicators.values()), axis=2),
        {"region": regions, "indicator": list(indicators), "year": years[ahead]},
        dims=("draw", "region", "indicator", "year"),
    )


def draw_beside(
    levels: pd.DataFrame, other: pd.Series, *, origin: int, end: int, draws: int, seed: int
) -> Array:
    """Draw one more series under the very mixture of past shocks that `project` draws.

    Nothing of its deviation stays: growth of a price on a world market does not persist. ``other``:
    its levels by year. Returns log growth ``(draw, year)`` of the years after the origin.
    """
    beyond, _, years = _to_draw(levels, origin, end)
    column = pd.MultiIndex.from_tuples([("", "other")], names=levels.columns.names)
    level = pd.DataFrame({column[0]: other.reindex(beyond.index)}).set_axis(column, axis=1)
    known = pd.Series([origin], index=column)
    drawn = _draw_growth(level, known, years, draws, seed, (0.0,) * len(PERSISTENCE))
    return drawn[:, years > origin, 0]


def _to_draw(
    levels: pd.DataFrame, origin: int, end: int
) -> tuple[pd.DataFrame, pd.Series, npt.NDArray[np.int_]]:
    """Usable cash series over the volume index of their region, the last year of each, and the
    years to draw: those that any of them lacks, up to ``end``."""
    found = evidence(levels, origin)
    known, usable = levels.loc[:origin], set(found.index[found["usable"]])
    cash, own = drawn_indicators(CASH).index, drawn_indicators(OWN).index
    ratios = {
        (region, name): known[(region, name)] / known[(region, VOLUME)]
        for region, name in known.columns
        if name in cash and {(region, name), (region, VOLUME)} <= usable
    }
    ratios |= {(region, name): known[(region, name)] for region, name in usable if name in own}
    index = pd.MultiIndex.from_tuples(list(ratios), names=levels.columns.names)
    beyond = pd.DataFrame(ratios, index=known.index).reindex(columns=index)
    last_year = found.loc[index, "last_year"]
    first = int(last_year.min()) + 1 if len(last_year) else origin + 1
    return beyond, last_year, np.arange(first, end + 1)


def _real_growth(
    levels: pd.DataFrame, drawn: xr.DataArray, years: npt.NDArray[np.int_], growth_discount: float
) -> Array:
    """Log real growth (draw, region, year): as it was where known, drawn and cut after that."""
    past = [year for year in years if year < int(drawn["year"].min())]
    index = levels.xs("gdp_real", axis=1, level="series")
    seen = np.log(index).diff().reindex(past)[list(drawn["region"].to_numpy())].to_numpy().T
    shape = (drawn.sizes["draw"], *seen.shape)
    ahead = to_log(drawn.to_numpy().astype(float) - growth_discount)
    return np.concatenate([np.broadcast_to(seen, shape), ahead], axis=2)


def _growth_and_span(levels: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Log growth a year and years since the figure before, at each figure but the first.

    None at the first figure after a break.
    """
    years = levels.index.to_series()
    seen, base = levels.notna(), bases(levels)
    seen_year = seen.mul(years, axis=0).where(seen)
    unbroken = base == base.where(seen).ffill().shift()
    span = (seen_year - seen_year.ffill().shift()).where(unbroken)
    change = np.log(levels) - np.log(levels).ffill().shift()
    return change / span, span


def _draw_growth(
    levels: pd.DataFrame,
    last_year: pd.Series,
    years: npt.NDArray[np.int_],
    draws: int,
    seed: int,
    persistences: Sequence[float] = PERSISTENCE,
) -> Array:
    """Log growth (draw, year, column), half of the draws of each model; 0 in years known."""
    rng = np.random.default_rng(seed)
    unknown = years[:, None] > last_year.to_numpy()
    shares = (draws - draws // 2, draws // 2)
    return np.concatenate(
        [
            _paths(levels, unknown, persistence, share, rng)
            for persistence, share in zip(persistences, shares, strict=True)
        ]
    )


def _paths(
    levels: pd.DataFrame,
    unknown: npt.NDArray[np.bool_],
    persistence: float,
    draws: int,
    rng: np.random.Generator,
) -> Array:
    """Log growth (draw, year, column) of one model: shocks of all series joint, 0 in years known.

    Past shocks are those about the series' own mean; where most of them stays, of single years.
    Where paths start has an error too, ``start`` in shocks of one year.
    """
    growth, span = _growth_and_span(levels)
    mean = (growth * span).sum() / span.sum()
    if persistence == 0:
        past = (growth - mean) * np.sqrt(span)
        start = 1 / np.sqrt(span.sum())
    else:
        own = growth.where(span == 1) - mean
        past = own - persistence * own.shift()
        start = np.sqrt(span.ffill().iloc[-1] - 1)
    degrees = past.notna().sum() - 1
    past = (past / np.sqrt(degrees)).fillna(0.0).to_numpy(float)
    mixture = rng.standard_normal((draws, 1 + len(unknown), len(past)))
    shocks = mixture @ past
    freedom = degrees.to_numpy(float)
    scale = np.sqrt(freedom / stats.chi2.ppf(rng.random((draws, 1)), freedom))
    anchor = _anchor(mean)
    deviation = (growth.ffill().iloc[-1] - anchor).to_numpy(float)
    age = unknown.cumsum(axis=0)
    expected = anchor.to_numpy(float) + persistence**age * deviation
    left = lfilter([1.0], [1.0, -persistence], shocks[:, 1:] * unknown, axis=1)
    # The error of a mean stays; that of last year's deviation fades as the deviation does.
    fades = persistence**age if persistence else 1.0
    spread = start.to_numpy(float) * fades * shocks[:, :1] + left
    return np.where(unknown, expected + scale[:, None] * spread, 0.0)


def _anchor(mean: pd.Series) -> pd.Series:
    """Mean growth of GDP's deflator for each cash series of its region; else the series' own."""
    names = mean.index.get_level_values("series")
    deflator = mean[names == "gdp_nominal"].droplevel("series")
    of_region = mean.index.get_level_values("region").map(deflator)
    of_region = of_region.where(~names.isin(drawn_indicators(OWN).index))
    return pd.Series(of_region, mean.index, dtype=float).fillna(mean)


def _by_region(growth: Array, columns: pd.MultiIndex, name: str, regions: list[str]) -> Array:
    """Log growth of one series (draw, region, year); missing where it was not drawn."""
    block = np.full((growth.shape[0], len(regions), growth.shape[1]), np.nan)
    for place, region in enumerate(regions):
        if (region, name) in columns:
            block[:, place] = growth[:, :, columns.get_loc((region, name))]
    return block
