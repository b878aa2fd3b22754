"""The facts of the mid-term review: what was said of targets, what came later, and what is left."""

from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from lvliang.baseline.growth import mean_of_rates
from lvliang.baseline.package import END_OF_PLAN
from lvliang.baseline.starting_point import ranks_by_year, real_and_nominal
from lvliang.feasibility.bands import CANNOT_TELL
from lvliang.feasibility.outcomes import COMPLETIONS, Known, on_the_way, outcome_of
from lvliang.feasibility.targets import MAIN
from lvliang.feasibility.verdict_facts import class_counts
from lvliang.feasibility.verdicts import Verdicts, rank_paths
from lvliang.projection.outlook import (
    UNITS,
    Outlook,
    actual,
    fan_of,
    mean_growth,
    quantiles,
    spread_of,
)
from lvliang.projection.sensitivity import commodity_price

SHOWN = 10  # years before the base year, so that later ones have room
RANKS = {"gdp_nominal": "gdp_rank", "budget_revenue": "revenue_rank"}


def progress_facts(
    before: Verdicts, now: Verdicts, outlook: Outlook, latest: Outlook, known: Known
) -> dict[str, Any]:
    """What was said of targets at the base year, what came by the latest, and what is left.

    Verdicts ``before`` rest on ``outlook``, those of ``now`` on ``latest``, from which and from
    ``known`` comes all that is later. `where_they_stand`; ``years`` that are over, as a span;
    ``said`` (`class_counts` of targets of the year); ``mean`` (`mean_facts`), ``fans``
    (`fan_and_outcomes`), ``prices`` (`price_facts`) and the ``means`` (% a year) of its columns,
    ``ranks`` (`rank_rows`).
    """
    ahead = before.due_after(outlook.base_year)
    last = min(latest.base_year, outlook.end_year)
    over = replace(outlook, end_year=last, paths=outlook.paths.sel(year=slice(None, last)))
    settled_by = {one.target.series: one.target.settling_vintage for one in before}
    fans = [
        fan_and_outcomes(outlook, latest, name, settled_years(known, name, settled_by.get(name)))
        for name in UNITS
    ]
    prices = price_facts(over, latest)
    whole = prices.drop(columns="year").dropna(axis=1)
    return {
        "latest": latest.base_year,
        "years": [(over.base_year + 1, over.end_year)],
        **where_they_stand(ahead, now, known),
        "said": class_counts(ahead.of(MAIN)),
        "mean": mean_facts(over, latest),
        "fans": [fan for fan in fans if fan],
        "prices": prices,
        "means": {name: mean_of_rates(whole[name]) for name in whole},
        "ranks": rank_rows(over, latest),
    }


def where_they_stand(verdicts: Verdicts, now: Verdicts, known: Known) -> dict[str, Any]:
    """Which targets are closed by what is known, on the way, or open.

    ``closed`` (verdict ``it``, `Outcome`), ``way`` (``it``, `OnTheWay`, the verdict ``now``, None
    where there is none on the same target) and ``open`` (verdicts); ``counts`` of completions,
    ``sources`` of outcomes.
    """
    closed: list[dict[str, Any]] = []
    way: list[dict[str, Any]] = []
    left = []
    for it in verdicts:
        if outcome := outcome_of(it.target, known):
            closed.append({"it": it, "outcome": outcome})
        elif going := on_the_way(it.target, known):
            way.append({"it": it, "way": going, "now": now.by_id.get(it.target.target_id)})
        else:
            left.append(it)
    made = Counter(row["outcome"].completion or CANNOT_TELL for row in closed)
    return {
        "closed": closed,
        "way": way,
        "open": left,
        "counts": {name: made[name] for name in (*COMPLETIONS, CANNOT_TELL) if made[name]},
        "sources": pd.DataFrame({"source_id": [row["outcome"].source_id for row in closed]}),
    }


