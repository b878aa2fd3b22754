"""What stands beside the draws when targets of a region are judged.

A target is settled on the preliminary figure, which differs from the revised series that the
engine draws by a gap: past gaps of the city, year after year, less their mean, because which way
the next one goes is not known.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr

from lvliang.baseline.history import series
from lvliang.baseline.package import has_tables
from lvliang.baseline.tables import as_of, load_observations, without_suspects
from lvliang.feasibility.announced import Announced, load_announced
from lvliang.feasibility.comparable import Cities, load_cities
from lvliang.feasibility.fields import Part
from lvliang.feasibility.record import groups_of, load_record, summarise_record

# Of one vintage, the first that has a cell.
GROWTH_TABLES = ("gdp_revised", "shanxi_real_growth", "real_growth_first_published")
MINIMUM_GAPS = 8


@dataclass(frozen=True)
class Background:
    """Evidence beside the draws: `summarise_record`, `vintage_gaps`, `load_cities` and
    `load_announced`, where known.
    """

    record: pd.DataFrame | None = None
    gaps: pd.Series | None = None
    cities: Cities | None = None
    announced: Announced | None = None


def load_background(region_code: str, base_year: int) -> Background:
    """All there is for a region at ``base_year``."""
    scores = load_record(base_year)
    groups = groups_of(scores, region_code)
    return Background(
        summarise_record(scores, groups) if groups else None,
        vintage_gaps(region_code, base_year),
        load_cities(base_year),
        load_announced(region_code, base_year),
    )


@dataclass(frozen=True)
class VintageGap(Part):
    """The gaps (points), ``spread`` their standard deviation, and the probability without them."""

    first_year: int
    last_year: int
    years: int
    mean: float
    spread: float
    largest: float
    probability_without: float


def vintage_gaps(region_code: str, origin: int) -> pd.Series:
    """Real growth as first published less as revised, by year (points); empty if too few.

    Suspect cells are left out, and so is a year in which most cities have the same figure in both
    to the digit that is printed: that is one vintage, not a gap of zero.
    """
    if not has_tables(*GROWTH_TABLES):
        return pd.Series(dtype=float)
    known = without_suspects(as_of(load_observations(GROWTH_TABLES), origin))
    kinds = ("first_published", "revised")
    first, revised = (series(known, "gdp_real_growth", [kind]) for kind in kinds)
    gaps = first - revised
    alike = (gaps.round(1) == 0).sum(axis=1) > gaps.notna().sum(axis=1) / 2
    own = gaps[~alike].get(region_code, pd.Series(dtype=float)).dropna()
    return own if len(own) >= MINIMUM_GAPS else pd.Series(dtype=float)


def settled(growth: xr.DataArray, gaps: pd.Series | None) -> xr.DataArray:
    """Drawn growth (draw, year) of the revised series as the preliminary figures would be.

    Draw ``i`` takes the gaps of consecutive years from place ``i`` modulo their number on, in a
    circle, so that every year of the past counts alike.

    >>> growth = xr.DataArray(np.zeros((2, 2)), dims=("draw", "year"))
    >>> settled(growth, pd.Series([1.0, -1.0])).to_numpy().tolist()
    [[1.0, -1.0], [-1.0, 1.0]]
    """
    if gaps is None or gaps.empty:
        return growth
    centred = gaps.to_numpy(float) - gaps.mean()
    starts = np.arange(growth.sizes["draw"])[:, None]
    places = (starts + np.arange(growth.sizes["year"])) % len(centred)
    return growth + xr.DataArray(centred[places], dims=("draw", "year"))


def describe_gaps(gaps: pd.Series, probability_without: float) -> VintageGap:
    """The gaps behind a verdict."""
    span = int(gaps.index.min()), int(gaps.index.max())
    size = float(gaps.mean()), float(gaps.std()), float(gaps.abs().max())
    return VintageGap(*span, len(gaps), *size, probability_without)
