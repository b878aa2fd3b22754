"""Ranks by hand, over treatments of prices, and their record."""

import os
from unittest import mock

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from lvliang.baseline.history import start_levels
from lvliang.baseline.package import data_folder
from lvliang.baseline.regions import find_region
from lvliang.baseline.starting_point import ranks_by_year
from lvliang.display.prose import Text
from lvliang.feasibility.rank_record import load_rank_record, record_facts, rps, score_ranks
from lvliang.feasibility.ranks import (
    air_facts,
    kept_shares,
    levels_by_treatment,
    near_facts,
    or_better,
    overtaking_facts,
    rank_shares,
    revenue_facts,
    rivals,
    shares_by_year,
)
from lvliang.feasibility.verdicts import rank_paths
from lvliang.projection.outlook import look_ahead

pytestmark = pytest.mark.usefixtures("shared_store")


@pytest.fixture(scope="module")
def outlook():
    return look_ahead("141100", base_year=2020, end_year=2022, draws=1000, seed=5)


@pytest.fixture(scope="module")
def treated(outlook):
    return levels_by_treatment(outlook)


@pytest.fixture(scope="module")
def scores(small_data):
    with mock.patch.dict(os.environ, LVLIANG_DATA=str(small_data)):
        return score_ranks("141100", [2009, 2016], 2020, draws=200)


def levels_of(*rows: list[float]) -> xr.DataArray:
    regions = [chr(97 + place) for place in range(len(rows[0]))]
    return xr.DataArray(np.array(rows), dims=("draw", "region"), coords={"region": regions})


def test_shares_count_draws_and_ties_take_the_better_rank_and_a_missing_city_leaves_none():
    shares = rank_shares(levels_of([3.0, 2.0, 1.0], [2.0, 2.0, 5.0]))
    assert shares.to_numpy().tolist() == [[0.5, 0.5, 0.0], [0.0, 1.0, 0.0], [0.5, 0.0, 0.5]]
    assert or_better(shares.loc[["c"]])["c"].tolist() == [0.5, 0.5, 1.0]
    lame = levels_of([3.0, float("nan")])
    assert rank_shares(lame).empty
    assert rivals(lame, "a", pd.Series({"a": 2.0, "b": 1.0})).empty
    by_year = lame.expand_dims(year=[2021])
    assert shares_by_year(by_year, "a").empty
    assert kept_shares({"own_prices": shares_by_year(by_year, "a")}, 1).empty


def test_own_prices_are_the_draws_as_they_are(outlook, treated):
    nominal = outlook.paths.sel(indicator="gdp_nominal", drop=True)
    apart = np.log(treated["own_prices"] / nominal)
    assert np.allclose(apart, apart.isel(region=0)), "prices that all share are left out"
    counted = pd.Series(rank_paths(outlook, "gdp_nominal", 2022)).value_counts(normalize=True)
    shares = shares_by_year(treated["own_prices"], "141100").loc[2022]
    assert shares[shares > 0].to_dict() == pytest.approx(counted.to_dict())


def test_rivals_are_sorted_by_where_they_start():
    start = pd.Series({"a": 200.0, "b": 180.0, "c": 300.0})
    found = rivals(levels_of([1.0, 2.0, 3.0], [2.0, 1.0, 3.0]), "a", start)
    assert found.index.tolist() == ["c", "b"]
    assert found["gap"].tolist() == pytest.approx([50.0, -10.0])
    assert found["difference"].tolist() == pytest.approx([100.0, -20.0])
    assert found["above"].tolist() == [1.0, 0.5]


def test_a_certain_forecast_scores_nothing_when_right_and_all_it_can_when_most_wrong():
    sure = pd.DataFrame([[1.0, 0.0, 0.0]], index=["a"], columns=[1, 2, 3])
    assert rps(sure, pd.Series({"a": 1})) == 0.0
    assert rps(sure, pd.Series({"a": 3})) == 1.0


def test_the_record_has_both_vintages_and_all_methods(scores):
    assert set(scores["vintage"]) == {"first_published", "revised"}
    methods = {"own_prices", "half", "same_prices", "stays", "transitions"}
    assert set(scores["method"]) == methods
    horizons = scores.groupby("origin")["horizon"].unique().map(list).to_dict()
    assert horizons == {2009: [1, 3, 5], 2016: [1, 3]}
    assert scores["rps"].between(0, 1).all()


GIVEN = {
    "region": find_region("141100"), "base_year": 2020, "end_year": 2025, "growth_discount": 0.0,
    "edition": "internal", "cities": 11, "rank": 4.0, "near": None,
}  # fmt: skip


def said(block: str, **facts) -> list[str]:
    """What the text of the page says in a block."""
    return [piece.words for piece in Text("50_ranks", "zh", GIVEN | facts).say(block)]


def test_the_nearest_cities_are_those_at_the_smallest_distance():
    cities = pd.DataFrame(
        {"gap": [6.9, 11.3, -2.1, -4.5], "difference": [105.62, 174.0, -32.94, -69.3]},
        index=["140800", "140400", "141000", "140700"],
    )
    near = near_facts(cities)
    assert near == {
        "ahead": {"city": "140800", "gap": 6.9, "difference": 105.62},
        "behind": {"city": "141000", "gap": -2.1, "difference": -32.94},
    }
    assert near_facts(cities[cities["gap"] > 0]) is None


