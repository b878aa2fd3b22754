"""Words of the pages: both languages, the tables of the desk, and none that is never written."""

import ast
import json
import re
import string
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lvliang.baseline.package import data_folder
from lvliang.display import words
from lvliang.errors import DataError
from lvliang.feasibility import bands
from lvliang.feasibility.outcomes import COMPLETIONS
from lvliang.feasibility.verdicts import Verdict

LIKELIHOOD = """\
virtually_certain,基本确定,virtually certain
very_likely,可能性很大,very likely
likely,可能性较大,likely
about_even,可能性约为一半,about as likely as not
unlikely,可能性较小,unlikely
very_unlikely,可能性很小,very unlikely
exceptionally_unlikely,可能性极小,exceptionally unlikely"""
CLASS = """\
within_reach,有望实现,within reach
attainable_with_effort,经努力可以实现,attainable with effort
uncertain,存在不确定性、需加力推进,uncertain: more effort needed
difficult,实现难度较大,difficult
very_difficult,按现有趋势实现难度很大,very difficult on present trends
under_control,总体可控,under control
broadly_under_control,基本可控、需密切跟踪,broadly under control: watch closely
at_risk,存在未完成风险、需专项推进,at risk: dedicated measures needed
high_risk,未完成风险较大、需提请研究,high risk: refer for decision
exceeded,超额完成,exceeded
met,完成,met
nearly,基本完成,nearly met
missed,未完成,not met
cannot_tell,暂不具备评估条件,cannot be assessed yet"""
UNKNOWN = (0, bands.CANNOT_TELL)
CAME = [(1, code) for code in COMPLETIONS]
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


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("基本不可能实现；无望，失败，落空", ["不可能", "无望", "失败", "落空"]),
        ("数据注水、增速虚高、亮红灯", ["注水", "虚高", "亮红灯"]),
        ("必然实现，保证完成，达标概率72.3%", ["必然", "保证", "达标概率"]),
        ("实现概率为72.3％", ["概率为72.3％"]),
        ("It is impossible: it FAILED, doomed很falsified。",
         ["impossible", "FAILED", "doomed", "falsified"]),
        ("a probability of 72.3 %", ["probability of 72.3 %"]),
        ("the likelihood of the target is 72.3 %", ["likelihood of the target is 72.3 %"]),
        ("a chance of 72.3\N{NO-BREAK SPACE}%", ["chance of 72.3 %"]),
        ("a 72.3 % chance; 有72.3%的可能性", ["72.3 % chance", "有72.3%的可能性"]),
        ("不\N{SOFT HYPHEN}可\N{ZERO WIDTH SPACE}能", ["不可能"]),
        ("the growth with an even chance is about 6.7 %", []),
        ("可能性较大，是否可能待核实；关注水质；村落空间；农民工工资保证金", []),
        ("实现概率约70%；增速8.5%的概率", []),
        ("failed_runs, unfailed, a chance of about 70 %, growth of 8.5 %", []),
    ],
)  # fmt: skip
def test_a_forbidden_word_is_told_from_one_that_looks_like_it(said: str, found: list[str]) -> None:
    assert words.forbidden(said) == found


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


@given(st.floats(0, 1))
def test_rounded_is_never_finer_than_5_points_nor_further_off(probability: float) -> None:
    rounded = words_en.rounded(probability)
    percent = int(re.sub(r"\D", "", rounded))
    assert percent in range(5, 100, 5)
    assert abs(percent - 100 * probability) <= (2.5 if "about" in rounded else 5) + 1e-9


@pytest.mark.parametrize("unit", ["亿元", "万人"])
@given(value=st.integers(1, 90_000))
def test_an_amount_is_the_same_in_both_languages(unit: str, value: int) -> None:
    zh = float(words_zh.amount(value, unit, 1).removesuffix(unit))
    en = float(re.sub(r"[^\d.]", "", words_en.amount(value, unit, 2)))
    scale = {"亿元": 0.1, "万人": 10_000}[unit]
    assert en == pytest.approx(zh * scale)


PUBLISHED = re.compile(r"100 million (?:CNY|yuan)")


def test_both_languages_say_the_same_and_no_word_that_is_never_written() -> None:
    for key, entry in ENTRIES.items():
        assert set(entry) == {"zh", "en"}, key
        assert all(sentence.strip() for sentence in entry.values()), key
        assert placeholders(entry["zh"]) == placeholders(entry["en"]), key
        assert never_written(" ".join(entry.values())) == [], key
    for notebook in (Path(__file__).parents[1] / "notebooks").glob("*.ipynb"):
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        assert never_written("".join("".join(cell["source"]) for cell in cells)) == [], notebook


@pytest.mark.parametrize(
    ("kind", "table", "scale"),
    [
        ("likelihood", LIKELIHOOD, bands.LIKELIHOOD),
        ("class", CLASS, [*bands.INDICATIVE, *bands.BINDING, *CAME, UNKNOWN]),
    ],
)
def test_each_band_has_the_words_of_the_desk_best_first(kind: str, table: str, scale: Any) -> None:
    rows = [line.split(",") for line in table.splitlines()]
    assert [code for code, *_ in rows] == [code for _, code in scale]
    labels = words.vocabulary()[kind]
    assert [[code, said["zh"], said["en"]] for code, said in labels.items()] == rows


def test_an_unknown_label_or_a_fact_that_is_not_given_is_refused() -> None:
    for kind, told in (("class", "no class 'certain'; legal: "), ("colour", "no colour 'certain'")):
        with pytest.raises(DataError, match=f"vocabulary.csv: {told}"):
            words_en.label("certain", kind)
    with pytest.raises(KeyError, match="percent"):
        words_en.label("about", "chance", chance="")


def test_a_chance_is_told_as_finely_as_its_grade() -> None:
    for grade, near_edge, zh, en in (
        ("A", False, "约70%", "about 70 %"),
        ("B", True, "约70%（接近档位边界）", "about 70 % (near the edge of its band)"),
        ("C", True, "可能性较大（接近档位边界）", "likely (near the edge of its band)"),
        ("D", False, "可能性较大", "likely"),
    ):
        told = {"probability": 0.68, "likelihood": "likely", "grade": grade}
        verdict = Verdict.of(told | {"near_edge": near_edge})
        assert (words_zh.chance(verdict), words_en.chance(verdict)) == (zh, en)
    for none in (None, float("nan")):
        told = {"probability": none, "grade": None, "likelihood": None, "near_edge": False}
        assert words_en.chance(Verdict.of(told)) == "—"


def test_english_counts_yuan_in_billions_but_in_an_export() -> None:
    assert not [key for key, entry in ENTRIES.items() if PUBLISHED.search(entry["en"])]
    assert words_en.published("亿元") == "100 million CNY"
    for indicator, published in words._indicators(data_folder()).items():
        assert words_zh.unit(indicator) == published["unit"]
        assert words_en.unit(indicator) == PUBLISHED.sub("CNY billion", published["unit_en"])
