"""How charts are drawn: axes, bands, lines that say where data end, labels that never overlap."""

from typing import Any

import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator
from matplotlib.transforms import ScaledTranslation

from lvliang.baseline.history import has_gap
from lvliang.display import fonts
from lvliang.display.words import plain

FACT = "#12395f"
PROJECTION = "#b25a00"
NOMINAL = "#00806b"
PRICES = "#a0527f"
TARGET = "#1b2530"
PALE = "#b8c4d0"
MUTED = "#5b6875"
# On a phone of 360 px a chart has 328: a point is 0.95 px, so that no text is below 9 px.
SIZE = (4.8, 3.5)
# Two beside each other on the sheet for the desk have text of 7 points and leave room for words.
FLAT = (4.8, 2.1)
POINTS = 10
LABEL_GAP = 13.0  # points from one label to the next
YEAR_SPACE = 0.15  # of the years of an axis, from one tick to the next


def new_axes(units: str, pad: float = 6.0, size: tuple[float, float] = SIZE) -> tuple[Figure, Axes]:
    """An empty chart with its unit ``pad`` points above the axis."""
    import seaborn as sns

    sns.set_theme(style="whitegrid", rc={"grid.color": "#e3e8ed", "axes.edgecolor": MUTED})
    plt.rc("font", family=[fonts.register()], size=POINTS)
    for group in ("axes", "xtick", "ytick"):
        plt.rc(group, labelsize=POINTS)
    plt.rc("axes.spines", top=False, right=False)
    figure, axes = plt.subplots(figsize=size, layout="constrained")
    axes.set_ylabel(units, color=MUTED, rotation="horizontal", ha="left", va="baseline")
    above = axes.transAxes + ScaledTranslation(0, pad / 72, figure.dpi_scale_trans)
    axes.yaxis.set_label_coords(0, 1, transform=above)
    if units:
        # The layout makes room for the middle of the label alone.
        half = POINTS / 2 / 72 / size[1]
        figure.set_layout_engine("constrained", rect=(0, 0, 1, 1 - half))
    axes.grid(visible=False, axis="x")
    axes.yaxis.set_major_formatter(lambda value, _: plain(value))
    return figure, axes


class Years(FuncFormatter):
    """Ticks that are years, which an axis needs no label for."""

    def __init__(self) -> None:
        super().__init__(lambda year, _position: f"{year:.0f}")


def unlabelled(figure: Figure) -> list[str]:
    """Axes that neither a label, their own or the figure's, nor ticks of years or names explain."""
    common = {"x": figure.get_supxlabel(), "y": figure.get_supylabel()}
    return [
        f"{name} of panel {place}"
        for place, panel in enumerate(figure.axes, start=1)
        if panel.get_visible() and panel.axison
        for name, axis in (("x", panel.xaxis), ("y", panel.yaxis))
        if not (axis.get_label_text().strip() or common[name].strip() or _speaks(axis))
    ]


def log_levels(axes: Axes) -> None:
    """A level grows by factors, so its fan is read on a log scale, which needs two ticks."""
    axes.set_yscale("log")
    low, high = axes.get_ylim()
    locator = LogLocator(subs=(1, 2, 5))
    seen = [tick for tick in locator.tick_values(low, high) if low <= tick <= high]
    few = MaxNLocator(nbins=3, steps=[1, 2, 5, 10])
    axes.yaxis.set_major_locator(locator if len(seen) > 1 else few)
    axes.yaxis.set_major_formatter(lambda value, _: plain(value))
    axes.yaxis.set_minor_locator(NullLocator())


def band(axes: Axes, low: pd.Series, high: pd.Series, alpha: float) -> None:
    """What lies between two quantiles by year, shaded."""
    axes.fill_between(low.index, low, high, color=PROJECTION, alpha=alpha, linewidth=0)


def facts(axes: Axes, actual: pd.Series, *, dots: bool = False) -> None:
    """Figures as a solid line, broken where years lack one: there dots, and dotted grey between."""
    years = actual.reindex(range(actual.index[0], actual.index[-1] + 1))
    if has_gap(actual):
        axes.plot(actual.index, actual, color=MUTED, linewidth=1.2, linestyle=":")
    marker = "o" if dots or has_gap(actual) else ""
    axes.plot(years.index, years, color=FACT, linewidth=2, marker=marker, markersize=4)


def from_last(actual: pd.Series, quantiles: pd.DataFrame) -> pd.DataFrame:
    """Quantiles by year, which open at the last actual value."""
    opening = pd.DataFrame(actual.iloc[-1], [actual.index[-1]], quantiles.columns, dtype=float)
    return pd.concat([opening, quantiles])


def last_data(axes: Axes, year: int, label: str) -> None:
    """A dotted line where the data end, and the words for it at its top."""
    axes.axvline(year, ymax=1.08, color=MUTED, linewidth=1, linestyle=":", clip_on=False)
    first, last = axes.get_xlim()
    left = (year - first) / (last - first) > 0.4
    annotate(
        axes, label, (year, 1), (-4 if left else 4, 8),
        xycoords=axes.get_xaxis_transform(), ha="right" if left else "left", va="bottom",
        color=MUTED,
    )  # fmt: skip


def year_ticks(axes: Axes, *marked: int, across: int = 1) -> None:
    """Ticks at ``marked`` years, the first of them most wanted, and between where there is room.

    Of as many panels as are ``across`` the figure, each has its share of the room.
    """
    first, last = min(marked), max(marked)
    room = YEAR_SPACE * across * (last - first)
    step = next(step for step in (1, 2, 5, 10, 20, 50) if step >= room)
    chosen: list[int] = []
    for year in [*marked, *range(-(-first // step) * step, last + 1, step)]:
        if year not in chosen and all(abs(year - other) >= room for other in chosen):
            chosen.append(year)
    axes.set_xticks(sorted(chosen))
    axes.xaxis.set_major_formatter(Years())


def annotate(
    axes: Axes, words: str, point: tuple[float, float], offset: tuple[float, float], **style: Any
) -> None:
    """Words beside a point, so many points of the page to the right and above."""
    axes.annotate(words, point, xytext=offset, textcoords="offset points", **style)


def label_ends(axes: Axes, year: float, ends: list[tuple[float, str, str]]) -> None:
    """Label lines (value, words, colour) at their right ends, pushed apart where they overlap."""
    axes.figure.canvas.draw()
    points = [(year, value) for value, _, _ in sorted(ends)]
    heights = [axes.transData.transform(point)[1] * 72 / axes.figure.dpi for point in points]
    moved = [place - height for place, height in zip(_apart(heights), heights, strict=True)]
    for point, (_, words, colour), up in zip(points, sorted(ends), moved, strict=True):
        annotate(axes, words, point, (6, up), va="center", color=colour, annotation_clip=False)


def _apart(heights: list[float]) -> list[float]:
    """Sorted heights, moved as little as keeps them ``LABEL_GAP`` apart and centred.

    >>> _apart([0.0, 1.0, 40.0])
    [-6.0, 7.0, 40.0]
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


def _speaks(axis: Axis) -> bool:
    """Whether ticks are years or names; what stands between dollars is a formula."""
    ticks = [tick.get_text() for tick in axis.get_ticklabels()]
    names = "".join(tick for tick in ticks if "$" not in tick)
    return isinstance(axis.get_major_formatter(), Years) or any(map(str.isalpha, names))
