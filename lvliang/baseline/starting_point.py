"""Where a city stands at the base year and how it came there; the facts of page 10."""

from typing import Any

import pandas as pd

from lvliang.baseline.growth import average_growth, implied_deflator_growth, mean_of_rates
from lvliang.baseline.history import has_gap, levels_of_province, observed, series, vintages_of
from lvliang.baseline.regions import Region, cities_beside

SPAN = 5
LEVELS = ["gdp_nominal", "budget_revenue"]
NONE = pd.Series(dtype=float)
FIGURE = ["indicator", "status", "quote", "section"]  # what figures share a row by


def starting_point(history: pd.DataFrame, region_code: str, base_year: int) -> pd.DataFrame:
    """Levels and ranks at both ends of the five years up to ``base_year``.

    Index `LEVELS` (亿元, current prices, as the report says or as first published); columns
    ``first, last`` (levels), ``first_rank, last_rank`` (in the province).
    """
    ends, rows = [base_year - SPAN, base_year], {}
    for indicator in LEVELS:
        levels = series(history, indicator, ["report", "first_published"])
        own = levels.get(region_code, NONE)
        ranks = provincial_ranks(levels_of_province(history, region_code, indicator))[region_code]
        rows[indicator] = [*own.reindex(ends), *ranks.reindex(ends)]
    columns = ["first", "last", "first_rank", "last_rank"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).astype(float)


def ranks_by_year(history: pd.DataFrame, region_code: str) -> pd.DataFrame:
    """Rank of the city in its province, computed and as the report says, in years with either.

    Index year; ``gdp_rank``, ``revenue_rank`` (computed from first-published figures, in years in
    which every city has one), ``report_gdp_rank``, ``report_revenue_rank``.
    """
    levels = {name: levels_of_province(history, region_code, name) for name in LEVELS}
    computed = {
        "gdp_rank": provincial_ranks(levels["gdp_nominal"]),
        "report_gdp_rank": series(history, "gdp_rank_in_province", ["report"]),
        "revenue_rank": provincial_ranks(levels["budget_revenue"]),
        "report_revenue_rank": series(history, "budget_revenue_rank_in_province", ["report"]),
    }
    own = {name: ranks[region_code] for name, ranks in computed.items() if region_code in ranks}
    return pd.DataFrame(own, columns=list(computed)).dropna(how="all")


def provincial_ranks(levels: pd.DataFrame) -> pd.DataFrame:
    """Rank of each city (column) by year, 1 the largest; none where a city lacks, or is alone."""
    complete = levels.notna().all(axis=1) & (levels.shape[1] > 1)
    return levels.rank(axis=1, ascending=False, method="min").where(complete, axis=0)


def real_and_nominal(history: pd.DataFrame, region_code: str) -> pd.DataFrame:
    """Growth of GDP by year, ``real, nominal`` and ``deflator`` (%), all of the revised vintage."""
    real = series(history, "gdp_real_growth", vintages_of("gdp_real_growth"))
    level = series(history, "gdp_nominal", vintages_of("gdp_nominal"))
    if region_code not in real or region_code not in level:
        return pd.DataFrame(columns=["real", "nominal", "deflator"], dtype=float)
    nominal = 100 * (level[region_code] / level[region_code].shift() - 1)
    both = pd.DataFrame({"real": real[region_code], "nominal": nominal}).dropna()
    return both.assign(deflator=implied_deflator_growth(both["nominal"], both["real"]))


def average_of_span(growth: pd.DataFrame, last_year: int) -> dict[Any, float] | None:
    """年均增长 (%) of each column over the span up to ``last_year``; None if a year lacks."""
    span = growth.reindex(range(last_year - SPAN + 1, last_year + 1))
    return span.apply(mean_of_rates).to_dict() if span.notna().all(axis=None) else None


def claims_and_series(history: pd.DataFrame, region_code: str) -> pd.DataFrame:
    """Levels (亿元) in the ``report`` and, first published, in the ``series``; ``difference``."""
    rows, sides = [], {"report": "report", "series": "first_published"}
    for indicator in LEVELS:
        known = {side: series(history, indicator, [vintage]) for side, vintage in sides.items()}
        both = pd.DataFrame({side: found.get(region_code, NONE) for side, found in known.items()})
        rows.append(both.dropna(subset="report").assign(indicator=indicator))
    held = pd.concat(rows).rename_axis("year").reset_index()
    held["difference"] = held["report"] - held["series"]
    return held[["indicator", "year", "report", "series", "difference"]]


