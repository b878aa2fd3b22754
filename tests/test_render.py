"""A notebook becomes a page in one language that stands alone and passes its own gate."""

import base64
import copy
import io
import re

import matplotlib.pyplot as plt
import nbformat.v4 as v4
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from fontTools.ttLib import TTFont

from lvliang.display.show import PIECES_TYPE, Chart, Table
from lvliang.errors import QualityError
from lvliang.site.gate import faults_of_page, visible_text
from lvliang.site.render import in_language, page_shell, render_page

pytestmark = pytest.mark.usefixtures("shared_store")
FRAME = pd.DataFrame(
    {"指标": ["GDP", "能耗"], "2025年": ["2,080–2,350", "—"], "判断": ["8.0", "好"]}
)


def chart(words: str = "甲 1") -> Chart:
    figure, axes = plt.subplots()
    axes.plot([2020, 2021], [1, len(words.encode()) + ord(words[0])])
    axes.set(xlabel="x", ylabel="y")
    return Chart(figure, "图", "题", words, FRAME, "zh")


def markdown(source: str, *tags: str):
    return v4.new_markdown_cell(source, metadata={"tags": list(tags)})


def shown(*bundles: dict, tags=()):
    outputs = [v4.new_output("display_data", bundle) for bundle in bundles]
    return v4.new_code_cell("secret_code = 1", outputs=outputs, metadata={"tags": list(tags)})


def render(*cells, lang="zh", **around) -> BeautifulSoup:
    notebook = v4.new_notebook(cells=[markdown("# 题 Title"), *cells])
    return BeautifulSoup(render_page(notebook, lang=lang, **around), "html.parser")


def held(html: str) -> set[str]:
    """Characters that the font of a page has."""
    data = re.search(r"base64,([\w+/=]+)", html)[1]
    with TTFont(io.BytesIO(base64.b64decode(data))) as font:
        return set(map(chr, font.getBestCmap()))


def test_an_output_of_both_languages_has_the_pieces_of_one():
    pieces = {"zh": [{"text/html": "甲"}, {"text/html": "乙"}], "en": [{"text/html": "a"}]}
    both = {"text/html": "甲\n乙", PIECES_TYPE: pieces}
    notebook = v4.new_notebook(cells=[markdown("# 题"), shown({"text/html": "同"}, both)])
    before = copy.deepcopy(notebook)
    said = {
        lang: [output.data for output in in_language(notebook, lang).cells[1].outputs]
        for lang in ("zh", "en")
    }
    assert said == {lang: [{"text/html": "同"}, *own] for lang, own in pieces.items()}
    assert notebook == before


def test_page_of_each_language_has_its_own_cells():
    cells = [
        markdown("# 吕梁", "lang-zh"),
        markdown("# Lvliang", "lang-en"),
        markdown("both"),
        shown({"text/html": "<p>中文</p>"}, tags=["lang-zh"]),
        shown({"text/html": "<p>never</p>"}, tags=["hidden"]),
    ]
    notebook = v4.new_notebook(cells=cells)
    before = copy.deepcopy(notebook)
    zh, en = (
        BeautifulSoup(render_page(notebook, lang=lang), "html.parser") for lang in ("zh", "en")
    )
    assert (zh.html["lang"], zh.title.string) == ("zh-CN", "吕梁")
    assert (en.html["lang"], en.title.string) == ("en", "Lvliang")
    for page in (zh, en):
        page.select_one("details.code").extract()
    assert zh.main.get_text().split() == ["吕梁", "both", "中文"]
    assert en.main.get_text().split() == ["Lvliang", "both"]
    assert notebook == before


def test_a_title_is_text_and_no_page_is_without():
    page = render_page(v4.new_notebook(cells=[markdown("# a &lt;b&gt; **c**")]), lang="en")
    assert "<title>a &lt;b&gt; c</title>" in page
    with pytest.raises(QualityError, match=r"no level-1 heading .* in language 'en'"):
        render_page(v4.new_notebook(cells=[markdown("# 题", "lang-zh")]), lang="en")


def test_code_stands_folded_up_at_the_end_and_stderr_nowhere():
    cell = shown({"text/plain": "a < b"})
    cell.outputs += [
        v4.new_output("stream", name="stdout", text="<printed>"),
        v4.new_output("stream", name="stderr", text="warned"),
    ]
    given = v4.new_code_cell("own = '/home'", metadata={"tags": ["injected-parameters"]})
    page = render(given, cell, v4.new_code_cell(" "), v4.new_code_cell("x = '<b>'"))
    code = page.main.select_one("details.code")
    assert code.summary.get_text() == "本页的代码"
    assert [pre.get_text() for pre in code("pre")] == ["secret_code = 1", "x = '<b>'"]
    assert code.find_next_sibling() is None
    code.extract()
    assert page.main.get_text().split() == ["题", "Title", "a", "<", "b", "<printed>"]
    assert not render(markdown("1")).select("details.code")


