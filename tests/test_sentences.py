"""Sentences follow the data of the run, and what is not known is said to be so."""

from __future__ import annotations

import pandas as pd
import pytest

from lvliang.display import sentences
from lvliang.feasibility.break_even import EvenBet
from lvliang.feasibility.settling import VintageGap
from lvliang.feasibility.verdicts import Verdict, Verdicts

NAN = float("nan")


def test_a_discount_is_told_where_there_is_one() -> None:
    assert sentences.discount(0.0, "zh") == []
    (said,) = sentences.discount(1.5, "zh")
    assert said.style == "caveat"
    assert "下调1.5个百分点" in said.words


def main(*probabilities: float | None, together: float | None = 0.2) -> Verdicts:
    given = {"group_probability": together, "deadline": 2021}
    return Verdicts(
        Verdict.of(
            given | {"probability": one, "class": "cannot_tell" if one is None else "uncertain"}
        )
        for one in probabilities
    )


def feasibility(verdicts: Verdicts, lang: str = "zh") -> list[str]:
    said = sentences.feasibility(verdicts, region="Q市", lang=lang)
    assert said[0].style == "headline"
    return [sentence.words for sentence in said]


def test_verdicts_are_counted_and_judged_together() -> None:
    assert feasibility(main(0.4, 0.5, None)) == [
        "2021年3项主要预期目标中，存在不确定性、需加力推进2项；暂不具备评估条件1项。",
        "可评估的两项目标同时实现：可能性较小。",
    ]
    assert feasibility(main(0.4, 0.5), "en")[1].startswith("Both targets that can be assessed")
    assert feasibility(main(0.4, 0.5, 0.6), "en")[1].startswith("All 3 targets")
    assert feasibility(main(0.4, 0.5, 0.6))[1].startswith("可评估的3项目标")


def test_how_to_add_figures_is_said_where_any_are_missing() -> None:
    (said,) = sentences.how_to_add(main(0.4, None), "zh")
    assert said.words.startswith("怎样补数：")
    assert "data/README.md" in said.words
    assert sentences.how_to_add(main(0.4, 0.5), "zh") == []
    assert len(sentences.how_to_add(main(), "zh")) == 1


@pytest.mark.parametrize(("together", "word"), [(0.66, "可能性较大"), (0.005, "可能性极小")])
def test_the_word_for_all_together_follows_their_probability(together: float, word: str) -> None:
    assert feasibility(main(0.7, 0.8, together=together))[1].endswith(f"：{word}。")


@pytest.mark.parametrize("probabilities", [(0.4, None), (None, None)])
def test_fewer_than_two_assessable_targets_are_not_joined(probabilities: tuple) -> None:
    assert len(feasibility(main(*probabilities))) == 1


def even(value: float, lang: str = "zh", **changes: object) -> list[str]:
    row = {
        "indicator": "gdp_real_growth", "type": "growth", "operator": ">=", "value": 8.0,
        "unit": "%", "first_year": 2021, "deadline": 2021, "grade": "A", "rate_needed": 8.0,
        "probability": 0.36, "break_even": EvenBet(value, 0.0),
    }  # fmt: skip
    found = Verdicts([Verdict.of(row | changes)])
    return [sentence.words for sentence in sentences.even_bets(found, lang)]


def test_the_distance_of_a_target_from_an_even_bet_has_its_side() -> None:
    assert even(6.69) == [
        "地区生产总值实际增速：2021年≥8%，可能性约35%；"
        "有五成把握的增速约为6.7%，比目标低1.3个百分点。"
    ]
    assert "高1.5个百分点" in even(9.5)[0]
    assert "与目标大体相当" in even(7.96)[0]
    assert "1.3 points below the target" in even(6.69, "en")[0]


def test_no_even_bet_where_the_word_stands_alone_or_no_rate_is_needed() -> None:
    assert even(6.69, grade="C") == []
    assert even(4.0, rate_needed=float("nan")) == []


def test_the_settling_figure_is_told_with_its_gap_or_without() -> None:
    gap = VintageGap(2000, 2020, 20, mean=0.08, spread=1.68, largest=3.6, probability_without=0.4)
    found = [Verdict.of({"vintage_gap": one}) for one in (None, gap)]
    (said,) = (sentence.words for sentence in sentences.settling(Verdicts(found), "zh"))
    assert "平均+0.1个百分点" in said
    assert "标准差1.7个百分点" in said
    assert "未计入" in sentences.settling(Verdicts(found[:1]), "zh")[0].words
    assert sentences.settling(Verdicts(), "zh") == []


