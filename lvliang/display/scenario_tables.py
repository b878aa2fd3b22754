"""Tables and sentences of scenarios side by side."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lvliang.display.show import Sentence, Table
from lvliang.display.words import NOTHING, capital, in_words, number, target_name, text
from lvliang.feasibility.comparison import (
    Comparison,
    manufacturing_share,
    price_that_undoes,
)
from lvliang.projection.scenario import Scenario
from lvliang.projection.sensitivity import COAL

MAIN = "2021_main"
SHARES = (20.0, 30.0, 40.0, 50.0)
RISES = (10.0, 20.0, 30.0)
TWO_POINTS = 2.0


def answer(found: Comparison, *, region: str, year: int, lang: str) -> list[Sentence]:
    """The range of GDP over the scenarios, and which verdicts change."""
    medians = found.summary["gdp_nominal_q50"]
    if medians.isna().all():
        return [Sentence(text("scenarios.none", lang, region=region), "headline")]
    low, high = medians.idxmin(), medians.idxmax()
    said = text(
        "scenarios.answer",
        lang,
        count=len(medians),
        year=year,
        region=region,
        low=number(medians[low], 0),
        low_name=name_of(found, low, lang),
        high=number(medians[high], 0),
        high_name=name_of(found, high, lang),
        base=number(medians.iloc[0], 0),
    )
    return [Sentence(said, "headline"), Sentence(_flips(found, lang))]


def each(found: Comparison, *, year: int, lang: str) -> list[Sentence]:
    """One sentence a scenario: what is assumed, by whom, and what follows."""
    if found.summary["gdp_nominal_q50"].isna().all():
        return []
    return [
        Sentence(_one(scenario, found.summary.loc[scenario.scenario_id], year, lang))
        for scenario in found.scenarios[1:]
    ]


def summary(found: Comparison, *, year: int, lang: str) -> list[Table]:
    """Scenarios side by side in the end year; ranks and joint chances in words."""
    if found.summary["gdp_nominal_q50"].isna().all():
        return []
    rows = [
        {
            "scenario": name_of(found, name, lang),
            "gdp": f"{number(row['gdp_nominal_q50'], 0)} "
            f"({number(row['gdp_nominal_q10'], 0)}–{number(row['gdp_nominal_q90'], 0)})",
            "against": number(row["gdp_nominal_against"], 1),
            "revenue": _or_nothing(row["budget_revenue_against"]),
            "joint": _word(row.get(MAIN), lang),
            "kept": _word(row["kept"], lang),
        }
        for name, row in found.summary.iterrows()
    ]
    return [_table("summary", rows, lang, cards=True, year=year)]


def classes(found: Comparison, lang: str) -> list[Table]:
    """Class by scenario of the targets whose class some scenario changes."""
    moved = found.verdicts.loc[found.verdicts["changed"], "target_id"].unique()
    told = found.verdicts[found.verdicts["target_id"].isin(moved)]
    if told.empty:
        return []
    rows = [
        {text("scenario_column.scenario", lang): name_of(found, str(scenario), lang)}
        | {
            capital(target_name(verdict, lang)): text(f"class.{verdict['class']}", lang)
            for _, verdict in judged.iterrows()
        }
        for scenario, judged in told.groupby("scenario", sort=False)
    ]
    return [Table(text("scenario_table.flips", lang), pd.DataFrame(rows), cards=True)]


def coal(slopes: pd.DataFrame, *, region: str, lang: str) -> list[Sentence | Table]:
    """What coal moves, and whether that is identified (``slopes`` of ``load_sensitivities``)."""
    if slopes.empty:
        return [Sentence(text("scenarios.coal_unknown", lang, region=region))]
    own = slopes[(slopes["group"] == "province") & (slopes["outcome"] == "gdp_deflator")]
    deflator = own[own["regressor"] == COAL]
    known = len(deflator) and bool(deflator["identified"].iloc[0])
    said = Sentence(text("scenarios.coal_unknown", lang, region=region))
    if known:
        row = deflator.iloc[0]
        ten = np.log(1.1) * 100
        said = Sentence(
            text(
                "scenarios.coal",
                lang,
                region=region,
                ten=number(ten * row["estimate"], 1),
                low=number(ten * row["low"], 1),
                high=number(ten * row["high"], 1),
                years=row["years"],
            )
        )
    rows = [
        {
            "outcome": text(f"coal_outcome.{row.outcome}", lang),
            "price": text(f"price.{row.regressor}", lang),
            "group": text(f"city_group.{row.group}", lang),
            "estimate": number(row.estimate, 2),
            "interval": _interval(row.low, row.high, lang),
            "first": _interval(row.first_low, row.first_high, lang),
            "second": _interval(row.second_low, row.second_high, lang),
            "years": str(row.years),
            "r2": number(row.r2, 2),
            "identified": text(f"identified.{'yes' if row.identified else 'no'}", lang),
        }
        for row in slopes.itertuples()
    ]
    thermal = Sentence(text("scenarios.thermal", lang), "note")
    return [said, thermal, _table("slopes", rows, lang, cards=True)]


def trials(tried: pd.DataFrame, lang: str) -> list[Sentence | Table]:
    """The fit of early years on the years after (``tried`` of ``sensitivity.trial``)."""
    deflator = tried[tried["outcome"] == "gdp_deflator"]
    if deflator.empty:
        return []
    error = {
        way: number(float(np.sqrt(((deflator[way] - deflator["actual"]) ** 2).mean())), 3)
        for way in ("with_coal", "without_coal")
    }
    first, last = int(tried["year"].min()), int(tried["year"].max())
    said = text("scenarios.trial", lang, fitted=first - 1, first=first, last=last, **error)
    rows = [
        {
            "outcome": f"{text(f'coal_outcome.{row.outcome}', lang)} {row.year}",
            **{
                name: number(100 * getattr(row, name), 1)
                for name in ("actual", "with_coal", "without_coal")
            },
        }
        for row in tried.itertuples()
    ]
    return [Sentence(said), _table("trial", rows, lang)]


def manufacturing(lang: str) -> list[Sentence | Table]:
    """What a price rise of the rest does to the share of manufacturing."""
    rows = [
        {text("scenario_column.base", lang): number(share, 0)}
        | {
            text("scenario_column.after_rise", lang, percent=number(rise, 0)): number(
                manufacturing_share(share, rise), 1
            )
            for rise in RISES
        }
        | {
            text("scenario_column.undone", lang): number(
                price_that_undoes(share + TWO_POINTS, TWO_POINTS), 1
            )
        }
        for share in SHARES
    ]
    table = Table(text("scenario_table.share", lang), pd.DataFrame(rows))
    return [Sentence(text("scenarios.share", lang)), table]


def tornado_note(effects: pd.DataFrame, relapse: Scenario, lang: str) -> list[Sentence]:
    """Of what size each move is."""
    moved = effects[effects["driver"] == "coal_price"].set_index("side")["size"]
    if moved.empty:
        return []
    ends = {side: number(size, 1) for side, size in moved.items()}
    words = text("scenarios.tornado_note", lang, relapse=relapse.title(lang), **ends)
    return [Sentence(words, "note")]


def name_of(found: Comparison, scenario_id: str, lang: str) -> str:
    """Title of a scenario of the comparison."""
    if scenario_id == "own":
        return text("scenarios.own", lang)
    titles = {scenario.scenario_id: scenario.title(lang) for scenario in found.scenarios}
    return titles[scenario_id]


def _one(scenario: Scenario, row: pd.Series, year: int, lang: str) -> str:
    return text(
        "scenarios.one",
        lang,
        title=capital(scenario.title(lang)),
        rationale=scenario.rationale(lang),
        year=year,
        gdp=number(row["gdp_nominal_q50"], 0),
        against=_against(row["gdp_nominal_against"], lang),
        revenue=_against(row["budget_revenue_against"], lang),
        growth=number(row["growth"], 1),
        prices=number(row["prices"], 1),
        joint=_word(row.get(MAIN), lang),
        kept=_word(row["kept"], lang),
        author=scenario.author,
        source=scenario.source(lang),
    )


def _flips(found: Comparison, lang: str) -> str:
    changed = found.verdicts[found.verdicts["changed"]]
    flips = [
        text(
            "scenarios.flip",
            lang,
            scenario=name_of(found, str(scenario), lang),
            count=len(rows),
            near=text("scenarios.near", lang, count=int(rows["near_edge"].sum()))
            if rows["near_edge"].any()
            else "",
        )
        for scenario, rows in changed.groupby("scenario", sort=False)
    ]
    if not flips:
        return text("scenarios.no_flips", lang)
    return text("scenarios.flips", lang, flips=text("comma", lang).join(flips))


def _against(percent: float, lang: str) -> str:
    if pd.isna(percent):
        return text("scenarios.not_told", lang)
    if abs(percent) < 0.05:
        return text("scenarios.same", lang)
    key = "more" if percent > 0 else "less"
    return text(f"scenarios.{key}", lang, percent=number(abs(percent), 1))


def _word(share: float | None, lang: str) -> str:
    return NOTHING if share is None or pd.isna(share) else in_words(share, lang)


def _or_nothing(value: float) -> str:
    return NOTHING if pd.isna(value) else number(value, 1)


def _interval(low: float, high: float, lang: str) -> str:
    if pd.isna(low) or pd.isna(high):
        return NOTHING
    return text("scenarios.interval", lang, low=number(low, 2), high=number(high, 2))


def _table(
    name: str, rows: list[dict[str, str]], lang: str, *, cards: bool = False, **facts: object
) -> Table:
    heads = {key: text(f"scenario_column.{key}", lang) for key in rows[0]}
    frame = pd.DataFrame(rows).rename(columns=heads)
    return Table(text(f"scenario_table.{name}", lang, **facts), frame, cards=cards)
