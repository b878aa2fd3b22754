"""The drawings that a text calls by name, over facts and with its labels: no words, no language."""

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate
from typing import Any
from unicodedata import east_asian_width

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lvliang.display import drawing
from lvliang.display.drawing import FACT, MUTED, NOMINAL, PRICES, PROJECTION, TARGET
from lvliang.display.words import capital, number, signed
from lvliang.feasibility.drivers import WHOLE
from lvliang.feasibility.known_growth import MEDIAN

CURVES = ((FACT, 2.6), (NOMINAL, 1.6))  # of break-even curves, the largest target first
# Line width and marker tell the horizons of the record apart without colour.
HORIZONS = {1: (NOMINAL, 1.0, "^"), 3: (PRICES, 1.6, "s"), 5: (FACT, 2.6, "o")}
FORECAST = 9  # points, the width of the bar of one
ACROSS = 2  # panels
PANEL_HEIGHT = 1.55  # inches
ROOM = 24  # half-width characters across a panel
SHORTENED = re.compile("[:,：，、(（]")  # a title of a panel holds what stands before
LINE_SPACING = 1.25  # of two lines


def growth(growth: pd.DataFrame, *, unit: str, real: str, nominal: str, deflator: str) -> Figure:
    """Real and nominal growth (%) by ``year``, and the price change between them."""
    figure, axes = drawing.new_axes(unit)
    # All three are facts, so all are solid: weight and dots tell them apart without colour.
    styles = {
        "real": (real, FACT, 2.6, ""),
        "nominal": (nominal, NOMINAL, 1.6, "o"),
        "deflator": (deflator, PRICES, 1.0, "^"),
    }
    years, ends = growth["year"], []
    for name, (label, colour, width, marker) in styles.items():
        axes.plot(years, growth[name], color=colour, linewidth=width, marker=marker, markersize=4)
        ends.append((growth[name].iloc[-1], label, colour))
    first, last = int(years.iloc[0]), int(years.iloc[-1])
    drawing.year_ticks(axes, last, first)
    drawing.label_ends(axes, last, ends)
    return figure


def actual(actual: pd.Series, *, unit: str, size: tuple[float, float] = drawing.SIZE) -> Figure:
    """Actual values alone by year, with a dot for each."""
    figure, axes = drawing.new_axes(unit, size=size)
    drawing.facts(axes, actual, dots=True)
    drawing.year_ticks(axes, int(actual.index[-1]), int(actual.index[0]))
    return figure


def levels(levels: pd.Series, *, unit: str) -> Figure:
    """Actual values from zero, the first and the last of them told."""
    figure = actual(levels, unit=unit)
    (axes,) = figure.axes
    axes.set_ylim(bottom=0, top=1.15 * levels.max() or 1.0)
    for year in sorted({levels.index[0], levels.index[-1]}):
        value = levels[year]
        drawing.annotate(axes, number(value), (year, value), (0, 7), ha="center", color=FACT)
    return figure


def rank_history(known: pd.Series, *, rank: str) -> Figure:
    """Rank by year, the first on top."""
    figure = actual(known, unit=rank, size=drawing.FLAT)
    (axes,) = figure.axes
    axes.set_ylim(known.max() + 1, 0)
    axes.set_yticks(range(1, int(known.max()) + 1))
    return figure


def rank_bars(shares: pd.DataFrame, kept: float, *, share: str, rank: str) -> Figure:
    """How often the city has each rank (``rank, share``); dark up to the rank to be ``kept``."""
    figure, axes = drawing.new_axes(share)
    colours = [FACT if place <= kept else drawing.PALE for place in shares["rank"]]
    axes.bar(shares["rank"], shares["share"], color=colours)
    axes.set_yticks([])  # no scale: a rank rests on the series of several cities (grade D)
    axes.set_xlabel(rank)
    axes.set_xticks(shares["rank"].tolist()[:: 1 if len(shares) <= 15 else 2])
    return figure


