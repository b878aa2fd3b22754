"""Drawings of the track record, with the labels that a text gives."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from lvliang.display import drawing
from lvliang.display.words import number

BAR = 9  # points, the width of the bar of a forecast
# Line width and marker tell the horizons apart without colour.
STYLES = {
    1: (drawing.NOMINAL, 1.0, "^"),
    3: (drawing.PRICES, 1.6, "s"),
    5: (drawing.FACT, 2.6, "o"),
}


def reliability(bins: pd.DataFrame, *, chance: str, came: str, years: str) -> Figure:
    """Forecast probability against observed frequency (%), by bin; on the diagonal they agree.

    ``years`` is what follows the number of years of a line.
    """
    figure, axes = drawing.new_axes(came)
    axes.plot([0, 100], [0, 100], color=drawing.MUTED, linewidth=1, linestyle=":")
    ends = []
    for horizon, line in bins.groupby("horizon"):
        colour, width, marker = STYLES[int(horizon)]
        axes.plot(
            line["chance"], line["came"],
            color=colour, linewidth=width, marker=marker, markersize=4,
        )  # fmt: skip
        ends.append((line["came"].iloc[-1], f"{horizon}{years}", colour))
    axes.set_xlabel(chance)
    axes.set_xlim(0, 100)
    axes.set_ylim(0, 100)
    drawing.label_ends(axes, 100, ends)
    return figure


def hindcasts(lines: pd.DataFrame, *, origin: str, came: str, **quantiles: str) -> Figure:
    """What was forecast at each origin, and what came (%): one horizon of `hindcast_facts`.

    ``quantiles`` are the labels of the last forecast, by column.
    """
    figure, axes = drawing.new_axes("%")
    axes.margins(x=0.08)
    lines = lines.set_index("origin")
    for low, high, shade in (("q05", "q95", 0.25), ("q25", "q75", 0.45)):
        axes.vlines(
            lines.index, lines[low], lines[high],
            color=drawing.PROJECTION, alpha=shade, linewidth=BAR,
        )  # fmt: skip
    axes.plot(
        lines.index, lines["q50"],
        color=drawing.PROJECTION, linestyle="", marker="_", markersize=BAR, markeredgewidth=2,
    )  # fmt: skip
    # Hollow outside the band: the eye finds the misses, in grey too.
    for band, inside in (("inside", drawing.FACT), ("outside", "white")):
        outcomes = lines.loc[lines["band"] == band, "outcome"]
        axes.plot(
            outcomes.index, outcomes,
            color=drawing.FACT, linestyle="", marker="o", markersize=6, markerfacecolor=inside,
        )  # fmt: skip
    axes.set_xlabel(origin)
    drawing.year_ticks(axes, int(lines.index[-1]), int(lines.index[0]))
    last = lines.iloc[-1]
    named = [(name, label, drawing.PROJECTION) for name, label in quantiles.items()]
    ends = [
        (last[name], f"{label} {number(last[name])}", colour)
        for name, label, colour in [*named, ("outcome", came, drawing.FACT)]
    ]
    drawing.label_ends(axes, lines.index[-1] + 0.2, ends)
    return figure
