"""Scenarios side by side: differences are those of the draws, and words follow the numbers."""

from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from lvliang.baseline.history import has_report
from lvliang.baseline.regions import find_region
from lvliang.cli import app
from lvliang.display import figures as drawings
from lvliang.display.prose import Piece, Text
from lvliang.display.show import Appendix, Chart, Sentence, Table
from lvliang.errors import ParameterError
from lvliang.feasibility import coal as coals
from lvliang.feasibility import comparison, drivers
from lvliang.feasibility.background import Background
from lvliang.feasibility.coal import coal_facts, share_facts
from lvliang.feasibility.comparison import Comparison, compare, level_facts, scenario_facts
from lvliang.projection.conditional import condition
from lvliang.projection.forecast import forecast_factor
from lvliang.projection.outlook import Outlook, actual, look_ahead
from lvliang.projection.panel import load_panel
from lvliang.projection.scenario import Scenario, load_scenario, load_shipped
from lvliang.projection.sensitivity import load_sensitivities, trial

YEARS = {"base_year": 2020, "end_year": 2025}
SPAN = range(2021, 2026)
SEED = 3
AHEAD = pd.Series({"q10": 1.0, "q50": 1.0, "q90": 2.0})
pytestmark = pytest.mark.usefixtures("shared_store")


@lru_cache
def plain(region: str = "141100") -> Outlook:
    return look_ahead(region, **YEARS, draws=1000, seed=SEED)


def shipped() -> list[Scenario]:
    return list(load_shipped(**YEARS).values())


@lru_cache
def found(region: str = "141100") -> Comparison:
    return compare(plain(region), shipped(), Background(), rank=4, seed=SEED)


def said(given: Comparison, block: str, lang: str = "zh", **facts: Any) -> list[Piece]:
    """What the page says of a comparison in a block."""
    run = {"region": find_region("141100"), **YEARS, "growth_discount": 0.0}
    of_run = {"silent": [], "lent": [], "slope": None, **run}
    known = of_run | scenario_facts(given, SPAN) | facts
    known["end_year"] = known["span"][0][1]
    return Text("40_scenarios", lang, known).say(block)


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
    assert not found().verdicts.query("scenario == 'baseline'")["flips"].any()
    assert found().summary["gdp_nominal_against"].idxmax() == "coal_boom"
    assert row["growth_against"] == 0
    assert row["prices_against"] < -1


def test_years_of_a_scenario_that_are_over_are_told():
    later = scenario_facts(found(), range(2023, 2026))
    over = {case["scenario"].scenario_id: case["over"] for case in later["cases"]}
    assert over["coal_boom"] == {"coal_price": [(2021, 2021, 33.9), (2022, 2022, 93.4)]}
    assert (over["baseline"], over["relapse"]) == ({}, {})


def test_a_small_move_over_an_edge_changes_no_word() -> None:
    rows = pd.DataFrame({
        "target_id": ["a", "b"] * 3, "probability": [0.34, np.nan, 0.32, np.nan, 0.30, np.nan],
        "class": ["uncertain", "cannot_tell", *["difficult", "cannot_tell"] * 2],
        "likelihood": ["about_even", None, *["unlikely", None] * 2],
    })  # fmt: skip
    told = comparison._flips(rows)
    assert told["told"].tolist() == ["uncertain", "cannot_tell"] * 2 + ["difficult", "cannot_tell"]
    assert told["flips"].tolist() == [False] * 4 + [True, False]
    assert told["likelihood"].tolist()[::2] == ["about_even", "about_even", "unlikely"]
    chances = pd.DataFrame({"what": ["rank"] * 3, "share": [0.34, 0.32, 0.30]})
    assert comparison._words(chances)["word"].tolist() == ["about_even", "about_even", "unlikely"]


def test_a_scenario_is_given_once() -> None:
    with pytest.raises(ParameterError, match="baseline is given twice; legal: each once"):
        compare(plain(), shipped()[:1] * 2, Background(), rank=4, seed=SEED)


def test_the_run_adds_its_own_scenario_once_and_leaves_out_those_of_other_years() -> None:
    known = load_scenario("relapse", **YEARS)
    assert comparison.scenarios_of(shipped(), known, SPAN) == (shipped(), [])
    for own in (
        load_scenario("baseline", "policy.2021=1", **YEARS),
        load_scenario("relapse", "shock.persistence=0.9", **YEARS),
    ):
        assert [one.scenario_id for one in comparison.scenarios_of(shipped(), own, SPAN)[0]][
            -1
        ] == "own"
    speaking, left_out = comparison.scenarios_of(shipped(), shipped()[0], range(2015, 2020))
    assert [one.scenario_id for one in speaking] == ["baseline"]
    assert len(left_out) == len(shipped()) - 1


