"""Charts: the drawn numbers are the given ones, fact unlike projection, every label readable."""

import re
from collections.abc import Callable
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.lines import Line2D
from matplotlib.transforms import Bbox
from numpy.testing import assert_allclose

from lvliang.baseline.starting_point import growth_range, level_facts
from lvliang.display import drawing, fonts
from lvliang.display.prose import Text
from lvliang.display.show import Chart
from lvliang.feasibility.ranks import rank_bars as rank_bars_of
from lvliang.projection.outlook import QUANTILES, fan_of
from lvliang.projection.scenario import load_scenario

BASELINE = load_scenario(base_year=2020, end_year=2025)


def yearly(first: int, *values: float) -> pd.Series:
    return pd.Series(values, index=range(first, first + len(values)), dtype=float)


def quantiles(first: int, *medians: float, spread: float = 2.0) -> pd.DataFrame:
    """A symmetric fan that widens by ``spread`` a year."""
    steps = np.array([-2, -1, 0, 1, 2]) * spread
    rows = [median + steps * (year + 1) for year, median in enumerate(medians)]
    years = range(first, first + len(medians))
    return pd.DataFrame(rows, index=years, columns=list(QUANTILES))


GROWTH = yearly(2015, -4.6, 4.2, 9.2, 5.4, 5.7, 2.7)
AHEAD = quantiles(2021, 5.0, 6.0, 6.5)
LEVELS = yearly(2015, 955.8, 995.3, 1310.3, 1420.3, 1507.0, 1538.04)
LEVELS_AHEAD = quantiles(2021, 1680.0, 1880.0, 2100.0, spread=120.0)
HISTORY = pd.DataFrame(
    {"real": [2.6, 17.4, 10.7], "nominal": [-9.3, 42.9, 31.5], "deflator": [-11.6, 21.7, 18.8]},
    index=[2009, 2010, 2011],
)
RANKS = np.array([2] * 28 + [3] * 12 + [4] * 15 + [6] * 45)


def fan(lang: str = "zh", **changed: Any) -> list[Chart]:
    given = {"actual": GROWTH, "quantiles": AHEAD, "indicator": "gdp_real_growth"}
    given |= {"region": "Q", "scenario": BASELINE, "target": None} | changed
    growth = fan_of(given["actual"], given["quantiles"], given["indicator"])
    facts = given | {"growth": growth, "growth_target": given["target"]}
    said = Text("30_feasibility", lang, facts).say("growth")
    return [piece for piece in said if isinstance(piece, Chart)]


def level_fan(lang: str = "zh", **changed: Any) -> list[Chart]:
    given = {"actual": LEVELS, "quantiles": LEVELS_AHEAD, "indicator": "gdp_nominal"}
    return fan(lang, **given | changed)


def of_baseline(block: str, lang: str, **facts: Any) -> list[Chart]:
    given = {"region": "Q", "base_year": 2000, "differ": [], "reported": [], "joined": False}
    given |= facts
    said = Text("10_baseline", lang, given).say(block)
    return [piece for piece in said if isinstance(piece, Chart)]


def growth_history(lang: str = "zh", growth: pd.DataFrame = HISTORY) -> list[Chart]:
    by_year = growth.rename_axis("year").reset_index()
    return of_baseline("growth", lang, growth=by_year, range=growth_range(growth))


def levels(lang: str = "zh", actual: pd.Series = LEVELS) -> list[Chart]:
    known = [level_facts(actual, "budget_revenue")] if len(actual) else []
    return of_baseline("levels", lang, levels=known)


def rank_bars(lang: str = "zh", ranks: np.ndarray = RANKS, **changed: Any) -> list[Chart]:
    given = {"rank": 4.0, "cities": 11} | changed
    facts = {"end_year": 2025, "region": "Q", "scenario": BASELINE, "rank": given["rank"]}
    return Text("30_feasibility", lang, facts | rank_bars_of(ranks, **given)).say("rank")


