"""Drawings of ranks, with the labels that a text gives."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from lvliang.display import drawing


def bars(shares: pd.DataFrame, kept: float, *, share: str, rank: str) -> Figure:
    """How often the city has each rank (``rank, share``); dark up to the rank to be ``kept``.

    A rank rests on the series of several cities (grade D), so bars have no scale.
    """
    figure, axes = drawing.new_axes(share)
    colours = [drawing.FACT if place <= kept else drawing.PALE for place in shares["rank"]]
    axes.bar(shares["rank"], shares["share"], color=colours)
    axes.set_yticks([])
    axes.set_xlabel(rank)
    axes.set_xticks(shares["rank"].tolist()[:: 1 if len(shares) <= 15 else 2])
    return figure


def history(known: pd.Series, *, rank: str) -> Figure:
    """Rank by year, the first on top."""
    figure, axes = drawing.new_axes(rank, size=drawing.FLAT)
    drawing.facts(axes, known, dots=True)
    axes.set_ylim(known.max() + 1, 0)
    axes.set_yticks(range(1, int(known.max()) + 1))
    drawing.year_ticks(axes, int(known.index[-1]), int(known.index[0]))
    return figure
