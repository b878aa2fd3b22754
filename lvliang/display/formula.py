"""A formula as MathML, which a browser draws without a script and a screen reader reads."""

import re
from html import unescape
from xml.etree.ElementTree import tostring

from latex2mathml.converter import convert_to_element

from lvliang.errors import QualityError

# What the converter hands through as text, since it does not know it: a command, a brace, a
# mark of columns. Its own characters are references (&#x003D;) at that point.
LEFT_OVER = re.compile(r"[\\{}]|&(?!#)")
ESCAPED = re.compile(r"\\.")


def mathml(tex: str, *, block: bool = False) -> str:
    """TeX, without its dollars, as a ``<math>`` element that has it as its text alternative.

    Raises `QualityError` where it cannot be converted whole.

    >>> mathml("x < 2").partition(" alttext=")[2]
    '"x &lt; 2"><mrow><mi>x</mi><mo>&lt;</mo><mn>2</mn></mrow></math>'
    """
    try:
        math = convert_to_element(tex, display="block" if block else "inline")
    except Exception as error:  # its errors have no common ancestor
        raise _refusal(tex, type(error).__name__) from error
    bare = ESCAPED.sub("", tex)
    if bare.count("{") != bare.count("}"):
        raise _refusal(tex, "its braces do not match")
    if tex.count(r"\begin{") > len(math.findall(".//mtable")):  # what it knows becomes a table
        raise _refusal(tex, "an environment is not known")
    for part in math.iter():
        words = part.text or ""
        if LEFT_OVER.search(words):
            raise _refusal(tex, f"“{words}” is not known")
        part.text = unescape(words)
        # TeX slants single letters alone; the style sheet slants what is not marked.
        if part.tag == "mi" and not (len(part.text) == 1 and part.text.isalpha()):
            part.set("mathvariant", "normal")
    math.set("alttext", tex.strip())
    return tostring(math, encoding="unicode")


def block(tex: str) -> str:
    """A formula in a line of its own, in a box that scrolls sideways."""
    return f'<span class="formula" tabindex="0">{mathml(tex, block=True)}</span>'


def _refusal(tex: str, why: str) -> QualityError:
    legal = "TeX that latex2mathml knows"
    return QualityError(f"the formula “{tex}” cannot be set: {why}; legal: {legal}")