CLOSE = quantiles(2021, 6.0, 6.1, 6.2, spread=0.05)
TWENTY = quantiles(2021, *[5.0] * 20)
USUAL: dict[str, Callable[[str], list[Chart]]] = {
    "fan": lambda lang: fan(lang, target=8.0),
    "fan of levels": level_fan,
    "fan without projection": lambda lang: fan(lang, quantiles=AHEAD[:0]),
    "growth history": growth_history,
    "levels": levels,
    "rank bars": rank_bars,
}
CROWDED: dict[str, Callable[[str], list[Chart]]] = {
    "long names": lambda lang: level_fan(lang, region="Xishuangbanna Dai Autonomous Prefecture"),
    "one year": lambda lang: fan(lang, quantiles=quantiles(2021, 5.0), target=8.0),
    "one year of levels": lambda lang: level_fan(lang, quantiles=LEVELS_AHEAD[:1]),
    "a year without a figure": lambda lang: fan(lang, actual=GROWTH.drop(2018)),
    "twenty years": lambda lang: fan(lang, actual=GROWTH[-2:], quantiles=TWENTY),
    "one actual year": lambda lang: fan(lang, actual=GROWTH[-1:], target=8.0),
    "quantiles nearly alike": lambda lang: fan(lang, quantiles=CLOSE),
    "zero": lambda lang: fan(lang, actual=GROWTH * 0, quantiles=CLOSE * 0),
    "below zero": lambda lang: fan(lang, actual=GROWTH - 20, quantiles=AHEAD - 20, target=-3.5),
    "target at the top": lambda lang: fan(lang, target=18.5),
    "target at the bottom": lambda lang: fan(lang, target=-5.5),
    "growth that ends alike": lambda lang: growth_history(lang, HISTORY * 0 + 2.0),
    "growth of one year": lambda lang: growth_history(lang, HISTORY[:1]),
    "levels from zero": lambda lang: levels(lang, LEVELS * 0),
    "levels of one year": lambda lang: levels(lang, LEVELS[:1]),
    "one city": lambda lang: rank_bars(lang, ranks=np.ones(9), cities=1, rank=1.0),
    "twenty-one cities": lambda lang: rank_bars(lang, cities=21),
}
both_languages = pytest.mark.parametrize("lang", ["zh", "en"])


def only(drawn: list[Chart]) -> tuple[Chart, Axes]:
    (chart,) = drawn
    (axes,) = chart.figure.axes
    return chart, axes


def is_data(axes: Axes, line: Line2D) -> bool:
    return line.get_transform() == axes.transData


def lines(axes: Axes, style: str) -> list[Line2D]:
    """Lines of a style that are drawn from numbers, so not the upright at the last data."""
    return [line for line in axes.lines if line.get_linestyle() == style and is_data(axes, line)]


def line_as_series(line: Line2D) -> pd.Series:
    return pd.Series(line.get_ydata(), index=np.asarray(line.get_xdata(), dtype=int), dtype=float)


def across(axes: Axes) -> list[np.ndarray]:
    """The ends of each line of a target."""
    return [c.get_segments()[0] for c in axes.collections if hasattr(c, "get_segments")]


def bands(axes: Axes) -> list[pd.DataFrame]:
    """Lower and upper edge of each shaded band, by year."""
    edges = []
    for band in axes.collections:
        if "FillBetween" in type(band).__name__:
            corners = pd.DataFrame(band.get_paths()[0].vertices, columns=["year", "value"])
            edges.append(corners.groupby("year")["value"].agg(["min", "max"]))
    return edges


def boxes_of_texts(axes: Axes) -> list[tuple[str, Bbox]]:
    """Each text that is drawn, and where, a pixel smaller all around."""
    canvas = FigureCanvasAgg(axes.figure)
    canvas.draw()
    ticks = [
        tick.label1
        for axis, (first, last) in ((axes.xaxis, axes.get_xlim()), (axes.yaxis, axes.get_ylim()))
        for tick in axis.get_major_ticks()
        if first <= tick.get_loc() <= last
    ]
    texts = [*axes.texts, *ticks, axes.xaxis.label, axes.yaxis.label]
    renderer = canvas.get_renderer()
    return [
        (text.get_text(), text.get_window_extent(renderer).padded(-1))
        for text in texts
        if text.get_text().strip()
    ]


