"""What a reader must know of a page before its first sentence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from lvliang import parameters
from lvliang.baseline.freeze import changed_files
from lvliang.baseline.package import data_folder
from lvliang.baseline.regions import find_region
from lvliang.display.prose import said
from lvliang.display.words import words_in
from lvliang.parameters import (
    ComparisonParameters,
    NotebookParameters,
    ProjectionParameters,
)
from lvliang.provenance import year_made

SAID_ELSEWHERE = {"lang", "scenario", "changes", "base_year", "edition"}


def banner(run: NotebookParameters, lang: str) -> str:
    """What is assumed, what differs from the baseline run, and whether the data can be relied on.

    Data are old when they end before the year but last, whose figures are out by then; a run from
    an earlier base year leaves out outcomes that the data hold. They are unverified when a file
    is not as it was when it was last reviewed.
    """
    paragraphs = said("site", lang, "banner", _facts(run))
    return Markup("").join(Markup("<p>{}</p>").format(words) for words in paragraphs)


def edition_mark(edition: str, lang: str) -> str:
    """What a page of the internal edition carries at its top; a public one carries nothing.

    Examples
    --------
    >>> edition_mark("internal", "zh"), edition_mark("public", "zh")
    ('【内部参考】', '')
    """
    return words_in(lang).label("internal", "edition") if edition == "internal" else ""


def _facts(run: NotebookParameters) -> dict[str, Any]:
    latest, year = type(run)().base_year, year_made()
    ends = "earlier" if run.base_year < latest else "old" if year > latest + 1 else ""
    return {
        **_assumed(run),
        "differs": list(_differs(run)),
        "ends": ends,
        "base_year": run.base_year,
        "year": year,
        "changed_files": changed_files(data_folder()),
    }


def _assumed(run: NotebookParameters) -> dict[str, Any]:
    """The scenario that all of a page is conditional on, and what it assumes; or none."""
    if not isinstance(run, ProjectionParameters) or isinstance(run, ComparisonParameters):
        return {"scenario": None, "drivers": {}}
    years = range(run.base_year + 1, run.end_year + 1)
    is_plain = run.assumed.is_baseline() and not run.assumed.changes
    return {
        "scenario": None if is_plain else run.assumed,
        "drivers": run.assumed.assumed(years),
    }


def _differs(run: NotebookParameters) -> Iterator[dict[str, Any]]:
    """Parameters that are not those of the baseline run; a city by its name."""
    defaults, titles = type(run)().model_dump(), parameters.titles(type(run))
    for name, value in run.model_dump(exclude=SAID_ELSEWHERE).items():
        if value != defaults[name]:
            shown = find_region(value) if isinstance(value, str) else f"{value:g}"
            # English has the name that a command takes.
            yield titles[name] | {"title_en": name, "value": shown}
