"""Scenarios side by side: differences are those of the draws, and words follow the numbers."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest
from typer.testing import CliRunner

from lvliang.cli import app
from lvliang.display import scenario_charts, scenario_tables
from lvliang.feasibility.background import Background
from lvliang.feasibility.comparison import (
    Comparison,
    compare,
    manufacturing_share,
    price_that_undoes,
    shipped_and_own,
    tornado,
)
from lvliang.projection.conditional import condition
from lvliang.projection.outlook import Outlook, actual, look_ahead
from lvliang.projection.scenario import load_scenario, load_shipped
from lvliang.projection.sensitivity import trial

YEARS = {"base_year": 2020, "end_year": 2025}
SEED = 3


@lru_cache
def plain() -> Outlook:
    return look_ahead("141100", **YEARS, draws=1000, seed=SEED)


@lru_cache
def found() -> Comparison:
    shipped = list(load_shipped(**YEARS).values())
    return compare(plain(), shipped, Background(), rank=4, seed=SEED)


def test_the_summary_is_that_of_the_conditional_draws() -> None:
    slump = condition(plain(), load_scenario("coal_slump", **YEARS), seed=SEED)
    levels = slump.own_paths.sel(indicator="gdp_nominal", year=2025).to_numpy()
    row = found().summary.loc["coal_slump"]
    assert row["gdp_nominal_q50"] == pytest.approx(np.median(levels))
    base = found().summary.loc["baseline", "gdp_nominal_q50"]
    assert row["gdp_nominal_against"] == pytest.approx(100 * (np.median(levels) / base - 1))
    assert found().summary.loc["baseline", "gdp_nominal_against"] == 0
    assert (
        row["gdp_nominal_against"]
        < -5
        < 0
        < found().summary.loc["coal_boom", "gdp_nominal_against"]
    )


def test_a_verdict_has_changed_where_its_class_is_another() -> None:
    verdicts = found().verdicts.pivot(index="target_id", columns="scenario", values="class")
    for _, row in found().verdicts.iterrows():
        same = row["class"] == verdicts.loc[row["target_id"], "baseline"]
        assert row["changed"] != same
    assert found().verdicts["changed"].any()


def test_one_driver_at_a_time_moves_what_it_can() -> None:
    effects = tornado(plain(), load_scenario("relapse", **YEARS), seed=SEED)
    by = effects.set_index(["driver", "side"])
    assert by.loc[("policy", "high"), "growth"] == pytest.approx(1.0, abs=0.01)
    assert by.loc[("coal_price", "low"), "growth"] == 0
    assert (
        by.loc[("coal_price", "low"), "gdp_nominal"]
        < 0
        < by.loc[("coal_price", "high"), "gdp_nominal"]
    )
    assert by.loc[("shock", "low"), "size"] == -3.8
    assert -4 < by.loc[("shock", "low"), "gdp_nominal"] < 0


def test_a_price_rise_of_the_rest_lowers_the_share() -> None:
    assert manufacturing_share(40.0, 0.0) == 40.0
    assert manufacturing_share(40.0, 10.0) < 40.0
    assert manufacturing_share(42.0, price_that_undoes(42.0, 2.0)) == pytest.approx(40.0)


def test_the_run_adds_its_own_scenario_once() -> None:
    shipped = list(load_shipped(**YEARS).values())
    assert shipped_and_own(shipped, load_scenario("relapse", **YEARS)) == shipped
    own = load_scenario("baseline", "policy.2021=1", **YEARS)
    assert [s.scenario_id for s in shipped_and_own(shipped, own)][-1] == "own"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_says_conditional_and_names_the_ends(lang: str) -> None:
    headline, flips = scenario_tables.answer(found(), region="吕梁市", year=2025, lang=lang)
    medians = found().summary["gdp_nominal_q50"]
    assert ("条件预测" if lang == "zh" else "Conditional") in headline.words
    assert f"{medians.min():.0f}" in headline.words
    assert f"{medians.max():.0f}" in headline.words
    assert load_scenario("coal_boom", **YEARS).title(lang) in headline.words + flips.words
    sentences = scenario_tables.each(found(), year=2025, lang=lang)
    assert len(sentences) == len(found().scenarios) - 1
    (table,) = scenario_tables.summary(found(), year=2025, lang=lang)
    # Ranks and joint chances rest on grades C and D: words, no numbers.
    assert (
        not table.frame.iloc[:, -2:].map(lambda cell: any(c.isdigit() for c in cell)).any(axis=None)
    )


def test_the_chart_draws_the_medians_of_the_table() -> None:
    (chart,) = scenario_charts.medians(
        found(), actual(plain(), "gdp_nominal"), region="吕梁市", lang="zh"
    )
    last = chart.data.iloc[-1, 1:].astype(float).to_numpy()
    assert last == pytest.approx(found().summary["gdp_nominal_q50"].to_numpy())
    ends = [
        line.get_ydata()[-1] for line in chart.figure.axes[0].lines if len(line.get_ydata()) == 6
    ]
    assert sorted(ends) == pytest.approx(sorted(last))


@pytest.mark.parametrize(("lang", "first"), [("zh", "平减指数 2012"), ("en", "GDP deflator 2012")])
def test_a_row_of_the_trial_says_what_was_tried(lang: str, first: str) -> None:
    sentence, table = scenario_tables.trials(trial("141100", 2020), lang)
    assert table.frame.iloc[0, 0] == first
    assert "2012–2016" in sentence.words or "2012—2016" in sentence.words


def test_the_command_prints_scenarios_side_by_side() -> None:
    words = ["compare", "baseline", "coal_slump", "-p", "draws=1000"]
    done = CliRunner().invoke(app, words, catch_exceptions=False, env={"COLUMNS": "300"})
    assert done.exit_code == 0
    assert "煤价连跌" in done.stdout
    with pytest.raises(Exception, match="did you mean coal_slump"):
        CliRunner().invoke(app, ["compare", "baseline", "coal_slmp"], catch_exceptions=False)
