"""An executed notebook becomes one HTML page that needs no network, no script and no font."""

import re
from collections import Counter
from copy import deepcopy
from functools import cache
from itertools import chain, takewhile
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup
from bs4.element import NavigableString, Tag
from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup
from nbconvert.exporters import TemplateExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode
from nbformat.v4 import new_output
from traitlets.config import Config

from lvliang.display import fonts
from lvliang.display.formula import block, mathml
from lvliang.display.show import NOTHING_STYLE, PIECES_TYPE
from lvliang.display.words import words_in
from lvliang.errors import QualityError
from lvliang.site.gate import POLICY, visible_text

TEMPLATE = Path(__file__).parent / "template"
LANGUAGE_TAGS = {"zh": "zh-CN", "en": "en"}
# The style sheet itself numbers the printed pages.
PAGE_NUMBER = "0123456789/"
# What no line may part: a number and its sign, a currency and its amount, an amount and its unit.
TOGETHER = re.compile(
    r"(?<=\d) (?=%|[mb]illion\b|points?\b)|(?<=\b[Nn]o\.) (?=\d)"
    r"|(?<=CNY) (?=\d)|(?<=R²) (?=\d)|(?<=[≥≤]) "
)
# As wide as a hanzi in the font, so English takes them from the reader's own fonts.
WIDE_IN_ENGLISH = str.maketrans("", "", "“”‘’…·")
HEADINGS = ["h1", "h2", "h3"]
# From one hanzi to the last before a Latin letter, with the punctuation that closes it.
CHINESE = re.compile(r"([《【“（]*[\u4e00-\u9fff](?:[^A-Za-z]*[\u4e00-\u9fff])?[》】”）。]*)")


class PageRenderer(IPythonRenderer):
    """nbconvert's renderer of Markdown, but formulas become MathML and not TeX for a script."""

    inline_math: Any = staticmethod(mathml)
    block_math: Any = staticmethod(block)

    def latex_environment(self, name: str, body: str) -> str:
        r"""Set what stands between ``\begin`` and ``\end``."""
        return block(rf"\begin{{{name}}}{body}\end{{{name}}}")


def _markdown_html(source: str) -> str:
    """HTML without the ¶ that nbconvert puts after each heading."""
    renderer = PageRenderer(escape=False, exclude_anchor_links=True)
    return MarkdownWithMath(renderer=renderer).render(source)


def _body_html(notebook: NotebookNode, lang: str) -> str:
    exporter = TemplateExporter(
        config=Config(
            TagRemovePreprocessor={"enabled": True, "remove_cell_tags": unseen_tags(lang)},
            # An output is shown as the first of these that it offers.
            NbConvertBase={"display_data_priority": ["text/html", "text/markdown", "text/plain"]},
        ),
        extra_template_basedirs=[str(TEMPLATE.parent)],
        template_name=TEMPLATE.name,
        file_extension=".html",
        exclude_input=True,
        exclude_input_prompt=True,
        exclude_output_prompt=True,
        filters={"markdown2html": _markdown_html},
    )
    body_html, _ = exporter.from_notebook_node(notebook)
    return str(body_html)


def in_language(notebook: NotebookNode, lang: str) -> NotebookNode:
    """A copy of an executed notebook whose outputs are those of one language."""
    own = deepcopy(notebook)
    for cell in own.cells:
        if cell.cell_type == "code":
            said = (_said_in(output, lang) for output in cell.get("outputs", []))
            cell.outputs = list(chain.from_iterable(said))
    return own


def _said_in(output: NotebookNode, lang: str) -> list[NotebookNode]:
    """An output as it is, or the pieces that it has for a language."""
    bundles = output.get("data", {}).get(PIECES_TYPE)
    if bundles is None:
        return [output]
    return [new_output("display_data", data=bundle) for bundle in bundles[lang]]


def unseen_tags(lang: str) -> set[str]:
    """Tags of the cells that a page in `lang` leaves out."""
    other = "en" if lang == "zh" else "zh"
    return {f"lang-{other}", "hidden"}


def render_page(notebook: NotebookNode, *, lang: str, **around: str) -> str:
    """The page of an executed notebook in one language, in a `page_shell` with what is ``around``.

    Cells tagged ``lang-zh`` or ``lang-en`` appear in that language alone, cells tagged ``hidden``
    in none. Code stands folded up at the end; stderr never appears. `QualityError` says that no
    cell of this language has a level-1 heading, which is the title, or a formula cannot be set.
    """
    body = BeautifulSoup(keep_together(_body_html(notebook, lang)), "html.parser")
    title = body.find("h1")
    if title is None:
        raise QualityError(f"the notebook has no level-1 heading (# …) in language {lang!r}")
    mend(body, lang)
    _insert_contents(body, lang)
    _append_code(body, notebook, lang)
    return page_shell(lang=lang, title=title.get_text().strip(), body_html=str(body), **around)


