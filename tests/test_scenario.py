"""Scenario files hold what their sources say; what cannot be meant is refused in a sentence."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from lvliang.baseline.tables import load_table
from lvliang.errors import ParameterError
from lvliang.lineage import of_scenarios, sources_of
from lvliang.projection.forecast import forecast_factor
from lvliang.projection.panel import load_panel
from lvliang.projection.scenario import load_scenario, scenario_ids
from lvliang.projection.sensitivity import commodity_price

RUN = {"base_year": 2020, "end_year": 2025}
FILE = "\n".join(
    ['id = "own"', 'departs_from = "baseline"']
    + [f'{key}_{lang} = "s"' for key in ("title", "rationale", "source") for lang in ("zh", "en")]
    + ['author = "a"\n']
)


def refusal(name: str = "baseline", changes: str = "") -> str:
    with pytest.raises(ParameterError) as raised:
        load_scenario(name, changes, **RUN)
    return str(raised.value)


def own(tmp_path: Path, text: str) -> str:
    path = tmp_path / "own.toml"
    path.write_text(text, "utf-8")
    return str(path)


def test_six_are_shipped_the_baseline_first_and_list_their_sources_by_name(data: Path) -> None:
    names, known = scenario_ids(), set(load_table("sources")["source_id"])
    assert names[0] == "baseline"
    assert len(names) >= 6
    for name in names:
        scenario = load_scenario(name, **RUN)
        assert scenario.scenario_id == name
        assert scenario.is_baseline() is (name == "baseline")
        listed = tomllib.loads((data / f"scenarios/{name}.toml").read_text("utf-8"))["sources"]
        assert set(listed) <= known and scenario.sources == tuple(listed)
        for said in (scenario.source_zh, scenario.source_en):
            assert [one for one in listed if one not in said] == []


def test_a_file_of_ones_own_rests_on_what_it_lists_and_not_on_its_words(tmp_path: Path) -> None:
    words = FILE.replace('source_en = "s"', 'source_en = "after S5"')
    assert load_scenario(own(tmp_path, words), **RUN).sources == ()
    listed = load_scenario(own(tmp_path, words + 'sources = ["S4", "S1"]'), **RUN)
    assert listed.sources == ("S4", "S1")
    assert set(sources_of(of_scenarios([listed]))["source_id"]) == {"S1", "S4"}


def test_coal_scenarios_repeat_the_price_and_the_relapse_the_last_shock() -> None:
    price = commodity_price(2020)
    moved = (100 * (price / price.shift() - 1)).round(1)
    for name, first, last in (("coal_slump", 2012, 2015), ("coal_boom", 2007, 2009)):
        given = list(load_scenario(name, **RUN).drivers["coal_price"].values())
        expected = moved.loc[first:last].tolist()
        assert given == expected + [0.0] * (len(given) - len(expected))
    panel, relapse = load_panel(2020), load_scenario("relapse", **RUN).drivers
    shock = panel.factor[2020] - forecast_factor(panel.at(2019), 1)[0]
    assert relapse["shock"] == {2023: pytest.approx(shock, abs=0.05)}
    assert list(relapse["coal_price"].values()) == [pytest.approx(moved[2020], abs=0.05)]
    later = load_scenario("relapse", base_year=2023, end_year=2025)
    assert later.path("shock", range(2024, 2026)) == {}, "outside the run it has no effect"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("coal_prise.2023=-30%", "no driver coal_prise; did you mean coal_price? legal: "),
        ("coal_price.2026=-30%", "2026 is no year of the run; legal: 2021 to 2025"),
        ("coal_price.2023=-130%", "-130 is not legal; legal: -90 to 300 %"),
        ("coal_price.2023=-30", "'-30' is not legal; legal: a number with %, such as -30%"),
        ("policy.2023=1%", "'1%' is not legal; legal: points without a sign, such as -0.5"),
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
        (FILE + "[drivers.policy]\n2021 = nan", "policy.2021: nan is not legal; legal: -15 to 15"),
        (FILE.replace('"baseline"', '"coal_boom"'), "departs_from: 'coal_boom' is not legal; "),
        (FILE + "[drivers.coal_prize]\n2021 = 1", "no such key; did you mean coal_price"),
        (FILE + "[drivers]\npolicy = 1", "policy: 1 is not legal; legal: year = value"),
        (FILE + "[drivers.policy]\nsoon = 1", "policy: 'soon' is not legal; legal: a year"),
        (FILE + "[drivers.shock]\npersistence = -1", "shock.persistence: -1 is not legal"),
        (FILE + 'sources = "S5"', "sources: 'S5' is not legal; legal: a list of source_id of "),
        (FILE + 'sources = ["PINK2602"]', "'PINK2602' is not legal; did you mean PINK2603?"),
    ],
)
def test_a_file_that_cannot_be_meant_is_refused(tmp_path: Path, text: str, told: str) -> None:
    message = refusal(own(tmp_path, text.replace("colour", "autor")))
    assert message.startswith(str(tmp_path / "own.toml"))
    assert told.replace("colour", "autor") in message


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
