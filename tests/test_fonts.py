"""The shipped font: what it holds, what a page gets of it, and that matplotlib draws with it."""

from __future__ import annotations

import base64
import io
import re

import pytest
from fontTools.ttLib import TTFont

from lvliang.baseline.tables import load_table
from lvliang.display import fonts

PAGE = "吕梁市“十四五”规划目标能否实现？GDP 年均增长 8%，−0.5 个百分点。"


def gb2312_hanzi() -> str:
    pairs = (bytes([a, b]) for a in range(0xB0, 0xF8) for b in range(0xA1, 0xFF))
    return "".join(pair.decode("gb2312", errors="ignore") for pair in pairs)


def cmap(woff2: bytes) -> set[str]:
    return set(map(chr, TTFont(io.BytesIO(woff2)).getBestCmap()))


def test_font_holds_all_hanzi_of_gb2312_and_signs():
    hanzi = gb2312_hanzi()
    assert len(hanzi) == 6763
    latin = "".join(map(chr, [*range(0x20, 0x7F), *range(0xA1, 0x100)]))
    signs = "−–—…‰≥≤≈×±·•→↑↓★●○■□▲▼“”‘’《》【】｜％℃²³，。；：？！（）「」、～￥αβσ"
    assert fonts.missing_glyphs(hanzi + latin + signs) == set()


def test_missing_glyphs_names_what_is_lacking_and_ignores_the_invisible():
    assert fonts.missing_glyphs("吕\u3000梁\n\t\u200b🙂✗") == {"🙂", "✗"}
    # A garbled PDF leaves characters of private use behind; they draw an empty box.
    assert fonts.missing_glyphs("荣\ue000") == {"\ue000"}


def test_page_font_holds_the_characters_of_the_page_and_no_others():
    made = fonts.page_woff2(PAGE)
    assert cmap(made) == set(PAGE)
    assert made == fonts.page_woff2(PAGE[::-1] + PAGE)
    css = fonts.font_face_css(PAGE)
    data = re.search(r'url\("data:font/woff2;base64,([^"]+)"\)', css)
    assert f'font-family: "{fonts.FAMILY}"' in css
    assert base64.b64decode(data[1]) == made


def test_page_font_does_not_hold_the_time_of_its_making():
    with (
        TTFont(io.BytesIO(fonts.page_woff2(PAGE))) as made,
        TTFont(fonts.FONT_FILE, recalcTimestamp=False) as shipped,
    ):
        assert made["head"].modified == shipped["head"].modified


def many_characters() -> str:
    """Characters of the table of all commitments, and Latin: nearly 900."""
    quoted = "".join(map(str, load_table("report_commitments").to_numpy().ravel()))
    latin = map(chr, range(0x20, 0x7F))
    return "".join(sorted({*latin, *quoted} - fonts.missing_glyphs(quoted) - {"\n"}))


MANY = many_characters()


def test_page_font_of_the_most_characters_holds_them_all_and_is_not_large():
    """Page 80 quotes 249 commitments: 126 kB in Chinese, most of it outlines of hanzi."""
    assert len(MANY) > 800
    made = fonts.page_woff2(MANY)
    assert len(made) < 130_000
    assert cmap(made) == set(MANY)


def test_font_keeps_its_licence_and_gives_up_its_name():
    with TTFont(fonts.FONT_FILE) as font:
        names = font["name"]
    assert names.getDebugName(1) == fonts.FAMILY
    assert "Adobe" in names.getDebugName(0)
    assert "SIL Open Font License" in names.getDebugName(13)
    assert fonts.FONT_FILE.stat().st_size < 1_900_000
    assert "SIL OPEN FONT LICENSE" in fonts.FONT_FILE.with_name("OFL.txt").read_text("utf-8")


@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_matplotlib_draws_chinese(kind):
    """A missing glyph is a warning, which is an error here."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    with rc_context({"font.family": fonts.register()}):
        figure = Figure()
        figure.text(0.1, 0.5, "地区生产总值（亿元）−1")
        figure.savefig(io.BytesIO(), format=kind)


def test_registering_twice_lists_the_font_once():
    from matplotlib import font_manager

    fonts.register()
    fonts.register()
    listed = [f for f in font_manager.fontManager.ttflist if f.name == fonts.FAMILY]
    assert len(listed) == 1
