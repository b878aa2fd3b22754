"""The drawing of the industry targets, with the labels that a text gives."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lvliang.display import drawing
from lvliang.display.words import number
from lvliang.feasibility.known_growth import MEDIAN

STYLES = ((drawing.FACT, 2.6), (drawing.NOMINAL, 1.6))  # of curves, the largest target first


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
        colour, width = STYLES[place % len(STYLES)]
        axes.plot(line["base"], line["growth"], color=colour, linewidth=width)
        axes.annotate(  # the largest beside the top of its curve, the others above, one a row
            target.format(value / unit),
            (line["base"].iloc[0], line["growth"].iloc[0]),
            xytext=(8, -2) if place == 0 else (-6, 10 + drawing.LABEL_GAP * (place - 1)),
            textcoords="offset points",
            va="center",
            color=colour,
        )
    right = float(curves["base"].max())
    axes.set_xlim(0, right)
    axes.set_ylim(0, 1.15 * curves["growth"].max())
    axes.set_xlabel(axis)
    drawing.label_ends(axes, right, _level_lines(axes, bases, **levels))
    for row in bases[bases["level"] == MEDIAN].itertuples():
        axes.plot([row.base], [row.growth], color=drawing.TARGET, marker="o", markersize=5)
        axes.annotate(
            number(row.base, decimals),
            (row.base, row.growth),
            xytext=(5, 7),
            textcoords="offset points",
            color=drawing.TARGET,
        )
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
        colour = drawing.PRICES if name == "alike" else drawing.MUTED
        axes.axhline(growth, color=colour, linewidth=1.2 if is_middle else 0.8, linestyle=":")
        pattern = alike if name == "alike" else median if is_middle else level
        said = pattern.format(share=round(100 * share), growth=number(growth))
        ends.append((growth, said, colour))
    return ends
