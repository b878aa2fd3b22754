"""A notebook becomes a page in one language that stands alone and passes its own gate."""

from __future__ import annotations

import base64
import copy
import io
import re

import nbformat.v4 as v4
import pytest
from bs4 import BeautifulSoup
from fontTools.ttLib import TTFont

from lvliang.display import fonts
from lvliang.display.show import PIECES_TYPE
from lvliang.errors import ParameterError, QualityError
from lvliang.site.gate import faults_of_page, visible_text
from lvliang.site.render import TEMPLATE, in_language, page_shell, render_page

SVG = """<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "svg11.dtd">
<svg role="img" aria-label="图" viewBox="0 0 9 9"><!-- matplotlib --><defs>
<clipPath id="p1"><path id="m1" fill="#c0ffee"/></clipPath></defs>
<g clip-path="url(#p1)"><use xlink:href="#m1"/></g></svg>"""


def markdown(source: str, *tags: str):
    return v4.new_markdown_cell(source, metadata={"tags": list(tags)})


def shown(*bundles: dict, tags=()):
    outputs = [v4.new_output("display_data", bundle) for bundle in bundles]
    return v4.new_code_cell("secret_code = 1", outputs=outputs, metadata={"tags": list(tags)})


def render(*cells, lang="zh", **around) -> BeautifulSoup:
    notebook = v4.new_notebook(cells=[markdown("# 题 Title"), *cells])
    return BeautifulSoup(render_page(notebook, lang=lang, **around), "html.parser")


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


def test_title_is_text_and_not_markup():
    page = render_page(v4.new_notebook(cells=[markdown("# a &lt;b&gt; **c**")]), lang="en")
    assert "<title>a &lt;b&gt; c</title>" in page


def test_page_without_title_is_refused():
    notebook = v4.new_notebook(cells=[markdown("# 题", "lang-zh")])
    with pytest.raises(QualityError, match=r"no level-1 heading .* in language 'en'"):
        render_page(notebook, lang="en")


def test_unknown_language_is_refused():
    with pytest.raises(ParameterError, match=r"'fr'; it may be one of \['en', 'zh'\]"):
        page_shell(lang="fr", title="", body_html="")


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


@pytest.mark.parametrize(
    ("bundle", "chosen"),
    [
        ({"text/plain": "plain", "text/html": "<b>html</b>"}, "html"),
        ({"text/plain": "plain", "text/markdown": "**markdown**"}, "markdown"),
        ({"text/plain": "plain"}, "plain"),
    ],
)
def test_richest_output_is_shown(bundle, chosen):
    assert render(shown(bundle)).select_one(".output").get_text().strip() == chosen


def test_page_stands_alone_and_passes_the_gate():
    cells = [
        markdown("## 一\n\n[统计局](https://www.stats.gov.cn) $x$\n\n## 二\n\n```python\nx\n```"),
        shown({"image/svg+xml": SVG}, {"text/html": "<table><tr><td>1</td></tr></table>"}),
    ]
    around = {"nav_html": "<a href='#main'>n</a>", "footer_html": "f", "banner_html": "b"}
    page = render(*cells, **around)
    assert faults_of_page(str(page)) == []
    assert page.select_one("meta[name=viewport]")
    assert page.select_one("a.skip")["href"] == "#" + page.main["id"]
    assert page.select_one("nav.site").get_text().strip() == "n"
    assert page.footer.get_text().strip() == "f"
    assert page.select_one(".banner").get_text().strip() == "b"


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
    assert [span.get_text() for span in en.select("main span[lang='zh-CN']")] == [
        "题",
        "《规划》增长8%以上。",
        "每县",
        "代码",
    ]
    assert en.td.get_text() == zh.td.get_text()
    assert zh.main.select("[lang]") == []


def test_what_is_not_given_leaves_no_empty_element():
    page = render()
    assert not page.select("header, nav, footer, .banner")


def test_the_mark_of_an_edition_is_the_first_thing_read_and_no_markup():
    page = render(mark="a <b>", nav_html="n")
    skip, mark = page.body.find_all(True, recursive=False)[:2]
    assert (skip["class"], mark.name, mark.get_text()) == (["skip"], "header", "a <b>")


def test_embedded_font_has_the_characters_of_the_page():
    html = str(render(markdown("## 吕梁市规划 &mdash; ≥ 8%"), footer_html="来源"))
    data = re.search(r"base64,([\w+/=]+)", html)[1]
    with TTFont(io.BytesIO(base64.b64decode(data))) as font:
        held = set(map(chr, font.getBestCmap()))
    seen = {c for c in visible_text(html) if not c.isspace()}
    assert {"—", "≥", "源", "跳"} <= seen
    assert held - {" ", "\N{NO-BREAK SPACE}"} == seen | set("0123456789/")


def test_english_page_takes_its_quotation_marks_from_elsewhere():
    def held(lang):
        html = page_shell(lang=lang, title="", body_html="“8%”")
        data = re.search(r"base64,([\w+/=]+)", html)[1]
        with TTFont(io.BytesIO(base64.b64decode(data))) as font:
            return set(map(chr, font.getBestCmap()))

    assert "“" in held("zh")
    assert "“" not in held("en")


