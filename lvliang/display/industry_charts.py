"""The chart of the industry targets: growth needed, by base, across past growth."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from lvliang.display import drawing
from lvliang.display.industry_tables import base_columns
from lvliang.display.show import Chart
from lvliang.display.units import in_unit
from lvliang.display.words import amount, number, number_in, text
from lvliang.feasibility.industries import SHARES, Industries

MEDIAN = 0.5
STYLES = ((drawing.FACT, 2.6), (drawing.NOMINAL, 1.6))  # of curves, the largest target first


def break_even_curves(found: Industries, lang: str) -> list[Chart]:
    """Growth needed against the base, a curve a target; level lines are past growth."""
    curves, bases = found.curves, found.bases[found.bases["deadline"] == found.year]
    if curves.empty:
        return []
    figure, axes = drawing.new_axes("%")
    lines, units = list(curves.groupby("value"))[::-1], curves["unit"].iloc[0]
    for place, (_, line) in enumerate(lines):
        colour, width = STYLES[place % len(STYLES)]
        axes.plot(in_unit(line["base"], units, lang), line["growth"], color=colour, linewidth=width)
        _name(axes, line.iloc[0], place, lang)
    right = in_unit(float(curves["base"].max()), units, lang)
    axes.set_xlim(0, right)
    axes.set_ylim(0, 1.15 * curves["growth"].max())
    axes.set_xlabel(text("industry_chart.axis", lang, base_year=found.base_year))
    drawing.label_ends(axes, right, _level_lines(axes, bases, lang))
    _mark_crossings(axes, bases, lang)
    facts = curves.iloc[0][["deadline", "years"]].to_dict() | {"base_year": found.base_year}
    chart = Chart(
        figure,
        _title(bases, found.base_year, lang),
        _subtitle(found.known, facts, lang),
        _alt(curves, bases, facts, lang),
        _data(curves, lang),
        lang,
    )
    return [chart]


def _name(axes: Axes, start: pd.Series, place: int, lang: str) -> None:
    """The target at the top of its curve: the largest beside it, the others above, one a row."""
    axes.annotate(
        amount(start["value"], start["unit"], lang),
        (in_unit(start["base"], start["unit"], lang), start["growth"]),
        xytext=(8, -2) if place == 0 else (-6, 10 + drawing.LABEL_GAP * (place - 1)),
        textcoords="offset points",
        va="center",
        color=STYLES[place % len(STYLES)][0],
    )


def _level_lines(axes: Axes, bases: pd.DataFrame, lang: str) -> list[tuple[float, str, str]]:
    """Percentiles of all cities, and the median of those that began alike: drawn and named."""
    ends = []
    for (name, level), rows in bases.groupby(["reference", "level"]):
        growth = rows["growth"].iloc[0]
        if name == "alike" and level != MEDIAN:
            continue
        middle = level == MEDIAN
        colour = drawing.PRICES if name == "alike" else drawing.MUTED
        axes.axhline(growth, color=colour, linewidth=1.2 if middle else 0.8, linestyle=":")
        key = "alike" if name == "alike" else "median" if middle else "level"
        words = text(
            f"industry_chart.{key}", lang, percent=round(100 * level), growth=number(growth)
        )
        ends.append((growth, words, colour))
    return ends


def _mark_crossings(axes: Axes, bases: pd.DataFrame, lang: str) -> None:
    """The bases at the medians, where curves and level lines meet."""
    for _, row in bases[bases["level"] == MEDIAN].iterrows():
        base = in_unit(row["base"], row["unit"], lang)
        axes.plot([base], [row["growth"]], color=drawing.TARGET, marker="o", markersize=5)
        axes.annotate(
            number_in(row["base"], row["unit"], lang, 0),
            (base, row["growth"]),
            xytext=(5, 7),
            textcoords="offset points",
            color=drawing.TARGET,
        )


def _title(bases: pd.DataFrame, base_year: int, lang: str) -> str:
    middle = bases[(bases["reference"] == "all") & (bases["level"] == MEDIAN)]
    if middle.empty:
        return text("industry_chart.title_plain", lang)
    row = middle.loc[middle["value"].idxmax()]
    facts = {
        name: amount(row[name], row["unit"], lang, decimals)
        for name, decimals in (("value", None), ("base", 0))
    }
    return text("industry_chart.title", lang, base_year=base_year, **facts)


def _subtitle(known: pd.DataFrame, facts: dict[str, int], lang: str) -> str:
    spells = known[known["years"] == facts["years"]]
    if spells.empty:
        return text("industry_chart.subtitle_plain", lang, **facts)
    ends = {"first": spells["start"].min(), "last": spells["start"].max() + facts["years"]}
    return text("industry_chart.subtitle", lang, **facts, **ends)


def _alt(curves: pd.DataFrame, bases: pd.DataFrame, facts: dict[str, int], lang: str) -> str:
    said = [
        text(
            "industry_chart.alt_curve",
            lang,
            value=amount(value, line["unit"].iloc[0], lang),
            low=amount(line["base"].iloc[0], line["unit"].iloc[0], lang, 0),
            high=amount(line["base"].iloc[-1], line["unit"].iloc[0], lang, 0),
            high_growth=line["growth"].iloc[0],
            low_growth=line["growth"].iloc[-1],
        )
        for value, line in curves.groupby("value")
    ]
    known = ""
    if not bases.empty:
        growth = bases[bases["reference"] == "all"].groupby("level")["growth"].first()
        ends = {"low": growth.iloc[0], "median": growth[MEDIAN], "high": growth.iloc[-1]}
        known = text("industry_chart.alt_known", lang, **ends)
    joined = text("semicolon", lang).join(said)
    return text("industry_chart.alt", lang, curves=joined, known=known, **facts)


def _data(curves: pd.DataFrame, lang: str) -> pd.DataFrame:
    shown = curves[curves["share"].isin(SHARES)]
    return pd.DataFrame(
        [
            {text("industry_column.share", lang): str(share)}
            | base_columns(rows, lang)
            | {text("industry_column.growth", lang): rows["growth"].iloc[0]}
            for share, rows in shown.groupby("share")
        ]
    )
