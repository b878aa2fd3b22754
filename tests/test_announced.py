"""How often announced growth targets were met: a hand-worked table, and nothing later is seen."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from lvliang.baseline.regions import find_region
from lvliang.display.prose import Text
from lvliang.feasibility.announced import (
    Announced,
    announced_targets,
    load_announced,
    met_as_ambitious,
    met_by_ambition,
    met_by_year,
    met_in_turn,
    met_over_years,
)
from lvliang.feasibility.background import Background
from lvliang.feasibility.record_facts import met_facts
from lvliang.feasibility.targets import load_targets
from lvliang.feasibility.verdicts import assess
from lvliang.projection.outlook import look_ahead


@pytest.fixture
def hand_made() -> pd.DataFrame:
    """Two cities; the second missed each year by a point, the first met all but the last."""
    rows = {
        (2018, "110000"): (6.0, 6.0, -0.5),
        (2019, "110000"): (6.0, 7.0, 0.0),
        (2020, "110000"): (6.0, 1.0, -1.0),
        (2018, "120000"): (8.0, 7.0, 2.5),
        (2019, "120000"): (8.0, 7.0, np.nan),
        (2020, "120000"): (8.0, 7.0, 2.5),
    }
    table = pd.DataFrame(rows, index=["target", "growth", "ambition"]).T
    table.index.names = ["year", "region_code"]
    gap = table["growth"] - table["target"]
    return table.assign(gap=gap, met=gap >= 0)


def test_a_target_that_is_hit_exactly_is_met(hand_made: pd.DataFrame) -> None:
    years = met_by_year(hand_made)
    assert years["share"].tolist() == [0.5, 0.5, 0.0]
    assert years["cities"].tolist() == [2, 2, 2]
    assert years.loc[2020, "q50"] == pytest.approx(-3.0)


def test_classes_of_ambition_take_their_lower_end(hand_made: pd.DataFrame) -> None:
    classes = met_by_ambition(hand_made)
    assert classes["cities"].tolist() == [2, 1, 2]  # from -1 to 0, from 0 to 1, above 2
    ends = classes[["low", "high"]].to_numpy()
    np.testing.assert_array_equal(ends, [[-1.0, 0.0], [0.0, 1.0], [2.0, np.nan]])
    for ambition, found in ((9.9, (2, 0.0)), (-0.7, (2, 0.5)), (-1e-12, (1, 1.0))):
        alike = met_as_ambitious(hand_made, ambition)
        assert (alike.count, alike.share, alike.first_year, alike.last_year) == (*found, 2018, 2020)
    assert met_as_ambitious(hand_made, -9.0) is None


def test_the_five_year_view_asks_for_four_years(hand_made: pd.DataFrame) -> None:
    assert met_over_years(hand_made, 2020) is None
    four = hand_made.xs(2018, drop_level=False).rename(index={2018: 2017})
    old = four.rename(index={2017: 2010})
    seen = met_over_years(pd.concat([hand_made, four, old]), 2020)
    assert (seen.count, seen.share, seen.first_year, seen.last_year) == (2, 0.0, 2017, 2020)
    assert met_over_years(pd.concat([hand_made, four]), 2022) is None


def test_without_the_panel_no_target_is_told_to_be_met_or_not(small_copy) -> None:
    shutil.rmtree(small_copy / "panel")
    none = announced_targets(2020)
    assert met_facts(none, "141100", none)["by_year"].empty


def test_runs_of_years_are_those_in_which_most_cities_met_or_did_not(hand_made) -> None:
    later = hand_made.rename(index={2018: 2021, 2019: 2022, 2020: 2023}).assign(met=True)
    runs = met_in_turn(pd.concat([hand_made, later]))
    told = runs[["first", "last", "cities", "share"]].to_numpy().tolist()
    assert told == [[2018, 2020, 6, pytest.approx(1 / 3)], [2021, 2023, 6, 1.0]]
    assert met_in_turn(hand_made.iloc[:0]).empty


def test_later_years_stand_apart_and_change_no_other_figure(hand_made) -> None:
    before = hand_made.assign(above_province=1.0)
    later = before.xs(2018, drop_level=False).rename(index={2018: 2021}).assign(met=True)
    alone, beside = (met_facts(before, "110000", one) for one in (before[:0], later))
    own = {"all_years", "later_runs"}
    assert {name: str(alone[name]) for name in set(alone) - own} == {
        name: str(beside[name]) for name in set(beside) - own
    }
    for lang, word in (("en", "later outcome"), ("zh", "后来的实绩")):
        facts = {"region": find_region("110000"), "met": beside}
        _, _, told, chart, *_ = Text("70_track_record", lang, facts).say("met")
        assert word in told.words.lower()
        assert word in chart.words.lower()
        assert chart.data.iloc[-1, 0] == 2021
        assert chart.data.iloc[-1, 1].lower() == word
        faces = [bar.get_facecolor()[:3] for bar in chart.figure.axes[0].patches]
        assert faces[-1] == (1.0, 1.0, 1.0) != faces[0]


@pytest.mark.parametrize(
    ("first", "last", "share"),
    [
        (2008, 2011, 0.74),
        (2012, 2019, 0.29),
        (2020, 2020, 0.03),
        (2021, 2021, 0.66),
        (2022, 2022, 0.02),
    ],
)
def test_shares_of_the_cities_are_those_counted_from_outside(
    first: int, last: int, share: float
) -> None:
    met = announced_targets(2023)["met"]
    year = met.index.get_level_values("year")
    assert met[(year >= first) & (year <= last)].mean() == pytest.approx(share, abs=0.005)


def test_nothing_later_than_the_standpoint_is_seen(small_copy: Path) -> None:
    before = announced_targets(2020)
    for name in ("real_growth_first_published", "city_growth_targets"):
        path = small_copy / "panel" / f"{name}.csv"
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
        column, year = ("value", "year") if "value" in table else ("low_pct", "first_year")
        table.loc[table[year].astype(int) > 2020, column] = "77.7"
        table.to_csv(path, index=False)
    pd.testing.assert_frame_equal(announced_targets(2020), before)
    assert (announced_targets(2021)["target"] == 77.7).any()


def test_without_the_panel_there_is_nothing_to_count(small_copy: Path) -> None:
    for path in (small_copy / "panel").iterdir():
        path.unlink()
    (small_copy / "panel").rmdir()
    assert announced_targets(2023).empty


def test_a_target_is_held_against_those_as_ambitious_or_against_years(
    hand_made: pd.DataFrame,
) -> None:
    year, mean = (
        one for one in load_targets("141100", 2020, 2025) if one.indicator == "gdp_real_growth"
    )
    known = Announced(hand_made, pd.Series({2019: 8.0, 2020: 5.0}))
    alike = known.like(year)  # 8 % is three points above 5 %
    assert (alike.kind, alike.count, alike.share, alike.low) == ("alike", 2, 0.0, 2.0)
    assert Announced(hand_made, pd.Series({2019: 8.0})).like(year) is None
    four = hand_made.xs(2018, drop_level=False).rename(index={2018: 2017})
    over = Announced(pd.concat([hand_made, four]), known.growth).like(mean)
    assert (over.kind, over.count, over.first_year) == ("years", 2, 2017)


def test_growth_as_first_published_comes_before_the_revised(small_copy: Path) -> None:
    for name, value in (("shanxi_real_growth", 3.4), ("real", 3.3)):
        path = next((small_copy / "panel").glob(f"{name}*_first_published.csv"))
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
        own = (table["region_code"] == "141100") & (table["year"] == "2020")
        table.loc[own, "value"] = str(value)
        table.to_csv(path, index=False)
    assert load_announced("141100", 2020).growth[2020] == 3.3
    for name, value in (("real", 3.4), ("shanxi_real_growth", 2.7)):
        path = next((small_copy / "panel").glob(f"{name}*_first_published.csv"))
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
        own = (table["region_code"] == "141100") & (table["year"] == "2020")
        table[~own].to_csv(path, index=False)
        assert load_announced("141100", 2020).growth[2020] == value


def test_verdicts_on_real_growth_alone_say_how_often_such_targets_were_met() -> None:
    outlook = look_ahead("141100", base_year=2020, end_year=2025, draws=200, seed=1)
    known = load_announced("141100", 2020)
    assert known.growth.index.max() == 2020
    targets = load_targets("141100", 2020, 2025)
    verdicts = assess(targets, outlook, Background(announced=known)).by_id
    assert {name for name, one in verdicts.items() if one.met_targets} == {"gdp_2021", "gdp_mean"}
    assert verdicts["gdp_2021"].met_targets.last_year == 2020


def say(targets: pd.DataFrame, region: str) -> list:
    facts = {"region": find_region(region), "met": met_facts(targets, region, targets[:0])}
    return Text("70_track_record", "en", facts).say("met")[1:]


def test_the_page_tells_what_was_counted(hand_made: pd.DataFrame) -> None:
    told, _, chart, by_ambition, *_ = say(hand_made.assign(above_province=1.0), "110000")
    assert "6 annual growth targets that 2 cities announced for 2018–2020" in told.words
    assert "Beijing is among them and met 2 of its 3" in told.words
    assert chart.title == "Targets were met by 50 % of cities in 2019, by 0 % in 2020"
    assert [bar.get_height() for bar in chart.figure.axes[0].patches] == [50, 50, 0]
    assert by_ambition.frame.iloc[:, :3].to_numpy().tolist() == [
        ["−1 to below 0", "2", "50"], ["0 to below +1", "1", "100"], ["+2 or more", "2", "0"],
    ]  # fmt: skip
    assert (
        "Lvliang is not among them" in say(hand_made.assign(above_province=1.0), "141100")[0].words
    )


def test_without_targets_nothing_is_said(hand_made: pd.DataFrame) -> None:
    assert say(hand_made.iloc[:0].assign(above_province=0.0), "141100") == []