def test_fan_draws_actual_values_solid_the_median_dashed_and_both_bands():
    chart, axes = only(fan("en"))
    (actual,), (median,) = lines(axes, "-"), lines(axes, "--")
    pd.testing.assert_series_equal(line_as_series(actual), GROWTH)
    pd.testing.assert_series_equal(line_as_series(median).loc[2021:], AHEAD[0.5], check_names=False)
    assert actual.get_color() != median.get_color()
    assert line_as_series(median).loc[2020] == 2.7, "it opens at the last actual value"
    outer, inner = sorted(bands(axes), key=lambda band: band.loc[2023, "min"])
    for band, levels_of in ((outer, [0.05, 0.95]), (inner, [0.25, 0.75])):
        assert band.loc[2020].tolist() == [2.7, 2.7]
        assert_allclose(band.loc[2021:], AHEAD[levels_of])
    assert across(axes) == [], "no target, no line"
    table = chart.data.set_index("Year")
    assert table["Kind"].tolist() == ["Actual"] * 6 + ["Projected"] * 3
    assert_allclose(table["Actual or median"], [*GROWTH, *AHEAD[0.5]])
    assert_allclose(table.loc["2021":, "5 % quantile"], AHEAD[0.05])
    assert table.loc[:"2020", "5 % quantile"].isna().all()


def test_fan_marks_where_the_data_end() -> None:
    _, axes = only(fan())
    (upright,) = [line for line in axes.lines if not is_data(axes, line)]
    assert set(upright.get_xdata()) == {2020}
    (said,) = [text for text in axes.texts if text.get_text() == "数据截至2020年"]
    FigureCanvasAgg(axes.figure).draw()
    box, area = said.get_window_extent(), axes.get_window_extent()
    line = axes.transData.transform((2020, 0))[0]
    assert 0 < line - box.x1 < 10, "the words stand left of their line and near it"
    assert area.y1 < box.y0 < area.y1 + 20, "and above all that is drawn"


def test_ticks_stand_at_the_first_the_last_and_the_end_year() -> None:
    long = pd.concat([yearly(2001, *[9.0] * 14), GROWTH])
    ticks = {int(tick) for tick in only(fan(actual=long))[1].get_xticks()}
    assert {2001, 2020, 2023} - ticks == {2020}, "too near"
    five = quantiles(2021, 5.0, 6.0, 6.5, 6.5, 6.5)
    ticks = {int(tick) for tick in only(fan(actual=long, quantiles=five))[1].get_xticks()}
    assert {2001, 2020, 2025} <= ticks


@pytest.mark.parametrize("draw", [fan, lambda **given: levels(actual=given["actual"])])
def test_a_year_without_a_figure_breaks_the_line(draw: Callable) -> None:
    gappy = GROWTH.drop(2019)
    chart, axes = only(draw(actual=gappy))
    (solid,), (dotted,) = lines(axes, "-"), lines(axes, ":")
    pd.testing.assert_series_equal(line_as_series(solid), gappy.reindex(range(2015, 2021)))
    pd.testing.assert_series_equal(line_as_series(dotted), gappy)
    assert solid.get_marker() == "o"
    assert dotted.get_color() == drawing.MUTED
    assert "灰色点线" in chart.subtitle
    assert "灰色点线" not in only(draw(actual=GROWTH))[0].subtitle


@pytest.mark.parametrize(("target", "label"), [(0.0, "目标0%"), (-3.5, "目标−3.5%")])
def test_target_is_a_line_at_its_value_over_the_projected_years(target: float, label: str) -> None:
    _, axes = only(fan(target=target))
    (((first, start), (last, end)),) = across(axes)
    assert start == end == target
    assert 2020 <= first <= 2021 < last == 2023
    assert label in [text.get_text() for text in axes.texts]


def test_a_fan_without_projection_draws_the_facts_and_says_why() -> None:
    chart, axes = only(fan(quantiles=AHEAD.iloc[:0]))
    pd.testing.assert_series_equal(line_as_series(lines(axes, "-")[0]), GROWTH)
    assert lines(axes, "--") == bands(axes) == []
    assert "暂不能推算" in chart.title
    assert "预测" not in chart.subtitle


