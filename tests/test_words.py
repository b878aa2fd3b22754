"""Words of the pages: both languages, the tables of the desk, and none that is never written."""

from __future__ import annotations

import ast
import json
import re
import string
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from phrases import phrase

from lvliang.baseline.package import data_folder
from lvliang.display import words
from lvliang.display.prose import Text
from lvliang.errors import DataError
from lvliang.feasibility import bands
from lvliang.feasibility.verdicts import Missing, Verdict

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))

LIKELIHOOD = {
    "virtually_certain": ("基本确定", "virtually certain"),
    "very_likely": ("可能性很大", "very likely"),
    "likely": ("可能性较大", "likely"),
    "about_even": ("可能性约为一半", "about as likely as not"),
    "unlikely": ("可能性较小", "unlikely"),
    "very_unlikely": ("可能性很小", "very unlikely"),
    "exceptionally_unlikely": ("可能性极小", "exceptionally unlikely"),
}
INDICATIVE = {
    "within_reach": ("有望实现", "within reach"),
    "attainable_with_effort": ("经努力可以实现", "attainable with effort"),
    "uncertain": ("存在不确定性、需加力推进", "uncertain: more effort needed"),
    "difficult": ("实现难度较大", "difficult"),
    "very_difficult": ("按现有趋势实现难度很大", "very difficult on present trends"),
}
BINDING = {
    "under_control": ("总体可控", "under control"),
    "broadly_under_control": ("基本可控、需密切跟踪", "broadly under control: watch closely"),
    "at_risk": ("存在未完成风险、需专项推进", "at risk: dedicated measures needed"),
    "high_risk": ("未完成风险较大、需提请研究", "high risk: refer for decision"),
}
UNKNOWN = {"cannot_tell": ("暂不具备评估条件", "cannot be assessed yet")}
CLASSES = INDICATIVE | BINDING | UNKNOWN


ENTRIES = {
    f"{kind}.{code}": label
    for kind, labels in words.vocabulary().items()
    for code, label in labels.items()
}
words_zh, words_en = (words.words_in(lang) for lang in words.LANGUAGES)


def never_written(said: str) -> list[str]:
    """What no page may say, and a word that belongs to statutory systems."""
    return [*words.forbidden(said), *re.findall("预警", said)]


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


@pytest.mark.parametrize("key", ENTRIES)
def test_both_languages_say_the_same(key: str) -> None:
    entry = ENTRIES[key]
    assert set(entry) == {"zh", "en"}
    assert all(sentence.strip() for sentence in entry.values())
    assert placeholders(entry["zh"]) == placeholders(entry["en"])


@pytest.mark.parametrize(
    ("codes", "scale"),
    [
        (LIKELIHOOD, bands.LIKELIHOOD),
        (INDICATIVE, bands.INDICATIVE),
        (BINDING, bands.BINDING),
        (UNKNOWN, [(0, bands.CANNOT_TELL)]),
    ],
)
def test_the_tables_know_every_band_best_first(codes: dict, scale: Any) -> None:
    assert list(codes) == [code for _, code in scale]


@pytest.mark.parametrize(("group", "table"), [("likelihood", LIKELIHOOD), ("class", CLASSES)])
def test_each_band_has_the_words_of_the_desk(group: str, table: dict) -> None:
    said = {
        key.removeprefix(f"{group}."): (entry["zh"], entry["en"])
        for key, entry in ENTRIES.items()
        if key.startswith(f"{group}.")
    }
    assert said == table


