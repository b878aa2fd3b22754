"""Scenario files hold what their sources say, and what cannot be meant is refused in a sentence;
draws given them are what they must be: identities, known shifts, common paths."""

import tomllib
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from shared import refusal

from lvliang.baseline.growth import to_log
from lvliang.baseline.tables import load_table
from lvliang.lineage import of_scenarios, sources_of
from lvliang.projection import conditional
from lvliang.projection.conditional import condition, drawn_coal
from lvliang.projection.forecast import forecast_factor
from lvliang.projection.outlook import Outlook, look_ahead
from lvliang.projection.panel import load_panel
from lvliang.projection.scenario import Scenario, load_scenario, scenario_ids
from lvliang.projection.sensitivity import commodity_growth, commodity_price, exposure

RUN = {"base_year": 2020, "end_year": 2025}
DRAWS, SEED = 2000, 7
LVLIANG, TAIYUAN = "141100", "140100"
FILE = "\n".join(
    ['id = "own"', 'departs_from = "baseline"']
    + [f'{key}_{lang} = "s"' for key in ("title", "rationale", "source") for lang in ("zh", "en")]
    + ['author = "a"\n']
)


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
    message = refusal(2, load_scenario, changes=change, **RUN)
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
    message = refusal(2, load_scenario, own(tmp_path, text.replace("colour", "autor")), **RUN)
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


@lru_cache
def outlook(scenario: str = "baseline") -> Outlook:
    given = load_scenario(scenario, **RUN)
    return look_ahead(LVLIANG, **RUN, draws=DRAWS, seed=SEED, scenario=given)


def assumed(**drivers: dict[int, float]) -> Scenario:
    return replace(load_scenario(**RUN), drivers=drivers)


def given(scenario: Scenario, plain: Outlook | None = None) -> Outlook:
    return condition(plain or outlook(), scenario, seed=SEED)


def log_growth(found: Outlook, indicator: str, region: str = LVLIANG) -> np.ndarray:
    return to_log(found.paths.sel(indicator=indicator, region=region)).to_numpy()


def test_the_baseline_is_the_draws_to_the_bit() -> None:
    plain = look_ahead(LVLIANG, **RUN, draws=DRAWS, seed=SEED)
    assert given(load_scenario(**RUN), plain).paths is plain.paths
    xr.testing.assert_identical(outlook("baseline").paths, plain.paths)


