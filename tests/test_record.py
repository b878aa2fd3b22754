"""The record: scores and their parts by hand, the same windows for all, what it must find."""

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
    decompose,
    groups_of,
    high_secondary_share,
    hindcasts,
    reliability,
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
    errors = found.pivot(index=["horizon", "origin", "region"], columns="method", values="error")
    assert set(errors) == {"engine", "engine less 1 point", *rec.RIVALS, *YEARS_NEEDED}
    assert errors.notna().all(axis=None)
    assert errors["AutoETS"].tolist() == pytest.approx(errors["random walk"].tolist())
    origins = found.groupby("horizon")["origin"].agg(["min", "max", "nunique"])
    assert origins.to_numpy().tolist() == [[2007, 2019, 13], [2007, 2017, 11], [2007, 2015, 9]]
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
    groups = {"all": ["a", "b"], "city": ["a"]}
    line, alone = summarise_record(scores, groups).to_dict("records")
    assert (line["rmse"], line["crps"], line["cover90"]) == (2.5, 2.5, 0.5)
    assert (line["origins"], line["cities"]) == (2, 1.5)
    # Of one city an origin has one error, so the mean square is that over the origins.
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


def test_the_line_that_applies_is_the_longest_scored_within_the_span(found):
    table = summarise_record(found, groups_of(found, "141100"))
    horizons = [rec.record_line(table, years).horizon for years in (1, 2, 3, 4, 5)]
    assert horizons == [1, 1, 3, 3, 5]
    line = rec.record_line(table, 5)
    own = table.query("method == 'engine' and horizon == 5 and group == 'city'").iloc[0]
    assert (line.group, line.fared.origins, line.own.origins) == ("province", 9, 9)
    assert line.own.cover90 == own["cover90"] != line.fared.cover90
    groups = groups_of(found, "110000")
    assert list(groups) == ["all", "industry", "city"], "a city that is its own province"
    line = rec.record_line(summarise_record(found, groups), 5)
    assert (line.group, line.fared.cities, line.own) == ("city", 1, None)


def test_the_origins_behind_the_record_are_those_that_it_scores(found, small_copy):
    longest = found[found["horizon"] == rec.LONGEST]
    assert rec.origins_behind(2020) == longest["origin"].nunique() == 9
    assert [rec.origins_behind(year) for year in (2008, 2012, 2013, 2015)] == [0, 0, 2, 4]
    assert [len(rec.load_record(year)) for year in (2008, 2012)] == [0, 0]
    shutil.rmtree(small_copy / "panel")
    assert rec.origins_behind(2020) == 0
    assert rec.load_record(2020).empty


def test_each_origin_stands_in_each_group_and_hindcasts_are_what_was_scored(found, panel):
    groups = groups_of(found, "141100")
    table = by_origin(found, groups)
    counts = table.groupby("group").size()
    assert counts.to_dict() == dict.fromkeys(["all", "industry", "province", "city"], 13 + 11 + 9)
    own = found.query("method == 'engine' and region == '141100'")
    city = table[table["group"] == "city"].merge(own, on=["horizon", "origin"])
    assert city["bias"].tolist() == city["error"].tolist()
    assert city["rmse"].tolist() == pytest.approx(city["error"].abs().tolist())
    table = hindcasts(found, "141100")
    assert len(table) == len(own)
    assert table["outcome"].between(table["q05"], table["q95"]).tolist() == table["in90"].tolist()
    last = table[(table["horizon"] == 5) & (table["origin"] == 2015)].iloc[0]
    assert last["outcome"] == pytest.approx(panel.growth["141100"].loc[2016:2020].mean())


def test_the_industrial_third_is_chosen_by_what_was_known(monkeypatch):
    chosen = high_secondary_share(2007)
    assert "141100" in chosen and "110000" not in chosen
    load = history.load_table

    def with_other_years_after(name):
        table = load(name)
        later = table["known_at"] > "2008-03"
        return table.assign(value=table["value"].where(~later, table["value"] ** 2))

    monkeypatch.setattr(history, "load_table", with_other_years_after)
    assert high_secondary_share(2007) == chosen
    assert high_secondary_share(2009) != chosen


def cases(chances: list[float], above: list[float], origins: list[int]) -> pd.DataFrame:
    """Scores of the engine: one city an entry, the same chance at every threshold."""
    return pd.DataFrame(dict.fromkeys(rec.CHANCES, chances)).assign(
        region=[f"c{place}" for place in range(len(chances))],
        origin=origins,
        above=above,
        horizon=1,
        method="engine",
    )


def parts(scores: pd.DataFrame) -> dict[str, float]:
    """The decomposition, beside rivals that do not count, and a city alone that is left out."""
    rival = scores.assign(method="random walk", above=-scores["above"])
    groups = {"all": sorted(scores["region"]), "city": ["c0"]}
    (line,) = decompose(pd.concat([scores, rival]), groups).to_dict("records")
    return line


OUTCOMES, ORIGINS = [9.0, -9.0, 9.0, -9.0], [2010, 2011, 2010, 2011]


def test_the_parts_by_hand():
    # Chances .25, .25, .75, .75; of each pair one came, at every threshold.
    line = parts(cases([0.25, 0.25, 0.75, 0.75], OUTCOMES, ORIGINS))
    assert line["reliability"] == pytest.approx(0.0625)  # each bin a quarter off
    assert (line["resolution"], line["uncertainty"]) == (0.0, 0.25)
    assert line["brier"] == pytest.approx((0.75**2 + 0.25**2) / 2)
    assert (line["origins"], line["cases"], line["chance"], line["came"]) == (2, 4, 0.5, 0.5)
    # Chances that tell cases apart have resolution.
    line = parts(cases([1.0, 0.0, 1.0, 0.0], OUTCOMES, ORIGINS))
    assert (line["reliability"], line["resolution"], line["brier"]) == (0.0, 0.25, 0.0)
    # Sure of the low thresholds, sure against the high ones, and right: that is no resolution.
    sure = {
        name: float(limit <= 0) for name, limit in zip(rec.CHANCES, rec.THRESHOLDS, strict=True)
    }
    line = parts(cases([0.0] * 20, [0.5] * 20, [2010] * 20).assign(**sure))
    assert (line["resolution"], line["uncertainty"], line["reliability"]) == (0.0, 0.0, 0.0)


def test_the_parts_add_up_where_chances_are_the_same_in_a_bin():
    rng = np.random.default_rng(5)
    chances, above = rng.choice([0.05, 0.35, 0.55, 0.95], 400), rng.normal(0, 2, 400)
    line = parts(cases(chances.tolist(), above.tolist(), rng.integers(2007, 2016, 400).tolist()))
    added = line["reliability"] - line["resolution"] + line["uncertainty"]
    assert line["brier"] == pytest.approx(added)


def test_a_bound_belongs_to_the_bin_above_it_and_one_to_the_last():
    scores = cases([0.0, 0.1, 0.3, 0.7, 0.999, 1.0], [0.0] * 6, [2010] * 3 + [2011] * 2 + [2012])
    table = reliability(scores, list(scores["region"])).set_index("bin")
    assert table.index.tolist() == [0, 1, 3, 7, 9]
    assert table.loc[9, "chance"] == pytest.approx(0.9995)
    assert table["cases"].tolist() == [6, 6, 6, 6, 12]
    assert table["origins"].tolist() == [1, 1, 1, 1, 2]
    # An outcome at the national mean reaches −3, −2, −1 and 0 of the six thresholds.
    assert table["came"].tolist() == pytest.approx([4 / 6] * 5)