@pytest.mark.parametrize("key", ENTRIES)
def test_no_sentence_has_a_word_that_is_never_written(key: str) -> None:
    assert never_written(" ".join(ENTRIES[key].values())) == []


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_no_notebook_has_a_word_that_is_never_written(notebook: Path) -> None:
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    assert never_written("".join("".join(cell["source"]) for cell in cells)) == []


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("基本不可能实现", ["不可能"]),
        ("无望，失败，落空", ["无望", "失败", "落空"]),
        ("数据注水、增速虚高、亮红灯", ["注水", "虚高", "亮红灯"]),
        ("必然实现，保证完成", ["必然", "保证"]),
        ("达标概率72.3%", ["达标概率"]),
        ("实现概率为72.3％", ["概率为72.3％"]),
        ("It is impossible: it FAILED, doomed很falsified。",
         ["impossible", "FAILED", "doomed", "falsified"]),
        ("a probability of 72.3 %", ["probability of 72.3 %"]),
        ("the likelihood of the target is 72.3 %", ["likelihood of the target is 72.3 %"]),
        ("a chance of 72.3\N{NO-BREAK SPACE}%", ["chance of 72.3 %"]),
        ("a 72.3 % chance", ["72.3 % chance"]),
        ("有72.3%的可能性", ["有72.3%的可能性"]),
        ("不\N{SOFT HYPHEN}可\N{ZERO WIDTH SPACE}能", ["不可能"]),
        ("the growth with an even chance is about 6.7 %", []),
        ("可能性较大，是否可能待核实", []),
        ("关注水质；村落空间；农民工工资保证金", []),
        ("实现概率约70%；增速8.5%的概率", []),
        ("failed_runs, unfailed, a chance of about 70 %, growth of 8.5 %", []),
    ],
)  # fmt: skip
def test_a_forbidden_word_is_told_from_one_that_looks_like_it(said: str, found: list[str]) -> None:
    assert words.forbidden(said) == found


@pytest.mark.parametrize(
    ("code", "kind", "told"),
    [
        ("certain", "class", "vocabulary.csv: no class 'certain'; legal: "),
        ("certain", "colour", "vocabulary.csv: no colour 'certain'; legal: against_last, "),
    ],
)
def test_an_unknown_label_is_refused_with_what_is_legal(code: str, kind: str, told: str) -> None:
    with pytest.raises(DataError, match=re.escape(told)):
        words_en.label(code, kind)


def labels_in(module: Path) -> set[str]:
    """The labels that the code of a module names whole: ``label("code", "kind")``."""
    calls = (n for n in ast.walk(ast.parse(module.read_text("utf-8"))) if isinstance(n, ast.Call))
    named = (n.args for n in calls if getattr(n.func, "attr", "").removeprefix("_") == "label")
    whole = (args[:2] for args in named if all(isinstance(n, ast.Constant) for n in args[:2]))
    return {f"{kind.value}.{code.value}" for code, kind in whole}


def test_every_label_that_the_code_names_is_there() -> None:
    modules = Path(words.__file__).parents[1].rglob("*.py")
    named = set().union(*map(labels_in, modules))
    assert {"punctuation.comma", "site.source", "summary.choose"} <= named
    assert named <= set(ENTRIES)


def test_a_fact_that_is_not_given_raises() -> None:
    with pytest.raises(KeyError, match="percent"):
        words_en.label("about", "chance", chance="")


@pytest.mark.parametrize(
    ("low", "shown"), [(-7.5, "−7.5 %"), (-0.02, "0.0 %"), (0.0, "0.0 %"), (3.25, "3.2 %")]
)
def test_numbers_in_sentences_have_a_true_minus_and_no_negative_zero(
    low: float, shown: str
) -> None:
    facts = {"low": low, "median": 7.1, "high": 9.0}
    given = {"region": "Q", "years": [(2021, 2025)], "untested": None, "growth_discount": 0.0}
    (sentence,) = Text("20_trajectories", "en", given | {"mean": facts}).say("answer")
    assert f"between {shown} and 9.0 %" in sentence.words


def test_names_with_a_hyphen_keep_it() -> None:
    said = phrase("lacking", "en", Missing("no_series", None), "fixed-asset investment")
    assert said == "no annual series of fixed-asset investment"


