"""Charts that keep fact and projection apart: solid is actual, dashed and shaded projected.

Each function returns what there is to show: one chart, or none where there are no figures.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator

from lvliang.display import fonts
from lvliang.display.show import Chart, with_year
from lvliang.display.words import MINUS, label, number, rounded, text, unit
from lvliang.projection.outlook import QUANTILES

FACT = "#12395f"
PROJECTION = "#b25a00"
PRICES = "#3f7d4e"
MUTED = "#5b6875"
SIZE = (6.4, 3.7)


def fan(
    actual: pd.Series,
    quantiles: pd.DataFrame,
    *,
    indicator: str,
    region: str,
    lang: str,
    target: float | None = None,
) -> list[Chart]:
    """Actual values, then the projected median with its 50 and 90 % bands.

    Parameters
    ----------
    actual : pandas.Series
        Index year, in the unit of the indicator.
    quantiles : pandas.DataFrame
        Index year, columns ``QUANTILES``; empty where nothing can be projected.
    indicator : str
        Key of ``data/indicators.csv``: names and units.
    target : float, optional
        Drawn as a line across the projected years.
    """
    if actual.empty:
        return []
    if quantiles.empty:
        return _without_projection(actual, indicator=indicator, region=region, lang=lang)
    units = unit(indicator, lang)
    base_year, end_year = int(actual.index[-1]), int(quantiles.index[-1])
    figure, axes = _axes(units)
    axes.plot(actual.index, actual, color=FACT, linewidth=2)
    _bands(axes, _from_last(actual, quantiles))
    _last_data(axes, base_year, lang)
    if target is not None:
        _target(axes, target, quantiles.index, units, lang)
    _label_ends(axes, quantiles, lang)
    # A level grows by factors, so its fan is read on a log scale; growth can be negative.
    is_level = units != "%"
    if is_level:
        axes.set_yscale("log")
        axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axes.yaxis.set_major_formatter(FuncFormatter(_tick))
        axes.yaxis.set_minor_locator(NullLocator())
    at_end = {f"q{round(100 * level):02d}": quantiles.loc[end_year, level] for level in QUANTILES}
    facts = {
        "indicator": label(indicator, lang),
        "region": region,
        "unit": units,
        "first": int(actual.index[0]),
        "last": end_year,
        "year": end_year,
        "base_year": base_year,
        "last_value": actual.iloc[-1],
        "median": at_end["q50"],
        **at_end,
    }
    subtitle = text("chart.fan_subtitle", lang, **facts)
    chart = Chart(
        figure,
        text("chart.fan_title", lang, **facts),
        text("chart.log", lang, subtitle=subtitle) if is_level else subtitle,
        text("chart.fan_alt", lang, **facts),
        _fan_data(actual, quantiles, lang),
        lang,
    )
    return [chart]


def growth_history(growth: pd.DataFrame, *, region: str, lang: str) -> list[Chart]:
    """Real against nominal growth of GDP by year, and the price change between them.

    Parameters
    ----------
    growth : pandas.DataFrame
        Index year; ``real``, ``nominal``, ``deflator`` in percent.
    """
    if growth.empty:
        return []
    figure, axes = _axes("%")
    styles = {"real": (FACT, "-"), "nominal": (PROJECTION, "--"), "deflator": (PRICES, ":")}
    for name, (colour, line) in styles.items():
        axes.plot(growth.index, growth[name], color=colour, linestyle=line, linewidth=2)
    _label_lines(
        axes, {text(f"chart.{name}", lang): growth[name] for name in styles}, list(styles.values())
    )
    first, last = int(growth.index[0]), int(growth.index[-1])
    price_driven = growth["deflator"].std() > growth["real"].std()
    title = "chart.growth_title" if price_driven else "chart.growth_title_plain"
    facts = {
        "region": region,
        "first": first,
        "last": last,
        "low": growth["real"].min(),
        "high": growth["real"].max(),
        "latest": growth["real"].iloc[-1],
        "nominal_low": growth["nominal"].min(),
        "nominal_high": growth["nominal"].max(),
    }
    columns = {name: text(f"column.{name}", lang) for name in styles}
    chart = Chart(
        figure,
        text(title, lang),
        text("chart.growth_subtitle", lang, **facts),
        text("chart.growth_alt", lang, **facts),
        with_year(growth[list(styles)].rename(columns=columns), lang),
        lang,
    )
    return [chart]


def levels(actual: pd.Series, *, indicator: str, region: str, lang: str) -> list[Chart]:
    """A series of levels at current prices, with its dots where there are figures."""
    if actual.empty:
        return []
    units = unit(indicator, lang)
    figure, axes = _axes(units)
    axes.plot(actual.index, actual, color=FACT, linewidth=2, marker="o", markersize=4)
    axes.set_ylim(bottom=0)
    for year in (actual.index[0], actual.index[-1]):
        axes.annotate(
            f"{actual[year]:.1f}",
            (year, actual[year]),
            xytext=(0, 7),
            textcoords="offset points",
            ha="center",
            color=FACT,
        )
    facts = {
        "indicator": label(indicator, lang),
        "region": region,
        "unit": units,
        "first": int(actual.index[0]),
        "last": int(actual.index[-1]),
        "first_value": actual.iloc[0],
        "last_value": actual.iloc[-1],
        "top_year": int(actual.idxmax()),
        "top_value": actual.max(),
    }
    chart = Chart(
        figure,
        text("chart.levels_title", lang, **facts),
        text("chart.levels_subtitle", lang, **facts),
        text("chart.levels_alt", lang, **facts),
        with_year(actual.to_frame(f"{facts['indicator']} ({units})"), lang),
        lang,
    )
    return [chart]


def rank_bars(
    ranks: np.ndarray, *, kept: float | None, cities: int, year: int, region: str, lang: str
) -> list[Chart]:
    """Share of paths on which the city has each rank; dark up to the rank to be kept."""
    if not len(ranks) or kept is None:
        return []
    shares = pd.Series(
        [100 * float((ranks == rank).mean()) for rank in range(1, cities + 1)],
        index=range(1, cities + 1),
    )
    figure, axes = _axes(text("chart.share_axis", lang))
    colours = [FACT if rank <= kept else "#b8c4d0" for rank in shares.index]
    axes.bar(shares.index, shares, color=colours)
    axes.set_xlabel(text("chart.rank_axis", lang))
    axes.set_xticks(list(shares.index))
    for rank, share in shares.items():
        axes.annotate(
            f"{share:.0f}", (rank, share), xytext=(0, 3), textcoords="offset points", ha="center"
        )
    share_kept = float(shares.loc[:kept].sum())
    facts = {
        "year": year,
        "rank": int(kept),
        "region": region,
        "chance": rounded(share_kept / 100, lang),
        "mode": int(shares.idxmax()),
        "mode_share": shares.max(),
        "kept": share_kept,
    }
    data = pd.DataFrame(
        {
            text("column.rank", lang): [str(rank) for rank in shares.index],
            text("column.share", lang): shares.to_numpy(),
        }
    )
    chart = Chart(
        figure,
        text("chart.rank_title", lang, **facts),
        text("chart.rank_subtitle", lang, **facts),
        text("chart.rank_alt", lang, **facts),
        data,
        lang,
    )
    return [chart]


def _without_projection(
    actual: pd.Series, *, indicator: str, region: str, lang: str
) -> list[Chart]:
    units = unit(indicator, lang)
    figure, axes = _axes(units)
    axes.plot(actual.index, actual, color=FACT, linewidth=2, marker="o", markersize=4)
    facts = {
        "indicator": label(indicator, lang),
        "region": region,
        "unit": units,
        "first": int(actual.index[0]),
        "last": int(actual.index[-1]),
    }
    chart = Chart(
        figure,
        text("chart.fan_none_title", lang, **facts),
        text("chart.fan_subtitle", lang, **facts),
        text("chart.fan_none_alt", lang, **facts),
        with_year(actual.to_frame(f"{facts['indicator']} ({units})"), lang),
        lang,
    )
    return [chart]


def _axes(units: str) -> tuple[Figure, Axes]:
    import seaborn as sns

    sns.set_theme(style="whitegrid", rc={"grid.color": "#e3e8ed", "axes.edgecolor": MUTED})
    family = fonts.register()
    plt.rcParams.update(
        {
            "font.family": [family],
            "font.size": 11,
            "axes.unicode_minus": True,
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


def _tick(value: float, _position: Any) -> str:
    return f"{value:g}".replace("-", MINUS)


def _from_last(actual: pd.Series, quantiles: pd.DataFrame) -> pd.DataFrame:
    """The fan opens at the last actual value."""
    start = pd.DataFrame(
        actual.iloc[-1], index=[actual.index[-1]], columns=quantiles.columns, dtype=float
    )
    return pd.concat([start, quantiles])


def _bands(axes: Axes, quantiles: pd.DataFrame) -> None:
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


def _last_data(axes: Axes, year: int, lang: str) -> None:
    axes.axvline(year, color=MUTED, linewidth=1, linestyle=":")
    axes.annotate(
        text("chart.last_data", lang, year=year),
        (year, 1),
        xycoords=("data", "axes fraction"),
        xytext=(-4, -2),
        textcoords="offset points",
        ha="right",
        va="top",
        color=MUTED,
        fontsize=10,
    )


def _target(axes: Axes, value: float, years: pd.Index, units: str, lang: str) -> None:
    axes.hlines(value, years[0] - 0.5, years[-1], color="#1b2530", linewidth=1.4)
    axes.annotate(
        text("chart.target", lang, value=value, unit=units),
        (years[0] - 0.6, value),
        xytext=(-4, 0),
        textcoords="offset points",
        ha="right",
        va="center",
        fontsize=10,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 1, "alpha": 0.8},
    )


def _label_ends(axes: Axes, quantiles: pd.DataFrame, lang: str) -> None:
    """Name the median and the outer edges at the right end of the fan."""
    last = quantiles.iloc[-1]
    words = {0.95: "95%", 0.75: "75%", 0.5: text("chart.median", lang), 0.25: "25%", 0.05: "5%"}
    for level, word in words.items():
        axes.annotate(
            f"{word} {number(last[level], 0)}",
            (quantiles.index[-1], last[level]),
            xytext=(5, 0),
            textcoords="offset points",
            va="center",
            color=PROJECTION,
            fontsize=10,
            annotation_clip=False,
        )


def _label_lines(axes: Axes, lines: dict[str, pd.Series], styles: list[tuple[str, str]]) -> None:
    """Name lines at their right ends, pushed apart where they would overlap."""
    low, high = axes.get_ylim()
    gap = (high - low) * 0.075
    ends = sorted(
        (line.iloc[-1], name, style[0])
        for (name, line), style in zip(lines.items(), styles, strict=True)
    )
    height = -np.inf
    for value, name, colour in ends:
        height = max(value, height + gap)
        axes.annotate(
            name,
            (next(iter(lines.values())).index[-1], height),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            color=colour,
            annotation_clip=False,
        )


def _fan_data(actual: pd.Series, quantiles: pd.DataFrame, lang: str) -> pd.DataFrame:
    kind, median = text("column.kind", lang), text("column.median", lang)
    facts = pd.DataFrame({median: actual}).assign(**{kind: text("column.actual", lang)})
    names = {
        level: median if level == 0.5 else text("column.quantile", lang, percent=round(100 * level))
        for level in QUANTILES
    }
    drawn = quantiles.rename(columns=names).assign(**{kind: text("column.projection", lang)})
    return with_year(pd.concat([facts, drawn])[[kind, *names.values()]], lang)
