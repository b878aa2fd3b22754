"""The data of a site: every table and chart of every page as a file that a spreadsheet reads."""

import csv
import json
from pathlib import Path

import numpy as np
import pandas as pd
from bs4 import BeautifulSoup
from nbformat import v4

from lvliang.display.show import DATA_TYPE, Appendix, Sentence, Table, contents_of
from lvliang.site.site_data import listing_html, shown_on, write_data

PAGE = "10_baseline"


def lines(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


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


TABLE = {"kind": "table", "caption": "表", "note": "", "columns": ["头", "数"], "rows": []}


def written(folder: Path, *rows: list[object]) -> Path:
    write_data(folder, "zh", {PAGE: [TABLE | {"rows": rows}]})
    return folder / f"data/zh/{PAGE}-01.csv"


def test_the_list_and_the_index_name_each_file(tmp_path: Path) -> None:
    """That their cells are those of the page is held in the tests of the command, for a report."""
    chart = {"kind": "chart", "caption": "图", "note": "亿元", "columns": ["年"], "rows": [[2020]]}
    files = write_data(tmp_path, "en", {"b": [TABLE], PAGE: [TABLE, chart]})
    folder = tmp_path / "data/en"
    assert lines(folder / "index.csv") == [
        ["file", "page", "caption", "note", "kind", "columns", "rows"],
        [f"{PAGE}-01.csv", PAGE, "表", "", "table", "2", "0"],
        [f"{PAGE}-02.csv", PAGE, "图", "亿元", "chart", "1", "1"],
        ["b-01.csv", "b", "表", "", "table", "2", "0"],
    ]
    page = BeautifulSoup(listing_html(files, {"b": "B", PAGE: "A"}, "../", "en"), "html.parser")
    linked = {link["href"]: link.get_text() for link in page("a")}
    listed = {row[0]: row[2] for row in lines(folder / "index.csv")[1:]} | {
        "index.csv": "index.csv"
    }
    assert linked == {f"../data/en/{name}": caption for name, caption in listed.items()}
    assert set(listed) == {path.name for path in folder.iterdir()}
    assert [summary.get_text() for summary in page("summary")] == ["A", "B"]


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
