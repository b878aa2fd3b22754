"""Growth arithmetic, by hand and by round trips, and where a city starts."""

from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lvliang.baseline.growth import (
    average_growth,
    from_log,
    implied_deflator_growth,
    level_after,
    mean_of_rates,
    to_log,
)
from lvliang.baseline.history import load_history, series
from lvliang.baseline.regions import find_region
from lvliang.baseline.starting_point import (
    average_of_span,
    baseline_facts,
    ranks_by_year,
    real_and_nominal,
    reported,
    starting_point,
)
from lvliang.display.prose import Text
from lvliang.errors import DataError

rates = st.floats(min_value=-50, max_value=100)
years = st.integers(min_value=1, max_value=15)


def test_average_growth_of_the_reports_two_ends():
    assert average_growth(955.8, 1538.04, 5) == pytest.approx(9.98, abs=0.005)
    assert average_growth(90.6, 187.26, 5) == pytest.approx(15.63, abs=0.005)


@given(rates, years)
def test_a_rate_gives_a_level_that_gives_the_rate_back(rate, span):
    assert average_growth(100.0, level_after(100.0, rate, span), span) == pytest.approx(rate)


def test_two_year_average_is_geometric_not_arithmetic():
    assert mean_of_rates(pd.Series([50.0, -50.0])) == pytest.approx(-13.397, abs=0.001)


def test_deflator_reconciles_nominal_with_real():
    deflator = implied_deflator_growth(10.0, 5.0)
    assert (1 + deflator / 100) * 1.05 == pytest.approx(1.10)


@given(rates)
def test_log_and_back(rate):
    assert from_log(to_log(rate)) == pytest.approx(rate)


@pytest.mark.parametrize(("first", "last", "span"), [(1.0, 2.0, 0), (0.0, 2.0, 1), (1.0, -2.0, 1)])
def test_no_average_over_no_years_or_from_nothing(first, last, span):
    with pytest.raises(DataError, match="legal"):
        average_growth(first, last, span)


def test_mean_growth_of_a_city_is_that_of_its_revised_levels() -> None:
    history = load_history(["141100"], 2020)
    levels = series(history, "gdp_nominal", ["revised"])["141100"]
    mean = average_of_span(real_and_nominal(history, "141100"), 2020)
    assert mean is not None
    assert mean["nominal"] == pytest.approx(average_growth(levels[2015], levels[2020], 5))
    lacking = real_and_nominal(history, "141100").drop(2018)
    assert average_of_span(lacking, 2020) is None


def said(block: str, **facts: Any) -> list[Any]:
    """The pieces of a block of page 10."""
    given = {"region": "Q市", "base_year": 2020, "differ": [], "levels": [], "reported": []}
    return Text("10_baseline", "zh", given | facts).say(block)


def test_figures_in_the_same_words_share_a_row() -> None:
    figures = pd.DataFrame({
        "indicator": ["gdp_nominal"] * 2 + ["new_urban_jobs_five_years"], "status": "reported",
        "quote": ["a", "a", "b"], "section": "s", "year": [2015, 2020, 2020],
        "period": ["annual", "annual", "2016/2020"], "value": [955.8, 1538.04, 20.0],
    })  # fmt: skip
    table = reported(figures)
    assert table["years"].tolist() == [[(2015,), (2020,)], [(2016, 2020)]]
    assert [values for _, values in table["values"]] == [[955.8, 1538.04], [20.0]]
    run = figures.assign(period="annual", indicator="x", quote="q", year=[2018, 2019, 2020])
    assert reported(run)["years"].tolist() == [[(2018, 2020)]]
    assert reported(figures[:0]).empty


def test_why_there_is_no_rank():
    for why, told in (
        ({"cities": 9, "missing": 3}, "Q市所在省有9个市（州、盟），统计序列缺3个，不排全省位次。"),
        ({"cities": 1, "missing": 0}, "Q市是直辖市，没有同省的其他市，不作位次研判。"),
    ):
        assert said("ranks", ranks=[], **why)[1].words == told
    assert len(said("ranks", ranks=[], cities=11, missing=0)) == 1
    history = load_history([f"520{number}00" for number in range(1, 7)], 2020)
    guiyang, point = find_region("520100"), starting_point(history, "520100", 2020)
    assert point[["first_rank", "last_rank"]].isna().all(axis=None)
    found = baseline_facts(history, point, guiyang, 2020)
    assert (found["cities"], found["missing"]) == (9, 3), "the series of Guizhou lack three of nine"
    assert ranks_by_year(history, "520100").empty
