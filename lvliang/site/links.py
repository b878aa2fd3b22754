"""Links between the pages of a site, and those that lead nowhere."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit


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
