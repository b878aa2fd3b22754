"""The published site: pages of the notebooks, and an index that repeats their answers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup
from jinja2 import Environment
from markupsafe import Markup
from nbformat import NotebookNode

from lvliang import parameters
from lvliang.baseline.freeze import changed_files
from lvliang.baseline.package import data_folder, last_known_year
from lvliang.baseline.regions import find_region
from lvliang.baseline.store import kept
from lvliang.display.prose import said
from lvliang.display.show import Piece, contents_of, nothing_to_show
from lvliang.display.words import words_in
from lvliang.feasibility.registered import registered_origins
from lvliang.feasibility.targets import load_targets
from lvliang.parameters import (
    SUMMARY,
    ComparisonParameters,
    NotebookParameters,
    ProjectionParameters,
    ReportParameters,
)
from lvliang.provenance import code_version, data_fingerprint, year_made
from lvliang.site import gate, news, site_data
from lvliang.site.render import in_language, keep_together, page_shell, render_page, tell_apart
from lvliang.site.summary_page import write_summary
from lvliang.site.vintage import Standing, Vintage

# Whether the targets are within reach is what the reader came for, and then: what if.
LEADS = ["30_feasibility", "40_scenarios"]
ANSWERS = {"answer", "switch"}  # tags of what the index repeats
INDEX = "index"
SAID_ELSEWHERE = {"lang", "scenario", "changes", "base_year", "edition"}

_TEMPLATES = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
_NAV = _TEMPLATES.from_string(
    """{% for href, name, lang in links %}
<a href="{{ href }}"{% if lang %} lang="{{ lang }}"{% endif %}>{{ name }}</a>
{% endfor %}
{% if pages %}
<details><summary>{{ more }}</summary>
<ul>
{% for href, name, here in pages %}
<li><a href="{{ href }}"{% if here %} aria-current="page"{% endif %}>{{ name }}</a></li>
{% endfor %}
</ul></details>
{% endif %}"""
)
_INDEX = _TEMPLATES.from_string(
    """<h1>{{ title }}</h1>
