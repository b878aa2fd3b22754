"""What moved since the last publication, put where the page for the desk has a place for it.

It is known when all notebooks have run, so no notebook can say it itself.
"""

from __future__ import annotations

from typing import TypedDict

import nbformat
import pandas as pd
from nbformat import NotebookNode

from lvliang.display.show import Sentence, Table, bundle_of
from lvliang.display.tabular import DATA_TYPE, Content
from lvliang.display.words import text
from lvliang.feasibility.targets import MAIN
from lvliang.site import history_facts
from lvliang.site.vintage import Standing

SENTENCES_TAG = "since-last"
COLUMN_TAG = "against-last"


class Told(TypedDict):
    """What there is to tell: sentences, and a word for each main target."""

    sentences: list[str]
    column: list[str]


def told(standing: Standing | None, lang: str) -> Told:
    """What moved, in short; the index has the table and the details."""
    said = history_facts.told("in_short", standing, {}, lang) if standing else []
    column = history_facts.against_last(standing, MAIN, lang)
    return {"sentences": [piece.words for piece in said], "column": column}


def put(notebook: NotebookNode, since: Told, lang: str) -> None:
    """Put it in place of the outputs of a cell tagged ``since-last``, and beside the verdicts.

    The table of a cell tagged ``against-last``, which has a row a main target, gets a column
    before its last one; where there is nothing to hold against, it stays as it is.
    """
    for cell in notebook.cells:
        tags = cell.metadata.get("tags", [])
        if SENTENCES_TAG in tags and since["sentences"]:
            headings = [output for output in cell.outputs if is_heading(output)]
            cell.outputs = headings + [_output(Sentence(words)) for words in since["sentences"]]
        if COLUMN_TAG in tags and since["column"]:
            cell.outputs = [
                output if is_heading(output) else _with_column(output, since["column"], lang)
                for output in cell.outputs
            ]


def is_heading(output: NotebookNode) -> bool:
    """Whether an output is a heading of the page."""
    return bool(output.data["text/html"].startswith("<h"))


def _with_column(output: NotebookNode, words: list[str], lang: str) -> NotebookNode:
    contents: list[Content] = output.data[DATA_TYPE]
    (shown,) = contents
    frame = pd.DataFrame(shown["rows"], columns=shown["columns"])
    frame.insert(len(frame.columns) - 1, text("history_against.column", lang), words)
    return _output(Table(shown["caption"], frame, cards=True))


def _output(piece: Sentence | Table) -> NotebookNode:
    return nbformat.v4.new_output("display_data", bundle_of(piece))
