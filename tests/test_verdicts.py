"""Verdicts on Lvliang's own targets, the gap between vintages, and the values beside a verdict."""

import shutil
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from lvliang.baseline import tables
from lvliang.feasibility import background
from lvliang.feasibility.background import (
    Background,
    VintageGap,
    describe_gaps,
    settled,
    vintage_gaps,
)
from lvliang.feasibility.bands import BINDING, INDICATIVE, LIKELIHOOD, likelihood, verdict_class
from lvliang.feasibility.beside import even_bet, what_it_takes
from lvliang.feasibility.targets import load_targets
from lvliang.feasibility.verdicts import Verdict, Verdicts, assess, outcomes, rank_paths
from lvliang.projection.outlook import look_ahead

pytestmark = pytest.mark.usefixtures("shared_store")


@pytest.fixture(scope="module")
def verdicts(outlook, targets):
    return assess(list(targets.values()), outlook).by_id


def test_probability_is_the_share_of_paths_that_meet_the_target(outlook, targets, verdicts):
    growth = outlook.own_paths.sel(indicator="gdp_real_growth")
    assert verdicts["gdp_2021"].probability == float((growth.sel(year=2021) >= 8).mean())
    average = ((1 + growth / 100).prod("year") ** (1 / 5) - 1) * 100
    assert verdicts["gdp_mean"].probability == pytest.approx(float((average >= 8).mean()))
    levels = outlook.paths.sel(indicator="gdp_nominal", year=2025).to_pandas()
    ranks = levels.rank(axis=1, ascending=False)["141100"]
    assert np.array_equal(rank_paths(outlook, "gdp_nominal", 2025), ranks)
    assert verdicts["gdp_rank"].probability == float((ranks <= 4).mean())
    gdp = outcomes(targets["gdp_2021"], outlook) >= 8
    revenue = outcomes(targets["revenue_2021"], outlook) >= 5
    retail = outcomes(targets["retail_2021"], outlook) >= 10
    joint = verdicts["gdp_2021"].group_probability
    assert joint == float((gdp & revenue & retail).mean())
    apart = gdp.mean() * revenue.mean() * retail.mean()
    assert joint != pytest.approx(apart, abs=0.01), "counted, not multiplied"


def test_cutting_growth_is_raising_the_target_and_an_easier_one_is_never_less_likely(
    outlook, targets, verdicts
):
    raised = assess([replace(targets["gdp_2021"], value=10.0)], outlook)
    assert verdicts["gdp_2021"].discounted_2 == raised[0].probability
    assert verdicts["revenue_2021"].discounted_2 is None
    for name in ("gdp_2021", "gdp_mean", "revenue_2021"):
        asked = [replace(targets[name], value=value) for value in np.arange(-5.0, 20.0, 0.5)]
        chances = [one.probability for one in assess(asked, outlook)]
        assert chances == sorted(chances, reverse=True)


def test_eight_of_the_eleven_cannot_be_told_and_say_what_is_missing(outlook, targets, verdicts):
    main = Verdicts(verdicts.values()).of("2021_main")
    assert len(main) == 11
    assert set(main.rated.by_id) == {"gdp_2021", "revenue_2021", "retail_2021"}
    untold = {name: one for name, one in main.by_id.items() if one.probability is None}
    assert {one.class_ for one in untold.values()} == {"cannot_tell"}
    reasons = {name: one.missing.reason for name, one in untold.items()}
    assert reasons.pop("investment_2021") == "ended"
    assert set(reasons.values()) == {"no_series"}
    assert untold["investment_2021"].missing.last_year == 2016
    names = ("gdp_2021", "revenue_2021", "retail_2021", "gdp_rank")
    assert [verdicts[name].grade for name in names] == ["B", "B", "C", "D"]

    short = look_ahead("141100", base_year=2015, end_year=2018, draws=1000, seed=7)
    found = assess(load_targets("141100", 2020, 2018), short).by_id
    assert found["gdp_2021"].missing.reason == "beyond_run"
    lame = outlook.paths.copy()
    lame.loc[{"region": "140700", "indicator": "gdp_nominal"}] = np.nan
    (found,) = assess([targets["gdp_rank"]], replace(outlook, paths=lame))
    assert found.missing.reason == "rivals"


RECORD = pd.DataFrame({"horizon": [1, 3, 5], "origins": [13, 11, 9]}).assign(
    method="engine", group="province", cities=11, bias=1.1, crps=1.3, cover90=0.9
)


