"""Charts: the drawn numbers are the given ones, fact unlike projection, every label readable."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup, Tag
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.lines import Line2D
from matplotlib.transforms import Bbox
from numpy.testing import assert_allclose

from lvliang.baseline.baseline_facts import growth_range, level_facts
from lvliang.display import drawing, fonts
from lvliang.display.prose import Text
from lvliang.display.show import Chart
from lvliang.feasibility.rank_facts import rank_bars as rank_bars_of
from lvliang.projection.outlook import QUANTILES
from lvliang.projection.outlook_facts import fan_of
from lvliang.projection.scenario import load_scenario

BASELINE = load_scenario(base_year=2020, end_year=2025)
LONG_NAME = "Xishuangbanna Dai Autonomous Prefecture"


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
FIVE = quantiles(2021, 5.0, 6.0, 6.5, 6.5, 6.5)
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
    said = Text(
        "30_feasibility", lang, given | {"growth": growth, "growth_target": given["target"]}
    )
    return [piece for piece in said.say("growth") if isinstance(piece, Chart)]


def level_fan(lang: str = "zh", **changed: Any) -> list[Chart]:
    given = {"actual": LEVELS, "quantiles": LEVELS_AHEAD, "indicator": "gdp_nominal"}
    return fan(lang, **given | changed)


def of_baseline(block: str, lang: str, **facts: Any) -> list[Chart]:
    """The charts of a block of page 10."""
    given = {"region": "Q", "base_year": 2000, "differ": [], "reported": []} | facts
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


EVERY_CHART: dict[str, Callable[..., list[Chart]]] = {
    "fan": lambda lang: fan(lang, target=8.0),
    "fan of levels": level_fan,
    "fan without projection": lambda lang: fan(lang, quantiles=AHEAD.iloc[:0]),
    "growth history": growth_history,
    "levels": levels,
    "rank bars": rank_bars,
}
every_chart = pytest.mark.parametrize("draw", EVERY_CHART.values(), ids=EVERY_CHART)
both_languages = pytest.mark.parametrize("lang", ["zh", "en"])


def only(drawn: list[Chart]) -> tuple[Chart, Axes]:
    (chart,) = drawn
    (axes,) = chart.figure.axes
    return chart, axes


def lines(axes: Axes, style: str) -> list[Line2D]:
    """Lines of a style that are drawn from numbers, so not the upright at the last data."""
    return [line for line in axes.lines if line.get_linestyle() == style and is_data(axes, line)]


def is_data(axes: Axes, line: Line2D) -> bool:
    return line.get_transform() == axes.transData


def line_as_series(line: Line2D) -> pd.Series:
    return pd.Series(line.get_ydata(), index=np.asarray(line.get_xdata(), dtype=int), dtype=float)


def bands(axes: Axes) -> list[pd.DataFrame]:
    """Lower and upper edge of each shaded band, by year."""
    edges = []
    for band in axes.collections:
        if "FillBetween" in type(band).__name__:
            corners = pd.DataFrame(band.get_paths()[0].vertices, columns=["year", "value"])
            edges.append(corners.groupby("year")["value"].agg(["min", "max"]))
    return edges


def svg_of(chart: Chart) -> Tag:
    svg = BeautifulSoup(chart.html(), "html.parser").svg
    assert svg is not None
    return svg


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


def overlapping(axes: Axes) -> list[tuple[str, str]]:
    """Pairs of texts that are drawn over each other."""
    pairs = combinations(boxes_of_texts(axes), 2)
    return [(said, other) for (said, box), (other, place) in pairs if box.overlaps(place)]


def test_fan_draws_actual_values_solid_the_median_dashed_and_both_bands():
    _, axes = only(fan())
    (actual,), (median,) = lines(axes, "-"), lines(axes, "--")
    pd.testing.assert_series_equal(line_as_series(actual), GROWTH)
    pd.testing.assert_series_equal(line_as_series(median).loc[2021:], AHEAD[0.5], check_names=False)
    assert actual.get_color() != median.get_color()
    assert line_as_series(median).loc[2020] == 2.7, "it opens at the last actual value"
    outer, inner = sorted(bands(axes), key=lambda band: band.loc[2023, "min"])
    for band, levels_of in ((outer, [0.05, 0.95]), (inner, [0.25, 0.75])):
        assert band.loc[2020].tolist() == [2.7, 2.7]
        assert_allclose(band.loc[2021:], AHEAD[levels_of])
    assert not [c for c in axes.collections if hasattr(c, "get_segments")], "no target, no line"
    assert not [text for text in axes.texts if "目标" in text.get_text()]


@both_languages
def test_fan_marks_where_the_data_end(lang: str) -> None:
    _, axes = only(fan(lang))
    (upright,) = [line for line in axes.lines if not is_data(axes, line)]
    assert set(upright.get_xdata()) == {2020}
    mark = {"zh": "数据截至2020年", "en": "data to 2020"}[lang]
    (said,) = [text for text in axes.texts if text.get_text() == mark]
    FigureCanvasAgg(axes.figure).draw()
    box, area = said.get_window_extent(), axes.get_window_extent()
    line = axes.transData.transform((2020, 0))[0]
    assert 0 < line - box.x1 < 10, "the words stand left of their line and near it"
    assert area.y1 < box.y0 < area.y1 + 20, "and above all that is drawn"


def test_fan_names_its_ends_with_the_drawn_values() -> None:
    _, axes = only(level_fan("en"))
    said = {text.get_text() for text in axes.texts}
    ends = {
        "90 % high 282.0", "50 % high 246.0", "median 210.0", "50 % low 174.0", "90 % low 138.0",
    }  # fmt: skip
    assert ends <= said


@both_languages
@pytest.mark.parametrize("draw", [fan, level_fan])
def test_title_and_label_of_the_median_have_the_same_digits(draw: Callable, lang: str) -> None:
    chart, axes = only(draw(lang))
    word = {"zh": "中位数", "en": "median"}[lang]
    (label,) = [text.get_text() for text in axes.texts if text.get_text().startswith(word)]
    digits = re.findall(r"[\d.]+", chart.title)[1 if lang == "zh" else 0]
    assert digits.replace(".", "") == re.sub(r"[^\d]", "", label)


def test_ticks_stand_at_the_first_the_last_and_the_end_year() -> None:
    _, axes = only(fan(actual=pd.concat([yearly(2001, *[9.0] * 14), GROWTH])))
    assert {2001, 2020, 2023} - {int(tick) for tick in axes.get_xticks()} == {2020}
    _, axes = only(fan(actual=pd.concat([yearly(2001, *[9.0] * 14), GROWTH]), quantiles=FIVE))
    assert {2001, 2020, 2025} <= {int(tick) for tick in axes.get_xticks()}


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


@pytest.mark.parametrize(
    ("target", "label"), [(8.0, "目标8%"), (0.0, "目标0%"), (-3.5, "目标−3.5%")]
)
def test_target_is_a_line_at_its_value_over_the_projected_years(target: float, label: str) -> None:
    _, axes = only(fan(target=target))
    (segments,) = [c.get_segments() for c in axes.collections if hasattr(c, "get_segments")]
    ((start, end),) = segments
    assert start[1] == end[1] == target
    assert 2020 <= start[0] <= 2021
    assert end[0] == 2023
    assert label in [text.get_text() for text in axes.texts]


def test_a_level_has_a_log_scale_and_says_so_and_growth_has_none() -> None:
    level, level_axes = only(level_fan())
    growth, growth_axes = only(fan())
    assert (level_axes.get_yscale(), growth_axes.get_yscale()) == ("log", "linear")
    assert "对数刻度" in level.subtitle
    assert "对数刻度" not in growth.subtitle


def test_a_fan_under_a_scenario_names_its_condition_and_the_baseline_has_none() -> None:
    slump, baseline = (
        load_scenario(name, base_year=2020, end_year=2023) for name in ("coal_slump", "baseline")
    )
    chart, _ = only(fan("en", scenario=slump))
    assert chart.subtitle.endswith("conditional on the scenario “coal slump”")
    assert only(fan("en", scenario=baseline))[0].subtitle == only(fan("en"))[0].subtitle


def test_fan_data_holds_what_is_drawn_and_says_what_is_projected() -> None:
    chart, _ = only(fan("en"))
    table = chart.data.set_index("Year")
    assert table["Kind"].tolist() == ["Actual"] * 6 + ["Projected"] * 3
    assert_allclose(table["Actual or median"], [*GROWTH, *AHEAD[0.5]])
    assert_allclose(table.loc["2021":, "5 % quantile"], AHEAD[0.05])
    assert_allclose(table.loc["2021":, "95 % quantile"], AHEAD[0.95])
    assert table.loc[:"2020", "5 % quantile"].isna().all()


def test_a_fan_without_projection_draws_the_facts_and_says_why() -> None:
    chart, axes = only(fan(quantiles=AHEAD.iloc[:0]))
    (actual,) = lines(axes, "-")
    pd.testing.assert_series_equal(line_as_series(actual), GROWTH)
    assert lines(axes, "--") == []
    assert bands(axes) == []
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
    assert_allclose(chart.data.iloc[:, 1:], HISTORY)
    assert {text.get_text() for text in axes.texts} == {"实际增速", "名义增速", "价格变动"}
    calm = HISTORY.assign(deflator=[1.0, 1.1, 1.2])
    assert chart.title == "名义增速的起落主要来自价格"
    assert only(growth_history(growth=calm))[0].title == "实际增速与名义增速"


def test_levels_are_drawn_from_zero_with_a_dot_for_each_figure() -> None:
    gappy = LEVELS.drop(2019)
    chart, axes = only(levels(actual=gappy))
    (line,) = lines(axes, "-")
    pd.testing.assert_series_equal(line_as_series(line), gappy.reindex(range(2015, 2021)))
    assert line.get_marker() == "o"
    assert axes.get_ylim()[0] == 0
    assert [text.get_text() for text in axes.texts] == ["955.8", "1538.0"]
    assert_allclose(chart.data.iloc[:, 1], gappy)


def test_rank_bars_are_the_shares_of_the_paths() -> None:
    chart, axes = only(rank_bars())
    shares = [0, 28, 12, 15, 0, 45, 0, 0, 0, 0, 0]
    assert_allclose([100 * bar.get_height() for bar in axes.patches], shares)
    assert chart.data.iloc[:, 0].tolist() == list(range(1, 12))
    assert "最常见的是第6位" in chart.words


def test_ranks_are_told_without_a_number_of_paths() -> None:
    chart, axes = only(rank_bars("en"))
    assert list(axes.get_yticks()) == []
    told = chart.data.iloc[:, 1].tolist()
    assert told[:2] == ["exceptionally unlikely", "unlikely"]
    assert told[5:] == ["virtually certain"] * 6


def test_rank_bars_are_dark_up_to_the_rank_to_be_kept() -> None:
    _, axes = only(rank_bars())
    colours = [bar.get_facecolor() for bar in axes.patches]
    assert len(set(colours[:4])) == 1
    assert len(set(colours[4:])) == 1
    assert colours[0] != colours[4]


def test_a_rank_rests_on_several_cities_so_its_title_has_the_word_alone() -> None:
    assert only(rank_bars("zh"))[0].title == "2025年居第4位或更前：可能性约为一半"
    assert only(rank_bars("en"))[0].title == "No. 4 or better in 2025: about as likely as not"
    assert only(rank_bars("zh", rank=1.0))[0].title == "2025年居第1位：可能性极小"
    assert only(rank_bars("en", rank=1.0))[0].title == "No. 1 in 2025: exceptionally unlikely"


@both_languages
@pytest.mark.parametrize(
    ("draw", "units"),
    [
        (fan, {"zh": "%", "en": "%"}),
        (level_fan, {"zh": "亿元", "en": "CNY billion"}),
        (growth_history, {"zh": "%", "en": "%"}),
        (levels, {"zh": "亿元", "en": "CNY billion"}),
        (rank_bars, {"zh": "路径多少", "en": "how many paths"}),
    ],
)
def test_the_unit_is_on_the_axes(draw: Callable, units: dict[str, str], lang: str) -> None:
    _, axes = only(draw(lang))
    assert axes.get_ylabel() == units[lang]
    FigureCanvasAgg(axes.figure).draw()
    assert axes.yaxis.label.get_window_extent().y1 <= axes.figure.bbox.y1


@pytest.mark.parametrize(("lang", "divisor"), [("zh", 1), ("en", 10)])
def test_a_level_is_drawn_and_told_in_the_unit_of_the_language(lang: str, divisor: int) -> None:
    chart, axes = only(level_fan(lang, target=2000.0))
    (actual,), (median,) = lines(axes, "-"), lines(axes, "--")
    assert_allclose(line_as_series(actual), LEVELS / divisor)
    assert_allclose(line_as_series(median).loc[2021:], LEVELS_AHEAD[0.5] / divisor)
    outer = max(bands(axes), key=lambda band: band.loc[2023, "max"])
    assert_allclose(outer.loc[2021:], LEVELS_AHEAD[[0.05, 0.95]] / divisor)
    (across,) = [c.get_segments()[0] for c in axes.collections if hasattr(c, "get_segments")]
    assert {height for _, height in across} == {2000.0 / divisor}
    levels_told = pd.concat([LEVELS, LEVELS_AHEAD[0.5]]) / divisor
    assert_allclose(chart.data[{"zh": "实绩或中位数", "en": "Actual or median"}[lang]], levels_told)


@both_languages
@every_chart
def test_the_svg_is_a_named_image_of_real_text_in_our_font(draw, lang):
    chart, axes = only(draw(lang))
    pixels_a_point = (360 - 32) / (72 * chart.figure.get_figwidth())
    ticks = [*axes.get_xticklabels(), *axes.get_yticklabels()]
    texts = [*axes.texts, *ticks, axes.xaxis.label, axes.yaxis.label]
    assert min(text.get_fontsize() for text in texts) * pixels_a_point >= 9, "on a phone"
    on_axes = [text.get_text() for text in [*axes.texts, axes.yaxis.label]]
    svg = svg_of(chart)
    drawn = {text.get_text() for text in svg.find_all("text")}
    assert set(on_axes) <= drawn
    said = chart.title + chart.subtitle + chart.words + "".join(map(str, chart.data.columns))
    assert fonts.missing_glyphs("".join(drawn) + said) == set()
    assert all(fonts.FAMILY in text["style"] for text in svg.find_all("text"))
    assert (svg["role"], svg["aria-label"]) == ("img", chart.words)
    assert str(svg) == str(svg_of(draw(lang)[0])), "the same input has the same bytes"


@pytest.mark.parametrize(
    ("draw", "numbers"),
    [
        (fan, ["2020", "2.7%", "2023", "6.5%", "0.5%至12.5%", "−5.5%至18.5%"]),
        (growth_history, ["2009", "2011", "2.6%", "17.4%", "10.7%", "−9.3%", "42.9%"]),
        (levels, ["2015", "955.8", "2020", "1538.0"]),
        (rank_bars, ["2025", "第6位", "第4位", "可能性约为一半"]),
    ],
)
def test_those_who_cannot_see_it_are_told_the_key_numbers(draw, numbers):
    label = svg_of(only(draw())[0])["aria-label"]
    assert [number for number in numbers if number not in label] == []


@pytest.mark.parametrize(
    ("draw", "given"),
    [
        (lambda actual, ahead: fan(actual=actual, quantiles=ahead, target=8.0), (GROWTH, AHEAD)),
        (lambda growth: growth_history(growth=growth), (HISTORY,)),
        (lambda actual: levels(actual=actual), (LEVELS,)),
        (lambda ranks: rank_bars(ranks=ranks.to_numpy()), (pd.Series(RANKS),)),
    ],
    ids=["fan", "growth history", "levels", "rank bars"],
)
def test_what_is_given_stays_as_it_was(draw: Callable, given: tuple) -> None:
    before = [one.copy(deep=True) for one in given]
    draw(*given)[0].html()
    for one, was in zip(given, before, strict=True):
        assert one.equals(was)


@pytest.mark.parametrize(
    "drawn",
    [
        lambda: fan(actual=GROWTH.iloc[:0]),
        lambda: growth_history(growth=HISTORY.iloc[:0]),
        lambda: levels(actual=LEVELS.iloc[:0]),
        lambda: rank_bars(ranks=np.array([], dtype=int)),
        lambda: rank_bars(rank=None),
    ],
)
def test_without_figures_there_is_no_chart(drawn: Callable) -> None:
    assert drawn() == []
    assert plt.get_fignums() == []


@pytest.mark.parametrize(("words", "data"), [(" ", LEVELS.to_frame()), ("words", pd.DataFrame())])
def test_a_chart_without_words_or_numbers_is_refused(words: str, data: pd.DataFrame) -> None:
    with pytest.raises(ValueError, match="'T' has no words or no data table"):
        Chart(plt.figure(), "T", "S", words, data, "zh")


def drawn_plainly(**names: str) -> Chart:
    figure, axes = plt.subplots()
    axes.plot([2020, 2021], [1.0, 2.0])
    axes.set(**names)
    return Chart(figure, "T", "S", "words", LEVELS.to_frame(), "zh")


@pytest.mark.parametrize(
    ("names", "missing"),
    [
        ({}, "x of panel 1, y of panel 1"),
        ({"ylabel": "%"}, "x of panel 1"),
        ({"xlabel": "base", "ylabel": " "}, "y of panel 1"),
        ({"xlabel": "base", "title": "%"}, "y of panel 1"),
        ({"xlabel": "base", "yscale": "log"}, "y of panel 1"),  # ticks are formulas
    ],
)
def test_a_chart_with_an_axis_that_is_not_named_is_refused(names: dict, missing: str) -> None:
    with pytest.raises(ValueError, match=f"'T' has no label for axis {missing}; legal: a label"):
        drawn_plainly(**names)


def test_years_names_and_a_common_label_name_an_axis() -> None:
    figure, (left, right, hidden) = plt.subplots(3)
    drawing.year_ticks(left, 2020, 2025)
    right.set_xticks([0, 1], ["煤价", "coal"])
    hidden.set_visible(False)
    figure.supylabel("%")
    assert drawing.unlabelled(figure) == []
    figure.supylabel("")
    assert drawing.unlabelled(figure) == ["y of panel 1", "y of panel 2"]


def test_html_closes_the_figure_and_brings_the_numbers() -> None:
    chart = levels("en")[0]
    page = BeautifulSoup(chart.html(), "html.parser")
    assert plt.get_fignums() == []
    assert page.figcaption.strong.get_text() == chart.title
    assert page.details.summary.get_text() == "Data of the chart"
    cells = [cell.get_text() for cell in page.select("details tbody td")]
    assert cells == ["95.58", "99.53", "131.03", "142.03", "150.70", "153.80"]


CLOSE = quantiles(2021, 6.0, 6.1, 6.2, spread=0.05)
CROWDED: dict[str, Callable[[str], list[Chart]]] = {
    "as usual": lambda lang: fan(lang, target=8.0),
    "levels": level_fan,
    "long names": lambda lang: level_fan(lang, region=LONG_NAME),
    "one year": lambda lang: fan(lang, quantiles=quantiles(2021, 5.0), target=8.0),
    "one year of levels": lambda lang: level_fan(lang, quantiles=LEVELS_AHEAD[:1]),
    "fifteen years": lambda lang: fan(lang, quantiles=quantiles(2021, *[5.0] * 15), target=8.0),
    "a year without a figure": lambda lang: fan(lang, actual=GROWTH.drop(2018)),
    "twenty years ahead of one": lambda lang: fan(
        lang, actual=GROWTH[-2:], quantiles=quantiles(2021, *[5.0] * 20)
    ),
    "one actual year": lambda lang: fan(lang, actual=GROWTH[-1:], target=8.0),
    "quantiles nearly alike": lambda lang: fan(lang, quantiles=CLOSE),
    "quantiles all alike": lambda lang: fan(lang, quantiles=quantiles(2021, 5.0, 5.0, spread=0)),
    "zero": lambda lang: fan(lang, actual=GROWTH * 0, quantiles=quantiles(2021, 0.0, 0.0)),
    "below zero": lambda lang: fan(lang, actual=GROWTH - 20, quantiles=AHEAD - 20, target=-3.5),
    "target at the top": lambda lang: fan(lang, target=18.5),
    "target at the bottom": lambda lang: fan(lang, target=-5.5),
    "growth": growth_history,
    "growth that ends alike": lambda lang: growth_history(lang, HISTORY * 0 + 2.0),
    "growth of one year": lambda lang: growth_history(lang, HISTORY[:1]),
    "levels from zero": lambda lang: levels(lang, LEVELS * 0),
    "levels of two years": lambda lang: levels(lang, LEVELS[:2]),
    "levels of one year": lambda lang: levels(lang, LEVELS[:1]),
    "eleven cities": rank_bars,
    "one city": lambda lang: rank_bars(lang, ranks=np.ones(9), cities=1, rank=1.0),
    "twenty-one cities": lambda lang: rank_bars(lang, cities=21),
    "eleven cities of one rank": lambda lang: rank_bars(lang, ranks=np.ones(9)),
}


@both_languages
@pytest.mark.parametrize("draw", CROWDED.values(), ids=CROWDED)
def test_no_text_is_drawn_over_another(draw: Callable, lang: str) -> None:
    _, axes = only(draw(lang))
    assert overlapping(axes) == []


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
