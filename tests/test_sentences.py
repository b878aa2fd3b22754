"""Sentences follow the data of the run, and what is not known is said to be so."""

from __future__ import annotations

from lvliang.display.prose import Text
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
