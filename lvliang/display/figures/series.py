"""Drawings of series that are facts."""

from __future__ import annotations

from collections.abc import Mapping

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


def fan(
    actual: pd.Series,
    quantiles: pd.DataFrame,
    *,
    unit: str,
    last_data: str,
    ends: Mapping[float, str],
    decimals: int,
    log: bool = False,
    target: float | None = None,
    target_label: str = "",
    size: tuple[float, float] = drawing.SIZE,
) -> Figure:
    """Actual values, then the projected median with its 50 and 90 % bands.

    Parameters
    ----------
    ends : mapping
        What each quantile is called at the right end.
    target : float, optional
        Drawn as a line across the projected years.
    """
    figure, axes = drawing.new_axes(unit, pad=24, size=size)
    base_year, end_year = int(actual.index[-1]), int(quantiles.index[-1])
    drawing.facts(axes, actual)
    drawing.bands(axes, drawing.from_last(actual, quantiles))
    drawing.year_ticks(axes, end_year, int(actual.index[0]), base_year)
    drawing.last_data(axes, base_year, last_data)
    if log:
        drawing.log_levels(axes)
    labels = drawing.quantile_ends(quantiles, ends, decimals)
    if target is not None:
        axes.hlines(target, base_year + 0.5, end_year, color=drawing.TARGET, linewidth=1.4)
        labels.append((target, target_label, drawing.TARGET))
    drawing.label_ends(axes, end_year, labels)
    return figure


def actual(actual: pd.Series, *, unit: str) -> Figure:
    """Actual values alone, with a dot for each."""
    figure, axes = drawing.new_axes(unit)
    drawing.facts(axes, actual, dots=True)
    drawing.year_ticks(axes, int(actual.index[-1]), int(actual.index[0]))
    return figure
