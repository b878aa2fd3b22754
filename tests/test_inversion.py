"""Inversion: what is asked for comes back when the answer is fed in, and bad asking is refused."""

import shutil
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import pytest
from shared import refusal
from typer.testing import CliRunner

from lvliang.cli import app
from lvliang.errors import DataError, ParameterError
from lvliang.feasibility.background import Background, vintage_gaps
from lvliang.feasibility.inversion import DRIVER, Answer, as_changes, bases_for, find_target, invert
from lvliang.feasibility.known_growth import known_growth, load_secondary_growth
from lvliang.feasibility.targets import load_targets
from lvliang.feasibility.verdicts import assess
from lvliang.projection.conditional import condition
from lvliang.projection.outlook import Outlook, look_ahead
from lvliang.projection.panel import load_panel
from lvliang.projection.scenario import load_scenario

pytestmark = pytest.mark.usefixtures("shared_store")
LVLIANG, SEED, DRAWS = "141100", 2021, 4000
YEARS = {"base_year": 2020, "end_year": 2025}


@lru_cache
def outlook(scenario: str = "baseline", changes: str = "") -> Outlook:
    given = load_scenario(scenario, changes, **YEARS)
    return look_ahead(LVLIANG, **YEARS, draws=DRAWS, seed=SEED, scenario=given)


@lru_cache
def asked(target_id: str, probability: float = 0.5, lever: str = "growth") -> Answer:
    target = find_target(target_id, outlook())
    return invert(target, outlook(), probability=probability, lever=lever, seed=SEED)


def chance(target_id: str, found: Outlook) -> float:
    background = Background(gaps=vintage_gaps(LVLIANG, 2020))
    judged = assess(load_targets(LVLIANG, 2020, 2025), found, background)
    return judged.by_id[target_id].probability


@pytest.mark.parametrize(
    ("name", "lever", "scenario", "changes"),
    [
        ("gdp_rank", "growth", "baseline", ""),
        ("revenue_mean", "growth", "baseline", ""),
        ("gdp_mean", "growth", "transformation", "national_growth.2022=-1; policy.2023=0.5"),
        ("revenue_2021", "coal", "baseline", "policy.2021=0.5"),
    ],
)
def test_the_answer_fed_back_gives_the_chance_asked_for(name, lever, scenario, changes):
    given = outlook(scenario, changes)
    answer = invert(find_target(name, given), given, probability=0.5, lever=lever, seed=SEED)
    assert answer.moved is not None
    driver, span = DRIVER[lever], range(2021, 2021 + answer.years)
    assumed = given.scenario.path(driver, span)
    values = {year: answer.moved + assumed.get(year, 0.0) for year in span}
    found = condition(outlook(), given.scenario.with_driver(driver, values), seed=SEED)
    assert chance(name, found) == answer.reached == pytest.approx(0.5, abs=1.5 / DRAWS)
    found = outlook(scenario, as_changes(answer, given))
    assert chance(name, found) == pytest.approx(0.5, abs=0.01), "as told, to three digits"
    for beyond_what_may_be_set in (16.0 if lever == "growth" else 1e3, None):
        assert as_changes(replace(answer, moved=beyond_what_may_be_set), given) == ""


def test_a_surer_chance_or_harder_target_takes_more_and_moves_no_draw_of_the_caller() -> None:
    values = [asked("gdp_mean", chance).value for chance in (0.25, 0.5, 0.75)]
    assert values == sorted(values)
    assert values[1] == pytest.approx(8.0, abs=0.3)
    before = outlook().paths.copy(deep=True)
    harder = replace(find_target("gdp_mean", outlook()), value=9.0)
    answer = invert(harder, outlook(), probability=0.5, lever="growth", seed=SEED)
    assert answer.value == pytest.approx(values[1] + 1.0, abs=0.1)
    assert outlook().paths.identical(before)


