"""Numbers as a Chinese report writes them: 955.8, 第八, 一半以上, 千亿, 2×35, 三个100."""

from __future__ import annotations

import math
import re

DIGITS = {**dict(zip("零一二三四五六七八九", range(10), strict=True)), "两": 2, "双": 2}
TENS = {"十": 10, "百": 100, "千": 1000}
SCALES = {"万": 10_000, "亿": 100_000_000}
SIGNS = "".join([*DIGITS, *TENS, *SCALES])
CHINESE = f"[{SIGNS}]+"
ARABIC = r"\d+(?:\.\d+)?"
WORDS = {  # words that are figures; shares in percent, ranks and minima as numbers
    "全覆盖": 100, "一半以上": 50, "倍增": 2, "清零": 0, "破零": 1, "唯一": 1, "最大": 1,
    "最具竞争力": 1,
}  # fmt: skip
NUMERAL = re.compile(
    rf"(?P<digits>{ARABIC})[百千万亿]*|(?P<words>[{SIGNS}〇半倍]+|全覆盖|最|首|[Ⅰ-Ⅻ]|(?<=劣)V)"
)


def numerals(text: str) -> list[tuple[int, int]]:
    """Place of every number in a text: Arabic ones, and words that may count something.

    A scale sign behind digits (万, 亿) belongs to them and is no number of its own.

    >>> text = "力争2—3年年出栏生猪300万头、全省第一，网络全覆盖"
    >>> [text[start:end] for start, end in numerals(text)]
    ['2', '3', '300', '一', '全覆盖']
    """
    return [match.span(match.lastgroup or 0) for match in NUMERAL.finditer(text)]


def scale(words: str) -> int:
    """Factor of the scale signs at the start of ``words``.

    >>> scale("万千瓦"), scale("亿元"), scale("个")
    (10000, 100000000, 1)
    """
    signs = re.match(f"[{''.join(SCALES)}]*", words)[0]
    return math.prod(SCALES[sign] for sign in signs)


def chinese(words: str) -> int:
    """Value of a number in Chinese characters.

    >>> chinese("四"), chinese("十一"), chinese("二十"), chinese("千亿"), chinese("一亿二千万")
    (4, 11, 20, 100000000000, 120000000)
    """
    total = section = digit = 0
    for sign in words:
        if sign in DIGITS:
            digit = DIGITS[sign]
        elif sign in TENS:
            section, digit = section + (digit or 1) * TENS[sign], 0
        elif sign == "万":
            total, section, digit = total + (section + digit or 1) * 10_000, 0, 0
        else:
            total, section, digit = (total + section + digit or 1) * 100_000_000, 0, 0
    return total + section + digit


def parts(words: str) -> list[float]:
    """Numbers that ``words`` stands for: one, or as many as a composite figure has parts.

    The unit may follow. Whether parts are added or stay apart is not said by the words.

    >>> parts("955.8"), parts("50万吨"), parts("第八"), parts("连续四年"), parts("十一件")
    ([955.8], [500000.0], [8], [4], [11])
    >>> parts("一半以上"), parts("全覆盖"), parts("破零")
    ([50], [100], [1])
    >>> parts("2×35"), parts("6+6"), parts("两个50"), parts("三个100")
    ([35.0, 35.0], [6.0, 6.0], [50.0, 50.0], [100.0, 100.0, 100.0])

    Raises
    ------
    ValueError
        If the words are no number.
    """
    if words in WORDS:
        return [WORDS[words]]
    if match := re.fullmatch(rf"(\d+)×({ARABIC})", words):
        return [float(match[2])] * int(match[1])
    if re.fullmatch(rf"{ARABIC}(\+{ARABIC})+", words):
        return [float(part) for part in words.split("+")]
    if match := re.fullmatch(rf"({CHINESE})个({ARABIC})", words):
        return [float(match[2])] * chinese(match[1])
    if match := re.fullmatch(rf"(?:第|前|连续)?({CHINESE})[年次项件大]?", words):
        return [chinese(match[1])]
    if match := re.fullmatch(rf"({ARABIC})(\D*)", words):
        return [float(match[1]) * scale(match[2])]
    raise ValueError(f"{words!r} is no number; legal: digits, Chinese numerals, {', '.join(WORDS)}")