@pytest.mark.parametrize(
    ("end_year", "horizon", "beyond", "grade"), [(2025, 5, None, "A"), (2026, None, 5, "C")]
)
def test_beyond_the_longest_horizon_tested_no_record_is_cited_and_no_number_shown(
    end_year, horizon, beyond, grade
):
    far = look_ahead("141100", base_year=2020, end_year=end_year, draws=1000, seed=7)
    targets = load_targets("141100", 2020, end_year)
    found = assess(targets, far, Background(RECORD)).by_id
    mean, near, revenue = (found[name] for name in ("gdp_mean", "gdp_2021", "revenue_mean"))
    assert (near.grade, near.record.horizon, near.beyond_record) == ("A", 1, None)
    assert (mean.record.horizon if mean.record else None) == horizon
    assert (mean.beyond_record, mean.grade) == (beyond, grade)
    assert (revenue.beyond_record, revenue.grade) == (None, grade.replace("A", "B"))
    one = assess(targets, far).by_id["gdp_mean"]
    assert (one.record, one.beyond_record) == (None, None), "of no record nothing is known"
    assert one.grade == ("B" if end_year == 2025 else "C")


def test_targets_are_those_known_and_a_rate_kept_up_for_one_year_is_that_of_the_year(outlook):
    assert assess([], outlook).frame().empty
    assert load_targets("140100", 2020, 2025) == []
    assert load_targets("141100", 2019, 2025) == [], "not yet known"
    derived = {"gdp_mean", "revenue_mean", "gdp_rank"}
    for end_year, kept_up in ((2021, {"gdp_rank"}), (2022, derived)):
        found = {one.target_id for one in load_targets("141100", 2020, end_year)}
        assert found & derived == kept_up


def test_a_verdict_is_had_again_from_its_row(verdicts):
    for one in verdicts.values():
        found = Verdict.of(Verdicts([one]).records("")[0])
        target = replace(one.target, region_code="", series="", model="")
        kept = (found.target, found.class_, found.near_edge, found.grade)
        assert kept == (target, one.class_, one.near_edge, one.grade)
        assert found.probability == pytest.approx(one.probability)
        assert (found.missing, found.record, found.break_even) == (None, None, None)


@pytest.mark.parametrize(
    ("scale", "word"),
    [
        (LIKELIHOOD, likelihood),
        (INDICATIVE, lambda p: verdict_class(p, "未标明")),
        (BINDING, lambda p: verdict_class(p, "约束性")),
    ],
)
def test_a_bound_belongs_to_the_band_above_it(scale, word):
    for bound, name in scale:
        assert word(bound) == name
        if bound > 0:
            assert word(bound - 1e-9) != name


def test_a_gap_is_first_published_less_revised_as_far_as_it_is_known(data, small_copy, monkeypatch):
    monkeypatch.setenv("LVLIANG_DATA", str(data))
    gaps = vintage_gaps("141100", 2020)
    assert gaps[2010] == pytest.approx(21.0 - 17.4)
    assert gaps[2007] == pytest.approx(16.1 - 13.8), "which the table of the province lacks"
    assert not {2014, 2015, 2016, 2018, 2019, 2020} & {*gaps.index}, "one vintage"
    assert vintage_gaps("141100", 2012).index.max() == 2012
    assert vintage_gaps("141100", 2005).empty, "too few are none at all"
    assert 2001 not in vintage_gaps("110000", 2020), "a suspect cell"
    monkeypatch.setenv("LVLIANG_DATA", str(small_copy))
    shutil.rmtree(small_copy / "panel")
    assert vintage_gaps("141100", 2020).empty


def test_no_gap_is_of_a_suspect_cell_or_of_a_year_in_which_most_cities_agree(monkeypatch):
    first = {2001: (6, 5.04, 5), 2002: (6, 5, 7), 2003: (9, 5, 7), 2004: (4.5, 5), 2005: (6, 5, 5)}
    cells = [(city, year, 5.0, "revised", "S5") for city in "abc" for year in first]
    for year, values in first.items():
        cells += [("abc"[i], year, it, "first_published", "S3") for i, it in enumerate(values)]
    rows = pd.DataFrame(cells, columns=["region_code", "year", "value", "vintage", "source_id"])
    rows = rows.assign(indicator="gdp_real_growth", known_at="2006-03")
    suspect = rows[(rows["source_id"] == "S3") & rows["value"].eq(9)]
    suspect = pd.concat([suspect, rows[rows["year"].eq(2005) & rows["region_code"].eq("c")]])
    monkeypatch.setattr(background, "load_observations", lambda _: rows)
    monkeypatch.setattr(tables, "load_table", lambda _: suspect)
    monkeypatch.setattr(background, "MINIMUM_GAPS", 1)
    assert vintage_gaps("a", 2005).to_dict() == {2002: 1.0, 2004: -0.5, 2005: 1.0}
    assert vintage_gaps("b", 2005).to_dict() == {2002: 0.0, 2003: 0.0, 2004: 0.0, 2005: 0.0}


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
