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

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from operator import methodcaller
from typing import TYPE_CHECKING, Any

import pandas as pd
import xarray as xr

from lvliang.baseline.audit import RANKS
from lvliang.baseline.history import REAL, drawn_indicators, vintages_of
from lvliang.baseline.tables import load_table
from lvliang.display.words import LANGUAGES, Words, words_in
from lvliang.errors import DataError, ParameterError
from lvliang.feasibility.bands import WORD_ONLY_GRADES
from lvliang.feasibility.ranks import levels_by_treatment, shares_by_year
from lvliang.feasibility.verdicts import Verdict, assess
from lvliang.projection.conditional import condition
from lvliang.projection.engine import summarise
from lvliang.projection.outlook import Outlook

if TYPE_CHECKING:
    from lvliang.study import Study

OBSERVED = "observed"
COLUMNS = [
    "model", "scenario", "region_code", "region", "indicator", "name_zh", "name_en", "variable",
    "statistic", "status", "vintage", "price_basis", "source_id", "unit", "base_year", "year",
    "value",
]  # fmt: skip
IAMC_COLUMNS = ["model", "scenario", "region", "variable", "unit", "year", "value"]
STATISTICS = {
    "mean": "Mean", "q05": "5th Percentile", "q10": "10th Percentile", "q25": "25th Percentile",
    "q50": "Median", "q75": "75th Percentile", "q90": "90th Percentile", "q95": "95th Percentile",
}  # fmt: skip
# Logs of cash series have the tails of a t distribution: no mean of the series exists.
HAS_A_MEAN = ("gdp_real_growth",)
DECIMALS = 4


@dataclass(frozen=True)
class Export:
    """What is handed on of one city: ``COLUMNS`` for each scenario, variable and year.

    ``status`` is ``observed``, ``projected``, or ``conditional`` on a scenario. ``statistic``:
    ``observed``; ``q05`` … ``q95`` of the paths of a year and the ``mean`` where one exists, in the
    unit of the indicator (levels 亿元 at current prices, growth %); ``rank_<n>`` and ``met``,
    shares of paths (%). ``vintage`` and ``source_id``: of the last figure a projection continues,
    but that which settles it for the chance of a target. ``studies``: by name of their scenario.
    """

    rows: pd.DataFrame
    studies: dict[str, Study]


def collect(studies: Sequence[Study]) -> Export:
    """Facts of a city, and its projections under each scenario on the same paths.

    Raises `ParameterError` if two ``studies`` go by one name, `DataError` if nothing is known.
    """
    first, named = studies[0], _by_name(studies)
    region, plain = first.region, first.plain
    tables = [_observed(plain)]
    for name, study in named.items():
        outlook = condition(plain, study.scenario, seed=first.run.seed)
        status = "projected" if outlook.scenario.is_baseline() else "conditional"
        verdicts = assess(first.targets, outlook, first.background)
        projected = (*_statistics(outlook), *_ranks(outlook), *_chances(outlook, verdicts))
        tables += [table.assign(scenario=name, status=status) for table in projected]
    if not any(map(len, tables)):
        raise DataError(
            f"region: no figure of {region.code} is known in {first.base_year}, nor a path "
            "drawn from one; legal: a city of data/panel"
        )
    rows = pd.concat([table for table in tables if len(table)], ignore_index=True)
    rows = rows.assign(
        model=model_name(),
        region_code=region.code,
        region=region.name_zh,  # the one name that no two cities share
        base_year=first.base_year,
        year=rows["year"].astype(int),
        value=rows["value"].astype(float).round(DECIMALS) + 0.0,  # no negative zero
    )
    return Export(rows[COLUMNS], named)


def model_name() -> str:
    """What made the rows, by name and version."""
    return f"lvliang {version('lvliang')}"


def _by_name(studies: Sequence[Study]) -> dict[str, Study]:
    """Studies by their scenario's id, with what the user changed put after it."""
    named: dict[str, Study] = {}
    for study in studies:
        run, own = study.run, study.scenario.scenario_id
        changes = [run.changes.strip()] if run.changes.strip() else []
        if run.growth_discount:
            changes.append(f"growth_discount={run.growth_discount:g}")
        name = f"{own} ({'; '.join(changes)})" if changes else own
        if not own.strip() or name in {*named, OBSERVED}:
            raise ParameterError(
                f"scenario: {run.scenario} goes by the id {own!r}; legal: an id "
                f"that is not empty, not {OBSERVED!r} and of no other scenario of the export"
            )
        named[name] = study
    return named


def exported() -> dict[str, tuple[str, str]]:
    """By indicator, its name in the hierarchy, and the series whose last figure paths continue."""
    found = {"gdp_deflator_growth": ("GDP|Deflator|Growth Rate", "gdp_nominal")}
    for series, row in drawn_indicators().iterrows():
        name, growth = row["export_name"], f"{series}_growth"
        found[str(series)] = (name, str(series))
        if row["model"] != REAL:
            found[growth] = (f"{name}|Growth Rate", str(series))
    ranks = {rank: (f"{found[of][0]}|Rank in Province", of) for rank, of in RANKS.items()}
    return found | ranks


