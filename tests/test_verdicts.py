"""Verdicts on Lvliang's own targets and on outcomes worked by hand."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from lvliang.feasibility.background import Background
from lvliang.feasibility.bands import BINDING, INDICATIVE, LIKELIHOOD, likelihood, verdict_class
from lvliang.feasibility.targets import load_targets
from lvliang.feasibility.verdicts import Verdict, Verdicts, assess, outcomes, rank_paths
from lvliang.projection.outlook import look_ahead

SETTINGS = {"base_year": 2020, "end_year": 2025, "draws": 4000, "seed": 7}


@pytest.fixture(scope="module")
def verdicts(outlook, targets):
    return assess(list(targets.values()), outlook).by_id


def test_probability_is_the_share_of_paths_that_meet_the_target(outlook, verdicts):
    growth = outlook.own_paths.sel(indicator="gdp_real_growth", year=2021)
    assert verdicts["gdp_2021"].probability == float((growth >= 8).mean())


def test_average_to_the_end_year_is_geometric(outlook, verdicts):
    growth = outlook.own_paths.sel(indicator="gdp_real_growth")
    average = ((1 + growth / 100).prod("year") ** (1 / 5) - 1) * 100
    assert verdicts["gdp_mean"].probability == pytest.approx(float((average >= 8).mean()))


def test_rank_is_counted_on_the_joint_paths(outlook, verdicts):
    levels = outlook.paths.sel(indicator="gdp_nominal", year=2025).to_pandas()
    ranks = levels.rank(axis=1, ascending=False)["141100"]
    assert np.array_equal(rank_paths(outlook, "gdp_nominal", 2025), ranks)
    assert verdicts["gdp_rank"].probability == float((ranks <= 4).mean())


def test_joint_probability_is_counted_not_multiplied(outlook, targets, verdicts):
    gdp = outcomes(targets["gdp_2021"], outlook) >= 8
    revenue = outcomes(targets["revenue_2021"], outlook) >= 5
    joint = verdicts["gdp_2021"].group_probability
    assert joint == float((gdp & revenue).mean())
    assert joint != pytest.approx(gdp.mean() * revenue.mean(), abs=0.01)


def test_cutting_growth_is_the_same_as_raising_the_target(outlook, targets, verdicts):
    raised = assess([replace(targets["gdp_2021"], value=10.0)], outlook)
    assert verdicts["gdp_2021"].discounted_2 == raised[0].probability
    assert verdicts["revenue_2021"].discounted_2 is None


def test_an_easier_target_never_has_a_lower_probability(outlook, targets):
    for name in ("gdp_2021", "gdp_mean", "revenue_2021"):
        asked = [replace(targets[name], value=value) for value in np.arange(-5.0, 20.0, 0.5)]
        chances = [one.probability for one in assess(asked, outlook)]
        assert chances == sorted(chances, reverse=True)


def test_nine_of_the_eleven_cannot_be_told_and_say_what_is_missing(verdicts):
    main = Verdicts(verdicts.values()).of("2021_main")
    assert len(main) == 11
    assert set(main.rated.by_id) == {"gdp_2021", "revenue_2021"}
    untold = {name: one for name, one in main.by_id.items() if one.probability is None}
    assert {one.class_ for one in untold.values()} == {"cannot_tell"}
    reasons = {name: one.missing.reason for name, one in untold.items()}
    assert reasons.pop("investment_2021") == "ended"
    assert set(reasons.values()) == {"no_series"}
    assert untold["investment_2021"].missing.last_year == 2014


def test_grades_fall_with_the_evidence(verdicts):
    names = ("gdp_2021", "revenue_2021", "gdp_rank")
    assert [verdicts[name].grade for name in names] == ["B", "C", "D"]


RECORD = pd.DataFrame(
    {
        "method": "engine",
        "group": "province",
        "horizon": [1, 3, 5],
        "origins": [13, 11, 9],
        "cities": 11,
        "bias": 1.1,
        "crps": 1.3,
        "cover90": 0.9,
    }
)


@pytest.mark.parametrize(
    ("end_year", "horizon", "beyond", "grade"),
    [(2025, 5, None, "A"), (2026, None, 5, "C"), (2035, None, 5, "C")],
)
def test_beyond_the_longest_horizon_tested_no_record_is_cited_and_no_number_shown(
    end_year, horizon, beyond, grade
):
    far = look_ahead("141100", **SETTINGS | {"end_year": end_year, "draws": 1000})
    found = assess(load_targets("141100", 2020, end_year), far, Background(RECORD))
    mean, near, revenue = (
        found.by_id[f"{name}"] for name in ("gdp_mean", "gdp_2021", "revenue_mean")
    )
    assert (near.grade, near.record.horizon, near.beyond_record) == ("A", 1, None)
    assert (mean.record.horizon if mean.record else None) == horizon
    assert (mean.beyond_record, mean.grade) == (beyond, grade)
    assert (revenue.beyond_record, revenue.grade) == (None, "C")


def test_a_record_of_which_nothing_is_known_ends_nowhere(targets):
    far = look_ahead("141100", **SETTINGS | {"end_year": 2026, "draws": 1000})
    (one,) = assess([replace(targets["gdp_mean"], last_year=2026)], far)
    assert (one.record, one.beyond_record, one.grade) == (None, None, "C")


def test_a_target_beyond_the_run_is_not_judged():
    short = look_ahead("141100", **SETTINGS | {"base_year": 2015, "end_year": 2018})
    found = assess(load_targets("141100", 2020, 2018), short).by_id
    assert found["gdp_2021"].missing.reason == "beyond_run"


def test_a_rank_needs_every_rival(outlook, targets):
    lame = outlook.paths.copy()
    lame.loc[{"region": "140700", "indicator": "gdp_nominal"}] = np.nan
    (found,) = assess([targets["gdp_rank"]], replace(outlook, paths=lame))
    assert found.missing.reason == "rivals"


def test_a_region_without_targets_has_no_verdicts(outlook):
    assert assess([], outlook) == ()
    assert assess([], outlook).frame().empty
    assert load_targets("140100", 2020, 2025) == []
    assert load_targets("141100", 2019, 2025) == [], "not yet known"


def test_a_verdict_is_had_again_from_its_row(verdicts):
    assert verdicts["air_rank"].class_ == "cannot_tell"
    frame = Verdicts(verdicts.values()).frame()
    assert not frame.map(lambda cell: isinstance(cell, dict)).any(axis=None)
    for one in verdicts.values():
        found = Verdict.of(Verdicts([one]).records("")[0])
        parts = dict.fromkeys(
            ("missing", "record", "break_even", "vintage_gap", "reference_class", "eurostat_basis")
        )
        target = replace(one.target, region_code="", series="")
        kept = (found.target, found.class_, found.near_edge, found.grade)
        assert kept == (target, one.class_, one.near_edge, one.grade)
        assert found.probability == pytest.approx(one.probability)
        assert {name: getattr(found, name) for name in parts} == parts


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


def test_a_rate_kept_up_for_one_year_is_the_target_of_that_year() -> None:
    kept_up = {
        end_year: {one.target_id for one in load_targets("141100", 2020, end_year)}
        & {"gdp_mean", "revenue_mean", "gdp_rank"}
        for end_year in (2021, 2022)
    }
    assert kept_up == {2021: {"gdp_rank"}, 2022: {"gdp_mean", "revenue_mean", "gdp_rank"}}