@pytest.mark.parametrize("region", ["141100", "110000"])  # with targets and peers, and without
def test_a_comparison_is_kept_by_its_scenarios(region, monkeypatch):
    computed = comparison.load_comparison(plain(region), shipped()[:2], seed=SEED)
    assert (share_facts(computed, year=2021, slope=None) is None) == (region == "110000")
    monkeypatch.setattr(comparison, "compare", None)
    kept = comparison.load_comparison(plain(region), shipped()[:2], seed=SEED)
    for name in ("summary", "chances", "verdicts", "fans"):
        pd.testing.assert_frame_equal(getattr(kept, name), getattr(computed, name))
    with pytest.raises(TypeError):
        comparison.load_comparison(plain(region), shipped()[:3], seed=SEED)


def test_one_driver_at_a_time_moves_what_it_can() -> None:
    effects = drivers.tornado(plain(), load_scenario("relapse", **YEARS), seed=SEED)
    by = effects.set_index(["driver", "side"])
    assert by.loc[("policy", "high"), "growth"] == pytest.approx(1.0, abs=0.01)
    assert by.loc[("national_growth", "high"), "size"] == drivers.national_error(2020, 5)
    gdp = by["gdp_nominal"]
    assert gdp["coal_price", "low"] < -1 < 1 < gdp["coal_price", "high"]
    assert by.loc["coal_price", "growth"].eq(0).all()
    assert by.loc["secondary_share", "gdp_nominal"].eq(0).all()  # not identified in 2020
    assert by.loc[("shock", "low"), "size"] == -3.8
    assert -4 < gdp["shock", "low"] < 0
    assert "shock" not in drivers.tornado(plain(), None, seed=SEED)["driver"].to_list()


def test_the_error_of_the_nation_is_that_of_forecasts_made_before() -> None:
    panel = load_panel(2009)
    errors = [
        panel.factor.loc[origin + 1 : origin + 4].mean()
        - forecast_factor(panel.at(origin), 4).mean()
        for origin in (2003, 2004, 2005)
    ]
    expected = float(np.sqrt(np.mean(np.square(errors))))
    assert drivers.national_error(2009, 4) == pytest.approx(expected)
    assert drivers.national_error(2009, 9) is None


def test_a_price_rise_of_the_rest_lowers_the_share() -> None:
    assert coals.manufacturing_share(40.0, 0.0) == 40.0
    assert coals.manufacturing_share(40.0, 25.0) == pytest.approx(100 * 40 / (40 + 75))
    undone = coals.price_that_undoes(42.0, 2.0)
    assert coals.manufacturing_share(42.0, undone) == pytest.approx(40.0)
    share = share_facts(found(), year=2021, slope=0.2)
    assert share is not None
    (of,) = (of for of in share["bases"] if of["base"] == 40)
    assert of["undone"] == undone
    by = {(round(move["coal"], 1), move["way"]): move for move in of["moves"]}
    assert by[33.9, "slope"]["price"] == pytest.approx(100 * (1.339**0.2 - 1))
    assert by[33.9, "full"]["price"] == pytest.approx(33.9)
    assert by[33.9, "full"]["moved"] == pytest.approx(100 * 40 / (40 + 60 * 1.339) - 40)
    assert by[33.9, "full"]["moved"] < by[33.9, "slope"]["moved"] < 0
    upper = share_facts(found(), year=2021, slope=None)
    assert upper is not None
    assert {move["way"] for of in upper["bases"] for move in of["moves"]} == {"full"}


def test_errors_of_a_trial_by_hand() -> None:
    tried = pd.DataFrame({"outcome": ["x", "x"], "fitted": 0.1, "actual": 0.0})
    tried = tried.assign(with_coal=[0.03, 0.04], without_coal=0.05)
    row = coals.trial_errors(tried).loc["x"]
    assert row["error_with"] == pytest.approx(np.sqrt(12.5))
    assert row[["error_without", "with_coal"]].tolist() == pytest.approx([5, 3.5])


@pytest.mark.parametrize("region", ["141100", "320500"])
def test_coal_says_what_the_estimates_say(region):
    slopes = load_sensitivities(region, 2020)
    own, ahead = coals.own_slope(region, 2020), coals.coal_ahead(plain(region), seed=SEED)
    row = slopes[(slopes["group"] == "province") & (slopes["outcome"] == "gdp_deflator")].iloc[0]
    assert (own is None) == (not row["identified"])
    assert len(ahead) == (0 if own is None else 3)
    coal = coal_facts(slopes, trial(region, 2020), ahead)
    assert coal is not None
    assert coal["deflator"]["ten"]["estimate"] == pytest.approx(9.531 * row["estimate"], abs=1e-3)
    assert (coal["deflator"]["reason"] == "identified") == row["identified"]
    told = words(found(), "coal", coal=coal, share=None, slope=own)
    assert ("未能识别" in told.splitlines()[1]) == (not row["identified"])


