"""Sentences follow the data of the run, and what is not known is said to be so."""

import numpy as np
import pytest

from lvliang.display.prose import Text
from lvliang.display.show import KeyFigure, KeyFigures
from lvliang.feasibility.verdict_facts import class_counts
from lvliang.feasibility.verdicts import Verdict, Verdicts


def answer(*probabilities: float | None, together: float = 0.2, cut: float = 0.0) -> list[str]:
    """What pages and the feed say of verdicts."""
    given = {"group_probability": together, "deadline": 2021}
    verdicts = Verdicts(
        Verdict.of(given | {"probability": one, "class": "uncertain" if one else "cannot_tell"})
        for one in probabilities
    )
    facts = {"region": "Q市", "main": verdicts, "counts": class_counts(verdicts)}
    facts |= {"main_bets": [], "growth_discount": cut}
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


TARGET = {
    "indicator": "gdp_real_growth", "type": "one_year", "operator": ">=", "value": 8.0, "unit": "%",
    "first_year": 2021, "deadline": 2021, "class": "uncertain", "likelihood": "about_even",
    "near_edge": False,
}  # fmt: skip


@pytest.mark.parametrize(("grade", "value"), [("A", "about 40 %"), ("C", "about as likely as not")])
def test_only_grades_a_and_b_show_a_number(grade: str, value: str) -> None:
    rows = [TARGET | {"probability": 0.41, "grade": grade}, TARGET | {"probability": np.nan}]
    facts = {"main": Verdicts(map(Verdict.of, rows))}
    (figures,) = Text("30_feasibility", "en", facts).say("key_figures")
    (figure,) = figures.figures
    assert figure.value == value
    assert grade in figure.note
    assert "uncertain" in figure.note


def test_figures_are_a_list_of_descriptions_that_begins_each_label_with_a_capital() -> None:
    html = KeyFigures([KeyFigure("1 < 2", "growth of x"), KeyFigure("3", "y", "z")]).html()
    assert '<dt>Growth of x</dt><dd class="value">1 &lt; 2</dd>' in html
    assert html.count("<dd>") == 1
