"""How charts are drawn: axes, bands, lines that say where data end, labels that never overlap."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator

from lvliang.display import fonts
from lvliang.display.words import MINUS, number, text

FACT = "#12395f"
PROJECTION = "#b25a00"
PRICES = "#3f7d4e"
TARGET = "#1b2530"
PALE = "#b8c4d0"
MUTED = "#5b6875"
SIZE = (6.4, 3.7)
LABEL_POINTS = 10
LABEL_GAP = 14.0  # points from one label to the next


def new_axes(units: str) -> tuple[Figure, Axes]:
    """An empty chart with its unit above the axis."""
    import seaborn as sns

    sns.set_theme(style="whitegrid", rc={"grid.color": "#e3e8ed", "axes.edgecolor": MUTED})
    plt.rcParams.update(
        {
            "font.family": [fonts.register()],
            "font.size": 11,
            "axes.spines.top": False,
            "axes.spines.right": False,
        }
    )
    figure, axes = plt.subplots(figsize=SIZE, layout="constrained")
    axes.set_title(units, loc="left", fontsize=11, color=MUTED)
    axes.grid(visible=False, axis="x")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=8))
    axes.yaxis.set_major_formatter(FuncFormatter(_tick))
    return figure, axes


def log_levels(axes: Axes) -> None:
    """A level grows by factors, so its fan is read on a log scale."""
    axes.set_yscale("log")
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.yaxis.set_major_formatter(FuncFormatter(_tick))
    axes.yaxis.set_minor_locator(NullLocator())


def bands(axes: Axes, quantiles: pd.DataFrame) -> None:
    """90 and 50 % bands and the dashed median."""
    for low, high, shade in ((0.05, 0.95, 0.18), (0.25, 0.75, 0.32)):
        axes.fill_between(
            quantiles.index,
            quantiles[low],
            quantiles[high],
            color=PROJECTION,
            alpha=shade,
            linewidth=0,
        )
    axes.plot(quantiles.index, quantiles[0.5], color=PROJECTION, linewidth=2, linestyle="--")


def last_data(axes: Axes, year: int, lang: str) -> None:
    """A dotted line where the data end."""
    axes.axvline(year, color=MUTED, linewidth=1, linestyle=":")
    axes.set_title(
        text("chart.last_data", lang, year=year), loc="right", fontsize=LABEL_POINTS, color=MUTED
    )


def quantile_ends(quantiles: pd.DataFrame, lang: str) -> list[tuple[float, str, str]]:
    """What the right end of a fan is labelled with: value, words, colour."""
    last = quantiles.iloc[-1]
    words = {0.95: "95%", 0.75: "75%", 0.5: text("chart.median", lang), 0.25: "25%", 0.05: "5%"}
    return [
        (last[level], f"{word} {number(last[level], 0)}", PROJECTION)
        for level, word in words.items()
    ]


def label_ends(axes: Axes, year: float, ends: list[tuple[float, str, str]]) -> None:
    """Label lines at their right ends, pushed apart where they would overlap."""
    axes.figure.canvas.draw()
    ordered = sorted(ends)
    heights = [_height(axes, year, value) for value, _, _ in ordered]
    for (value, words, colour), height, place in zip(
        ordered, heights, _apart(heights), strict=True
    ):
        axes.annotate(
            words,
            (year, value),
            xytext=(6, place - height),
            textcoords="offset points",
            va="center",
            color=colour,
            fontsize=LABEL_POINTS,
            annotation_clip=False,
        )


def label_points(axes: Axes, values: pd.Series) -> None:
    """The first and the last value of a line, above their points."""
    for year in sorted({values.index[0], values.index[-1]}):
        axes.annotate(
            number(values[year]),
            (year, values[year]),
            xytext=(0, 7),
            textcoords="offset points",
            ha="center",
            color=FACT,
        )


def _height(axes: Axes, year: float, value: float) -> float:
    """Height of a point on the page, in points."""
    return float(axes.transData.transform((year, value))[1]) * 72 / axes.figure.dpi


def _apart(heights: list[float]) -> list[float]:
    """Sorted heights, moved as little as keeps them ``LABEL_GAP`` apart and centred.

    Examples
    --------
    >>> _apart([0.0, 1.0, 40.0])
    [-6.5, 7.5, 40.0]
    """
    groups: list[list[float]] = []
    for height in heights:
        groups.append([height])
        while len(groups) > 1 and _low(groups[-1]) < _low(groups[-2]) + LABEL_GAP * len(groups[-2]):
            groups[-2:] = [groups[-2] + groups[-1]]
    return [_low(group) + LABEL_GAP * place for group in groups for place in range(len(group))]


def _low(group: list[float]) -> float:
    """Where the lowest label of a group stands, so that the group is centred on its points."""
    return sum(group) / len(group) - LABEL_GAP * (len(group) - 1) / 2


def _tick(value: float, _position: Any) -> str:
    return f"{value:g}".replace("-", MINUS)