def _observed(outlook: Outlook) -> pd.DataFrame:
    """Every figure of the city on what is projected, in every vintage."""
    history = outlook.history
    is_own = history["region_code"] == outlook.region.code
    names = {indicator: name for indicator, (name, _) in exported().items()}
    rows = history[is_own & history["indicator"].isin(names)]
    rows = rows.drop_duplicates(["indicator", "vintage", "year"])  # as `series`: the first source
    vintage = rows["vintage"].map(_titled)
    rows = rows.assign(
        scenario=OBSERVED,
        status=OBSERVED,
        statistic=OBSERVED,
        variable=rows["indicator"].map(names) + "|Observed|" + vintage,
        **_in_each(lambda told: rows["indicator"].map(told.indicator)),
    )
    return rows.sort_values(["variable", "year"])


def _statistics(outlook: Outlook) -> Iterator[pd.DataFrame]:
    """Quantiles of each year, and the mean where one exists; where every path has a value."""
    own = outlook.paths.sel(region=[outlook.region.code])
    for indicator, (name, _) in exported().items():
        if indicator not in own["indicator"]:
            continue
        drawn = own.sel(indicator=indicator, drop=True).dropna("year")
        if not drawn.sizes["year"]:
            continue
        found = summarise(drawn)
        rows = found[found["first_year"] == found["last_year"]].sort_values(["stat", "last_year"])
        if indicator not in HAS_A_MEAN:
            rows = rows[rows["stat"] != "mean"]
        rows = rows.rename(columns={"stat": "statistic", "last_year": "year"})
        variable = f"{name}|" + rows["statistic"].map(STATISTICS)
        yield rows.assign(variable=variable, **_facts(outlook, indicator))


def _ranks(outlook: Outlook) -> Iterator[pd.DataFrame]:
    """Share of paths at each rank in the province; for GDP under each treatment of prices."""
    for treatment, levels in levels_by_treatment(outlook).items():
        yield _shares(outlook, levels, "gdp_rank_in_province", treatment)
    revenue = outlook.paths.sel(indicator="budget_revenue", drop=True)
    yield _shares(outlook, revenue, "budget_revenue_rank_in_province")


def _shares(
    outlook: Outlook, levels: xr.DataArray, indicator: str, treatment: str = ""
) -> pd.DataFrame:
    shares = shares_by_year(levels, outlook.region.code)
    if shares.empty:
        return shares
    rows = (100 * shares).rename_axis("year").reset_index().melt("year", var_name="place")
    place = rows["place"].astype(str)
    under = f"|{_titled(treatment)}" if treatment else ""
    variable = f"{exported()[indicator][0]}{under}|Chance of Rank " + place
    told = _facts(outlook, indicator) | {"unit": "%"}
    if treatment:
        told |= _in_each(lambda words: _treated(words, indicator, treatment))
    return rows.assign(statistic="rank_" + place, variable=variable, **told)


def _treated(words: Words, indicator: str, treatment: str) -> str:
    under = words.label(treatment, "treatment").lower()
    return words.label("treated", "export_name", name=words.indicator(indicator), treatment=under)


def _chances(outlook: Outlook, verdicts: Iterable[Verdict]) -> Iterator[pd.DataFrame]:
    """Chance of each target whose grade lets a number be shown."""
    for one in verdicts:
        target = one.target
        if one.probability is None or one.grade in WORD_ONLY_GRADES:
            continue
        told = _facts(outlook, target.indicator) | {
            "variable": f"Target|{target.target_id}|Chance of Being Met",
            "statistic": "met",
            "vintage": target.settling_vintage,
            "price_basis": target.price_basis,
            "unit": "%",
            "year": target.last_year,
            "value": 100 * one.probability,
        }
        yield pd.DataFrame([told | _in_each(methodcaller("target", target))])


def _facts(outlook: Outlook, indicator: str) -> dict[str, str]:
    """What is told of every projection of an indicator."""
    table = load_table("indicators").set_index("indicator")
    if indicator in table.index:
        unit, price_basis = table.loc[indicator, ["unit", "price_basis"]]
        names = _in_each(lambda words: words.indicator(indicator))
    else:
        of = indicator.removesuffix("_growth")
        unit, price_basis = "%", table["price_basis"].get(of, "none")
        names = _in_each(lambda told: told.label("growth", "export_name", name=told.indicator(of)))
    start = _start(outlook, indicator)
    told = {"indicator": indicator, "unit": unit, "price_basis": price_basis}
    return told | names | {"vintage": start["vintage"], "source_id": start["source_id"]}


def _start(outlook: Outlook, indicator: str) -> pd.Series:
    """The last figure of the city that paths of an indicator continue, in its best vintage."""
    _, series = exported()[indicator]
    vintages = vintages_of(series, level=not indicator.endswith("_growth"))
    found = outlook.history.query("region_code == @outlook.region.code and indicator == @series")
    own = found[found["vintage"].isin(vintages)]
    best = own.assign(order=own["vintage"].map(vintages.index))
    return best.sort_values(["year", "order"], ascending=[False, True]).iloc[0]


def _in_each(say: Callable[[Words], Any]) -> dict[str, Any]:
    """``name_zh`` and ``name_en``."""
    return {f"name_{lang}": say(words_in(lang)) for lang in LANGUAGES}


def _titled(code: str) -> str:
    return code.replace("_", " ").title()