def two_standpoints(before: Verdicts, now: Verdicts, latest: int) -> dict[str, Any] | None:
    """Verdicts beside those on the same targets from the ``latest`` standpoint.

    ``rows`` (``before``, ``now``, whether that is the plan's mid-term review, ``is_review``) of the
    targets told at either; how many are told at neither, ``untold``. None without a row.
    """
    told = {one.target.target_id for one in (*before.rated, *now.rated, *now.closed)}
    rows = [
        {"before": one, "now": other, "is_review": other.target.last_year == END_OF_PLAN}
        for one, other in zip(before, now, strict=True)
        if one.target.target_id in told
    ]
    return {"latest": latest, "rows": rows, "untold": len(before) - len(rows)} if rows else None


def mean_facts(over: Outlook, latest: Outlook) -> dict[str, Any] | None:
    """Mean real growth (% a year) over the years of ``over``: what ``came``, and `spread_of` what
    was drawn; None where a year lacks."""
    came = actual(latest, "gdp_real_growth").reindex(_years(over))
    drawn = spread_of(mean_growth(over, "gdp_real_growth"))
    if drawn is None or came.hasnans:
        return None
    return {"came": mean_of_rates(came), **drawn}


def settled_years(known: Known, indicator: str, vintage: str | None) -> pd.Index | None:
    """Years with a figure of the vintage that settles targets on an indicator; None without one."""
    if vintage is None:
        return None
    return known.levels(indicator).get(vintage, pd.DataFrame()).dropna(how="all").index


def fan_and_outcomes(
    outlook: Outlook, latest: Outlook, indicator: str, settled: pd.Index | None = None
) -> dict[str, Any] | None:
    """`fan_of` the last years and what ``came`` in those drawn, in the vintage of the fan.

    How many lie ``inside`` its 90 % band; ``final`` ones and, of years that are not ``settled``,
    ``provisional`` ones, also in columns of the table. None where nothing is drawn or came.
    """
    drawn, came = quantiles(outlook, indicator), actual(latest, indicator)
    recent = actual(outlook, indicator).loc[outlook.base_year - SHOWN :]
    fan = fan_of(recent, drawn, indicator)
    came = came[came.index.isin(drawn.index)]
    if fan is None or came.empty:
        return None
    inside = came.between(drawn.loc[came.index, 0.05], drawn.loc[came.index, 0.95])
    final = came if settled is None else came[came.index.isin(settled)]
    parts = {"final": final, "provisional": came.drop(final.index)}
    columns = {name: fan["table"]["year"].map(part) for name, part in parts.items() if len(part)}
    facts = {"came": came, **parts, "inside": int(inside.sum())}
    return {**fan, **facts, "table": fan["table"].assign(**columns)}


def price_facts(over: Outlook, latest: Outlook) -> pd.DataFrame:
    """Change on the year before (%) by ``year``: what came of GDP (`real_and_nominal`), of
    ``revenue`` and of the ``coal`` price (US dollars), and the median of prices that was ``drawn``.
    """
    code, years = over.region.code, _years(over)
    drawn = over.own_paths.sel(indicator="gdp_deflator_growth").median("draw").to_series()
    coal, revenue = commodity_price(latest.base_year), actual(latest, "budget_revenue")
    table = real_and_nominal(latest.history, code).reindex(years).assign(drawn=drawn)
    for name, level in {"revenue": revenue, "coal": coal}.items():
        table[name] = 100 * level.reindex(range(over.base_year, years.stop)).pct_change()
    return table.rename_axis("year").reset_index()


def rank_rows(over: Outlook, latest: Outlook) -> pd.DataFrame:
    """By ``indicator, year``: the ``rank`` that came (of figures first published), the ``median``
    of those drawn, and the ``chance`` given to the rank that came or a better one."""
    ranks, rows = ranks_by_year(latest.history, over.region.code), []
    for indicator, column in RANKS.items():
        for year, rank in ranks[column].reindex(_years(over)).dropna().items():
            if len(drawn := rank_paths(over, indicator, int(str(year)))):
                median, chance = int(np.median(drawn)), float((drawn <= rank).mean())
                rows.append((indicator, year, int(rank), median, chance))
    return pd.DataFrame(rows, columns=["indicator", "year", "rank", "median", "chance"])


def _years(over: Outlook) -> range:
    return range(over.base_year + 1, over.end_year + 1)
