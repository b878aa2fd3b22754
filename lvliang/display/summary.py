"""The one page for the desk: indicators, risks and what is left to a person."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

from lvliang.baseline.growth import from_log, to_log
from lvliang.display import drawing
from lvliang.display.scenario_tables import WHOLE, signed
from lvliang.display.show import Chart, Sentence, Table, Title, with_year
from lvliang.display.tables import with_nature
from lvliang.display.words import (
    NOTHING,
    amount,
    capital,
    chance,
    decimals_of,
    label,
    number,
    number_in,
    span,
    text,
    unit,
)
from lvliang.feasibility.comparison import LEVELS
from lvliang.feasibility.desk import Triggers
from lvliang.feasibility.drivers import BASES
from lvliang.feasibility.record import LONGEST
from lvliang.feasibility.verdicts import Verdict

YEARS_BEFORE = 5  # that the growth of the base year is held against
UNUSUAL = 1.0  # points away from their mean
SIGNS = {">=": "≥", "<=": "≤", "=": ""}


def head(*, region: str, base_year: int, judged: bool, lang: str) -> Title:
    """Of whom the page is, whether targets are judged on it, and how far its data go."""
    until = text("summary.until", lang, base_year=base_year)
    return Title(
        text("summary.title" if judged else "index.title_ahead", lang, region=region), until
    )


def indicators(verdicts: Sequence[Verdict], expected: pd.DataFrame, lang: str) -> list[Table]:
    """Each target with its last figure, what is expected, and the verdict.

    Parameters
    ----------
    verdicts : sequence of Verdict
        On targets of one year.
    expected : pandas.DataFrame
        From ``desk.expected``.
    """
    if not verdicts:
        return []
    rows = [_row(one, expected.loc[one.target.target_id], lang) for one in verdicts]
    frame = pd.DataFrame(rows)
    if len(set(frame["nature"])) == 1:
        frame = frame.drop(columns="nature")
    title = text("summary.table", lang, year=verdicts[0].target.last_year)
    caption = with_nature(title, verdicts, lang)
    heads = {name: text(f"summary_column.{name}", lang) for name in frame.columns}
    return [Table(caption, frame.rename(columns=heads), cards=True)]


def ahead(drawn: pd.DataFrame, *, first: int, last: int, lang: str) -> list[Table]:
    """What is expected of the main indicators of a city without targets (``desk.ahead``)."""
    rows = []
    for name, ends in drawn.dropna().iterrows():
        units = unit(str(name), "zh")
        told = {
            end: number_in(value, units, lang, decimals_of(units)) for end, value in ends.items()
        }
        rows.append(
            {
                "indicator": text(
                    f"summary_ahead.{name}", lang, last=last, span=span(first, last, lang)
                ),
                "expected": text("summary.expected", lang, **told),
                "unit": unit(str(name), lang),
            }
        )
    heads = {
        name: text(f"summary_ahead.{name}", lang) for name in ("indicator", "expected", "unit")
    }
    frame = pd.DataFrame(rows).rename(columns=heads)
    return [Table(text("summary_ahead.table", lang), frame, cards=True)] if rows else []


def risks(
    effects: pd.DataFrame,
    triggers: Triggers,
    *,
    growth: pd.Series,
    base_year: int,
    end_year: int,
    lang: str,
    conditional: bool = False,
) -> list[Sentence]:
    """Three risks: what moves, what follows, and from when the verdicts are looked at again.

    Parameters
    ----------
    effects : pandas.DataFrame
        From ``drivers.load_tornado``.
    growth : pandas.Series
        Real growth by year, to the base year (%).
    conditional : bool
        Whether the page is of another scenario than the baseline, on which effects are worked out.
    """
    years = {
        "span": span(base_year + 1, end_year, lang),
        "year": end_year,
        "years": end_year - base_year,
    }
    said = [
        _risk(effects, "coal_price", years, lang, trigger=number(abs(triggers.coal))),
        _risk(
            effects,
            "national_growth",
            years,
            lang,
            base=_base_effect(growth, lang),
            trigger=number(triggers.cities),
        ),
    ]
    if not math.isnan(triggers.points):
        ends = {"low": number(triggers.undone_low), "high": number(triggers.undone_high)}
        ends |= {"least": f"{min(BASES):g}", "most": f"{max(BASES):g}"}
        words = text("summary.risk_share", lang, points=f"{triggers.points:g}", **ends)
        said.append(Sentence(words))
    if conditional:
        said.append(Sentence(text("summary.risks_of_baseline", lang), "note"))
    return said


def note(
    gaps: pd.Series | None,
    *,
    judged: bool,
    origins: int,
    base_year: int,
    end_year: int,
    lang: str,
) -> Sentence:
    """How the page is to be read, and how far there is a record of past forecasts.

    Parameters
    ----------
    gaps : pandas.Series, optional
        Between vintages, those of `Background`.
    judged : bool
        Whether targets are judged on the page.
    origins : int
        Behind the record, from ``record.origins_behind``.
    """
    counted = gaps is not None and len(gaps) > 0
    basis = text("summary.with_gaps" if counted else "summary.without_gaps", lang)
    last = base_year + LONGEST
    record = text("summary.method" if origins else "summary.no_record", lang)
    if origins and end_year > last:
        record = text("summary.beyond_record", lang, last=last) + record
    key = "summary.note" if judged else "summary.note_ahead"
    return Sentence(text(key, lang, basis=basis, record=record), "note")


def rank_history(ranks: pd.DataFrame, *, region: str, lang: str) -> list[Chart]:
    """Rank of GDP in the province by year, the first on top (``ranks`` of ``ranks_by_year``)."""
    known = ranks["gdp_rank"].combine_first(ranks["report_gdp_rank"]).dropna().astype(float)
    if len(known) < 2:
        return []
    figure, axes = drawing.new_axes(text("summary.rank_axis", lang), size=drawing.FLAT)
    drawing.facts(axes, known, dots=True)
    axes.set_ylim(known.max() + 1, 0)
    axes.set_yticks(range(1, int(known.max()) + 1))
    drawing.year_ticks(axes, int(known.index[-1]), int(known.index[0]))
    facts = {
        "region": region,
        "first": int(known.index[0]),
        "last": int(known.index[-1]),
        "rank": int(known.iloc[-1]),
        "best": int(known.min()),
        "worst": int(known.max()),
    }
    title, subtitle, alt = (
        text(f"summary.rank_{part}", lang, **facts) for part in ("title", "subtitle", "alt")
    )
    table = with_year(known.map("{:.0f}".format).to_frame(text("column.rank", lang)), lang)
    return [Chart(figure, title, subtitle, alt, table, lang)]


def _row(verdict: Verdict, expected: pd.Series, lang: str) -> dict[str, str]:
    target = verdict.target
    units = target.unit
    decimals = decimals_of(units)
    middle = expected["q50"]
    told = NOTHING
    if pd.notna(middle):
        ends = {name: amount(expected[name], units, lang, decimals) for name in LEVELS}
        if units == "%":  # said once
            ends |= {name: number(expected[name], decimals) for name in ("q10", "q90")}
        told = text("summary.expected", lang, **ends)
    return {
        "indicator": capital(label(target.indicator, lang)),
        "nature": text(f"nature.{target.nature}", lang),
        "basis": text(f"summary_basis.{target.price_basis}", lang),
        "last": NOTHING
        if pd.isna(expected["last"])
        else amount(expected["last"], units, lang, decimals),
        "target": SIGNS[target.operator] + amount(target.value, units, lang),
        "expected": told,
        "verdict": _told(verdict, lang),
        "grade": verdict.grade or NOTHING,
    }


def _told(verdict: Verdict, lang: str) -> str:
    """The verdict, and how likely; or what is missing."""
    said = capital(text(f"class.{verdict.class_}", lang))
    detail = chance(verdict, lang)
    if missing := verdict.missing:
        since = {"first": missing.last_year + 1} if missing.last_year else {}
        detail = text(f"summary_missing.{missing.reason}", lang, **since)
    return text("summary.told", lang, verdict=said, detail=detail)


def _base_effect(growth: pd.Series, lang: str) -> str:
    """Whether the base year was out of the usual; nothing where too few years are known."""
    known = growth.dropna()
    if len(known) <= YEARS_BEFORE:
        return ""
    last = known.iloc[-1]
    usual = from_log(to_log(known.iloc[-1 - YEARS_BEFORE : -1]).mean())
    far = abs(last - usual) >= UNUSUAL
    side = "usual" if not far else "low" if last < usual else "high"
    return text(f"summary.base_{side}", lang, last=number(last), usual=number(usual))


def _risk(
    effects: pd.DataFrame, driver: str, years: dict[str, Any], lang: str, **facts: str
) -> Sentence:
    sides = effects[effects["driver"] == driver].set_index("side")
    if sides[["gdp_nominal", "budget_revenue"]].abs().max(axis=None) < WHOLE or sides.empty:
        return Sentence(text(f"summary.no_risk_{driver}", lang))
    for side, row in sides.iterrows():
        facts[f"{side}_size"] = signed(row["size"])
        facts[f"{side}_gdp"] = _moved(row["gdp_nominal"], lang)
    revenue = sides["budget_revenue"].dropna()
    ends = {str(side): _moved(percent, lang) for side, percent in revenue.items()}
    facts["revenue"] = text("summary.revenue_too", lang, **ends) if ends else ""
    facts["off"] = number(float(sides["size"].abs().max()))
    return Sentence(text(f"summary.risk_{driver}", lang, **years, **facts))


def _moved(percent: float, lang: str) -> str:
    if abs(percent) < WHOLE:
        return text("summary.same", lang)
    return text(f"summary.{'higher' if percent > 0 else 'lower'}", lang, size=number(abs(percent)))
