"""What came of what was said: who is closed, on the way and open, and nothing of it in a draw."""

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from lvliang.baseline.package import END_OF_PLAN
from lvliang.baseline.regions import find_region
from lvliang.display.prose import Text
from lvliang.display.show import Chart, Table
from lvliang.feasibility.outcomes import Known, Outcome
from lvliang.feasibility.progress import progress_facts, two_standpoints
from lvliang.feasibility.verdicts import Missing, Verdict, Verdicts
from lvliang.projection.outlook import Outlook, fan_facts, quantiles
from lvliang.study import Study

LVLIANG = "141100"
# Real growth of 2021–2023 and levels of GDP and revenue (亿元), made so that a hand can follow.
CAME = {
    "gdp_real_growth": {2021: 9.0, 2022: 1.0, 2023: 100.0},
    "gdp_nominal": {2020: 1000.0, 2021: 1308.0, 2022: 1308.0, 2023: 2616.0},
    "budget_revenue": {2020: 100.0, 2021: 110.0, 2022: 121.0, 2023: 133.1},
}
VINTAGES = {"gdp_real_growth": ["revised"], "gdp_nominal": ["revised", "first_published"]}
OUTCOMES = ["final", "provisional"]  # columns of the table of a fan


def row(indicator: str, year: int, value: float, vintage: str) -> dict[str, Any]:
    return {
        "region_code": LVLIANG, "indicator": indicator, "year": year, "value": value,
        "vintage": vintage, "source_id": "made",
    }  # fmt: skip


def made_history() -> pd.DataFrame:
    return pd.DataFrame(
        row(name, year, value, vintage)
        for name, values in CAME.items()
        for year, value in values.items()
        for vintage in VINTAGES.get(name, ["first_published"])
    )


@pytest.fixture
def latest(outlook: Outlook) -> Outlook:
    return replace(outlook, base_year=2023, history=made_history())


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> Known:
    levels = {
        ("gdp_real_growth", "preliminary"): {2021: 8.0, 2022: 4.0, 2023: 3.0},
        ("gdp_nominal", "preliminary"): {2020: 1000.0},
        ("budget_revenue", "first_published"): {2020: 100.0, 2021: 104.9},
    }
    rows = pd.DataFrame(
        row(name, year, value, vintage)
        for (name, vintage), values in levels.items()
        for year, value in values.items()
    )
    monkeypatch.setattr(Known, "_rows", lambda _, name: rows[rows["indicator"] == name])
    return Known(find_region(LVLIANG), 2023)


@pytest.fixture
def facts(outlook, latest, known, targets) -> dict[str, Any]:
    """Of Lvliang's targets as they were judged, the chance of the mean again from 2023."""
    before = Verdicts(map(Verdict, targets.values()))
    now = Verdicts([Verdict(targets["gdp_mean"], probability=0.1, grade="A")])
    return progress_facts(before, now, outlook, latest, known)


def test_a_target_is_closed_or_on_the_way_or_open(facts, targets) -> None:
    closed = {row["it"].target.target_id: row["outcome"] for row in facts["closed"]}
    assert {name: (one.completion, one.provisional) for name, one in closed.items()} == {
        "gdp_2021": ("met", False),
        "revenue_2021": ("nearly", True),  # 4.9 % against 5
    }
    assert facts["counts"] == {"met": 1, "nearly": 1}
    (way,) = facts["way"]
    assert (way["it"].target.target_id, way["way"].pace) == ("gdp_mean", "behind")
    assert way["now"].probability == 0.1
    told = [*closed, "gdp_mean", *(one.target.target_id for one in facts["open"])]
    assert sorted(told) == sorted(targets)


def test_targets_due_by_the_base_year_are_no_matter_of_the_review(
    outlook, latest, known, targets
) -> None:
    standing = replace(outlook, base_year=2021, paths=outlook.paths.sel(year=slice(2022, None)))
    before = Verdicts(map(Verdict, targets.values()))
    found = progress_facts(before, Verdicts(), standing, latest, known)
    assert (found["closed"], found["said"]) == ([], {})
    assert all(it.target.last_year > 2021 for it in found["open"])
    assert [row["now"] for row in found["way"]] == [None]


