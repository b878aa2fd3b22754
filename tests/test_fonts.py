"""The shipped font: what it holds, what a page gets of it, and that matplotlib draws with it."""

import base64
import io
import re

from fontTools.ttLib import TTFont

from lvliang.display import fonts

PAGE = "吕梁市“十四五”规划目标能否实现？GDP 年均增长 8%，−0.5 个百分点。"


def test_font_holds_all_hanzi_of_gb2312_and_signs():
    pairs = (bytes([a, b]) for a in range(0xB0, 0xF8) for b in range(0xA1, 0xFF))
    hanzi = "".join(pair.decode("gb2312", errors="ignore") for pair in pairs)
    assert len(hanzi) == 6763
    latin = "".join(map(chr, [*range(0x20, 0x7F), *range(0xA1, 0x100)]))
    signs = "−–—…‰≥≤≈×±·•→↑↓★●○■□▲▼“”‘’《》【】｜％℃²³，。；：？！（）「」、～￥αβσ"
    assert fonts.missing_glyphs(hanzi + latin + signs) == set()


def test_missing_glyphs_names_what_is_lacking_and_ignores_the_invisible():
    assert fonts.missing_glyphs("吕\u3000梁\n\t\u200b🙂✗") == {"🙂", "✗"}
    # A garbled PDF leaves characters of private use behind; they draw an empty box.
    assert fonts.missing_glyphs("荣\ue000") == {"\ue000"}


def test_page_font_holds_the_characters_of_the_page_and_no_others_nor_the_time_of_its_making():
    css = fonts.font_face_css(PAGE)
    data = re.search(r'url\("data:font/woff2;base64,([^"]+)"\)', css)
    assert f'font-family: "{fonts.FAMILY}"' in css
    made = fonts.page_woff2(PAGE)
    assert base64.b64decode(data[1]) == made == fonts.page_woff2(PAGE[::-1] + PAGE)
    with (
        TTFont(io.BytesIO(made)) as font,
        TTFont(fonts.FONT_FILE, recalcTimestamp=False) as shipped,
    ):
        assert set(map(chr, font.getBestCmap())) == set(PAGE)
        assert font["head"].modified == shipped["head"].modified


def test_font_keeps_its_licence_and_gives_up_its_name():
    with TTFont(fonts.FONT_FILE) as font:
        names = font["name"]
    assert names.getDebugName(1) == fonts.FAMILY
    assert "Adobe" in names.getDebugName(0)
    assert "SIL Open Font License" in names.getDebugName(13)
    assert fonts.FONT_FILE.stat().st_size < 1_900_000
    assert "SIL OPEN FONT LICENSE" in fonts.FONT_FILE.with_name("OFL.txt").read_text("utf-8")


def test_matplotlib_draws_chinese_and_lists_the_font_once():
    """A missing glyph is a warning, which is an error here."""
    from matplotlib import font_manager, rc_context
    from matplotlib.figure import Figure

    fonts.register()
    with rc_context({"font.family": fonts.register()}):
        figure = Figure()
        figure.text(0.1, 0.5, "地区生产总值（亿元）−1")
        for kind in ("png", "svg", "pdf"):
            figure.savefig(io.BytesIO(), format=kind)
    listed = [f for f in font_manager.fontManager.ttflist if f.name == fonts.FAMILY]
    assert len(listed) == 1