def fan(
    actual: pd.Series,
    quantiles: pd.DataFrame,
    *,
    unit: str,
    last_data: str,
    ends: Mapping[float, str],
    decimals: int,
    log: bool,
    target: float | None,
    target_label: str,
    size: tuple[float, float],
    outcomes: pd.Series | None = None,
    outcome_label: str = "",
    provisional: pd.Series | None = None,
    provisional_label: str = "",
) -> Figure:
    """Actual values, then the projected median with its 50 and 90 % bands.

    ``ends`` is what each quantile is called at the right end; ``target`` is a line across the
    projected years, ``outcomes`` are marks of what came in them, hollow where ``provisional``.
    """
    figure, axes = drawing.new_axes(unit, pad=24, size=size)
    base_year, end_year = int(actual.index[-1]), int(quantiles.index[-1])
    drawing.facts(axes, actual)
    ahead = drawing.from_last(actual, quantiles)
    drawing.band(axes, ahead[0.05], ahead[0.95], 0.18)
    drawing.band(axes, ahead[0.25], ahead[0.75], 0.32)
    axes.plot(ahead.index, ahead[0.5], color=PROJECTION, linewidth=2, linestyle="--")
    drawing.year_ticks(axes, end_year, int(actual.index[0]), base_year)
    drawing.last_data(axes, base_year, last_data)
    if log:
        drawing.log_levels(axes)
    last = quantiles.iloc[-1]
    labels = [
        (last[level], f"{name} {number(last[level], decimals)}", PROJECTION)
        for level, name in ends.items()
    ]
    if target is not None:
        axes.hlines(target, base_year + 0.5, end_year, color=TARGET, linewidth=1.4)
        labels.append((target, target_label, TARGET))
    marks = ((outcomes, outcome_label, TARGET), (provisional, provisional_label, "white"))
    offset, side = (-7, 6), "right"
    for came, label, face in marks:
        if came is not None and len(came):
            axes.plot(came.index, came, color=TARGET, ls="", marker="D", ms=6, mfc=face)
            first = (came.index[0], came.iloc[0])
            drawing.annotate(axes, label, first, offset, ha=side, color=TARGET)
            offset, side = (0, -17), "center"  # below, as another stands above
    drawing.label_ends(axes, end_year, labels)
    return figure


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
        words = f"{_short(name)}\n{value}"
        panel.set_title(words, loc="left", fontsize=drawing.POINTS, linespacing=LINE_SPACING)
    for panel in drawn[len(tables) :]:
        panel.set_visible(False)
    # Years stand below the last panel of each column, which an odd number leaves in two rows.
    for panel in drawn[max(len(tables) - ACROSS, 0) : len(tables)]:
        panel.tick_params(labelbottom=True)
    years = (int(tables[0].index[-1]), int(actual.index[0]), int(actual.index[-1]))
    figure.supylabel(unit, fontsize=drawing.POINTS, color=MUTED)
    for panel in drawn:
        drawing.year_ticks(panel, *years, across=ACROSS)
        drawing.log_levels(panel)
    return figure


def _panel(axes: Axes, actual: pd.Series, table: pd.DataFrame, first: pd.DataFrame) -> None:
    drawing.facts(axes, actual)
    drawing.band(axes, table["q25"], table["q75"], 0.25)
    axes.plot(first.index, first["q50"], color=TARGET, linewidth=1.2, linestyle=":")
    axes.plot(table.index, table["q50"], color=PROJECTION, linewidth=1.8, linestyle="--")
    axes.axvline(int(actual.index[-1]), color=MUTED, linewidth=0.8, linestyle=":")
    axes.grid(visible=False, axis="x")


def _short(title: str) -> str:
    """The title of a scenario as a panel has room for it."""
    words = capital(SHORTENED.split(title)[0].strip())
    widths = accumulate(2 if east_asian_width(sign) in "FW" else 1 for sign in words)
    room = sum(width <= ROOM for width in widths)
    return words if room == len(words) else f"{words[: room - 1]}…"


def tornado(
    effects: pd.DataFrame, drivers: Sequence[Any], *, effect: str, tick: Callable[[Any], str]
) -> Figure:
    """Bars of what each driver alone does to GDP (`tornado_facts`), the first of them on top."""
    figure, axes = drawing.new_axes("")
    order = [one["driver"] for one in reversed(drivers)]
    for row in effects.itertuples():
        _bar(axes, order.index(row.driver), row.gdp_nominal, is_low=row.side == "low")
    ticks = [tick(one).strip() for one in reversed(drivers)]
    axes.set_yticks(range(len(order)), ticks, linespacing=LINE_SPACING)
    axes.axvline(0, color=TARGET, linewidth=0.8)
    axes.margins(x=0.25)
    axes.set_xlabel(effect)
    axes.grid(visible=False, axis="y")
    return figure


def _bar(axes: Axes, place: int, value: float, *, is_low: bool) -> None:
    right = value > -WHOLE
    axes.barh(place, value, color=FACT if right else PROJECTION, height=0.6)
    if abs(value) < WHOLE and is_low:
        return  # both sides of a driver that moves nothing are told once
    offset, side = ((3, 0), "left") if right else ((-3, 0), "right")
    drawing.annotate(axes, signed(value), (value, place), offset, ha=side, va="center")


