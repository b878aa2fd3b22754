"""The engine: joint draws of real growth for every city of the panel.

growth of a city = national factor + its deviation
                 + national error + error shared by its province + error of its own
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import xarray as xr

from lvliang.baseline.history import growth_levels, load_history, start_levels
from lvliang.errors import DataError, ParameterError
from lvliang.projection.dispersion import dispersion, province_index
from lvliang.projection.forecast import forecast_deviations, forecast_factor
from lvliang.projection.panel import Panel, pick_regions
from lvliang.projection.paths import LONGEST_GAP, MINIMUM_CHANGES, project

QUANTILE_NAMES = {
    "q05": 0.05, "q10": 0.10, "q25": 0.25, "q50": 0.50, "q75": 0.75, "q90": 0.90, "q95": 0.95,
}  # fmt: skip


def draw_growth(panel: Panel, *, horizon: int, draws: int, seed: int) -> xr.DataArray:
    """Real growth of the years ahead, all cities jointly: ``(draw, region, year)``, % a year."""
    rng = np.random.default_rng(seed)
    nation, province, city = dispersion(panel)
    paths = city.draw(rng, draws, horizon)
    paths += province.draw(rng, draws, horizon)[:, :, province_index(panel)]
    paths += nation.draw(rng, draws, horizon)
    paths += forecast_deviations(panel, horizon)
    paths += forecast_factor(panel, horizon)[:, None]
    years = panel.origin + np.arange(1, horizon + 1)
    coordinates = {"region": list(panel.growth.columns), "year": years}
    return xr.DataArray(paths.transpose(0, 2, 1), coordinates, dims=("draw", "region", "year"))


def draw_everywhere(
    panel: Panel, indicator: str, *, regions: str = "all", horizon: int, draws: int, seed: int
) -> xr.DataArray:
    """Draw an indicator of growth for the years after the origin, jointly for many cities.

    What is beyond real growth is drawn a province at a time, of the same seed: every province has
    the same mixture of past shocks, and draws stay joint. ``regions``: codes and names, comma
    apart, or ``all`` whose series carry the indicator. Returns ``(draw, region, year)``, % a year.
    Raises `ParameterError` for an unknown region, `DataError` where the series of one do not carry
    it.
    """
    chosen = pick_regions(panel, regions)
    real = draw_growth(panel, horizon=horizon, draws=draws, seed=seed)
    if indicator == "gdp_real_growth":
        return real.sel(region=chosen)
    drawn = _beyond_real(panel, indicator, real, seed)
    carried = [code for code in chosen if code in drawn["region"]]
    lacking = sorted(set(chosen) - set(carried))
    if lacking and (regions != "all" or not carried):
        raise DataError(
            f"{indicator}: the series of {lacking[0]} does not reach {panel.origin}; legal: "
            f"figures of at least {MINIMUM_CHANGES} changes, the last at most {LONGEST_GAP} years "
            "before the origin"
        )
    return drawn.sel(region=carried)


def _beyond_real(panel: Panel, indicator: str, real: xr.DataArray, seed: int) -> xr.DataArray:
    """One indicator of all cities whose series carry it, (draw, region, year)."""
    origin = panel.origin
    history = load_history(list(panel.growth.columns), origin)
    starts = start_levels(history, origin)
    blocks = []
    for cities in panel.provinces.groupby(panel.provinces).groups.values():
        own = history[history["region_code"].isin(cities)]
        levels, growth = growth_levels(own, list(cities), origin), real.sel(region=list(cities))
        paths = project(levels, starts, growth, origin=origin, seed=seed)
        carried = paths.sel(indicator=indicator, drop=True).dropna("region")
        blocks.append(carried.astype(np.float32))
    return xr.concat(blocks, "region")


def summarise(paths: xr.DataArray, thresholds: Sequence[float] = ()) -> pd.DataFrame:
    """Draws (draw, region, year; % a year) as rows: every year, and every mean from the first on.

    ``region, first_year, last_year, stat, value``; ``stat`` of the year, or of the arithmetic mean
    of the years: ``mean``, ``q05`` … ``q95`` or ``p_ge_<threshold>``, the share of draws at or
    above.
    """
    years = paths["year"].to_numpy()
    spans = [(year, year) for year in years] + [(years[0], year) for year in years[1:]]
    tables = {}
    for first, last in spans:
        values = paths.sel(year=slice(first, last)).mean("year").to_numpy()
        quantiles = np.quantile(values, list(QUANTILE_NAMES.values()), axis=0)
        statistics = {"mean": values.mean(axis=0, dtype=float)}
        statistics |= dict(zip(QUANTILE_NAMES, quantiles, strict=True))
        statistics |= {f"p_ge_{limit:g}": (values >= limit).mean(axis=0) for limit in thresholds}
        tables[first, last] = pd.DataFrame(statistics, paths["region"].to_numpy())
    keys = ["region", "first_year", "last_year"]
    wide = pd.concat(tables, names=["first_year", "last_year", "region"])
    rows = wide.melt(var_name="stat", ignore_index=False).reset_index()
    rows = rows.sort_values(keys, kind="stable", ignore_index=True)
    return rows[[*keys, "stat", "value"]]


def read_thresholds(text: str) -> list[float]:
    """Rates in percent with commas between; `ParameterError` if one is not a number.

    >>> read_thresholds("5,6.5"), read_thresholds("")
    ([5.0, 6.5], [])
    """
    try:
        return [float(word) for word in text.split(",") if word.strip()]
    except ValueError:
        raise ParameterError(
            f"thresholds: {text!r} is not legal; legal: numbers in percent, such as 5,6,7.5"
        ) from None
