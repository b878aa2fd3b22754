"""Where a city starts: facts as numbers, and what the text of page 10 makes of them."""

from typing import Any

import pandas as pd

from lvliang.baseline.history import load_history
from lvliang.baseline.regions import find_region
from lvliang.baseline.starting_point import (
    baseline_facts,
    ranks_by_year,
    reported,
    starting_point,
)
from lvliang.display.prose import Text


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
