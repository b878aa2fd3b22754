"""Where a city starts: facts as numbers, and what the text of page 10 makes of them."""

from __future__ import annotations

from typing import Any

import pandas as pd

from lvliang.baseline.history import load_history
from lvliang.baseline.regions import find_region
from lvliang.baseline.starting_point import (
    baseline_facts,
    both_ends,
    level_facts,
    ranks_by_year,
    reported,
    starting_point,
    trough,
)
from lvliang.display.prose import Text

NAN = float("nan")
MEAN = {"real": 5.4, "nominal": 10.21}


def said(block: str, **facts: Any) -> list[Any]:
    """The pieces of a block of page 10."""
    given = {"region": "Q市", "base_year": 2020, "differ": [], "levels": [], "reported": []}
    return Text("10_baseline", "zh", given | facts).say(block)


def ends(**changed: float) -> dict[str, Any]:
    figures = {
        "gdp": {"first": 955.8, "last": 1538.04, "first_rank": 8.0, "last_rank": 4.0},
        "revenue": {"first": 90.6, "last": 187.26, "first_rank": 6.0, "last_rank": 2.0},
    }
    for name, value in changed.items():
        row, _, column = name.partition("_")
        figures[row][column] = value
    return {name: both_ends(pd.Series(row)) for name, row in figures.items()}


def baseline(mean: dict | None = MEAN, **cells: Any) -> str:
    """What the answer says; ``gdp_last=…`` changes a cell of the starting point."""
    facts = ends(**cells) | {"first_year": 2015, "next_year": 2016, "mean": mean, "trough": None}
    pieces = said("answer", **facts)
    assert [piece.style for piece in pieces] == ["headline"] + [""] * (len(pieces) - 1)
    return "".join(piece.words for piece in pieces)


def test_a_series_that_ends_before_the_base_year_says_so() -> None:
    told = level_facts(pd.Series({2017: 73.3, 2018: 81.54}), "budget_revenue")
    ends = "一般公共预算收入的序列止于2018年（81.54亿元），基期没有数。"
    for base_year, expected in ((2020, True), (2018, False)):
        words = [piece.words for piece in said("levels", levels=[told], base_year=base_year)]
        assert (ends in words) is expected


def test_what_is_missing_is_left_out_or_told_as_missing():
    assert "修订后的序列缺年份，不计算年均增速" in baseline(mean=None)
    unranked = baseline(gdp_last_rank=NAN)
    assert "居全省" not in unranked and "实际年均增长5.4%" in unranked
    assert "nan" not in baseline(gdp_first=NAN)
    assert baseline(gdp_last=NAN) == "Q市：2020年没有可用的地区生产总值。"
    assert "一般公共预算收入" not in baseline(revenue_first=NAN)
    for rates, told in (
        ({2015: -0.1}, -0.1), ({2015: 4.0}, None), ({2015: NAN}, None), ({2016: -4.6}, None),
    ):  # fmt: skip
        assert trough(pd.DataFrame({"real": rates}), 2015) == told, "of the first year alone"


def test_key_figures_have_their_rank_where_one_is_known() -> None:
    (found,) = said("key_figures", **ends(revenue_last_rank=NAN))
    assert [figure.note for figure in found.figures] == ["居全省第4位", ""]
    assert said("key_figures", **ends(gdp_last=NAN, revenue_last=NAN)) == []


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