def test_growth_history_draws_each_rate_in_a_line_of_its_own() -> None:
    chart, axes = only(growth_history())
    drawn = lines(axes, "-")
    for name, line in zip(("real", "nominal", "deflator"), drawn, strict=True):
        pd.testing.assert_series_equal(line_as_series(line), HISTORY[name], check_names=False)
    assert lines(axes, "--") == [], "dashes are kept for projections"
    assert drawing.PROJECTION not in {line.get_color() for line in drawn}
    assert len({line.get_color() for line in drawn}) == 3
    assert len({(line.get_linewidth(), line.get_marker()) for line in drawn}) == 3
    assert {text.get_text() for text in axes.texts} == {"实际增速", "名义增速", "价格变动"}
    assert chart.title == "名义增速的起落主要来自价格"
    calm = HISTORY.assign(deflator=[1.0, 1.1, 1.2])
    assert only(growth_history(growth=calm))[0].title == "实际增速与名义增速"


@pytest.mark.parametrize(("lang", "divisor"), [("zh", 1), ("en", 10)])
def test_a_level_is_drawn_and_told_in_the_unit_of_the_language(lang: str, divisor: int) -> None:
    chart, axes = only(level_fan(lang, target=2000.0))
    assert axes.get_yscale() == "log" != only(fan(lang))[1].get_yscale()
    (actual,), (median,) = lines(axes, "-"), lines(axes, "--")
    assert_allclose(line_as_series(actual), LEVELS / divisor)
    assert_allclose(line_as_series(median).loc[2021:], LEVELS_AHEAD[0.5] / divisor)
    outer = max(bands(axes), key=lambda band: band.loc[2023, "max"])
    assert_allclose(outer.loc[2021:], LEVELS_AHEAD[[0.05, 0.95]] / divisor)
    assert {height for _, height in across(axes)[0]} == {2000.0 / divisor}
    levels_told = pd.concat([LEVELS, LEVELS_AHEAD[0.5]]) / divisor
    assert_allclose(chart.data[{"zh": "实绩或中位数", "en": "Actual or median"}[lang]], levels_told)
    ends = {re.sub(r"[^\d.]", "", text.get_text().split()[-1]) for text in axes.texts}
    at_end = LEVELS_AHEAD.loc[2023] / divisor
    assert {f"{end:.{0 if lang == 'zh' else 1}f}" for end in at_end} <= ends


@both_languages
@pytest.mark.parametrize("draw", USUAL.values(), ids=USUAL)
def test_the_svg_is_a_named_image_of_real_text_in_our_font(draw, lang):
    chart, axes = only(draw(lang))
    assert axes.get_ylabel(), "the unit"
    pixels_a_point = (360 - 32) / (72 * chart.figure.get_figwidth())
    ticks = [*axes.get_xticklabels(), *axes.get_yticklabels()]
    texts = [*axes.texts, *ticks, axes.xaxis.label, axes.yaxis.label]
    assert min(text.get_fontsize() for text in texts) * pixels_a_point >= 9, "on a phone"
    FigureCanvasAgg(axes.figure).draw()
    assert axes.yaxis.label.get_window_extent().y1 <= axes.figure.bbox.y1
    svg = BeautifulSoup(chart.html(), "html.parser").svg
    drawn = {text.get_text() for text in svg.find_all("text")}
    assert {text.get_text() for text in [*axes.texts, axes.yaxis.label]} <= drawn
    said = chart.title + chart.subtitle + chart.words + "".join(map(str, chart.data.columns))
    assert fonts.missing_glyphs("".join(drawn) + said) == set()
    assert all(fonts.FAMILY in text["style"] for text in svg.find_all("text"))
    assert (svg["role"], svg["aria-label"]) == ("img", chart.words)
    again, once_more = (draw(lang)[0].html() for _ in range(2))
    assert again == once_more, "the same input has the same bytes"
    assert plt.get_fignums() == []


def test_without_figures_there_is_no_chart() -> None:
    assert fan(actual=GROWTH[:0]) == growth_history(growth=HISTORY[:0]) == []
    assert levels(actual=LEVELS[:0]) == rank_bars(rank=None) == []
    assert rank_bars(ranks=np.array([], dtype=int)) == []
    assert plt.get_fignums() == []


def test_a_chart_without_words_or_numbers_is_refused() -> None:
    for words, data in ((" ", LEVELS.to_frame()), ("words", pd.DataFrame())):
        with pytest.raises(ValueError, match="'T' has no words or no data table"):
            Chart(plt.figure(), "T", "S", words, data, "zh")


