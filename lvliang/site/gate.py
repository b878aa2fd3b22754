"""What keeps a page from being published: each fault is one sentence that says what and where."""

import csv
import json
import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from itertools import chain, groupby
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup
from bs4.element import NavigableString, PageElement
from nbformat import NotebookNode

from lvliang.display import fonts
from lvliang.display.words import forbidden
from lvliang.errors import QualityError

EXCERPT = 40  # characters around a fault
MOST_BYTES = 1_000_000  # of a page, in UTF-8
HEADINGS = ["h1", "h2", "h3", "h4"]
# By it the browser itself refuses what runs, sends or loads; see docs/decisions/policy.md.
KEPT = "Content-Security-Policy"
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; font-src data:; img-src data:; "
    "base-uri 'none'; form-action 'none'"
)
# What it leaves dead, or what asks for an address all the same.
DEAD = (
    "script, form, iframe, frame, object, embed, base, video, audio, source, "
    "svg image:not([href^='data:']), link:not([rel=alternate])"
)
# Elements, the attributes of which one must say what they show, and the fault where none does.
FAULTY: list[tuple[str, tuple[str, ...], str]] = [
    (DEAD, (), "A page must have no <{}>, of which a reader gets nothing"),
    ("img", ("alt",), "An <{}> has no text alternative"),
    ("img:not([src^='data:' i])", (), "An <{}> is a file of its own, which no reader is shown"),
    ("area, canvas, input[type=image i]", ("alt", "aria-label"),
     "A drawn <{}> has no text alternative"),
    ("[role=img]:not(svg)", ("alt", "aria-label"), 'A <{}> of role="img" has no aria-label'),
]  # fmt: skip
LOCAL_PATH = re.compile(
    r"(?i:file)://\S*"
    # A path may follow a space or a quotation mark, never a host name or another path; and words
    # of Chinese where the folder is one that every machine has, so that no unit is taken for it.
    r"|(?<![\w./+~-])/[A-Za-z][\w.-]*/[^\s\"'<>]+"
    r"|(?<![A-Za-z0-9_./+~-])/(?:home|root|Users|tmp|var|usr|opt|mnt|srv|etc|work)/[^\s\"'<>]+"
    r"|(?<![A-Za-z0-9_./+~-])~/[^\s\"'<>]+"
    r"|(?<![A-Za-z0-9_])[A-Za-z]:[\\/][^\s\"'<>]+"
    # Never the end of a line of a formula.
    r"|(?<![\w\\}&])\\\\\w[\w.-]+\\[^\s\"'<>]+"
)
TRACEBACK = "Traceback (most recent call last)"
NOT_DRAWN = frozenset({"title", "desc", "metadata", "style", "script"})
# What a reader reads as one with the words around it.
INLINE = frozenset({"a", "b", "code", "em", "i", "mark", "q", "span", "strong", "tspan"})
READ_OUT = ("alt", "alttext", "aria-label", "title")


def refuse(faults: Iterable[str]) -> None:
    """Refuse a site for its faults, all of which are told together."""
    if told := "\n".join(faults):
        raise QualityError(told)


def faults_of_notebook(nb: NotebookNode) -> list[str]:
    """Why an executed notebook must not become a page; cells are counted from 1, as in JupyterLab.

    Faults are an exception, anything written to stderr, a drawing that is no `Chart`, and a
    traceback or an absolute path of this machine in any output.
    """
    cells = enumerate(nb.cells, start=1)
    outputs = ((number, out) for number, cell in cells for out in cell.get("outputs", []))
    return [f"Cell {number} {fault}." for number, out in outputs for fault in _output_faults(out)]


def faults_of_page(html: str) -> list[str]:
    """Why a complete page must not be published."""
    page = BeautifulSoup(html, "html.parser")
    checks = (_language, _policy, _elements, _glyphs, _machine, _wording)
    size = len(html.encode("utf-8"))
    whole = [f"The page has {size:,} bytes, and at most {MOST_BYTES:,} are allowed."]
    found = chain.from_iterable(check(page) for check in checks)
    return [*(whole if size > MOST_BYTES else []), *found]


def faults_of_files(site_dir: Path) -> list[str]:
    """What feeds and data files of a folder say that no page may: a path of this machine, a
    traceback, or a word of ``forbidden.toml``.
    """
    return [
        f"{path.relative_to(site_dir)} {fault}."
        for path in sorted(site_dir.rglob("*"))
        for text in _texts(path)
        for fault in chain(
            (f"shows {what}" for what in _machine_words(text)),
            (f"may not say {what}" for what in _forbidden_words(text)),
        )
    ]


