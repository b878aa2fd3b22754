"""Where a city starts: facts as numbers, and what the text of page 10 makes of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from lvliang.baseline.baseline_facts import baseline_facts, both_ends, level_facts, reported, trough
from lvliang.baseline.history import load_history
from lvliang.baseline.regions import find_region
from lvliang.baseline.starting_point import ranks_by_year, starting_point
from lvliang.display.prose import Text

NAN = float("nan")
BOTH = ["gdp_nominal", "budget_revenue"]


def point(**changed: float) -> pd.DataFrame:
    """A starting point; ``gdp_last=…`` changes a cell of the row of GDP, ``revenue_…`` another."""
    frame = pd.DataFrame(
        {
            "first": [955.8, 90.6],
            "last": [1538.04, 187.26],
            "first_rank": [8.0, 6.0],
            "last_rank": [4.0, 2.0],
        },
        index=BOTH,
    )
    for name, value in changed.items():
        row, _, column = name.partition("_")
        frame.loc[{"gdp": "gdp_nominal", "revenue": "budget_revenue"}[row], column] = value
    return frame


def growth(first_year: float = -4.6) -> pd.DataFrame:
    return pd.DataFrame({"real": [first_year, 4.2]}, index=[2015, 2016])


MEAN = pd.Series({"real": 5.4, "nominal": 10.21})


def said(block: str, lang: str = "zh", **facts: Any) -> list[Any]:
    """The pieces of a block of page 10."""
    given = {"region": "Q市", "base_year": 2020, "differ": [], "levels": [], "reported": []}
    return Text("10_baseline", lang, given | facts).say(block)


def ends(**changed: float) -> dict[str, Any]:
    table = point(**changed)
    return {
        "gdp": both_ends(table.loc["gdp_nominal"]),
        "revenue": both_ends(table.loc["budget_revenue"]),
    }


def baseline(lang: str = "zh", mean: pd.Series | None = MEAN, **changed: Any) -> list[str]:
    rates = changed.pop("growth", growth())
    facts = ends(**changed) | {"first_year": 2015, "next_year": 2016}
    facts |= {"mean": None if mean is None else dict(mean), "trough": trough(rates, 2015)}
    pieces = said("answer", lang, **facts)
    assert [piece.style for piece in pieces] == ["headline"] + [""] * (len(pieces) - 1)
    return [piece.words for piece in pieces]


def test_baseline_in_both_languages() -> None:
    assert baseline("zh") == [
        "Q市2020年地区生产总值1538.04亿元，居全省第4位；"
        "按修订后的序列，2016—2020年名义年均增长10.2%，实际年均增长5.4%。",
        "按首次公布的总量，由2015年的955.8亿元到2020年的1538.04亿元，名义年均增长10.0%；"
        "两套序列水平不同，其间如有经济普查，首次公布数前后不宜直接相比。",
        "2015年当年实际增速为−4.6%（修订序列），是低点：以它为起点算出的年均增速偏高，不宜直接外推。",
        "一般公共预算收入由2015年的90.6亿元到2020年的187.26亿元，年均增长15.6%（现价）。",
    ]
    headline, first, trough, revenue = baseline("en")
    assert "from CNY 95.58 billion in 2015 to CNY 153.804 billion in 2020" in first
    assert headline.startswith("GDP of Q市 was CNY 153.804 billion in 2020, no. 4 in the province;")
    assert "over 2016–2020 the revised series grew 10.2 % a year in current prices" in headline
    assert "real growth −4.6 %" in trough
    assert "from CNY 9.06 billion in 2015 to CNY 18.726 billion in 2020" in revenue


def test_a_series_that_ends_before_the_base_year_says_so() -> None:
    told = level_facts(pd.Series({2017: 73.3, 2018: 81.54}), "budget_revenue")
    ends = "一般公共预算收入的序列止于2018年（81.54亿元），基期没有数。"
    for base_year, expected in ((2020, True), (2018, False)):
        words = [piece.words for piece in said("levels", levels=[told], base_year=base_year)]
        assert (ends in words) is expected


@pytest.mark.parametrize(
    ("changed", "number"),
    [
        ({"gdp_last": 1600.0}, "1600亿元"),
        ({"mean": MEAN.replace(10.21, 11.26)}, "名义年均增长11.3%"),
        ({"gdp_last_rank": 3.0}, "第3位"),
        ({"mean": MEAN.replace(5.4, -1.25)}, "实际年均增长−1.2%"),
        ({"revenue_first": 80.0}, "2015年的80亿元"),
        ({"revenue_last": 200.0}, "2020年的200亿元"),
        ({"revenue_last": 81.9}, "年均增长−2.0%"),
    ],
)
def test_another_number_another_sentence(changed: dict[str, float], number: str) -> None:
    assert number not in "".join(baseline())
    assert number in "".join(baseline(**changed))


def test_what_is_missing_is_left_out_or_told_as_missing():
    headline, missing, *_ = baseline(mean=None)
    assert headline == "Q市2020年地区生产总值1538.04亿元，居全省第4位。"
    assert missing.startswith("修订后的序列缺年份，不计算年均增速")
    unranked = baseline(gdp_last_rank=NAN)
    assert "居全省" not in unranked[0]
    assert "实际年均增长5.4%" in unranked[0]
    assert "缺年份" not in "".join(unranked)
    assert "nan" not in "".join(baseline(gdp_first=NAN))
    assert baseline(gdp_last=NAN) == ["Q市：2020年没有可用的地区生产总值。"]
    assert baseline("en", gdp_last=NAN) == ["Q市: no usable GDP figure for 2020."]
    assert not any("一般公共预算收入" in words for words in baseline(revenue_first=NAN))
    for rates, told in (
        (growth(-0.1), True),
        (growth(0.0), False),
        (growth(4.0), False),
        (growth(NAN), False),
        (growth().drop(2015), False),
    ):
        found = any("低点" in words for words in baseline(growth=rates))
        assert found is told, "a trough is where the first year shrank"


def test_two_figures_of_a_year_are_told_where_they_differ() -> None:
    differ = [{"indicator": "budget_revenue", "year": 2015, "report": 90.6, "series": 90.68}]
    (_, zh, _), (_, en, _) = (said("levels", lang, differ=differ) for lang in ("zh", "en"))
    assert zh.words == (
        "一般公共预算收入2015年有两个数：文中用报告数90.6亿元，图中用统计序列90.68亿元。"
    )
    assert "the report's CNY 9.06 billion, the chart the series' CNY 9.068 billion" in en.words


def test_key_figures_have_their_rank_where_one_is_known() -> None:
    (found,) = said("key_figures", **ends(revenue_last_rank=NAN))
    gdp, revenue = found.figures
    assert (gdp.value, gdp.label, gdp.note) == ("1538.04亿元", "2020年地区生产总值", "居全省第4位")
    assert (revenue.label, revenue.note) == ("2020年一般公共预算收入", "")
    assert said("key_figures", **ends(gdp_last=NAN, revenue_last=NAN)) == []


@pytest.fixture(scope="module")
def facts() -> dict[str, Any]:
    region = find_region("141100")
    history = load_history(["141100", "140100"], 2020)
    return baseline_facts(history, starting_point(history, "141100", 2020), region, 2020)


def test_the_facts_of_lvliang_are_those_of_its_report(facts: dict[str, Any]) -> None:
    gdp, revenue = facts["gdp"], facts["revenue"]
    assert (gdp["first"], gdp["last"], revenue["last"]) == (955.8, 1538.04, 187.26)
    assert gdp["growth"] == pytest.approx(100 * ((1538.04 / 955.8) ** 0.2 - 1))
    assert (facts["first_year"], facts["next_year"]) == (2015, 2016)
    rates = facts["growth"].set_index("year")["real"]
    assert facts["trough"] == rates[2015] < 0
    assert facts["mean"]["real"] == pytest.approx(
        100 * (np.prod(1 + rates.loc[2016:2020] / 100) ** 0.2 - 1)
    )
    assert [one["indicator"] for one in facts["levels"]] == ["gdp_nominal", "budget_revenue"]
    assert facts["differ"] == [
        {
            "indicator": "budget_revenue",
            "year": 2015,
            "report": 90.6,
            "series": 90.68,
            "difference": -0.08,
        }
    ]
    assert facts["cities"] - facts["missing"] == 2


def test_figures_in_the_same_words_share_a_row() -> None:
    figures = pd.DataFrame(
        {
            "indicator": ["gdp_nominal"] * 2 + ["new_urban_jobs_five_years"],
            "status": "reported",
            "quote": ["a"] * 2 + ["b"],
            "section": "s",
            "year": [2015, 2020, 2020],
            "period": ["annual", "annual", "2016/2020"],
            "value": [955.8, 1538.04, 20.0],
        }
    )
    table = reported(figures)
    assert table["years"].tolist() == [[(2015,), (2020,)], [(2016, 2020)]]
    assert table["values"].tolist() == [
        ("gdp_nominal", [955.8, 1538.04]),
        ("new_urban_jobs_five_years", [20.0]),
    ]
    run = figures.assign(period="annual", indicator="x", quote="q", year=[2018, 2019, 2020])
    assert reported(run)["years"].tolist() == [[(2018, 2020)]]
    assert reported(figures[:0]).empty


def test_why_there_is_no_rank():
    none = {"ranks": [], "cities": 9, "missing": 3}
    (_, zh), (_, en) = (said("ranks", lang, **none) for lang in ("zh", "en"))
    assert zh.words == "Q市所在省有9个市（州、盟），统计序列缺3个，不排全省位次。"
    assert "has 9 cities and prefectures, of which the series lack 3" in en.words
    _, alone = said("ranks", ranks=[], cities=1, missing=0)
    assert alone.words == "Q市是直辖市，没有同省的其他市，不作位次研判。"
    assert len(said("ranks", ranks=[], cities=11, missing=0)) == 1
    history = load_history([f"520{number}00" for number in range(1, 7)], 2020)
    guiyang = find_region("520100")
    found = baseline_facts(history, starting_point(history, "520100", 2020), guiyang, 2020)
    assert (found["cities"], found["missing"]) == (9, 3), "the series of Guizhou lack three of nine"
    assert ranks_by_year(history, "520100").empty