<p class="note">{{ basis }}</p>
{% if files %}
<p>{% for href, name in files %}
<a href="{{ href }}">{{ name }}</a>{{ between if not loop.last }}
{% endfor %}</p>
{% endif %}
{% if figures %}
<div class="all-figures">
{% for figure in figures %}{{ figure }}{% endfor %}
</div>
{% endif %}
{% for href, name, answers in pages %}
<section>
<h2><a href="{{ href }}">{{ name }}</a></h2>
{% for answer in answers %}{{ answer }}{% endfor %}
</section>
{% if loop.first and moved %}
<section>
<h2>{{ moved_title }}</h2>
{% for piece in moved %}{{ piece }}{% endfor %}
</section>
{% endif %}
{% endfor %}"""
)


@dataclass(frozen=True)
class Site:
    """A site under way; the first of its languages has the front page."""

    folder: Path
    run: ReportParameters
    names: tuple[str, ...]
    languages: tuple[str, ...]

    def index(self, lang: str) -> str:
        """Where the index of a language lies."""
        return "index.html" if lang == self.languages[0] else f"{lang}/index.html"


def write_pages(
    site: Site, notebook: NotebookNode, name: str, standing: Standing | None = None
) -> list[str]:
    """Write the page of an executed notebook in each language, with what `standing` tells where it
    has a place for it; return what the gate refuses.
    """
    return [
        f"{lang}/{name}.html: {fault}"
        for lang in site.languages
        for fault in _SiteInLanguage(site, lang).write_page(notebook, name, standing)
    ]


def write_index(
    site: Site,
    executed: dict[str, NotebookNode],
    standing: Standing | None = None,
    record: Sequence[Vintage] = (),
) -> None:
    """Write the index of each language, its feed and its data, and hold the site against the gate.

    The pages of the ``executed`` notebooks, by name, are written already. The index tells
    ``standing``, the feed the ``record``, oldest first. `QualityError` names each fault and page.
    """
    files = write_summary(site.folder, site.languages) if SUMMARY in executed else {}
    if page := files.get("file"):
        html = (site.folder / page).read_text("utf-8")
        gate.refuse(f"{page}: {fault}" for fault in gate.faults_of_page(html))
    # A public site retells its own city alone.
    known = [
        vintage
        for vintage in record
        if site.run.edition == "internal" or vintage["parameters"]["region"] == site.run.region
    ]
    for lang in site.languages:
        _SiteInLanguage(site, lang).write_index(executed, standing, files, known)
    gate.refuse([*gate.check_links(site.folder), *gate.faults_of_files(site.folder)])


@dataclass(frozen=True)
class _SiteInLanguage:
    site: Site
    lang: str

    def write_page(self, notebook: NotebookNode, name: str, standing: Standing | None) -> list[str]:
        run, lang, folder = self.site.run, self.lang, self.site.folder / self.lang
        around = self._around(parameters.part_of(run, name)) | {"nav_html": self._nav(name)}
        own = in_language(notebook, lang)
        news.put(own, standing, lang)

        def made() -> tuple[list[str], str]:
            faults = gate.faults_of_notebook(own)
            page = "" if faults else render_page(own, lang=lang, **around)
            return faults or gate.faults_of_page(page), page

        # What papermill notes of the time is no part of a page.
        cells = [
            (cell.cell_type, cell.source, cell.metadata.get("tags"), cell.get("outputs"))
            for cell in own.cells
        ]
        faults, page = kept("page", {"lang": lang, "around": around, "cells": cells}, made)
        folder.mkdir(exist_ok=True)
        (folder / f"{name}.html").write_text(page, encoding="utf-8")
        return faults

    def write_index(
        self,
        executed: dict[str, NotebookNode],
        standing: Standing | None,
        files: dict[str, str],
        record: Sequence[Vintage],
    ) -> None:
        site, lang = self.site, self.lang
        notebooks = {name: in_language(executed[name], lang) for name in sorted(executed)}
        moved = news.told("since_last", standing, lang) if standing else []
        for notebook in notebooks.values():
            news.put(notebook, standing, lang)
        shown = {name: site_data.shown_on(page, lang) for name, page in notebooks.items()}
        shown[INDEX] = [found for piece in moved for found in contents_of(piece)]
        tables = site_data.write_data(site.folder, lang, shown)
        page = self._index(notebooks, moved, files, tables)
        gate.refuse(f"{self._here}: {fault}" for fault in gate.faults_of_page(page))
        place = site.folder / self._here
        place.write_text(page, encoding="utf-8")
        told = news.feed_json(record, title=self._title, lang=lang)
        place.with_name(news.FEED).write_text(told, encoding="utf-8")

    def _index(
        self,
        notebooks: dict[str, NotebookNode],
        moved: list[Piece],
        files: dict[str, str],
        tables: list[site_data.DataFile],
    ) -> str:
        site, run, label = self.site, self.site.run, words_in(self.lang).label
        names = {name: label(name, "page") for name in notebooks} | {INDEX: label("news", "site")}
        below = "" if "/" in self._here else f"{self.lang}/"
        leads = [name for name in LEADS if name in notebooks]
        body = _INDEX.render(
            title=self._title,
            basis=self._said("basis", run.model_dump() | {"scenario": run.assumed}),
            figures=[
                figure
                for notebook in notebooks.values()
                for figure in self._outputs(notebook, {"key-figures"})
            ],
            pages=[
                (f"{below}{name}.html", names[name], self._outputs(notebooks[name], ANSWERS))
                for name in dict.fromkeys([*leads, *notebooks])
            ],
            files=[(self._to(file), label(kind, "summary")) for kind, file in files.items()],
            between=label("semicolon", "punctuation"),
            moved=[Markup(piece.html()) for piece in moved],
            moved_title=names[INDEX],
        )
        parsed = BeautifulSoup(keep_together(body), "html.parser")
        tell_apart(parsed)
        listing = site_data.listing_html(tables, names, self._to(""), self.lang)
        switch = label("switch", "site")
        links = [(self._to(site.index(code)), switch, code) for code in self._others]
        return page_shell(
            lang=self.lang,
            title=self._title,
            feed=news.FEED,
            body_html=f"{parsed}{listing}",
            nav_html=_NAV.render(links=links),
            **self._around(run),
        )

    def _around(self, run: NotebookParameters) -> dict[str, str]:
        """What stands above and below a page."""
        made = {"version": code_version(), "data": data_fingerprint()}
        footer = Markup("<p>{}</p>").format(self._said("footer", made))
        return above(run, self.site.run.edition, self.lang) | {"footer_html": footer}

    @cached_property
    def _title(self) -> str:
        """What the site is about: whether targets are within reach, if its city has any."""
        run = self.site.run
        targets = load_targets(run.region, run.base_year, run.end_year)
        return self._said("title", {"targets": targets, "region": find_region(run.region)})

    def _nav(self, name: str) -> str:
        site, label = self.site, words_in(self.lang).label
        links = [(f"../{site.index(self.lang)}", label("home", "site"), "")]
        switch = label("switch", "site")
        links += [(f"../{code}/{name}.html", switch, code) for code in self._others]
        pages = [(f"{page}.html", label(page, "page"), page == name) for page in site.names]
        return _NAV.render(links=links, pages=pages, more=label("pages", "site"))

    def _outputs(self, notebook: NotebookNode, tags: set[str]) -> list[Markup]:
        """HTML of the cells with one of the tags, but that there is nothing to show."""
        (nothing,) = (piece.html() for piece in nothing_to_show(self.lang))
        cells = [cell for cell in notebook.cells if tags & set(cell.metadata.get("tags", []))]
        outputs = [output for cell in cells for output in cell.get("outputs", [])]
        shown = [output.data["text/html"] for output in outputs if "data" in output]
        return [Markup(html) for html in shown if html != nothing]

    @property
    def _here(self) -> str:
        """Where its index lies."""
        return self.site.index(self.lang)

    def _to(self, there: str) -> str:
        """The way from its index to what lies in the site."""
        return "../" * self._here.count("/") + there

    @property
    def _others(self) -> list[str]:
        return [code for code in self.site.languages if code != self.lang]

    def _said(self, block: str, facts: Mapping[str, Any]) -> str:
        return " ".join(said("site", self.lang, block, facts))


def above(run: NotebookParameters, edition: str, lang: str) -> dict[str, str]:
    """What stands above a page (`render_page`): its banner, and the mark of an internal edition."""
    mark = words_in(lang).label("internal", "edition") if edition == "internal" else ""
    return {"banner_html": banner(run, lang), "mark": mark}


def banner(run: NotebookParameters, lang: str) -> str:
    """What is assumed, what differs from the baseline run, and whether the data can be relied on.

    Data are old when they end before the year but last, whose figures are out by then; a run that
    stands earlier leaves out outcomes that they hold, and rests on later editions (pseudo real
    time) but where it was registered. They are unverified when a file is not as it was reviewed.
    """
    last, year = last_known_year(data_folder()), year_made()
    facts = _assumed(run) | {
        "differs": list(_differs(run)),
        "stands_earlier": run.base_year < last,
        "is_old": year > last + 1,
        "is_pseudo": run.base_year not in registered_origins(),
        "base_year": run.base_year,
        "last": last,
        "year": year,
        "changed_files": changed_files(data_folder()),
    }
    paragraphs = said("site", lang, "banner", facts)
    return Markup("").join(Markup("<p>{}</p>").format(words) for words in paragraphs)


def _assumed(run: NotebookParameters) -> dict[str, Any]:
    """The scenario that all of a page is conditional on, and what it assumes; or none."""
    if not isinstance(run, ProjectionParameters) or isinstance(run, ComparisonParameters):
        return {"scenario": None, "drivers": {}}
    years = range(run.base_year + 1, run.end_year + 1)
    is_plain = run.assumed.is_baseline() and not run.assumed.changes
    return {"scenario": None if is_plain else run.assumed, "drivers": run.assumed.assumed(years)}


def _differs(run: NotebookParameters) -> Iterator[dict[str, Any]]:
    """Parameters that are not those of the baseline run; a city by its name."""
    defaults, titles = type(run)().model_dump(), parameters.titles(type(run))
    for name, value in run.model_dump(exclude=SAID_ELSEWHERE).items():
        if value != defaults[name]:
            shown = find_region(value) if isinstance(value, str) else f"{value:g}"
            # English has the name that a command takes.
            yield titles[name] | {"title_en": name, "value": shown}
