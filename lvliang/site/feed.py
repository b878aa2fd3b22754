"""The feed of publications: ``feed.json``, one a language, from the record of vintages."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from lvliang.baseline.regions import Region, find_region
from lvliang.display.prose import Text
from lvliang.errors import ParameterError
from lvliang.feasibility.targets import MAIN
from lvliang.feasibility.verdict_facts import class_counts
from lvliang.feasibility.verdicts import Verdict, Verdicts
from lvliang.projection.scenario import BASELINE, read_scenario, scenario_path
from lvliang.site.history_facts import history_facts
from lvliang.site.render import LANGUAGE_TAGS
from lvliang.site.vintage import Vintage, stand

NAME = "feed.json"
VERSION = "https://jsonfeed.org/version/1.1"
MOST_ITEMS = 50


def feed_json(record: Sequence[Vintage], *, title: str, lang: str) -> str:
    """The feed of a record as JSON Feed 1.1, newest first.

    It holds no address: a site lies wherever it was copied to, and an older run has no page.

    Parameters
    ----------
    record : sequence of mapping
        Vintages, oldest first, the one just published last.
    title : str
        Of the feed.
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
    """The last vintage of a record, held against those before it: its news, then its verdicts."""
    *past, vintage = record
    text = Text("history", lang, _facts(past, vintage))
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


def _facts(past: Sequence[Vintage], vintage: Vintage) -> dict[str, Any]:
    """The region, the scenario where something is assumed, the verdicts, and what moved."""
    given = vintage["parameters"]
    name, changes = given.get("scenario", BASELINE), given.get("changes", "")
    main = Verdicts(Verdict.of(row) for row in vintage["verdicts"]).of(MAIN)
    return history_facts(stand(past, vintage)) | {
        "region": _region(given["region"]),
        "scenario": _titles(vintage, name) if changes or name != BASELINE else None,
        "changes": changes,
        "main": main,
        "counts": class_counts(main),
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
