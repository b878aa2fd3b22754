"""Scenarios side by side: differences are those of the draws, and words follow the numbers."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from typer.testing import CliRunner

from lvliang.baseline.history import has_report
from lvliang.cli import app
from lvliang.display import coal_tables, scenario_charts, scenario_sentences, scenario_tables
from lvliang.display.show import NOTHING_STYLE, Appendix, Formula, Sentence, Table
from lvliang.display.words import amount, text
from lvliang.errors import ParameterError
from lvliang.feasibility import comparison
from lvliang.feasibility.background import Background
from lvliang.feasibility.bands import NEAR_EDGE
from lvliang.feasibility.comparison import Comparison, compare, load_comparison, scenarios_of
from lvliang.feasibility.drivers import (
    coal_ahead,
    manufacturing_ladder,
    manufacturing_share,
    national_error,
    own_slope,
    price_that_undoes,
    tornado,
    trial_errors,
)
from lvliang.projection.conditional import condition
from lvliang.projection.national import forecast_factor
from lvliang.projection.outlook import Outlook, actual, look_ahead
from lvliang.projection.panel import load_panel
from lvliang.projection.scenario import Scenario, load_scenario, load_shipped
from lvliang.projection.sensitivity import load_sensitivities, trial

YEARS = {"base_year": 2020, "end_year": 2025}
SPAN = range(2021, 2026)
SEED = 3
LANGUAGES = pytest.mark.parametrize("lang", ["zh", "en"])


@lru_cache
def plain(region: str = "141100") -> Outlook:
    return look_ahead(region, **YEARS, draws=1000, seed=SEED)


def shipped() -> list[Scenario]:
    return list(load_shipped(**YEARS).values())


@lru_cache
def found(region: str = "141100") -> Comparison:
    return compare(plain(region), shipped(), Background(), rank=4, seed=SEED)


def with_own(changes: str) -> Comparison:
    scenarios, _ = scenarios_of(shipped()[:1], load_scenario("baseline", changes, **YEARS), SPAN)
    return compare(plain(), scenarios, Background(), rank=4, seed=SEED)


def test_the_summary_is_that_of_the_conditional_draws() -> None:
    slump = condition(plain(), load_scenario("coal_slump", **YEARS), seed=SEED)
    levels, before = (
        one.own_paths.sel(indicator="gdp_nominal", year=2025).to_numpy() for one in (slump, plain())
    )
    row = found().summary.loc["coal_slump"]
    assert row["gdp_nominal_q50"] == pytest.approx(np.median(levels))
    assert row["gdp_nominal_against"] == pytest.approx(
        100 * (np.median(levels) / np.median(before) - 1)
    )
    assert row["gdp_nominal_above"] == (levels > before).mean()
    first = found().summary.iloc[0]
    assert first.filter(like="_against").eq(0).all()
    assert found().summary["gdp_nominal_against"].idxmax() == "coal_boom"
    assert row["growth_against"] == 0
    assert row["prices_against"] < -1


def test_a_small_move_over_an_edge_changes_no_word() -> None:
    rows = pd.DataFrame(
        {
            "target_id": ["a", "b", "a", "b", "a", "b"],
            "probability": [0.34, np.nan, 0.32, np.nan, 0.30, np.nan],
            "class": ["uncertain", "cannot_tell", *["difficult", "cannot_tell"] * 2],
            "likelihood": ["about_even", None, *["unlikely", None] * 2],
        }
    )
    told = comparison._flips(rows)
    assert told["told"].tolist() == ["uncertain", "cannot_tell"] * 2 + ["difficult", "cannot_tell"]
    assert told["flips"].tolist() == [False] * 4 + [True, False]
    assert told["likelihood"].tolist()[::2] == ["about_even", "about_even", "unlikely"]
    chances = pd.DataFrame({"what": ["rank"] * 3, "share": [0.34, 0.32, 0.30]})
    assert comparison._words(chances)["word"].tolist() == ["about_even", "about_even", "unlikely"]


def test_the_baseline_flips_nothing_and_others_by_the_rule() -> None:
    verdicts = found().verdicts
    first = verdicts[verdicts["scenario"] == "baseline"].set_index("target_id")
    assert not first["flips"].any()
    for _, row in verdicts.dropna(subset="probability").iterrows():
        before = first.loc[row["target_id"]]
        far = abs(row["probability"] - before["probability"]) >= NEAR_EDGE
        assert row["flips"] == (far and row["class"] != before["class"])
    assert verdicts["flips"].any()


def test_a_scenario_is_given_once() -> None:
    with pytest.raises(ParameterError, match="baseline is given twice; legal: each once"):
        compare(plain(), shipped()[:1] * 2, Background(), rank=4, seed=SEED)


def test_the_run_adds_its_own_scenario_once_and_leaves_out_those_of_other_years() -> None:
    known = load_scenario("relapse", **YEARS)
    assert scenarios_of(shipped(), known, SPAN) == (shipped(), [])
    for own in (
        load_scenario("baseline", "policy.2021=1", **YEARS),
        load_scenario("relapse", "shock.persistence=0.9", **YEARS),
    ):
        assert [one.scenario_id for one in scenarios_of(shipped(), own, SPAN)[0]][-1] == "own"
    speaking, left_out = scenarios_of(shipped(), shipped()[0], range(2015, 2020))
    assert [one.scenario_id for one in speaking] == ["baseline"]
    assert len(left_out) == len(shipped()) - 1


@pytest.mark.parametrize("region", ["141100", "110000"])  # with targets and peers, and without
def test_a_comparison_that_was_kept_is_the_same_to_the_bit(
    region: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LVLIANG_CACHE", str(tmp_path))
    computed = load_comparison(plain(region), shipped()[:2], seed=SEED)
    monkeypatch.setattr(comparison, "compare", None)
    kept = load_comparison(plain(region), shipped()[:2], seed=SEED)
    for name in ("summary", "chances", "verdicts", "fans"):
        pd.testing.assert_frame_equal(getattr(kept, name), getattr(computed, name))
    with pytest.raises(TypeError):
        load_comparison(plain(region), shipped()[:3], seed=SEED)


def test_one_driver_at_a_time_moves_what_it_can() -> None:
    effects = tornado(plain(), load_scenario("relapse", **YEARS), seed=SEED)
    by = effects.set_index(["driver", "side"])
    assert by.loc[("policy", "high"), "growth"] == pytest.approx(1.0, abs=0.01)
    assert by.loc[("national_growth", "high"), "size"] == national_error(2020, 5)
    gdp = by["gdp_nominal"]
    assert gdp["coal_price", "low"] < -1 < 1 < gdp["coal_price", "high"]
    assert by.loc["coal_price", "growth"].eq(0).all()
    assert by.loc["secondary_share", "gdp_nominal"].eq(0).all()  # not identified in 2020
    assert by.loc[("shock", "low"), "size"] == -3.8
    assert -4 < gdp["shock", "low"] < 0
    assert "shock" not in tornado(plain(), None, seed=SEED)["driver"].to_list()


def test_the_error_of_the_nation_is_that_of_forecasts_made_before() -> None:
    panel = load_panel(2009)
    errors = [
        panel.factor.loc[origin + 1 : origin + 4].mean()
        - forecast_factor(panel.at(origin), 4).mean()
        for origin in (2003, 2004, 2005)
    ]
    assert national_error(2009, 4) == pytest.approx(float(np.sqrt(np.mean(np.square(errors)))))
    assert national_error(2009, 9) is None


def test_a_price_rise_of_the_rest_lowers_the_share() -> None:
    assert manufacturing_share(40.0, 0.0) == 40.0
    assert manufacturing_share(40.0, 25.0) == pytest.approx(100 * 40 / (40 + 75))
    assert manufacturing_share(42.0, price_that_undoes(42.0, 2.0)) == pytest.approx(40.0)
    ladder = manufacturing_ladder(shipped(), year=2021, slope=0.2, points=2.0)
    boom = ladder[(ladder["scenario"] == "coal_boom") & (ladder["base"] == 40)].set_index("way")
    assert boom.loc["slope", "price"] == pytest.approx(100 * (1.339**0.2 - 1))
    assert boom.loc["full", "price"] == pytest.approx(33.9)
    assert boom.loc["full", "moved"] < boom.loc["slope", "moved"] < 0
    assert (ladder.loc[ladder["scenario"] == "coal_slump", "moved"] > 0).all()
    plain_ladder = manufacturing_ladder(shipped(), year=2021, slope=None, points=2.0)
    assert set(plain_ladder["way"]) == {"full"}


def test_errors_of_a_trial_by_hand() -> None:
    tried = pd.DataFrame(
        {
            "outcome": ["x", "x"],
            "fitted": [0.1, 0.1],
            "actual": [0.0, 0.0],
            "with_coal": [0.03, 0.04],
            "without_coal": [0.05, 0.05],
        }
    )
    row = trial_errors(tried).loc["x"]
    assert row["error_with"] == pytest.approx(np.sqrt(12.5))
    assert row["error_without"] == pytest.approx(5)
    assert row["with_coal"] == pytest.approx(3.5)


@LANGUAGES
def test_the_answer_says_conditional_and_which_verdicts_change(lang: str) -> None:
    headline, *more = scenario_sentences.answer(found(), region="吕梁市", years=SPAN, lang=lang)
    assert headline.words.startswith("条件预测" if lang == "zh" else "Conditional")
    changing = found().verdicts.query("flips")["scenario"].unique()
    assert (
        re.findall(r"\d+", headline.words)
        == ([str(len(found().scenarios) - 1), str(len(changing))][:: 1 if lang == "zh" else -1])
    )
    flips, more = more[: len(changing)], more[len(changing) :]
    for name, line in zip(changing, flips, strict=True):
        assert load_scenario(name, **YEARS).title(lang) in line.words
    medians = found().summary["gdp_nominal_q50"]
    for value in (medians.min(), medians.max()):
        assert (f"{value:.0f}" if lang == "zh" else f"{value / 10:.1f}") in more[0].words
    # Ranks and joint chances rest on grades C and D: words, no shares of paths.
    assert not any(re.search(r"\d+(\.\d+)? ?%", line.words) for line in more[2:])
    (words,) = scenario_tables.chances(found(), lang)
    assert (
        not words.frame.iloc[:, 1:-1].map(lambda cell: bool(re.search(r"\d", cell))).any(axis=None)
    )


@LANGUAGES
def test_each_scenario_says_what_it_assumes_and_what_follows(lang: str) -> None:
    sentences = scenario_sentences.each(found(), year=2025, lang=lang)
    assert len(sentences) == len(found().scenarios) - 1
    slump = sentences[1].words
    for said in ("−20.7", "−12.2", "−17.1", "−16.0", "PINK2603"):
        assert said in slump
    row = found().summary.loc["coal_slump"]
    assert f"{abs(row['gdp_nominal_against']):.1f}" in slump


def test_equal_years_are_said_together_and_a_shock_says_whom_it_strikes() -> None:
    bases = scenario_sentences.assumed(load_scenario("transformation", **YEARS), SPAN, "zh")
    assert (
        bases
        == "本市实际增速（与基准之差）2021—2022年每年+0.3个百分点、2023—2025年每年+0.8个百分点"
    )
    struck = scenario_sentences.assumed(load_scenario("relapse", **YEARS), SPAN, "en")
    assert "strikes the nation with −3.8 points in 2023, of which 50 % stays" in struck


@LANGUAGES
def test_an_own_scenario_is_told_by_its_changes(lang: str) -> None:
    own = with_own("coal_price.2023=-30%")
    (said,) = scenario_sentences.each(own, year=2025, lang=lang)
    assert "coal_price.2023=-30%" in said.words
    assert "−30.0" in said.words
    assert scenario_tables.name_of(own, "own", lang) in ("自设情景", "own scenario")


@LANGUAGES
def test_a_city_without_targets_is_compared_by_levels_alone(lang: str) -> None:
    suzhou = found("320500")
    headline = scenario_sentences.answer(suzhou, region="苏州市", years=SPAN, lang=lang)[0]
    assert "没有录入" in headline.words or "no target" in headline.words.lower()
    assert scenario_tables.classes(suzhou, lang) == []
    assert scenario_tables.summary(suzhou, year=2025, lang=lang)
    (no_share,) = coal_tables.manufacturing(suzhou, year=2021, slope=None, lang=lang)
    assert no_share.style == NOTHING_STYLE
    told = "同时实现" if lang == "zh" else "joint"
    verdicts = "研判" if lang == "zh" else "verdict"
    for city, has in ((suzhou, False), (found(), True)):
        *_, note = scenario_sentences.notes(city, lang)
        assert (told in note.words) == has
        assert (verdicts in scenario_tables.appendix(city, lang).summary) == has


@LANGUAGES
def test_limits_speak_of_what_the_scenarios_shown_assume(lang: str) -> None:
    parts = {name: text(f"scenarios.limits_{name}", lang) for name in ("policy", "shock", "city")}

    def said(scenarios: list[Scenario]) -> set[str]:
        words = scenario_sentences.limits(replace(found(), scenarios=tuple(scenarios)), lang).words
        return {name for name, part in parts.items() if part in words}

    assert said(shipped()) == set(parts)
    assert said([one for one in shipped() if not one.is_of_a_city()]) == {"shock"}
    own, _ = scenarios_of(shipped()[:1], load_scenario("baseline", "policy.2021=1", **YEARS), SPAN)
    assert said(own) == {"policy"}


@LANGUAGES
@pytest.mark.parametrize(("slope", "read"), [(0.1, "share_read"), (None, "share_plain")])
def test_the_share_of_manufacturing_stands_with_its_formula(
    slope: float | None, read: str, lang: str
) -> None:
    _, table, *rest = coal_tables.manufacturing(found(), year=2021, slope=slope, lang=lang)
    assert len(table.frame) > 2
    note = Sentence(text(f"coal.{read}", lang), "note")
    assert rest == [Formula(coal_tables.SHARE_AFTER), note]


@LANGUAGES
def test_years_that_no_scenario_speaks_of_are_said(lang: str) -> None:
    years = {"base_year": 2015, "end_year": 2019}
    early = look_ahead("141100", **years, draws=500, seed=SEED)
    known = list(load_shipped(**years).values())
    scenarios, others = scenarios_of(known, known[0], range(2016, 2020))
    alone = compare(early, scenarios, Background(), rank=4, seed=SEED)
    (headline,) = scenario_sentences.answer(alone, region="", years=range(2016, 2020), lang=lang)
    assert "2016—2019" in headline.words or "2016–2019" in headline.words
    (left,) = scenario_sentences.left_out(others, years=range(2016, 2020), lang=lang)
    assert all(one.title(lang) in left.words for one in others)
    for indicator in scenario_tables.LEVELS:
        for chart in scenario_charts.fans(
            alone, actual(early, indicator), indicator=indicator, region="", lang=lang
        ):
            plt.close(chart.figure)


def test_without_the_panel_nothing_is_compared(data_copy: Path) -> None:
    shutil.rmtree(data_copy / "panel")
    bare = look_ahead("141100", **YEARS, draws=500, seed=SEED, data=data_copy)
    known = list(load_shipped(**YEARS, data=data_copy).values())
    empty = compare(bare, known, Background(), rank=np.nan, seed=SEED, data=data_copy)
    (said,) = scenario_sentences.answer(empty, region="吕梁市", years=SPAN, lang="zh")
    assert "不作情景比较" in said.words
    assert scenario_tables.summary(empty, year=2025, lang="zh") == []
    assert (
        scenario_charts.tornado(
            tornado(bare, known[-2], seed=SEED, data=data_copy), region="", years=SPAN, lang="zh"
        )
        == []
    )
    slopes = load_sensitivities("141100", 2020, data_copy)
    (unknown,) = coal_tables.evidence(
        slopes,
        trial("141100", 2020, data_copy),
        pd.Series(dtype=float),
        own=None,
        region="吕梁市",
        lang="zh",
        **YEARS,
    )
    assert "不能估计" in unknown.words


@pytest.mark.parametrize(
    ("identified", "said"),
    [
        (0, "none of them is identified"),
        (1, "identified: 1 of 4"),
        (4, "all of them are identified"),
    ],
)
def test_how_many_other_prices_are_identified_is_counted(identified: int, said: str) -> None:
    slopes = load_sensitivities("141100", 2020)
    others = slopes.query("group == 'province' and regressor != @coal_tables.COAL").index
    slopes.loc[others, "identified"] = [place < identified for place in range(len(others))]
    words = [
        piece.words
        for piece in coal_tables.evidence(
            slopes, trial("141100", 2020), pd.Series({"q10": 1, "q50": 1, "q90": 2}),
            own=None, region="X", lang="en", **YEARS,
        )
        if isinstance(piece, Sentence)
    ]  # fmt: skip
    assert any(said in one for one in words)


@LANGUAGES
@pytest.mark.parametrize("region", ["141100", "320500"])
def test_coal_says_what_the_estimates_say(region: str, lang: str) -> None:
    slopes, tried = load_sensitivities(region, 2020), trial(region, 2020)
    own = own_slope(region, 2020)
    outlook = look_ahead(region, **YEARS, draws=1000, seed=SEED)
    ahead = coal_ahead(outlook, seed=SEED)
    pieces = coal_tables.evidence(slopes, tried, ahead, own=own, region="X", lang=lang, **YEARS)
    row = slopes[(slopes["group"] == "province") & (slopes["outcome"] == "gdp_deflator")].iloc[0]
    ten = 100 * np.log(1.1) * row["estimate"]
    assert f"{abs(ten):.1f}" in pieces[0].words
    not_told = "未能识别" if lang == "zh" else "not identified"
    assert (not_told in pieces[0].words) == (not row["identified"])
    assert (own is None) == (not row["identified"])
    errors = trial_errors(tried).loc["gdp_deflator"]
    said = " ".join(piece.words for piece in pieces)
    assert all(f"{errors[name]:.1f}" in said for name in ("error_with", "error_without"))
    assert len(ahead) == (0 if own is None else 3)
    assert all(f"{times:.2f}" in said for times in ahead)


@LANGUAGES
@pytest.mark.parametrize(("region", "cities"), [("110000", 1), ("141100", 11)])
def test_coal_speaks_of_a_province_where_there_is_one(region: str, cities: int, lang: str) -> None:
    pieces = coal_tables.evidence(
        load_sensitivities(region, 2020), trial(region, 2020),
        pd.Series({"q10": 1, "q50": 1, "q90": 2}), own=0.1, region="Q", lang=lang, **YEARS,
    )  # fmt: skip
    folded = [table for piece in pieces if isinstance(piece, Appendix) for table in piece.pieces]
    said = [piece.words for piece in pieces if isinstance(piece, Sentence)]
    captions = [piece.caption for piece in [*pieces, *folded] if isinstance(piece, Table)]
    told = "".join([*said, *captions])
    where = {"zh": f"本省{cities}个市", "en": f"the {cities} cities of the province"}[lang]
    assert told.count(where) == (0 if cities == 1 else 4)
    assert ("province" in told or "省" in told) == (cities > 1)


@pytest.mark.parametrize("last", [2018, 2020])
def test_years_below_the_panels_stand_apart(last: int) -> None:
    known = actual(plain(), "gdp_nominal")
    (chart,) = scenario_charts.fans(
        found(), known[known.index <= last], indicator="gdp_nominal", region="", lang="zh"
    )
    chart.figure.draw_without_rendering()
    for panel in chart.figure.axes[-2:]:
        boxes = [label.get_window_extent() for label in panel.get_xticklabels()]
        assert len(boxes) > 2
        assert all(one.x1 + 2 < other.x0 for one, other in pairwise(boxes))
    plt.close(chart.figure)


def test_an_odd_number_of_panels_has_years_below_each_column() -> None:
    known = actual(plain(), "gdp_nominal")
    some = found().fans[found().fans["scenario"] != found().fans["scenario"].iloc[-1]]
    (chart,) = scenario_charts.fans(
        replace(found(), fans=some), known, indicator="gdp_nominal", region="", lang="zh"
    )
    chart.figure.draw_without_rendering()
    panels = [axes for axes in chart.figure.axes if axes.get_visible()]
    told = [any(label.get_visible() for label in axes.get_xticklabels()) for axes in panels]
    assert told == [False, False, False, True, True]
    plt.close(chart.figure)


def test_what_is_assumed_of_the_city_of_the_report_is_not_lent_to_another() -> None:
    listed, left = scenarios_of(shipped(), shipped()[0], SPAN, of_report=False)
    lent = {one.scenario_id for one in left}
    assert lent == {"dual_carbon", "transformation"}
    assert len(listed) == len(shipped()) - len(lent)
    (said,) = scenario_sentences.left_out(left, years=SPAN, lang="en")
    assert all(one.title_en in said.words for one in left)
    assert "written for Lvliang" in said.words
    asked = next(one for one in shipped() if one.scenario_id == "transformation")
    assert asked in scenarios_of(shipped(), asked, SPAN, of_report=False)[0]
    assert [has_report("141100"), has_report("140900")] == [True, False]


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("dual carbon: coal output capped", "Dual carbon"),
        ("煤价断崖式下跌叠加双碳约束并延续到规划末年", "煤价断崖式下跌叠加双碳…"),
        ("a scenario whose title goes on and on", "A scenario whose title …"),
    ],
)
def test_the_title_of_a_panel_is_no_wider_than_the_panel(title: str, shown: str) -> None:
    assert scenario_charts._short(title) == shown


@pytest.mark.parametrize(("lang", "divisor"), [("zh", 1), ("en", 10)])
def test_the_chart_draws_the_medians_of_the_table(lang: str, divisor: int) -> None:
    (chart,) = scenario_charts.fans(
        found(), actual(plain(), "gdp_nominal"), indicator="gdp_nominal", region="Q", lang=lang
    )
    panels = [axes for axes in chart.figure.axes if axes.get_visible()]
    ends = [
        next(line for line in panel.lines if line.get_linestyle() == "--").get_ydata()[-1]
        for panel in panels
    ]
    levels = found().summary["gdp_nominal_q50"]
    medians = (levels / divisor).to_list()
    assert ends == pytest.approx(medians)
    assert len({panel.get_ylim() for panel in panels}) == 1
    _, year, median, *_ = chart.data
    assert chart.data.loc[chart.data[year] == "2025", median].to_list() == pytest.approx(medians)
    assert all(amount(level, "亿元", lang, 0) in chart.words for level in levels)
    (table,) = scenario_tables.levels(found(), "gdp_nominal", year=2025, lang=lang)
    decimals = 0 if lang == "zh" else 1
    assert table.frame.iloc[:, 1].to_list() == [f"{median:.{decimals}f}" for median in medians]
    low = found().summary["gdp_nominal_q10"].iloc[0] / divisor
    assert table.frame.iloc[0, 2].startswith(f"{low:.{decimals}f}")
    plt.close(chart.figure)


def test_the_tornado_draws_the_widest_on_top() -> None:
    effects = tornado(plain(), load_scenario("relapse", **YEARS), seed=SEED)
    chart, note = scenario_charts.tornado(effects, region="吕梁市", years=SPAN, lang="en")
    bars = {round(bar.get_width(), 6) for bar in chart.figure.axes[0].patches}
    assert bars == {round(value, 6) for value in effects["gdp_nominal"]}
    top = effects.loc[effects["gdp_nominal"].abs().idxmax(), "driver"]
    assert chart.figure.axes[0].get_yticklabels()[-1].get_text().startswith("coal price")
    assert top == "coal_price"
    assert "standard deviation" in note.words
    assert f"points in {SPAN[len(SPAN) // 2]}" in note.words
    assert "±1.0 points of the city alone are assumed" in chart.subtitle
    plt.close(chart.figure)


@LANGUAGES
def test_the_switch_has_a_panel_for_each_scenario_with_its_numbers(lang: str) -> None:
    (switch,) = scenario_tables.switch(found(), year=2025, shown="baseline", lang=lang)
    assert len(switch.panels) == len(found().scenarios)
    for (name, row), (title, pieces) in zip(
        found().summary.iterrows(), switch.panels.items(), strict=True
    ):
        headline, judged = pieces
        assert title == scenario_tables.name_of(found(), name, lang)
        median = row["gdp_nominal_q50"]
        assert (f"{median:.0f}" if lang == "zh" else f"{median / 10:.1f}") in headline.words
        told = found().verdicts[found().verdicts["scenario"] == name].dropna(subset="probability")
        assert len(judged.frame) == len(told)
    html = switch.html()
    assert html.count('type="radio"') == html.count('<div class="panel"') == len(switch.panels)
    assert html.count(" checked") == 1
    alone = replace(found(), scenarios=found().scenarios[:1])
    assert scenario_tables.switch(alone, year=2025, shown="baseline", lang=lang) == []


@LANGUAGES
def test_the_switch_shows_the_scenario_of_the_run(lang: str) -> None:
    shown = {
        name: scenario_tables.switch(given, year=2025, shown=name, lang=lang)[0].shown
        for name, given in (
            ("coal_slump", found()),
            ("unknown", found()),
            ("baseline", with_own("coal_price.2023=-30%")),
        )
    }
    named = {one.scenario_id: one.title(lang) for one in found().scenarios}
    assert shown["coal_slump"] == named["coal_slump"]
    assert shown["unknown"] == named["baseline"]
    assert shown["baseline"] in ("自设情景", "own scenario")


@LANGUAGES
def test_a_verdict_that_is_held_holds_its_word_in_the_panels_too(lang: str) -> None:
    verdicts = found().verdicts
    row = verdicts["scenario"].eq("coal_boom") & verdicts["target_id"].eq("revenue_mean")
    held = verdicts.assign(likelihood=verdicts["likelihood"].where(~row, "unlikely"))
    given = replace(found(), verdicts=held)
    (switch,) = scenario_tables.switch(given, year=2025, shown="baseline", lang=lang)
    title = scenario_tables.name_of(given, "coal_boom", lang)
    (_, judged) = switch.panels[title]
    word = text("likelihood.unlikely", lang)
    assert judged.frame.iloc[:, -1].tolist().count(word) == 1 + int(
        held.loc[verdicts["scenario"].eq("coal_boom") & ~row, "likelihood"].eq("unlikely").sum()
    )


def test_the_command_prints_scenarios_side_by_side() -> None:
    def printed(*names: str) -> str:
        words = ["compare", *names, "-p", "draws=1000"]
        done = CliRunner().invoke(app, words, catch_exceptions=False, env={"COLUMNS": "300"})
        assert done.exit_code == 0
        return done.stdout

    told = printed("baseline", "coal_slump")
    assert told.startswith("条件预测")
    assert "各情景下的2025年地区生产总值（亿元，现价）" in told
    assert "比基准，%" in told
    other = printed("coal_slump", "transformation")
    assert "比“煤价连跌”，%" in other
    assert "基准" not in other
    with pytest.raises(Exception, match="did you mean coal_slump"):
        CliRunner().invoke(app, ["compare", "baseline", "coal_slmp"], catch_exceptions=False)
