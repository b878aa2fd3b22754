"""What a style loads and what it may draw, read as a browser reads it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

import tinycss2
from tinycss2.ast import Node

# In these a string is an address; in url() and its like it need not be one.
LOADING = re.compile(r"(?:-\w+-)?(?:url|src|image|image-set)")
SUBSTITUTED = ("var", "env", "attr")  # stand for what was written elsewhere


def addresses(css: str) -> list[str]:
    """Return what a style sheet, or a value of one, loads.

    Examples
    --------
    >>> addresses('@import "a.css"; p {src: u\\\\72l(b) format("c"); --d: image-set("e" 1x)}')
    ['a.css', 'b', 'e']
    """
    return [value for loads, value in _read(css) if loads]


def strings(css: str) -> list[str]:
    """Return the strings of a style that are no addresses: a browser may draw any of them.

    Examples
    --------
    >>> strings('p::before {content: "\\\\2717"} ul {list-style: "–" url("a.png")}')
    ['✗', '–']
    """
    return [value for loads, value in _read(css) if not loads]


@lru_cache(maxsize=1024)
def _read(css: str) -> list[tuple[bool, str]]:
    return list(_walk(tinycss2.parse_component_value_list(css, skip_comments=True)))


def _walk(nodes: Iterable[Node], loading: bool = False) -> Iterator[tuple[bool, str]]:
    """Whether it is an address, and the value, of each string and each address."""
    imported = False
    for node in nodes:
        name = getattr(node, "lower_name", "")
        if node.type == "url":
            yield True, node.value
        elif node.type == "string":
            yield loading or imported, node.value
        elif loading and name in SUBSTITUTED:
            yield True, node.serialize()
        else:
            inner = getattr(node, "arguments", None) or getattr(node, "content", None) or []
            loads = bool(LOADING.fullmatch(name)) or (loading and name != "type")
            yield from _walk(inner, loads)
        if node.type != "whitespace":
            imported = node.type == "at-keyword" and node.lower_value == "import"