def baseline_facts(
    history: pd.DataFrame, start: pd.DataFrame, region: Region, base_year: int
) -> dict[str, Any]:
    """Where a city stands, how it grew, and whether its report agrees with the series.

    ``first_year`` (of the span up to the base year) and the ``next_year``; ``gdp`` and ``revenue``
    (`both_ends`); ``growth`` (`real_and_nominal`), its ``mean`` over the span, ``trough`` (real
    growth of the first year, if negative) and ``range``; ``levels`` (`level_facts`, of series that
    there are); ``claims`` (`claims_and_series`), ``differ`` (those that do), ``joined`` (whether
    the series lacks one); ``cities`` of the province and how many are ``missing`` from the series.
    """
    growth = real_and_nominal(history, region.code)
    first_year = base_year - SPAN
    claims = claims_and_series(history, region.code)
    levels = {name: observed(history, region.code, name) for name in LEVELS}
    cities = {*cities_beside(region.code)}
    known = history.loc[history["indicator"] == "gdp_nominal", "region_code"]
    return {
        "first_year": first_year,
        "next_year": first_year + 1,
        "gdp": both_ends(start.loc["gdp_nominal"]),
        "revenue": both_ends(start.loc["budget_revenue"]),
        "growth": growth.rename_axis("year").reset_index(),
        "mean": average_of_span(growth, base_year),
        "trough": trough(growth, first_year),
        "range": growth_range(growth),
        "levels": [level_facts(found, name) for name, found in levels.items() if len(found)],
        "claims": claims,
        "joined": bool(claims["series"].isna().any()),
        "differ": claims[claims["difference"].abs().round(2) > 0].round(2).to_dict("records"),
        "cities": len(cities),
        "missing": len(cities - set(known)),
    }


def both_ends(ends: pd.Series) -> dict[str, float | None]:
    """``first, last`` (亿元), ``rank``, and ``growth`` between (% a year); None where missing."""
    first, last, rank = (
        None if pd.isna(ends[name]) else round(float(ends[name]), 2)
        for name in ("first", "last", "last_rank")
    )
    known = first is not None and last is not None
    grown = average_growth(ends["first"], ends["last"], SPAN) if known else None
    return {"first": first, "last": last, "rank": rank, "growth": grown}


def trough(growth: pd.DataFrame, year: int) -> float | None:
    """Real growth of a year in which the city shrank: what starts there flatters."""
    real = growth["real"].get(year)
    return real if real is not None and real < 0 else None


def growth_range(growth: pd.DataFrame) -> dict[str, Any] | None:
    """The extremes of growth, and whether prices move more than quantities do."""
    if growth.empty:
        return None
    real, nominal = growth["real"], growth["nominal"]
    return {
        "first": int(growth.index[0]),
        "last": int(growth.index[-1]),
        "low": real.min(),
        "high": real.max(),
        "latest": real.iloc[-1],
        "nominal_low": nominal.min(),
        "nominal_high": nominal.max(),
        "by_prices": growth["deflator"].std() > real.std(),
    }


def level_facts(levels: pd.Series, indicator: str) -> dict[str, Any]:
    """A series of levels (亿元, by year): its ends, its highest, and whether it has a gap."""
    first, last, top = levels.index[0], levels.index[-1], levels.idxmax()
    return {
        "indicator": indicator,
        "series": levels,
        "first": int(first),
        "last": int(last),
        "top": int(top),
        "first_value": levels.iloc[0],
        "last_value": levels.iloc[-1],
        "top_value": levels[top],
        "has_gap": has_gap(levels),
    }


def reported(figures: pd.DataFrame) -> pd.DataFrame:
    """Figures of a report, those of one indicator in the same words in a row.

    ``indicator`` (again as ``unit``), ``status, quote, section``, ``years`` (or spans), ``values``.
    """
    rows = [
        [*key, _years(said), (key[0], said["value"].tolist())]
        for key, said in figures.groupby(FIGURE, sort=False)
    ]
    table = pd.DataFrame(rows, columns=[*FIGURE, "years", "values"])
    return table.assign(unit=table["indicator"])


def _years(said: pd.DataFrame) -> list[tuple[int, ...]]:
    """The years and spans of figures; a longer run of years is one span."""
    years = [int(year) for year in said["year"]]
    run = len(years) > 2 and years == list(range(years[0], years[-1] + 1))
    if run and (said["period"] == "annual").all():
        return [(years[0], years[-1])]
    return [
        (year,) if period == "annual" else tuple(map(int, period.split("/")))
        for year, period in zip(years, said["period"], strict=True)
    ]
