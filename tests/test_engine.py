"""The panel engine: nothing later than the origin counts, nothing depends on the calendar; what
a city gets of the draws of all is what its own outlook draws."""

import numpy as np
import pandas as pd
import pytest

from lvliang.baseline.package import data_folder, last_known_year
from lvliang.baseline.tables import as_of
from lvliang.cli.questions import Indicator
from lvliang.errors import DataError, ParameterError
from lvliang.projection.dispersion import Component, walk_and_noise
from lvliang.projection.engine import draw_everywhere, draw_growth, summarise
from lvliang.projection.forecast import forecast_factor, members, without_shock
from lvliang.projection.outlook import look_ahead, shock_set_aside
from lvliang.projection.panel import NATION, Panel, load_panel, pick_regions

pytestmark = pytest.mark.usefixtures("shared_store")
ORIGIN = 2014
CITIES = 60
SIZE = {"horizon": 2, "draws": 600, "seed": 3}


@pytest.fixture(scope="module")
def panel() -> Panel:
    return load_panel(2020)


@pytest.fixture(scope="module")
def latest(panel: Panel) -> Panel:
    """Sixty cities of the panel, everything known."""
    growth = panel.growth.iloc[:, ::5].iloc[:, :CITIES]
    return Panel(2020, growth, panel.nation, panel.targets)


def of_provinces(panel: Panel, *provinces: str) -> Panel:
    """The panel with the cities of some provinces alone."""
    mine = panel.growth.columns.str.startswith(provinces)
    return Panel(panel.origin, panel.growth.loc[:, mine], panel.nation, panel.targets)


def known(panel: Panel, origin: int) -> Panel:
    """A panel of its own, with nothing remembered from another."""
    growth, nation = panel.growth.loc[:origin], panel.nation.loc[:origin]
    return Panel(origin, growth, nation, as_of(panel.targets, origin))


def draws(panel: Panel, seed: int = 1) -> np.ndarray:
    return draw_growth(panel, horizon=3, draws=200, seed=seed).to_numpy()


def test_what_is_known_later_changes_nothing(latest):
    """Every later figure, target and forecast is poisoned: forecast and calibration stay."""
    growth, nation, targets = latest.growth.copy(), latest.nation.copy(), latest.targets.copy()
    growth.loc[ORIGIN + 1 :] = 1e6
    nation.loc[ORIGIN + 1 :] = -1e6
    later = targets["known_at"] > f"{ORIGIN + 1}-03"
    assert later.any()
    targets.loc[later, ["low_pct", "high_pct"]] = 1e6
    before = draws(known(latest, ORIGIN))
    poisoned = Panel(2020, growth, nation, targets)
    assert np.array_equal(draws(poisoned.at(ORIGIN)), before)
    growth.loc[ORIGIN] += 5  # the poison would be seen if it were known
    assert not np.array_equal(draws(Panel(2020, growth, nation, targets).at(ORIGIN)), before)


def test_the_seed_decides_and_inputs_stay_as_they_were(latest):
    panel = known(latest, ORIGIN)
    growth, targets = panel.growth.copy(), panel.targets.copy()
    assert not np.array_equal(draws(panel), draws(panel, seed=2))
    pd.testing.assert_frame_equal(panel.growth, growth)
    pd.testing.assert_frame_equal(panel.targets, targets)


def test_ten_years_later_the_same_numbers(latest):
    later = latest.targets.copy()
    later[["first_year", "last_year"]] += 10
    year = later["known_at"].str[:4].astype(int) + 10
    later["known_at"] = year.astype(str) + later["known_at"].str[4:]
    growth, nation = (table.set_axis(table.index + 10) for table in (latest.growth, latest.nation))
    shifted = Panel(2030, growth, nation, later).at(ORIGIN + 10)
    assert np.array_equal(draws(shifted), draws(known(latest, ORIGIN)))


def test_cities_of_a_province_err_together(panel):
    paths = draw_growth(panel, horizon=1, draws=4000, seed=3).isel(year=0)
    assert paths.sizes["region"] == 296
    within = np.corrcoef(paths.sel(region="140100"), paths.sel(region="141100"))[0, 1]
    across = np.corrcoef(paths.sel(region="140100"), paths.sel(region="440300"))[0, 1]
    assert within > across + 0.1
    assert across > 0.05


def test_factor_is_the_mean_of_the_members_that_know_something_at_the_origin(latest):
    early = latest.at(ORIGIN)
    table = members(early, 3)
    assert table["outside"].isna().all()
    assert np.allclose(forecast_factor(early, 3), table.drop(columns="outside").mean(axis=1))
    assert members(latest, 5)["outside"].notna().all()
    assert table["nation"].tolist() == [7.0, 7.0, 7.0]
    assert members(latest.at(2015), 3)["nation"].tolist() == [6.5, 6.5, 6.5]


def test_a_missing_target_is_left_out_not_made_up(latest):
    bare = latest.targets[latest.targets["region_code"] != NATION]
    panel = Panel(ORIGIN, latest.growth.loc[:ORIGIN], latest.nation.loc[:ORIGIN], bare.iloc[:0])
    assert members(panel, 2)[["nation", "provinces", "outside"]].isna().all(axis=None)
    assert np.isfinite(forecast_factor(panel, 2)).all()


def test_a_component_has_the_variance_it_states():
    part = Component(2.0, 1.0, np.array([1.0, 4.0]), np.array([8.0, 8.0]))
    errors = part.draw(np.random.default_rng(1), 100_000, 3)
    expected = np.array([[3.0, 12.0], [5.0, 20.0], [7.0, 28.0]])
    assert errors.var(axis=0) == pytest.approx(expected, rel=0.05)
    walk, noise = walk_and_noise([np.random.default_rng(2).normal(size=(5, 500))])
    assert walk >= 0
    assert noise == pytest.approx(1, abs=0.1)


