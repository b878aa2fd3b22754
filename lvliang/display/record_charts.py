"""Charts of the track record."""

from __future__ import annotations

import pandas as pd

from lvliang.display import drawing
from lvliang.display.show import Chart
from lvliang.display.tables import quantile_name
from lvliang.display.words import number, text
from lvliang.feasibility.reliability import BINS
from lvliang.projection.outlook import QUANTILES

NEAR = 3.0  # points between mean chance and frequency that are called equal
BAR = 9  # points, the width of the bar of a forecast
# Line width and marker tell the horizons apart without colour.
STYLES = {
    1: (drawing.NOMINAL, 1.0, "^"),
    3: (drawing.PRICES, 1.6, "s"),
    5: (drawing.FACT, 2.6, "o"),
}


def reliability(table: pd.DataFrame, cases: pd.DataFrame, lang: str) -> list[Chart]:
    """Forecast probability against observed frequency, by bin; on the diagonal they agree.

    Parameters
    ----------
    table : pandas.DataFrame
        ``horizon, bin, chance, came, cases, origins``.
    cases : pandas.DataFrame
        Scores by origin, for the years behind the longest horizon: ``horizon, origin``.
    """
    if table.empty:
        return []
    figure, axes = drawing.new_axes(text("record_chart.came_axis", lang))
    axes.plot([0, 100], [0, 100], color=drawing.MUTED, linewidth=1, linestyle=":")
    ends = []
    for horizon, line in table.groupby("horizon"):
        colour, width, marker = STYLES[int(horizon)]
        axes.plot(
            100 * line["chance"],
            100 * line["came"],
            color=colour,
            linewidth=width,
            marker=marker,
            markersize=4,
        )
        words = text("record_chart.years", lang, years=int(horizon))
        ends.append((100 * line["came"].iloc[-1], words, colour))
    axes.set_xlabel(text("record_chart.chance_axis", lang))
    axes.set_xlim(0, 100)
    axes.set_ylim(0, 100)
    drawing.label_ends(axes, 100, ends)
    overall = _overall(table)
    longest = int(overall.index.max())
    facts = {"years": longest, **overall.loc[longest], **_origins(cases)}
    chances = text("semicolon", lang).join(
        text("record_chart.overall", lang, years=int(horizon), **line)
        for horizon, line in overall.iterrows()
    )
    gap = facts["chance"] - facts["came"]
    side = "near" if abs(gap) < NEAR else "high" if gap > 0 else "low"
    chart = Chart(
        figure,
        text(f"record_chart.title_{side}", lang, **facts),
        text("record_chart.subtitle", lang),
        text("record_chart.alt", lang, chances=chances, **facts),
        _data(table, lang),
        lang,
    )
    return [chart]


def hindcasts(table: pd.DataFrame, *, city: str, lang: str) -> list[Chart]:
    """What was forecast for the city at each origin, and what came: a chart a horizon.

    Parameters
    ----------
    table : pandas.DataFrame
        ``horizon, origin``, quantiles in columns ``QUANTILES`` (%), ``outcome`` (%), ``in90``.
    """
    return [
        _hindcast(lines.set_index("origin"), int(horizon), city, lang)
        for horizon, lines in table.groupby("horizon")
    ]


def _hindcast(lines: pd.DataFrame, horizon: int, city: str, lang: str) -> Chart:
    figure, axes = drawing.new_axes("%")
    axes.margins(x=0.08)
    for low, high, shade in ((0.05, 0.95, 0.25), (0.25, 0.75, 0.45)):
        axes.vlines(
            lines.index, lines[low], lines[high],
            color=drawing.PROJECTION, alpha=shade, linewidth=BAR,
        )  # fmt: skip
    axes.plot(
        lines.index, lines[0.5],
        color=drawing.PROJECTION, linestyle="", marker="_", markersize=BAR, markeredgewidth=2,
    )  # fmt: skip
    held = lines["in90"].astype(bool)
    # Hollow outside the band: the eye finds the misses, in grey too.
    for came, inside in ((lines[held], drawing.FACT), (lines[~held], "white")):
        axes.plot(
            came.index, came["outcome"],
            color=drawing.FACT, linestyle="", marker="o", markersize=6, markerfacecolor=inside,
        )  # fmt: skip
    axes.set_xlabel(text("record_column.origin", lang))
    drawing.year_ticks(axes, int(lines.index[-1]), int(lines.index[0]))
    actual = f"{text('record_chart.came', lang)} {number(lines['outcome'].iloc[-1])}"
    ends = drawing.quantile_ends(lines[list(QUANTILES)], lang, 1)
    ends.append((lines["outcome"].iloc[-1], actual, drawing.FACT))
    drawing.label_ends(axes, lines.index[-1] + 0.2, ends)
    errors = lines[0.5] - lines["outcome"]
    worst = int(errors.abs().idxmax())
    facts = {
        "years": horizon,
        "city": city,
        "origins": len(lines),
        "held": int(held.sum()),
        "first": int(lines.index[0]),
        "last": int(lines.index[-1]),
        "worst": worst,
        "median": number(lines.loc[worst, 0.5]),
        "outcome": number(lines.loc[worst, "outcome"]),
    }
    return Chart(
        figure,
        text("record_chart.hindcast_title", lang, **facts),
        text("record_chart.hindcast_subtitle", lang, **facts),
        text("record_chart.hindcast_alt", lang, **facts),
        _hindcast_data(lines, lang),
        lang,
    )


def _hindcast_data(lines: pd.DataFrame, lang: str) -> pd.DataFrame:
    names = {level: quantile_name(level, lang) for level in QUANTILES}
    shown = lines[list(QUANTILES)].rename(columns=names)
    shown[text("record_chart.came", lang)] = lines["outcome"]
    held = [text(f"record_origin.{bool(inside)}", lang) for inside in lines["in90"]]
    shown[text("record_chart.held", lang)] = held
    shown.insert(0, text("record_column.origin", lang), lines.index.astype(str))
    return shown


def _overall(table: pd.DataFrame) -> pd.DataFrame:
    """Mean chance and frequency of all cases, in %, by horizon."""
    sums = table[["chance", "came"]].mul(table["cases"], axis=0).groupby(table["horizon"]).sum()
    return 100 * sums.div(table.groupby("horizon")["cases"].sum(), axis=0)


def _origins(cases: pd.DataFrame) -> dict[str, int]:
    own = cases.loc[cases["horizon"] == cases["horizon"].max(), "origin"]
    return {"origins": own.nunique(), "first": int(own.min()), "last": int(own.max())}


def _data(table: pd.DataFrame, lang: str) -> pd.DataFrame:
    width = 100 // BINS
    names = {name: text(f"record_column.{name}", lang) for name in ("horizon", "bin", "chance")}
    names |= {name: text(f"record_column.{name}", lang) for name in ("came", "cases", "origins")}
    return pd.DataFrame(
        {
            names["horizon"]: table["horizon"].astype(str),
            names["bin"]: [f"{width * place}–{width * (place + 1)}" for place in table["bin"]],
            names["chance"]: 100 * table["chance"],
            names["came"]: 100 * table["came"],
            names["cases"]: table["cases"].astype(str),
            names["origins"]: table["origins"].astype(str),
        }
    )
