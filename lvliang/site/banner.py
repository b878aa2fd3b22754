"""What a reader must know of a page before its first sentence."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup

from lvliang import parameters
from lvliang.baseline.freeze import changed_files
from lvliang.baseline.package import data_folder
from lvliang.baseline.regions import find_region
from lvliang.display.prose import of_all_pages
from lvliang.display.words import text
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
    said = [*_assumed(run, lang), *_differs(run, lang), *_old(run, lang), *_unverified(lang)]
    return Markup("").join(Markup("<p>{}</p>").format(words) for words in said)


def _assumed(run: NotebookParameters, lang: str) -> Iterator[str]:
    if not isinstance(run, ProjectionParameters) or isinstance(run, ComparisonParameters):
        return
    scenario = run.assumed
    if scenario.changes:
        years = range(run.base_year + 1, run.end_year + 1)
        said = of_all_pages("assumed", lang, scenario, scenario.assumed(years))
        yield text("banner.changed", lang, title=scenario.title(lang), assumed=said)
    elif not scenario.is_baseline():
        told = {"title": scenario.title(lang), "rationale": scenario.rationale(lang)}
        yield text("banner.conditional", lang, **told)


def _differs(run: NotebookParameters, lang: str) -> Iterator[str]:
    defaults = type(run)().model_dump()
    titles = parameters.titles(type(run), lang) if lang == "zh" else {}
    changed = [
        text("banner.difference", lang, title=titles.get(name, name), value=_shown(value, lang))
        for name, value in run.model_dump(exclude=SAID_ELSEWHERE).items()
        if value != defaults[name]
    ]
    if changed:
        yield text("banner.differs", lang, changes=text("comma", lang).join(changed))


def _shown(value: object, lang: str) -> str:
    """A value as a reader knows it: a city by its name."""
    if isinstance(value, str):
        return find_region(value).name(lang)
    return f"{value:g}"


def _old(run: NotebookParameters, lang: str) -> Iterator[str]:
    latest, year = type(run)().base_year, year_made()
    if run.base_year < latest:
        yield text("banner.earlier", lang, base_year=run.base_year)
    elif year > latest + 1:
        yield text("banner.old", lang, base_year=latest, year=year)


def _unverified(lang: str) -> Iterator[str]:
    if files := changed_files(data_folder()):
        yield text("banner.unverified", lang, files=text("comma", lang).join(files))
