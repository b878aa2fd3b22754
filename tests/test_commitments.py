"""Commitments: which can be judged, what they need, what is missing, and in what words."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from lvliang.baseline.tables import load_table
from lvliang.errors import DataError, ParameterError
from lvliang.feasibility.commitments import (
    OUTCOMES,
    commitment_facts,
    filter_commitments,
    judge_commitments,
)
from lvliang.feasibility.outcomes import Outcome
from lvliang.feasibility.verdicts import Missing, Verdict, Verdicts

MAIN = [
    f"{name}_2021"
    for name in (
        "gdp", "revenue", "investment", "retail", "urban_income", "rural_income", "jobs",
        "registered_unemployment", "surveyed_unemployment", "rd", "manufacturing_share",
    )
]  # fmt: skip
TOLD = {"gdp_2021": ("difficult", 0.2, "B"), "revenue_2021": ("within_reach", 0.95, "C")}


def verdict_of(target: str) -> Verdict:
    name, probability, grade = TOLD.get(target, ("cannot_tell", None, None))
    missing = None if probability else Missing("no_series", "new_urban_jobs")
    row = {"target_id": target, "class": name, "probability": probability, "grade": grade}
    row |= {"likelihood": "likely" if probability else None, "near_edge": False}
    return Verdict.of(row | {"missing": missing})


VERDICTS = Verdicts(verdict_of(target) for target in MAIN)
JUDGED = judge_commitments(VERDICTS, 2020, 2025).set_index("commitment_id", drop=False)


def judged_with(data: Path, **changes: Any) -> pd.Series:
    """Coal-derived gas, judged after its row of a private copy of the table is changed."""
    path = data / "report" / "commitments.csv"
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    for name, value in changes.items():
        table.loc[table["commitment_id"] == "coal_derived_gas_output", name] = value
    table.to_csv(path, index=False, lineterminator="\n")
    found = judge_commitments(VERDICTS, 2020, 2025).set_index("commitment_id")
    return found.loc["coal_derived_gas_output"]


def test_the_rule_of_a_row_decides_and_never_its_words(small_copy):
    for changes, outcome in (
        ({"reading_zh": "", "reading_en": ""}, "verify_definition"),
        ({"outcome_rule": "no_series"}, "cannot_tell"),
        ({"outcome_rule": "milestone"}, "milestone"),
        ({"outcome_rule": "no_end_test"}, "no_end_test"),
    ):
        assert judged_with(small_copy, **changes)["outcome"] == outcome


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"outcome_rule": ""}, "column outcome_rule: '' is empty; legal: .*milestone.*no_series"),
        ({"outcome_rule": "told"}, "column outcome_rule: 'told' is not legal; legal: .*no_series"),
        ({"fact_id": "gas.2020"}, "column fact_id: 'gas.2020' is not in table report_facts"),
    ],
)
def test_a_rule_or_a_fact_that_there_is_not_is_refused(small_copy, changes, words):
    with pytest.raises(DataError, match=rf"commitments.csv, row \d+, {words}"):
        judged_with(small_copy, **changes)


def test_needed_a_year_by_hand(small_copy: Path) -> None:
    needed = {
        "coal_derived_gas_output": 15.4,
        "advanced_coal_capacity_share": 1.5,  # 83.5 to 85 in one year, in points
        "good_water_share": 0.0,  # held
        "jobs_2021": 3.9,
        "parking_spaces_added": 2000.0,
        "counties_with_a_rated_sight": np.nan,  # 13 of 13 is a state
        "high_tech_firms": np.nan,  # a stock without a base
        "coking_projects": np.nan,  # no deadline
    }
    found = JUDGED.loc[list(needed)]
    assert found["needed_per_year"].tolist() == pytest.approx([*needed.values()], nan_ok=True)
    growth = found["needed_growth"].dropna()
    assert growth.to_dict() == pytest.approx({"coal_derived_gas_output": 124.19}, abs=0.01)
    later = judge_commitments(VERDICTS, 2021, 2025).set_index("commitment_id")
    assert pd.isna(later.loc["smart_coal_mines", "needed_per_year"]), "a count of a year gone by"
    later = {"value": "22.4", "quote_number": "22.4", "deadline_to": "2025"}
    found = judged_with(small_copy, **later, deadline_from="2025")
    assert found["needed_per_year"] == pytest.approx(2.0)  # (22.4 - 12.4) / 5
    assert 12.4 * (1 + found["needed_growth"] / 100) ** 5 == pytest.approx(22.4)


def test_what_is_known_comes_from_the_facts() -> None:
    facts = load_table("report_facts").set_index("figure_id")
    known = JUDGED["known"].dropna()
    assert known.index.tolist() == JUDGED.index[JUDGED["fact_id"] != ""].tolist()
    for name, found in known.items():
        fact = facts.loc[JUDGED.loc[name, "fact_id"]]
        assert (found.value, found.unit, found.year) == tuple(fact[["value", "unit", "year"]])
        if found.is_base:
            row = JUDGED.loc[name]
            assert (found.value, found.year) == (row["base_value"], row["base_year"])
    with_base = JUDGED.index[JUDGED["base_value"].notna()]
    assert [name for name in with_base if not known[name].is_base] == []
    assert known["good_water_share"].is_lower_bound
    assert not known["gdp_2021"].is_lower_bound


def test_a_deadline_after_the_run_is_marked():
    short = judge_commitments(VERDICTS, 2020, 2021)
    beyond = short.set_index("commitment_id")["beyond_run"]
    assert beyond[["pig_offtake", "liquor_sales_five_years", "hospital_opens"]].all()
    assert not beyond[["gdp_2021", "coking_projects"]].any()
    assert not JUDGED["beyond_run"].any()


def test_what_came_closes_a_commitment_and_what_is_over_needs_nothing_more():
    came = Outcome(9.2, "preliminary", "x", False, None, "exceeded")
    closed = replace(verdict_of("jobs_2021"), missing=None, class_="exceeded", outcome=came)
    turned = replace(closed, missing=Missing("vintages"), class_="cannot_tell")
    for verdict, outcome, classes in (
        (closed, "closed", {"exceeded": 1}), (turned, "cannot_tell", {}),
    ):  # fmt: skip
        found = judge_commitments(Verdicts([verdict]), 2021, 2025)
        row = found.set_index("commitment_id").loc["jobs_2021"]
        assert (row["outcome"], row["verdict"].outcome) == (outcome, came)
        assert commitment_facts(found)["classes"] == {"closed": classes, "verdict": {}}
    later = found.set_index("commitment_id")
    gas, pigs = later.loc["coal_derived_gas_output"], later.loc["pig_offtake"]
    assert (gas["over"], pigs["over"]) == (True, False)
    assert np.isnan(gas["needed_per_year"])
    assert JUDGED.loc["coal_derived_gas_output", "needed_per_year"] == pytest.approx(27.8 - 12.4)


def test_without_the_main_targets_there_are_no_commitments() -> None:
    elsewhere = Verdicts(verdict_of(f"own_{target}") for target in MAIN)
    for verdicts in (Verdicts(), elsewhere):
        nothing = judge_commitments(verdicts, 2020, 2025)
        assert (len(nothing), list(nothing.columns)) == (0, list(JUDGED.columns))
        assert filter_commitments(nothing, text="煤").empty
        facts = commitment_facts(nothing)
        assert (facts["total"], facts["classes"]["verdict"], facts["parts"]) == (0, {}, {})


def test_a_filter_finds_rows_or_names_what_is_legal() -> None:
    gas = ["coal_derived_gas_output"]
    for asked, names in (
        ({}, JUDGED["commitment_id"].tolist()),
        ({"outcome": "verdict"}, list(TOLD)),
        ({"text": "煤成气"}, gas),
        ({"text": "COAL-DERIVED"}, gas),
        ({"text": "(县城)"}, []),
        ({"work_area": "改革攻坚工程", "outcome": "verify_definition"}, gas),
        ({"stage": "立项", "text": "水库"}, ["regulating_reservoirs_approved"]),
        ({"stage": "立项", "outcome": "verdict"}, []),
    ):
        assert filter_commitments(JUDGED, **asked)["commitment_id"].tolist() == names
    first = JUDGED.iloc[0]
    for name, value, legal in (
        ("stage", "竣工", first["stage"]), ("work_area", "改革", first["work_area"]),
        ("outcome", "done", "milestone"),
    ):  # fmt: skip
        told = f"{name}: '{value}' is not legal; legal: .*{legal}"
        with pytest.raises(ParameterError, match=told):
            filter_commitments(JUDGED, **{name: value})


def test_no_probability_is_made_up_and_the_eleven_carry_that_of_the_verdict_table() -> None:
    main = JUDGED.loc[MAIN]
    assert main["class"].tolist() == [one.class_ for one in VERDICTS]
    assert main.loc["revenue_2021", ["probability", "grade"]].tolist() == [0.95, "C"]
    assert main.loc["jobs_2021", "missing"] == verdict_of("jobs_2021").missing
    told = JUDGED["probability"].notna()
    assert set(JUDGED.index[told]) == set(TOLD) == set(JUDGED.index[JUDGED["outcome"] == "verdict"])
    others = JUDGED.loc[JUDGED.index.difference(MAIN)]
    assert set(others["class"]) == {"", "cannot_tell"}
    assert ((others["class"] == "cannot_tell") == (others["outcome"] == "cannot_tell")).all()
    missing = JUDGED["missing"].map(lambda found: isinstance(found, Missing))
    assert (missing == (JUDGED["outcome"] == "cannot_tell")).all()


def test_every_commitment_is_there_once_with_an_outcome() -> None:
    table = load_table("report_commitments")
    assert JUDGED["commitment_id"].tolist() == table["commitment_id"].tolist()
    assert set(JUDGED["outcome"]) == {*OUTCOMES} - {"closed"}
    pd.testing.assert_frame_equal(JUDGED[table.columns].reset_index(drop=True), table)
    parts = commitment_facts(JUDGED)["parts"].values()
    ids = [row["commitment_id"] for part in parts for row in part["rows"]]
    assert ids == JUDGED.index.tolist()
