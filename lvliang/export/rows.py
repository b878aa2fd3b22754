"""Facts and projections of a city as one long table, for other programs.

A variable is named in the hierarchy of the IAMC: the quantity, then what is told of it.

    GDP|Nominal|Observed|First Published     a figure, in the vintage of that name
    GDP|Nominal|Median                       a statistic of the paths of that year
    GDP|Real|Growth Rate|5th Percentile
    GDP|Nominal|Rank in Province|Own Prices|Chance of Rank 4
    Target|gdp_2021|Chance of Being Met      grades A and B alone: others are told in words

The bar orders names; parts do not add up to a whole. What is observed stands under a scenario of
its own, ``observed``, and no variable is both observed and projected.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from operator import methodcaller
from typing import TYPE_CHECKING

import pandas as pd

from lvliang.baseline.history import GROWTH_VINTAGES, LEVEL_VINTAGES
from lvliang.baseline.tables import load_table
from lvliang.display.words import LANGUAGES, Words, words_in
from lvliang.errors import DataError, ParameterError
from lvliang.feasibility.bands import WORD_ONLY_GRADES
from lvliang.feasibility.ranks import levels_by_treatment, shares_by_year
from lvliang.feasibility.verdicts import Verdicts, assess
from lvliang.lineage import sources_of
from lvliang.projection.conditional import condition
from lvliang.projection.engine import summarise
from lvliang.projection.outlook import Outlook
from lvliang.projection.scenario import Scenario

if TYPE_CHECKING:
    from lvliang.parameters import FeasibilityParameters
    from lvliang.study import Study

OBSERVED, PROJECTED, CONDITIONAL = "observed", "projected", "conditional"
COLUMNS = [
    "model", "scenario", "region_code", "region", "indicator", "name_zh", "name_en", "variable",
    "statistic", "status", "vintage", "price_basis", "source_id", "unit", "base_year", "year",
    "value",
]  # fmt: skip
NAMES = {
    "gdp_nominal": "GDP|Nominal",
    "gdp_nominal_growth": "GDP|Nominal|Growth Rate",
    "gdp_real_growth": "GDP|Real|Growth Rate",
    "gdp_deflator_growth": "GDP|Deflator|Growth Rate",
    "budget_revenue": "Budget Revenue|Nominal",
    "budget_revenue_growth": "Budget Revenue|Nominal|Growth Rate",
    "fixed_asset_investment": "Fixed Asset Investment|Nominal",
    "fixed_asset_investment_growth": "Fixed Asset Investment|Nominal|Growth Rate",
    "gdp_rank_in_province": "GDP|Nominal|Rank in Province",
    "budget_revenue_rank_in_province": "Budget Revenue|Nominal|Rank in Province",
}
STATISTICS = {
    "mean": "Mean", "q05": "5th Percentile", "q10": "10th Percentile", "q25": "25th Percentile",
    "q50": "Median", "q75": "75th Percentile", "q90": "90th Percentile", "q95": "95th Percentile",
}  # fmt: skip
RANK, MET = "rank", "met"
PERCENT = "%"
# Logs of cash series have the tails of a t distribution: no mean of the series exists.
HAS_A_MEAN = ("gdp_real_growth",)
# Unit and price basis of what is drawn of a city and the tables know of no city.
DERIVED = {"gdp_nominal_growth": (PERCENT, "current"), "gdp_deflator_growth": (PERCENT, "none")}
# The series whose last figure a path continues, and the vintages it is taken from, best first.
STARTS = {
    "gdp_nominal": ("gdp_nominal", LEVEL_VINTAGES),
    "gdp_nominal_growth": ("gdp_nominal", GROWTH_VINTAGES["gdp_nominal"]),
    "gdp_real_growth": ("gdp_real_growth", GROWTH_VINTAGES["gdp_real_growth"]),
    "gdp_deflator_growth": ("gdp_nominal", GROWTH_VINTAGES["gdp_nominal"]),
    "gdp_rank_in_province": ("gdp_nominal", LEVEL_VINTAGES),
    "budget_revenue_rank_in_province": ("budget_revenue", GROWTH_VINTAGES["budget_revenue"]),
    **{
        f"{series}{growth}": (series, GROWTH_VINTAGES[series])
        for series in ("budget_revenue", "fixed_asset_investment")
        for growth in ("", "_growth")
    },
}
DECIMALS = 4


@dataclass(frozen=True)
class Export:
    """What is handed on of one city.

    Attributes
    ----------
    rows : pandas.DataFrame
        ``COLUMNS``, one row for each scenario, ``region_code``, ``variable`` and year, no value
        missing. ``status`` is ``observed``, ``projected``, or ``conditional`` on a scenario.
        ``statistic``: ``observed``; ``q05`` … ``q95`` of the paths of a year and the ``mean``
        where one exists, in the unit of the indicator (levels 亿元 at current prices, growth %);
        ``rank_<n>`` and ``met``, shares of paths (%). ``vintage`` and ``source_id`` of a
        projection are those of the last figure it continues; the chance of a target has the
        vintage that settles it.
    runs : dict of str to FeasibilityParameters
        By the name of the scenario in ``rows``.
    scenarios : dict of str to Scenario
        Likewise.
    sources : pandas.DataFrame
        Rows of ``sources.csv`` that the figures of the province come from.
    """

    rows: pd.DataFrame
    runs: dict[str, FeasibilityParameters]
    scenarios: dict[str, Scenario]
    sources: pd.DataFrame


def collect(studies: Sequence[Study]) -> Export:
    """Facts of a city, and its projections under each scenario on the same paths.

    Parameters
    ----------
    studies : sequence of Study
        Of one city, that differ in their scenario alone.

    Raises
    ------
    ParameterError
        If two scenarios go by one name.
    DataError
        If nothing is known of the city.
    """
    first = studies[0]
    named = _by_name(studies)
    plain = first.plain
    parts = [_observed(plain)]
    for name, study in named.items():
        outlook = condition(plain, study.scenario, seed=first.run.seed)
        parts += [
            part.assign(scenario=name)
            for part in (
                *_statistics(outlook),
                *_ranks(outlook),
                _targets(outlook, assess(first.targets, outlook, first.background)),
            )
        ]
    found = pd.concat([part for part in parts if len(part)] or parts, ignore_index=True)
    if found.empty:
        raise DataError(
            f"region: no figure of {first.region.code} is known in {first.base_year}, nor a path "
            "drawn from one; legal: a city of data/panel"
        )
    return Export(
        _completed(found, plain),
        {name: study.run for name, study in named.items()},
        {name: study.scenario for name, study in named.items()},
        sources_of(plain.history),
    )


def iamc(export: Export) -> pd.DataFrame:
    """The seven columns of the IAMC, one row a value."""
    return export.rows[["model", "scenario", "region", "variable", "unit", "year", "value"]]


def model_name() -> str:
    """What made the rows, by name and version."""
    return f"lvliang {version('lvliang')}"


def _by_name(studies: Sequence[Study]) -> dict[str, Study]:
    """Studies by their scenario's id, with what the user changed put after it."""
    named: dict[str, Study] = {}
    for study in studies:
        run, scenario = study.run, study.scenario
        changes = [run.changes.strip()] if run.changes.strip() else []
        if run.growth_discount:
            changes.append(f"growth_discount={run.growth_discount:g}")
        name = scenario.scenario_id + (f" ({'; '.join(changes)})" if changes else "")
        if not scenario.scenario_id.strip() or name in {*named, OBSERVED}:
            raise ParameterError(
                f"scenario: {run.scenario} goes by the id {scenario.scenario_id!r}; legal: an id "
                f"that is not empty, not {OBSERVED!r} and of no other scenario of the export"
            )
        named[name] = study
    return named


