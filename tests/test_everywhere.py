"""Every indicator for every city: what a city gets here is what its own outlook draws."""

import numpy as np
import pytest

from lvliang.cli.questions import Indicator
from lvliang.errors import DataError, ParameterError
from lvliang.projection.engine import draw_everywhere, draw_growth
from lvliang.projection.outlook import look_ahead
from lvliang.projection.panel import load_panel

SIZE = {"horizon": 2, "draws": 600, "seed": 3}


@pytest.fixture(scope="module")
def panel():
    return load_panel(2020)


def test_real_growth_is_the_engines(panel):
    drawn = draw_everywhere(panel, "gdp_real_growth", regions="141100,太原", **SIZE)
    assert list(drawn["region"].to_numpy()) == ["141100", "140100"]
    assert np.array_equal(drawn, draw_growth(panel, **SIZE).sel(region=["141100", "140100"]))


def test_a_city_gets_the_draws_of_its_own_outlook(small_data):
    given = {"base_year": 2020, "end_year": 2022, "draws": 600, "seed": 3, "data": small_data}
    own, panel = look_ahead("141100", **given).own_paths, load_panel(2020, small_data)
    for name in [one.value for one in Indicator][1:]:
        drawn = draw_everywhere(panel, name, regions="141100", data=small_data, **SIZE)
        assert np.allclose(drawn.sel(region="141100"), own.sel(indicator=name), rtol=1e-5)


def test_prices_of_two_provinces_share_the_years_they_come_from(panel):
    drawn = draw_everywhere(
        panel, "gdp_deflator_growth", regions="all", horizon=1, draws=2000, seed=3
    ).sel(year=2021)
    assert drawn.sizes["region"] > 280
    shanxi, hebei = drawn.sel(region="140100"), drawn.sel(region="130200")
    assert np.corrcoef(shanxi, hebei)[0, 1] > 0.2


def test_a_city_whose_series_ended_is_refused_by_name_and_left_out_of_all(panel):
    with pytest.raises(DataError, match="652100 does not reach 2020; legal: figures"):
        draw_everywhere(panel, "budget_revenue_growth", regions="652100", **SIZE)
    everyone = draw_everywhere(panel.at(2018), "budget_revenue_growth", **SIZE)
    assert everyone.sizes["region"] > 280
    assert "652100" not in everyone["region"]


def test_an_origin_no_series_carries_gives_no_number(panel):
    with pytest.raises(DataError, match="gdp_nominal_growth: the series of"):
        draw_everywhere(panel.at(2006), "gdp_nominal_growth", **SIZE)


def test_an_unknown_region_is_named(panel):
    with pytest.raises(ParameterError, match="lvlang"):
        draw_everywhere(panel, "gdp_nominal_growth", regions="lvlang", **SIZE)


def test_a_later_panel_cut_at_the_origin_is_the_one_loaded_there(panel):
    settings = {"base_year": 2013, "end_year": 2015, "draws": 300, "seed": 3}
    loaded = look_ahead("141100", **settings).paths
    cut = look_ahead("141100", **settings, panel=panel).paths
    assert loaded.identical(cut)
