"""The feed of publications: ``feed.json``, one a language, from the record of vintages."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from lvliang.baseline.regions import find_region
from lvliang.display.words import text
from lvliang.errors import ParameterError
from lvliang.projection.scenario import BASELINE, read_scenario, scenario_path
from lvliang.site import news
from lvliang.site.render import WORDS
from lvliang.site.vintage import Vintage, stand

NAME = "feed.json"
VERSION = "https://jsonfeed.org/version/1.1"
MOST_ITEMS = 50


def feed_json(
    record: Sequence[Vintage], titles: Mapping[str, str], *, title: str, lang: str
) -> str:
    """The feed of a record as JSON Feed 1.1, newest first.

    It holds no address: a site lies wherever it was copied to, and an older run has no page.

    Parameters
    ----------
    record : sequence of mapping
        Vintages, oldest first, the one just published last.
    titles : mapping
        What each parameter is called.
    title : str
        Of the feed.
    """
    newest = range(len(record))[: -MOST_ITEMS - 1 : -1]
    feed = {
        "version": VERSION,
        "title": title,
        "language": WORDS[lang]["code"],
        "items": [_item(record[: place + 1], titles, lang) for place in newest],
    }
    return json.dumps(feed, ensure_ascii=False, indent=1) + "\n"


def _item(record: Sequence[Vintage], titles: Mapping[str, str], lang: str) -> dict[str, str]:
    """The last vintage of a record, held against those before it."""
    *past, vintage = record
    standing = stand(past, vintage)
    region = _region(vintage["parameters"]["region"], lang)
    subject = _subject(region, vintage, lang)
    return {
        "id": vintage["release"],
        "title": news.title(standing, subject, lang),
        "content_text": news.body(vintage["verdicts"], standing, titles, region, lang),
        "date_published": datetime.fromisoformat(vintage["as_of"]).isoformat(timespec="seconds"),
        "language": WORDS[lang]["code"],
    }


def _subject(region: str, vintage: Vintage, lang: str) -> str:
    """The region, and the scenario where something is assumed."""
    parameters = vintage["parameters"]
    name = parameters.get("scenario", BASELINE)
    changes = parameters.get("changes", "")
    if name == BASELINE and not changes:
        return region
    scenario = vintage.get("scenario_title", {}).get(lang) or _scenario(name, lang)
    if changes:
        scenario = text("code", lang, name=scenario, code=changes)
    return text("feed.conditional", lang, region=region, scenario=scenario)


# The record outlives regions and scenarios that were dropped or renamed since.
def _region(code: str, lang: str) -> str:
    try:
        return find_region(code).name(lang)
    except ParameterError:
        return code


def _scenario(name: str, lang: str) -> str:
    """Title of a shipped scenario, for vintages of before titles were kept."""
    try:
        return read_scenario(scenario_path(name)).title(lang)
    except ParameterError:
        return name
