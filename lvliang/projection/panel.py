"""What the engine looks at: growth of all cities and what officials announced, at an origin."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, lru_cache

import numpy as np
import pandas as pd

from lvliang.baseline.history import series, vintages_of
from lvliang.baseline.package import Stamp, data_folder, has_tables, stamp, table_files
from lvliang.baseline.regions import find_region
from lvliang.baseline.tables import as_of, load_observations, load_table
from lvliang.errors import DataError, ParameterError

NATION = "CN"
OBSERVATIONS = ("gdp_revised", "national_macro")
TARGETS = ("provincial_growth_targets", "national_growth_targets")
EDITIONS = ("press_2023", "weo_outturns")
EDITION = ["year", "known_at", "value", "source_id"]
PANEL_MINIMUM_YEARS = 6


@dataclass(frozen=True, eq=False)
class Panel:
    """Everything known at ``origin``, the end of March of the year after, and nothing later.

    ``growth``: real growth, % a year; index year up to the origin, columns region code; ``nation``
    that of the nation, by year. ``targets``: official growth targets of provinces and of the
    nation, ``region_code, kind, known_at, first_year, last_year, low_pct``. ``editions``: figures
    of the nation as they were printed, ``year, known_at, value, source_id``, of years after all
    others: at each origin the last one known.
    """

    origin: int
    growth: pd.DataFrame
    nation: pd.Series
    targets: pd.DataFrame
    editions: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=EDITION))
    _past: dict[int, Panel] = field(default_factory=dict, repr=False)

    @cached_property
    def factor(self) -> pd.Series:
        """National factor: mean growth of the cities, by year."""
        return self.growth.mean(axis=1)

    @cached_property
    def deviations(self) -> pd.DataFrame:
        """Growth of each city less the national factor."""
        return self.growth.sub(self.factor, axis=0)

    @cached_property
    def provinces(self) -> pd.Series:
        """Province of each city: the first two digits of its code."""
        return self.growth.columns.to_series().str[:2]

    def at(self, origin: int) -> Panel:
        """The panel as it was known at an earlier origin: the one place where it is cut."""
        if origin not in self._past:
            growth, targets = self.growth.loc[:origin], as_of(self.targets, origin)
            nation = _nation(self.nation.loc[:origin], self.editions, origin)
            self._past[origin] = Panel(origin, growth, nation, targets, self.editions, self._past)
        return self._past[origin]


def _nation(others: pd.Series, editions: pd.DataFrame, origin: int) -> pd.Series:
    """Growth of the nation by year: of years with dated ``editions``, the last one known."""
    printed = as_of(editions, origin).sort_values("known_at").groupby("year")["value"].last()
    return pd.concat([others[~others.index.isin(editions["year"])], printed]).sort_index()


def has_panel() -> bool:
    """Whether the panel of all cities is there; its folder may be removed."""
    return has_tables(OBSERVATIONS[0])


def load_panel(origin: int) -> Panel:
    """All cities as known at ``origin``, or a `ParameterError`; without tables a `DataError`."""
    return _load(origin, stamp(table_files(data_folder(), (*OBSERVATIONS, *TARGETS, *EDITIONS))))


@lru_cache(maxsize=8)
def _load(origin: int, _stamp: Stamp) -> Panel:
    observations = load_observations(OBSERVATIONS)
    everything = series(observations, "gdp_real_growth", vintages_of("gdp_real_growth"))
    if everything.empty:
        raise DataError("panel/gdp_revised.csv: no city growth; legal: the panel folder in place")
    first, last = int(everything.index.min()) + PANEL_MINIMUM_YEARS, int(everything.index.max())
    if not first <= origin <= last:
        raise ParameterError(f"origin: {origin} lies outside the data; legal: {first} to {last}")
    known = as_of(observations, origin)
    growth = series(known, "gdp_real_growth", vintages_of("gdp_real_growth"))
    constant = growth.columns[growth.std() == 0]
    if len(constant):
        raise DataError(f"panel: growth of {constant[0]} never changes; legal: a series that does")
    own = known[(known["region_code"] == NATION) & (known["indicator"] == "gdp_real_growth")]
    nation = own.set_index("year")["value"]
    editions = _editions()
    editions = editions[editions["year"] > nation.index.max()]
    targets = pd.concat([load_table(name) for name in TARGETS], ignore_index=True)
    return Panel(
        origin,
        growth.drop(columns=NATION, errors="ignore").dropna(axis=1, how="all"),
        _nation(nation, editions, origin),
        as_of(targets, origin),
        editions,
    )


def _editions() -> pd.DataFrame:
    """Growth of the nation as bulletins and forecasters printed it (``EDITION``)."""
    found = pd.concat(map(load_table, EDITIONS))
    annual = found["period"].fillna("annual") == "annual"
    growth = (found["region_code"] == NATION) & (found["indicator"] == "gdp_real_growth")
    return found.loc[annual & growth, EDITION]


def pick_regions(panel: Panel, regions: str) -> list[str]:
    """Codes meant by ``all``, or by codes and names, comma apart; else a `ParameterError`."""
    known = list(panel.growth.columns)
    if regions == "all":
        return known
    codes = [word if word in known else find_region(word).code for word in regions.split(",")]
    for code in codes:
        if code not in known:
            raise ParameterError(
                f"regions: {code} {find_region(code).name_zh} has no GDP in the panel; "
                f"legal: all, or any of the {len(known)} cities that have, such as {known[0]}"
            )
    return codes


def robust_limit(values: np.ndarray, deviations: float = 3.0) -> float:
    """``deviations`` robust standard deviations: 1.4826 times the median absolute deviation.

    >>> round(robust_limit(np.array([-1.0, 0.0, 1.0, 50.0])), 2)
    4.45
    """
    centre = np.nanmedian(values)
    return float(deviations * 1.4826 * np.nanmedian(np.abs(values - centre)))
