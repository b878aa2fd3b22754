"""What the coal price moves, and how far that can be told: sentences and tables."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from lvliang.display.scenario_tables import between, interval, signed, table_of
from lvliang.display.show import NOTHING_STYLE, Appendix, Formula, Sentence, Table
from lvliang.display.words import capital, number, text
from lvliang.feasibility.comparison import Comparison
from lvliang.feasibility.drivers import manufacturing_ladder, trial_errors
from lvliang.projection.sensitivity import COAL

DEFLATOR = "gdp_deflator"
WITH_SHARE = "coal_x_share"
TEN_PERCENT = 100 * float(np.log(1.1))  # points of log growth
TEN_POINTS = 0.1  # of a share
LIKE = 0.9  # of the fit of coal, from which another price fits about as closely
MANUFACTURING = "manufacturing_share_change"
SHARE_AFTER = r"s = \frac{m}{m + (1 - m)(1 + x)}"

Pieces = list[Sentence | Table | Appendix]


def evidence(
    slopes: pd.DataFrame,
    tried: pd.DataFrame,
    ahead: pd.Series,
    *,
    own: float | None,
    region: str,
    base_year: int,
    end_year: int,
    lang: str,
) -> Pieces:
    """What coal moves, whether that is identified, and how early slopes did on later years.

    Parameters
    ----------
    slopes : pandas.DataFrame
        From ``load_sensitivities``.
    tried : pandas.DataFrame
        From ``sensitivity.trial``.
    ahead : pandas.Series
        From ``drivers.coal_ahead``.
    own : float, optional
        The city's own slope of prices on coal, where it has one.
    """
    deflator = _of(slopes, DEFLATOR, "province")
    if deflator is None:
        return [Sentence(text("coal.unknown", lang))]
    province = slopes[(slopes["group"] == "province") & (slopes["regressor"] == COAL)]
    cities = int(deflator["cities"])
    where = region if cities == 1 else text("coal.cities", lang, cities=cities)
    pieces: Pieces = [Sentence(_prices(deflator, own, region, where, lang))]
    pieces += [Sentence(_items(province[province["outcome"] != DEFLATOR], lang))]
    if deflator["identified"]:
        times = {name: number(value, 2) for name, value in ahead.items()}
        in_baseline = text("coal.ahead", lang, base_year=base_year, end_year=end_year, **times)
        pieces += [
            Sentence(text("coal.used", lang) + between(lang) + in_baseline),
            *_mix(slopes, lang),
        ]
    pieces += [
        _slopes("slopes", province, lang, where=where),
        Sentence(text("coal.thermal", lang, region=region)),
        *_others(slopes, deflator, lang),
        *_trial(tried, where, lang),
    ]
    folded = [*_other_tables(slopes, where, lang), *_trial_by_year(tried, lang)]
    return [*pieces, Appendix(text("coal.appendix", lang), folded)] if folded else pieces


def manufacturing(
    found: Comparison, *, year: int, slope: float | None, lang: str
) -> list[Sentence | Table | Formula]:
    """What coal prices of ``year`` do to the share of manufacturing, over possible bases."""
    targets = found.verdicts.loc[found.verdicts["indicator"] == MANUFACTURING, "value"]
    if targets.empty:
        return [Sentence(text("coal.no_share", lang), NOTHING_STYLE)]
    points = float(targets.iloc[0])
    ladder = manufacturing_ladder(found.scenarios, year=year, slope=slope, points=points)
    said = Sentence(text("coal.share", lang, points=f"{points:g}", year=year))
    if ladder.empty:
        return [said]
    rows = [
        {text("scenario_column.base", lang): text("assumed.percent", lang, size=number(base, 0))}
        | {_moved(row, lang): signed(row["moved"]) for _, row in rows.iterrows()}
        | {
            text("scenario_column.undone", lang, points=f"{points:g}"): number(
                rows["undone"].iloc[0]
            )
        }
        for base, rows in ladder.groupby("base")
    ]
    table = Table(text("scenario_table.share", lang), pd.DataFrame(rows), cards=True)
    read = "coal.share_plain" if slope is None else "coal.share_read"
    return [said, table, Formula(SHARE_AFTER), Sentence(text(read, lang), "note")]


def _moved(row: pd.Series, lang: str) -> str:
    sizes = {"coal": signed(row["coal"]), "price": signed(row["price"])}
    return text(f"scenario_column.moved_{row['way']}", lang, **sizes)


def _prices(deflator: pd.Series, own: float | None, region: str, where: str, lang: str) -> str:
    facts = _per_ten(deflator) | {
        "where": where,
        "years": int(deflator["years"]),
        "r2": number(deflator["r2"], 2),
        "reason": _reason(deflator, lang),
    }
    if not deflator["identified"]:
        return text("coal.not_identified", lang, **facts)
    said = text("coal.deflator", lang, **facts)
    if own is None or deflator["cities"] == 1:
        return said
    slopes = {"slope": number(own, 3), "estimate": number(deflator["estimate"], 3)}
    return said + between(lang) + text("coal.own", lang, region=region, **slopes)


def _items(rows: pd.DataFrame, lang: str) -> str:
    items = [
        text(
            "coal.item",
            lang,
            outcome=text(f"coal_outcome.{row['outcome']}", lang),
            reason=_reason(row, lang),
            **_per_ten(row),
        )
        for _, row in rows.iterrows()
    ]
    return text("coal.items", lang, items=text("semicolon", lang).join(items))


def _mix(slopes: pd.DataFrame, lang: str) -> list[Sentence]:
    row = _of(slopes, DEFLATOR, "all", WITH_SHARE)
    if row is None:
        return []
    ends = {name: number(TEN_POINTS * row[name], 3) for name in ("estimate", "low", "high")}
    if row["identified"]:
        return [Sentence(text("coal.mix_yes", lang, **ends))]
    return [Sentence(text("coal.mix_no", lang, reason=_reason(row, lang), **ends))]


def _others(slopes: pd.DataFrame, deflator: pd.Series, lang: str) -> list[Sentence]:
    """What other world prices make of the deflator, and so what coal stands for."""
    rows = _other_prices(slopes)
    if rows.empty:
        return []
    said = [
        text(
            "coal.other",
            lang,
            price=text(f"price.{row['regressor']}", lang),
            estimate=number(row["estimate"], 2),
            r2=number(row["r2"], 2),
        )
        for _, row in rows.iterrows()
    ]
    count = int(rows["identified"].sum())
    extent = {0: "none", len(rows): "all"}.get(count, "some")
    close = rows.loc[rows["r2"] >= LIKE * deflator["r2"], "regressor"]
    facts = {
        "others": text("comma", lang).join(said),
        "identified": text(f"coal.{extent}_identified", lang, count=count, total=len(rows)),
        "r2": number(deflator["r2"], 2),
    }
    if close.empty:
        return [Sentence(text("coal.unlike", lang, **facts))]
    names = text("comma", lang).join(text(f"price.{name}", lang) for name in close)
    return [Sentence(text("coal.like", lang, close=names, **facts))]


def _trial(tried: pd.DataFrame, where: str, lang: str) -> Pieces:
    """The trial of the deflator year by year, and the errors of all outcomes."""
    prices = tried[tried["outcome"] == DEFLATOR]
    if prices.empty:
        return []
    errors = trial_errors(tried)
    row = errors.loc[DEFLATOR]
    first, last = int(prices["year"].min()), int(prices["year"].max())
    shown = {str(name): number(row[name]) for name in row.index if name != "fitted"}
    said = text("coal.trial", lang, fitted=first - 1, first=first, last=last, **shown)
    better = row["error_with"] < row["error_without"]
    short = 0 < (row["with_coal"] - row["without_coal"]) / (row["actual"] - row["without_coal"]) < 1
    how = "trial_good" if not short else "trial_short"
    if short and row["with_coal"] * row["actual"] < 0:
        how = "trial_wrong_sign"
    end = how if better else "trial_worse"
    by_year = [
        {"year": str(row["year"]), "coal": signed(100 * np.expm1(row["coal"]))} | _log_growth(row)
        for _, row in prices.iterrows()
    ]
    sizes = [
        {
            "outcome": capital(text(f"coal_outcome.{outcome}", lang)),
            "fitted": number(errors.loc[outcome, "fitted"], 3),
            "with_coal": number(errors.loc[outcome, "error_with"]),
            "without_coal": number(errors.loc[outcome, "error_without"]),
        }
        for outcome in errors.index
    ]
    return [
        Sentence(said + between(lang) + text(f"coal.{end}", lang)),
        table_of("trial", by_year, lang, fitted=first - 1, where=where),
        table_of("errors", sizes, lang),
    ]


def _trial_by_year(tried: pd.DataFrame, lang: str) -> list[Table]:
    rows = [
        {"outcome": capital(text(f"coal_outcome.{row['outcome']}", lang)), "year": str(row["year"])}
        | _log_growth(row)
        for _, row in tried[tried["outcome"] != DEFLATOR].iterrows()
    ]
    return [table_of("trial_others", rows, lang)] if rows else []


def _log_growth(row: pd.Series) -> dict[str, str]:
    return {name: number(100 * row[name]) for name in ("actual", "with_coal", "without_coal")}


def _other_tables(slopes: pd.DataFrame, where: str, lang: str) -> list[Table]:
    others = [
        {"price": capital(text(f"price.{row['regressor']}", lang))} | _slope(row, lang)
        for _, row in _other_prices(slopes).iterrows()
    ]
    tables = [table_of("others", others, lang, where=where)] if others else []
    everywhere = slopes[slopes["group"] == "all"]
    return [*tables, _slopes("everywhere", everywhere, lang)] if len(everywhere) else tables


def _slopes(name: str, rows: pd.DataFrame, lang: str, **facts: object) -> Table:
    cells = [
        {"outcome": capital(text(f"coal_outcome.{_answers(row)}", lang))} | _slope(row, lang)
        for _, row in rows.iterrows()
    ]
    return table_of(name, cells, lang, **facts)


def _answers(row: pd.Series) -> str:
    return f"{row['outcome']}_share" if row["regressor"] == WITH_SHARE else str(row["outcome"])


def _slope(row: pd.Series, lang: str) -> dict[str, str]:
    """An elasticity with its intervals; on a share, for ten points more of it."""
    size, places = (TEN_POINTS, 3) if row["regressor"] == WITH_SHARE else (1.0, 2)
    ends = {
        name: interval(size * row[f"{part}low"], size * row[f"{part}high"], lang, places)
        for name, part in (("interval", ""), ("first", "first_"), ("second", "second_"))
    }
    return {
        "estimate": number(size * row["estimate"], 3),
        **ends,
        "r2": number(row["r2"], 2),
        "years": str(row["years"]),
        "identified": text(f"identified.{'yes' if row['identified'] else 'no'}", lang),
    }


def _of(slopes: pd.DataFrame, outcome: str, group: str, regressor: str = COAL) -> Any:
    """The row of one slope, or None."""
    asked = {"outcome": outcome, "group": group, "regressor": regressor}
    found = slopes[(slopes[list(asked)] == pd.Series(asked)).all(axis=1)]
    return None if found.empty else found.iloc[0]


def _other_prices(slopes: pd.DataFrame) -> pd.DataFrame:
    return slopes[(slopes["group"] == "province") & (slopes["regressor"] != COAL)]


def _per_ten(row: pd.Series) -> dict[str, str]:
    """Points for 10 % of the coal price, and both ends of their interval."""
    names = {"ten": "estimate", "low": "low", "high": "high"}
    return {key: number(TEN_PERCENT * row[name]) for key, name in names.items()}


def _reason(row: pd.Series, lang: str) -> str:
    """Whether a slope is identified, and why not."""
    if row["identified"]:
        return text("coal.reason_identified", lang)
    if row["low"] <= 0 <= row["high"]:
        return text("coal.reason_zero", lang)
    halves = [(row[f"{half}_low"], row[f"{half}_high"]) for half in ("first", "second")]
    if any(pd.isna(low) for low, _ in halves):
        return text("coal.reason_short", lang)
    holding = sum(low <= 0 <= high for low, high in halves)
    return text("coal.reason_halves" if holding == len(halves) else "coal.reason_half", lang)
