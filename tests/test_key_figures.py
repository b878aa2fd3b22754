"""Key figures of the index: what is known alone, in the words that its grade allows."""

from __future__ import annotations

import numpy as np
import pytest

from lvliang.display.prose import Text
from lvliang.display.show import KeyFigure, KeyFigures
from lvliang.feasibility.verdicts import Verdict, Verdicts

TARGET = {
    "indicator": "gdp_real_growth",
    "type": "one_year",
    "operator": ">=",
    "value": 8.0,
    "unit": "%",
    "first_year": 2021,
    "deadline": 2021,
    "class": "uncertain",
    "likelihood": "about_even",
    "near_edge": False,
}


def only(found: list[KeyFigures]) -> KeyFigure:
    """The one figure of a list."""
    ((figure,),) = ([*piece.figures] for piece in found)
    return figure


@pytest.mark.parametrize(("grade", "value"), [("A", "about 40 %"), ("C", "about as likely as not")])
def test_only_grades_a_and_b_show_a_number(grade: str, value: str) -> None:
    rows = [TARGET | {"probability": 0.41, "grade": grade}, TARGET | {"probability": np.nan}]
    facts = {"main": Verdicts(map(Verdict.of, rows))}
    found = only(Text("30_feasibility", "en", facts).say("key_figures"))
    assert found.value == value
    assert grade in found.note
    assert "uncertain" in found.note


def test_figures_are_a_list_of_descriptions_that_begins_each_label_with_a_capital() -> None:
    html = KeyFigures([KeyFigure("1 < 2", "growth of x"), KeyFigure("3", "y", "z")]).html()
    assert '<dt>Growth of x</dt><dd class="value">1 &lt; 2</dd>' in html
    assert html.count("<dd>") == 1
