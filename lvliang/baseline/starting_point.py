"""Where a city stands at the base year, and how it came there."""

from __future__ import annotations

import pandas as pd

from lvliang.baseline.growth import implied_deflator_growth, mean_of_rates
from lvliang.baseline.history import GROWTH_VINTAGES, series
from lvliang.baseline.regions import find_region, peers

SPAN = 5


def starting_point(history: pd.DataFrame, region_code: str, base_year: int) -> pd.DataFrame:
    """Levels and ranks at both ends of the five years up to ``base_year``.

    Parameters
    ----------
    history : pandas.DataFrame
        Observations of the city and of its province, every vintage.

    Returns
    -------
    pandas.DataFrame
        Index ``gdp_nominal`` and ``budget_revenue`` (亿元, current prices, as the report says or
        as first published); columns ``first, last`` (levels), ``first_rank, last_rank`` (in the
        province), missing where a figure is.
    """
    first_year = base_year - SPAN
    rows = {}
    ends = [first_year, base_year]
    for indicator in ("gdp_nominal", "budget_revenue"):
        said = series(history, indicator, ["report", "first_published"]).reindex(ends)
        own = said.get(region_code, pd.Series(index=ends, dtype=float))
        ranks = _first_published_ranks(history, region_code, indicator)[region_code].reindex(ends)
        rows[indicator] = {
            "first": own.iloc[0],
            "last": own.iloc[1],
            "first_rank": ranks.iloc[0],
            "last_rank": ranks.iloc[1],
        }
    return pd.DataFrame.from_dict(rows, orient="index").astype(float)


def real_and_nominal(history: pd.DataFrame, region_code: str) -> pd.DataFrame:
    """Annual growth of GDP, real and nominal, and the price change between them.

    Returns
    -------
    pandas.DataFrame
        Index year; ``real`` (%, constant prices), ``nominal`` (%, current prices) and
        ``deflator`` (%), all of the revised vintage, so that they belong to each other.
    """
    real = series(history, "gdp_real_growth", GROWTH_VINTAGES["gdp_real_growth"])
    level = series(history, "gdp_nominal", GROWTH_VINTAGES["gdp_nominal"])
    if region_code not in real or region_code not in level:
        return pd.DataFrame(columns=["real", "nominal", "deflator"], dtype=float)
    nominal = 100 * (level[region_code] / level[region_code].shift() - 1)
    both = pd.DataFrame({"real": real[region_code], "nominal": nominal}).dropna()
    return both.assign(deflator=implied_deflator_growth(both["nominal"], both["real"]))


def average_of_span(growth: pd.DataFrame, last_year: int, years: int = SPAN) -> pd.Series | None:
    """年均增长 (%) of each column over the ``years`` up to ``last_year``; None if a year lacks."""
    span = growth.reindex(range(last_year - years + 1, last_year + 1))
    return span.apply(mean_of_rates) if span.notna().all(axis=None) else None


def provincial_ranks(levels: pd.DataFrame) -> pd.DataFrame:
    """Rank of each city by year, 1 the largest.

    Missing in a year that lacks a city, and where there is but one: ``levels`` has a column for
    every city of the province, whether there are figures of it or not.
    """
    complete = levels.notna().all(axis=1) & (levels.shape[1] > 1)
    return levels.rank(axis=1, ascending=False, method="min").where(complete, axis=0)


def ranks_by_year(history: pd.DataFrame, region_code: str) -> pd.DataFrame:
    """Rank of the city in its province, computed and as the report says.

    Returns
    -------
    pandas.DataFrame
        Index year; ``gdp_rank``, ``revenue_rank`` (computed from first-published figures, in
        years in which every city has one), ``report_gdp_rank``, ``report_revenue_rank``; years
        with at least one of them.
    """
    computed = {
        "gdp_rank": _first_published_ranks(history, region_code, "gdp_nominal"),
        "report_gdp_rank": series(history, "gdp_rank_in_province", ["report"]),
        "revenue_rank": _first_published_ranks(history, region_code, "budget_revenue"),
        "report_revenue_rank": series(history, "budget_revenue_rank_in_province", ["report"]),
    }
    own = {name: ranks[region_code] for name, ranks in computed.items() if region_code in ranks}
    return pd.DataFrame(own, columns=list(computed)).dropna(how="all")


def _first_published_ranks(history: pd.DataFrame, region_code: str, indicator: str) -> pd.DataFrame:
    levels = series(history, indicator, ["first_published"])
    cities = [city.code for city in peers(find_region(region_code))]
    return provincial_ranks(levels.reindex(columns=cities).astype(float))


def claims_and_series(history: pd.DataFrame, region_code: str) -> pd.DataFrame:
    """Levels the report states, beside the first-published series of the same year (亿元).

    Returns
    -------
    pandas.DataFrame
        ``indicator, year, report, series``; a claim whose year the series lacks has none.
    """
    rows = []
    for indicator in ("gdp_nominal", "budget_revenue"):
        claimed = series(history, indicator, ["report"])
        published = series(history, indicator, ["first_published"])
        if region_code not in claimed:
            continue
        found = published.get(region_code, pd.Series(dtype=float))
        both = pd.DataFrame({"report": claimed[region_code], "series": found})
        both = both.dropna(subset="report").rename_axis("year").reset_index()
        rows.append(both.assign(indicator=indicator))
    columns = ["indicator", "year", "report", "series"]
    return pd.concat(rows)[columns] if rows else pd.DataFrame(columns=columns)
