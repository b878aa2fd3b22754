"""Drawings of scenarios side by side, with the labels that a text gives."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import Any
from unicodedata import east_asian_width

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lvliang.display import drawing
from lvliang.display.words import capital, signed
from lvliang.feasibility.drivers import WHOLE

ACROSS = 2
PANEL_HEIGHT = 1.55  # inches
ROOM = 24  # half-width characters across a panel
SHORTENED = re.compile("[:,：，、(（]")  # a title of a panel holds what stands before
LINE_SPACING = 1.25  # of two lines


def panels(
    actual: pd.Series,
    quantiles: pd.DataFrame,
    ends: Sequence[Any],
    *,
    unit: str,
    title: Callable[[Any], str],
) -> Figure:
    """Levels under each scenario, a panel each, with the first one's median in all of them.

    ``title`` tells the two lines above a panel by what it is of ``ends`` (`level_facts`).
    """
    by_year = quantiles.set_index("year").groupby("scenario", sort=False)
    tables = [drawing.from_last(actual, rows.drop(columns="scenario")) for _, rows in by_year]
    figure, axes = drawing.new_axes("")
    axes.remove()
    down = -(-len(tables) // ACROSS)
    figure.set_size_inches(drawing.SIZE[0], PANEL_HEIGHT * down + 0.3)
    drawn = figure.subplots(down, ACROSS, sharex=True, sharey=True, squeeze=False).ravel()
    for panel, table, end in zip(drawn, tables, ends, strict=False):
        _panel(panel, actual, table, tables[0])
        name, _, value = title(end).strip().partition("\n")
        panel.set_title(
            f"{_short(name)}\n{value}",
            loc="left",
            fontsize=drawing.POINTS,
            linespacing=LINE_SPACING,
        )
    for panel in drawn[len(tables) :]:
        panel.set_visible(False)
    # Years stand below the last panel of each column, which an odd number leaves in two rows.
    for panel in drawn[max(len(tables) - ACROSS, 0) : len(tables)]:
        panel.tick_params(labelbottom=True)
    years = (int(tables[0].index[-1]), int(actual.index[0]), int(actual.index[-1]))
    figure.supylabel(unit, fontsize=drawing.POINTS, color=drawing.MUTED)
    for panel in drawn:
        drawing.year_ticks(panel, *years, across=ACROSS)
        drawing.log_levels(panel)
    return figure


def tornado(
    effects: pd.DataFrame, drivers: Sequence[Any], *, effect: str, tick: Callable[[Any], str]
) -> Figure:
    """Bars of what each driver alone does to GDP (`tornado_facts`), the first of them on top."""
    figure, axes = drawing.new_axes("")
    order = [one["driver"] for one in reversed(drivers)]
    for _, row in effects.iterrows():
        _bar(axes, order.index(row["driver"]), row["gdp_nominal"], is_low=row["side"] == "low")
    ticks = [tick(one).strip() for one in reversed(drivers)]
    axes.set_yticks(range(len(order)), ticks, linespacing=LINE_SPACING)
    axes.axvline(0, color=drawing.TARGET, linewidth=0.8)
    axes.margins(x=0.25)
    axes.set_xlabel(effect)
    axes.grid(visible=False, axis="y")
    return figure


def _panel(axes: Axes, actual: pd.Series, table: pd.DataFrame, first: pd.DataFrame) -> None:
    drawing.facts(axes, actual)
    axes.fill_between(
        table.index, table["q25"], table["q75"], color=drawing.PROJECTION, alpha=0.25, linewidth=0
    )
    axes.plot(first.index, first["q50"], color=drawing.TARGET, linewidth=1.2, linestyle=":")
    axes.plot(table.index, table["q50"], color=drawing.PROJECTION, linewidth=1.8, linestyle="--")
    axes.axvline(int(actual.index[-1]), color=drawing.MUTED, linewidth=0.8, linestyle=":")
    axes.grid(visible=False, axis="x")


def _short(title: str) -> str:
    """The title of a scenario as a panel has room for it."""
    words = capital(SHORTENED.split(title)[0].strip())
    widths = accumulate(2 if east_asian_width(sign) in "FW" else 1 for sign in words)
    room = sum(width <= ROOM for width in widths)
    return words if room == len(words) else f"{words[: room - 1]}…"


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
