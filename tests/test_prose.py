"""Texts of pages: blocks, facts and labels, alike in both languages, and faults with their line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from jinja2 import Environment, nodes

from lvliang.baseline.regions import find_region
from lvliang.display import prose, words
from lvliang.display.prose import Text
from lvliang.display.show import Appendix, Heading, Sentence, Table
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
    (texts / f"page.{lang}.md").write_text(
        f"{{% block all %}}\n{text}\n{{% endblock %}}\n", "utf-8"
    )
    prose.environment.cache_clear()
    return Text("page", lang, facts).say("all")


def test_a_text_is_paragraphs_headings_and_what_is_called(texts: Path) -> None:
    frame = pd.DataFrame({"city": ["141100"], "gap": [-2.345], "chance": [0.5], "left_out": [1]})
    said = say(
        texts,
        """## Ranks of {{ year }}

!headline {{ region }} is ahead
by {{ gap }} points.

Plain.

{% call table(frame, city="City | city", gap="Gap | num(2)", chance="Chance | word") %}
Gaps of {{ year }}{% endcall %}

{% call appendix("More") %}{% endcall %}""",
        year=2025,
        region=find_region("141100"),
        gap=1.26,
        frame=frame,
    )
    heading, headline, plain, table, appendix = said
    assert heading == Heading("Ranks of 2025", 2)
    assert headline == Sentence("Lvliang is ahead by 1.3 points.", "headline")
    assert plain == Sentence("Plain.")
    assert isinstance(table, Table)
    assert table.caption == "Gaps of 2025"
    assert table.frame.to_dict("list") == {
        "City": ["Lvliang"],
        "Gap": ["−2.35"],
        "Chance": ["about as likely as not"],
    }
    assert isinstance(appendix, Appendix)
    assert appendix.words == "More\nNo figures to show."


def test_rows_may_be_broken_before_a_bar_and_tell_what_a_frame_cannot(texts: Path) -> None:
    (section, contents) = say(
        texts,
        """{% call section("part-a", "Part & more") %}
{% call rows(cards=true) %}
Promised

| What | How many |
{% for row in found %}
| {{ row | worded("name") | capital }}
| {{ row.value | quantity("万吨") }} |
{% endfor %}
| Total | 3 |
{% endcall %}
{% endcall %}

