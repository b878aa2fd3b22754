"""The record: scores worked by hand, the same windows for all, and what it must find."""

import shutil

import numpy as np
import pandas as pd
import pytest

from lvliang.baseline import history
from lvliang.feasibility import record as rec
from lvliang.feasibility.record import (
    backtest,
    brier_skill,
    by_origin,
    groups_of,
    high_secondary_share,
    hindcasts,
    summarise_record,
)
from lvliang.feasibility.rivals import YEARS_NEEDED, origins_of
from lvliang.projection.panel import Panel, load_panel


@pytest.fixture(scope="module")
def panel() -> Panel:
    return load_panel(2020)


@pytest.fixture(scope="module")
def points(panel) -> dict[str, pd.DataFrame]:
    """Points of the two rivals made elsewhere: the last figure, for every year ahead."""
    tables = {}
    for method in YEARS_NEEDED:
        origins = origins_of(method, panel)
        index = pd.MultiIndex.from_product([origins, range(1, 6)], names=["origin", "horizon"])
        last = panel.growth.loc[index.get_level_values("origin")]
        tables[method] = last.set_axis(index, axis=0)
    return tables


@pytest.fixture(scope="module")
def found(panel, points) -> pd.DataFrame:
    return backtest(panel, draws=300, points=points)


def test_every_method_is_scored_on_the_same_windows_whose_outcome_is_known(found):
    scores = found
    errors = scores.pivot(index=["horizon", "origin", "region"], columns="method", values="error")
    assert set(errors) == {"engine", "engine less 1 point", *rec.RIVALS, *YEARS_NEEDED}
    assert errors.notna().all(axis=None)
    assert errors["AutoETS"].tolist() == pytest.approx(errors["random walk"].tolist())
    origins = scores.groupby("horizon")["origin"].agg(["min", "max", "nunique"])
    assert origins.T.to_dict("list") == {
        1: [2007, 2019, 13],
        3: [2007, 2017, 11],
        5: [2007, 2015, 9],
    }
    assert (1, 2019, "410800") not in errors.index, "a figure that was dropped"


def test_scores_by_hand():
    values = np.array([[1.0, 0.0], [3.0, 10.0]])
    outcome = pd.Series([2.0, 20.0], index=["a", "b"])
    table = rec._score(np.array([2.5, 5.0]), values, outcome, 1.0)
    assert table["error"].tolist() == [0.5, -15.0]
    assert table["in90"].tolist() == [True, False]
    # Fair CRPS of two members: mean distance to the truth less half their distance.
    assert table["crps"].tolist() == pytest.approx([0.0, 10.0])
    assert table["above"].tolist() == [1.0, 19.0]
    # At −3 to +2 points from a national mean of 1 %: limits −2, −1, 0, 1, 2 and 3 %.
    assert table.loc[0, rec.CHANCES].tolist() == [1.0, 1.0, 1.0, 1.0, 0.5, 0.5]
    assert table.loc[1, rec.CHANCES].tolist() == [1.0, 1.0, 1.0, 0.5, 0.5, 0.5]
    assert table["brier"].tolist() == pytest.approx([0.5 / 6, 0.75 / 6])


def test_an_origin_weighs_the_same_whatever_its_cities():
    error, held = [4.0, 1.0, 1.0], [False, True, True]
    scores = pd.DataFrame({"region": ["a", "a", "b"], "origin": [2010, 2011, 2011]}).assign(
        error=error, crps=error, in80=held, in90=held, method="engine", horizon=1
    )
    line = summarise_record(scores, {"all": ["a", "b"]}).iloc[0]
    assert (line["rmse"], line["crps"], line["cover90"]) == (2.5, 2.5, 0.5)
    assert (line["origins"], line["cities"]) == (2, 1.5)
    # Of one city an origin has one error, so the mean square is that over the origins.
    alone = summarise_record(scores, {"city": ["a"]}).iloc[0]
    assert alone["rmse"] == pytest.approx(np.sqrt((16 + 1) / 2))


def test_the_engine_beats_its_rivals_and_its_bands_hold(found):
    table = summarise_record(found, groups_of(found, "141100"))
    everyone = table[table["group"] == "all"].set_index(["horizon", "method"])
    rivals = [*rec.RIVALS, *YEARS_NEEDED]
    for horizon in rec.HORIZONS:
        engine = everyone.loc[(horizon, "engine")]
        assert (engine["crps"] < everyone.loc[horizon].loc[rivals, "crps"]).all()
        assert engine["cover90"] == pytest.approx(0.90, abs=0.05)
    shanxi = table[(table["group"] == "province") & (table["method"] == "engine")]
    assert (shanxi["cover90"] >= 0.82).all()
    skill = brier_skill(found)
    assert (skill["lower"] < skill["skill"]).all()
    assert (skill.loc[skill["method"].isin(rivals), "skill"] > 0).all()


