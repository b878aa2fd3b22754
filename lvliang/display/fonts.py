"""The font of charts and pages: found, checked for a character, cut down for a page."""

import base64
import io
import unicodedata
from functools import cache, partial
from pathlib import Path
from types import SimpleNamespace

import brotli
from fontTools import subset
from fontTools.ttLib import woff2

from lvliang.baseline.store import kept

FAMILY = "Lvliang Sans SC"
FONT_FILE = Path(__file__).parent / "fonts" / "NotoSansSC-subset.otf"
# The highest quality, which fontTools has no way not to ask for, takes three times as long for
# 0.6 % fewer bytes: more than half of all the time of a font, and a site has 23.
woff2.brotli = SimpleNamespace(**vars(brotli) | {"compress": partial(brotli.compress, quality=10)})


@cache
def register() -> str:
    """Make the font known to matplotlib, once: its family, which ``seaborn.set_theme`` resets."""
    from matplotlib import font_manager

    font_manager.fontManager.addfont(FONT_FILE)
    return FAMILY


def missing_glyphs(text: str) -> set[str]:
    """The characters of `text` that the font cannot draw; what draws nothing is never missing.

    >>> missing_glyphs("✗ 不符合预期")
    {'✗'}
    """
    lacking = set(text) - _characters()
    return {c for c in lacking if not c.isspace() and unicodedata.category(c) not in ("Cc", "Cf")}


def page_woff2(text: str) -> bytes:
    """The font cut down to the characters of `text` that it has, as woff2.

    The bytes depend on the set of characters alone; few pages change it, so the font is kept.
    """
    characters = "".join(sorted(set(text) & _characters()))
    return kept("font", {"characters": characters}, lambda: _subset(characters))


def _subset(characters: str) -> bytes:
    options = subset.Options()
    options.flavor = "woff2"
    options.layout_features = []
    options.notdef_outline = True
    options.bidi_closure = False  # “(” alone must not bring “)”
    options.desubroutinize = True  # brotli packs plain outlines 5 % smaller
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=map(ord, characters))
    file = io.BytesIO()
    with subset.load_font(FONT_FILE, options) as font:
        subsetter.subset(font)
        subset.save_font(font, file, options)
    return file.getvalue()


def font_face_css(text: str) -> str:
    """An ``@font-face`` rule that carries the characters of `text` inside itself."""
    data = base64.b64encode(page_woff2(text)).decode("ascii")
    return (
        f'@font-face {{ font-family: "{FAMILY}"; font-weight: 400; '
        f'src: url("data:font/woff2;base64,{data}") format("woff2"); }}'
    )


@cache
def _characters() -> frozenset[str]:
    with subset.load_font(FONT_FILE, subset.Options()) as font:
        return frozenset(map(chr, font.getBestCmap()))
