"""The body of a page, mended after nbconvert: boxes that scroll, ids, columns of numbers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import takewhile, zip_longest

from bs4 import BeautifulSoup
from bs4.element import (
    Comment,
    Declaration,
    Doctype,
    NavigableString,
    ProcessingInstruction,
    Tag,
)

from lvliang.display.show import NOTHING_STYLE
from lvliang.display.words import NOTHING

ID_ATTRIBUTES = ("id", "for", "headers", "aria-labelledby", "aria-describedby")
HEADINGS = ["h1", "h2", "h3"]
# From one hanzi to the last before a Latin letter, with the punctuation that closes it.
CHINESE = re.compile(r"([《【“（]*[\u4e00-\u9fff](?:[^A-Za-z]*[\u4e00-\u9fff])?[》】”）。]*)")
NUMBER = re.compile(r"(?=.*\d)[\d\s+\-−–±~≈≥≤<>.,/%％‰()（）]+")


def mend(body: BeautifulSoup, lang: str) -> None:
    """Make the body of a page valid, and readable on any screen and aloud."""
    _drop_leftovers(body)
    _separate_svg_ids(body)
    _box_what_is_wide(body)
    _mark_numbers(body)
    _drop_empty_sections(body)
    if lang == "en":
        _name_chinese(body)


def _drop_leftovers(body: BeautifulSoup) -> None:
    """Remove what is legal in a file of its own or in old HTML, not in the middle of a page."""
    prologs = (Comment, Declaration, Doctype, ProcessingInstruction)
    for string in body.find_all(string=lambda text: isinstance(text, prologs)):
        string.extract()
    for style in body.select("style[scoped]"):
        style.decompose()
    for table in body.select("table[border]"):
        del table["border"]


def _separate_svg_ids(body: BeautifulSoup) -> None:
    """Give each drawing its own ids: matplotlib names the parts of every figure alike."""
    drawings = [svg for svg in body("svg") if not svg.find_parent("svg")]
    for number, svg in enumerate(drawings, start=1):
        rename_ids([svg, *svg(True)], f"svg{number}-")


def rename_ids(parts: Sequence[Tag], prefix: str) -> None:
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


def _box_what_is_wide(body: BeautifulSoup) -> None:
    """Put tables, drawings and formulas into boxes that scroll sideways, also by keyboard."""
    for table in body("table"):
        box = table.find_parent(class_="table") or _wrap(table, "table")
        _make_scrollable(box, name=table.find("caption") or _heading_above(table))
    for svg in body.select("figure.chart > svg"):
        caption = svg.find_next_sibling("figcaption") or svg.find_previous_sibling("figcaption")
        title = caption and (caption.find(class_="chart-title") or caption)
        _make_scrollable(_wrap(svg, "drawing"), name=title or _heading_above(svg))
    for math in body.select("math[display=block]"):
        # Markdown has it in a <p>, where no <div> may stand.
        _make_scrollable(_wrap(math, "formula", "span"), name=_heading_above(math))
    _tell_apart([box for box in body.select(".table, .drawing, .formula") if box.get("aria-label")])


def _wrap(tag: Tag, css_class: str, name: str = "div") -> Tag:
    return tag.wrap(Tag(name=name, attrs={"class": css_class}))


def _make_scrollable(box: Tag, *, name: Tag | None) -> None:
    box["tabindex"] = "0"
    if name is not None:
        box["role"] = "region"
        box["aria-label"] = " ".join(name.get_text().split())


def _tell_apart(boxes: Sequence[Tag]) -> None:
    """Number those boxes that have the name of one before them."""
    seen: Counter[str] = Counter()
    for box in boxes:
        name = str(box["aria-label"])
        seen[name] += 1
        if seen[name] > 1:
            box["aria-label"] = f"{name} ({seen[name]})"


def _heading_above(tag: Tag) -> Tag | None:
    return tag.find_previous(HEADINGS)


def _mark_numbers(body: BeautifulSoup) -> None:
    """Add class ``num`` to the columns that hold numbers alone, and to their heads."""
    for table in body("table"):
        rows = [row.find_all(["th", "td"]) for row in table("tr")]
        for column in zip_longest(*rows):
            cells = [cell for cell in column if cell is not None and cell.name == "td"]
            texts = [cell.get_text().strip() for cell in cells]
            told = [words for words in texts if words and words != NOTHING]
            if told and all(NUMBER.fullmatch(words) for words in told):
                heads = [cell for cell in column if cell is not None and _heads(cell)]
                for cell in heads + cells:
                    cell["class"] = " ".join([*cell.get_attribute_list("class"), "num"])


def _drop_empty_sections(body: BeautifulSoup) -> None:
    """Leave out the sections of which all there is to say is that there is nothing to show.

    The sheet for the desk keeps its form.
    """
    if body.select_one(".one-page"):
        return
    for heading in body("h2"):
        until_next = takewhile(lambda piece: piece.name != "h2", heading.find_next_siblings())
        section = list(until_next)
        said = [part for piece in section for part in piece.select("p, li, table, figure, math")]
        if said and all(NOTHING_STYLE in part.get_attribute_list("class") for part in said):
            for piece in [heading, *section]:
                piece.decompose()


def _name_chinese(body: BeautifulSoup) -> None:
    """Mark the Chinese of an English page as such: words of the report, titles of sources."""
    for words in body.find_all(string=CHINESE):
        parts = CHINESE.split(words)
        if words.find_parent(["svg", "pre"]) is None:
            words.replace_with(*map(_chinese_or_not, parts))


def _chinese_or_not(part: str) -> Tag | NavigableString:
    if not CHINESE.fullmatch(part):
        return NavigableString(part)
    span = Tag(name="span", attrs={"lang": "zh-CN"})
    span.string = part
    return span


def _heads(cell: Tag) -> bool:
    """Whether a cell stands in a row of heads."""
    return cell.parent is not None and not cell.parent("td")
