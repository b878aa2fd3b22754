"""The HTML of the pages is valid, and what is invalid would be found."""

import pytest
from valid_html import faults_of_markup


def page(body: str) -> str:
    return f"<!DOCTYPE html><html lang='zh'><head><title>T</title></head><body>{body}</body></html>"


VALID = (
    "<h1 id='a' aria-labelledby='a'>题 &amp; &mdash; <br>c</h1><ul><li>a<li>b<ul><li>c</ul></ul>"
    "<table> <!-- a --><tr> <td>a<td>b</table><dl><div><dt>a<dd>b</div></dl>"
    "<details><summary>a</summary>b</details><svg aria-hidden='true'><style>p {}</style></svg>"
    "<p><math alttext='x'><mi>x</mi><mspace width='1em' /><mo>&lt;</mo></math></p>"
)


def test_what_html_lets_be_left_out_is_no_fault():
    assert faults_of_markup(page(VALID)) == []


FAULTS = {
    "<svg aria-hidden='true'><style><g onclick='a()'></g></style></svg>":
        "a tag stands in the text of a <style>, under “题”.",
    "<div><p>a</p>": "expected one end tag but got another <div> <body>",
    "<p><div>a</div></p>": "unexpected end tag <p>, line 1, at “",
    "<p>a</foo></p>": "unexpected end tag <foo>, line 1, at “",
    "<p class='a'\nclass='b'>a</p>": "duplicate attribute, line 2, at “class=”",
    "<p>a &foo; b</p>": "expected named entity, line 1, at “",
    "<p>&#x80;</p>": "illegal codepoint for numeric entity, line 1, at “",
    "<div/></div>": "non void element with trailing solidus <div>, line 1, at “",
    "<td>a": "unexpected start tag ignored <td>, line 1, at “",
    "<table>a<tr><td>b</td></tr></table>": "“a” stands outside the cells, under “题”.",
    "<p id='a'>a</p><p id='a'>b</p>": "2 elements have the id a, the last under",
    "<p id='a'>a</p><p aria-labelledby='a b'>a</p>":
        "no element has the id b, aria-labelledby under “题”.",
    "<li>a</li>": "a <li> stands outside <ul>, under “题”.",
    "<p><summary>a</summary>": "a <summary> stands outside <details>, under",
}  # fmt: skip


@pytest.mark.parametrize(("body", "fault"), FAULTS.items())
def test_fault_of_markup_is_found_once(body, fault):
    (found,) = faults_of_markup(page(f"<h1>题</h1>{body}"))
    assert found.startswith(f"Invalid HTML: {fault}")
