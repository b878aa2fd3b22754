"""The page for the desk as one file that stands alone: both languages, switched by CSS, and PDF."""

import logging
import re
import subprocess
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat
from pathlib import Path

from bs4 import BeautifulSoup, Tag
from jinja2 import Environment
from markupsafe import Markup

from lvliang.baseline.store import kept
from lvliang.display.words import words_in
from lvliang.parameters import SUMMARY
from lvliang.site.browser import BROWSERS, find_browser, printed
from lvliang.site.render import LANGUAGE_TAGS, page_shell

ID_ATTRIBUTES = ("id", "for", "headers", "aria-labelledby", "aria-describedby")
log = logging.getLogger(__name__)

_LANGUAGES = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(
    """<fieldset class="switch languages"><legend>{{ legend }}</legend>
{% for lang, body in halves.items() %}
<input type="radio" name="language" id="language-{{ lang }}"{{ " checked" if loop.first }}>
<label for="language-{{ lang }}" lang="{{ languages[lang] }}">{{ names[lang] }}</label>
<div class="panel" lang="{{ languages[lang] }}">
{{ body }}
</div>
{% endfor %}
</fieldset>"""
)


def stand_alone(pages: Mapping[str, str]) -> str:
    """One file of the same page in several languages, the first of them shown.

    ``pages`` are complete, by language; banner, body and footer are taken of each.
    """
    halves = {lang: BeautifulSoup(html, "html.parser") for lang, html in pages.items()}
    titles = [half.title.get_text() for half in halves.values() if half.title]
    first = next(iter(pages))
    body = _LANGUAGES.render(
        legend=words_in(first).label("choose", "summary"),
        languages=LANGUAGE_TAGS,
        names={lang: words_in(lang).label("language", "summary") for lang in halves},
        halves={lang: _half(half, lang) for lang, half in halves.items()},
    )
    return page_shell(lang=first, title=" / ".join(titles), body_html=body)


def _half(page: BeautifulSoup, lang: str) -> Markup:
    """What a page says, with ids that those of another language cannot repeat."""
    _rename_ids(page(True), f"{lang}-")
    mark, banner, main, footer = map(page.select_one, (".mark", ".banner", "main", "footer"))
    parts = [f'<div class="mark">{mark.decode_contents()}</div>'] if mark else []
    parts += [str(banner)] if banner else []
    parts += [main.decode_contents()] if main else []
    if footer:
        parts.append(f'<div class="made note">{footer.decode_contents()}</div>')
    return Markup("\n".join(parts))


def _rename_ids(parts: Sequence[Tag], prefix: str) -> None:
    """Put ``prefix`` before the ids of these elements, and where they refer to one another."""
    new = {str(tag["id"]): f"{prefix}{tag['id']}" for tag in parts if tag.get("id")}
    for tag in parts:
        for name, value in tag.attrs.items():
            if name in ID_ATTRIBUTES:
                tag[name] = _renamed(r"()(\S+)", str(value), new)
            elif "#" in value:
                tag[name] = _renamed(r"(#)([\w.:-]+)", str(value), new)


def _renamed(pattern: str, value: str, new: dict[str, str]) -> str:
    return re.sub(pattern, lambda match: match[1] + new.get(match[2], match[2]), value)


def write_summary(site: Path, languages: Sequence[str]) -> dict[str, str]:
    """Write the page for the desk to the top of a site: one file, and a PDF of each language.

    Without a browser, or if it fails, there is no PDF, and a line on stderr says so. Returns paths
    below ``site`` by the labels that they have: ``file``, ``pdf_zh``, ``pdf_en``.
    """
    pages = {lang: (site / lang / f"{SUMMARY}.html").read_text("utf-8") for lang in languages}
    made = kept("summary", pages, lambda: stand_alone(pages))
    written = {"file": f"{SUMMARY}.html"}
    (site / written["file"]).write_text(made, "utf-8")
    browser = find_browser()
    if browser is None:
        log.warning("no PDF of the summary: no browser (%s) is installed", ", ".join(BROWSERS))
        return written
    try:
        with ThreadPoolExecutor() as pool:
            own = [site / lang / f"{SUMMARY}.html" for lang in languages]
            for lang, pdf in zip(languages, pool.map(printed, own, repeat(browser)), strict=True):
                written[f"pdf_{lang}"] = name = f"{SUMMARY}.{lang}.pdf"
                (site / name).write_bytes(pdf)
    except (OSError, subprocess.SubprocessError) as error:
        log.warning("no PDF of the summary: %s", error)
    return written
