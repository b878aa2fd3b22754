"""Spells that began alike, by hand and on the real panel."""

import numpy as np
import pandas as pd
import pytest

from lvliang.feasibility.background import Background
from lvliang.feasibility.comparable import Cities, comparable_spells, load_cities
from lvliang.feasibility.targets import load_targets
from lvliang.feasibility.verdicts import assess
from lvliang.projection.outlook import look_ahead

pytestmark = pytest.mark.usefixtures("shared_store")


def alternating(cities: int = 40, years: int = 20) -> Cities:
    """Even cities grow 2 %, odd ones 10 %, for ever; the last of each kind is far in share."""
    names = [f"{100 + place}" for place in range(cities)]
    speed = np.where(np.arange(cities) % 2 == 0, 2.0, 10.0)
    rng = np.random.default_rng(1)
    growth = pd.DataFrame(
        speed + rng.normal(0, 0.01, (years, cities)), range(2001, 2001 + years), names
    )
    return Cities(growth, growth * 0 + 40.0 + rng.normal(0, 0.01, (years, cities)))


def test_spells_began_like_the_city_stands_and_ended_by_now():
    found = comparable_spells(alternating(), "100", 3)
    assert (found["growth"] < 3).all()
    assert (found["start"] + 3 <= 2020).all()
    assert set(found["region"].astype(int) % 2) == {0}


def test_growth_of_a_spell_is_the_geometric_mean_of_the_years_after_its_start():
    cities = alternating()
    spell = comparable_spells(cities, "101", 2).iloc[0]
    years = cities.growth.loc[spell["start"] + 1 : spell["start"] + 2, spell["region"]]
    assert spell["growth"] == pytest.approx(100 * (np.prod(1 + years / 100) ** 0.5 - 1))


def test_the_share_counts_as_much_as_growth():
    cities = alternating()
    share = cities.secondary_share.copy()
    share[["100", "102"]] = 90.0
    found = comparable_spells(Cities(cities.growth, share), "100", 1)
    assert set(found["region"][:30]) == {"100", "102"}


def test_without_figures_of_the_city_or_enough_spells_there_is_no_class():
    assert comparable_spells(alternating(), "999", 3) is None
    assert comparable_spells(alternating(cities=4), "100", 3) is None
    unknown = alternating()
    unknown.secondary_share.loc[2020, "100"] = np.nan
    assert comparable_spells(unknown, "100", 3) is None


def test_nothing_later_than_the_origin_is_seen():
    cities = load_cities(2014)
    assert cities.growth.index.max() == cities.secondary_share.index.max() == 2014


def test_verdicts_say_which_class_they_are_held_against():
    outlook = look_ahead("141100", base_year=2020, end_year=2025, draws=500, seed=1)
    targets = load_targets("141100", 2020, 2025)
    cities = load_cities(2020)
    table = assess(targets, outlook, Background(cities=cities)).by_id
    gdp = table["gdp_2021"]
    assert gdp.reference_class.kind == "alike"
    spells = comparable_spells(cities, "141100", 1)
    assert gdp.reference_percentile == 100 * (spells["growth"] < 8).mean()
    assert table["revenue_2021"].reference_class.kind == "province"
    plain = assess(targets, outlook).by_id
    assert plain["gdp_2021"].reference_class.kind == "province"