def _observed(outlook: Outlook) -> pd.DataFrame:
    """Every figure of the city on what is projected, in every vintage."""
    history = outlook.history
    own = history[
        (history["region_code"] == outlook.region.code) & history["indicator"].isin(NAMES)
    ]
    told = own["vintage"].str.replace("_", " ").str.title()
    rows = own.assign(
        scenario=OBSERVED,
        status=OBSERVED,
        statistic=OBSERVED,
        variable=own["indicator"].map(NAMES) + "|Observed|" + told,
    )
    names = pd.DataFrame([_names(code) for code in rows["indicator"]], rows.index)
    rows = rows.assign(**names)
    return rows.sort_values(["variable", "year"])


def _statistics(outlook: Outlook) -> Iterator[pd.DataFrame]:
    """Quantiles of each year, and the mean where one exists; where every path has a value."""
    own = outlook.paths.sel(region=[outlook.region.code])
    for indicator in [name for name in NAMES if name in own["indicator"]]:
        drawn = own.sel(indicator=indicator, drop=True).dropna("year")
        if not drawn.sizes["year"]:
            continue
        found = summarise(drawn)
        rows = found[found["first_year"] == found["last_year"]].sort_values(["stat", "last_year"])
        if indicator not in HAS_A_MEAN:
            rows = rows[rows["stat"] != "mean"]
        rows = rows.rename(columns={"stat": "statistic", "last_year": "year"})
        variable = f"{NAMES[indicator]}|" + rows["statistic"].map(STATISTICS)
        yield _of_indicator(rows.assign(variable=variable), outlook, indicator)