def test_coal_is_drawn_beside_prices_and_moves_with_them_as_in_the_past() -> None:
    found = drawn_coal(outlook(), seed=SEED)
    prices = log_growth(outlook(), "gdp_deflator_growth")[:, 0]
    levels = outlook().levels[LVLIANG]
    past = np.log(levels["gdp_nominal"] / levels["gdp_real"]).diff()
    growth = commodity_growth(2020)
    history = past.corr(growth.reindex(past.index))
    calm = slice(DRAWS // 2)  # where nothing of a deviation stays, all that moves is the shock
    drawn = np.corrcoef(found.sel(year=2021)[calm], prices[calm])[0, 1]
    assert drawn == pytest.approx(history, abs=0.1)
    usual = float(growth.std()) * np.sqrt(1 + 1 / len(growth))
    heavy = np.sqrt((len(growth) - 1) / (len(growth) - 3))
    assert found.std("draw").to_numpy() == pytest.approx(usual * heavy, rel=0.1)
    assert abs(np.corrcoef(found.sel(year=2022), found.sel(year=2023))[0, 1]) < 0.15


def test_a_fixed_price_moves_the_mean_by_the_slope_and_takes_coal_out_of_the_band() -> None:
    plain, found = outlook(), given(assumed(coal_price={2021: -20.0}))
    coal = drawn_coal(plain, seed=SEED).sel(year=2021).to_numpy()
    slope = exposure(list(plain.paths["region"].to_numpy()), 2020).slope[LVLIANG]
    before, after = (log_growth(one, "gdp_deflator_growth") for one in (plain, found))
    expected = slope * (to_log(-20.0) - coal).mean()
    assert (after - before)[:, 0].mean() == pytest.approx(expected, abs=0.003)
    assert after[:, 0].std() < 0.9 * before[:, 0].std()
    assert np.allclose(after[:, 1:], before[:, 1:])


def test_nominal_is_real_and_prices_and_levels_are_cumulated_growth() -> None:
    plain = outlook()
    before = plain.paths.copy(deep=True)
    for scenario in ("coal_slump", "relapse", "dual_carbon"):
        found = outlook(scenario)
        nominal = log_growth(found, "gdp_nominal_growth")
        parts = log_growth(found, "gdp_real_growth") + log_growth(found, "gdp_deflator_growth")
        assert np.allclose(nominal, parts)
        for name in ("gdp_nominal", "budget_revenue"):
            levels = [o.own_paths.sel(indicator=name).to_numpy() for o in (found, plain)]
            growth = [log_growth(o, f"{name}_growth") for o in (found, plain)]
            moved = (growth[0] - growth[1]).cumsum(axis=1)
            assert np.allclose(np.log(levels[0] / levels[1]), moved)
    xr.testing.assert_identical(plain.paths, before)
    prices, revenue, real = (
        log_growth(outlook("coal_slump"), name) - log_growth(plain, name)
        for name in ("gdp_deflator_growth", "budget_revenue_growth", "gdp_real_growth")
    )
    assert np.allclose(revenue, prices)
    assert np.allclose(real, 0.0)
    assert prices.mean() < 0


def test_two_scenarios_differ_by_what_is_assumed_and_not_by_luck() -> None:
    slump, boom = (
        np.log(outlook(name).own_paths.sel(indicator="gdp_nominal", year=2025))
        for name in ("coal_slump", "coal_boom")
    )
    assert float((boom - slump).std()) < 0.5 * float(slump.std())
    assert float((boom > slump).mean()) > 0.99


def test_the_nation_moves_every_city_and_policy_its_own_and_a_shock_whom_its_scope_says() -> None:
    def moved(scenario: Scenario, year: int, region: str) -> np.ndarray:
        change = (given(scenario).paths - outlook().paths).sel(indicator="gdp_real_growth")
        return change.sel(year=year, region=region).to_numpy()

    for driver, elsewhere in (("national_growth", -1.0), ("policy", 0.0)):
        scenario = assumed(**{driver: {2022: -1.0}})
        assert np.allclose(moved(scenario, 2022, LVLIANG), -1.0)
        assert np.allclose(moved(scenario, 2022, TAIYUAN), elsewhere)
        assert np.allclose(moved(scenario, 2021, LVLIANG), 0.0)
    for scope, elsewhere in (("city", 0.0), ("nation", -4.0)):
        shock = replace(assumed(shock={2023: -4.0}), scope=scope, persistence=0.5)
        came = [moved(shock, year, LVLIANG).mean() for year in range(2021, 2026)]
        assert came == pytest.approx([0, 0, -4, 2, 1])
        assert moved(shock, 2023, TAIYUAN).mean() == pytest.approx(elsewhere)


def test_less_industry_is_less_exposed_where_that_is_identified(monkeypatch):
    less = {"secondary_share": {2021: -10.0, 2022: -10.0}}

    def answer(**drivers: dict[int, float]) -> np.ndarray:
        """What a coal price higher by a fifth in 2022 adds to prices of that year, by draw."""
        growth = [
            log_growth(given(assumed(coal_price={2022: change}, **drivers)), "gdp_deflator_growth")
            for change in (0.0, 20.0)
        ]
        return (growth[1] - growth[0])[:, 1]

    assert np.allclose(answer(**less), answer())
    assert np.allclose(given(assumed(**less)).paths, outlook().paths, equal_nan=True)
    effect = {"estimate": 0.2, "error": 0.0, "years": 15}
    monkeypatch.setattr(conditional, "share_effect", lambda *_: effect)
    assert np.allclose(answer(**less), answer() - 0.2 * 0.2 * to_log(20.0))
    found = given(assumed(**less))
    alone, plain = (log_growth(one, "gdp_deflator_growth") for one in (found, outlook()))
    assert (alone.std(axis=0) < plain.std(axis=0)).all()
    elsewhere = [one.paths.sel(region=TAIYUAN) for one in (found, outlook())]
    assert np.allclose(*elsewhere, equal_nan=True)


def test_given_in_turn_or_at_once_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    effect = {"estimate": 0.2, "error": 0.05, "years": 15}
    monkeypatch.setattr(conditional, "share_effect", lambda *_: effect)
    share, coal = {"secondary_share": {2021: -5.0}}, {"coal_price": {2022: -30.0}}
    at_once = given(assumed(**share, **coal))
    in_turn = given(assumed(**coal), given(assumed(**share)))
    again = given(assumed(**coal), given(assumed(coal_price={2022: 50.0})))
    assert np.allclose(in_turn.paths, at_once.paths, equal_nan=True)
    assert np.allclose(again.paths, given(assumed(**coal)).paths, equal_nan=True)
    policy = assumed(policy={2021: 0.0})
    for between in (policy, load_scenario(**RUN)):
        third = given(assumed(**coal), given(between, given(assumed(**share))))
        assert np.allclose(third.paths, at_once.paths, equal_nan=True)
        assert third.scenario.drivers == at_once.scenario.drivers


def test_where_coal_is_not_identified_it_moves_nothing() -> None:
    run = {"base_year": 2010, "end_year": 2012}
    early = look_ahead(LVLIANG, **run, draws=1000, seed=1)
    fixed = replace(load_scenario(**run), drivers={"coal_price": {2011: 9.0}})
    found = condition(early, fixed, seed=1)
    assert exposure(list(early.paths["region"].to_numpy()), 2010) is None
    assert np.allclose(found.paths, early.paths, equal_nan=True)