def _texts(path: Path) -> Iterator[str]:
    """The texts of a file as its readers get them, whatever they are escaped or quoted with."""
    if path.suffix == ".json":
        yield from _strings_in(json.loads(path.read_text("utf-8")))
    elif path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield from chain.from_iterable(csv.reader(file))


def _strings_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        inner = value.values() if isinstance(value, dict) else value
        yield from chain.from_iterable(map(_strings_in, inner))


def visible_text(html: str) -> str:
    """The text that a reader of the page sees, which the embedded font must draw.

    >>> visible_text("<title>x</title><p>吕梁 &mdash; GDP</p><style>p {}</style>")
    '吕梁 — GDP'
    """
    return "".join(_visible_strings(BeautifulSoup(html, "html.parser")))


def where(place: PageElement) -> str:
    """Under which heading of its page it stands, in words."""
    heading = place.find_parent(HEADINGS) or place.find_previous(HEADINGS)
    return f"under “{heading.get_text(strip=True)}”" if heading else "before the first heading"


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


def _language(page: BeautifulSoup) -> Iterator[str]:
    if not (page.html and page.html.get("lang")):
        yield "The <html> element has no lang."
    if not (page.title and _says(page.title.get_text())):
        yield "The page has no <title>."


def _policy(page: BeautifulSoup) -> Iterator[str]:
    """A browser keeps a policy from where it stands on, and none that a later one could undo."""
    kept = page.select(f"head > meta[charset]:first-child + meta[http-equiv={KEPT!r}]")
    if [tag.get("content") for tag in kept] != [POLICY]:
        yield "The page does not begin with its own Content-Security-Policy."
    for tag in page.select("meta[http-equiv]"):
        if tag not in kept:
            yield f"A page must have no second http-equiv, {where(tag)}."


def _elements(page: BeautifulSoup) -> Iterator[str]:
    for elements, names, fault in FAULTY:
        for tag in page.select(elements):
            if not any(_says(tag.get(name)) for name in names):
                yield f"{fault.format(tag.name)}, {where(tag)}."
    for tag in page("svg"):
        hidden = tag.get("aria-hidden") == "true" or tag.find_parent("svg")
        title = tag.find("title", recursive=False)
        named = _says(tag.get("aria-label")) or (title and _says(title.get_text()))
        if not (hidden or (named and tag.get("role") == "img")):
            yield f'An <svg> has no role="img" with an aria-label or <title>, {where(tag)}.'


def _says(words: object) -> bool:
    return any(map(str.isalnum, str(words or "")))


def _glyphs(page: BeautifulSoup) -> Iterator[str]:
    drawn = list(_visible_strings(page))
    for character in sorted(fonts.missing_glyphs("".join(drawn))):
        place = next(text for text in drawn if character in text)
        yield f"The font lacks “{character}” (U+{ord(character):04X}), {where(place)}."


def _machine(page: BeautifulSoup) -> Iterator[str]:
    values = ((tag, str(value)) for tag in page(True) for value in tag.attrs.values())
    told = ((tag, value) for tag, value in values if not value.startswith("data:"))
    named = ((tag, tag.get_text()) for tag in page(["title", "desc"]))
    drawn = ((string, str(string)) for string in _visible_strings(page))
    for place, text in chain(drawn, named, told):
        yield from (f"The page shows {what}, {where(place)}." for what in _machine_words(text))


def _wording(page: BeautifulSoup) -> Iterator[str]:
    for place, text in _said(page):
        yield from (f"No page may say {what}, {where(place)}." for what in _forbidden_words(text))


def _forbidden_words(text: str) -> Iterator[str]:
    for word in dict.fromkeys(forbidden(text)):
        before, _, after = text.partition(word)
        context = f"{before[-EXCERPT:]}{word}{after[:EXCERPT]}".strip()
        yield f"“{word}”, as in “{context}”"


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


def _visible_strings(page: BeautifulSoup) -> Iterator[NavigableString]:
    for string in page.find_all(string=True):
        # Comments and the document type are subclasses.
        if type(string) is NavigableString and NOT_DRAWN.isdisjoint(p.name for p in string.parents):
            yield string


def check_links(site_dir: Path) -> list[str]:
    """The broken links between the pages of a folder; those to other sites are not followed.

    Its file is missing, is outside the folder and would not travel with it, or has no such anchor.
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
