"""Drawings of series that are facts."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from lvliang.display import drawing


def growth(growth: pd.DataFrame, *, unit: str, real: str, nominal: str, deflator: str) -> Figure:
    """Real and nominal growth (%) by ``year``, and the price change between them."""
    figure, axes = drawing.new_axes(unit)
    # All three are facts, so all are solid: weight and dots tell them apart without colour.
    styles = {
        "real": (real, drawing.FACT, 2.6, ""),
        "nominal": (nominal, drawing.NOMINAL, 1.6, "o"),
        "deflator": (deflator, drawing.PRICES, 1.0, "^"),
    }
    years, ends = growth["year"], []
    for name, (label, colour, width, marker) in styles.items():
        axes.plot(years, growth[name], color=colour, linewidth=width, marker=marker, markersize=4)
        ends.append((growth[name].iloc[-1], label, colour))
    first, last = int(years.iloc[0]), int(years.iloc[-1])
    drawing.year_ticks(axes, last, first)
    drawing.label_ends(axes, last, ends)
    return figure


def levels(levels: pd.Series, *, unit: str) -> Figure:
    """A series of levels by year, with a dot where there is a figure."""
    figure, axes = drawing.new_axes(unit)
    drawing.facts(axes, levels, dots=True)
    axes.set_ylim(bottom=0, top=1.15 * levels.max() or 1.0)
    drawing.year_ticks(axes, int(levels.index[-1]), int(levels.index[0]))
    drawing.label_points(axes, levels)
    return figure