def test_a_city_that_is_its_own_province_is_no_group_beside_itself(found):
    groups = groups_of(found, "110000")
    assert list(groups) == ["all", "industry", "city"]
    line = rec.record_line(summarise_record(found, groups), 5)
    assert (line.group, line.fared.cities, line.own) == ("city", 1, None)
    assert len(groups_of(found, "141100")["province"]) == 11


def test_the_line_that_applies_is_the_longest_scored_within_the_span(panel, found):
    table = summarise_record(found, groups_of(found, "141100"))
    horizons = [rec.record_line(table, years).horizon for years in (1, 2, 3, 4, 5)]
    assert horizons == [1, 1, 3, 3, 5]
    line = rec.record_line(table, 5)
    own = table.query("method == 'engine' and horizon == 5 and group == 'city'").iloc[0]
    assert (line.fared.origins, line.own.origins) == (9, 9)
    assert line.own.cover90 == own["cover90"] != line.fared.cover90


def test_the_origins_behind_the_record_are_those_that_it_scores(found, small_copy):
    longest = found[found["horizon"] == rec.LONGEST]
    assert rec.origins_behind(2020) == longest["origin"].nunique() == 9
    assert [rec.origins_behind(year) for year in (2008, 2012, 2013, 2015)] == [0, 0, 2, 4]
    assert [len(rec.load_record(year)) for year in (2008, 2012)] == [0, 0]
    shutil.rmtree(small_copy / "panel")
    assert rec.origins_behind(2020, small_copy) == 0
    assert rec.load_record(2020, small_copy).empty


def test_each_origin_stands_in_each_group(found):
    groups = groups_of(found, "141100")
    table = by_origin(found, groups)
    counts = table.groupby("group").size()
    assert counts.to_dict() == dict.fromkeys(["all", "industry", "province", "city"], 13 + 11 + 9)
    own = found.query("method == 'engine' and region == '141100'")
    city = table[table["group"] == "city"].merge(own, on=["horizon", "origin"])
    assert city["bias"].tolist() == city["error"].tolist()
    assert city["rmse"].tolist() == pytest.approx(city["error"].abs().tolist())


def test_hindcasts_of_a_city_are_what_its_scores_were_made_of(found, panel):
    table = hindcasts(found, "141100")
    own = found.query("method == 'engine' and region == '141100'")
    merged = table.merge(own[["horizon", "origin", "above", "error"]], on=["horizon", "origin"])
    assert len(table) == len(merged) == 13 + 11 + 9
    inside = merged["outcome"].between(merged["q05"], merged["q95"])
    assert inside.tolist() == merged["in90"].tolist()
    # The point forecast is a mean, so it lies near the median and not on it.
    assert (merged["q50"] - merged["outcome"] - merged["error"]).abs().max() < 1
    growth = panel.growth["141100"]
    last = table[(table["horizon"] == 5) & (table["origin"] == 2015)].iloc[0]
    assert last["outcome"] == pytest.approx(growth.loc[2016:2020].mean())


def test_the_industrial_third_is_chosen_by_what_was_known(monkeypatch):
    chosen = high_secondary_share(2007)
    assert "141100" in chosen and "110000" not in chosen
    load = history.load_table

    def with_other_years_after(name, data):
        table = load(name, data)
        later = table["known_at"] > "2008-03"
        return table.assign(value=table["value"].where(~later, table["value"] ** 2))

    monkeypatch.setattr(history, "load_table", with_other_years_after)
    assert high_secondary_share(2007) == chosen
    assert high_secondary_share(2009) != chosen


def test_the_industrial_third_by_hand(monkeypatch):
    shares = {"a": 90, "b": 20, "c": 50, "d": 10, "e": 60, "f": 30}
    rows = [
        {"region_code": city, "indicator": f"va_{sector}", "value": value}
        for city, share in shares.items()
        for sector, value in (("secondary", share), ("primary", 100 - share), ("tertiary", 0))
    ]
    table = pd.DataFrame(rows).assign(year=2007, known_at="2007-12", vintage="first_published")
    monkeypatch.setattr(history, "load_table", lambda name, data: table)
    assert high_secondary_share(2007) == ["a", "e"]