def page_shell(*, lang: str, title: str, **parts: str) -> str:
    """Return a complete page around a body, with its style and its font inside.

    ``parts`` are ``body_html`` and, where the page has them, ``nav_html`` and a warning
    (``banner_html``) above it and ``footer_html``, put in as they are; the ``mark`` of an edition,
    above everything, on paper too, and the place of the ``feed``, escaped here as is ``title``.
    """
    template = _templates().get_template("page.html.j2")
    shown = parts | {
        "title": title,
        "words": {"code": LANGUAGE_TAGS[lang]} | words_in(lang).all_labels("site"),
        "policy": Markup(POLICY),
        "page_css": Markup((TEMPLATE / "page.css").read_text("utf-8")),
    }
    shown |= {name: Markup(part) for name, part in parts.items() if name.endswith("_html")}
    text = visible_text(template.render(shown, font_css="")) + PAGE_NUMBER
    if lang == "en":
        text = text.translate(WIDE_IN_ENGLISH)
    return template.render(shown, font_css=Markup(fonts.font_face_css(text)))


def keep_together(html: str) -> str:
    """Spaces that no line may break at, in the place of those around numbers."""
    return TOGETHER.sub("\N{NO-BREAK SPACE}", html)


@cache
def _templates() -> Environment:
    return Environment(loader=FileSystemLoader(TEMPLATE), autoescape=True, trim_blocks=True)


def _append_code(body: BeautifulSoup, notebook: NotebookNode, lang: str) -> None:
    """Put the code at the end, folded up, but for what papermill wrote: the parameters of this
    run, some of this machine, which stand in a table.
    """
    cells = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]
    own = [c for c in cells if "injected-parameters" not in c.metadata.get("tags", [])]
    if sources := [cell.source for cell in own]:
        label = words_in(lang).label("source", "site")
        html = _templates().get_template("code.html.j2").render(label=label, sources=sources)
        body.append(BeautifulSoup(html, "html.parser"))


def _insert_contents(body: BeautifulSoup, lang: str) -> None:
    """List the level-2 headings below the answer, but not on a page of one sheet."""
    headings = body("h2")
    for number, heading in enumerate(headings, start=1):
        # A number and not the words: the anchor stays when a heading is reworded.
        heading["id"] = heading.get("id") or f"section-{number}"
    if len(headings) < 2 or body.select_one(".one-page"):
        return
    label = words_in(lang).label("contents", "site")
    html = _templates().get_template("contents.html.j2").render(label=label, headings=headings)
    # A switch stands with the answer and fills screens: the list would be lost below it.
    below_answer = body.select("h2, .switch")[0]
    below_answer.insert_before(BeautifulSoup(html, "html.parser"))


def mend(body: BeautifulSoup, lang: str) -> None:
    """Leave out what is empty, name what scrolls, and mark what is in another language."""
    _drop_empty_sections(body)
    for formula in body.select(".formula"):
        if heading := formula.find_previous(HEADINGS):
            formula.attrs |= {"role": "region", "aria-label": heading.get_text()}
    tell_apart(body)
    if lang == "en":
        _name_chinese(body)


def tell_apart(body: BeautifulSoup) -> None:
    """Number those boxes that have the name of one before them."""
    seen: Counter[str] = Counter()
    for box in body.select("[role=region][aria-label]"):
        name = str(box["aria-label"])
        seen[name] += 1
        if seen[name] > 1:
            box["aria-label"] = f"{name} ({seen[name]})"


def _drop_empty_sections(body: BeautifulSoup) -> None:
    """Leave out the sections of which all there is to say is that there is nothing to show."""
    if body.select_one(".one-page"):  # keeps its form
        return
    for heading in body("h2"):
        section = list(takewhile(lambda one: one.name != "h2", heading.find_next_siblings()))
        said = [part for piece in section for part in piece.select("p, li, table, figure, math")]
        if said and all(NOTHING_STYLE in part.get_attribute_list("class") for part in said):
            for piece in [heading, *section]:
                piece.decompose()


def _name_chinese(body: BeautifulSoup) -> None:
    """Mark the Chinese of an English page as such: words of the report, titles of sources."""
    for words in body.find_all(string=CHINESE):
        if words.find_parent(["svg", "pre"]) is None:
            words.replace_with(*map(_chinese_or_not, CHINESE.split(words)))


def _chinese_or_not(part: str) -> Tag | NavigableString:
    if not CHINESE.fullmatch(part):
        return NavigableString(part)
    span = Tag(name="span", attrs={"lang": "zh-CN"})
    span.string = part
    return span