def test_growth_levels_and_prices_that_came_stand_beside_what_was_drawn(facts, outlook) -> None:
    assert facts["years"] == [(2021, 2023)]
    assert facts["mean"]["came"] == pytest.approx(100 * ((1.09 * 1.01 * 2) ** (1 / 3) - 1))
    growth = facts["fans"][0]
    assert growth["came"].to_dict() == CAME["gdp_real_growth"]
    assert growth["inside"] == 2  # of 100 % no band tells
    pd.testing.assert_frame_equal(growth["quantiles"], quantiles(outlook, "gdp_real_growth"))
    prices = facts["prices"].set_index("year")
    assert prices["nominal"].tolist() == pytest.approx([30.8, 0.0, 100.0])
    assert prices["deflator"].tolist() == pytest.approx([20.0, 100 / 1.01 - 100, 0.0])
    assert prices["revenue"].tolist() == pytest.approx([10.0, 10.0, 10.0])
    assert facts["means"]["revenue"] == pytest.approx(10.0)


def test_what_came_changes_no_number_that_was_drawn(outlook, latest, known, targets) -> None:
    before = Verdicts(map(Verdict, targets.values()))
    other = latest.history.assign(value=3 * latest.history["value"])
    with_, without = (
        progress_facts(before, before, outlook, replace(latest, history=rows), known)
        for rows in (latest.history, other)
    )
    drawn = ["low", "median", "high"]
    assert with_["mean"]["came"] != without["mean"]["came"]
    assert [with_["mean"][name] for name in drawn] == [without["mean"][name] for name in drawn]
    assert with_["prices"]["drawn"].equals(without["prices"]["drawn"])
    for one, two in zip(with_["fans"], without["fans"], strict=True):
        own = fan_facts(outlook, one["indicator"])["table"]
        own = own[own["year"] >= 2010].reset_index(drop=True)
        pd.testing.assert_frame_equal(one["table"].drop(columns=OUTCOMES, errors="ignore"), own)
        pd.testing.assert_frame_equal(two["table"].drop(columns=OUTCOMES, errors="ignore"), own)


@pytest.mark.parametrize(("lang", "later"), [("zh", "后来的实绩"), ("en", "ater outcome")])
def test_a_later_outcome_has_its_word_in_drawing_words_and_table(facts, lang, later) -> None:
    given = {"region": "Q", "scenario": Study.of("15_progress", {}).scenario}
    page = Text("15_progress", lang, given | facts | {"base_year": 2020, "growth_discount": 0.0})
    charts = [piece for piece in page.say("growth") if isinstance(piece, Chart)]
    assert len(charts) == len(facts["fans"])
    for chart in charts:
        assert later in chart.words
        assert later in chart.subtitle
        assert any(later in column for column in chart.data.columns)
        assert later in "".join(text.get_text() for text in chart.figure.axes[0].texts)


@pytest.mark.parametrize(("lang", "word"), [("zh", "暂定"), ("en", "provisional")])
def test_a_provisional_outcome_has_its_own_mark_word_and_column(facts, lang, word) -> None:
    """Of growth all years are settled, of revenue, which has no such figure, none."""
    given = {"region": "Q", "scenario": Study.of("15_progress", {}).scenario}
    page = Text("15_progress", lang, given | facts | {"base_year": 2020, "growth_discount": 0.0})
    growth, _, revenue = (piece for piece in page.say("growth") if isinstance(piece, Chart))
    for chart, times in ((growth, 0), (revenue, 3)):
        (marks,) = (line for line in chart.figure.axes[0].lines if line.get_marker() == "D")
        assert (marks.get_markerfacecolor() == "white") == (times > 0)
        assert chart.words.count(word) == times
        texts = "".join(text.get_text() for text in chart.figure.axes[0].texts)
        for told in (chart.subtitle, "".join(chart.data.columns), texts):
            assert told.count(word) == (times > 0)