def _ranks(outlook: Outlook) -> Iterator[pd.DataFrame]:
    """Share of paths at each rank in the province; for GDP under each treatment of prices."""
    code = outlook.region.code
    for treatment, levels in levels_by_treatment(outlook).items():
        shares = shares_by_year(levels, code)
        under = treatment.replace("_", " ").title()
        rows = _rank_rows(shares, outlook, "gdp_rank_in_province", f"|{under}")
        yield rows.assign(**_in_each(partial(_treated, treatment)))
    revenue = outlook.paths.sel(indicator="budget_revenue", drop=True)
    shares = shares_by_year(revenue, code)
    yield _rank_rows(shares, outlook, "budget_revenue_rank_in_province", "")


def _treated(treatment: str, told: Words) -> str:
    """Name of the rank of GDP under a treatment of prices."""
    name = told.indicator("gdp_rank_in_province")
    under = told.label(treatment, "treatment").lower()
    return told.label("treated", "export_name", name=name, treatment=under)


def _in_each(name: Callable[[Words], str]) -> dict[str, str]:
    """``name_zh`` and ``name_en``."""
    return {f"name_{lang}": name(words_in(lang)) for lang in LANGUAGES}


def _rank_rows(shares: pd.DataFrame, outlook: Outlook, indicator: str, under: str) -> pd.DataFrame:
    if shares.empty:
        return pd.DataFrame()
    rows = (100 * shares).rename_axis("year").reset_index().melt("year", var_name="place")
    place = rows["place"].astype(str)
    rows = rows.assign(
        statistic=f"{RANK}_" + place,
        variable=f"{NAMES[indicator]}{under}|Chance of Rank " + place,
    )
    return _of_indicator(rows, outlook, indicator).assign(unit=PERCENT)


def _targets(outlook: Outlook, verdicts: Verdicts) -> pd.DataFrame:
    """Chance of each target whose grade lets a number be shown."""
    rows = [
        {
            "indicator": target.indicator,
            **_in_each(methodcaller("target", target)),
            "variable": f"Target|{target.target_id}|Chance of Being Met",
            "statistic": MET,
            "status": _status(outlook),
            "vintage": target.settling_vintage,
            "price_basis": target.price_basis,
            "source_id": _start(outlook, target.indicator)["source_id"],
            "unit": PERCENT,
            "year": target.last_year,
            "value": 100 * probability,
        }
        for target, probability, grade in (
            (one.target, one.probability, one.grade) for one in verdicts
        )
        if probability is not None and grade not in WORD_ONLY_GRADES
    ]
    return pd.DataFrame(rows)


def _of_indicator(rows: pd.DataFrame, outlook: Outlook, indicator: str) -> pd.DataFrame:
    """``rows`` with what is told of a projected indicator."""
    start = _start(outlook, indicator)
    unit, price_basis = _unit_and_basis(indicator)
    return rows.assign(
        indicator=indicator,
        **_names(indicator),
        status=_status(outlook),
        vintage=start["vintage"],
        source_id=start["source_id"],
        unit=unit,
        price_basis=price_basis,
    )


def _names(indicator: str) -> dict[str, str]:
    if indicator in DERIVED:
        return _in_each(lambda told: told.label(indicator, "export_name"))
    return _in_each(lambda told: told.indicator(indicator))


def _unit_and_basis(indicator: str) -> tuple[str, str]:
    if indicator in DERIVED:
        return DERIVED[indicator]
    row = load_table("indicators").set_index("indicator").loc[indicator]
    return row["unit"], row["price_basis"]


def _status(outlook: Outlook) -> str:
    return PROJECTED if outlook.scenario.is_baseline() else CONDITIONAL


def _start(outlook: Outlook, indicator: str) -> pd.Series:
    """The last figure of the city that paths of an indicator continue."""
    series, vintages = STARTS[indicator]
    history = outlook.history
    own = history[
        (history["region_code"] == outlook.region.code) & history["vintage"].isin(vintages)
    ]
    own = own[own["indicator"] == series]
    best = own.assign(order=own["vintage"].map(vintages.index))
    return best.sort_values(["year", "order"], ascending=[False, True]).iloc[0]


def _completed(rows: pd.DataFrame, outlook: Outlook) -> pd.DataFrame:
    complete = rows.assign(
        model=model_name(),
        region_code=outlook.region.code,
        region=outlook.region.name_zh,  # the one name that no two cities share
        base_year=outlook.base_year,
        year=rows["year"].astype(int),
        value=rows["value"].astype(float).round(DECIMALS) + 0.0,  # no negative zero
    )
    return complete[COLUMNS]
