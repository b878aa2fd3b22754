"""Texts of pages: blocks, facts and labels, alike in both languages, and faults with their line."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from jinja2 import Environment, nodes

from lvliang.display import prose, words
from lvliang.display.prose import Text
from lvliang.display.show import Heading, Sentence, Table
from lvliang.display.texts import SHARED, TEXTS, texts_of
from lvliang.errors import DataError

PAGES = sorted({path.name.split(".")[0] for path in TEXTS.glob("*.md")})


@pytest.fixture
def texts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """A folder of texts of its own, with empty macros of all pages."""
    monkeypatch.setattr(prose, "TEXTS", tmp_path)
    for lang in words.LANGUAGES:
        (tmp_path / f"{SHARED}.{lang}.md").write_text("", "utf-8")
    prose.environment.cache_clear()
    yield tmp_path
    prose.environment.cache_clear()


def say(texts: Path, text: str, lang: str = "en", **facts: object) -> list[prose.Piece]:
    """What a text says in its block ``all``."""
    text = f"{{% block all %}}\n{text}\n{{% endblock %}}\n"
    (texts / f"page.{lang}.md").write_text(text, "utf-8")
    prose.environment.cache_clear()
    return Text("page", lang, facts).say("all")


def test_a_heading_is_a_line_and_a_mark_opens_a_paragraph(texts: Path) -> None:
    assert say(texts, "## Ranks\nPlain,\nstill so.\n!note One.\n!note Two.\n### More") == [
        Heading("Ranks"), Sentence("Plain, still so."), Sentence("One.", "note"),
        Sentence("Two.", "note"), Heading("More", 3),
    ]  # fmt: skip
    assert say(texts, "吕梁\n市") == [Sentence("吕梁 市")]
    assert say(texts, "吕梁\n市", "zh") == [Sentence("吕梁市")]


def test_a_case_and_a_loop_on_one_line_say_what_they_say_on_three(texts: Path) -> None:
    rows = "{% for it in found %}\n| {{ it }} |\n{% endfor %}\n"
    case = "First.\n{% if x %}\nNot.\n{% endif %}\nLast."
    three = "{% call rows() %}\nA\n| B |\n" + rows + "{% endcall %}\n" + case
    one = three.replace("%}\n| {{", "%}| {{").replace("|\n{% e", "|{% e")
    one = one.replace("%}\nNot.\n", "%}Not.")
    for x in (True, False):
        several = "{% for it in found %}!note {{ it }}.{% endfor %}\n\nEnd."
        assert [piece.words for piece in say(texts, several, found="CD")] == ["C.", "D.", "End."]
        table, sentence = say(texts, one, found=["C", "D"], x=x)
        assert table.frame.to_dict("list") == {"B": ["C", "D"]}
        assert sentence.words == ("First. Not. Last." if x else "First. Last.")
        assert [table.words, sentence] == [
            piece.words if isinstance(piece, Table) else piece
            for piece in say(texts, three, found=["C", "D"], x=x)
        ]


def test_a_table_leaves_out_a_column_that_there_is_not_and_is_left_out_without_rows(texts) -> None:
    call = "{{ table(frame, 'Gaps', gap='Gap', ground='Ground') }}"
    (table,) = say(texts, call, frame=pd.DataFrame({"gap": ["1"]}))
    assert (table.caption, list(table.frame)) == ("Gaps", ["Gap"])
    rows = "{% call rows() %}A\n| B |\n{% for it in found %}\n| 1 |\n{% endfor %}{% endcall %}"
    assert say(texts, call + rows, frame=pd.DataFrame({"gap": []}), found=[]) == []


def test_words_of_a_user_are_no_syntax_of_a_text(texts: Path) -> None:
    row = {"why_en": "One.\n\n!wow | two\n# three"}
    (sentence,) = say(texts, '{{ row | worded("why") }} Four.', row=row)
    assert sentence == Sentence("One.  !wow | two # three Four.")
    rows = "{% call rows() %}\nA\n\n| B | C |\n| {{ it }} | 1 |\n{% endcall %}"
    table, sentence = say(texts, f"{rows}\n\n{{{{ it }}}} is told.", it="slump | boom")
    assert table.frame.to_dict("list") == {"B": ["slump | boom"], "C": ["1"]}
    assert sentence == Sentence("slump | boom is told.")


def test_a_macro_outside_the_blocks_serves_all_of_them(texts: Path) -> None:
    (texts / "page.en.md").write_text(
        "{% block a %}{{ twice() }}{% endblock %}\n"
        "{% block b %}{{ twice() }}, {{ missing }}{% endblock %}\n"
        "{% macro twice() %}{{ word }}{{ word }}{% endmacro %}\n",
        "utf-8",
    )
    text = Text("page", "en", {"word": "no"})
    assert text.say("a") == [Sentence("nono")]
    with pytest.raises(DataError, match="line 2: 'missing' is undefined"):
        text.say("b")


def test_a_number_that_is_missing_is_not_known(texts: Path) -> None:
    for gap, told in ((0.0, "there"), (float("nan"), "missing"), (None, "missing")):
        said = say(texts, "{{ 'there' if gap is known else 'missing' }}", gap=gap)
        assert said == [Sentence(told)]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("Fine.\n\n{{ missing }}", r"page.en.md, line 4: 'missing' is undefined"),
        ("{{ facts.missing }}", r"page.en.md, line 2: .*no attribute 'missing'"),
        ("A\n{{ 'x' | label('treatment') }}", r"line 3: .*no treatment 'x'; legal: own"),
        ("A\n{{ {} | worded('titel') }}", r"page.en.md, line 3: nothing is worded 'titel'"),
        ("{% if x %}", r"page.en.md, line 3: .*unknown tag .endblock"),
        ("{{ 1 | shout }}", r"page.en.md, line 2: No filter named 'shout'"),
        ("{{ table(frame, a='A | shout') }}", r"line 2: nothing is told as 'shout'; legal: abs, "),
        ("{% call rows() %}A\n| a | b |\n| 1 |\n{% endcall %}", r"line \d: 2 heads, and a row of "),
        ("!loud A", r"page.en.md: '!loud' opens no paragraph; legal: !headline, !note, !caveat"),
    ],
)
def test_a_fault_of_a_text_names_file_and_line(texts: Path, text: str, fault: str) -> None:
    with pytest.raises(DataError, match=fault):
        say(texts, text, facts={}, frame=pd.DataFrame({"a": [1]}))


def used(path: Path) -> tuple[dict[str, int], set[str]]:
    """The blocks of a text in their order, with their line, and the facts that it uses."""
    tree = Environment().parse(path.read_text("utf-8"))
    blocks = {block.name: block.lineno for block in tree.find_all((nodes.Block, nodes.Macro))}
    names = {f"{node.name}" for node in tree.find_all(nodes.Name) if node.ctx == "load"}
    return blocks, names | {f".{node.attr}" for node in tree.find_all(nodes.Getattr)}


@pytest.mark.parametrize("page", PAGES)
def test_both_languages_have_the_same_blocks_and_use_the_same_facts(page: str) -> None:
    (zh, facts_zh), (en, facts_en) = (used(TEXTS / f"{page}.{lang}.md") for lang in words.LANGUAGES)
    alone = {name: (zh | en)[name] for name in {*zh} ^ {*en}}
    assert list(zh) == list(en), f"{page}: in one language alone, by line: {alone}"
    assert facts_zh == facts_en, f"{page}: in one language alone: {facts_zh ^ facts_en}"


def test_a_page_depends_on_its_texts_and_the_shared_ones() -> None:
    for page in PAGES:
        named = {f"{name}.{lang}.md" for name in (page, SHARED) for lang in words.LANGUAGES}
        assert {path.name for path in texts_of(page)} == named


def test_no_text_has_a_word_that_is_never_written_nor_computes() -> None:
    for path in TEXTS.glob("*.md"):
        text = path.read_text("utf-8")
        assert words.forbidden(text) == [], path
        arithmetic = (nodes.Add, nodes.Sub, nodes.Mul, nodes.Div)
        tree = Environment().parse(text)
        assert [*tree.find_all(arithmetic)] == [], path
        called = {
            call.node.attr for call in tree.find_all(nodes.Call) if hasattr(call.node, "attr")
        }
        assert called <= {"items", "join"}, path


def test_a_page_shows_blocks_of_all_pages_and_those_that_there_are(texts: Path) -> None:
    shared = "{% block sources %}## Of all{% endblock %}{% macro limits() %}A{% endmacro %}"
    (texts / f"{SHARED}.en.md").write_text(shared, "utf-8")
    assert say(texts, "{{ limits() }}") == [Sentence("A")]
    assert Text("page", "en", {}).say("sources") == [Heading("Of all")]
    with pytest.raises(DataError, match=r"page.en.md: no block 'answer'; legal: all"):
        Text("page", "en", {}).say("answer")
    with pytest.raises(DataError, match=r"page.en.md: .*the name of what all texts call: limits"):
        say(texts, "A", limits=1)


def test_a_label_stands_once() -> None:
    lines = words.VOCABULARY.read_text("utf-8").splitlines()
    assert lines[0] == "kind,code,zh,en"
    keys = [tuple(line.split(",")[:2]) for line in lines[1:]]
    assert len(keys) == len(set(keys))
