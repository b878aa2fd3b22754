"""Sentences follow the data of the run, and what is not known is said to be so."""

from __future__ import annotations

from lvliang.display.prose import Text
from lvliang.feasibility.verdict_facts import class_counts
from lvliang.feasibility.verdicts import Verdict, Verdicts


def test_a_discount_is_told_where_there_is_one() -> None:
    facts = {"region": "Q市", "main": main(0.4), "counts": {"uncertain": 1}, "main_bets": []}
    plain, cut = (
        Text("30_feasibility", "zh", facts | {"growth_discount": points}).say("answer")
        for points in (0.0, 1.5)
    )
    assert len(plain) == 1
    assert cut[-1].style == "caveat"
    assert "下调1.5个百分点" in cut[-1].words


def main(*probabilities: float | None, together: float | None = 0.2) -> Verdicts:
    given = {"group_probability": together, "deadline": 2021}
    return Verdicts(
        Verdict.of(
            given | {"probability": one, "class": "cannot_tell" if one is None else "uncertain"}
        )
        for one in probabilities
    )


def feasibility(verdicts: Verdicts, lang: str = "zh") -> list[str]:
    facts = {"region": "Q市", "main": verdicts, "counts": class_counts(verdicts)}
    facts |= {"main_bets": [], "growth_discount": 0}
    said = Text("30_feasibility", lang, facts).say("answer")
    assert said[0].style == "headline"
    assert Text("90_summary", lang, facts).say("answer") == said  # the page for the desk as well
    nothing_before = {"same_as": None, "judged": True, "found": None}
    assert Text("history", lang, facts | nothing_before).say("feed")[: len(said)] == said
    return [sentence.words for sentence in said]


def test_verdicts_are_counted_and_judged_together():
    assert feasibility(main(0.4, 0.5, None)) == [
        "2021年3项主要预期目标中，存在不确定性、需加力推进2项；暂不具备评估条件1项。",
        "可评估的两项目标同时实现：可能性较小。",
    ]
    assert feasibility(main(0.4, 0.5), "en")[1].startswith("Both targets that can be assessed")
    assert feasibility(main(0.4, 0.5, 0.6), "en")[1].startswith("All 3 targets")
    assert feasibility(main(0.4, 0.5, 0.6))[1].startswith("可评估的3项目标")
    for together, word in ((0.66, "可能性较大"), (0.005, "可能性极小")):
        assert feasibility(main(0.7, 0.8, together=together))[1].endswith(f"：{word}。")
    for fewer_than_two in ((0.4, None), (None, None)):
        assert len(feasibility(main(*fewer_than_two))) == 1


def test_a_region_without_targets_says_so() -> None:
    (zh,) = feasibility(main())
    (en,) = feasibility(main(), "en")
    assert zh.startswith("Q市")
    assert "没有录入" in zh
    assert "no target" in en.lower()
    assert "Q市" in en


def test_counts_stand_best_class_first_whatever_the_order_of_verdicts() -> None:
    classes = ["cannot_tell", "difficult", "within_reach", "difficult"]
    found = class_counts(Verdicts(Verdict.of({"class": one}) for one in classes))
    assert list(found.items()) == [("within_reach", 1), ("difficult", 2), ("cannot_tell", 1)]