def test_richest_output_is_shown():
    forms = {"text/html": "<b>html</b>", "text/markdown": "**markdown**", "text/plain": "plain"}
    for kind in list(forms):
        chosen = render(shown(dict(reversed(forms.items())))).select_one(".output")
        assert chosen.get_text().strip() == kind.removeprefix("text/")
        del forms[kind]


def test_page_stands_alone_between_what_is_put_around_it():
    cells = [markdown("## 一\n\n[统计局](https://www.stats.gov.cn) $x$\n\n```python\nx\n```")]
    around = {"nav_html": "<a href='#main'>n</a>", "footer_html": "f", "banner_html": "b"}
    page = render(*cells, shown({"text/html": chart().html()}), **around)
    assert faults_of_page(str(page)) == []
    assert page.select_one("meta[name=viewport]")
    assert page.select_one("a.skip")["href"] == "#" + page.main["id"]
    said = [page.select_one(part).get_text().strip() for part in ("nav.site", "footer", ".banner")]
    assert said == ["n", "f", "b"]


def test_no_line_parts_a_number_from_its_sign_or_its_unit():
    page = render(markdown("≥ 8 % of CNY 264.3 billion, no. 4 (R² 0.49), 1.3 points, 8 cities"))
    said = page.main.get_text().replace("\N{NO-BREAK SPACE}", "_")
    assert "≥_8_% of CNY_264.3_billion, no._4 (R²_0.49), 1.3_points, 8 cities" in said


def test_a_section_with_nothing_to_show_is_left_out_with_its_heading():
    def says(*html: str):
        return [shown({"text/html": piece}) for piece in html]

    nothing = '<p class="nothing">没有</p>'
    folded = f"<details><summary>附录</summary>{nothing}</details>"
    cells = [
        *says(nothing),
        markdown("## 空"), *says(nothing, folded),
        markdown("## 有"), *says(nothing, "<p>数</p>"),
        markdown("## 列\n\n- 一"), *says(nothing),
        markdown("## 末"), *says("<p>完</p>"),
    ]  # fmt: skip
    page = render(*cells)
    assert [heading.get_text() for heading in page("h2")] == ["有", "列", "末"]
    assert len(page.select("nav.contents li")) == 3
    assert len(page.select("p.nothing")) == 3


def test_chinese_on_an_english_page_is_marked_as_such_and_reads_the_same():
    table = "<table><tr><td>《规划》增长8%以上。 Reading: at least 8 (每县)</td></tr></table>"
    cells = [shown({"text/html": table}), markdown("plain"), markdown("`代码`")]
    en, zh = (render(*cells, lang=lang) for lang in ("en", "zh"))
    marked = [span.get_text() for span in en.select("main span[lang='zh-CN']")]
    assert marked == ["题", "《规划》增长8%以上。", "每县", "代码"]
    assert en.td.get_text() == zh.td.get_text()
    assert zh.main.select("[lang]") == []


def test_embedded_font_has_the_characters_of_the_page_but_english_quotation_marks():
    html = str(render(markdown("## 吕梁市规划 &mdash; ≥ 8%"), footer_html="来源"))
    seen = {c for c in visible_text(html) if not c.isspace()}
    assert {"—", "≥", "源", "跳"} <= seen
    assert held(html) - {" ", "\N{NO-BREAK SPACE}"} == seen | set("0123456789/")
    pages = [page_shell(lang=lang, title="", body_html="“8%”") for lang in ("zh", "en")]
    assert ["“" in held(page) for page in pages] == [True, False]


def test_a_table_and_a_drawing_have_boxes_that_scroll_and_tell_their_names_apart():
    pieces = [Table("表", FRAME), Table("表", FRAME), chart()]
    page = render(shown(*({"text/html": piece.html()} for piece in pieces)))
    boxes = page.select(".table, .drawing")
    # The last is that of the data of the chart.
    assert [box["aria-label"] for box in boxes] == ["表", "表 (2)", "图", "题"]
    assert {(box["tabindex"], box["role"]) for box in boxes} == {("0", "region")}
    assert [len(box("table")) for box in page.select(".table")] == [1, 1, 1]


def test_columns_of_numbers_are_marked_with_their_heads():
    page = render(shown({"text/html": Table("表", FRAME).html()}))
    assert [cell.get_text() for cell in page.select(".num")] == ["2025年", "2,080–2,350", "—"]


def test_drawings_have_ids_of_their_own_and_nothing_of_a_file():
    page = render(shown(*({"text/html": chart(words).html()} for words in ("甲 1", "乙 2"))))
    drawings = page("svg")
    ids = [tag["id"] for drawing in drawings for tag in drawing(id=True)]
    assert len(ids) == len(set(ids)) > 10
    assert set(re.findall(r"(?:url\(|href=\")#([\w-]+)", "".join(map(str, drawings)))) <= set(ids)
    assert not re.search(r"<\?xml|<!--", str(page.main))
