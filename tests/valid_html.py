"""Where the HTML of a page is invalid (docs/decisions/valid-html.md)."""

import re
from collections import Counter
from collections.abc import Iterator
from io import StringIO
from itertools import chain

from bs4 import BeautifulSoup
from bs4.element import Comment
from tinyhtml5.parser import HTMLParser as StrictParser

from lvliang.site.gate import EXCERPT, where

TABLE_PARTS = ["table", "thead", "tbody", "tfoot", "tr"]
TEXT_ONLY = ["style", "title", "textarea"]
TAG = re.compile(r"<[A-Za-z/!?]")
# What a parser takes without a word, although HTML has one place for it.
PARENTS = {
    "li": ("ul", "ol", "menu"),
    "dt": ("dl", "div"),
    "dd": ("dl", "div"),
    "figcaption": ("figure",),
    "summary": ("details",),
}
# Each names elements by their ids, with spaces between.
REFERENCES = frozenset(
    {"aria-controls", "aria-describedby", "aria-labelledby", "aria-owns", "for", "headers"}
)


def faults_of_markup(html: str) -> list[str]:
    """Say where the HTML of a page is invalid."""
    page = BeautifulSoup(html, "html.parser")
    checks = (_ids, _references, _places, _hidden)
    return [*_syntax(html), *chain.from_iterable(check(page) for check in checks)]


def _syntax(html: str) -> Iterator[str]:
    """What the HTML standard calls a parse error."""
    lines = html.split("\n")
    parser = StrictParser()
    # As a stream: a short string may be taken for the name of a file.
    parser.parse(StringIO(html))
    for (line, column), code, facts in parser.errors:
        fault = "misnested tag" if code.startswith("adoption-agency") else code.replace("-", " ")
        names = "".join(f" <{facts[key]}>" for key in sorted(facts) if key.lower().endswith("name"))
        before = lines[line - 1][:column][-EXCERPT:]
        yield f"Invalid HTML: {fault}{names}, line {line}, at “{before}”."


def _ids(page: BeautifulSoup) -> Iterator[str]:
    for name, count in Counter(str(tag["id"]) for tag in page(id=True)).items():
        if count > 1:
            last = page(id=name)[-1]
            yield f"Invalid HTML: {count} elements have the id {name}, the last {where(last)}."


def _references(page: BeautifulSoup) -> Iterator[str]:
    ids = {str(tag["id"]) for tag in page(id=True)}
    for tag in page(True):
        for attribute in sorted(REFERENCES & tag.attrs.keys()):
            for name in " ".join(tag.get_attribute_list(attribute)).split():
                if name not in ids:
                    yield f"Invalid HTML: no element has the id {name}, {attribute} {where(tag)}."


def _places(page: BeautifulSoup) -> Iterator[str]:
    for tag in page(list(PARENTS)):
        # An end tag that HTML lets be left out is missing in this tree too: <li>a <li>b.
        outer = next(outer.name for outer in tag.parents if outer.name not in PARENTS)
        parents = PARENTS[tag.name]
        if outer not in parents:
            yield f"Invalid HTML: a <{tag.name}> stands outside <{parents[0]}>, {where(tag)}."
    for tag in page(TABLE_PARTS):
        for text in tag.find_all(string=True, recursive=False):
            if text.strip() and not isinstance(text, Comment):
                yield f"Invalid HTML: “{text.strip()}” stands outside the cells, {where(tag)}."


def _hidden(page: BeautifulSoup) -> Iterator[str]:
    # Text to the parser that the gate uses, elements to a browser, where it is in a drawing.
    for tag in page(TEXT_ONLY):
        if tag.find_parent(["svg", "math"]) and TAG.search(tag.get_text()):
            yield f"Invalid HTML: a tag stands in the text of a <{tag.name}>, {where(tag)}."
