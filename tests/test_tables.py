"""Tables: captions and heads in both languages, numbers as told, nothing where there is nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from lvliang.baseline.baseline_facts import reported
from lvliang.baseline.regions import find_region
from lvliang.display.prose import Text
from lvliang.display.show import Appendix, Sentence, Table
from lvliang.feasibility.break_even import BeyondGdp, EvenBet
from lvliang.feasibility.settling import VintageGap
from lvliang.feasibility.verdict_facts import verdict_facts
from lvliang.feasibility.verdicts import Missing, Verdict, Verdicts
from lvliang.projection.scenario import load_scenario

NAN = float("nan")
FIGURES = pd.DataFrame(
    {
        "indicator": [
            "gdp_nominal",
            "gdp_nominal",
            *["budget_revenue_rank_in_province"] * 3,
            "new_urban_jobs_five_years",
        ],
        "year": [2015, 2020, 2018, 2019, 2020, 2020],
        "period": [*["annual"] * 5, "2016/2020"],
        "value": [955.8, 1538.04, 2.0, 2.0, 2.0, 20.0],
        "status": [*["reported"] * 5, "inferred"],
        "quote": ["从955.8亿元增加到1538.04亿元"] * 2
        + ["持续保持全省第二"] * 3
        + ["城镇新增就业20万人"],
        "section": "回顾",
        "position": [1968, 1968, 2010, 2010, 2010, 2604],
    }
)
CLAIMS = pd.DataFrame(
    {
        "indicator": "budget_revenue",
        "year": [2015, 2020],
        "report": [90.6, 187.26],
        "series": [90.68, NAN],
        "difference": [-0.08, NAN],
    }
)
RANKS = pd.DataFrame({"year": [2015, 2020], "gdp_rank": [8.0, 4.0], "report_gdp_rank": [NAN, 4.0]})
TARGET = {
    "indicator": "gdp_real_growth",
    "type": "growth",
    "operator": ">=",
    "value": 8.0,
    "unit": "%",
    "first_year": 2021,
    "deadline": 2021,
    "class": "uncertain",
    "probability": 0.362,
    "grade": "B",
    "likelihood": "about_even",
    "near_edge": False,
    "missing": None,
    "reading_zh": "可比价增速",
    "reading_en": "at constant prices",
    "discounted_1": 0.31,
    "discounted_2": 0.26,
    "vintage_gap": VintageGap(2000, 2020, 20, 0.1, 1.7, 3.6, probability_without=0.41),
    "break_even": EvenBet(6.68, 1.7),
}
NOT_TOLD = TARGET | {
    "indicator": "new_urban_jobs",
    "value": 3.9,
    "unit": "万人",
    "class": "cannot_tell",
    "probability": NAN,
    "grade": None,
    "likelihood": None,
    "missing": Missing("no_series", "new_urban_jobs"),
    "reading_zh": "",
    "reading_en": "",
    "discounted_1": NAN,
    "discounted_2": NAN,
    "vintage_gap": None,
    "break_even": BeyondGdp(
        gdp={"q10": -6.1, "q50": 11.3, "q90": 31.5},
        points={"q10": 16.1, "q50": -1.3, "q90": -21.5},
    ),
}
SOURCES = pd.DataFrame(
    {
        "source_id": ["GWR2021"],
        "title": ["report"],
        "title_zh": ["报告"],
        "licence": ["quoted"],
        "licence_zh": ["引用"],
        "sha256": ["ab"],
    }
)


def verdicts(*rows: dict[str, Any]) -> Verdicts:
    return Verdicts(map(Verdict.of, rows))


def of_baseline(lang: str, block: str, **facts: Any) -> list[Table]:
    """The tables of a block of page 10."""
    said = Text("10_baseline", lang, {"region": "Q"} | facts).say(block)
    return [piece for piece in said if isinstance(piece, Table)]


def made_with(
    lang: str, sources: pd.DataFrame = SOURCES, **parameters: Any
) -> tuple[list[Table], list[Table]]:
    """The tables of the parameters of a run and of its sources."""
    titles = {"title_zh": "抽样次数", "title_en": "number of paths"}
    rows = [{"name": name, "value": value} | titles for name, value in parameters.items()]
    facts = {"parameters": rows, "sources": sources}
    said = Text("provenance", lang, facts).say("tables")
    of_sources = [one for one in said if one.caption in ("数据来源", "Sources")]
    return [one for one in said if one not in of_sources], of_sources


def of_verdicts(lang: str, block: str, *rows: dict[str, Any]) -> list[Any]:
    """What a block of page 30 says of verdicts."""
    facts = verdict_facts(verdicts(*rows)) | {"end_year": 2025, "origins": 0, "longest": 5}
    facts |= dict.fromkeys(["gdp_level", "revenue_level", "jobs", "is_report", "past", "rebound"])
    return Text("30_feasibility", lang, facts).say(block)


def appendix(lang: str, table: str, *rows: dict[str, Any]) -> list[Table]:
    """A table of the appendix of page 30, by the fact that it tells; none without one."""
    facts = verdict_facts(verdicts(*rows))
    found = [name for name in ("bets", "cut", "beyond") if facts[name]]
    said = of_verdicts(lang, "notes", *rows)
    drawn = [inner for piece in said if isinstance(piece, Appendix) for inner in piece.pieces]
    return [one for name, one in zip(found, drawn, strict=True) if name == table]


def assessed(lang: str, *rows: dict[str, Any]) -> list[Table]:
    """The table that the command ``assess`` prints."""
    said = Text("30_feasibility", lang, {"verdicts": verdicts(*rows)}).say("assess")
    return [piece for piece in said if isinstance(piece, Table)]


def shown(drawn: list[Table]) -> tuple[str, list[str], list[list[str]]]:
    """Caption, heads and rows as the reader sees them."""
    (table,) = drawn
    page = BeautifulSoup(table.html(), "html.parser")
    heads = [head.get_text() for head in page.select("thead th")]
    rows = [[cell.get_text() for cell in row(["th", "td"])] for row in page.select("tbody tr")]
    return page.caption.get_text(), heads, rows


EVERY_TABLE: dict[str, tuple[Callable[[str], list[Table]], dict[str, tuple]]] = {
    "report figures": (
        lambda lang: of_baseline(lang, "report", reported=reported(FIGURES)),
        {
            "zh": (
                "报告所述基数及原文",
                ["指标", "年份", "数值", "单位", "性质", "报告原文", "所在章节"],
            ),
            "en": (
                "What the report says of the starting point, in its words",
                ["Indicator", "Year", "Value", "Unit", "Kind", "Words of the report", "Section"],
            ),
        },
    ),
    "claims": (
        lambda lang: of_baseline(lang, "claims", claims=CLAIMS),
        {
            "zh": ("报告数与统计序列核对（亿元）", ["指标", "年份", "报告数", "统计序列", "差额"]),
            "en": (
                "The report held against the series (CNY billion)",
                ["Indicator", "Year", "Report", "Series", "Difference"],
            ),
        },
    ),
    "ranks": (
        lambda lang: of_baseline(lang, "ranks", ranks=RANKS, ranks_of_report=True),
        {
            "zh": (
                "全省位次：按首次公布数计算与报告所述",
                ["年份", "地区生产总值位次", "报告：地区生产总值位次"],
            ),
            "en": (
                "Rank in the province: computed from first-published figures, and as the report"
                " says",
                ["Year", "GDP rank", "Report: GDP rank"],
            ),
        },
    ),
    "verdicts": (
        lambda lang: assessed(lang, TARGET, NOT_TOLD),
        {
            "zh": ("", ["目标", "研判", "可能程度", "数据等级", "缺什么、怎样读"]),
            "en": (
                "",
                ["Target", "Verdict", "Likelihood", "Grade", "What is missing, how it is read"],
            ),
        },
    ),
    "sensitivity": (
        lambda lang: appendix(lang, "cut", TARGET, NOT_TOLD),
        {
            "zh": (
                "敏感性测算：按修订数考核、增速下调1、2个百分点（达到目标的路径占比）",
                ["目标", "研判口径", "按修订数", "下调1个百分点", "下调2个百分点"],
            ),
            "en": (
                "Sensitivity: settled on revised figures, real growth cut by 1 and 2 points "
                "(share of paths that meet the target)",
                ["Target", "As judged", "On revised figures", "Cut by 1 pt", "Cut by 2 pt"],
            ),
        },
    ),
    "even bets": (
        lambda lang: appendix(lang, "bets", TARGET, NOT_TOLD),
        {
            "zh": (
                "目标值与测算值：五成、九成把握各对应多少",
                ["目标", "目标值", "五成把握的值", "九成把握的值", "单位"],
            ),
            "en": (
                "What is asked, and what would have an even or a nine-in-ten chance",
                ["Target", "Asked", "Even chance at", "Nine in ten at", "Unit"],
            ),
        },
    ),
    "what it takes": (
        lambda lang: appendix(lang, "beyond", TARGET, NOT_TOLD),
        {
            "zh": (
                "未能研判的目标：须比现价地区生产总值快多少（百分点，负数为可慢多少）；"
                "后者增速测算为偏低−6.1%、居中11.3%、偏高31.5%",
                [
                    "目标",
                    "偏低时（十分位）",
                    "居中时（中位）",
                    "偏高时（九十分位）",
                ],
            ),
            "en": (
                "Targets that cannot be assessed yet: points by which they must outgrow GDP at "
                "current prices (below zero: may trail it), drawn to grow by −6.1 % (low), 11.3 % "
                "(middle) or 31.5 % (high)",
                [
                    "Target",
                    "Low (lowest tenth)",
                    "Middle",
                    "High (highest tenth)",
                ],
            ),
        },
    ),
    "parameters": (
        lambda lang: made_with(lang, draws="1000")[0],
        {
            "zh": ("本次运行的参数", ["参数", "名称", "数值"]),
            "en": ("Parameters of this run", ["Parameter", "Title", "Value"]),
        },
    ),
    "sources": (
        lambda lang: made_with(lang)[1],
        {
            "zh": ("数据来源", ["来源代号", "名称", "使用条件"]),
            "en": ("Sources", ["Source", "Title", "Terms"]),
        },
    ),
}


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", EVERY_TABLE)
def test_caption_and_heads(name: str, lang: str) -> None:
    draw, expected = EVERY_TABLE[name]
    caption, heads, rows = shown(draw(lang))
    assert (caption, heads) == expected[lang]
    assert rows
    assert all(len(row) == len(heads) for row in rows)


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        (
            "report figures",
            [
                "地区生产总值|2015、2020|955.8、1538.04|亿元|原文|从955.8亿元增加到1538.04亿元|回顾",
                "一般公共预算收入全省位次|2018—2020年|2|位|原文|持续保持全省第二|回顾",
                "五年城镇新增就业|2016—2020年|20|万人|推定|城镇新增就业20万人|回顾",
            ],
        ),
        (
            "claims",
            [
                "一般公共预算收入|2015|90.60|90.68|−0.08",
                "一般公共预算收入|2020|187.26||",
            ],
        ),
        ("ranks", ["2015|8|", "2020|4|4"]),
        (
            "verdicts",
            [
                "地区生产总值实际增速：2021年≥8%|存在不确定性、需加力推进|约35%|B|可比价增速",
                "城镇新增就业：2021年≥3.9万人|暂不具备评估条件|—|—|缺城镇新增就业的历年数据",
            ],
        ),
        ("parameters", ["draws|抽样次数|1000"]),
        ("sources", ["GWR2021|报告|引用"]),
    ],
)
def test_cells(name: str, rows: list[str]) -> None:
    draw, _ = EVERY_TABLE[name]
    assert ["|".join(row) for row in shown(draw("zh"))[2]] == rows


@pytest.mark.parametrize(
    ("pieces", "rows"),
    [
        (
            of_baseline("en", "report", reported=reported(FIGURES)),
            [
                "GDP|2015, 2020|95.58, 153.804|CNY billion",
                "Budget revenue rank in the province|2018–2020|2|rank",
                "New urban jobs over five years|2016–2020|20|",
            ],
        ),
        (
            of_baseline("en", "claims", claims=CLAIMS),
            [
                "General public budget revenue|2015|9.060|9.068|−0.008",
                "General public budget revenue|2020|18.726||",
            ],
        ),
        (
            appendix(
                "en", "bets", TARGET | {"indicator": "gdp_nominal", "value": 1700, "unit": "亿元"}
            ),
            ["GDP: ≥ CNY 170 billion in 2021|170|0.67|0.17|CNY billion"],
        ),
    ],
)
def test_english_counts_in_billions_as_exactly_as_chinese(
    pieces: list[Table], rows: list[str]
) -> None:
    cells = ["|".join(row) for row in shown(pieces)[2]]
    assert all(row.startswith(said) for row, said in zip(cells, rows, strict=True))


def test_what_is_missing_comes_before_how_it_is_read() -> None:
    target = NOT_TOLD | {"reading_zh": "当年累计", "reading_en": "within the year"}
    for lang, note in {
        "zh": "缺城镇新增就业的历年数据；当年累计",
        "en": "No annual series of new urban jobs; within the year",
    }.items():
        assert shown(assessed(lang, target))[2][0][-1] == note


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_page_has_the_verdicts_that_the_command_line_has(lang: str) -> None:
    rows = [TARGET, TARGET | {"grade": "C", "near_edge": True}, NOT_TOLD]
    rows.append(NOT_TOLD | {"reading_zh": "当年累计", "reading_en": "within the year"})
    said = of_verdicts(lang, "main", *(row | {"group": "2021_main"} for row in rows))
    page = next(piece for piece in said if isinstance(piece, Table))
    (table,) = assessed(lang, *rows)
    pd.testing.assert_frame_equal(page.frame, table.frame)
    assert page.cards


def test_sensitivity_shows_the_targets_that_were_cut_alone_rounded_as_the_verdicts() -> None:
    rows = shown(appendix("en", "cut", NOT_TOLD, TARGET))[2]
    name = "Real GDP growth: ≥ 8 % in 2021"
    assert rows == [[name, "About 35 %", "About 40 %", "About 30 %", "About 25 %"]]
    assert appendix("en", "cut", NOT_TOLD) == []


def test_sensitivity_of_a_word_only_grade_has_words_alone() -> None:
    rows = shown(appendix("en", "cut", TARGET | {"grade": "C"}))[2]
    assert rows[0][1:] == [
        "About as likely as not", "About as likely as not", "Unlikely", "Unlikely",
    ]  # fmt: skip


def test_an_even_bet_is_shown_where_the_verdict_shows_a_figure() -> None:
    word_alone = TARGET | {"grade": "C"}
    rows = shown(appendix("zh", "bets", TARGET, word_alone, NOT_TOLD))[2]
    assert rows == [["地区生产总值实际增速：2021年≥8%", "8", "6.7", "1.7", "%"]]


def test_what_a_missing_series_would_take_is_signed() -> None:
    rows = shown(appendix("en", "beyond", TARGET, NOT_TOLD))[2]
    assert [row[1:] for row in rows] == [["+16.1", "−1.3", "−21.5"]]


@pytest.mark.parametrize(
    "drawn",
    [
        assessed("zh"),
        appendix("zh", "cut"),
        appendix("zh", "bets"),
        appendix("zh", "beyond"),
        *made_with("zh", SOURCES[:0]),
    ],
)
def test_without_rows_there_is_no_table(drawn: list[Table]) -> None:
    assert drawn == []


def test_parameters_are_told_as_the_reader_knows_them() -> None:
    scenario = load_scenario("baseline", "", base_year=2020, end_year=2025)
    values = {"region": find_region("141100"), "scenario": scenario, "edition": "public"}
    for lang, told in {
        "zh": ["吕梁市（141100）", "基准", "公开", "—"],
        "en": ["Lvliang (141100)", "baseline", "public", "—"],
    }.items():
        drawn, _ = made_with(lang, **values, changes=None)
        assert [row[-1] for row in shown(drawn)[2]] == told


def test_the_terms_of_sources_are_left_out_on_a_phone() -> None:
    page = BeautifulSoup(made_with("zh")[1][0].html(), "html.parser")
    assert [cell.get_text() for cell in page.select(".desk")] == ["使用条件", "引用"]


def test_long_cells_alone_may_be_broken_anywhere() -> None:
    page = BeautifulSoup(EVERY_TABLE["report figures"][0]("zh")[0].html(), "html.parser")
    assert [cell.get_text() for cell in page.select(".long")] == ["从955.8亿元增加到1538.04亿元"]


def test_an_appendix_is_folded_up_and_holds_its_pieces() -> None:
    (table,) = of_baseline("zh", "claims", claims=CLAIMS)
    appendix = Appendix("A < B", [Sentence("R&D"), table])
    page = BeautifulSoup(appendix.html(), "html.parser")
    assert page.details.summary.get_text() == "A < B"
    assert not page.details.has_attr("open")
    assert page.details.p.get_text() == "R&D"
    assert len(page.select("details table tbody tr")) == len(CLAIMS)
    assert appendix.words == f"A < B\nR&D\n{table.words}"


def test_markup_in_words_is_shown_and_not_obeyed() -> None:
    frame = pd.DataFrame({"a<b": ["R&D <b>", "x"], "c": ['"&"', "<i>"]})
    for cards in (False, True):
        html = Table("R&D < 1", frame, cards).html()
        caption, heads, rows = shown([Table("R&D < 1", frame, cards)])
        assert (caption, heads) == ("R&D < 1", ["a<b", "c"])
        assert rows == [["R&D <b>", '"&"'], ["x", "<i>"]]
        assert "R&amp;D &lt; 1" in html
    assert Sentence("R&D <b> “8”").html() == "<p>R&amp;D &lt;b&gt; “8”</p>"


def test_a_sentence_has_the_style_it_is_given() -> None:
    assert Sentence("a", "caveat").html() == '<p class="caveat">a</p>'


@pytest.mark.parametrize("name", EVERY_TABLE)
def test_the_first_cell_heads_its_row_and_each_head_its_column(name: str) -> None:
    page = BeautifulSoup(EVERY_TABLE[name][0]("zh")[0].html(), "html.parser")
    assert {head["scope"] for head in page.select("thead th")} == {"col"}
    for row in page.select("tbody tr"):
        first, *others = row(["th", "td"])
        assert (first.name, first["scope"]) == ("th", "row")
        assert {cell.name for cell in others} == {"td"}


@pytest.mark.parametrize("name", ["report figures", "verdicts", "sources"])
def test_cards_name_the_column_of_each_cell(name: str) -> None:
    page = BeautifulSoup(EVERY_TABLE[name][0]("zh")[0].html(), "html.parser")
    heads = [head.get_text() for head in page.select("thead th")]
    assert "cards" in page.div["class"]
    for row in page.select("tbody tr"):
        assert [cell["data-head"] for cell in row("td")] == heads[1:]


def test_cards_leave_out_what_is_a_dash() -> None:
    page = BeautifulSoup(EVERY_TABLE["verdicts"][0]("zh")[0].html(), "html.parser")
    assert [cell.get_text() for cell in page.select("td[data-none]")] == ["—", "—"]


def test_a_table_of_numbers_is_not_made_of_cards() -> None:
    page = BeautifulSoup(EVERY_TABLE["claims"][0]("zh")[0].html(), "html.parser")
    assert page.div["class"] == ["table"]
    assert page.select("[data-head]") == []


def test_tables_leave_what_they_are_given() -> None:
    given = [FIGURES, CLAIMS, RANKS, SOURCES]
    before = [frame.copy(deep=True) for frame in given]
    for draw, _ in EVERY_TABLE.values():
        draw("en")
    for frame, was in zip(given, before, strict=True):
        pd.testing.assert_frame_equal(frame, was)


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


def test_what_rows_share_is_said_once_above_them() -> None:
    frame = pd.DataFrame(
        {
            "years": ["1", "1", "5"],
            "origins": ["13", "13", "9"],
            "method": ["a", "b", "a"],
            "x": 0.5,
        }
    )
    page = BeautifulSoup(Table("T", frame, shared=2).html(), "html.parser")
    assert [head.get_text() for head in page.select("thead th")] == ["method", "x"]
    told = page.select("tbody > tr:first-child > th[scope=rowgroup]")
    assert [" ".join(head.get_text().split()) for head in told] == [
        "years 1 origins 13", "years 5 origins 9"
    ]  # fmt: skip
    assert {head["colspan"] for head in told} == {"2"}
    rows = [len(group.select("th[scope=row]")) for group in page("tbody")]
    assert rows == [2, 1]
