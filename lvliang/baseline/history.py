"""Annual series of one city and of the cities of its province, as known at an origin."""

from collections.abc import Sequence

import pandas as pd

from lvliang.baseline.package import data_folder, has_tables, resource_path
from lvliang.baseline.regions import cities_beside
from lvliang.baseline.tables import BREAKS, as_of, load_observations, load_table

SECTORS = "sectors_first_published"

# Where two vintages of GDP differ by more points than this, and in more cities than this share.
APART = 5.0
WIDESPREAD = 1 / 3
REAL, CASH, OWN = "real", "cash", "own"  # models of a series, in the table of indicators
VOLUME = "gdp_real"


def drawn_indicators(*models: str) -> pd.DataFrame:
    """Rows of the table of indicators, by name: those drawn by one of ``models``, or by any."""
    table = load_table("indicators").set_index("indicator")
    return table[table["model"].isin(models or (REAL, CASH, OWN))]


def vintages_of(indicator: str, *, level: bool = False) -> list[str]:
    """Vintages of the growth, or of the ``level``, of an indicator that is drawn, best first."""
    column = "level_vintages" if level else "growth_vintages"
    return str(drawn_indicators().loc[indicator, column]).split()


def history_tables() -> list[str]:
    """Tables that series are drawn from; a `DataError` for one that is not declared."""
    names = dict.fromkeys(" ".join(drawn_indicators()["drawn_from"]).split())
    return [name for name in names if resource_path(data_folder(), name)]


def load_history(region_codes: Sequence[str], origin: int) -> pd.DataFrame:
    """Observations of ``region_codes`` known at ``origin`` (`load_observations`, `as_of`)."""
    observations = as_of(load_observations(history_tables()), origin)
    return observations[observations["region_code"].isin(region_codes)].reset_index(drop=True)


def series(history: pd.DataFrame, indicator: str, vintages: Sequence[str]) -> pd.DataFrame:
    """One indicator in its unit, year by region; each cell from the first vintage that has it.

    >>> history = pd.DataFrame({
    ...     "region_code": "141100", "indicator": "budget_revenue", "year": [2018, 2018, 2020],
    ...     "value": [174.8, 174.0, 187.26], "vintage": ["first_published", "report", "report"]})
    >>> series(history, "budget_revenue", ["first_published", "report"])["141100"].tolist()
    [174.8, 187.26]
    """
    rows = history[(history["indicator"] == indicator) & history["vintage"].isin(vintages)]
    order = rows["vintage"].map({vintage: rank for rank, vintage in enumerate(vintages)})
    best = rows.assign(order=order).sort_values("order", kind="stable")
    best = best.drop_duplicates(["region_code", "year"])
    return best.pivot(index="year", columns="region_code", values="value").sort_index()


def levels_of_province(
    known: pd.DataFrame, region_code: str, indicator: str, vintage: str = "first_published"
) -> pd.DataFrame:
    """Levels of every city of the province (亿元), year by region; missing where unknown."""
    cities = cities_beside(region_code)
    return series(known, indicator, [vintage]).reindex(columns=cities).astype(float)


def has_gap(series: pd.Series) -> bool:
    """Whether a year between the first and the last has no figure."""
    return len(series) < series.index[-1] - series.index[0] + 1


def observed(history: pd.DataFrame, region_code: str, indicator: str) -> pd.Series:
    """Observed values of one region by year, in the unit and the vintages of ``indicator``."""
    table = series(history, indicator, vintages_of(indicator, level=True))
    return table.get(region_code, pd.Series(dtype=float)).dropna()


