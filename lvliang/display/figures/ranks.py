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
