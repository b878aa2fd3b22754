"""The published site: pages of the notebooks, and an index that repeats their answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup
from jinja2 import Environment
from markupsafe import Markup
from nbformat import NotebookNode

from lvliang import parameters
from lvliang.baseline.regions import find_region
from lvliang.baseline.store import kept
from lvliang.display.prose import said
from lvliang.display.show import Sentence, Table, contents_of, nothing_to_show
from lvliang.display.words import words_in
from lvliang.errors import QualityError
from lvliang.feasibility.targets import load_targets
from lvliang.parameters import SUMMARY, ReportParameters
from lvliang.provenance import code_version, data_fingerprint
from lvliang.site import feed, gate, history_facts, since_last, site_data
from lvliang.site.banner import banner, edition_mark
from lvliang.site.links import check_links
from lvliang.site.mending import tell_apart
from lvliang.site.render import in_language, keep_together, page_shell, render_page
from lvliang.site.summary_page import write_summary
from lvliang.site.vintage import Standing, Vintage

ANSWER_TAGS = {"answer", "switch"}
FIGURES_TAG = "key-figures"
# Whether the targets are within reach is what the reader came for, and then: what if.
LEADS = ["30_feasibility", "40_scenarios"]
INDEX = "index"

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
{% for page in pages %}
<section>
<h2><a href="{{ page.href }}">{{ page.name }}</a></h2>
{% for answer in page.answers %}{{ answer }}{% endfor %}
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
    """A site under way: its folder, the parameters of the report, its pages and languages.

    The first language has the front page.
    """

    folder: Path
    run: ReportParameters
    names: tuple[str, ...]
    languages: tuple[str, ...]


def write_pages(
    site: Site, notebook: NotebookNode, name: str, standing: Standing | None = None
) -> list[str]:
    """Write the page of an executed notebook in each language; return what the gate refuses.

    A page's banner names what its notebook takes of the run and differs from the baseline. What
    `standing` tells of the last publication is put where the notebook has a place for it.
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

    Parameters
    ----------
    site : Site
        Every page stands in its folder.
    executed : dict
        By name: the executed notebooks.
    standing : Standing, optional
        Where the run stands among the vintages; the index tells it.
    record : sequence of mapping
        The vintages that the feed tells, oldest first.

    Raises
    ------
    QualityError
        Names every fault and the page it is on.
    """
    files = write_summary(site.folder, site.languages) if SUMMARY in executed else []
    for page in files[:1]:
        _refuse(page, gate.faults_of_page((site.folder / page).read_text("utf-8")))
    known = [vintage for vintage in record if _may_tell(vintage, site.run)]
    for lang in site.languages:
        _SiteInLanguage(site, lang).write_index(executed, standing, files, known)
    if faults := [*check_links(site.folder), *gate.faults_of_files(site.folder)]:
        raise QualityError("\n".join(faults))


@dataclass(frozen=True)
class _SiteInLanguage:
    """What a site has in one language."""

    site: Site
    lang: str

    def write_page(self, notebook: NotebookNode, name: str, standing: Standing | None) -> list[str]:
        run, lang, folder = self.site.run, self.lang, self.site.folder / self.lang
        around = self._around(parameters.part_of(run, name)) | {"nav_html": self._nav(name)}
        own = in_language(notebook, lang)
        since_last.put(own, standing, lang)

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
        files: list[str],
        record: Sequence[Vintage],
    ) -> None:
        site, lang = self.site, self.lang
        notebooks = {name: in_language(notebook, lang) for name, notebook in executed.items()}
        moved = history_facts.told("since_last", standing, lang) if standing else []
        for notebook in notebooks.values():
            since_last.put(notebook, standing, lang)
        shown = {name: site_data.shown_on(page, lang) for name, page in notebooks.items()}
        shown[INDEX] = [found for piece in moved for found in contents_of(piece)]
        tables = site_data.write_data(site.folder, lang, shown)
        page = self._index(notebooks, moved, files, tables)
        _refuse(self._place(), gate.faults_of_page(page))
        place = site.folder / self._place()
        place.write_text(page, encoding="utf-8")
        told = feed.feed_json(record, title=self._title, lang=lang)
        place.with_name(feed.NAME).write_text(told, encoding="utf-8")

    def _index(
        self,
        notebooks: dict[str, NotebookNode],
        moved: list[Sentence | Table],
        files: list[str],
        tables: list[site_data.DataFile],
    ) -> str:
        run, here = self.site.run, self._place()
        below = "" if here.count("/") else f"{self.lang}/"
        pages = [
            {
                "href": f"{below}{name}.html",
                "name": self._label(name, "page"),
                "answers": self._outputs(notebook, ANSWER_TAGS),
            }
            for name, notebook in sorted(notebooks.items(), key=_order)
        ]
        figures = [
            figure
            for _, notebook in sorted(notebooks.items())
            for figure in self._outputs(notebook, {FIGURES_TAG})
        ]
        news = self._label("news", "site")
        body = _INDEX.render(
            title=self._title,
            basis=self._said("basis", run.model_dump() | {"scenario": run.assumed}),
            figures=figures,
            pages=pages,
            files=[(_relative(here, it), self._label(_kind(it), "summary")) for it in files],
            between=self._label("semicolon", "punctuation"),
            moved=[Markup(piece.html()) for piece in moved],
            moved_title=news,
        )
        names = {name: self._label(name, "page") for name in notebooks} | {INDEX: news}
        links = [
            (_relative(here, index_path(code, self.site.languages)), code)
            for code in self._others()
        ]
        switch = self._label("switch", "site")
        parsed = BeautifulSoup(keep_together(body), "html.parser")
        tell_apart(parsed)
        listing = site_data.listing_html(tables, names, _relative(here, ""), self.lang)
        return page_shell(
            lang=self.lang,
            title=self._title,
            feed=feed.NAME,
            body_html=f"{parsed}{listing}",
            nav_html=_NAV.render(links=[(href, switch, code) for href, code in links]),
            **self._around(run),
        )

    def _around(self, run: parameters.NotebookParameters) -> dict[str, str]:
        """What stands above and below a page; a public one carries no mark."""
        made = {"version": code_version(), "data": data_fingerprint()}
        return {
            "banner_html": banner(run, self.lang),
            "mark": edition_mark(self.site.run.edition, self.lang),
            "footer_html": Markup("<p>{}</p>").format(self._said("footer", made)),
        }

    @cached_property
    def _title(self) -> str:
        """What the site is about: whether targets are within reach, if its city has any."""
        run = self.site.run
        targets = load_targets(run.region, run.base_year, run.end_year)
        return self._said("title", {"targets": targets, "region": find_region(run.region)})

    def _nav(self, name: str) -> str:
        switch, places = self._label("switch", "site"), self.site.languages
        home = _relative(f"{self.lang}/", index_path(self.lang, places))
        links = [(home, self._label("home", "site"), "")]
        links += [(f"../{code}/{name}.html", switch, code) for code in self._others()]
        pages = [
            (f"{other}.html", self._label(other, "page"), other == name)
            for other in self.site.names
        ]
        return _NAV.render(links=links, pages=pages, more=self._label("pages", "site"))

    def _outputs(self, notebook: NotebookNode, tags: set[str]) -> list[Markup]:
        """HTML of the cells that have one of the tags.

        That there is nothing to show is said on the page alone.
        """
        (nothing,) = (piece.html() for piece in nothing_to_show(self.lang))
        cells = [cell for cell in notebook.cells if tags & set(cell.metadata.get("tags", []))]
        outputs = [output for cell in cells for output in cell.get("outputs", [])]
        shown = [output.data["text/html"] for output in outputs if "data" in output]
        return [Markup(html) for html in shown if html != nothing]

    def _place(self) -> str:
        return index_path(self.lang, self.site.languages)

    def _others(self) -> list[str]:
        return [code for code in self.site.languages if code != self.lang]

    def _label(self, code: str, kind: str) -> str:
        return words_in(self.lang).label(code, kind)

    def _said(self, block: str, facts: Mapping[str, Any]) -> str:
        return " ".join(said("site", self.lang, block, facts))


def index_path(lang: str, languages: Sequence[str]) -> str:
    """Where the index of a language lies; the first language has the front page.

    Examples
    --------
    >>> index_path("zh", ["zh", "en"]), index_path("en", ["zh", "en"])
    ('index.html', 'en/index.html')
    """
    return "index.html" if lang == languages[0] else f"{lang}/index.html"


def _refuse(place: str, faults: Sequence[str]) -> None:
    if faults:
        raise QualityError("\n".join(f"{place}: {fault}" for fault in faults))


def _may_tell(vintage: Vintage, run: ReportParameters) -> bool:
    """Whether the edition of the run may retell a vintage: a public one, of its own city alone."""
    return run.edition == "internal" or vintage["parameters"]["region"] == run.region


def _kind(file: str) -> str:
    """Which label a file of the summary has: ``file``, or ``pdf_`` and its language."""
    _, *language, suffix = file.split(".")
    return f"pdf_{language[0]}" if suffix == "pdf" else "file"


def _order(page: tuple[str, NotebookNode]) -> int:
    """The order of the index: pages that lead, then the others as they come."""
    return LEADS.index(page[0]) if page[0] in LEADS else len(LEADS)


def _relative(here: str, there: str) -> str:
    return "../" * here.count("/") + there