def test_contents_list_leads_to_every_section():
    page = render(
        markdown("intro\n\n## 一 & 二\n\n### 细节"),
        shown({"text/html": "<h2 id='own'>三</h2>"}),
    )
    links = page.select("nav.contents a")
    assert [link.get_text() for link in links] == ["一 & 二", "三"]
    assert [link["href"] for link in links] == ["#section-1", "#own"]
    assert all(page.find("h2", id=link["href"][1:]) for link in links)
    assert page.select_one("nav.contents")["aria-label"] == "目录"
    assert page.select_one("nav.contents").find_next("h2")["id"] == "section-1"


def test_contents_list_stands_above_a_switch_that_is_part_of_the_answer():
    page = render(
        shown({"text/html": "<fieldset class='switch'><p>panels</p></fieldset>"}),
        markdown("## 一\n\n## 二"),
    )
    assert page.select_one("nav.contents").find_next(class_="switch")


def test_one_section_needs_no_contents_list():
    assert not render(markdown("## 一")).select("nav")


def test_headings_have_no_anchor_sign():
    assert "¶" not in render(markdown("## 一")).get_text()


def test_each_table_scrolls_in_one_box():
    page = render(
        markdown("## 增长\n\n| a |\n|---|\n| 1 |"),
        shown({"text/html": "<div class='table'><table><caption>表 1</caption></table></div>"}),
    )
    boxes = page.select("div.table")
    assert [len(box("table")) for box in boxes] == [1, 1]
    assert [box["aria-label"] for box in boxes] == ["增长", "表 1"]
    assert all(box["tabindex"] == "0" for box in boxes)
    assert not page.select(".table .table")


def test_boxes_of_the_same_name_are_told_apart():
    table = "<table><caption>表</caption></table>"
    chart = "<figure class='chart'><figcaption><strong class='chart-title'>图</strong></figcaption>"
    page = render(shown({"text/html": table + table + chart + "<svg></svg></figure>"}))
    names = [box["aria-label"] for box in page.select(".table, .drawing")]
    assert names == ["表", "表 (2)", "图"]


def test_columns_of_numbers_are_marked_with_their_heads():
    html = (
        "<table border='1'><thead><tr><th>指标</th><th>2025年</th><th>判断</th></tr></thead><tbody>"
        "<tr><th>GDP</th><td class='projection'>2,080–2,350</td><td>8.0</td></tr>"
        "<tr><th>能耗</th><td>−15.0%</td><td>—</td></tr><tr><th>人口</th><td>—</td><td>好</td></tr>"
        "</tbody></table>"
    )
    page = render(shown({"text/html": html}))
    assert [cell.get_text() for cell in page.select(".num")] == [
        "2025年",
        "2,080–2,350",
        "−15.0%",
        "—",
    ]
    assert page.select_one(".num.projection")
    assert not page.select("table[border]")


def test_pandas_table_leaves_no_style_in_the_body():
    html = "<div><style scoped>td {}</style><table class='dataframe'></table></div>"
    assert not render(shown({"text/html": html})).body("style")


def test_drawings_are_inlined_with_ids_of_their_own():
    figure = f"<figure class='chart'>{SVG}<figcaption>图 1</figcaption></figure>"
    page = render(shown({"image/svg+xml": SVG}, {"text/html": figure}))
    ids = [tag["id"] for tag in page.select("svg [id]")]
    assert ids == ["svg1-p1", "svg1-m1", "svg2-p1", "svg2-m1"]
    assert [g["clip-path"] for g in page.select("svg g")] == ["url(#svg1-p1)", "url(#svg2-p1)"]
    assert [use["xlink:href"] for use in page("use")] == ["#svg1-m1", "#svg2-m1"]
    assert page.path["fill"] == "#c0ffee"
    assert [box["aria-label"] for box in page.select("figure.chart > .drawing")] == [
        "题 Title",
        "图 1",
    ]


def test_svg_prolog_is_dropped():
    html = str(render(shown({"image/svg+xml": SVG})))
    assert html.count("<!DOCTYPE") == 1
    assert "<?xml" not in html
    assert "matplotlib" not in html


def test_same_notebook_makes_the_same_page():
    notebook = v4.new_notebook(cells=[markdown("# 题"), shown({"image/svg+xml": SVG})])
    assert render_page(notebook, lang="zh") == render_page(notebook, lang="zh")


def test_style_sheet_uses_the_shipped_font_first_and_no_system_alias():
    css = (TEMPLATE / "page.css").read_text("utf-8")
    assert css.index(f'font-family: "{fonts.FAMILY}"') < css.index('"PingFang SC"')
    assert "system-ui" not in css


def test_a_chart_fits_a_phone_and_paper_shows_no_folded_table():
    css = (TEMPLATE / "page.css").read_text("utf-8")
    screen, _, paper = css.partition("@media print")
    (chart,) = re.findall(r"\.chart svg {([^}]*)}", screen)
    assert "width: 100%" in chart
    assert "min-width" not in chart
    assert re.search(r"details {\s*display: none", paper)
