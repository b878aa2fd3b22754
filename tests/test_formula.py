"""A formula is set whole, in both ways onto a page, or refused by its name."""

import re
from xml.etree import ElementTree

import nbformat.v4 as v4
import pytest
from bs4 import BeautifulSoup
from nbformat import NotebookNode

from lvliang.display.formula import mathml
from lvliang.display.show import Formula
from lvliang.display.texts import TEXTS
from lvliang.errors import QualityError
from lvliang.site.gate import faults_of_page, visible_text
from lvliang.site.render import render_page

pytestmark = pytest.mark.usefixtures("shared_store")
MATHML = "{http://www.w3.org/1998/Math/MathML}"
FRACTION = r"s = \frac{m}{1 + x}"
# In a text the paragraph after a formula explains it.
EXPLAINED = [
    found
    for path in sorted(TEXTS.glob("*.md"))
    for found in re.findall(r"(?m)^!formula (.+)\n\n(.+)", path.read_text("utf-8"))
]


def markdown(source: str) -> NotebookNode:
    return v4.new_markdown_cell(source)


def page(*cells: NotebookNode) -> str:
    return render_page(v4.new_notebook(cells=[markdown("# 题"), *cells]), lang="zh")


def shown(piece: Formula) -> NotebookNode:
    bundle = {"text/html": piece.html(), "text/plain": piece.words}
    return v4.new_code_cell(outputs=[v4.new_output("display_data", bundle)])


def test_a_fraction_is_set_and_says_its_tex() -> None:
    math = ElementTree.fromstring(mathml(FRACTION, block=True))
    assert (math.tag, math.get("display")) == (f"{MATHML}math", "block")
    assert math.get("alttext") == FRACTION
    over, under = math.find(f".//{MATHML}mfrac")
    assert ("".join(over.itertext()), "".join(under.itertext())) == ("m", "1+x")


def test_single_letters_alone_are_slanted() -> None:
    math = ElementTree.fromstring(mathml(r"\log x + \mathrm{BS} + 5\%"))
    upright = {mi.text: mi.get("mathvariant") for mi in math.iter(f"{MATHML}mi")}
    assert upright == {"log": "normal", "x": None, "B": "normal", "S": "normal", "%": "normal"}


@pytest.mark.parametrize(
    ("tex", "why"),
    [
        (r"\frac{a}{", "NoAvailableTokensError"),
        (r"\frac{a", "its braces do not match"),
        (r"\{a\}}", "its braces do not match"),
        (r"\growth{x}", r"“\growth” is not known"),
        (r"\begin{growth}a\end{growth}", "an environment is not known"),
        (r"a &= b", "“&” is not known"),
        (r"x_1_2", "DoubleSubscriptsError"),
        (" ", "NoAvailableTokensError"),
    ],
)
def test_what_cannot_be_set_is_refused_by_its_name(tex: str, why: str) -> None:
    told = re.escape(f"the formula “{tex}” cannot be set: {why}; legal: ")
    with pytest.raises(QualityError, match=told):
        Formula(tex).html()


@pytest.mark.parametrize("source", [r"$\growth$", r"$$\growth$$", r"\begin{growth}a\end{growth}"])
def test_a_page_with_a_formula_that_cannot_be_set_is_refused(source: str) -> None:
    with pytest.raises(QualityError, match=r"the formula “.*growth.*” cannot be set"):
        page(markdown(source))


@pytest.mark.parametrize(
    ("cell", "display"),
    [
        (markdown(f"设${FRACTION}$，则"), "inline"),
        (markdown(f"设\n\n$$\n{FRACTION}\n$$\n\n则"), "block"),
        (markdown(r"\begin{align*} s &= m \\ x &< \text{基数} \end{align*}"), "block"),
        (shown(Formula(FRACTION)), "block"),
    ],
)
def test_a_formula_of_a_page_passes_the_gate(cell: NotebookNode, display: str) -> None:
    html = page(cell)
    assert faults_of_page(html) == []
    (math,) = BeautifulSoup(html, "html.parser")("math")
    assert math["display"] == display
    assert math["alttext"] in (cell.source or FRACTION)
    assert not re.search(r"\$|\\", visible_text(html))
    assert {"s", "m", "x"} <= set(visible_text(html))


@pytest.mark.parametrize("cell", [markdown(f"$${FRACTION}$$"), shown(Formula(FRACTION))])
def test_a_formula_in_a_line_of_its_own_scrolls_in_its_own_box(cell: NotebookNode) -> None:
    (box,) = BeautifulSoup(page(cell), "html.parser").select(".formula")
    assert (box["tabindex"], box["role"], box["aria-label"]) == ("0", "region", "题")
    assert box.math is not None
    inline = BeautifulSoup(page(markdown(f"${FRACTION}$")), "html.parser")
    assert inline.select(".formula") == []


@pytest.mark.parametrize(("tex", "said"), EXPLAINED)
def test_the_words_explain_every_letter_of_a_formula(tex: str, said: str) -> None:
    letters = set(re.findall("[A-Za-z]", re.sub(r"\\[A-Za-z]+", "", tex)))
    explained = set(re.findall(r"(?a:\b[A-Za-z]\b)", said))
    assert len(letters) > 2
    assert letters <= explained