def growth_levels(history: pd.DataFrame, region_codes: Sequence[str], origin: int) -> pd.DataFrame:
    """Levels whose changes are the growth to be projected, missing where there are none.

    Index ``year`` without gaps, columns (``region``, ``series``): ``gdp_real`` (volume index at
    constant prices, 100 in the year before the first), and each indicator that the table of
    indicators has drawn beyond it (``cash``) or by itself (``own``), in its unit.
    """
    parts: dict[str, pd.DataFrame] = {}
    for name, model in drawn_indicators()["model"].items():
        found = series(history, str(name), vintages_of(str(name)))
        parts |= {VOLUME: volume_index(found)} if model == REAL else {str(name): found}
    columns = pd.MultiIndex.from_product(
        [sorted(region_codes), sorted(parts)], names=["region", "series"]
    )
    found = [frame for frame in parts.values() if not frame.empty]
    first = min((int(frame.index.min()) for frame in found), default=origin)
    levels = pd.DataFrame(index=pd.RangeIndex(first, origin + 1, name="year"), columns=columns)
    for name, frame in parts.items():
        for region in frame:
            levels[(region, name)] = frame[region]
    return levels.astype(float)


def bases(levels: pd.DataFrame) -> pd.DataFrame:
    """How many breaks each column (``region``, ``series``) of levels has had by a year.

    Table ``breaks``: another census, boundary or definition. Where two levels differ in it, the
    change between them is not growth.
    """
    counts = pd.DataFrame(0, levels.index, levels.columns)
    if has_tables(BREAKS):
        for row in load_table(BREAKS).itertuples():
            if (row.region_code, row.indicator) in counts:
                counts.loc[row.year :, (row.region_code, row.indicator)] += 1
    return counts


def unbroken_growth(levels: pd.DataFrame, years: int = 1) -> pd.DataFrame:
    """Growth (% a year) of levels over the one ``years`` before; missing across a break."""
    base = bases(levels)
    growth = 100 * ((levels / levels.shift(years)) ** (1 / years) - 1)
    return growth.where(base == base.shift(years))


def start_levels(history: pd.DataFrame, origin: int) -> pd.Series:
    """Nominal GDP of the origin year by region (亿元), in the vintage a plan is settled on."""
    levels = series(history, "gdp_nominal", vintages_of("gdp_nominal", level=True))
    return levels.reindex([origin]).iloc[0]


def secondary_share(origin: int) -> pd.DataFrame:
    """Share of the secondary sector (%, current prices, as first published), year by region."""
    known = as_of(load_table(SECTORS), origin)
    names = ("va_secondary", "va_primary", "va_tertiary")
    secondary, *others = (series(known, name, ["first_published"]) for name in names)
    return 100 * secondary / sum(others, secondary)


def census_years(first_published: pd.DataFrame, revised: pd.DataFrame) -> pd.Series:
    """Whether the change of a year, as first published, is across a break (index year).

    A census lifts or cuts later levels as first published. Where growth of GDP at current prices
    (year by region) in both vintages differs by more than ``APART`` points in more than a share
    ``WIDESPREAD`` of the cities, that change is not growth.
    """
    gap = vintage_gap(first_published, revised)
    return (gap > APART).sum(axis=1) > WIDESPREAD * gap.notna().sum(axis=1)


def vintage_gap(first_published: pd.DataFrame, revised: pd.DataFrame) -> pd.DataFrame:
    """Points by which growth differs between two vintages (absolute, year by region)."""
    growth = [100 * (levels / levels.shift() - 1) for levels in (first_published, revised)]
    return (growth[0] - growth[1]).abs()


def volume_index(growth: pd.DataFrame) -> pd.DataFrame:
    """Chain annual real growth in percent to an index, the year before the first = 100.

    >>> volume_index(pd.DataFrame({"a": [10.0, -10.0]}, index=[2001, 2002]))["a"].round(6).tolist()
    [100.0, 110.0, 99.0]
    """
    if growth.empty:
        return growth
    index = 100 * (1 + growth / 100).cumprod()
    start = pd.DataFrame(100.0, index=growth.index[:1] - 1, columns=growth.columns)
    return pd.concat([start, index])


def has_report(region_code: str) -> bool:
    """Whether the government work report on file is that of ``region_code``."""
    return bool((load_table("report_baseline")["region_code"] == region_code).any())


def report_figures(region_code: str, origin: int) -> pd.DataFrame:
    """Figures of the government work report on ``region_code``, with its words and their place."""
    figures = as_of(load_table("report_baseline"), origin)
    return figures[figures["region_code"] == region_code].reset_index(drop=True)