def test_the_distance_of_the_nearest_cities_is_that_of_the_first_published_levels(outlook, treated):
    start = start_levels(outlook.history, 2020)
    found = rivals(treated["own_prices"].sel(year=2021), "141100", start)["difference"]
    published = pd.read_csv(
        data_folder() / "panel/gdp_first_published.csv", dtype={"region_code": str}
    ).query("indicator == 'gdp_nominal' and year == 2020")
    levels = published.set_index("region_code")["value"]
    pd.testing.assert_series_equal(
        found, levels[found.index] - levels["141100"], check_names=False, rtol=1e-9
    )


def test_the_record_counts_independent_windows_and_names_the_best(scores):
    facts = record_facts(scores)
    assert (facts["first"], facts["last"]) == (2009, 2016)
    assert (facts["all_first"], facts["all_last"]) == (2009, 2016)
    assert facts["windows"] == [(1, 8), (3, 3), (5, 1)]
    for _, table in facts["tables"]:
        assert table["origins"].tolist() == [2, 2, 1]
    own = scores[scores["vintage"] == "first_published"]
    means = own.groupby(["method", "horizon"])["rps"].mean().unstack("method")
    better = means["own_prices"].round(3) < means["transitions"].round(3)
    assert facts["wins"] == better.sum()
    assert means.mean()[["own_prices", "half", "same_prices"]].idxmin() == facts["best"]
    for best in ("own_prices", "half"):
        told = said("record", record=facts | {"best": best}, or_better=[], revenue_or_better=[])
        assert any("研判仍" in words for words in told) is (best != "own_prices")


def test_without_drawn_prices_the_same_prices_alone_are_scored(small_copy):
    early = score_ranks("141100", [2006], 2020, draws=100)
    assert set(early["method"]) == {"same_prices", "stays", "transitions"}
    facts = record_facts(early)
    assert (facts["all_first"], facts["all_last"], facts["tables"]) == (2006, 2006, [])


def test_a_year_without_one_city_is_left_out(small_copy):
    file = small_copy / "panel/gdp_first_published.csv"
    rows = file.read_text("utf-8").splitlines(keepends=True)
    left = [row for row in rows if not row.startswith("140200,gdp_nominal,2005")]
    file.write_text("".join(left), "utf-8")
    scores = score_ranks("141100", [2016], 2020, draws=100)
    assert set(scores["horizon"]) == {1, 3}


def test_whom_it_passes_goes_by_where_it_starts_and_where_the_paths_end():
    table = pd.DataFrame(
        {"gap": [50.0, 5.0, 1.0, -1.0, -2.0, -40.0], "above": [0.95, 0.2, 0.5, 0.8, 0.4, 0.01]},
        index=["140100", "140800", "140400", "141000", "140700", "140300"],
    )
    sets = overtaking_facts(table)
    even = ["140400", "140700"]
    assert sets == {"passes": ["140800"], "passed_by": ["141000"], "even": even}
    nobody = overtaking_facts(table.iloc[[0, 5]])
    still = said("rivals", rivals=table.rename_axis("city").reset_index(), **nobody)[1]
    assert "超过" not in still and "先后次序改变的可能性较小" in still


def test_the_rank_of_revenue_is_judged_from_the_last_one_known(outlook):
    ranks = ranks_by_year(outlook.history, "141100")
    found = revenue_facts(outlook, ranks)["revenue"]
    known = ranks["report_revenue_rank"].combine_first(ranks["revenue_rank"]).dropna()
    assert (found["year"], found["rank"]) == (known.index[-1], known.iloc[-1])
    levels = outlook.paths.sel(indicator="budget_revenue", year=2022)
    better = (levels > levels.sel(region="141100")).sum("region") < found["rank"]
    assert found["kept"] == pytest.approx(float(better.mean()))
    assert (found["last_year"], found["later"]) == (2020, [])
    alone = outlook.evidence.copy()
    own = alone.index.get_level_values("region") == "141100"
    alone["last_year"] = alone["last_year"].where(own, 2018)
    with mock.patch.dict(vars(outlook), evidence=alone):
        told = revenue_facts(outlook, ranks)["revenue"]
    assert (told["last_year"], told["later"]) == (2018, ["141100"])
    assert revenue_facts(outlook, ranks.iloc[:0])["revenue"] is None
    assert air_facts(outlook.history, "141100") == [(2016, 6), (2020, 1)]
    assert air_facts(outlook.history, "140200") == []


@pytest.mark.parametrize("region", ["110000", "520100"])  # alone; of a province without all GDP
def test_a_record_of_nothing_can_be_kept(region):
    assert [record_facts(load_rank_record(region, 2009)) for _ in range(2)] == [{}, {}]


def test_same_prices_leave_real_growth_to_decide_and_half_lies_between(outlook, treated):
    first = outlook.paths.sel(year=2021)
    grown = {
        name: 1 + first.sel(indicator=f"gdp_{name}_growth") / 100 for name in ("nominal", "real")
    }
    real = first.sel(indicator="gdp_nominal") / grown["nominal"] * grown["real"]
    found = rank_shares(treated["same_prices"].sel(year=2021))
    assert np.allclose(rank_shares(real.drop_vars(["indicator", "year"])), found)
    logs = {name: np.log(levels) for name, levels in treated.items()}
    assert np.allclose(logs["half"], (logs["own_prices"] + logs["same_prices"]) / 2)