def test_the_percentile_is_that_of_past_spells_of_the_length() -> None:
    answer = asked("gdp_2021")
    table = load_panel(2020).growth
    past = table.to_numpy()[table.notna().to_numpy()]
    assert (answer.years, answer.spells, answer.cities) == (1, len(past), 296)
    assert (answer.starts, answer.windows) == (len(table.dropna(how="all")),) * 2
    assert answer.percentile == pytest.approx(100 * (past < answer.value).mean())
    assert answer.own_percentile == pytest.approx(100 * (table[LVLIANG] < answer.value).mean())
    latest = table.loc[2020].dropna()
    assert answer.latest_percentile == pytest.approx(100 * (latest < answer.value).mean())
    assert (answer.least, answer.most) == pytest.approx((past.min(), past.max()))
    assert (asked("gdp_mean").starts, asked("gdp_mean").windows) == (17, 4)


def test_what_history_has_not_seen_or_no_data_identify_is_no_answer() -> None:
    for probability, nearest in ((0.5, "at_least"), (0.9, "at_most")):
        answer = asked("revenue_mean", probability, "coal")
        assert (answer.value, answer.percentile, answer.reason) == (None, None, "out_of_range")
        assert 0.5 < answer.at_least < answer.now < answer.at_most < 0.9
        assert answer.reached == getattr(answer, nearest)
    answer = asked("gdp_mean", lever="coal")
    assert (answer.value, answer.reason) == (None, "not_identified")
    assert answer.reached == answer.now


def test_a_scenario_that_fixes_the_lever_and_a_certainty_are_refused() -> None:
    target = find_target("revenue_mean", outlook())
    with pytest.raises(ParameterError, match="coal_slump fixes coal_price"):
        invert(target, outlook("coal_slump"), probability=0.5, lever="coal", seed=SEED)
    for probability in (0.0, 1.5):
        with pytest.raises(ParameterError, match=r"legal: 0\.01 to 0\.99"):
            asked("gdp_mean", probability)


@pytest.mark.parametrize(
    ("target_id", "told"),
    [
        ("jobs_2021", "'jobs_2021' has no series to settle it; legal: gdp_2021"),
        ("gdp_maen", "'gdp_maen' is not a target; did you mean gdp_mean? legal: gdp_2021"),
        ("special_steel_output_value_2025", "no series to settle it; legal: gdp_2021"),
        ("special_steel", "; by base: aluminium_magnesium_output_value_2025, "),
    ],
)
def test_a_target_that_cannot_be_told_is_refused(target_id: str, told: str) -> None:
    assert told in refusal(2, find_target, target_id, outlook())


def test_a_base_is_the_target_less_what_past_spells_brought(data_copy: Path) -> None:
    name, given = "special_steel_output_value_2025", {"region": LVLIANG, "base_year": 2020}
    found, surer = bases_for(name, 0.7, **given), bases_for(name, 0.9, **given)
    assert (found["base"] * (1 + found["growth"] / 100) ** 5).to_numpy() == pytest.approx(500.0)
    assert (surer["base"] > found["base"]).all()
    known = known_growth(load_secondary_growth(2020), LVLIANG, [5]).groupby("reference")["growth"]
    for _, row in found.iterrows():
        spells = known.get_group(row["reference"])
        assert len(spells) == row["spells"]
        assert (spells >= row["growth"]).mean() == pytest.approx(0.7, abs=0.01)
    with pytest.raises(ParameterError, match="'pig_offtake' has no base"):
        bases_for("pig_offtake", 0.5, **given)
    shutil.rmtree(data_copy / "panel")
    with pytest.raises(DataError, match=f"{name}: no past growth to hold a base against"):
        bases_for(name, 0.5, **given)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("revenue_mean --by coal", "的把握始终高于50%：下端约55%"),
        ("gdp_2021 --scenario relapse", "条件预测：以下是“ 有50%的把握 数据等级A"),
        ("gdp_2021 --by coal --format json", '"reason": "not_identified"'),
        ("liquor_tourism_output_value_2025 --by base", "2020年基数须为 不作研判"),
    ],
)
def test_the_command_says_it_in_sentences(words: str, told: str) -> None:
    command = ["invert", *words.split(), "-p", "draws=1000"]
    done = CliRunner().invoke(app, command, catch_exceptions=False)
    assert done.exit_code == 0
    assert [part for part in told.split(" ") if part not in done.stdout] == []