@pytest.mark.parametrize(
    ("value", "decimals", "shown"),
    [
        (8, 1, "8.0"),
        (1538.04, 0, "1538"),
        (-4.63, 1, "−4.6"),
        (-0.04, 1, "0.0"),
        (-0.4, 0, "0"),
        (90.6, 2, "90.60"),
        (float("nan"), 1, ""),
        (None, 1, ""),
    ],
)
def test_number(value: float, decimals: int, shown: str) -> None:
    assert words.number(value, decimals) == shown


@pytest.mark.parametrize(
    ("probability", "zh", "en"),
    [
        (0.0, "不足5%", "under 5 %"),
        (0.03, "约5%", "about 5 %"),
        (0.36, "约35%", "about 35 %"),
        (0.38, "约40%", "about 40 %"),
        (0.96, "约95%", "about 95 %"),
        (1.0, "超过95%", "over 95 %"),
    ],
)
def test_rounded(probability: float, zh: str, en: str) -> None:
    assert (words_zh.rounded(probability), words_en.rounded(probability)) == (zh, en)


@given(st.floats(0, 1))
def test_rounded_is_never_finer_than_5_points_nor_further_off(probability: float) -> None:
    percent = int(re.sub(r"\D", "", words_en.rounded(probability)))
    assert percent in range(5, 100, 5)
    assert abs(percent - 100 * probability) <= 5 + 1e-9
    if words_en.rounded(probability).startswith("about"):
        assert abs(percent - 100 * probability) <= 2.5 + 1e-9


def told(grade: str, near_edge: bool = False) -> Verdict:
    verdict = {"probability": 0.68, "grade": grade, "likelihood": "likely", "near_edge": near_edge}
    return Verdict.of(verdict)


@pytest.mark.parametrize("grade", ["A", "B"])
def test_a_good_grade_is_told_a_rounded_number(grade: str) -> None:
    assert words_zh.chance(told(grade)) == "约70%"
    assert words_en.chance(told(grade)) == "about 70 %"


@pytest.mark.parametrize("grade", ["C", "D"])
def test_a_poor_grade_is_told_the_word_alone(grade: str) -> None:
    assert words_zh.chance(told(grade)) == "可能性较大"
    assert words_en.chance(told(grade)) == "likely"


def test_near_an_edge_it_is_said() -> None:
    assert words_zh.chance(told("B", True)) == "约70%（接近档位边界）"
    assert words_en.chance(told("C", True)) == "likely (near the edge of its band)"


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("probability", [None, float("nan")])
def test_what_cannot_be_told_is_a_dash(probability: float | None, lang: str) -> None:
    verdict = {"probability": probability, "grade": None, "likelihood": None, "near_edge": False}
    assert words.words_in(lang).chance(Verdict.of(verdict)) == "—"


@pytest.mark.parametrize(
    ("given_", "zh", "en"),
    [
        ({}, "地区生产总值实际增速：2021年≥8%", "Real GDP growth: ≥ 8 % in 2021"),
        (
            {"type": "mean_growth", "deadline": 2025, "value": 8.5},
            "地区生产总值实际增速：2021—2025年年均≥8.5%",
            "Real GDP growth: ≥ 8.5 % a year on average, 2021–2025",
        ),
        (
            {"indicator": "retail_sales_growth", "operator": "=", "value": 10.0},
            "社会消费品零售总额增速：2021年10%（按不低于研判）",
            "Growth of retail sales of consumer goods: 10 % (judged as at least) in 2021",
        ),
        (
            {"type": "ceiling", "indicator": "registered_unemployment_rate", "operator": "<="},
            "城镇登记失业率：2021年≤8%",
            "Registered urban unemployment rate: ≤ 8 % in 2021",
        ),
        (
            {"type": "rank", "indicator": "gdp_rank_in_province", "operator": "<=", "value": 4.0}
            | {"unit": "位", "deadline": 2025},
            "地区生产总值全省位次：2025年居第4位或更前",
            "GDP rank in the province: no. 4 or better in 2025",
        ),
        (
            {"type": "rank", "indicator": "air_index_rank", "operator": "<=", "value": 1.0}
            | {"unit": "位", "deadline": 2025},
            "市区空气质量综合指数全省位次：2025年居第1位",
            "Air-quality index rank in the province (urban district): no. 1 in 2025",
        ),
        (
            {"type": "count", "indicator": "new_urban_jobs", "value": 3.9, "unit": "万人"},
            "城镇新增就业：2021年≥3.9万人",
            "New urban jobs: ≥ 39,000 persons in 2021",
        ),
        (
            {"type": "share_change", "indicator": "manufacturing_share_change", "value": 2.0}
            | {"operator": "=", "unit": "百分点"},
            "制造业增加值占规上工业比重变化：2021年2个百分点（按不低于研判）",
            "Change of the manufacturing share of above-scale industry: 2 percentage points"
            " (judged as at least) in 2021",
        ),
    ],
)
def test_target_name(given_: dict[str, Any], zh: str, en: str) -> None:
    plain = {"indicator": "gdp_real_growth", "type": "growth", "operator": ">=", "value": 8.0}
    row = plain | {"unit": "%", "first_year": 2021, "deadline": 2021} | given_
    target = Verdict.of(row).target
    assert (words_zh.target(target), words_en.target(target)) == (zh, en)


