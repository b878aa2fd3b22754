"""The data of a site: every table and chart of every page as a file that a spreadsheet reads."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from nbformat import v4

from lvliang import parameters
from lvliang.display.show import Appendix, Sentence, Table, contents_of
from lvliang.display.tabular import DATA_TYPE
from lvliang.site import publication
from lvliang.site.site_data import listing_html, shown_on, write_data

PAGE = "10_baseline"
SHOWN = """
import pandas as pd
from lvliang.display.prose import Text
from lvliang.display.show import Appendix, Formula, Sentence, Table, show
from lvliang.projection.outlook_facts import fan_of

actual = pd.Series([1.0, 2.345678901, 4.0], index=[2018, 2019, 2020])
growth = fan_of(actual, pd.DataFrame(), "gdp_nominal")
facts = {"growth": growth, "growth_target": None, "region": "吕梁市", "scenario": None}
kept = pd.DataFrame({"名": ["甲，乙", "丙"], "数": ["−4.6", "—"]})
show(
    lambda lang: [
        Sentence("句"),
        Formula(r"s = \\frac{m}{1 + x}"),
        Table("一 表", kept),
        *Text("30_feasibility", lang, facts).say("growth"),
    ],
    lang,
)
show(lambda lang: [Appendix("附", [Sentence("句"), Table("附 表", kept[["名"]])])], lang)
"""


def lines(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


# ------------------------------------------------------------------ from a notebook to the site


@pytest.fixture(scope="module")
def sites(small_data: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A small notebook run in both languages and published, twice over."""
    folder = tmp_path_factory.mktemp("notebooks")
    cells = [
        v4.new_markdown_cell("# 题 Title"),
        v4.new_code_cell("lang = ''", metadata={"tags": ["parameters"]}),
        v4.new_code_cell(SHOWN),
    ]
    nbformat.write(v4.new_notebook(cells=cells), folder / f"{PAGE}.ipynb")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LVLIANG_DATA", str(small_data))
        patch.setattr(parameters, "SCHEMAS", {PAGE: parameters.NotebookParameters})
        patch.setattr(publication, "NOTEBOOKS", folder)
        given = {"workers": 2, "deadline": 60}
        pages = [
            publication.publish_report({}, outputs=tmp_path_factory.mktemp("site"), **given)
            for _ in range(2)
        ]
    return [page.parent for page in pages]


def read(page: Path) -> BeautifulSoup:
    """A page, whose spaces that do not break are as the files have them."""
    return BeautifulSoup(page.read_text("utf-8").replace("\N{NO-BREAK SPACE}", " "), "html.parser")


@pytest.mark.parametrize(("lang", "index"), [("zh", "index.html"), ("en", "en/index.html")])
def test_every_table_and_chart_of_a_page_is_a_file_that_the_list_and_the_index_name(
    sites, lang, index
):
    site, again = (site.resolve() for site in sites)
    folder = site / "data" / lang
    first, chart, appended = (lines(folder / f"{PAGE}-0{n}.csv") for n in (1, 2, 3))
    assert first == [["名", "数"], ["甲，乙", "-4.6"], ["丙", ""]]
    divisor = 1 if lang == "zh" else 10
    levels = [float(row[1]) * divisor for row in chart[1:]]
    assert levels == pytest.approx([1.0, 2.345678901, 4.0], rel=1e-12)
    assert chart[0][1] == {"zh": "地区生产总值（亿元）", "en": "GDP (CNY billion)"}[lang]
    assert [row[0] for row in chart[1:]] == ["2018", "2019", "2020"]
    assert appended == [["名"], ["甲，乙"], ["丙"]]

    page = read(site / lang / f"{PAGE}.html")
    heads = [[head.get_text() for head in shown.thead("th")] for shown in page("table")]
    assert heads == [first[0], chart[0], appended[0]]
    title, under = (page.find(class_=f"chart-{part}").get_text() for part in ("title", "subtitle"))
    assert lines(folder / "index.csv") == [
        ["file", "page", "caption", "note", "kind", "columns", "rows"],
        [f"{PAGE}-01.csv", PAGE, "一 表", "", "table", "2", "2"],
        [f"{PAGE}-02.csv", PAGE, title, under, "chart", "2", "3"],
        [f"{PAGE}-03.csv", PAGE, "附 表", "", "table", "1", "2"],
    ]
    links = {link["href"]: link.get_text() for link in read(site / index)("a")}
    linked = {
        ((site / index).parent / href).resolve(): text
        for href, text in links.items()
        if href.endswith(".csv")
    }
    listed = {folder / row[0]: row[2] for row in lines(folder / "index.csv")[1:]}
    assert linked == listed | {folder / "index.csv": "index.csv"}
    for path in folder.iterdir():
        assert path.read_bytes() == (again / path.relative_to(site)).read_bytes()


# ------------------------------------------------------------------ what a piece holds


def test_numbers_are_as_exact_as_the_frame_and_a_sentence_holds_none() -> None:
    frame = pd.DataFrame(
        {"年": ["2020", "2021"], "数": [1 / 3, np.nan], "个": np.array([1, 2], dtype=np.int64)}
    )
    pieces = [Sentence("句"), Table("first", frame), Table("second", frame)]
    found = contents_of(Appendix("附", pieces))
    assert [content["caption"] for content in found] == ["First", "Second"]
    assert found[1]["rows"] == [["2020", 1 / 3, 1], ["2021", None, 2]]
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert contents_of(Sentence("句")) == []


def test_what_no_page_shows_has_no_file(tmp_path: Path) -> None:
    cells = [
        v4.new_code_cell(
            outputs=[v4.new_output("display_data", {DATA_TYPE: [{"caption": tag}]})],
            metadata={"tags": [tag]},
        )
        for tag in ("all", "lang-zh", "lang-en", "hidden")
    ]
    found = shown_on(v4.new_notebook(cells=cells), "zh")
    assert [content["caption"] for content in found] == ["all", "lang-zh"]
    assert listing_html(write_data(tmp_path, "zh", {PAGE: []}), {}, "", "zh") == ""


# ------------------------------------------------------------------ the files


def written(folder: Path, *rows: list[object]) -> Path:
    content = {"kind": "table", "caption": "表", "note": "", "columns": ["头", "数"], "rows": rows}
    write_data(folder, "zh", {PAGE: [content]})
    return folder / f"data/zh/{PAGE}-01.csv"


def test_a_file_has_the_mark_of_utf8_and_the_lines_of_rfc_4180(tmp_path: Path) -> None:
    path = written(tmp_path, ['a,"b"', "c\nd"], [0.1, None])
    made = "\ufeff头,数\r\n".encode() + b'"a,""b""","c\nd"\r\n0.1,\r\n'
    assert path.read_bytes() == made


CELLS = {
    "−4.6": "-4.6", "−5%": "-5%", "−5.5 %": "-5.5 %", "—": "", None: "", "+4.6": "+4.6",
    1 / 3: "0.3333333333333333", -2: "-2", "−1.0至2.0": "−1.0至2.0",
    "每年−9.9个百分点": "每年−9.9个百分点", "甲—乙": "甲—乙",
}  # fmt: skip


def test_a_cell_is_written_so_that_a_spreadsheet_reads_it(tmp_path: Path) -> None:
    path = written(tmp_path, *(["a", cell] for cell in CELLS))
    assert [row[1] for row in lines(path)[1:]] == list(CELLS.values())
