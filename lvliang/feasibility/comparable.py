"""The outside view: what cities that started alike went on to do."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from lvliang.baseline.growth import from_log, to_log
from lvliang.baseline.history import SECTORS, secondary_share
from lvliang.baseline.package import has_tables
from lvliang.projection.panel import has_panel, load_panel

NEAREST = 0.10  # share of all spells that counts as comparable
FEWEST = 30


@dataclass(frozen=True)
class Cities:
    """Real growth (%) and secondary-sector share of GDP (%) of all cities: year by region."""

    growth: pd.DataFrame
    secondary_share: pd.DataFrame


def load_cities(origin: int) -> Cities | None:
    """All cities as known at ``origin``; None without the panel or its sectors."""
    if not has_panel() or not has_tables(SECTORS):
        return None
    return Cities(load_panel(origin).growth, secondary_share(origin))


def comparable_spells(cities: Cities, region_code: str, years: int) -> pd.DataFrame | None:
    """Spells of ``years`` years that began like the city stands now, all ended by now.

    Like it are the nearest ``NEAREST`` of all spells by growth and secondary-sector share of the
    year before, each distance in standard deviations over all spells. ``region, start`` (year
    before the spell), ``growth`` (average, % a year); None where the city lacks a figure or fewer
    than ``FEWEST`` spells are left.
    """
    growth, share = cities.growth, cities.secondary_share
    after = from_log(to_log(growth).rolling(years).mean()).shift(-years)
    columns = {"growth": after, "speed": growth, "share": share}
    table = pd.DataFrame({name: frame.unstack() for name, frame in columns.items()}).dropna()
    now = int(growth.index[-1])
    try:
        own = pd.Series(
            {"speed": growth.loc[now, region_code], "share": share.loc[now, region_code]}
        )
    except KeyError:
        return None
    if own.isna().any() or NEAREST * len(table) < FEWEST:
        return None
    apart = (table[["speed", "share"]] - own) / table[["speed", "share"]].std()
    nearest = np.hypot(apart["speed"], apart["share"]).nsmallest(round(NEAREST * len(table)))
    found = table.loc[nearest.index, ["growth"]].rename_axis(["region", "start"]).reset_index()
    return found[["region", "start", "growth"]]