def break_even(
    curves: pd.DataFrame,
    bases: pd.DataFrame,
    *,
    axis: str,
    target: str,
    unit: float,
    decimals: int,
    **levels: str,
) -> Figure:
    """Growth needed against the base, a curve a target; level lines are past growth.

    ``target`` and ``levels`` are patterns, the ``unit`` of the axis is so many 亿元, and bases at
    medians, where curves and level lines meet, are told with ``decimals``.
    """
    curves, bases = (frame.assign(base=frame["base"] / unit) for frame in (curves, bases))
    figure, axes = drawing.new_axes("%")
    for place, (value, line) in enumerate(list(curves.groupby("value"))[::-1]):
        colour, width = CURVES[place % len(CURVES)]
        axes.plot(line["base"], line["growth"], color=colour, linewidth=width)
        # The largest beside the top of its curve, the others above, one a row.
        offset = (-6, 10 + drawing.LABEL_GAP * (place - 1)) if place else (8, -2)
        top = (line["base"].iloc[0], line["growth"].iloc[0])
        drawing.annotate(axes, target.format(value / unit), top, offset, va="center", color=colour)
    right = float(curves["base"].max())
    axes.set_xlim(0, right)
    axes.set_ylim(0, 1.15 * curves["growth"].max())
    axes.set_xlabel(axis)
    drawing.label_ends(axes, right, _level_lines(axes, bases, **levels))
    for row in bases[bases["level"] == MEDIAN].itertuples():
        point = (row.base, row.growth)
        axes.plot(*([each] for each in point), color=TARGET, marker="o", markersize=5)
        drawing.annotate(axes, number(row.base, decimals), point, (5, 7), color=TARGET)
    return figure


def _level_lines(
    axes: Axes, bases: pd.DataFrame, *, level: str, median: str, alike: str
) -> list[tuple[float, str, str]]:
    """Percentiles of all cities, and the median of those that began alike: drawn and named."""
    ends = []
    for (name, share), rows in bases.groupby(["reference", "level"]):
        growth, is_middle = rows["growth"].iloc[0], share == MEDIAN
        if name == "alike" and not is_middle:
            continue
        colour = PRICES if name == "alike" else MUTED
        axes.axhline(growth, color=colour, linewidth=1.2 if is_middle else 0.8, linestyle=":")
        pattern = alike if name == "alike" else median if is_middle else level
        words = pattern.format(share=round(100 * share), growth=number(growth))
        ends.append((growth, words, colour))
    return ends


def reliability(bins: pd.DataFrame, *, chance: str, came: str, years: str) -> Figure:
    """Forecast probability against observed frequency (%), by bin; on the diagonal they agree.

    ``years`` is what follows the number of years of a line.
    """
    figure, axes = drawing.new_axes(came)
    axes.plot([0, 100], [0, 100], color=MUTED, linewidth=1, linestyle=":")
    ends = []
    for horizon, line in bins.groupby("horizon"):
        colour, width, marker = HORIZONS[int(horizon)]
        axes.plot(line["chance"], line["came"], color=colour, lw=width, marker=marker, ms=4)
        ends.append((line["came"].iloc[-1], f"{horizon}{years}", colour))
    axes.set_xlabel(chance)
    axes.set_xlim(0, 100)
    axes.set_ylim(0, 100)
    drawing.label_ends(axes, 100, ends)
    return figure


def met_by_year(shares: pd.DataFrame, *, share: str, later: str) -> Figure:
    """Share of cities (%) that met their target, by ``year``; hollow where that is ``later``."""
    figure, axes = drawing.new_axes(share, size=drawing.FLAT)
    years = shares["year"]
    faces = [FACT if kind == "actual" else "white" for kind in shares["kind"]]
    bars = axes.bar(years, shares["share"], color=faces, edgecolor=FACT)
    axes.bar_label(bars, fmt="%.0f", padding=2)
    axes.set_ylim(0, 110)
    if "white" in faces:
        end = (years.iloc[-1] + 0.4, 92)
        drawing.annotate(axes, later, end, (0, 0), ha="right", color=FACT)
    drawing.year_ticks(axes, int(years.iloc[-1]), int(years.iloc[0]))
    return figure


def hindcasts(lines: pd.DataFrame, *, origin: str, came: str, **quantiles: str) -> Figure:
    """What was forecast at each origin, and what came (%): one horizon of `hindcast_facts`.

    ``quantiles`` are the labels of the last forecast, by column.
    """
    figure, axes = drawing.new_axes("%")
    axes.margins(x=0.08)
    lines = lines.set_index("origin")
    axes.vlines(lines.index, lines["q05"], lines["q95"], color=PROJECTION, alpha=0.25, lw=FORECAST)
    axes.vlines(lines.index, lines["q25"], lines["q75"], color=PROJECTION, alpha=0.45, lw=FORECAST)
    axes.plot(lines.index, lines["q50"], color=PROJECTION, ls="", marker="_", ms=FORECAST, mew=2)
    # Hollow outside the band: the eye finds the misses, in grey too.
    for band, inside in (("inside", FACT), ("outside", "white")):
        outcomes = lines.loc[lines["band"] == band, "outcome"]
        axes.plot(outcomes.index, outcomes, color=FACT, ls="", marker="o", ms=6, mfc=inside)
    axes.set_xlabel(origin)
    drawing.year_ticks(axes, int(lines.index[-1]), int(lines.index[0]))
    last = lines.iloc[-1]
    ends = [
        (last[name], f"{label} {number(last[name])}", FACT if name == "outcome" else PROJECTION)
        for name, label in [*quantiles.items(), ("outcome", came)]
    ]
    drawing.label_ends(axes, lines.index[-1] + 0.2, ends)
    return figure
