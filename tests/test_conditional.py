"""Conditional draws against what they must be: identities, known shifts, common paths."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest
import xarray as xr

from lvliang.baseline.growth import to_log
from lvliang.feasibility.verdicts import rank_paths
from lvliang.projection import conditional
from lvliang.projection.conditional import condition, drawn_coal
from lvliang.projection.outlook import Outlook, look_ahead
from lvliang.projection.paths import draw_beside
from lvliang.projection.scenario import Scenario, load_scenario
from lvliang.projection.sensitivity import commodity_growth, commodity_price, exposure

DRAWS, SEED = 2000, 7
RUN = {"base_year": 2020, "end_year": 2025}
LVLIANG, TAIYUAN = "141100", "140100"


@lru_cache
def outlook(scenario: str = "baseline", changes: str = "", region: str = LVLIANG) -> Outlook:
    given = load_scenario(scenario, changes, **RUN)
    return look_ahead(region, **RUN, draws=DRAWS, seed=SEED, scenario=given)


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
    plain, coal = outlook(), commodity_price(2020)
    drawn = draw_beside(plain.levels, coal, origin=2020, end=2025, draws=DRAWS, seed=SEED)
    prices = log_growth(plain, "gdp_deflator_growth")
    levels = plain.levels[LVLIANG]
    past = np.log(levels["gdp_nominal"] / levels["gdp_real"]).diff()
    history = past.corr(np.log(coal).diff().reindex(past.index))
    assert np.corrcoef(drawn[:, 0], prices[:, 0])[0, 1] == pytest.approx(history, abs=0.1)
    assert drawn.shape == (DRAWS, 5)


def test_growth_of_coal_varies_from_year_to_year_as_it_did_and_does_not_persist() -> None:
    past = commodity_growth(2020)
    drawn = drawn_coal(outlook(), seed=SEED)
    usual = float(past.std()) * np.sqrt(1 + 1 / len(past))
    heavy = np.sqrt((len(past) - 1) / (len(past) - 3))
    assert drawn.std("draw").to_numpy() == pytest.approx(usual * heavy, rel=0.1)
    after = np.corrcoef(drawn.sel(year=2022), drawn.sel(year=2023))[0, 1]
    assert abs(after) < 0.15


def test_a_fixed_price_moves_the_mean_by_the_slope_and_takes_coal_out_of_the_band() -> None:
    plain = outlook()
    drawn = draw_beside(
        plain.levels, commodity_price(2020), origin=2020, end=2025, draws=DRAWS, seed=SEED
    )
    slope = exposure(list(plain.paths["region"].to_numpy()), 2020).slope[LVLIANG]
    found = given(assumed(coal_price={2021: -20.0}))
    before = log_growth(plain, "gdp_deflator_growth")[:, 0]
    after = log_growth(found, "gdp_deflator_growth")[:, 0]
    expected = slope * (to_log(-20.0) - drawn[:, 0]).mean()
    assert after.mean() - before.mean() == pytest.approx(expected, abs=0.003)
    assert after.std() < 0.9 * before.std()
    later = log_growth(found, "gdp_deflator_growth")[:, 1:]
    assert np.allclose(later, log_growth(plain, "gdp_deflator_growth")[:, 1:])


def test_revenue_moves_as_prices_do_and_real_growth_does_not() -> None:
    found, plain = outlook("coal_slump"), outlook()
    moved = {
        name: log_growth(found, name) - log_growth(plain, name)
        for name in ("gdp_deflator_growth", "budget_revenue_growth", "gdp_real_growth")
    }
    assert np.allclose(moved["budget_revenue_growth"], moved["gdp_deflator_growth"])
    assert np.allclose(moved["gdp_real_growth"], 0.0)
    assert moved["gdp_deflator_growth"].mean() < 0


@pytest.mark.parametrize("scenario", ["coal_slump", "relapse", "dual_carbon"])
def test_nominal_is_real_and_prices_and_levels_are_cumulated_growth(scenario: str) -> None:
    found, plain = outlook(scenario), outlook()
    nominal = log_growth(found, "gdp_nominal_growth")
    parts = log_growth(found, "gdp_real_growth") + log_growth(found, "gdp_deflator_growth")
    assert np.allclose(nominal, parts)
    for name in ("gdp_nominal", "budget_revenue"):
        levels = [o.own_paths.sel(indicator=name).to_numpy() for o in (found, plain)]
        growth = [log_growth(o, f"{name}_growth") for o in (found, plain)]
        assert np.allclose(np.log(levels[0] / levels[1]), (growth[0] - growth[1]).cumsum(axis=1))


def test_two_scenarios_differ_by_what_is_assumed_and_not_by_luck() -> None:
    slump, boom = (
        np.log(outlook(name).own_paths.sel(indicator="gdp_nominal", year=2025))
        for name in ("coal_slump", "coal_boom")
    )
    assert float((boom - slump).std()) < 0.5 * float(slump.std())
    assert float((boom > slump).mean()) > 0.99


def test_the_nation_moves_every_city_and_policy_its_own() -> None:
    plain = outlook().paths.sel(indicator="gdp_real_growth")
    nation = given(assumed(national_growth={2022: -1.0})).paths.sel(indicator="gdp_real_growth")
    own = given(assumed(policy={2022: -1.0})).paths.sel(indicator="gdp_real_growth")
    change = (nation - plain).sel(year=2022)
    assert np.allclose(change, -1.0)
    assert np.allclose((own - plain).sel(year=2022, region=LVLIANG), -1.0)
    assert np.allclose((own - plain).sel(region=TAIYUAN), 0.0)
    assert np.allclose((own - plain).sel(year=2021), 0.0)


@pytest.mark.parametrize(("scope", "elsewhere"), [("city", 0.0), ("nation", -4.0)])
def test_a_shock_strikes_whom_its_scope_says(scope: str, elsewhere: float) -> None:
    shock = replace(assumed(shock={2023: -4.0}), scope=scope, persistence=0.5)
    moved = given(shock).paths - outlook().paths
    real = moved.sel(indicator="gdp_real_growth").mean("draw")
    assert real.sel(region=LVLIANG).to_numpy() == pytest.approx([0, 0, -4, 2, 1])
    assert float(real.sel(region=TAIYUAN, year=2023)) == pytest.approx(elsewhere)


def answer(**drivers: dict[int, float]) -> np.ndarray:
    """What a coal price higher by a fifth in 2022 adds to prices of that year, by draw."""
    growth = [
        log_growth(given(assumed(coal_price={2022: change}, **drivers)), "gdp_deflator_growth")
        for change in (0.0, 20.0)
    ]
    return (growth[1] - growth[0])[:, 1]


def test_less_industry_is_less_exposed_where_that_is_identified(monkeypatch):
    less = {2021: -10.0, 2022: -10.0}
    assert np.allclose(answer(secondary_share=less), answer())
    unmoved = given(assumed(secondary_share=less)).paths
    assert np.allclose(unmoved, outlook().paths, equal_nan=True)
    effect = {"estimate": 0.2, "error": 0.0, "years": 15}
    monkeypatch.setattr(conditional, "share_effect", lambda *_: effect)
    assert np.allclose(answer(secondary_share=less), answer() - 0.2 * 0.2 * to_log(20.0))
    alone = log_growth(given(assumed(secondary_share=less)), "gdp_deflator_growth")
    plain = log_growth(outlook(), "gdp_deflator_growth")
    assert (alone.std(axis=0) < plain.std(axis=0)).all()
    elsewhere = given(assumed(secondary_share=less)).paths.sel(region=TAIYUAN)
    assert np.allclose(elsewhere, outlook().paths.sel(region=TAIYUAN), equal_nan=True)


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


def test_growth_cut_by_points_is_cut_under_a_scenario_as_well() -> None:
    slump = load_scenario("coal_slump", **RUN)
    cut = look_ahead(LVLIANG, **RUN, draws=DRAWS, seed=SEED, growth_discount=1.0, scenario=slump)
    real = cut.own_paths - outlook("coal_slump").own_paths
    assert np.allclose(real.sel(indicator="gdp_real_growth"), -1.0)
    assert np.allclose(real.sel(indicator="gdp_deflator_growth"), 0.0)


def test_ranks_follow() -> None:
    kept = [
        (rank_paths(outlook(name), "gdp_nominal", 2025) <= 4).mean()
        for name in ("coal_slump", "baseline", "coal_boom")
    ]
    assert kept == sorted(kept)
    assert kept[0] < kept[-1] - 0.03


def test_where_coal_is_not_identified_it_moves_nothing() -> None:
    early = look_ahead(LVLIANG, base_year=2010, end_year=2012, draws=1000, seed=1)
    fixed = replace(
        load_scenario(base_year=2010, end_year=2012), drivers={"coal_price": {2011: 9.0}}
    )
    found = condition(early, fixed, seed=1)
    assert exposure(list(early.paths["region"].to_numpy()), 2010) is None
    assert np.allclose(found.paths, early.paths, equal_nan=True)


def test_what_is_given_is_left_as_it_was() -> None:
    before = outlook().paths.copy(deep=True)
    given(load_scenario("relapse", **RUN))
    xr.testing.assert_identical(outlook().paths, before)
