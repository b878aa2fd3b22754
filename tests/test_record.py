"""The record: scores worked by hand, the same windows for all, and what it must find."""

import numpy as np
import pandas as pd
import pytest

from lvliang.feasibility import record as rec
from lvliang.feasibility.record import Record, backtest, brier_skill, groups_of, summarise_record
from lvliang.projection.panel import Panel, load_panel


@pytest.fixture(scope="module")
def panel() -> Panel:
    return load_panel(2020)


@pytest.fixture(scope="module")
def found(panel) -> Record:
    return backtest(panel, draws=300)


def test_every_method_is_scored_on_the_same_windows(found):
    windows = {
        method: set(map(tuple, table[["horizon", "origin", "region"]].to_numpy()))
        for method, table in found.scores.groupby("method")
    }
    assert set(windows) == {"engine", "engine less 1 point", *rec.RIVALS}
    assert len({frozenset(seen) for seen in windows.values()}) == 1


def test_origins_are_those_whose_outcome_is_known(found):
    origins = found.scores.groupby("horizon")["origin"].agg(["min", "max", "nunique"])
    assert origins.to_dict("index") == {
        1: {"min": 2007, "max": 2019, "nunique": 13},
        3: {"min": 2007, "max": 2017, "nunique": 11},
        5: {"min": 2007, "max": 2015, "nunique": 9},
    }


def test_a_dropped_figure_is_not_scored(found):
    jiaozuo = found.scores[found.scores["region"] == "410800"]
    assert 2019 not in set(jiaozuo.loc[jiaozuo["horizon"] == 1, "origin"])


def test_scores_by_hand():
    values = np.array([[1.0, 0.0], [3.0, 10.0]])
    table = rec._score(values, pd.Series([2.0, 20.0], index=["a", "b"]))
    assert table["error"].tolist() == [0.0, -15.0]
    assert table["in90"].tolist() == [True, False]
    # Fair CRPS of two members: mean distance to the truth less half their distance.
    assert table["crps"].tolist() == pytest.approx([0.0, 10.0])
    assert rec._brier(values, np.array([2.0, 20.0]), np.array([2.0])) == pytest.approx(0.25)


def test_an_origin_weighs_the_same_whatever_its_cities():
    scores = pd.DataFrame(
        {
            "region": ["a", "a", "b"],
            "error": [4.0, 1.0, 1.0],
            "crps": [4.0, 1.0, 1.0],
            "in80": [False, True, True],
            "in90": [False, True, True],
            "method": "engine",
            "horizon": 1,
            "origin": [2010, 2011, 2011],
        }
    )
    line = summarise_record(Record(scores, pd.DataFrame()), {"all": ["a", "b"]}).iloc[0]
    assert (line["rmse"], line["crps"], line["cover90"]) == (2.5, 2.5, 0.5)
    assert (line["origins"], line["cities"]) == (2, 1.5)


def test_the_engine_beats_its_rivals_and_its_bands_hold(panel, found):
    table = summarise_record(found, groups_of(found, "141100"))
    everyone = table[table["group"] == "all"].set_index(["horizon", "method"])
    rivals = [*rec.RIVALS]
    for horizon in rec.HORIZONS:
        engine = everyone.loc[(horizon, "engine")]
        assert (engine["crps"] < everyone.loc[horizon].loc[rivals, "crps"]).all()
        assert engine["cover90"] == pytest.approx(0.90, abs=0.05)
    shanxi = table[(table["group"] == "province") & (table["method"] == "engine")]
    assert (shanxi["cover90"] >= 0.82).all()


def test_skill_comes_with_its_lower_bound(found):
    skill = brier_skill(found)
    assert (skill["lower"] < skill["skill"]).all()
    rivals = skill[skill["method"].isin(rec.RIVALS)]
    assert (rivals["skill"] > 0).all()


def test_the_line_that_applies_is_the_longest_scored_within_the_span(panel, found):
    table = summarise_record(found, groups_of(found, "141100"))
    horizons = [rec.record_line(table, years)["horizon"] for years in (1, 2, 3, 4, 5, 12)]
    assert horizons == [1, 1, 3, 3, 5, 5]
    assert rec.record_line(table, 5)["origins"] == 9


def test_without_the_panel_there_is_no_record(data_copy):
    import shutil

    shutil.rmtree(data_copy / "panel")
    assert rec.record_of("141100", 2020, data_copy) is None
