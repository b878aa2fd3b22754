"""The engine: joint draws of real growth for every city of the panel.

growth of a city = national factor + its deviation
                 + national error + error shared by its province + error of its own
"""

from __future__ import annotations

import numpy as np
import xarray as xr

from lvliang.projection.deviations import forecast_deviations
from lvliang.projection.dispersion import dispersion, province_index
from lvliang.projection.national import forecast_factor
from lvliang.projection.panel import Panel


def draw_growth(panel: Panel, *, horizon: int, draws: int, seed: int) -> xr.DataArray:
    """Draw real growth of the years after the origin, jointly for all cities.

    Parameters
    ----------
    panel : Panel
        What is known at the origin.
    horizon : int
        Years drawn.
    draws, seed : int
        Number of paths, and the seed of their generator.

    Returns
    -------
    xarray.DataArray
        ``(draw, region, year)``, % a year at constant prices.
    """
    rng = np.random.default_rng(seed)
    spread = dispersion(panel)
    paths = spread.city.draw(rng, draws, horizon)
    paths += spread.province.draw(rng, draws, horizon)[:, :, province_index(panel)]
    paths += spread.nation.draw(rng, draws, horizon)
    paths += forecast_deviations(panel, horizon)
    paths += forecast_factor(panel, horizon)[:, None]
    years = panel.origin + np.arange(1, horizon + 1)
    return xr.DataArray(
        paths.transpose(0, 2, 1),
        dims=("draw", "region", "year"),
        coords={"region": list(panel.growth.columns), "year": years},
    )
