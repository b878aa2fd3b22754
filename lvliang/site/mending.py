"""The body of a page, mended in what no piece knows: its neighbours, and what is in Chinese."""

from __future__ import annotations

import re
from collections import Counter
from itertools import takewhile

from bs4 import BeautifulSoup
from bs4.element import NavigableString, Tag

from lvliang.display.show import NOTHING_STYLE

HEADINGS = ["h1", "h2", "h3"]
# From one hanzi to the last before a Latin letter, with the punctuation that closes it.
CHINESE = re.compile(r"([《【“（]*[\u4e00-\u9fff](?:[^A-Za-z]*[\u4e00-\u9fff])?[》】”）。]*)")


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