def test_a_region_without_targets_says_so() -> None:
    (zh,) = feasibility(main())
    (en,) = feasibility(main(), "en")
    assert zh.startswith("Q市")
    assert "没有录入" in zh
    assert "no target" in en.lower()
    assert "Q市" in en


TARGETS = Verdicts(
    Verdict.of({"indicator": indicator, "value": value})
    for indicator, value in (
        ("gdp_real_growth", 8.0), ("new_urban_jobs", 3.9), ("budget_revenue_growth", 5.0),
    )
)  # fmt: skip
YEARS = {"levels": pd.Series({2020: 1538.04}), "growth": pd.Series({2020: 2.7})}


def test_the_gdp_target_as_a_level_and_over_two_years() -> None:
    (said,) = sentences.gdp_target(TARGETS, 2020, **YEARS, lang="zh")
    assert said.words == (
        "地区生产总值增长8%相当于按2020年价格达到1661.1亿元；与2020年的2.7%合计，两年平均增长5.3%。"
    )
    lower = Verdicts([Verdict.of({"indicator": "gdp_real_growth", "value": 5.0})])
    (other,) = sentences.gdp_target(lower, 2020, **YEARS, lang="zh")
    assert "增长5%相当于按2020年价格达到1614.9亿元" in other.words
    (english,) = sentences.gdp_target(TARGETS, 2020, **YEARS, lang="en")
    assert "means CNY 166.1 billion at 2020 prices" in english.words


@pytest.mark.parametrize(
    ("targets", "base_year"), [(TARGETS[1:], 2020), (TARGETS[:0], 2020), (TARGETS, 2019)]
)
def test_without_target_level_or_growth_there_is_no_such_sentence(
    targets: Verdicts, base_year: int
) -> None:
    assert sentences.gdp_target(targets, base_year, **YEARS, lang="zh") == []


def test_the_revenue_target_as_a_level() -> None:
    levels = pd.Series({2018: 174.8, 2020: 187.26})
    (said,) = sentences.revenue_target(TARGETS, 2020, levels=levels, lang="zh")
    assert said.words == "一般公共预算收入增长5%相当于2021年达到196.6亿元。"
    (english,) = sentences.revenue_target(TARGETS, 2020, levels=levels, lang="en")
    assert english.words == "Revenue growth of 5 % means CNY 19.7 billion in 2021."
    assert sentences.revenue_target(TARGETS[:1], 2020, levels=levels, lang="zh") == []
    assert sentences.revenue_target(TARGETS, 2019, levels=levels, lang="zh") == []


def test_jobs_are_those_of_the_report() -> None:
    figures = pd.DataFrame({"indicator": ["new_urban_jobs_five_years"], "value": [22.0]})
    (said,) = sentences.jobs(figures, "zh")
    assert "五年新增22万人，年均4.4万人" in said.words
    (said,) = sentences.jobs(figures, "en")
    assert "220,000 persons over five years, 44,000 persons a year" in said.words
    assert sentences.jobs(figures[:0], "zh") == []


def test_target_value() -> None:
    assert sentences.target_value(TARGETS, "new_urban_jobs") == 3.9
    assert sentences.target_value(TARGETS, "gdp_nominal") is None


def test_what_is_said_of_a_table_is_not_said_of_an_empty_one() -> None:
    rows = pd.DataFrame({"x": [1]})
    (said,) = sentences.if_any(rows, "feasibility.no_rates", "en", style="note", end_year=2025)
    assert ("2025" in said.words, said.style) == (True, "note")
    assert sentences.if_any(rows.iloc[:0], "feasibility.twelfth", "zh") == []


def test_that_a_year_rebounds_is_said_after_a_shock_alone() -> None:
    rows = main(0.4)
    shock = {"year": 2019, "came": 2.0, "kept": 6.0}
    (said,) = sentences.rebound(rows, shock, "zh")
    assert said.words.startswith("2020年是恢复性年份")
    assert sentences.rebound(rows, None, "zh") == sentences.rebound(rows[:0], shock, "zh") == []


def test_the_origins_behind_the_record_are_those_of_the_run() -> None:
    assert "5年期的检验记录背后，只有4个" in sentences.limits(4, "zh")[1].words
    assert "Only 9 overlapping origins" in sentences.limits(9, "en")[1].words
    for lang, none in {"zh": "没有回测记录", "en": "there is no record"}.items():
        first, second = sentences.limits(0, lang)
        assert none in second.words
        assert "4" not in first.words
