"""Tables: numbers as they are told, heads that are named, nothing where there is nothing."""

from typing import Any

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from lvliang.baseline.regions import find_region
from lvliang.baseline.starting_point import reported
from lvliang.display.prose import Text
from lvliang.display.show import Appendix, Sentence, Table
from lvliang.feasibility.background import VintageGap
from lvliang.feasibility.beside import BeyondGdp, EvenBet
from lvliang.feasibility.verdict_facts import verdict_facts
from lvliang.feasibility.verdicts import Missing, Verdict, Verdicts

NAN = float("nan")
QUOTE = "从955.8亿元增加到1538.04亿元"
FIGURES = pd.DataFrame({
    "indicator": "gdp_nominal", "year": [2015, 2020], "period": "annual", "status": "reported",
    "value": [955.8, 1538.04], "quote": QUOTE, "section": "回顾", "position": 1968,
})  # fmt: skip
CLAIMS = pd.DataFrame({
    "indicator": "budget_revenue", "year": [2015, 2020], "report": [90.6, 187.26],
    "series": [90.68, NAN], "difference": [-0.08, NAN],
})  # fmt: skip
TARGET = {
    "indicator": "gdp_real_growth", "type": "growth", "operator": ">=", "value": 8.0, "unit": "%",
    "first_year": 2021, "deadline": 2021, "class": "uncertain", "probability": 0.362, "grade": "B",
    "likelihood": "about_even", "near_edge": False, "missing": None,
    "reading_zh": "可比价增速", "reading_en": "at constant prices",
    "discounted_1": 0.31, "discounted_2": 0.26, "break_even": EvenBet(6.68, 1.7),
    "vintage_gap": VintageGap(2000, 2020, 20, 0.1, 1.7, 3.6, probability_without=0.41),
}  # fmt: skip
NOT_TOLD = TARGET | {
    "indicator": "new_urban_jobs", "value": 3.9, "unit": "万人", "class": "cannot_tell",
    "probability": NAN, "grade": None, "likelihood": None, "reading_zh": "", "reading_en": "",
    "missing": Missing("no_series", "new_urban_jobs"), "vintage_gap": None,
    "discounted_1": NAN, "discounted_2": NAN,
    "break_even": BeyondGdp(
        gdp={"q10": -6.1, "q50": 11.3, "q90": 31.5}, points={"q10": 16.1, "q50": -1.3, "q90": -21.5}
    ),
}  # fmt: skip
WORD_ALONE = TARGET | {"grade": "C"}
MONEY = TARGET | {"indicator": "gdp_nominal", "value": 1700, "unit": "亿元"}
GROWTH = "地区生产总值实际增速：2021年≥8%"
SOURCES = pd.DataFrame({
    "source_id": ["GWR2021"], "title": ["report"], "title_zh": ["报告"], "licence": ["quoted"],
    "licence_zh": ["引用"], "sha256": ["ab"],
})  # fmt: skip


def verdicts(*rows: dict[str, Any]) -> Verdicts:
    return Verdicts(map(Verdict.of, rows))


def of_baseline(block: str, **facts: Any) -> list[Table]:
    """The tables of a block of page 10."""
    said = Text("10_baseline", "zh", {"region": "Q"} | facts).say(block)
    return [piece for piece in said if isinstance(piece, Table)]


def made_with(sources: pd.DataFrame = SOURCES, **parameters: Any) -> tuple[list[Table], ...]:
    """The tables of the parameters of a run and of its sources."""
    titles = {"title_zh": "抽样次数", "title_en": "number of paths"}
    rows = [{"name": name, "value": value} | titles for name, value in parameters.items()]
    said = Text("provenance", "zh", {"parameters": rows, "sources": sources}).say("tables")
    of_sources = [one for one in said if one.caption == "数据来源"]
    return [one for one in said if one not in of_sources], of_sources


def of_verdicts(lang: str, block: str, *rows: dict[str, Any]) -> list[Any]:
    """What a block of page 30 says of verdicts."""
    facts = verdict_facts(verdicts(*rows)) | {
        "end_year": 2025,
        "origins": 0,
        "longest": 5,
        "near": [],
    }
    facts |= dict.fromkeys(["gdp_level", "revenue_level", "jobs", "is_report", "past", "rebound"])
    facts["near"] = []
    return Text("30_feasibility", lang, facts).say(block)


def appendix(table: str, *rows: dict[str, Any], lang: str = "zh") -> list[Table]:
    """A table of the appendix of page 30, by the fact that it tells; none without one."""
    facts = verdict_facts(verdicts(*rows))
    found = [name for name in ("bets", "cut", "beyond") if facts[name]]
    said = of_verdicts(lang, "notes", *rows)
    drawn = [inner for piece in said if isinstance(piece, Appendix) for inner in piece.pieces]
    return [one for name, one in zip(found, drawn, strict=True) if name == table]


def assessed(*rows: dict[str, Any], lang: str = "zh") -> list[Table]:
    """The table that the command ``assess`` prints."""
    said = Text("30_feasibility", lang, {"verdicts": verdicts(*rows)}).say("assess")
    return [piece for piece in said if isinstance(piece, Table)]


DRAWN: dict[str, list[Table]] = {
    "report figures": of_baseline("report", reported=reported(FIGURES)),
    "claims": of_baseline("claims", claims=CLAIMS),
    "verdicts": assessed(TARGET, NOT_TOLD),
    "sources": made_with()[1],
}


