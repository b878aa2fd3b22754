"""Charts that keep fact and projection apart: solid is actual, dashed and shaded projected.

Each function returns what there is to show: one chart, or none where there are no figures.
"""

from __future__ import annotations

import pandas as pd

from lvliang.display import drawing
from lvliang.display.figures import series as figures_of_series
from lvliang.display.show import Chart, with_year
from lvliang.display.units import decimals_in, in_unit
from lvliang.display.words import amount, capital, decimals_of, label, text, title_of, unit
from lvliang.projection.outlook import QUANTILES
from lvliang.projection.scenario import Scenario


def fan(
    actual: pd.Series,
    quantiles: pd.DataFrame,
    *,
    indicator: str,
    region: str,
    lang: str,
    target: float | None = None,
    scenario: Scenario | None = None,
    size: tuple[float, float] = drawing.SIZE,
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
    scenario : Scenario, optional
        Whose draws these are; one that assumes something is named in the subtitle.
    size : tuple of float
        Width and height in inches.
    """
    if actual.empty:
        return []
    if quantiles.empty:
        return _without_projection(actual, indicator=indicator, region=region, lang=lang)
    units = unit(indicator, "zh")
    decimals = decimals_in(units, lang, decimals_of(units))
    line, spread = in_unit(actual, units, lang), in_unit(quantiles, units, lang)
    base_year, end_year = int(actual.index[-1]), int(quantiles.index[-1])
    half, most = text("chart.half", lang), text("chart.most", lang)
    height = None if target is None else in_unit(target, units, lang)
    figure = figures_of_series.fan(
        line,
        spread,
        unit=unit(indicator, lang),
        last_data=text("chart.last_data", lang, year=base_year),
        ends={
            0.95: text("chart.high", lang, share=most),
            0.75: text("chart.high", lang, share=half),
            0.5: text("chart.median", lang),
            0.25: text("chart.low", lang, share=half),
            0.05: text("chart.low", lang, share=most),
        },
        decimals=decimals,
        log=units != "%",
        target=height,
        target_label=""
        if target is None
        else text("chart.target", lang, value=amount(target, units, lang)),
        size=size,
    )
    at_end = {
        f"q{round(100 * level):02d}": amount(quantiles.loc[end_year, level], units, lang, decimals)
        for level in QUANTILES
    }
    facts = _facts(actual, indicator, region, lang) | {
        "last": end_year,
        "year": end_year,
        "base_year": base_year,
        "median": at_end["q50"],
        **at_end,
    }
    subtitle = text("chart.fan_subtitle", lang, **facts)
    if units != "%":
        subtitle = text("chart.log", lang, subtitle=subtitle)
    chart = Chart(
        figure,
        capital(text("chart.fan_title", lang, **facts)),
        _with_gap(_given(subtitle, scenario, lang), actual, lang),
        _given(text("chart.fan_alt", lang, **facts), scenario, lang),
        _fan_data(line, spread, lang),
        lang,
        decimals,
    )
    return [chart]


def _given(said: str, scenario: Scenario | None, lang: str) -> str:
    """What is said, and under which scenario it holds, if that is not the baseline."""
    if scenario is None or scenario.is_baseline():
        return said
    stop = text("stop", lang)
    conditional = text(
        "chart.conditional", lang, subtitle=said.removesuffix(stop), title=title_of(scenario, lang)
    )
    return conditional + stop if said.endswith(stop) else conditional


def _without_projection(
    actual: pd.Series, *, indicator: str, region: str, lang: str
) -> list[Chart]:
    units = unit(indicator, "zh")
    line = in_unit(actual, units, lang)
    figure = figures_of_series.actual(line, unit=unit(indicator, lang))
    facts = _facts(actual, indicator, region, lang)
    chart = Chart(
        figure,
        capital(text("chart.fan_none_title", lang, **facts)),
        _with_gap(text("chart.fan_none_subtitle", lang, **facts), actual, lang),
        text("chart.fan_none_alt", lang, **facts),
        _plain_data(line, facts, lang),
        lang,
        decimals_in(units, lang, 1),
    )
    return [chart]


def _facts(actual: pd.Series, indicator: str, region: str, lang: str) -> dict[str, object]:
    return {
        "indicator": label(indicator, lang),
        "vintage": text(f"chart_vintage.{indicator}", lang),
        "region": region,
        "unit": unit(indicator, lang),
        "first": int(actual.index[0]),
        "last": int(actual.index[-1]),
        "last_value": amount(actual.iloc[-1], unit(indicator, "zh"), lang, 1),
    }


def _with_gap(subtitle: str, actual: pd.Series, lang: str) -> str:
    if drawing.has_gap(actual):
        subtitle = text("chart.gap", lang, subtitle=subtitle)
    return capital(subtitle)


def _fan_data(actual: pd.Series, quantiles: pd.DataFrame, lang: str) -> pd.DataFrame:
    kind, median = text("column.kind", lang), text("column.actual_or_median", lang)
    facts = pd.DataFrame({median: actual}).assign(**{kind: text("column.actual", lang)})
    names = {
        level: median if level == 0.5 else text("column.quantile", lang, percent=round(100 * level))
        for level in QUANTILES
    }
    drawn = quantiles.rename(columns=names).assign(**{kind: text("column.projection", lang)})
    return with_year(pd.concat([facts, drawn])[[kind, *names.values()]], lang)


def _plain_data(actual: pd.Series, facts: dict[str, object], lang: str) -> pd.DataFrame:
    return with_year(actual.to_frame(capital(text("chart.plain_head", lang, **facts))), lang)
