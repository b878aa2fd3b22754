"""The published site: pages of the notebooks, and an index that repeats their answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment
from markupsafe import Markup
from nbformat import NotebookNode

from lvliang import parameters
from lvliang.baseline.regions import find_region
from lvliang.baseline.store import kept
from lvliang.display.show import Sentence, Table, contents_of, nothing_to_show
from lvliang.display.words import text, title_of
from lvliang.errors import QualityError
from lvliang.feasibility.targets import load_targets
from lvliang.parameters import SUMMARY, ReportParameters
from lvliang.provenance import code_version, data_fingerprint
from lvliang.site import feed, gate, history_facts, since_last, site_data
from lvliang.site.banner import banner
from lvliang.site.links import check_links
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
<a href="{{ href }}">{{ name }}</a>{{ comma if not loop.last }}
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
        for fault in _write_page(site, notebook, name, lang, standing)
    ]


def _write_page(
    site: Site, notebook: NotebookNode, name: str, lang: str, standing: Standing | None
) -> list[str]:
    around = {
        "nav_html": _nav(lang, name, site.names, site.languages),
        "banner_html": banner(parameters.part_of(site.run, name), lang),
        "mark": edition_mark(site.run.edition, lang),
        "footer_html": _footer(lang),
    }
    own = in_language(notebook, lang)
    since_last.put(own, since_last.told(standing, lang), lang)

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
    (site.folder / lang).mkdir(exist_ok=True)
    (site.folder / lang / f"{name}.html").write_text(page, encoding="utf-8")
    return faults


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
    run, languages = site.run, list(site.languages)
    files = write_summary(site.folder, languages) if SUMMARY in executed else []
    for page in files[:1]:
        _refuse(page, gate.faults_of_page((site.folder / page).read_text("utf-8")))
    for lang in languages:
        notebooks = {name: in_language(notebook, lang) for name, notebook in executed.items()}
        place = index_path(lang, languages)
        moved = _moved(standing, run, lang)
        since = since_last.told(standing, lang)
        for notebook in notebooks.values():
            since_last.put(notebook, since, lang)
        shown = {name: site_data.shown_on(page, lang) for name, page in notebooks.items()}
        shown[INDEX] = [found for piece in moved for found in contents_of(piece)]
        tables = site_data.write_data(site.folder, lang, shown)
        page = _index(lang, notebooks, run, languages, moved=moved, files=files, tables=tables)
        _refuse(place, gate.faults_of_page(page))
        (site.folder / place).write_text(page, encoding="utf-8")
        titles = parameters.titles(type(run), lang)
        known = [vintage for vintage in record if _may_tell(vintage, run)]
        told = feed.feed_json(known, titles, title=_title(run, lang), lang=lang)
        (site.folder / place).with_name(feed.NAME).write_text(told, encoding="utf-8")
    if faults := [*check_links(site.folder), *gate.faults_of_files(site.folder)]:
        raise QualityError("\n".join(faults))


def _refuse(place: str, faults: Sequence[str]) -> None:
    if faults:
        raise QualityError("\n".join(f"{place}: {fault}" for fault in faults))


def index_path(lang: str, languages: Sequence[str]) -> str:
    """Where the index of a language lies; the first language has the front page.

    Examples
    --------
    >>> index_path("zh", ["zh", "en"]), index_path("en", ["zh", "en"])
    ('index.html', 'en/index.html')
    """
    return "index.html" if lang == languages[0] else f"{lang}/index.html"


def _index(
    lang: str,
    notebooks: dict[str, NotebookNode],
    run: ReportParameters,
    languages: list[str],
    *,
    moved: list[Sentence | Table],
    files: list[str],
    tables: list[site_data.DataFile],
) -> str:
    here = index_path(lang, languages)
    below = "" if here.count("/") else f"{lang}/"
    pages = [
        {
            "href": f"{below}{name}.html",
            "name": text(f"page.{name}", lang),
            "answers": _outputs(notebook, ANSWER_TAGS, lang),
        }
        for name, notebook in sorted(notebooks.items(), key=_place)
    ]
    figures = [
        figure
        for _, notebook in sorted(notebooks.items())
        for figure in _outputs(notebook, {FIGURES_TAG}, lang)
    ]
    title = _title(run, lang)
    assumed = title_of(run.assumed, lang)
    basis = text("index.basis", **run.model_dump() | {"lang": lang, "scenario": assumed})
    moved_title = text("history.heading", lang)
    links_of_files = [
        (_relative(here, file), text(f"summary.{_kind(file)}", lang)) for file in files
    ]
    body = _INDEX.render(
        title=title,
        basis=basis,
        figures=figures,
        pages=pages,
        files=links_of_files,
        comma=text("semicolon", lang),
        moved=[Markup(piece.html()) for piece in moved],
        moved_title=moved_title,
    )
    names = {name: text(f"page.{name}", lang) for name in notebooks} | {INDEX: moved_title}
    other = [
        (_relative(here, index_path(code, languages)), code) for code in languages if code != lang
    ]
    links = [(href, text("index.switch", lang), code) for href, code in other]
    return page_shell(
        lang=lang,
        title=title,
        feed=feed.NAME,
        body_html=keep_together(body)
        + site_data.listing_html(tables, names, _relative(here, ""), lang),
        nav_html=_NAV.render(links=links),
        banner_html=banner(run, lang),
        mark=edition_mark(run.edition, lang),
        footer_html=_footer(lang),
    )


def _may_tell(vintage: Vintage, run: ReportParameters) -> bool:
    """Whether the edition of the run may retell a vintage: a public one, of its own city alone."""
    return run.edition == "internal" or vintage["parameters"]["region"] == run.region


def _kind(file: str) -> str:
    """Which words a file of the summary has: ``file``, or ``pdf_`` and its language."""
    _, *language, suffix = file.split(".")
    return f"pdf_{language[0]}" if suffix == "pdf" else "file"


def _place(page: tuple[str, NotebookNode]) -> int:
    """The order of the index: pages that lead, then the others as they come."""
    return LEADS.index(page[0]) if page[0] in LEADS else len(LEADS)


def _title(run: ReportParameters, lang: str) -> str:
    """What the site is about: whether targets are within reach, if its city has any."""
    targets = load_targets(run.region, run.base_year, run.end_year)
    key = "index.title" if targets else "index.title_ahead"
    return text(key, lang, region=find_region(run.region).name(lang))


def _moved(standing: Standing | None, run: ReportParameters, lang: str) -> list[Sentence | Table]:
    """What moved since the last publication."""
    if standing is None:
        return []
    titles = parameters.titles(type(run), lang)
    return history_facts.told("since_last", standing, titles, lang)


def _outputs(notebook: NotebookNode, tags: set[str], lang: str) -> list[Markup]:
    """HTML of the cells that have one of the tags.

    That there is nothing to show is said on the page alone.
    """
    (nothing,) = (said.html() for said in nothing_to_show(lang))
    cells = [cell for cell in notebook.cells if tags & set(cell.metadata.get("tags", []))]
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    shown = [output.data["text/html"] for output in outputs if "data" in output]
    return [Markup(html) for html in shown if html != nothing]


def _nav(lang: str, name: str, names: Sequence[str], languages: Sequence[str]) -> str:
    here = f"{lang}/{name}.html"
    links = [(_relative(here, index_path(lang, languages)), text("index.home", lang), "")]
    links += [
        (f"../{code}/{name}.html", text("index.switch", lang), code)
        for code in languages
        if code != lang
    ]
    pages = [(f"{other}.html", text(f"page.{other}", lang), other == name) for other in names]
    return _NAV.render(links=links, pages=pages, more=text("index.pages", lang))


def _relative(here: str, there: str) -> str:
    return "../" * here.count("/") + there


def edition_mark(edition: str, lang: str) -> str:
    """What a page of the internal edition carries at its top; a public one carries nothing.

    Examples
    --------
    >>> edition_mark("internal", "zh"), edition_mark("public", "zh")
    ('【内部参考】', '')
    """
    return text("edition.internal", lang) if edition == "internal" else ""


def _footer(lang: str) -> str:
    words = text("footer", lang, version=code_version(), data=data_fingerprint())
    return Markup("<p>{}</p>").format(words)
