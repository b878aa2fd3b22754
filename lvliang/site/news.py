"""What moved since the last publication, told by the text ``history``: on pages, in the feed."""

import json
from collections.abc import Sequence
from datetime import datetime

import nbformat
import pandas as pd
from nbformat import NotebookNode

from lvliang.baseline.regions import Region, find_region
from lvliang.display.prose import Text
from lvliang.display.show import DATA_TYPE, Piece, Sentence, Table, bundle_of
from lvliang.display.words import words_in
from lvliang.errors import ParameterError
from lvliang.feasibility.targets import MAIN
from lvliang.feasibility.verdict_facts import class_counts
from lvliang.feasibility.verdicts import Verdict, Verdicts
from lvliang.projection.scenario import BASELINE, read_scenario, scenario_path
from lvliang.site.render import LANGUAGE_TAGS
from lvliang.site.vintage import Move, Standing, Vintage, stand

FEED = "feed.json"
VERSION = "https://jsonfeed.org/version/1.1"
MOST_ITEMS = 50


def told(block: str, standing: Standing, lang: str) -> list[Piece]:
    """What the text says in a block: ``since_last``, or ``in_short``."""
    return Text("history", lang, vars(standing)).say(block)


def put(notebook: NotebookNode, standing: Standing | None, lang: str) -> None:
    """Put what moved, in short, in a cell tagged ``since-last``, and beside the verdicts.

    The table of a cell tagged ``against-last``, which has a row a main target, gets a column
    before its last one; where there is nothing to hold against, it stays as it is.
    """
    label = words_in(lang).label
    column = [label(became, "against_last") for became in against_last(standing)]
    for cell in notebook.cells:
        tags = cell.metadata.get("tags", [])
        if "since-last" in tags and standing:
            headings = [output for output in cell.outputs if _is_heading(output)]
            said = told("in_short", standing, lang)
            cell.outputs = headings + [_output(Sentence(piece.words)) for piece in said]
        if "against-last" in tags and column:
            head = label("column", "against_last")
            cell.outputs = [
                output if _is_heading(output) else _with_column(output, head, column)
                for output in cell.outputs
            ]


def against_last(standing: Standing | None) -> list[str]:
    """What became of each main verdict since the last publication; nothing where there is none."""
    pairs = standing.found.pairs if standing and standing.found else []
    return [_became(pair) for pair in pairs if pair.now and pair.now.target.group == MAIN]


def _became(pair: Move) -> str:
    if pair.before is None:
        return "new"
    if pair.change is None:
        return "unknown"
    if not pair.is_told:
        return "same"
    return "up" if pair.change > 0 else "down"


def _is_heading(output: NotebookNode) -> bool:
    return bool(output.data["text/html"].startswith("<h"))


def _with_column(output: NotebookNode, head: str, column: list[str]) -> NotebookNode:
    (shown,) = output.data[DATA_TYPE]
    frame = pd.DataFrame(shown["rows"], columns=shown["columns"])
    frame.insert(len(frame.columns) - 1, head, column)
    return _output(Table(shown["caption"], frame, cards=True))


def _output(piece: Sentence | Table) -> NotebookNode:
    return nbformat.v4.new_output("display_data", bundle_of(piece))


def feed_json(record: Sequence[Vintage], *, title: str, lang: str) -> str:
    """The feed of a record as JSON Feed 1.1, newest first.

    It holds no address: a site lies wherever it was copied to, and an older run has no page.
    ``record`` is of vintages, oldest first, the one just published last.
    """
    newest = range(len(record))[: -MOST_ITEMS - 1 : -1]
    feed = {
        "version": VERSION,
        "title": title,
        "language": LANGUAGE_TAGS[lang],
        "items": [_item(record[: place + 1], lang) for place in newest],
    }
    return json.dumps(feed, ensure_ascii=False, indent=1) + "\n"


def _item(record: Sequence[Vintage], lang: str) -> dict[str, str]:
    """The last vintage of a record: its verdicts, and its news since those before it."""
    *past, vintage = record
    given = vintage["parameters"]
    name, changes = given.get("scenario", BASELINE), given.get("changes", "")
    main = Verdicts(Verdict.of(row) for row in vintage["verdicts"]).of(MAIN)
    facts = vars(stand(past, vintage)) | {
        "region": _region(given["region"]),
        "scenario": _titles(vintage, name) if changes or name != BASELINE else None,
        "changes": changes,
        "main": main,
        "counts": class_counts(main),
    }
    text = Text("history", lang, facts)
    title, content = (
        "\n".join(piece.words for piece in text.say(block)) for block in ("feed_title", "feed")
    )
    return {
        "id": vintage["release"],
        "title": title,
        "content_text": content,
        "date_published": datetime.fromisoformat(vintage["as_of"]).isoformat(timespec="seconds"),
        "language": LANGUAGE_TAGS[lang],
    }


# The record outlives regions and scenarios that were dropped or renamed since.
def _region(code: str) -> Region | str:
    try:
        return find_region(code)
    except ParameterError:
        return code


def _titles(vintage: Vintage, name: str) -> dict[str, str]:
    """Titles of its scenario by language; of a shipped one, if it is of before they were kept."""
    if kept := vintage.get("scenario_title"):
        return {f"title_{lang}": title for lang, title in kept.items()}
    try:
        shipped = read_scenario(scenario_path(name))
    except ParameterError:
        return {"title_zh": name, "title_en": name}
    return {"title_zh": shipped.title_zh, "title_en": shipped.title_en}
