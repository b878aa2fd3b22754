"""What is drawn of a city: facts as numbers, and what the text of page 20 makes of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from lvliang.display.prose import Text
from lvliang.display.show import Chart, Table
from lvliang.feasibility.record import LONGEST
from lvliang.projection.outlook import QUANTILES, look_ahead
from lvliang.projection.outlook_facts import fan_of, gaps_of, outlook_facts, spread_of
from lvliang.projection.scenario import load_scenario

BASELINE = load_scenario(base_year=2020, end_year=2025)
SLUMP = load_scenario("coal_slump", base_year=2020, end_year=2025)
AHEAD = pd.DataFrame([[-4.83, 1.3, 5.6, 10.26, 17.7]], index=[2021], columns=list(QUANTILES))
KNOWN = pd.Series({2019: 5.7, 2020: 2.7})
NATION = pd.DataFrame({"member": ["walk", "factor"], "2021": [6.0, 6.25], "2022": [6.0, 6.05]})
FANS = {
    "gdp_real_growth": fan_of(KNOWN, AHEAD, "gdp_real_growth"),
    "gdp_nominal": fan_of(10 * KNOWN, 10 * AHEAD, "gdp_nominal"),
    "budget_revenue": None,
}
GIVEN = {
    "region": "Q市",
    "scenario": BASELINE,
    "growth_discount": 0.0,
    "years": [(2021, 2025)],
    "untested": None,
    "longest": LONGEST,
    "fans": FANS,
    "basis": None,
    "shock": None,
    "national": NATION[:0],
    "sets_coal": False,
    "revenue_gaps": None,
}


def said(block: str, lang: str = "zh", **facts: Any) -> list[Any]:
    """The pieces of a block of page 20."""
    return Text("20_trajectories", lang, GIVEN | facts).say(block)


def words(block: str, lang: str = "zh", **facts: Any) -> str:
    return "\n".join(piece.words for piece in said(block, lang, **facts))


def tables(block: str, lang: str, **facts: Any) -> list[Table]:
    return [piece for piece in said(block, lang, **facts) if isinstance(piece, Table)]


def test_mean_growth_is_told_in_frequencies() -> None:
    mean = spread_of(xr.DataArray(np.linspace(-10.0, 20.0, 101), dims="draw"))
    assert mean == pytest.approx({"low": -8.5, "median": 5.0, "high": 18.5})
    assert words("answer", mean=mean) == (
        "2021—2025年Q市实际年均增速的中位数为5.0%；每100条路径中有90条在−8.5%至18.5%之间。"
    )
    (figures,) = said("key_figures", "en", mean=mean)
    (figure,) = figures.figures
    assert (figure.value, "2021–2025" in figure.label) == ("5.0 %", True)
    assert figure.note == "90 of 100 paths lie between −8.5 % and 18.5 %"


def test_growth_that_cannot_be_drawn_is_not_told() -> None:
    assert spread_of(xr.DataArray([1.0, np.nan], dims="draw")) is None
    none = "Q市: too little annual real growth to project."
    assert words("answer", "en", mean=None) == none
    assert said("key_figures", mean=None) == []


def test_a_run_beyond_the_record_says_so() -> None:
    beyond = "末年距基期6年，而超过5年没有检验记录：中位数和区间未经检验，仅供参考。"
    assert beyond in words("answer", mean=None, untested=6)
    assert beyond not in words("answer", mean=None)


@pytest.mark.parametrize(("filled", "gap", "lacking"), [(1, 0, 1), (1, 2, 3)])
def test_gaps_of_revenue_are_counted(filled: int, gap: int, lacking: int) -> None:
    found = pd.DataFrame(
        {"filled": [filled], "gap": [gap], "last_year": [2018.0]}, index=["budget_revenue"]
    )
    gaps = gaps_of(found, "budget_revenue")
    assert gaps == {"last_year": 2018, "missing": lacking}
    assert gaps_of(found, "gdp_real") is None
    assert gaps_of(0 * found, "budget_revenue") is None
    assert f"末年为2018年，截至基期有{lacking}年缺数" in words("revenue", revenue_gaps=gaps)
    years = f"{lacking} year{'s' if lacking > 1 else ''} up to the base year"
    assert f"ends in 2018 and lacks {years}" in words("revenue", "en", revenue_gaps=gaps)
    assert "缺数" not in words("revenue")


def test_the_method_counts_the_cities_of_the_panel_and_says_where_members_start() -> None:
    basis = {"cities": 295, "targets_year": 2017}
    shock = {"year": 2020, "came": 2.68, "kept": 6.38}
    told = words("growth", basis=basis, shock=shock)
    assert "由295个城市合并估计" in told
    assert "2020年全国各市平均增速2.7%，按冲击年份不用" in told and "6.4%" in told
    assert "各省2017年目标的均值" in told
    plain = words("growth", basis=basis | {"targets_year": None})
    assert "冲击年份" not in plain and "各省目标为" not in plain
    assert "国家目标没有年度数的" in plain
    assert "合并估计" not in words("growth")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_scenario_that_sets_the_coal_price_says_what_it_moves(lang: str) -> None:
    unknown = {"zh": "未能识别", "en": "not identified"}[lang]
    set_ = {"scenario": SLUMP, "sets_coal": True}
    moved = words("growth", lang, **set_, slope=0.196)
    assert "0.196" in moved and getattr(SLUMP, f"title_{lang}") in moved and unknown not in moved
    assert unknown in words("growth", lang, **set_, slope=None)
    assert unknown not in words("growth", lang, slope=None)


def test_the_national_factor_is_told_member_by_member() -> None:
    (table,) = tables("growth", "zh", national=NATION)
    assert table.frame.columns.tolist() == ["成员", "2021", "2022"]
    assert table.frame["成员"].tolist() == ["上年持平", "全国因子（均值）"]
    assert "不能列出全国因子" in words("growth")


@pytest.mark.parametrize(
    ("lang", "heads", "row"),
    [
        ("zh", ["年份", "5%分位", "25%分位", "中位数", "75%分位", "95%分位"], [-48.3, 56.0]),
        (
            "en",
            ["Year", *(f"{q} % quantile" for q in (5, 25)), "Median"]
            + [f"{q} % quantile" for q in (75, 95)],
            [-4.83, 5.6],
        ),
    ],
)
def test_quantiles_of_levels_are_counted_as_the_page_counts(
    lang: str, heads: list[str], row: list[float]
) -> None:
    (table,) = tables("gdp", lang)
    assert table.frame.columns.tolist() == heads
    assert table.frame.iloc[0, [1, 3]].tolist() == pytest.approx(row)
    assert table.decimals == {"zh": 0, "en": 1}[lang]
    assert tables("revenue", lang) == []


def test_a_series_without_a_projection_is_drawn_alone_and_one_without_figures_not_at_all() -> None:
    fans = FANS | {"gdp_nominal": fan_of(KNOWN, AHEAD[:0], "gdp_nominal")}
    chart = next(piece for piece in said("gdp", fans=fans) if isinstance(piece, Chart))
    assert chart.title == "地区生产总值：暂不能推算"
    assert fan_of(KNOWN[:0], AHEAD, "gdp_nominal") is None
    assert "没有可显示的数据。" in words("revenue")


def test_what_there_is_of_each_series_says_whether_it_is_drawn() -> None:
    evidence = pd.DataFrame(
        {
            "series": ["fixed_asset_investment", "gdp_nominal"],
            "last_year": [2014.0, 2020.0],
            "changes": [10, 20],
            "usable": [False, True],
        }
    )
    told = {"evidence": evidence, "changes": 8, "gap": 2, "origins": 9}
    (table,) = tables("limits", "zh", **told)
    assert table.caption == "各序列的依据（推算至少需8个年度变化，缺口不超过2年）"
    assert table.frame.to_numpy().tolist() == [
        ["固定资产投资", "2014", "10", "不能"],
        ["地区生产总值（现价）", "2020", "20", "能"],
    ]
    assert "Only 9 overlapping origins" in words("limits", "en", **told)
    assert "没有回测记录" in words("limits", **told | {"origins": 0, "evidence": []})


def test_the_facts_of_a_city_are_those_of_its_paths() -> None:
    outlook = look_ahead("141100", base_year=2020, end_year=2022, draws=500, seed=5)
    facts = outlook_facts(outlook)
    assert facts["mean"]["low"] < facts["mean"]["median"] < facts["mean"]["high"]
    assert facts["national"]["member"].tolist()[-2:] == ["factor", "deviation"]
    assert list(facts["national"].columns[1:]) == ["2021", "2022"]
    fan = facts["fans"]["gdp_nominal"]
    assert (fan["last"], fan["last_value"], fan["end"]) == (2020, 1538.04, 2022)
    drawn = outlook.own_paths.sel(indicator="gdp_nominal", year=2022)
    assert fan["at_end"]["q50"] == pytest.approx(float(drawn.median()))
    assert fan["table"]["kind"].tolist()[-3:] == ["actual", "projection", "projection"]
