"""Charts of scenarios: a fan each on one scale, and one driver at a time."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import accumulate
from unicodedata import east_asian_width

import pandas as pd
from matplotlib.axes import Axes

from lvliang.display import drawing
from lvliang.display.scenario_tables import WHOLE, name_of, signed
from lvliang.display.show import Chart, Sentence
from lvliang.display.units import decimals_in, in_unit
from lvliang.display.words import amount, capital, label, number, text, unit
from lvliang.feasibility.comparison import Comparison
from lvliang.feasibility.drivers import struck_year

MEDIAN, HALF = 0.5, (0.25, 0.75)
YEARS_OF_FACT = 6
ACROSS = 2
PANEL_HEIGHT = 1.55  # inches
ROOM = 24  # half-width characters across a panel
SHORTENED = re.compile("[:,：，、(（]")  # a title of a panel holds what stands before
LINE_SPACING = 1.25  # of two lines
OWN_DRIVER = "policy"  # whose size the data do not give


def fans(
    found: Comparison, actual: pd.Series, *, indicator: str, region: str, lang: str
) -> list[Chart]:
    """Levels under each scenario, a panel each, with the baseline's median in all of them."""
    drawn = found.fans[found.fans["indicator"] == indicator].dropna()
    if drawn.empty or actual.empty:
        return []
    units = unit(indicator, "zh")
    recent = in_unit(actual.loc[actual.index > actual.index[-1] - YEARS_OF_FACT], units, lang)
    tables = {
        name: _from_last(recent, in_unit(rows.set_index("year")[[MEDIAN, *HALF]], units, lang))
        for name, rows in drawn.groupby("scenario", sort=False)
    }
    figure, axes = drawing.new_axes("")
    axes.remove()
    down = -(-len(tables) // ACROSS)
    figure.set_size_inches(drawing.SIZE[0], PANEL_HEIGHT * down + 0.3)
    panels = figure.subplots(down, ACROSS, sharex=True, sharey=True, squeeze=False).ravel()
    first = next(iter(tables.values()))
    for place, (panel, (name, table)) in enumerate(zip(panels, tables.items(), strict=False)):
        _panel(panel, recent, table, first)
        title = _short(name_of(found, str(name), lang))
        end = _end(found, str(name), indicator, place, lang)
        panel.set_title(
            f"{title}\n{end}", loc="left", fontsize=drawing.POINTS, linespacing=LINE_SPACING
        )
    for panel in panels[len(tables) :]:
        panel.set_visible(False)
    # Years stand below the last panel of each column, which an odd number leaves in two rows.
    for panel in panels[max(len(tables) - ACROSS, 0) : len(tables)]:
        panel.tick_params(labelbottom=True)
    years = (int(first.index[-1]), int(recent.index[0]), int(recent.index[-1]))
    figure.supylabel(unit(indicator, lang), fontsize=drawing.POINTS, color=drawing.MUTED)
    for panel in panels:
        drawing.year_ticks(panel, *years, across=ACROSS)
        drawing.log_levels(panel)
    facts = {"region": region, "year": years[0], "indicator": label(indicator, lang)}
    medians = text("semicolon", lang).join(
        text(
            "scenario_chart.median",
            lang,
            name=name_of(found, str(name), lang),
            value=_end(found, str(name), indicator, place, lang),
        )
        for place, name in enumerate(tables)
    )
    chart = Chart(
        figure,
        capital(_title(found, indicator, facts, lang)),
        text("scenario_chart.subtitle", lang, **facts),
        capital(text("scenario_chart.alt", lang, medians=medians, **facts)),
        _data(found, tables, recent, lang),
        lang,
        decimals_in(units, lang, 0),
    )
    return [chart]


def tornado(
    effects: pd.DataFrame, *, region: str, years: Sequence[int], lang: str
) -> list[Chart | Sentence]:
    """Bars of what each driver alone does to GDP, the widest on top, and the sizes of moves."""
    moved = effects.dropna(subset="gdp_nominal")
    if moved.empty:
        return []
    reach = moved.groupby("driver")["gdp_nominal"].agg(lambda values: values.abs().max())
    order = list(reach.sort_values().index)
    sizes = {name: _sizes(moved, name) for name in order}
    figure, axes = drawing.new_axes("")
    for _, row in moved.iterrows():
        _bar(axes, order.index(row["driver"]), row["gdp_nominal"], is_low=row["side"] == "low")
    ticks = [text(f"driver_tick.{name}", lang, **sizes[name]) for name in order]
    axes.set_yticks(range(len(order)), ticks, linespacing=LINE_SPACING)
    axes.axvline(0, color=drawing.TARGET, linewidth=0.8)
    axes.margins(x=0.25)
    axes.set_xlabel(text("scenario_column.effect_gdp", lang))
    axes.grid(visible=False, axis="y")
    rows = [
        {
            "driver": capital(text(f"driver.{row['driver']}", lang)),
            "size": text(f"driver_move.{row['driver']}", lang, size=signed(row["size"])),
            "effect_gdp": signed(row["gdp_nominal"]),
            "effect_revenue": signed(row["budget_revenue"]),
            "effect_growth": signed(row["growth"]),
        }
        for name in reversed(order)
        for _, row in moved[moved["driver"] == name].iterrows()
    ]
    told = text("semicolon", lang).join(
        text("scenario_chart.effect", lang, driver=row["driver"], size=row["size"],
             gdp=row["effect_gdp"])
        for row in rows
    )  # fmt: skip
    heads = {name: text(f"scenario_column.{name}", lang) for name in rows[0]}
    facts = {"region": region, "year": years[-1], "driver": text(f"driver.{order[-1]}", lang)}
    subtitle = text("scenario_chart.tornado_subtitle", lang, **facts)
    if OWN_DRIVER in sizes:
        subtitle = text(
            "scenario_chart.tornado_assumed", lang, subtitle=subtitle, **sizes[OWN_DRIVER]
        )
    chart = Chart(
        figure,
        text("scenario_chart.tornado_title", lang, **facts),
        subtitle,
        text("scenario_chart.tornado_alt", lang, year=years[-1], effects=told),
        pd.DataFrame(rows).rename(columns=heads),
        lang,
    )
    struck = struck_year(years)
    said = [
        text(f"driver_size.{name}", lang, struck=struck, **sizes[name]) for name in reversed(order)
    ]
    note = text("scenarios.tornado_note", lang, sizes=text("semicolon", lang).join(said))
    return [chart, Sentence(note, "note")]


def _panel(axes: Axes, recent: pd.Series, table: pd.DataFrame, first: pd.DataFrame) -> None:
    drawing.facts(axes, recent)
    low, high = (table[level] for level in HALF)
    axes.fill_between(table.index, low, high, color=drawing.PROJECTION, alpha=0.25, linewidth=0)
    axes.plot(first.index, first[MEDIAN], color=drawing.TARGET, linewidth=1.2, linestyle=":")
    axes.plot(table.index, table[MEDIAN], color=drawing.PROJECTION, linewidth=1.8, linestyle="--")
    axes.axvline(int(recent.index[-1]), color=drawing.MUTED, linewidth=0.8, linestyle=":")
    axes.grid(visible=False, axis="x")


def _from_last(recent: pd.Series, table: pd.DataFrame) -> pd.DataFrame:
    """Quantiles by year, opening at the last actual value."""
    last = recent.index[-1]
    start = pd.DataFrame(recent.iloc[-1], index=[last], columns=table.columns, dtype=float)
    return pd.concat([start, table])


def _short(title: str) -> str:
    """The title of a scenario as a panel has room for it."""
    words = capital(SHORTENED.split(title)[0].strip())
    widths = accumulate(2 if east_asian_width(sign) in "FW" else 1 for sign in words)
    room = sum(width <= ROOM for width in widths)
    return words if room == len(words) else f"{words[: room - 1]}…"


def _end(found: Comparison, name: str, indicator: str, place: int, lang: str) -> str:
    row = found.summary.loc[name]
    value = amount(row[f"{indicator}_q50"], "亿元", lang, 0)
    if place == 0:
        return value
    against = signed(row[f"{indicator}_against"])
    return text("scenario_chart.panel", lang, value=value, against=against)


def _title(found: Comparison, indicator: str, facts: Mapping[str, object], lang: str) -> str:
    if len(found.scenarios) == 1:
        return text("scenario_chart.title_alone", lang, **facts)
    medians = found.summary[f"{indicator}_q50"]
    ends = {"low_name": medians.idxmin(), "high_name": medians.idxmax()}
    names = {key: name_of(found, name, lang) for key, name in ends.items()}
    return text("scenario_chart.title", lang, **names, **facts)


def _data(
    found: Comparison, tables: Mapping[object, pd.DataFrame], recent: pd.Series, lang: str
) -> pd.DataFrame:
    """The numbers drawn: actual values, then median and band of each scenario."""
    scenario, year, value = (
        text(key, lang)
        for key in ("scenario_column.scenario", "column.year", "column.actual_or_median")
    )
    actual = text("column.actual", lang)
    rows = [
        {scenario: actual, year: str(when), value: float(level)} for when, level in recent.items()
    ]
    for name, table in tables.items():
        rows += [
            {
                scenario: name_of(found, str(name), lang),
                year: str(when),
                value: row[MEDIAN],
                text("scenario_chart.low50", lang): row[HALF[0]],
                text("scenario_chart.high50", lang): row[HALF[1]],
            }
            for when, row in table.iloc[1:].iterrows()
        ]
    return pd.DataFrame(rows)


def _sizes(moved: pd.DataFrame, driver: str) -> dict[str, str]:
    """Sizes of both sides of a driver as words take them: a lone side stands for both."""
    rows = moved[moved["driver"] == driver].set_index("side")["size"]
    low, high = (float(rows.get(side, rows.iloc[0])) for side in ("low", "high"))
    return {"low": signed(low), "high": number(high) if driver != "coal_price" else signed(high)}


def _bar(axes: Axes, place: int, value: float, *, is_low: bool) -> None:
    """A bar, and its value at its end."""
    right = value > -WHOLE
    axes.barh(place, value, color=drawing.FACT if right else drawing.PROJECTION, height=0.6)
    if abs(value) < WHOLE and is_low:
        return  # both sides of a driver that moves nothing are told once
    axes.annotate(
        signed(value),
        (value, place),
        xytext=(3 if right else -3, 0),
        textcoords="offset points",
        ha="left" if right else "right",
        va="center",
    )
