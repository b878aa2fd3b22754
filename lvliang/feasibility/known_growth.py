"""Growth that is known, to hold a required growth against: the secondary sector of all cities.

Value added at current prices, as first published, over spells that cross no break. It is not the
output value of one industry, which swings more: indicative, no more.
"""

from collections.abc import Collection

import pandas as pd

from lvliang.baseline import history
from lvliang.baseline.growth import from_log, to_log
from lvliang.baseline.package import has_tables
from lvliang.baseline.tables import as_of, load_observations
from lvliang.feasibility.comparable import Cities, comparable_spells

SECTOR_TABLES = (history.SECTORS, "gdp_first_published", "gdp_revised")
REFERENCES = ("all", "alike")
MEDIAN = 0.50
LEVELS = (0.10, 0.25, MEDIAN, 0.75, 0.90)


def growth_without_breaks(
    value_added: pd.DataFrame, first_published: pd.DataFrame, revised: pd.DataFrame
) -> pd.DataFrame:
    """Growth of ``value_added`` (%), missing where a change is across a break.

    First-published levels break at economic censuses and where a city's past was revised and not
    published anew. Growth of GDP in the revised series has no such break: where both differ by more
    than ``APART`` points the change of the city is not used, and in a census year (`census_years`)
    that of no city is. All are levels at current prices, year by region: value added as first
    published, and GDP in the two vintages.
    """
    growth = 100 * (value_added / value_added.shift() - 1)
    gap = history.vintage_gap(first_published, revised).reindex_like(growth)
    census = history.census_years(first_published, revised).reindex(growth.index, fill_value=False)
    return growth.where(gap <= history.APART).where(~census, axis=0)


def load_secondary_growth(origin: int) -> Cities | None:
    """All cities as known at ``origin``, with `growth_without_breaks` of secondary-sector value
    added in place of real growth, and its share. None without the panel.
    """
    if not has_tables(*SECTOR_TABLES):
        return None
    known = as_of(load_observations(SECTOR_TABLES), origin)
    growth = growth_without_breaks(
        history.series(known, "va_secondary", ["first_published"]),
        history.series(known, "gdp_nominal", ["first_published"]),
        history.series(known, "gdp_nominal", ["revised"]),
    )
    return Cities(growth, history.secondary_share(origin))


def known_growth(cities: Cities | None, region_code: str, spans: Collection[int]) -> pd.DataFrame:
    """Past spells of ``spans`` years that a required growth is held against, all ended by now.

    ``years, reference, region, start`` (year before the spell), ``growth`` (% a year, current
    prices). ``reference``: ``all`` cities, or those that began ``alike`` (`comparable_spells`).
    """
    columns = ["years", "reference", "region", "start", "growth"]
    if cities is None or not spans:
        return pd.DataFrame(columns=columns)
    found = [
        (years, name, spells)
        for years in sorted(spans)
        for name, spells in (
            ("all", _spells(cities.growth, years)),
            ("alike", comparable_spells(cities, region_code, years)),
        )
    ]
    tables = [t.assign(years=years, reference=name) for years, name, t in found if t is not None]
    return pd.concat(tables)[columns]


def standing(cities: Cities | None, region_code: str) -> dict[str, float]:
    """``growth`` of the secondary sector and its ``share`` (%) in the last year; {} if missing."""
    if cities is None or region_code not in cities.growth:
        return {}
    year = cities.growth.index[-1]
    growth, share = (
        float(frame.loc[year, region_code]) for frame in (cities.growth, cities.secondary_share)
    )
    return {} if pd.isna([growth, share]).any() else {"growth": growth, "share": share}


def slower_spells(known: pd.DataFrame, years: int, growth: float) -> dict[str, float]:
    """Share (%) of the spells of ``years`` years that grew less than ``growth``, by reference.

    >>> known = pd.DataFrame({"years": 5, "reference": "all", "growth": [2.0, 4.0, 6.0, 8.0]})
    >>> slower_spells(known, 5, 6.0)
    {'all': 50.0, 'alike': nan}
    """
    spells = known[known["years"] == years]
    below = 100 * (spells["growth"] < growth).groupby(spells["reference"]).mean()
    return {name: float(below.get(name, float("nan"))) for name in REFERENCES}


def describe_known(known: pd.DataFrame) -> pd.DataFrame:
    """What stands behind each set of spells: a row a length and a reference.

    ``years, reference, spells, cities, starts`` (distinct), ``crowded`` (the fewest start years
    that hold nine tenths of the spells), ``first, last`` (start years, with ``…_median`` growth),
    ``windows`` (spells side by side between them), and the quantiles at ``LEVELS`` (% a year).
    """
    rows = []
    for (years, name), spells in known.groupby(["years", "reference"], sort=False):
        by_start = spells.groupby("start")["growth"]
        medians = by_start.median()
        held = by_start.size().sort_values(ascending=False).cumsum()
        crowded = held.index[: (held < 0.9 * len(spells)).sum() + 1]
        first, last = medians.index[0], medians.index[-1]
        row = {
            "years": years,
            "reference": name,
            "spells": len(spells),
            "cities": spells["region"].nunique(),
            "starts": len(medians),
            "crowded": sorted(crowded),
            "first": first,
            "last": last,
            "windows": (last + years - first) // years,
            "first_median": medians.iloc[0],
            "last_median": medians.iloc[-1],
        }
        rows.append(row | spells["growth"].quantile(list(LEVELS)).to_dict())
    return pd.DataFrame(rows)


def _spells(growth: pd.DataFrame, years: int) -> pd.DataFrame:
    """Average growth of every unbroken spell: ``region, start, growth``."""
    after = from_log(to_log(growth).rolling(years).mean()).shift(-years)
    spells = after.rename_axis(index="start", columns="region").unstack()
    return spells.dropna().rename("growth").reset_index()
