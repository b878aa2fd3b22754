"""What keeps a page from being published: each fault is one sentence that says what and where."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import chain, groupby
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup
from bs4.element import NavigableString, PageElement, Tag
from nbformat import NotebookNode

from lvliang.display import fonts
from lvliang.display.words import forbidden
from lvliang.report.valid_html import EXCERPT, faults_of_markup, where

LOCAL_PATH = re.compile(
    r"file://\S*"
    # A path may follow a space or a quotation mark, never a host name or another path.
    r"|(?<![\w.:/~-])/(?:home|root|Users|tmp|var|usr|opt|mnt|srv|etc|work|workspace)/[^\s\"'<>]+"
    r"|\b[A-Za-z]:\\[^\s\"'<>]+"
)
TRACEBACK = "Traceback (most recent call last)"
CSS_ADDRESS = re.compile(r"""(?:url\(|@import)\s*(?:url\()?\s*["']?([^"')\s;]*)""", re.IGNORECASE)
LOADING_ATTRIBUTES = ("src", "srcset", "poster", "data", "background", "href", "xlink:href")
NOT_DRAWN = frozenset({"title", "desc", "metadata", "style", "script"})
# What a reader reads as one with the words around it.
INLINE = frozenset({"a", "b", "code", "em", "i", "mark", "q", "span", "strong", "tspan"})
READ_OUT = ("alt", "alttext", "aria-label", "title")


def faults_of_notebook(nb: NotebookNode) -> list[str]:
    """Return why an executed notebook must not become a page, empty if it may.

    Faults are an exception, anything written to stderr, a drawing that is no `Chart`, and a
    traceback or an absolute path of this machine in any output. Cells are counted from 1, as
    JupyterLab shows them.
    """
    cells = enumerate(nb.cells, start=1)
    outputs = ((number, out) for number, cell in cells for out in cell.get("outputs", []))
    return [f"Cell {number} {fault}." for number, out in outputs for fault in _output_faults(out)]


def faults_of_page(html: str, *, limit_bytes: int = 1_000_000) -> list[str]:
    """Return why a page must not be published, empty if it may.

    Parameters
    ----------
    html
        The complete page.
    limit_bytes
        The largest page allowed, in bytes of UTF-8.

    Examples
    --------
    >>> start = '<!DOCTYPE html><html lang="en"><h1>GDP</h1>'
    >>> faults_of_page(start + '<img src="data:," alt="GDP"></html>')
    []
    >>> faults_of_page(start + '<img src="data:,"></html>')
    ['An <img> has no text alternative, under “GDP”.']
    """
    page = BeautifulSoup(html, "html.parser")
    checks = (
        *(_language, _scripts, _loaded_files, _css_files),
        *(_alternatives, _glyphs, _machine, _wording),
    )
    whole = [*_size(html, limit_bytes), *faults_of_markup(html, page)]
    return [*whole, *chain.from_iterable(check(page) for check in checks)]


def check_links(site_dir: Path) -> list[str]:
    """Return the broken links between the pages of a folder.

    A link is broken if its file is missing or outside the folder (which would not travel with
    it), or if its file has no such anchor. Links to other sites are not followed.
    """
    site = site_dir.resolve()
    pages = {path: _Anchors(path.read_text("utf-8")) for path in sorted(site.rglob("*.html"))}
    anchors = {path: page.ids for path, page in pages.items()}
    return [
        f"{path.relative_to(site)} links to {href}, which {fault}."
        for path, page in pages.items()
        for href in page.links
        if (fault := _link_fault(href, path, site, anchors))
    ]


class _Anchors(HTMLParser):
    """What a page links to, in its order, and what can be linked to in it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: dict[str, None] = {}
        self.ids: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag in ("a", "link") and values.get("href"):
            self.links[str(values["href"])] = None
        if values.get("id"):
            self.ids.add(str(values["id"]))


def visible_text(html: str) -> str:
    """Return the text that a reader of the page sees, which the embedded font must draw.

    >>> visible_text("<title>x</title><p>吕梁 &mdash; GDP</p><style>p {}</style>")
    '吕梁 — GDP'
    """
    return "".join(_visible_strings(BeautifulSoup(html, "html.parser")))


def _output_faults(output: NotebookNode) -> Iterator[str]:
    if output.output_type == "error":
        yield f"ended in {output.ename}: {_first_line(output.evalue)}"
        return
    if output.output_type == "stream" and output.name == "stderr":
        yield f"wrote to stderr: {_first_line(output.text)}"
        return
    if any(kind.startswith("image/") for kind in output.get("data", {})):
        yield "shows a drawing that is no Chart, so nothing says that its axes have labels"
    for text in [output.get("text"), *output.get("data", {}).values()]:
        if isinstance(text, str):
            yield from (f"shows {what}" for what in _machine_words(text))


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0]


def _machine_words(text: str) -> Iterator[str]:
    if TRACEBACK in text:
        yield "a traceback"
    yield from (f"the local path {path}" for path in dict.fromkeys(LOCAL_PATH.findall(text)))


def _size(html: str, limit_bytes: int) -> Iterator[str]:
    size = len(html.encode("utf-8"))
    if size > limit_bytes:
        yield f"The page has {size:,} bytes, and at most {limit_bytes:,} are allowed."


def _language(page: BeautifulSoup) -> Iterator[str]:
    if not (page.html and page.html.get("lang")):
        yield "The <html> element has no lang."


def _scripts(page: BeautifulSoup) -> Iterator[str]:
    for tag in page("script"):
        yield f"A page must have no <script>, {where(tag)}."


def _loaded_files(page: BeautifulSoup) -> Iterator[str]:
    for tag in page(True):
        for name in LOADING_ATTRIBUTES:
            address = str(tag.get(name) or "#")
            followed = name.endswith("href") and (tag.name in ("a", "area") or _is_feed(tag))
            if not (followed or _is_inside(address)):
                yield f"<{tag.name}> loads {address} from outside the page, {where(tag)}."


def _is_feed(tag: Tag) -> bool:
    """Whether it says where a feed lies in the same folder, which no browser loads by itself."""
    address = urlsplit(str(tag.get("href")))
    relative = not (address.scheme or address.netloc)
    return tag.name == "link" and tag.get_attribute_list("rel") == ["alternate"] and relative


def _css_files(page: BeautifulSoup) -> Iterator[str]:
    sheets = ((tag, tag.get_text()) for tag in page("style"))
    values = ((tag, str(value)) for tag in page(True) for value in tag.attrs.values())
    for tag, css in chain(sheets, values):
        for address in CSS_ADDRESS.findall(css):
            if not _is_inside(address):
                yield f"A style loads {address} from outside the page, {where(tag)}."


def _alternatives(page: BeautifulSoup) -> Iterator[str]:
    for tag in page("img"):
        if not str(tag.get("alt", "")).strip():
            yield f"An <img> has no text alternative, {where(tag)}."
    for tag in page("svg"):
        hidden = tag.get("aria-hidden") == "true" or tag.find_parent("svg")
        named = tag.get("role") == "img" and (tag.get("aria-label") or tag.find("title"))
        if not (hidden or named):
            yield f'An <svg> has no role="img" with an aria-label or <title>, {where(tag)}.'


def _glyphs(page: BeautifulSoup) -> Iterator[str]:
    strings = list(_visible_strings(page))
    for character in sorted(fonts.missing_glyphs("".join(strings))):
        place = next(string for string in strings if character in string)
        yield f"The font lacks “{character}” (U+{ord(character):04X}), {where(place)}."


def _machine(page: BeautifulSoup) -> Iterator[str]:
    texts = ((string, str(string)) for string in _visible_strings(page))
    values = ((tag, str(value)) for tag in page(True) for value in tag.attrs.values())
    for place, text in chain(texts, values):
        yield from (f"The page shows {what}, {where(place)}." for what in _machine_words(text))


def _wording(page: BeautifulSoup) -> Iterator[str]:
    for place, text in _said(page):
        for word in dict.fromkeys(forbidden(text)):
            before, _, after = text.partition(word)
            context = f"{before[-EXCERPT:]}{word}{after[:EXCERPT]}".strip()
            yield f"No page may say “{word}”, as in “{context}”, {where(place)}."


def _said(page: BeautifulSoup) -> Iterator[tuple[PageElement, str]]:
    """What is seen, a block at a time, and what is read out instead of it."""
    for _, strings in groupby(_visible_strings(page), key=_block):
        block = list(strings)
        yield block[0], "".join(block)
    for tag in page(["title", "desc"]):
        yield tag, tag.get_text()
    for tag in page(True):
        yield from ((tag, str(tag[name])) for name in READ_OUT if name in tag.attrs)


def _block(string: NavigableString) -> int:
    return next(id(tag) for tag in string.parents if tag.name not in INLINE)


def _is_inside(address: str) -> bool:
    return address.startswith(("data:", "#"))


def _visible_strings(page: BeautifulSoup) -> Iterator[NavigableString]:
    for string in page.find_all(string=True):
        # Comments and the document type are subclasses.
        if type(string) is NavigableString and NOT_DRAWN.isdisjoint(p.name for p in string.parents):
            yield string


def _link_fault(href: str, page: Path, site: Path, anchors: dict[Path, set[str]]) -> str:
    address = urlsplit(href)
    if address.scheme or address.netloc:
        return ""
    target = (page.parent / unquote(address.path)).resolve() if address.path else page
    if target.is_dir():
        target = target / "index.html"
    if not target.is_relative_to(site):
        return "is outside the folder"
    if not target.is_file():
        return "does not exist"
    if address.fragment and unquote(address.fragment) not in anchors.get(target, set()):
        return f"has no anchor #{unquote(address.fragment)}"
    return ""
