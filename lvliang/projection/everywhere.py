"""Joint draws of one growth indicator for every city of the panel, province by province."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import xarray as xr

from lvliang.baseline.history import growth_levels, load_history, start_levels
from lvliang.errors import DataError
from lvliang.projection.engine import draw_growth
from lvliang.projection.panel import Panel, pick_regions
from lvliang.projection.paths import LONGEST_GAP, MINIMUM_CHANGES, project

REAL = "gdp_real_growth"


def draw_everywhere(
    panel: Panel,
    indicator: str,
    *,
    regions: str = "all",
    horizon: int,
    draws: int,
    seed: int,
    data: Path | None = None,
) -> xr.DataArray:
    """Draw ``indicator`` of the years after the origin, jointly for many cities.

    Real growth comes from the engine; what is beyond it is drawn a province at a time, of the
    same seed, so that every province has the same mixture of past shocks and draws stay joint.

    Parameters
    ----------
    panel : Panel
        What is known at the origin.
    indicator : str
        ``gdp_real_growth``, ``gdp_nominal_growth``, ``gdp_deflator_growth`` or
        ``budget_revenue_growth``.
    regions : str
        ``all``: every city whose series carry the indicator; or codes and names, comma apart.

    Returns
    -------
    xarray.DataArray
        ``(draw, region, year)``, % a year.

    Raises
    ------
    ParameterError
        If a region is unknown.
    DataError
        If the series of a region asked for do not carry the indicator.
    """
    chosen = pick_regions(panel, regions)
    real = draw_growth(panel, horizon=horizon, draws=draws, seed=seed)
    if indicator == REAL:
        return real.sel(region=chosen)
    drawn = _beyond_real(panel, indicator, real, seed, data)
    carried = [code for code in chosen if code in drawn["region"]]
    lacking = sorted(set(chosen) - set(carried))
    if lacking and (regions != "all" or not carried):
        raise DataError(
            f"{indicator}: the series of {lacking[0]} does not reach {panel.origin}; legal: "
            f"figures of at least {MINIMUM_CHANGES} changes, the last at most {LONGEST_GAP} years "
            "before the origin"
        )
    return drawn.sel(region=carried)


def _beyond_real(
    panel: Panel, indicator: str, real: xr.DataArray, seed: int, data: Path | None
) -> xr.DataArray:
    """One indicator of all cities whose series carry it, (draw, region, year)."""
    history = load_history(list(panel.growth.columns), panel.origin, data)
    starts = start_levels(history, panel.origin)
    blocks = []
    for _, codes in panel.provinces.groupby(panel.provinces):
        cities = list(codes.index)
        own = history[history["region_code"].isin(cities)]
        paths = project(
            growth_levels(own, cities, panel.origin),
            starts,
            real.sel(region=cities),
            origin=panel.origin,
            seed=seed,
        )
        chosen = paths.sel(indicator=indicator, drop=True).dropna("region")
        blocks.append(chosen.astype(np.float32))
    return xr.concat(blocks, "region")