def test_the_latest_standpoint_is_of_the_same_run_and_none_at_the_last_year() -> None:
    run = {"region": LVLIANG, "base_year": 2020, "end_year": 2022, "changes": "coal_price.2021=-9%"}
    latest = Study.of("15_progress", run).latest
    assert latest is not None
    assert (latest.run.base_year, latest.run.end_year) == (2023, END_OF_PLAN)
    assert (latest.run.draws, latest.run.changes, latest.latest) == (10_000, "", None)
    assert latest.progress_facts["latest"] is None
    run = {"base_year": 2023, "growth_discount": 0.0, "scenario": latest.scenario}
    given = {"region": "Q"} | run | latest.progress_facts
    text = Text("15_progress", "zh", given)
    told = "".join(piece.words for block in ("answer", "left") for piece in text.say(block))
    assert "3项已有实绩（超额完成3项），4项尚在途中" in told
    assert [len(text.say(block)[1].frame.columns) for block in ("indicators", "left")] == [4, 5]
    assert "后来的实绩）" not in told
    for block in ("said", "growth", "prices", "ranks"):
        assert [piece.style for piece in text.say(block)[1:]] == ["nothing"]
    assert len(text.say("registered")) == 6  # what was registered is scored all the same


@pytest.fixture
def seen(targets) -> dict[str, Any] | None:
    """Three targets told at one standpoint or both, one at neither."""
    names = ("gdp_2021", "jobs_2021", "gdp_mean", "revenue_mean", "retail_2021")
    gdp, jobs, mean, revenue, retail = (targets[name] for name in names)
    before = [
        Verdict(gdp, probability=0.36, grade="A", class_="uncertain"),
        Verdict(jobs, missing=Missing("no_series", "new_urban_jobs")),
        Verdict(mean, probability=0.36, grade="A", class_="uncertain", rate_needed=8.0),
        Verdict(revenue, missing=Missing("ended", "budget_revenue", 2014)),
        Verdict(retail, missing=Missing("ended", "retail_sales", 2014)),
    ]
    came = Outcome(9.2, "press", "made", provisional=True, margin=None, completion="exceeded")
    now = [
        Verdict(gdp, class_="exceeded", required_rate=8.0, outcome=came),
        Verdict(jobs, missing=Missing("no_outcome", "new_urban_jobs")),
        replace(before[2], probability=0.05, class_="very_difficult", rate_needed=11.4),
        Verdict(revenue, probability=0.9, grade="B", class_="within_reach", rate_needed=-15.1),
        Verdict(retail, class_="exceeded", outcome=came),
    ]
    assert two_standpoints(Verdicts(before[1:2]), Verdicts(now[1:2]), 2023) is None
    return two_standpoints(Verdicts(before), Verdicts(now), 2023)


def test_what_is_told_from_either_standpoint_stands_side_by_side(seen) -> None:
    assert (seen["latest"], seen["untold"]) == (2023, 1)
    ids = [(one["now"].target.target_id, one["is_review"]) for one in seen["rows"]]
    told = [("gdp_2021", False), ("gdp_mean", True), ("revenue_mean", True), ("retail_2021", False)]
    assert ids == told
    assert all(one["before"].target == one["now"].target for one in seen["rows"])


@pytest.mark.parametrize(
    ("lang", "cells"),
    [
        (
            "zh",
            [
                "后来的实绩：超额完成，实绩9.2%（暂定）",
                "年均11.4%",
                "下降不超过15.1%",
                "中期评估：",
            ],
        ),
        ("en", ["Later outcome: exceeded, 9.2 % came (prov", "11.4 %", "than 15.1 %", "Mid-term"]),
    ],
)
def test_a_later_outcome_and_a_mid_term_review_are_called_so(seen, lang, cells) -> None:
    run = {"base_year": 2020, "end_year": 2025, "scenario": Study.of("30_feasibility", {}).scenario}
    table, note = Text("30_feasibility", lang, run | {"standpoints": seen}).say("standpoints")
    assert isinstance(table, Table)
    later = table.frame.iloc[:, 2]
    assert [told in later[row] for told, row in zip(cells, (0, 1, 2, 2), strict=True)] == [True] * 4
    assert not any(cells[0][:5] in told for told in table.frame.iloc[:, 1])
    assert "1" in note.words
    assert Text("30_feasibility", lang, run | {"standpoints": None}).say("standpoints") == []


def test_a_run_that_stands_at_the_latest_year_has_nothing_beside_it() -> None:
    study = Study.of("90_summary", {"base_year": 2023})
    assert (study.standpoints, study.is_mid_term) == (None, True)
    assert not Study.of("90_summary", {"base_year": 2023, "end_year": 2026}).is_mid_term
    assert Study.of("90_summary", {"region": "太原"}).standpoints is None
