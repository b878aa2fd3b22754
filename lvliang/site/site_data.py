"""The tables and charts of a site as files for a spreadsheet, and the list of them."""

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment
from nbformat import NotebookNode

from lvliang.display.prose import said
from lvliang.display.show import DATA_TYPE, Content, Plain
from lvliang.display.words import MINUS, NOTHING, words_in
from lvliang.site.render import unseen_tags

FOLDER = "data"
LIST = "index.csv"
ENCODING = "utf-8-sig"  # the mark by which Excel knows that it is UTF-8
NEGATIVE = re.compile(rf"{MINUS}\d+(\.\d+)?( ?%)?")

_LISTING = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(
    """<section>
<h2>{{ title }}</h2>
<p class="note">{{ note }} <a href="{{ folder }}/{{ list }}">{{ list }}</a></p>
{% for name, files in pages %}
<details><summary>{{ name }}</summary>
<ol>
{% for file in files %}
<li><a href="{{ folder }}/{{ file.file }}">{{ file.caption }}</a></li>
{% endfor %}
</ol>
</details>
{% endfor %}
</section>"""
)


class DataFile(NamedTuple):
    """One file: its name, the page it is from, what it holds and how much."""

    file: str
    page: str
    caption: str
    note: str
    kind: str
    columns: int
    rows: int


def shown_on(notebook: NotebookNode, lang: str) -> list[Content]:
    """The tables and charts that the page of an executed notebook shows, in its order."""
    unseen = unseen_tags(lang)
    cells = [cell for cell in notebook.cells if unseen.isdisjoint(cell.metadata.get("tags", []))]
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    return [found for output in outputs for found in output.get("data", {}).get(DATA_TYPE, [])]


def write_data(site: Path, lang: str, pages: Mapping[str, Sequence[Content]]) -> list[DataFile]:
    """Write ``data/<lang>/<page>-<nn>.csv`` below ``site`` of what each page shows, by its name,
    and ``index.csv``, which lists them.

    Files are UTF-8 with its mark, lines as RFC 4180 has them, the first line heads. A text cell
    that is a number has an ASCII minus, one that says there is nothing is empty.
    """
    folder = site / FOLDER / lang
    folder.mkdir(parents=True)
    files = []
    for page, contents in sorted(pages.items()):
        for number, found in enumerate(contents, start=1):
            columns, rows = found["columns"], found["rows"]
            name = f"{page}-{number:02d}.csv"
            what = (found["caption"], found["note"], found["kind"])
            files.append(DataFile(name, page, *what, len(columns), len(rows)))
            _write(folder / name, [columns, *([_cell(value) for value in row] for row in rows)])
    _write(folder / LIST, [DataFile._fields, *files])
    return files


def listing_html(files: Sequence[DataFile], names: Mapping[str, str], root: str, lang: str) -> str:
    """HTML that links to every file, folded up by page; empty where there is none.

    ``names`` are what pages are called, ``root`` the way to the root of the site.
    """
    if not files:
        return ""
    pages = [(names[page], list(found)) for page, found in groupby(files, lambda file: file.page)]
    return _LISTING.render(
        title=words_in(lang).label("data", "site"),
        note=" ".join(said("site", lang, "data", {})),
        folder=f"{root}{FOLDER}/{lang}",
        list=LIST,
        pages=pages,
    )


def _cell(value: Plain) -> Plain:
    """A cell as a spreadsheet reads it."""
    if value == NOTHING:
        return ""
    if isinstance(value, str) and NEGATIVE.fullmatch(value):
        return value.replace(MINUS, "-")
    return value


def _write(path: Path, rows: Iterable[Iterable[Any]]) -> None:
    with path.open("w", encoding=ENCODING, newline="") as file:
        csv.writer(file).writerows(rows)
