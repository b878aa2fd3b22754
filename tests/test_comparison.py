"""Scenarios side by side: differences are those of the draws, and words follow the numbers."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from phrases import phrase
from typer.testing import CliRunner

from lvliang.baseline.history import has_report
from lvliang.baseline.regions import find_region
from lvliang.cli import app
from lvliang.display.figures import scenarios as drawings
from lvliang.display.prose import Piece, Text
from lvliang.display.show import NOTHING_STYLE, Appendix, Chart, Formula, Sentence, Table
from lvliang.display.words import words_in
from lvliang.errors import ParameterError
from lvliang.feasibility import comparison
from lvliang.feasibility.background import Background
from lvliang.feasibility.bands import NEAR_EDGE
from lvliang.feasibility.coal_facts import coal_facts, share_facts
from lvliang.feasibility.comparison import (
    INDICATORS,
    Comparison,
    compare,
    load_comparison,
    scenarios_of,
)
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
from lvliang.feasibility.scenario_facts import (
    kinds_assumed,
    level_facts,
    scenario_facts,
    tornado_facts,
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
AHEAD = pd.Series({"q10": 1.0, "q50": 1.0, "q90": 2.0})
LANGUAGES = pytest.mark.parametrize("lang", ["zh", "en"])
pytestmark = pytest.mark.usefixtures("shared_store")


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


def said(given: Comparison, lang: str, block: str, **facts: Any) -> list[Piece]:
    """What the page says of a comparison in a block."""
    run = {"region": find_region("141100"), **YEARS, "growth_discount": 0.0}
    of_run = {"silent": [], "lent": [], "slope": None, **run}
    known = of_run | scenario_facts(given, SPAN) | facts
    known["end_year"] = known["span"][0][1]
    return Text("40_scenarios", lang, known).say(block)


def tables(pieces: list[Piece]) -> list[Table]:
    return [piece for piece in pieces if isinstance(piece, Table)]


def charts(pieces: list[Piece]) -> list[Chart]:
    return [piece for piece in pieces if isinstance(piece, Chart)]


def panels(facts: dict[str, Any] | None) -> Figure:
    assert facts is not None
    drawn = (facts[name] for name in ("actual", "quantiles", "ends"))
    return drawings.panels(*drawn, unit="亿元", title=lambda end: f"{end['scenario'].title_zh}\n1")


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
def test_a_comparison_that_was_kept_is_the_same_to_the_bit(region, monkeypatch):
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
    headline, *more = said(found(), lang, "answer")
    assert headline.words.startswith("条件预测" if lang == "zh" else "Conditional")
    changing = found().verdicts.query("flips")["scenario"].unique()
    assert (
        re.findall(r"\d+", headline.words)
        == ([str(len(found().scenarios) - 1), str(len(changing))][:: 1 if lang == "zh" else -1])
    )
    flips, more = more[: len(changing)], more[len(changing) :]
    for name, line in zip(changing, flips, strict=True):
        assert getattr(load_scenario(name, **YEARS), f"title_{lang}") in line.words
    medians = found().summary["gdp_nominal_q50"]
    for value in (medians.min(), medians.max()):
        assert (f"{value:.0f}" if lang == "zh" else f"{value / 10:.1f}") in more[0].words
    # Ranks and joint chances rest on grades C and D: words, no shares of paths.
    assert not any(re.search(r"\d+(\.\d+)? ?%", line.words) for line in more[2:])
    words = next(table for table in tables(said(found(), lang, "each")))
    assert (
        not words.frame.iloc[:, 1:-1].map(lambda cell: bool(re.search(r"\d", cell))).any(axis=None)
    )


@LANGUAGES
def test_each_scenario_says_what_it_assumes_and_what_follows(lang: str) -> None:
    sentences = said(found(), lang, "each")[1 : len(found().scenarios)]
    for scenario, sentence in zip(found().scenarios[1:], sentences, strict=True):
        assert sentence.words.lower().startswith(getattr(scenario, f"title_{lang}").lower())
    slump = sentences[1].words
    for part in ("−20.7", "−12.2", "−17.1", "−16.0", "PINK2603"):
        assert part in slump
    row = found().summary.loc["coal_slump"]
    assert f"{abs(row['gdp_nominal_against']):.1f}" in slump


def test_equal_years_are_said_together_and_a_shock_says_whom_it_strikes() -> None:
    bases = load_scenario("transformation", **YEARS)
    assert bases.assumed(SPAN) == {"policy": [(2021, 2022, 0.3), (2023, 2025, 0.8)]}
    assert (
        phrase("assumed", "zh", bases, bases.assumed(SPAN))
        == "本市实际增速（与基准之差）2021—2022年每年+0.3个百分点、2023—2025年每年+0.8个百分点"
    )
    relapse = load_scenario("relapse", **YEARS)
    struck = phrase("assumed", "en", relapse, relapse.assumed(SPAN))
    assert "strikes the nation with −3.8 points in 2023, of which 50 % stays" in struck


@LANGUAGES
def test_a_city_without_targets_is_compared_by_levels_alone(lang: str) -> None:
    suzhou = found("320500")
    headline = said(suzhou, lang, "answer")[0]
    assert "没有录入" in headline.words or "no target" in headline.words.lower()
    assert scenario_facts(suzhou, SPAN)["changing"] == 0
    assert len(said(suzhou, lang, "compare")) > 1
    assert share_facts(suzhou, year=2021, slope=None) is None
    *_, no_share = said(suzhou, lang, "coal", coal=None, share=None)
    assert no_share.style == NOTHING_STYLE
    told = "同时实现" if lang == "zh" else "joint"
    verdicts = "研判" if lang == "zh" else "verdict"
    for city, has in ((suzhou, False), (found(), True)):
        *_, note = said(city, lang, "each")
        assert (told in note.words) == has
        *_, appendix = said(city, lang, "appendix")
        assert (verdicts in appendix.summary) == has


def test_limits_speak_of_what_the_scenarios_shown_assume() -> None:
    def assumes(scenarios: list[Scenario]) -> set[str]:
        return {name for name, holds in kinds_assumed(scenarios).items() if holds}

    assert assumes(shipped()) == {"policy", "shock", "city"}
    assert assumes([one for one in shipped() if not one.is_of_a_city()]) == {"shock"}
    assert assumes(list(with_own("policy.2021=1").scenarios)) == {"policy"}
    for name, *parts in (
        ("policy", "政策效应", "policy"), ("shock", "冲击", "shock"), ("city", "吕梁市", "Lvliang"),
    ):  # fmt: skip
        for lang, part in zip(("zh", "en"), parts, strict=True):
            for holds in (True, False):
                given = dict.fromkeys(("policy", "shock", "city"), False) | {name: holds}
                _, limits, _ = said(found(), lang, "appendix", assumes=given)
                assert (part in limits.words) == holds


@LANGUAGES
@pytest.mark.parametrize("slope", [0.1, None])
def test_the_share_of_manufacturing_stands_with_its_formula(slope: float | None, lang: str) -> None:
    share = share_facts(found(), year=2021, slope=slope)
    assert share is not None
    assert len(share["bases"]) > 2
    ways = {move["way"] for of in share["bases"] for move in of["moves"]}
    assert ways == ({"full"} if slope is None else {"full", "slope"})
    *_, table, formula, note = said(found(), lang, "coal", coal=None, share=share, slope=slope)
    assert len(table.frame) == len(share["bases"])
    assert isinstance(formula, Formula)
    assert ("按弹性" in note.words or "By elasticity" in note.words) == (slope is not None)


def test_years_that_no_scenario_speaks_of_are_said() -> None:
    years = {"base_year": 2015, "end_year": 2019}
    early = look_ahead("141100", **years, draws=500, seed=SEED)
    known = list(load_shipped(**years).values())
    scenarios, others = scenarios_of(known, known[0], range(2016, 2020))
    alone = compare(early, scenarios, Background(), rank=4, seed=SEED)
    facts = scenario_facts(alone, range(2016, 2020)) | {
        "levels": {name: level_facts(alone, actual(early, name), name) for name in INDICATORS},
        "silent": others,
    }
    for lang in ("zh", "en"):
        (headline,) = said(alone, lang, "answer", **facts)
        assert "2016—2019" in headline.words or "2016–2019" in headline.words
        _, nothing, left, *_ = said(alone, lang, "each", **facts)
        assert nothing.style == NOTHING_STYLE
        assert all(getattr(one, f"title_{lang}") in left.words for one in others)
        assert said(alone, lang, "switch", **facts) == []
        for chart in charts(said(alone, lang, "levels", **facts)):
            assert chart.title.endswith(("只有基准", "the baseline alone"))


def test_without_the_panel_nothing_is_compared(data_copy: Path) -> None:
    shutil.rmtree(data_copy / "panel")
    bare = look_ahead("141100", **YEARS, draws=500, seed=SEED, data=data_copy)
    known = list(load_shipped(**YEARS, data=data_copy).values())
    empty = compare(bare, known, Background(), rank=np.nan, seed=SEED, data=data_copy)
    (headline,) = said(empty, "zh", "answer")
    assert "不作情景比较" in headline.words
    assert len(said(empty, "zh", "compare")) == 1
    effects = tornado(bare, known[-2], seed=SEED, data=data_copy)
    assert tornado_facts(effects, SPAN) is None
    assert len(said(empty, "zh", "tornado", tornado=None)) == 1
    slopes, tried = load_sensitivities("141100", 2020, data_copy), trial("141100", 2020, data_copy)
    assert coal_facts(slopes, tried, pd.Series(dtype=float)) is None
    _, unknown, *_ = said(empty, "zh", "coal", coal=None, share=None)
    assert "不能估计" in unknown.words


def test_how_many_other_prices_are_identified_is_counted():
    slopes, tried = load_sensitivities("141100", 2020), trial("141100", 2020)
    others = slopes.query("group == 'province' and regressor != 'coal_australia_thermal'").index
    for identified, part in (
        (0, "none of them is identified"),
        (1, "identified: 1 of 4"),
        (4, "all of them are identified"),
    ):
        slopes.loc[others, "identified"] = [place < identified for place in range(len(others))]
        pieces = said(found(), "en", "coal", coal=coal_facts(slopes, tried, AHEAD), share=None)
        assert any(part in piece.words for piece in pieces if isinstance(piece, Sentence))


@pytest.mark.parametrize("region", ["141100", "320500"])
def test_coal_says_what_the_estimates_say(region):
    slopes, tried = load_sensitivities(region, 2020), trial(region, 2020)
    own, ahead = own_slope(region, 2020), coal_ahead(plain(region), seed=SEED)
    coal = coal_facts(slopes, tried, ahead)
    row = slopes[(slopes["group"] == "province") & (slopes["outcome"] == "gdp_deflator")].iloc[0]
    assert (own is None) == (not row["identified"])
    assert len(ahead) == (0 if own is None else 3)
    ten, errors = 100 * np.log(1.1) * row["estimate"], trial_errors(tried).loc["gdp_deflator"]
    for lang, not_told in (("zh", "未能识别"), ("en", "not identified")):
        _, *pieces = said(found(), lang, "coal", coal=coal, share=None, slope=own)
        assert f"{abs(ten):.1f}" in pieces[0].words
        assert (not_told in pieces[0].words) == (not row["identified"])
        words = " ".join(piece.words for piece in pieces)
        assert all(f"{errors[name]:.1f}" in words for name in ("error_with", "error_without"))
        assert all(f"{times:.2f}" in words for times in ahead)


@pytest.mark.parametrize(("region", "cities"), [("110000", 1), ("141100", 11)])
def test_coal_speaks_of_a_province_where_there_is_one(region, cities):
    coal = coal_facts(load_sensitivities(region, 2020), trial(region, 2020), AHEAD)
    for lang, where in (
        ("zh", f"本省{cities}个市"),
        ("en", f"the {cities} cities of the province"),
    ):
        _, *pieces, _ = said(found(), lang, "coal", coal=coal, share=None, slope=0.1)
        folded = [part for piece in pieces if isinstance(piece, Appendix) for part in piece.pieces]
        sentences = [piece.words for piece in pieces if isinstance(piece, Sentence)]
        captions = [piece.caption for piece in [*pieces, *folded] if isinstance(piece, Table)]
        told = "".join([*sentences, *captions])
        assert told.count(where) == (0 if cities == 1 else 4)
        assert ("province" in told or "省" in told) == (cities > 1)


@pytest.mark.parametrize("last", [2018, 2020])
def test_years_below_the_panels_stand_apart(last: int) -> None:
    known = actual(plain(), "gdp_nominal")
    figure = panels(level_facts(found(), known[known.index <= last], "gdp_nominal"))
    figure.draw_without_rendering()
    for panel in figure.axes[-2:]:
        boxes = [label.get_window_extent() for label in panel.get_xticklabels()]
        assert len(boxes) > 2
        assert all(one.x1 + 2 < other.x0 for one, other in pairwise(boxes))


def test_an_odd_number_of_panels_has_years_below_each_column() -> None:
    some = found().fans[found().fans["scenario"] != found().fans["scenario"].iloc[-1]]
    facts = level_facts(replace(found(), fans=some), actual(plain(), "gdp_nominal"), "gdp_nominal")
    figure = panels(facts)
    figure.draw_without_rendering()
    visible = [axes for axes in figure.axes if axes.get_visible()]
    told = [any(label.get_visible() for label in axes.get_xticklabels()) for axes in visible]
    assert told == [False, False, False, True, True]


def test_what_is_assumed_of_the_city_of_the_report_is_not_lent_to_another() -> None:
    listed, left = scenarios_of(shipped(), shipped()[0], SPAN, of_report=False)
    lent = {one.scenario_id for one in left}
    assert lent == {"dual_carbon", "transformation"}
    assert len(listed) == len(shipped()) - len(lent)
    words = [piece.words for piece in said(found(), "en", "each", lent=left) if piece.words]
    (note,) = (told for told in words if "written for Lvliang" in told)
    assert all(one.title_en in note for one in left)
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
    assert drawings._short(title) == shown


@pytest.mark.parametrize(("lang", "divisor"), [("zh", 1), ("en", 10)])
def test_the_chart_draws_the_medians_of_the_table(lang: str, divisor: int) -> None:
    facts = level_facts(found(), actual(plain(), "gdp_nominal"), "gdp_nominal")
    pieces = said(found(), lang, "levels", levels={"gdp_nominal": facts, "budget_revenue": None})
    (chart,), (table, _) = charts(pieces), tables(pieces)
    drawn = [axes for axes in chart.figure.axes if axes.get_visible()]
    ends = [
        next(line for line in panel.lines if line.get_linestyle() == "--").get_ydata()[-1]
        for panel in drawn
    ]
    levels = found().summary["gdp_nominal_q50"]
    medians = (levels / divisor).to_list()
    assert ends == pytest.approx(medians)
    assert len({panel.get_ylim() for panel in drawn}) == 1
    _, year, median, *_ = chart.data
    assert chart.data.loc[chart.data[year] == 2025, median].to_list() == pytest.approx(medians)
    assert all(words_in(lang).amount(level, "亿元", 0) in chart.words for level in levels)
    decimals = 0 if lang == "zh" else 1
    assert table.frame.iloc[:, 1].to_list() == [f"{median:.{decimals}f}" for median in medians]
    low = found().summary["gdp_nominal_q10"].iloc[0] / divisor
    assert table.frame.iloc[0, 2].startswith(f"{low:.{decimals}f}")


def test_the_tornado_draws_the_widest_on_top() -> None:
    effects = tornado(plain(), load_scenario("relapse", **YEARS), seed=SEED)
    facts = tornado_facts(effects, SPAN)
    assert facts is not None
    _, chart, note = said(found(), "en", "tornado", tornado=facts)
    bars = {round(bar.get_width(), 6) for bar in chart.figure.axes[0].patches}
    assert bars == {round(value, 6) for value in effects["gdp_nominal"]}
    top = effects.loc[effects["gdp_nominal"].abs().idxmax(), "driver"]
    assert top == facts["drivers"][0]["driver"] == "coal_price"
    assert chart.figure.axes[0].get_yticklabels()[-1].get_text().startswith("coal price")
    assert "standard deviation" in note.words
    assert f"points in {SPAN[len(SPAN) // 2]}" in note.words
    assert "±1.0 points of the city alone are assumed" in chart.subtitle


@LANGUAGES
def test_the_switch_has_a_panel_for_each_scenario_with_its_numbers(lang: str) -> None:
    (switch,) = said(found(), lang, "switch")
    assert len(switch.panels) == len(found().scenarios)
    for scenario, (title, pieces) in zip(found().scenarios, switch.panels.items(), strict=True):
        headline, judged = pieces
        name = scenario.scenario_id
        assert title == getattr(scenario, f"title_{lang}")
        median = found().summary.loc[name, "gdp_nominal_q50"]
        assert (f"{median:.0f}" if lang == "zh" else f"{median / 10:.1f}") in headline.words
        told = found().verdicts[found().verdicts["scenario"] == name].dropna(subset="probability")
        assert len(judged.frame) == len(told)
    html = switch.html()
    assert html.count('type="radio"') == html.count('<div class="panel"') == len(switch.panels)
    assert html.count(" checked") == 1


def test_an_own_scenario_is_told_by_its_changes_and_shown_by_the_switch():
    own = with_own("coal_price.2023=-30%")
    for lang in ("zh", "en"):
        _, sentence, *_ = said(own, lang, "each")
        assert sentence.words.startswith(("自设情景", "Own scenario"))
        assert "coal_price.2023=-30%" in sentence.words and "−30.0" in sentence.words
    assert scenario_facts(own, SPAN, "baseline")["shown"].scenario_id == "own"
    for asked, shown in (("coal_slump", "coal_slump"), ("unknown", "baseline")):
        facts = scenario_facts(found(), SPAN, asked)
        assert facts["shown"].scenario_id == shown
        (switch,) = said(found(), "en", "switch", **facts)
        assert switch.shown == facts["shown"].title_en


@LANGUAGES
def test_a_verdict_that_is_held_holds_its_word_in_the_panels_too(lang: str) -> None:
    verdicts = found().verdicts
    row = verdicts["scenario"].eq("coal_boom") & verdicts["target_id"].eq("revenue_mean")
    held = verdicts.assign(likelihood=verdicts["likelihood"].where(~row, "unlikely"))
    given = replace(found(), verdicts=held)
    (switch,) = said(given, lang, "switch")
    (boom,) = (one for one in given.scenarios if one.scenario_id == "coal_boom")
    (_, judged) = switch.panels[getattr(boom, f"title_{lang}")]
    word = words_in(lang).label("unlikely", "likelihood")
    assert judged.frame.iloc[:, -1].tolist().count(word) == 1 + int(
        held.loc[verdicts["scenario"].eq("coal_boom") & ~row, "likelihood"].eq("unlikely").sum()
    )


def test_the_command_prints_scenarios_side_by_side() -> None:
    def printed(*names: str) -> str:
        words = ["compare", *names, "-p", "draws=1000", "-p", f"seed={SEED}"]
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
    with pytest.raises(ParameterError, match="did you mean coal_slump"):
        CliRunner().invoke(app, ["compare", "baseline", "coal_slmp"], catch_exceptions=False)