@pytest.mark.parametrize(("last", "scenarios"), [(2018, 6), (2020, 6), (2020, 5)])
def test_years_below_the_panels_stand_apart(last: int, scenarios: int) -> None:
    known = actual(plain(), "gdp_nominal")
    names = found().fans["scenario"].unique()[:scenarios]
    some = replace(found(), fans=found().fans[found().fans["scenario"].isin(names)])
    facts = level_facts(some, known[known.index <= last], "gdp_nominal")
    drawn = (facts[name] for name in ("actual", "quantiles", "ends"))
    title = {"title": lambda end: f"{end['scenario'].title_zh}\n1"}
    figure = drawings.panels(*drawn, unit="亿元", **title)
    figure.draw_without_rendering()
    visible = [axes for axes in figure.axes if axes.get_visible()]
    told = [any(label.get_visible() for label in axes.get_xticklabels()) for axes in visible]
    assert told == [False] * (scenarios - 2) + [True] * 2, "below each column"
    for panel in visible[-2:]:
        boxes = [label.get_window_extent() for label in panel.get_xticklabels()]
        assert len(boxes) > 2
        assert all(one.x1 + 2 < other.x0 for one, other in pairwise(boxes))


def test_what_is_assumed_of_the_city_of_the_report_is_not_lent_to_another() -> None:
    listed, left = comparison.scenarios_of(shipped(), shipped()[0], SPAN, of_report=False)
    assert {one.scenario_id for one in left} == {"dual_carbon", "transformation"}
    assert len(listed) == len(shipped()) - len(left)
    told = words(found(), "each", "en", lent=left)
    (note,) = (line for line in told.splitlines() if "written for Lvliang" in line)
    assert all(one.title_en in note for one in left)
    asked = next(one for one in shipped() if one.scenario_id == "transformation")
    assert asked in comparison.scenarios_of(shipped(), asked, SPAN, of_report=False)[0]
    assert [has_report("141100"), has_report("140900")] == [True, False]


@pytest.mark.parametrize(("lang", "divisor"), [("zh", 1), ("en", 10)])
def test_the_chart_draws_the_medians_of_the_table(lang: str, divisor: int) -> None:
    facts = level_facts(found(), actual(plain(), "gdp_nominal"), "gdp_nominal")
    levels = {"gdp_nominal": facts, "budget_revenue": None}
    pieces = said(found(), "levels", lang, levels=levels)
    (chart,) = [piece for piece in pieces if isinstance(piece, Chart)]
    drawn = [axes for axes in chart.figure.axes if axes.get_visible()]
    ends = [
        next(line for line in panel.lines if line.get_linestyle() == "--").get_ydata()[-1]
        for panel in drawn
    ]
    medians = (found().summary["gdp_nominal_q50"] / divisor).to_list()
    assert ends == pytest.approx(medians)
    assert len({panel.get_ylim() for panel in drawn}) == 1
    _, year, median, *_ = chart.data
    assert chart.data.loc[chart.data[year] == 2025, median].to_list() == pytest.approx(medians)


def test_the_command_prints_scenarios_side_by_side() -> None:
    def printed(*names: str) -> str:
        given = ["compare", *names, "-p", "draws=1000", "-p", f"seed={SEED}"]
        done = CliRunner().invoke(app, given, catch_exceptions=False, env={"COLUMNS": "300"})
        assert done.exit_code == 0
        return done.stdout

    told = printed("baseline", "coal_slump")
    assert told.startswith("条件预测")
    assert "比基准，%" in told
    other = printed("coal_slump", "transformation")
    assert "比“煤价连跌”，%" in other
    assert "基准" not in other
    with pytest.raises(ParameterError, match="did you mean coal_slump"):
        printed("baseline", "coal_slmp")


def words(given: Comparison, block: str, lang: str = "zh", **facts: Any) -> str:
    return "\n".join(piece.words for piece in said(given, block, lang, **facts))


def test_coal_speaks_of_no_province_where_there_is_none():
    coal = coal_facts(load_sensitivities("110000", 2020), trial("110000", 2020), AHEAD)
    _, *pieces, _ = said(found(), "coal", coal=coal, share=None, slope=0.1)
    folded = [part for piece in pieces if isinstance(piece, Appendix) for part in piece.pieces]
    sentences = [piece.words for piece in pieces if isinstance(piece, Sentence)]
    captions = [piece.caption for piece in [*pieces, *folded] if isinstance(piece, Table)]
    assert "省" not in "".join([*sentences, *captions])
