"""The gap between vintages, and the values beside a verdict."""

import shutil
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from lvliang.feasibility.background import (
    Background,
    VintageGap,
    describe_gaps,
    settled,
    vintage_gaps,
)
from lvliang.feasibility.beside import even_bet, what_it_takes
from lvliang.feasibility.verdicts import assess, outcomes


def test_a_gap_is_first_published_less_revised_as_far_as_it_is_known(data_copy):
    gaps = vintage_gaps("141100", 2020)
    assert gaps[2010] == pytest.approx(21.0 - 17.4)
    assert gaps[2015] == pytest.approx(-4.7 - -4.6)
    assert vintage_gaps("141100", 2012).index.max() == 2012
    assert vintage_gaps("141100", 2005).empty, "too few are none at all"
    assert vintage_gaps("110000", 2020).empty
    shutil.rmtree(data_copy / "panel")
    assert vintage_gaps("141100", 2020, data_copy).empty


def test_gaps_widen_what_is_drawn_and_do_not_move_it():
    gaps = vintage_gaps("141100", 2020)
    growth = xr.DataArray(np.full((20 * len(gaps), 3), 6.0), dims=("draw", "year"))
    found = settled(growth, gaps)
    assert found.mean().item() == pytest.approx(6.0)
    assert found.std("draw")[0].item() == pytest.approx(gaps.std(ddof=0))
    assert (growth == 6.0).all()


def test_gdp_alone_is_settled_with_the_gap(outlook, targets):
    gaps = vintage_gaps("141100", 2020)
    plain = assess(list(targets.values()), outlook).by_id
    found = assess(list(targets.values()), outlook, Background(gaps=gaps)).by_id
    gdp = found["gdp_2021"]
    assert gdp.vintage_gap.probability_without == plain["gdp_2021"].probability
    assert gdp.vintage_gap.largest == pytest.approx(3.6)
    assert gdp.probability != plain["gdp_2021"].probability
    for name in ("revenue_2021", "gdp_rank"):
        assert found[name].vintage_gap is None
        assert found[name].probability == plain[name].probability


def test_size_of_gaps_by_hand():
    found = describe_gaps(pd.Series([1.0, -3.0], index=[2010, 2012]), 0.4)
    assert found == VintageGap(2010, 2012, 2, -1.0, pytest.approx(np.sqrt(8)), 3.0, 0.4)


def test_a_target_set_at_its_even_bet_has_a_chance_of_one_half(outlook, targets):
    drawn = outcomes(targets["gdp_2021"], outlook)
    even = even_bet(targets["gdp_2021"], drawn)
    for value, chance in ((even.even, 0.5), (even.nine_in_ten, 0.9)):
        asked = replace(targets["gdp_2021"], value=value)
        assert assess([asked], outlook)[0].probability == pytest.approx(chance, abs=0.001)
    assert even_bet(targets["gdp_rank"], drawn) is None


def test_a_missing_series_is_held_against_cash_gdp(outlook, targets):
    growth = outlook.own_paths.sel(indicator="gdp_nominal_growth", year=2021).to_numpy()
    found = what_it_takes(targets["retail_2021"], outlook)
    assert found.kind == "beyond_gdp"
    assert found.gdp["q50"] == pytest.approx(np.median(growth), abs=1e-6)
    assert found.points["q50"] == pytest.approx(10 - np.median(growth), abs=1e-6)
    assert found.points["q10"] > found.points["q50"] > found.points["q90"]
    assert what_it_takes(targets["surveyed_unemployment_2021"], outlook) is None
    beyond = replace(targets["retail_2021"], first_year=2026, last_year=2026)
    assert what_it_takes(beyond, outlook) is None