@pytest.mark.parametrize(
    ("names", "missing"),
    [
        ({"title": "%"}, "x of panel 1, y of panel 1"),
        ({"ylabel": "%"}, "x of panel 1"),
        ({"xlabel": "base", "ylabel": " "}, "y of panel 1"),
        ({"xlabel": "base", "yscale": "log"}, "y of panel 1"),  # ticks are formulas
    ],
)
def test_a_chart_with_an_axis_that_is_not_named_is_refused(names: dict, missing: str) -> None:
    figure, axes = plt.subplots()
    axes.plot([2020, 2021], [1.0, 2.0])
    axes.set(**names)
    with pytest.raises(ValueError, match=f"'T' has no label for axis {missing}; legal: a label"):
        Chart(figure, "T", "S", "words", LEVELS.to_frame(), "zh")


def test_years_names_and_a_common_label_name_an_axis() -> None:
    figure, (left, right, hidden) = plt.subplots(3)
    drawing.year_ticks(left, 2020, 2025)
    right.set_xticks([0, 1], ["煤价", "coal"])
    hidden.set_visible(False)
    figure.supylabel("%")
    assert drawing.unlabelled(figure) == []
    figure.supylabel("")
    assert drawing.unlabelled(figure) == ["y of panel 1", "y of panel 2"]


@both_languages
@pytest.mark.parametrize("draw", [*USUAL.values(), *CROWDED.values()], ids=[*USUAL, *CROWDED])
def test_no_text_is_drawn_over_another(draw: Callable, lang: str) -> None:
    pairs = combinations(boxes_of_texts(only(draw(lang))[1]), 2)
    assert [(said, other) for (said, box), (other, place) in pairs if box.overlaps(place)] == []


@both_languages
@pytest.mark.parametrize("target", [None, 5.0, 8.0])
def test_no_label_hides_a_figure(target: float | None, lang: str) -> None:
    before = yearly(2000, 9.6, 8.7, 12.9, 13.8, 17.3, 14.4, 16.1, 13.8, 10.8, 2.6, 17.4, 10.7)
    twenty_years = pd.concat([before, yearly(2012, 9.9, 9.5, -1.6), GROWTH])
    _, axes = only(fan(lang, actual=twenty_years, target=target))
    texts = boxes_of_texts(axes)
    assert len(texts) > 8
    for line in filter(lambda line: is_data(axes, line), axes.lines):
        path = line.get_path().transformed(axes.transData)
        assert [said for said, box in texts if path.intersects_bbox(box, filled=False)] == []


@pytest.mark.parametrize(("low", "high"), [(80, 6000), (140, 190), (930, 1790), (0.6, 0.9)])
def test_a_log_axis_has_at_least_two_ticks(low: float, high: float) -> None:
    _, axes = drawing.new_axes("x")
    axes.plot([0, 1], [low, high])
    drawing.log_levels(axes)
    bottom, top = axes.get_ylim()
    assert sum(bottom <= tick <= top for tick in axes.get_yticks()) > 1


def test_levels_are_drawn_from_zero() -> None:
    _, axes = only(levels())
    assert axes.get_ylim()[0] == 0
    assert [text.get_text() for text in axes.texts] == ["955.8", "1538.0"]


def test_rank_bars_are_the_shares_of_the_paths_dark_up_to_the_rank_to_be_kept() -> None:
    chart, axes = only(rank_bars())
    shares = [0, 28, 12, 15, 0, 45, 0, 0, 0, 0, 0]
    assert_allclose([100 * bar.get_height() for bar in axes.patches], shares)
    assert list(axes.get_yticks()) == [], "shares are not told as numbers"
    assert chart.data.iloc[:, 1].tolist()[5:] == ["基本确定"] * 6
    colours = [bar.get_facecolor() for bar in axes.patches]
    assert [len(set(part)) for part in (colours[:4], colours[4:], colours)] == [1, 1, 2]
    assert chart.title == "2025年居第4位或更前：可能性约为一半"
    assert only(rank_bars("en", rank=1.0))[0].title == "No. 1 in 2025: exceptionally unlikely"
