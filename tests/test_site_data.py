"""The data of a site: every table and chart of every page as a file that a spreadsheet reads."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from nbformat import v4

from lvliang import parameters
from lvliang.display.show import Appendix, Sentence, Table, contents_of
from lvliang.display.tabular import DATA_TYPE, Content
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

Publish = Callable[[Path], Path]


def lines(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def table(**given: object) -> Content:
    plain = {"kind": "table", "caption": "表", "note": "", "columns": ["a"], "rows": [["b"]]}
    return plain | given  # type: ignore[return-value]


# ------------------------------------------------------------------ from a notebook to the site


@pytest.fixture(scope="module")
def publish(small_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Publish:
    """Run a small notebook in both languages and publish it; returns the folder of the site."""
    folder = tmp_path_factory.mktemp("notebooks")
    cells = [
        v4.new_markdown_cell("# 题 Title"),
        v4.new_code_cell("lang = ''", metadata={"tags": ["parameters"]}),
        v4.new_code_cell(SHOWN),
    ]
    nbformat.write(v4.new_notebook(cells=cells), folder / f"{PAGE}.ipynb")

    def run(outputs: Path) -> Path:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("LVLIANG_DATA", str(small_data))
            patch.setattr(parameters, "SCHEMAS", {PAGE: parameters.NotebookParameters})
            patch.setattr(publication, "NOTEBOOKS", folder)
            page = publication.publish_report({}, outputs=outputs, workers=2, deadline=60)
        return page.parent

    return run


@pytest.fixture(scope="module")
def site(publish: Publish, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return publish(tmp_path_factory.mktemp("site"))


def read(page: Path) -> BeautifulSoup:
    """A page, whose spaces that do not break are as the files have them."""
    return BeautifulSoup(page.read_text("utf-8").replace("\N{NO-BREAK SPACE}", " "), "html.parser")


def files(site: Path) -> dict[str, bytes]:
    return {str(p.relative_to(site)): p.read_bytes() for p in sorted(site.rglob("data/*/*"))}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_table_and_chart_of_a_page_has_its_file_with_the_same_numbers(site, lang):
    first, chart, appended = (lines(site / f"data/{lang}/{PAGE}-0{n}.csv") for n in (1, 2, 3))
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


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_list_says_what_each_file_holds(site: Path, lang: str) -> None:
    heads, *rows = lines(site / f"data/{lang}/index.csv")
    assert heads == ["file", "page", "caption", "note", "kind", "columns", "rows"]
    page = read(site / lang / f"{PAGE}.html")
    title, subtitle = (
        page.find(class_=f"chart-{part}").get_text() for part in ("title", "subtitle")
    )
    assert rows == [
        [f"{PAGE}-01.csv", PAGE, "一 表", "", "table", "2", "2"],
        [f"{PAGE}-02.csv", PAGE, title, subtitle, "chart", "2", "3"],
        [f"{PAGE}-03.csv", PAGE, "附 表", "", "table", "1", "2"],
    ]


@pytest.mark.parametrize(("index", "lang"), [("index.html", "zh"), ("en/index.html", "en")])
def test_the_index_links_to_every_file(site: Path, index: str, lang: str) -> None:
    page = read(site / index)
    linked = {
        ((site / index).parent / link["href"]).resolve(): link.get_text()
        for link in page("a")
        if link["href"].endswith(".csv")
    }
    listed = {row[0]: row[2] for row in lines(site / f"data/{lang}/index.csv")[1:]}
    folder = site.resolve() / "data" / lang
    assert linked == {folder / name: said for name, said in listed.items()} | {
        folder / "index.csv": "index.csv"
    }


def test_the_same_run_writes_the_same_bytes(site: Path, publish: Publish, tmp_path: Path) -> None:
    before, again = files(site), files(publish(tmp_path))
    assert len(before) == 2 * (3 + 1)
    assert again == before


# ------------------------------------------------------------------ what a piece holds


def test_numbers_are_as_exact_as_the_frame() -> None:
    frame = pd.DataFrame(
        {"年": ["2020", "2021"], "数": [1 / 3, np.nan], "个": np.array([1, 2], dtype=np.int64)}
    )
    (found,) = contents_of(Table("表", frame))
    assert found["rows"] == [["2020", 1 / 3, 1], ["2021", None, 2]]
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_an_appendix_holds_its_tables_and_a_sentence_none() -> None:
    frame = pd.DataFrame({"a": ["b"]})
    pieces = [Sentence("句"), Table("first", frame), Table("second", frame)]
    found = contents_of(Appendix("附", pieces))
    assert [content["caption"] for content in found] == ["First", "Second"]
    assert contents_of(Sentence("句")) == []


def test_what_no_page_shows_has_no_file() -> None:
    def cell(caption: str, *tags: str) -> nbformat.NotebookNode:
        output = v4.new_output("display_data", {DATA_TYPE: [table(caption=caption)]})
        return v4.new_code_cell(outputs=[output], metadata={"tags": list(tags)})

    notebook = v4.new_notebook(
        cells=[cell("all"), cell("zh", "lang-zh"), cell("en", "lang-en"), cell("no", "hidden")]
    )
    assert [found["caption"] for found in shown_on(notebook, "zh")] == ["all", "zh"]
    assert [found["caption"] for found in shown_on(notebook, "en")] == ["all", "en"]


# ------------------------------------------------------------------ the files


def written(tmp_path: Path, *cells: object) -> bytes:
    write_data(tmp_path, "zh", {PAGE: [table(columns=["头"], rows=[[cell] for cell in cells])]})
    return (tmp_path / f"data/zh/{PAGE}-01.csv").read_bytes()


def test_a_file_has_the_mark_of_utf8_and_the_lines_of_rfc_4180(tmp_path: Path) -> None:
    assert written(tmp_path, 'a,"b"', "c\nd", 0.1) == (
        "\ufeff头\r\n".encode() + b'"a,""b"""\r\n"c\nd"\r\n0.1\r\n'
    )


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("−4.6", "-4.6"),
        ("−9", "-9"),
        ("−5%", "-5%"),
        ("−5.5 %", "-5.5 %"),
        ("—", ""),
        (None, ""),
        ("+4.6", "+4.6"),
        (1 / 3, "0.3333333333333333"),
        (-2, "-2"),
        ("−1.0至2.0", "−1.0至2.0"),
        ("每年−9.9个百分点", "每年−9.9个百分点"),
        ("甲—乙", "甲—乙"),
    ],
)
def test_a_cell_is_written_so_that_a_spreadsheet_reads_it(tmp_path, cell, expected):
    # The heads are beside it, so that an empty cell is no empty line.
    pages = {PAGE: [table(columns=["头", "数"], rows=[["a", cell]])]}
    write_data(tmp_path, "zh", pages)
    assert lines(tmp_path / f"data/zh/{PAGE}-01.csv")[1] == ["a", expected]


def test_a_site_without_tables_lists_none(tmp_path: Path) -> None:
    found = write_data(tmp_path, "zh", {PAGE: []})
    assert found == []
    assert listing_html(found, {}, "", "zh") == ""
