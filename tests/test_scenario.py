"""Scenario files hold what their sources say; what cannot be meant is refused in a sentence."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from lvliang.baseline.package import data_folder
from lvliang.baseline.tables import load_table
from lvliang.errors import ParameterError
from lvliang.lineage import of_scenarios, sources_of
from lvliang.projection.national import forecast_factor
from lvliang.projection.panel import load_panel
from lvliang.projection.scenario import (
    load_scenario,
    read_scenario,
    scenario_ids,
)
from lvliang.projection.sensitivity import commodity_price

RUN = {"base_year": 2020, "end_year": 2025}
FILE = """
id = "own"
title_zh = "自设"
title_en = "own"
author = "a"
rationale_zh = "r"
rationale_en = "r"
source_zh = "s"
source_en = "s"
departs_from = "baseline"
"""


def refusal(name: str = "baseline", changes: str = "") -> str:
    with pytest.raises(ParameterError) as raised:
        load_scenario(name, changes, **RUN)
    return str(raised.value)


def own(tmp_path: Path, text: str) -> str:
    path = tmp_path / "own.toml"
    path.write_text(text, "utf-8")
    return str(path)


def test_six_are_shipped_the_baseline_first_and_assumes_nothing() -> None:
    names = scenario_ids()
    assert names[0] == "baseline"
    assert len(names) >= 6
    for name in names:
        scenario = load_scenario(name, **RUN)
        assert scenario.scenario_id == name
        assert scenario.is_baseline() is (name == "baseline")
        assert all(
            [scenario.author, scenario.source_zh, scenario.rationale_zh, scenario.rationale_en]
        )


def test_what_is_shipped_lists_its_sources_by_name(data: Path) -> None:
    known = set(load_table("sources")["source_id"])
    for name in scenario_ids():
        listed = tomllib.loads((data / f"scenarios/{name}.toml").read_text("utf-8"))["sources"]
        scenario = load_scenario(name, **RUN)
        assert set(listed) <= known and scenario.sources == tuple(listed)
        for said in (scenario.source_zh, scenario.source_en):
            assert [one for one in listed if one not in said] == []


def test_a_file_of_ones_own_rests_on_what_it_lists_and_not_on_its_words(tmp_path: Path) -> None:
    words = FILE.replace('source_en = "s"', 'source_en = "after S5"')
    assert load_scenario(own(tmp_path, words), **RUN).sources == ()
    listed = load_scenario(own(tmp_path, words + 'sources = ["S4", "S1"]'), **RUN)
    assert listed.sources == ("S4", "S1")
    assert set(sources_of(of_scenarios([listed]))["source_id"]) == {"S1", "S4"}


@pytest.mark.parametrize(
    ("name", "first", "last"), [("coal_slump", 2012, 2015), ("coal_boom", 2007, 2009)]
)
def test_coal_scenarios_repeat_the_price_as_it_moved(name: str, first: int, last: int) -> None:
    price = commodity_price(2020)
    moved = (100 * (price / price.shift() - 1)).round(1)
    given = load_scenario(name, **RUN).drivers["coal_price"]
    expected = moved.loc[first:last].tolist()
    assert list(given.values())[: len(expected)] == expected
    assert set(list(given.values())[len(expected) :]) == {0.0}
    assert str(first) in read_scenario(data_folder() / f"scenarios/{name}.toml").source_en


def test_the_relapse_has_the_size_of_the_last_shock() -> None:
    panel = load_panel(2020)
    expected = forecast_factor(panel.at(2019), 1)[0]
    price = commodity_price(2020)
    scenario = load_scenario("relapse", **RUN)
    (shock,) = scenario.drivers["shock"].values()
    (coal,) = scenario.drivers["coal_price"].values()
    assert shock == pytest.approx(panel.factor[2020] - expected, abs=0.05)
    assert coal == pytest.approx(100 * (price[2020] / price[2019] - 1), abs=0.05)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("coal_prise.2023=-30%", "no driver coal_prise; did you mean coal_price? legal: "),
        ("coal_price.2026=-30%", "2026 is no year of the run; legal: 2021 to 2025"),
        ("coal_price.2020=-30%", "2020 is no year of the run; legal: 2021 to 2025"),
        ("coal_price.2023=-130%", "-130 is not legal; legal: -90 to 300 %"),
        ("coal_price.2023=-30", "'-30' is not legal; legal: a number with %, such as -30%"),
        ("policy.2023=1%", "'1%' is not legal; legal: points without a sign, such as -0.5"),
        ("policy.2023=much", "'much' is not legal; legal: points without a sign"),
        ("policy.2023=19", "19 is not legal; legal: -15 to 15 percentage points"),
        ("shock.persistence=2", "shock.persistence: 2.0 is not legal; legal: 0 to 1"),
        ("shock.persistence=50%", "shock.persistence: '50%' is not legal; legal: 0 to 1"),
        ("shock.persistence=−0.5", "shock.persistence: -0.5 is not legal; legal: 0 to 1"),
        ("shock.persistence=0.5", "no shock strikes in the run; legal: with one, such as shock."),
        ("policy.2023=1; policy.2023 = 2", "policy.2023 is given twice; legal: once"),
        ("shock.scope=world", "shock.scope: 'world' is not legal; legal: nation or city"),
        ("coal", "not a change; legal: driver.year=value, such as coal_price.2025=-30%"),
    ],
)
def test_a_change_that_cannot_be_meant_is_refused(change: str, told: str) -> None:
    message = refusal(changes=change)
    assert message.startswith(f"--set {change.partition(';')[0]}")
    assert told in message


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("id = ", "not TOML"),
        (FILE.replace('author = "a"\n', ""), "author: None is not legal; legal: a text"),
        (FILE + "colour = 1", "colour: no such key; did you mean author? legal: id"),
        (FILE + "author = 'b'", "not TOML: Cannot overwrite a value"),
        (FILE + "[drivers.policy]\n2021 = nan", "policy.2021: nan is not legal; legal: -15 to 15"),
        (FILE.replace('"baseline"', '"coal_boom"'), "departs_from: 'coal_boom' is not legal; "),
        (FILE + "[drivers.policy]\n2026 = 1", "policy.2026: 2026 is no year of the run"),
        (FILE + "[drivers.coal_prize]\n2021 = 1", "no such key; did you mean coal_price"),
        (FILE + "[drivers]\npolicy = 1", "policy: 1 is not legal; legal: year = value"),
        (FILE + "[drivers.policy]\nsoon = 1", "policy: 'soon' is not legal; legal: a year"),
        (FILE + "[drivers.policy]\n2021 = true", "policy.2021: True is not legal; legal: -15 "),
        (FILE + "[drivers.shock]\npersistence = -1", "shock.persistence: -1 is not legal"),
        (FILE + 'sources = "S5"', "sources: 'S5' is not legal; legal: a list of source_id of "),
        (FILE + "sources = [1.25]", "sources: 1.25 is not legal; legal: a list of source_id of "),
        (FILE + 'sources = ["PINK2602"]', "'PINK2602' is not legal; did you mean PINK2603?"),
    ],
)
def test_a_file_that_cannot_be_meant_is_refused(tmp_path: Path, text: str, told: str) -> None:
    message = refusal(own(tmp_path, text.replace("colour", "autor")))
    assert message.startswith(str(tmp_path / "own.toml"))
    assert told.replace("colour", "autor") in message


def test_an_unknown_name_gets_the_names_there_are() -> None:
    assert refusal("coal_slmp").startswith(
        "scenario: 'coal_slmp' is not legal; did you mean coal_slump? legal: baseline, "
    )


def test_years_of_a_shipped_file_outside_the_run_have_no_effect() -> None:
    years = read_scenario(data_folder() / "scenarios/relapse.toml").drivers["shock"]
    assert list(years) == [2023]
    scenario = load_scenario("relapse", base_year=2023, end_year=2025)
    assert scenario.path("shock", range(2024, 2026)) == {}


def test_changes_go_before_the_file_and_leave_the_rest() -> None:
    changes = (
        "coal_price.2025=-5%; policy.2023=−0.5; shock.2022=-4; "
        "shock.scope=nation; shock.persistence=0.3"
    )
    scenario = load_scenario("coal_slump", changes, **RUN)
    plain = load_scenario("coal_slump", **RUN)
    assert scenario.drivers["coal_price"] == plain.drivers["coal_price"] | {2025: -5.0}
    assert scenario.drivers["policy"] == {2023: -0.5}
    assert (scenario.scope, scenario.persistence) == ("nation", 0.3)
    less = plain.with_driver("coal_price", {2025: -9.0})
    assert less.drivers["coal_price"] == {2025: -9.0}
    assert plain.drivers["coal_price"][2025] == 0.0