def page_of(name: str) -> BeautifulSoup:
    return BeautifulSoup(DRAWN[name][0].html(), "html.parser")


@pytest.mark.parametrize(
    ("drawn", "rows"),
    [
        (appendix("bets", MONEY, lang="en"), [
            "GDP: ≥ CNY 170 billion in 2021|170|0.67|0.17|CNY billion",
        ]),
        (assessed(TARGET, NOT_TOLD | {"reading_zh": "当年累计"}), [
            "地区生产总值实际增速：2021年≥8%|存在不确定性、需加力推进|约35%|B|可比价增速",
            "城镇新增就业：2021年≥3.9万人|暂不具备评估条件|—|—|缺城镇新增就业的历年数据；当年累计",
        ]),
        (appendix("cut", NOT_TOLD, TARGET, WORD_ALONE), [
            f"{GROWTH}|约35%|约40%|约30%|约25%",
            f"{GROWTH}|可能性约为一半|可能性约为一半|可能性较小|可能性较小",
        ]),
        (appendix("bets", TARGET, WORD_ALONE, NOT_TOLD), [f"{GROWTH}|8|6.7|1.7|%"]),
        (made_with(region=find_region("141100"), edition="public", changes=None)[0], [
            "region|抽样次数|吕梁市（141100）", "edition|抽样次数|公开", "changes|抽样次数|—",
        ]),
    ],
)  # fmt: skip
def test_cells_of_cases_that_a_usual_run_lacks(drawn: list[Table], rows: list[str]) -> None:
    (table,) = drawn
    page = BeautifulSoup(table.html(), "html.parser")
    shown = [[cell.get_text() for cell in row(["th", "td"])] for row in page.select("tbody tr")]
    assert ["|".join(row) for row in shown] == rows


def test_without_rows_there_is_no_table() -> None:
    for drawn in (
        assessed(), appendix("cut", NOT_TOLD), appendix("bets"), appendix("beyond"),
        *made_with(SOURCES[:0]),
    ):  # fmt: skip
        assert drawn == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_page_has_the_verdicts_that_the_command_line_has(lang: str) -> None:
    rows = [TARGET, TARGET | {"grade": "C", "near_edge": True}, NOT_TOLD]
    said = of_verdicts(lang, "main", *(row | {"group": "2021_main"} for row in rows))
    page = next(piece for piece in said if isinstance(piece, Table))
    pd.testing.assert_frame_equal(page.frame, assessed(*rows, lang=lang)[0].frame)


def test_what_a_phone_leaves_out_and_where_a_long_cell_is_broken() -> None:
    for name, mark, cells in (
        ("sources", ".desk", ["使用条件", "引用"]),
        ("report figures", ".long", [QUOTE]),
        ("verdicts", "td[data-none]", ["—", "—"]),
    ):
        assert [cell.get_text() for cell in page_of(name).select(mark)] == cells


def test_each_cell_has_its_head() -> None:
    for name in DRAWN:
        page, has_cards = page_of(name), name != "claims"
        heads = [head.get_text() for head in page.select("thead th")]
        assert {head["scope"] for head in page.select("thead th")} == {"col"}
        assert page.div["class"] == (["table", "cards"] if has_cards else ["table"])
        for row in page.select("tbody tr"):
            first, *others = row(["th", "td"])
            assert (first.name, first["scope"]) == ("th", "row")
            named = [cell["data-head"] for cell in others if cell.has_attr("data-head")]
            assert named == (heads[1:] if has_cards else [])


def test_markup_in_words_is_shown_and_not_obeyed() -> None:
    frame = pd.DataFrame({"a<b": ["R&D <b>"], "c": ['"&"']})
    for cards in (False, True):
        html = Table("R&D < 1", frame, cards).html()
        page = BeautifulSoup(html, "html.parser")
        assert page.caption.get_text() == "R&D < 1"
        assert [cell.get_text() for cell in page(["th", "td"])] == ["a<b", "c", "R&D <b>", '"&"']
        assert "R&amp;D &lt; 1" in html
    assert Sentence("R&D “8”", "note").html() == '<p class="note">R&amp;D “8”</p>'


MEAN = TARGET | {"type": "mean_growth", "deadline": 2025, "origin": "derived"}
RANK = TARGET | {"type": "rank", "first_year": 2025, "deadline": 2025, "origin": "derived"}
STATED = {"origin": "stated"}


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([MEAN, RANK], ["没有录入2025年的", "推演：2021年增速年均保持到2025年、位次保持"]),
        ([RANK], ["没有录入2025年的位次目标", "推演：位次保持到2025年"]),
        ([MEAN | STATED, RANK | STATED], ["到2025年的目标"]),
        ([MEAN | STATED, RANK], ["到2025年的目标", "推演：位次保持到2025年"]),
        ([], ["没有可显示的数据"]),
    ],
)
def test_targets_that_were_set_are_not_called_derived(rows: list[Any], said: list[str]) -> None:
    pieces = of_verdicts("zh", "to_end", *(row | {"group": "to_end_year"} for row in rows))
    assert len(pieces) == len(said)
    assert all(piece.words.startswith(words) for piece, words in zip(pieces, said, strict=True))
