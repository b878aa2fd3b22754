"""The published pages in Chromium, as a phone, a desktop and a printer show them."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from unittest import mock

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright
from pypdf import PdfReader
from valid_html import faults_of_markup

from lvliang import parameters
from lvliang.display import fonts
from lvliang.projection.scenario import scenario_ids
from lvliang.site.publication import publish_report
from lvliang.site.render import WIDE_IN_ENGLISH

FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
REPORTS = [f"{lang}/{name}.html" for lang in ("zh", "en") for name in parameters.SCHEMAS]
ALONE = "90_summary.html"
PAGES = ["index.html", "en/index.html", *REPORTS]
WIDTHS = [360, 768, 1280]
WIDE = re.compile("[" + "".join(map(chr, WIDE_IN_ENGLISH)) + "]")
A4_WITHIN_MARGINS = 673  # 178 mm at 96 dots an inch
WITHOUT_CHARTS = ("index", "00", "80")
every_file = pytest.mark.parametrize("name", [*PAGES, ALONE])


@dataclass(frozen=True)
class Visit:
    """A page that was opened, what it asked for and what it complained of."""

    page: Page
    address: str
    requests: list[str]
    complaints: list[str]


Visitor = Callable[..., Visit]


@pytest.fixture(scope="module")
def store_of_reports(project: Path) -> Iterator[None]:
    """What `make report` has computed is not computed again: pages are looked at here."""
    with mock.patch.dict(os.environ, LVLIANG_CACHE=str(project / "outputs/.cache/store")):
        yield


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, store_of_reports: None) -> Path:
    """The site of `make report` in both languages, published once."""
    outputs = tmp_path_factory.mktemp("outputs")
    with mock.patch.dict(os.environ):
        os.environ.pop("LVLIANG_DATA", None)
        front = publish_report({}, outputs=outputs, workers=2, deadline=600)
    return front.parent.resolve()


@pytest.fixture(scope="module")
def browser(site: Path) -> Iterator[Browser]:
    # The site comes first: its kernels are not started from within the browser's event loop.
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def first(browser: Browser) -> Page:
    """Of each test that runs scripts: a window takes longer to open than a page to load."""
    return browser.new_context(offline=True).new_page()


@pytest.fixture
def visit(browser: Browser, site: Path, first: Page) -> Iterator[Visitor]:
    """Open a page of the site, or a file, offline; ``media`` is that of CSS."""
    idle, contexts, listening = [first], [], []

    def open_page(
        name: str | Path, width: int = 1280, media: str | None = None, *, script: bool = True
    ) -> Visit:
        if script and idle:
            page = idle.pop()
        else:
            contexts.append(browser.new_context(offline=True, java_script_enabled=script))
            page = contexts[-1].new_page()
        page.set_viewport_size({"width": width, "height": 800})
        visited = Visit(page, (site / name).as_uri(), [], [])
        for event, heard in (
            ("request", lambda request: visited.requests.append(request.url)),
            ("console", lambda message: visited.complaints.append(message.text)),
            ("pageerror", lambda error: visited.complaints.append(str(error))),
        ):
            page.on(event, heard)
            listening.append((page, event, heard))
        page.emulate_media(media=media or "null")
        page.goto(visited.address)
        if script:
            page.evaluate("document.fonts.ready")
        return visited

    yield open_page
    for page, event, heard in listening:
        page.remove_listener(event, heard)
    for context in contexts:
        context.close()


def language(name: str) -> str:
    return "en" if name.startswith("en/") else "zh-CN"


def too_wide(page: Page) -> list[str]:
    """Elements that reach over the right edge, unless inside a box that scrolls by itself."""
    return page.evaluate(
        """() => [...document.body.querySelectorAll('*')]
            .filter(element => !element.closest('.skip, svg *'))
            .filter(element => ![...document.querySelectorAll('.table, .drawing, .formula')].some(
                box => box !== element && box.contains(element)
                    && getComputedStyle(box).overflowX !== 'visible'))
            .filter(element => element.getBoundingClientRect().right > innerWidth + 1)
            .map(element => element.outerHTML.slice(0, 80))"""
    )


# Marks what draws glyphs of its own: text, what CSS puts beside it, and the mark of an item.
MARK_WHAT_DRAWS = """() => {
    const beside = (element, place) => getComputedStyle(element, place).content;
    for (const element of [document.body, ...document.body.querySelectorAll('*')])
        element.toggleAttribute('data-draws',
            [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim())
            || getComputedStyle(element).display === 'list-item'
            || ['::before', '::after'].some(
                place => !['none', 'normal'].includes(beside(element, place))));
}"""


def drawn_by_other_fonts(page: Page) -> list[tuple[str, int]]:
    """Texts with glyphs that are not of a font inside the page, and how many.

    A character that the page's own font lacks is drawn by a font of the reader, and Chromium names
    the font behind each glyph. Where no font has it, the page's own draws an empty box, which the
    gate has refused before.
    """
    session = page.context.new_cdp_session(page)
    page.evaluate(MARK_WHAT_DRAWS)
    session.send("DOM.enable")
    session.send("CSS.enable")
    root = session.send("DOM.getDocument", {"depth": 0})["root"]["nodeId"]
    found = session.send("DOM.querySelectorAll", {"nodeId": root, "selector": "[data-draws]"})
    others = []
    for node in found["nodeIds"]:
        used = session.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
        glyphs = sum(int(font["glyphCount"]) for font in used if not font["isCustomFont"])
        if glyphs:
            html = session.send("DOM.getOuterHTML", {"nodeId": node})["outerHTML"]
            others.append((re.sub("<[^>]*>", "", html), glyphs))
    session.detach()
    return others


def pages_of(pdf: bytes) -> int:
    return len(PdfReader(BytesIO(pdf)).pages)


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)


def outline_of(pdf: bytes) -> list[str]:
    """The titles of the outline: hexadecimal UTF-16, or plain where they are ASCII."""
    titles = re.findall(rb"/Title (?:<FEFF([0-9A-F]+)>|\(([^)]*)\))", pdf)
    return [
        bytes.fromhex(code.decode()).decode("utf-16-be") if code else plain.decode("ascii")
        for code, plain in titles
    ]


def test_the_site_has_these_pages_and_no_other(site: Path) -> None:
    assert {str(path.relative_to(site)) for path in site.rglob("*.html")} == {*PAGES, ALONE}


@every_file
def test_a_page_on_a_screen(visit: Visitor, site: Path, name: str) -> None:
    """At every width nothing is asked for, cut off, or against a rule of access; a drawing has its
    numbers in its name and, folded up, in a table.
    """
    visited = visit(name)
    page = visited.page
    drawings, charts = page.locator("svg:visible, img"), page.locator("figure.chart:visible")
    assert charts.count() > 0 or Path(name).stem.startswith(WITHOUT_CHARTS)
    named = page.get_by_role("img", name=re.compile(r"\d.*\d{4}|\d{4}.*\d"))
    assert named.count() == drawings.count() >= charts.count()
    for chart in charts.all():
        expect(chart.locator("table")).to_be_hidden()
        chart.locator("summary").click()
        expect(chart.locator("table")).to_be_visible()
        assert chart.locator("tbody tr").count() > 1
    page.evaluate("for (const details of document.querySelectorAll('details')) details.open = true")
    assert faults_of_markup((site / name).read_text("utf-8")) == []
    assert page.evaluate("[...document.fonts].map(font => [font.family, font.status])") == [
        [fonts.FAMILY, "loaded"]
    ]
    others = drawn_by_other_fonts(page)
    if language(name) == "en":  # which leaves some to the narrower forms of the reader's fonts
        others = [(text, count) for text, count in others if count > len(WIDE.findall(text))]
    assert others == []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert too_wide(page) == []
        if width != 768:
            found = Axe().run(page).response["violations"]
            assert [(fault["id"], fault["nodes"][0]["html"]) for fault in found] == []
    assert [url for url in visited.requests if not url.startswith("data:")] == [visited.address]
    assert visited.complaints == []


@every_file
def test_a_page_on_paper(visit: Visitor, name: str) -> None:
    """It has the text alone, nothing is cut off, and its outline has the headings."""
    page = visit(name, A4_WITHIN_MARGINS, media="print").page
    for hidden in page.locator(".skip, nav.site, nav.contents, details").all():
        expect(hidden).to_be_hidden()
    expect(page.locator(".mark").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= A4_WITHIN_MARGINS
    assert too_wide(page) == []
    heads = page.locator("thead").first
    if heads.count():
        expect(heads).to_have_css("display", "table-header-group")
    headings = page.locator("main :is(h1, h2)").all_inner_texts()
    # Chromium writes the title of a heading that a page break moved twice over.
    titles = outline_of(page.pdf(prefer_css_page_size=True, tagged=True, outline=True))
    lost = [heading for heading in headings if not any(heading in title for title in titles)]
    assert name == ALONE or lost == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_moved_about_in(visit: Visitor, name: str) -> None:
    """By keyboard past the links, from link to heading or page, to the other language."""
    visited = visit(name, 360)
    page = visited.page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    links = page.locator("nav.contents a, main h2 a")
    assert links.count() > 0 or "90_summary" in name
    page.goto(visited.address)
    for place in range(links.count()):
        links.nth(place).click()
        page.wait_for_load_state()
        expect(page.locator("main h1")).to_have_count(1)
        anchor = page.evaluate("location.hash")
        assert page.url != visited.address
        assert not anchor or page.locator(f":is(h2, h3){anchor}").count() == 1
        if page.url == visited.address + anchor:
            page.evaluate("history.replaceState(null, '', location.pathname)")  # as it was opened
            assert page.url == visited.address
        else:
            page.goto(visited.address)
    page.goto(visited.address)
    assert page.locator("html").get_attribute("lang") == language(name)
    switch = page.locator("nav.site a[lang]")
    expect(switch).to_have_text({"zh-CN": "English", "en": "中文"}[language(name)])
    with page.expect_navigation():
        switch.click()
    assert page.locator("html").get_attribute("lang") != language(name)
    assert Path(page.url).stem == Path(name).stem


PLANTED = {
    "script": ("<script>document.title = 'ran'</script>", "document.title"),
    "handler": ("<svg onload=\"document.title = 'ran'\"></svg>", "document.title"),
    "request": ("<img id='p' src='p.png' alt=''>", "document.querySelector('#p').naturalWidth"),
    "@import": ("<style>@import 'p.css';</style>", "getComputedStyle(document.body).outlineWidth"),
    "style sheet": ("<link rel='stylesheet' href='p.css'>",
                    "getComputedStyle(document.body).outlineWidth"),
    "url()": ("<style>@font-face {font-family: p; src: url(p.otf)} body {font-family: p}</style>",
              "[...document.fonts].find(font => font.family === 'p').status"),
    "page within": ("<iframe src='p.html'></iframe>", "frames[0].length"),
}  # fmt: skip


@pytest.fixture
def planted(visit: Visitor, site: Path, tmp_path: Path) -> Callable[[str], tuple[Visit, Visit]]:
    """The front page with something planted: with its policy, and without."""
    html = (site / "index.html").read_text("utf-8")
    (policy,) = re.findall(r"<meta http-equiv[^>]*>", html)
    (tmp_path / "p.css").write_text("body {outline: 7px solid}", "utf-8")
    (tmp_path / "p.otf").write_bytes(fonts.FONT_FILE.read_bytes())
    (tmp_path / "p.html").write_text("<iframe></iframe>", "utf-8")
    (tmp_path / "p.png").write_bytes(visit("index.html").page.screenshot())

    def opened(planted: str) -> tuple[Visit, Visit]:
        guarded, bare = tmp_path / "guarded.html", tmp_path / "bare.html"
        page = html.replace("</main>", f"{planted}</main>")
        guarded.write_text(page, "utf-8")
        bare.write_text(page.replace(policy, ""), "utf-8")
        return visit(guarded), visit(bare)

    return opened


def refusals(said: str) -> bool:
    return "Content Security Policy" in said


@pytest.mark.parametrize("kind", PLANTED)
def test_a_page_refuses_by_itself_what_runs_or_loads(planted: Callable, kind: str) -> None:
    html, seen = PLANTED[kind]
    guarded, bare = planted(html)
    assert guarded.page.evaluate(seen) != bare.page.evaluate(seen), "the bare page shows it"
    assert any(map(refusals, guarded.complaints))
    assert not any(map(refusals, bare.complaints))


def test_a_link_that_runs_is_refused_when_it_is_followed(planted: Callable) -> None:
    guarded, bare = planted("<a id='p' href=\"javascript:void(document.title = 'ran')\">a</a>")
    bare.page.locator("#p").click()
    expect(bare.page).to_have_title("ran")
    with guarded.page.expect_console_message(lambda message: refusals(message.text)):
        guarded.page.locator("#p").click()
    assert guarded.page.title() != "ran"


def test_a_character_that_the_font_lacks_would_be_seen(visit: Visitor) -> None:
    page = visit("index.html").page
    assert drawn_by_other_fonts(page) == []
    # A letter that every reader's fonts have: hanzi would need one with Chinese on this machine.
    page.evaluate("document.querySelector('h1').textContent = '吕梁Ж'")
    assert ("吕梁Ж", 1) in drawn_by_other_fonts(page)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_list_of_pages_unfolds_and_leads_to_each(visit: Visitor, site: Path, lang: str) -> None:
    names = sorted(path.name for path in (site / lang).glob("[0-9]*.html"))
    visited = visit(f"{lang}/{names[0]}", 360)
    page = visited.page
    links = page.locator("nav.site li a")
    assert links.count() == len(names)
    for place, name in enumerate(names):
        page.goto(visited.address)
        expect(links.nth(place)).to_be_hidden()
        page.locator("nav.site summary").click()
        links.nth(place).click()
        page.wait_for_load_state()
        assert Path(page.url).name == name
        expect(page.locator("nav.site [aria-current=page]")).to_have_count(1)


@pytest.mark.parametrize("name", ["index.html", "en/40_scenarios.html"])
def test_a_scenario_is_chosen_without_a_script(visit: Visitor, name: str) -> None:
    page = visit(name, script=False).page
    panels, labels = page.locator(".switch > .panel"), page.locator(".switch > label")
    titles = [label.inner_text() for label in labels.all()]
    assert len(titles) == len(scenario_ids())
    for place in (2, 0):
        labels.nth(place).click()
        shown = [panel.inner_text() for panel in panels.all() if panel.is_visible()]
        assert [text.partition("\n")[0] for text in shown] == [titles[place]]
    page.locator(".switch > input:checked").press("ArrowRight")
    expect(panels.nth(1)).to_be_visible()
    page.emulate_media(media="print")
    assert all(panel.is_visible() for panel in panels.all())
    assert not any(label.is_visible() for label in labels.all())


def test_the_summary_alone_speaks_the_language_that_is_chosen(visit: Visitor) -> None:
    page = visit(ALONE, script=False).page
    chinese, english = page.locator(".languages > .panel").all()
    expect(chinese).to_be_visible()
    expect(english).to_be_hidden()
    assert pages_of(page.pdf(prefer_css_page_size=True)) == 1
    page.locator(".languages > label").nth(1).click()
    expect(chinese).to_be_hidden()
    expect(english).to_be_visible()
    pdf = page.pdf(prefer_css_page_size=True)
    assert pages_of(pdf) == 1
    assert "Main indicators" in text_of(pdf)
    assert "主要指标" not in text_of(pdf)


@pytest.mark.usefixtures("store_of_reports")
def test_the_summary_is_one_sheet_under_every_banner_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = {name: parameters.SCHEMAS[name] for name in ("30_feasibility", parameters.SUMMARY)}
    monkeypatch.setattr(parameters, "SCHEMAS", shown)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(2**31 - 1))
    monkeypatch.delenv("LVLIANG_DATA", raising=False)
    given = {"draws": "1000", "scenario": "relapse", "growth_discount": "1", "end_year": "2026"}
    changed = given | {"scenario": "transformation", "changes": "shock.2022=-3; policy.2021=0.4"}
    for run in (given, changed):
        front = publish_report(run, outputs=tmp_path, workers=2, deadline=300)
        for lang in ("zh", "en"):
            pdf = (front.parent / f"90_summary.{lang}.pdf").read_bytes()
            assert "2038" in text_of(pdf)  # old data
            assert {"zh": "超出检验记录", "en": "beyond any record"}[lang] in text_of(pdf)
            assert pages_of(pdf) == 1