@pytest.mark.parametrize(
    ("missing", "zh", "en"),
    [
        ({"reason": "no_series"}, "缺城镇新增就业的历年数据", "no annual series of new urban jobs"),
        (
            {"reason": "ended", "last_year": 2014, "changes": 10},
            "城镇新增就业的历年数据止于2014年",
            "the series of new urban jobs ends in 2014",
        ),
        (
            {"reason": "short", "last_year": 2020, "changes": 5},
            "城镇新增就业只有5个年度变化，不足以推算",
            "only 5 annual changes of new urban jobs, too few",
        ),
        (
            {"reason": "rivals"},
            "缺同省其他市的城镇新增就业",
            "new urban jobs of other cities of the province is missing",
        ),
        (
            {"reason": "beyond_run"},
            "目标年份不在本次测算范围内",
            "the years of the target lie outside this run",
        ),
    ],
)
def test_missing_sentence(missing: dict[str, Any], zh: str, en: str) -> None:
    found = Missing(indicator="new_urban_jobs", **missing)
    name = {lang: words.words_in(lang).indicator("new_urban_jobs") for lang in ("zh", "en")}
    said = tuple(phrase("lacking", lang, found, name[lang]) for lang in ("zh", "en"))
    assert said == (zh, en)


def test_gdp_has_its_short_name_and_the_others_that_of_their_table() -> None:
    assert words_en.indicator("gdp_nominal") == "GDP"
    assert words_en.indicator("budget_revenue") == "general public budget revenue"


@pytest.mark.parametrize("unit", ["亿元", "万人"])
@given(value=st.integers(1, 90_000))
def test_an_amount_is_the_same_in_both_languages(unit: str, value: int) -> None:
    zh = float(words_zh.amount(value, unit, 1).removesuffix(unit))
    en = float(re.sub(r"[^\d.]", "", words_en.amount(value, unit, 2)))
    scale = {"亿元": 0.1, "万人": 10_000}[unit]
    assert en == pytest.approx(zh * scale)


PUBLISHED = re.compile(r"100 million (?:CNY|yuan)")


def test_no_english_words_count_yuan_in_hundreds_of_millions_but_an_export() -> None:
    found = {key for key, entry in ENTRIES.items() if PUBLISHED.search(entry["en"])}
    assert found == {"export_unit.亿元"}


@pytest.mark.parametrize("indicator", words._indicators(data_folder()))
def test_a_page_counts_yuan_in_billions_in_english_and_as_published_in_chinese(
    indicator: str,
) -> None:
    published = words._indicators(data_folder())[indicator]
    assert words_zh.unit(indicator) == published["unit"]
    assert words_en.unit(indicator) == PUBLISHED.sub("CNY billion", published["unit_en"])
