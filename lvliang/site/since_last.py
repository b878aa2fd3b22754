"""What moved since the last publication, put where the page for the desk has a place for it.

It is known when all notebooks have run, so no notebook can say it itself.
"""

from __future__ import annotations

import nbformat
import pandas as pd
from nbformat import NotebookNode

from lvliang.display.show import Sentence, Table, bundle_of
from lvliang.display.tabular import DATA_TYPE, Content
from lvliang.display.words import words_in
from lvliang.feasibility.targets import MAIN
from lvliang.site import history_facts
from lvliang.site.vintage import Standing

SENTENCES_TAG = "since-last"
COLUMN_TAG = "against-last"


def put(notebook: NotebookNode, standing: Standing | None, lang: str) -> None:
    """Put what moved, in short, in a cell tagged ``since-last``, and beside the verdicts.

    The table of a cell tagged ``against-last``, which has a row a main target, gets a column
    before its last one; where there is nothing to hold against, it stays as it is.
    """
    told = words_in(lang)
    column = [
        told.label(code, "against_last") for code in history_facts.against_last(standing, MAIN)
    ]
    for cell in notebook.cells:
        tags = cell.metadata.get("tags", [])
        if SENTENCES_TAG in tags and standing:
            headings = [output for output in cell.outputs if is_heading(output)]
            said = history_facts.told("in_short", standing, lang)
            cell.outputs = headings + [_output(Sentence(piece.words)) for piece in said]
        if COLUMN_TAG in tags and column:
            head = told.label("column", "against_last")
            cell.outputs = [
                output if is_heading(output) else _with_column(output, head, column)
                for output in cell.outputs
            ]


def is_heading(output: NotebookNode) -> bool:
    """Whether an output is a heading of the page."""
    return bool(output.data["text/html"].startswith("<h"))


def _with_column(output: NotebookNode, head: str, column: list[str]) -> NotebookNode:
    contents: list[Content] = output.data[DATA_TYPE]
    (shown,) = contents
    frame = pd.DataFrame(shown["rows"], columns=shown["columns"])
    frame.insert(len(frame.columns) - 1, head, column)
    return _output(Table(shown["caption"], frame, cards=True))


def _output(piece: Sentence | Table) -> NotebookNode:
    return nbformat.v4.new_output("display_data", bundle_of(piece))