{% call contents("Parts") %}
[Part & more](#part-a)
{% endcall %}""",
        found=[{"name_en": "coal", "name_zh": "煤炭", "value": 17.0}],
    )
    (table,) = section.pieces
    assert (table.caption, table.cards) == ("Promised", True)
    assert table.frame.to_dict("split")["data"] == [["Coal", "170,000 tonnes"], ["Total", "3"]]
    assert section.html().startswith(
        '<h3 id="part-a">Part &amp; more</h3><div class="table cards" tabindex='
    )
    assert contents.links == [("Part & more", "part-a")]
    assert '<li><a href="#part-a">Part &amp; more</a></li>' in contents.html()


def test_a_heading_is_a_line_and_a_mark_opens_a_paragraph(texts: Path) -> None:
    said = say(texts, "## Ranks\nPlain,\nstill so.\n!note One.\n!note Two.\n### More")
    assert said == [
        Heading("Ranks"),
        Sentence("Plain, still so."),
        Sentence("One.", "note"),
        Sentence("Two.", "note"),
        Heading("More", 3),
    ]


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


def test_a_table_says_its_caption_and_is_left_out_without_rows(texts: Path) -> None:
    told = "{{ table(frame, 'Gaps', gap='Gap') }}"
    (table,) = say(texts, told, frame=pd.DataFrame({"gap": ["1"]}))
    assert table.caption == "Gaps"
    rows = "{% call rows() %}A\n| B |\n{% for it in found %}\n| 1 |\n{% endfor %}{% endcall %}"
    assert say(texts, told + rows, frame=pd.DataFrame({"gap": []}), found=[]) == []


def test_words_of_a_user_are_no_syntax_of_a_text(texts: Path) -> None:
    row = {"why_en": "One.\n\n!wow | two\n# three"}
    (sentence,) = say(texts, '{{ row | worded("why") }} Four.', row=row)
    assert sentence == Sentence("One.  !wow | two # three Four.")


def test_a_page_shows_a_block_of_all_pages(texts: Path) -> None:
    (texts / f"{SHARED}.en.md").write_text("{% block sources %}## Of all{% endblock %}", "utf-8")
    (texts / "page.en.md").write_text("{% block all %}A{% endblock %}", "utf-8")
    assert Text("page", "en", {}).say("sources") == [Heading("Of all")]


def test_a_bar_in_what_is_told_ends_no_cell(texts: Path) -> None:
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


def test_a_macro_heads_columns_that_are_called_by_what_is_in_the_data(texts: Path) -> None:
    frame = pd.DataFrame({"share": [0.5], 1000.0: [456.0], "growth": [float("nan")]})
    macro = "{% macro base_of(value) %}For {{ value | amount('亿元') }} | level{% endmacro %}\n"
    call = "{{ table(frame, growth='Growth | num', share='Share | percent', rest=base_of) }}"
    for lang, heads, base in (
        ("en", ["Share", "For CNY 100 billion", "Growth"], "45.6"),
        ("zh", ["Share", "For 1000亿元", "Growth"], "456"),
    ):
        (table,) = say(texts, macro + call, lang, frame=frame)
        assert list(table.frame) == heads
        assert table.frame.iloc[0].tolist() == ["50", base, ""]


def test_a_number_that_is_missing_is_not_known(texts: Path) -> None:
    said = "{{ 'there' if gap is known else 'missing' }}"
    for gap, words_of in ((0.0, "there"), (float("nan"), "missing"), (None, "missing")):
        (piece,) = say(texts, said, gap=gap)
        assert piece.words == words_of


def test_the_end_of_a_line_is_a_space_in_english_alone(texts: Path) -> None:
    for lang, joined in (("zh", "吕梁市"), ("en", "吕梁 市")):
        (piece,) = say(texts, "吕梁\n市", lang)
        assert piece.words == joined


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("Fine.\n\n{{ missing }}", r"page.en.md, line 4: 'missing' is undefined"),
        ("{{ facts.missing }}", r"page.en.md, line 2: .*no attribute 'missing'"),
        (
            "A\n{{ 'x' | label('treatment') }}",
            r"page.en.md, line 3: .*no treatment 'x'; legal: own",
        ),
        ("{{ 'x' | label('colour') }}", r"line 2: vocabulary.csv: no colour 'x'; legal: "),
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


def test_a_fact_may_not_have_the_name_of_a_macro_of_all_pages(texts: Path) -> None:
    (texts / f"{SHARED}.en.md").write_text("{% macro limits() %}A{% endmacro %}", "utf-8")
    assert say(texts, "{{ limits() }}") == [Sentence("A")]
    with pytest.raises(DataError, match=r"page.en.md: .*the name of what all texts call: limits"):
        say(texts, "A", limits=1)


def test_a_block_that_a_text_lacks_is_named(texts: Path) -> None:
    say(texts, "A")
    with pytest.raises(DataError, match=r"page.en.md: no block 'answer'; legal: all"):
        Text("page", "en", {}).say("answer")


def used(path: Path) -> tuple[list[str], set[str]]:
    """The blocks of a text in their order, and the facts that it uses, by name."""
    tree = Environment().parse(path.read_text("utf-8"))
    blocks = [block.name for block in tree.find_all((nodes.Block, nodes.Macro))]
    names = {f"{node.name}" for node in tree.find_all(nodes.Name) if node.ctx == "load"}
    return blocks, names | {f".{node.attr}" for node in tree.find_all(nodes.Getattr)}


@pytest.mark.parametrize("page", PAGES)
def test_both_languages_have_the_same_blocks_and_use_the_same_facts(page: str) -> None:
    (blocks_zh, facts_zh), (blocks_en, facts_en) = (
        used(TEXTS / f"{page}.{lang}.md") for lang in words.LANGUAGES
    )
    assert blocks_zh == blocks_en, one_has_alone(page, {*blocks_zh} ^ {*blocks_en})
    assert facts_zh == facts_en, f"{page}: in one language alone: {facts_zh ^ facts_en}"


def one_has_alone(page: str, names: set[str]) -> list[str]:
    """File and line of each block that one language lacks."""
    return [
        f"{path}, line {node.lineno}: {node.name} is in one language alone"
        for path in (TEXTS / f"{page}.{lang}.md" for lang in words.LANGUAGES)
        for node in Environment()
        .parse(path.read_text("utf-8"))
        .find_all((nodes.Block, nodes.Macro))
        if node.name in names
    ]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_depends_on_its_texts_and_the_shared_ones(page: str) -> None:
    names = [path.name for path in texts_of(page)]
    assert {f"{name}.{lang}.md" for name in (page, SHARED) for lang in words.LANGUAGES} == set(
        names
    )


@pytest.mark.parametrize("path", sorted(TEXTS.glob("*.md")), ids=lambda path: path.name)
def test_no_text_has_a_word_that_is_never_written_nor_computes(path: Path) -> None:
    text = path.read_text("utf-8")
    assert words.forbidden(text) == []
    computed = [*Environment().parse(text).find_all((nodes.Add, nodes.Sub, nodes.Mul, nodes.Div))]
    assert computed == []


def test_a_label_has_both_languages_and_stands_once() -> None:
    lines = words.VOCABULARY.read_text("utf-8").splitlines()
    assert lines[0] == "kind,code,zh,en"
    keys = [tuple(line.split(",")[:2]) for line in lines[1:]]
    assert len(keys) == len(set(keys))
    for labels in words.vocabulary().values():
        assert all(all(label.values()) for label in labels.values())
    assert re.search(r"[\u4e00-\u9fff]", words.words_in("zh").label("own_prices", "treatment"))
