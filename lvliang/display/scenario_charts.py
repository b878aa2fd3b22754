"""Charts of scenarios: medians on one scale, and one driver at a time."""

from __future__ import annotations

import re

import pandas as pd

from lvliang.display import drawing
from lvliang.display.scenario_tables import name_of
from lvliang.display.show import Chart
from lvliang.display.words import capital, number, text, unit
from lvliang.feasibility.comparison import Comparison

GDP = "gdp_nominal"
COLOURS = (
    drawing.PROJECTION, drawing.NOMINAL, drawing.PRICES, drawing.MUTED, drawing.FACT,
    drawing.TARGET,
)  # fmt: skip
HALF = (0.25, 0.75)
MARKS = ("o", "s", "^", "D", "v", "P")
YEARS_OF_FACT = 8
SHORTENED = re.compile("[:,：、]")  # a label holds what stands before


def medians(found: Comparison, actual: pd.Series, *, region: str, lang: str) -> list[Chart]:
    """Actual GDP, then its median under each scenario, over the band of the baseline."""
    fans = found.fans[found.fans["indicator"] == GDP].dropna()
    if fans.empty or actual.empty:
        return []
    recent = actual.iloc[-YEARS_OF_FACT:]
    base_year, end_year = int(recent.index[-1]), int(fans["year"].max())
    figure, axes = drawing.new_axes(unit(GDP, lang), pad=24)
    drawing.facts(axes, recent)
    first = fans[fans["scenario"] == found.scenarios[0].scenario_id].set_index("year")
    start = pd.DataFrame(dict.fromkeys(HALF, recent.iloc[-1]), index=[base_year])
    band = pd.concat([start, first[list(HALF)]])
    low, high = (band[level] for level in HALF)
    axes.fill_between(band.index, low, high, color=drawing.PROJECTION, alpha=0.12)
    ends = []
    for place, scenario in enumerate(found.scenarios):
        path = fans[fans["scenario"] == scenario.scenario_id].set_index("year")[0.5]
        line = pd.concat([recent.iloc[-1:], path])
        colour = COLOURS[place % len(COLOURS)]
        axes.plot(
            line.index,
            line,
            color=colour,
            linewidth=2.2 if place == 0 else 1.3,
            linestyle="--",
            marker=MARKS[place % len(MARKS)],
            markersize=3.5,
        )
        name = SHORTENED.split(name_of(found, scenario.scenario_id, lang))[0]
        ends.append((float(path.iloc[-1]), name, colour))
    drawing.year_ticks(axes, end_year, int(recent.index[0]), base_year)
    drawing.last_data(axes, base_year, lang)
    drawing.log_levels(axes)
    drawing.label_ends(axes, end_year, ends)
    at_end = found.summary[f"{GDP}_q50"]
    least, most = at_end.idxmin(), at_end.idxmax()
    facts = {
        "region": region,
        "year": end_year,
        "count": len(at_end),
        "low": number(at_end[least], 0),
        "low_name": name_of(found, least, lang),
        "high": number(at_end[most], 0),
        "high_name": name_of(found, most, lang),
    }
    data = fans.pivot_table(index="year", columns="scenario", values=0.5, sort=False)
    data = data.rename(columns={name: name_of(found, name, lang) for name in data})
    table = data.rename_axis(None, axis=1).reset_index()
    table["year"] = table["year"].astype(str)
    chart = Chart(
        figure,
        capital(text("scenario_chart.scenarios_title", lang, **facts)),
        text("scenario_chart.scenarios_subtitle", lang, **facts),
        text("scenario_chart.scenarios_alt", lang, **facts),
        table.rename(columns={"year": text("column.year", lang)}),
        lang,
        0,
    )
    return [chart]


def tornado(effects: pd.DataFrame, *, region: str, year: int, lang: str) -> list[Chart]:
    """Bars of what each driver alone does to GDP, the widest on top."""
    moved = effects.dropna(subset=GDP)
    if moved.empty:
        return []
    reach = moved.groupby("driver")[GDP].agg(lambda values: values.abs().max())
    order = list(reach.sort_values().index)
    figure, axes = drawing.new_axes("")
    for row in moved.itertuples():
        value = getattr(row, GDP)
        colour = drawing.FACT if value >= 0 else drawing.PROJECTION
        axes.barh(order.index(row.driver), value, color=colour, height=0.6)
        axes.annotate(
            f"{number(value, 1)}",
            (value, order.index(row.driver)),
            xytext=(3 if value >= 0 else -3, 0),
            textcoords="offset points",
            ha="left" if value >= 0 else "right",
            va="center",
        )
    axes.set_yticks(range(len(order)), [text(f"driver.{name}", lang) for name in order])
    axes.axvline(0, color=drawing.TARGET, linewidth=0.8)
    axes.margins(x=0.22)
    axes.set_xlabel(text("scenario_column.effect", lang))
    axes.grid(visible=False, axis="y")
    told = [
        {
            "driver": text(f"driver.{row.driver}", lang),
            "size": text(f"driver_size.{row.driver}", lang, size=number(row.size, 1)),
            "effect": number(getattr(row, GDP), 1),
        }
        for row in moved[::-1].itertuples(index=False)
    ]
    facts = {"region": region, "year": year, "driver": text(f"driver.{order[-1]}", lang)}
    effects_told = text("semicolon", lang).join(
        text("scenario_chart.effect", lang, **row) for row in told
    )
    heads = {name: text(f"scenario_column.{name}", lang) for name in told[0]}
    chart = Chart(
        figure,
        capital(text("scenario_chart.tornado_title", lang, **facts)),
        text("scenario_chart.tornado_subtitle", lang, **facts),
        text("scenario_chart.tornado_alt", lang, year=year, effects=effects_told),
        pd.DataFrame(told).rename(columns=heads),
        lang,
    )
    return [chart]