def test_rows_of_years_and_of_means_come_from_the_same_paths(latest):
    paths = draw_growth(latest.at(ORIGIN), horizon=3, draws=500, seed=1)
    rows = summarise(paths, [7.5]).set_index(["region", "first_year", "last_year", "stat"])["value"]
    assert rows.index.is_unique
    city = rows.loc[paths["region"].to_numpy()[0]]
    years = [city.loc[(year, year, "mean")] for year in (2015, 2016, 2017)]
    assert city.loc[(2015, 2017, "mean")] == pytest.approx(np.mean(years), abs=1e-4)
    spans = {(first, last) for first, last, _ in city.index}
    assert spans == {(2015, 2015), (2016, 2016), (2017, 2017), (2015, 2016), (2015, 2017)}
    mean = paths.isel(region=0).mean("year")
    assert city.loc[(2015, 2017, "p_ge_7.5")] == pytest.approx(float((mean >= 7.5).mean()))
    assert city.loc[(2015, 2017, "q05")] < city.loc[(2015, 2017, "q95")]


def test_regions_by_code_and_name_and_origins_of_the_data_alone(panel):
    assert len(pick_regions(panel, "all")) == 296
    assert pick_regions(panel, "141100,太原") == ["141100", "140100"]
    with pytest.raises(ParameterError, match="lvlang"):
        pick_regions(panel, "lvlang")
    with pytest.raises(ParameterError, match=r"522300 \S+ has no GDP .* any of the 296 cities"):
        pick_regions(panel, "522300")
    last = last_known_year(data_folder())
    for origin in (2005, last + 1):
        with pytest.raises(ParameterError, match=rf"origin: {origin} .* legal: 2006 to {last}"):
            load_panel(origin)


def test_a_shock_is_set_aside_and_named_with_what_stands_in(panel):
    factor = panel.factor
    assert without_shock(factor).iloc[-1] == factor.loc[2019]
    kept = {"year": 2020, "came": factor.loc[2020], "kept": factor.loc[2019], "before": False}
    told = {}
    for origin in (2019, 2020, 2021):
        given = {"base_year": origin, "end_year": origin + 1, "draws": 10, "seed": 1}
        told[origin] = shock_set_aside(look_ahead("141100", **given))
    assert (told[2019], told[2020]) == (None, kept)
    assert (told[2021]["year"], told[2021]["before"]) == (2021, True), "the rebound of a shock"


def test_a_panel_handed_in_never_answers_for_the_tables(small_copy, tmp_path, monkeypatch):
    monkeypatch.setenv("LVLIANG_CACHE", str(tmp_path))
    asked = {"base_year": 2018, "end_year": 2019, "draws": 100, "seed": 3}

    def mean_growth(panel: Panel | None) -> float:
        found = look_ahead("141100", **asked, panel=panel).own_paths
        return float(found.sel(indicator="gdp_real_growth").mean())

    panel = load_panel(2020)
    poisoned = Panel(2020, panel.growth + 50, panel.nation, panel.targets)
    assert mean_growth(poisoned) > 20 > mean_growth(None)
    assert mean_growth(poisoned) > 20, "nor the tables for the panel"


def test_a_city_gets_the_draws_of_its_own_outlook(panel, small_copy):
    real = draw_everywhere(panel, "gdp_real_growth", regions="141100,太原", **SIZE)
    assert np.array_equal(real, draw_growth(panel, **SIZE).sel(region=["141100", "140100"]))
    given = {"base_year": 2020, "end_year": 2022, "draws": 600, "seed": 3}
    own, small = look_ahead("141100", **given).own_paths, load_panel(2020)
    for name in [one.value for one in Indicator][1:]:
        drawn = draw_everywhere(small, name, regions="141100", **SIZE)
        assert np.allclose(drawn.sel(region="141100"), own.sel(indicator=name), rtol=1e-5)


def test_prices_of_two_provinces_share_the_years_they_come_from(panel):
    two = of_provinces(panel, "14", "13")
    drawn = draw_everywhere(two, "gdp_deflator_growth", **SIZE | {"draws": 2000}).sel(year=2021)
    assert sorted(drawn["region"].to_numpy()) == sorted(two.growth.columns)
    shanxi, hebei = drawn.sel(region="140100"), drawn.sel(region="130200")
    assert np.corrcoef(shanxi, hebei)[0, 1] > 0.2


def test_a_city_whose_series_ended_is_refused_by_name_and_left_out_of_all(panel):
    few = of_provinces(panel, "11", "14", "65")
    with pytest.raises(DataError, match="652100 does not reach 2020; legal: figures"):
        draw_everywhere(few, "budget_revenue_growth", regions="652100", **SIZE)
    drawn = draw_everywhere(few.at(2018), "budget_revenue_growth", **SIZE)
    assert {*few.growth.columns} - {*drawn["region"].to_numpy()} == {"652100"}
    with pytest.raises(DataError, match="gdp_nominal_growth: the series of"):
        draw_everywhere(few.at(2006), "gdp_nominal_growth", **SIZE)


def test_a_later_panel_cut_at_the_origin_is_the_one_loaded_there(panel):
    settings = {"base_year": 2013, "end_year": 2015, "draws": 300, "seed": 3}
    loaded = look_ahead("141100", **settings).paths
    cut = look_ahead("141100", **settings, panel=panel).paths
    assert loaded.identical(cut)
