"""Pages of verdicts beyond what the golden texts have: facts as numbers, and other words."""

from typing import Any

import pandas as pd
import pytest

from lvliang.baseline.regions import find_region
from lvliang.display.prose import Text
from lvliang.display.show import KeyFigure, KeyFigures
from lvliang.feasibility.beside import EvenBet
from lvliang.feasibility.verdict_facts import class_counts, even_bets, level_facts, verdict_facts
from lvliang.feasibility.verdicts import Verdict, Verdicts

GROWTH = {
    "group": "2021_main", "indicator": "gdp_real_growth", "type": "growth", "operator": ">=",
    "value": 8.0, "unit": "%", "first_year": 2021, "deadline": 2021, "grade": "A",
    "class": "uncertain", "probability": 0.36, "rate_needed": 8.0, "required_rate": 8.0,
    "reading_zh": "", "reading_en": "",
}  # fmt: skip
NOT_TOLD = {"group": "2021_main", "class": "cannot_tell", "indicator": "new_urban_jobs"}
TARGETS = Verdicts(
    Verdict.of({"indicator": indicator, "value": value, "first_year": 2021})
    for indicator, value in (
        ("gdp_real_growth", 8.0), ("new_urban_jobs", 3.9), ("budget_revenue_growth", 5.0),
    )
)  # fmt: skip
NOTHING = dict.fromkeys(["gdp_level", "revenue_level", "jobs", "is_report", "past", "rebound"])


def verdicts(*rows: dict[str, Any]) -> Verdicts:
    return Verdicts(map(Verdict.of, rows))


def said(block: str, *rows: dict[str, Any], lang: str = "zh", **facts: Any) -> list[str]:
    """What a block of page 30 says in sentences."""
    given = NOTHING | {"region": find_region("141100"), "base_year": 2020, "end_year": 2025}
    given |= {"growth_discount": 0.0, "origins": 4, "longest": 5}
    given |= verdict_facts(verdicts(*rows)) | facts
    pieces = Text("30_feasibility", lang, given).say(block)
    return [piece.words for piece in pieces if hasattr(piece, "style")]


def test_classes_are_counted_best_first_and_what_cannot_be_told_last() -> None:
    rows = [NOT_TOLD, GROWTH, GROWTH | {"class": "under_control"}, GROWTH]
    counts = class_counts(verdicts(*rows))
    assert list(counts.items()) == [("uncertain", 2), ("under_control", 1), ("cannot_tell", 1)]


def test_the_nature_of_targets_is_told_where_they_have_it_in_common():
    for *natures, common in (("预期性", "预期性", "预期性"), ("预期性", "约束性", None), (None,)):
        judged = verdicts(*(GROWTH | {"nature": nature} for nature in natures))
        assert verdict_facts(judged)["nature"] == common


@pytest.mark.parametrize(
    ("even", "gap", "words"),
    [(6.69, -1.3, "低1.3个百分点"), (9.5, 1.5, "高1.5个百分点"), (7.96, 0.0, "与目标大体相当")],
)
def test_the_distance_of_a_target_from_an_even_bet_has_its_side(even, gap, words) -> None:
    row = GROWTH | {"break_even": EvenBet(even, 0.0)}
    assert [bet["gap"] for bet in even_bets(verdicts(row))] == [gap]
    assert words in said("answer", row)[1]
    assert said("answer", row | {"grade": "C"})[1:] == [], "where the word stands alone"
    assert said("answer", row | {"rate_needed": None})[1:] == [], "nor where no rate is needed"


def test_targets_of_growth_as_levels() -> None:
    years = {"gdp": {2020: 1538.04}, "growth": {2020: 2.7}, "revenue": {2018: 174.8, 2020: 187.26}}
    known = {name: pd.Series(values) for name, values in years.items()}
    facts = level_facts(TARGETS, 2020, **known)
    assert facts["gdp_level"] == pytest.approx(
        {"value": 8.0, "level": 1661.0832, "latest": 2.7, "two_years": 5.316665}
    )
    assert facts["revenue_level"] == pytest.approx({"value": 5.0, "level": 196.623, "year": 2021})
    for targets, base_year in ((TARGETS[:0], 2020), (TARGETS, 2019)):
        assert set(level_facts(Verdicts(targets), base_year, **known).values()) == {None}


def answer(*probabilities: float | None, together: float = 0.2, cut: float = 0.0) -> list[str]:
    """What pages and the feed say of verdicts."""
    given = {"group_probability": together, "deadline": 2021}
    verdicts = Verdicts(
        Verdict.of(given | {"probability": one, "class": "uncertain" if one else "cannot_tell"})
        for one in probabilities
    )
    facts = {"region": "Q市", "main": verdicts, "counts": class_counts(verdicts)}
    facts |= {"main_bets": [], "growth_discount": cut, "to_end": Verdicts(), "mid_term": False}
    said = Text("30_feasibility", "zh", facts).say("answer")
    if not cut:  # the page for the desk and the feed say the same
        nothing_before = {"same_as": None, "judged": True, "found": None}
        assert Text("90_summary", "zh", facts).say("answer") == said
        assert Text("history", "zh", facts | nothing_before).say("feed")[: len(said)] == said
    return [sentence.words for sentence in said]


def test_verdicts_are_counted_and_judged_together():
    assert answer(0.4, 0.5, None) == [
        "2021年3项主要预期目标中，存在不确定性、需加力推进2项；暂不具备评估条件1项。",
        "可评估的两项目标同时实现：可能性较小。",
    ]
    assert answer(0.4, 0.5, 0.6)[1].startswith("可评估的3项目标")
    assert answer(0.7, 0.8, together=0.66)[1].endswith("：可能性较大。")
    for fewer_than_two in ((0.4, None), (None, None)):
        assert len(answer(*fewer_than_two)) == 1
    (without,) = answer()
    assert without.startswith("Q市") and "没有录入" in without
    assert "下调1.5个百分点" in answer(0.4, cut=1.5)[-1]


def test_where_the_year_is_over_the_answer_goes_on_to_the_end() -> None:
    over = GROWTH | {"class": "exceeded", "probability": None}
    mean = GROWTH | {"group": "to_end_year", "type": "mean_growth", "deadline": 2025}
    for mid_term, began in (
        (True, "中期评估：地区生产总值实际增速"),
        (False, "地区生产总值实际增速"),
    ):
        _, to_end = said("answer", over, mean, mid_term=mid_term)
        assert to_end.startswith(began)
        assert to_end.endswith("，存在不确定性、需加力推进，约35%。")
    assert "约35%" not in "".join(said("answer", GROWTH | {"rate_needed": None}, mean))


def test_figures_are_a_list_of_descriptions_that_begins_each_label_with_a_capital() -> None:
    html = KeyFigures([KeyFigure("1 < 2", "growth of x"), KeyFigure("3", "y", "z")]).html()
    assert '<dt>Growth of x</dt><dd class="value">1 &lt; 2</dd>' in html
    assert html.count("<dd>") == 1
