"""Commitments: which can be judged, what they need, what is missing, and in what words."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest
from bs4 import BeautifulSoup

from lvliang.baseline.regions import find_region
from lvliang.baseline.tables import load_table
from lvliang.display.prose import Text
from lvliang.display.show import Section
from lvliang.display.words import NOTHING, words_in
from lvliang.errors import DataError, ParameterError
from lvliang.feasibility.commitments import (
    OUTCOMES,
    WORK_AREAS,
    commitment_facts,
    counts_by_outcome,
    filter_commitments,
    judge_commitments,
)
from lvliang.feasibility.verdicts import Missing, Verdict, Verdicts

NOTEBOOK = Path(__file__).resolve().parents[1] / "notebooks" / "80_commitments.ipynb"
MAIN = [
    "gdp_2021", "revenue_2021", "investment_2021", "retail_2021", "urban_income_2021",
    "rural_income_2021", "jobs_2021", "registered_unemployment_2021",
    "surveyed_unemployment_2021", "rd_2021", "manufacturing_share_2021",
]  # fmt: skip
TOLD = {"gdp_2021": ("difficult", 0.2, "B"), "revenue_2021": ("within_reach", 0.95, "C")}
SECTIONS = ("targets", "industry", "countryside_and_city", "well_being")
LANGUAGES = pytest.mark.parametrize("lang", ["zh", "en"])
NEVER = re.compile(
    "不可能|无望|失败|落空|注水|虚高|亮红灯|必然|保证|达标概率|预警|难以实现"
    r"|\b(?:impossible|failed|doomed|falsified)\b",
    re.IGNORECASE,
)


def verdict_of(target: str) -> Verdict:
    name, probability, grade = TOLD.get(target, ("cannot_tell", None, None))
    told = probability is not None
    row = {
        "target_id": target,
        "class": name,
        "probability": probability,
        "grade": grade,
        "likelihood": "likely" if told else None,
        "near_edge": False,
        "missing": None if told else Missing("no_series", "new_urban_jobs"),
    }
    return Verdict.of(row)


VERDICTS = Verdicts(verdict_of(target) for target in MAIN)
JUDGED = judge_commitments(VERDICTS, 2020, 2025).set_index("commitment_id", drop=False)
FACTS = [name for name in JUDGED["fact_id"] if name]


def judged_with(data: Path, **changes: Any) -> pd.Series:
    """Coal-derived gas, judged after its row of a private copy of the table is changed."""
    path = data / "report" / "commitments.csv"
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    for name, value in changes.items():
        table.loc[table["commitment_id"] == "coal_derived_gas_output", name] = value
    table.to_csv(path, index=False, lineterminator="\n")
    found = judge_commitments(VERDICTS, 2020, 2025, data).set_index("commitment_id")
    return found.loc["coal_derived_gas_output"]


def test_every_commitment_is_there_once_with_an_outcome() -> None:
    table = load_table("report_commitments")
    assert JUDGED["commitment_id"].tolist() == table["commitment_id"].tolist()
    assert set(JUDGED["outcome"]) == set(OUTCOMES)
    pd.testing.assert_frame_equal(JUDGED[table.columns].reset_index(drop=True), table)


def test_the_stage_decides_what_can_be_said():
    for stages, outcomes in (
        (["准备", "立项", "开工"], {"milestone"}),
        (["推进"], {"no_end_test"}),
        (["建成投产"], {"cannot_tell"}),
        (["保持"], {"cannot_tell"}),
        (["达到"], {"verdict", "cannot_tell", "verify_definition"}),
    ):
        assert set(JUDGED.loc[JUDGED["stage"].isin(stages), "outcome"]) == outcomes
    assert set(JUDGED.loc[JUDGED["commitment"] == "打造", "outcome"]) == {"no_end_test"}


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({"outcome_rule": "no_series"}, "cannot_tell"),
        ({"outcome_rule": "milestone"}, "milestone"),
        ({"outcome_rule": "no_end_test"}, "no_end_test"),
        ({"reading_zh": "", "reading_en": ""}, "verify_definition"),
    ],
)
def test_the_rule_of_a_row_decides_and_never_its_words(data_copy, changes, outcome):
    assert judged_with(data_copy, **changes)["outcome"] == outcome


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"outcome_rule": ""}, "column outcome_rule: '' is empty; legal: .*milestone.*no_series"),
        ({"outcome_rule": "told"}, "column outcome_rule: 'told' is not legal; legal: .*no_series"),
        ({"fact_id": "gas.2020"}, r'column "fact_id": values "gas.2020" not found.*legal: a key'),
    ],
)
def test_a_rule_or_a_fact_that_there_is_not_is_refused(data_copy, changes, words):
    with pytest.raises(DataError, match=rf"commitments.csv, row \d+, {words}"):
        judged_with(data_copy, **changes)


def test_the_definition_of_coal_gas_is_verified_first() -> None:
    gas = JUDGED.loc["coal_derived_gas_output"]
    assert gas["outcome"] == "verify_definition"
    assert (gas["class"], pd.isna(gas["probability"])) == ("", True)
    assert gas["needed_growth"] == pytest.approx(124.19, abs=0.01)
    assert gas["needed_per_year"] == pytest.approx(15.4)


def test_the_eleven_carry_the_class_of_the_verdict_table() -> None:
    main = JUDGED.loc[MAIN]
    assert main["class"].tolist() == [one.class_ for one in VERDICTS]
    assert main.index[main["outcome"] == "verdict"].tolist() == list(TOLD)
    assert main.loc["revenue_2021", ["probability", "grade"]].tolist() == [0.95, "C"]
    assert main.loc["jobs_2021", "missing"] == verdict_of("jobs_2021").missing


def test_no_probability_is_made_up() -> None:
    told = JUDGED["probability"].notna()
    assert set(JUDGED.index[told]) == set(TOLD) == set(JUDGED.index[JUDGED["outcome"] == "verdict"])
    others = JUDGED.loc[JUDGED.index.difference(MAIN)]
    assert set(others["class"]) == {"", "cannot_tell"}
    assert ((others["class"] == "cannot_tell") == (others["outcome"] == "cannot_tell")).all()
    missing = JUDGED["missing"].map(lambda found: isinstance(found, Missing))
    assert (missing == (JUDGED["outcome"] == "cannot_tell")).all()


def test_what_is_missing():
    reasons = {
        "pellet_capacity": "ledger",  # to be in production
        "arts_centre_opens": "ledger",  # the same, without a figure
        "jiaocheng_lng_capacity": "ledger",  # the capacity of one plant
        "smart_coal_mines": "ledger",  # the reading says so
        "rural_tourism_villages": "official_list",
        "liquor_capacity_five_years": "no_series",  # a capacity of the whole prefecture
        "high_tech_firms": "no_series",
        "investment_policy": "record",
        "soil_quality_held": "test",
        "urban_air_front_rank": "test",
        "binding_tasks_2021": "assignment",
    }
    assert {name: JUDGED.loc[name, "missing"].reason for name in reasons} == reasons


def test_needed_a_year_by_hand():
    needed = {
        "advanced_coal_capacity_share": 1.5,  # 83.5 to 85 in one year, in points
        "good_water_share": 0.0,  # held
        "jobs_2021": 3.9,
        "base_stations_5g": 1500.0,
        "parking_spaces_added": 2000.0,
        "counties_with_a_rated_sight": None,  # 13 of 13 is a state
        "high_tech_firms": None,  # a stock without a base
        "liquor_output_five_years": None,
        "coking_projects": None,  # no deadline
    }
    found = JUDGED.loc[list(needed)]
    expected = [float("nan") if value is None else value for value in needed.values()]
    assert found["needed_per_year"].tolist() == pytest.approx(expected, nan_ok=True)
    assert found["needed_growth"].isna().all()
    later = judge_commitments(VERDICTS, 2021, 2025).set_index("commitment_id")
    assert pd.isna(later.loc["smart_coal_mines", "needed_per_year"]), "a count of a year gone by"


def test_needed_over_five_years_by_hand(data_copy: Path) -> None:
    later = {"value": "22.4", "quote_number": "22.4", "deadline_to": "2025"}
    found = judged_with(data_copy, **later, deadline_from="2025")
    assert found["needed_per_year"] == pytest.approx(2.0)  # (22.4 - 12.4) / 5
    assert 12.4 * (1 + found["needed_growth"] / 100) ** 5 == pytest.approx(22.4)


def test_what_is_known_comes_from_the_facts() -> None:
    facts = load_table("report_facts").set_index("figure_id")
    known = JUDGED["known"].dropna()
    assert [found.figure_id for found in known] == FACTS
    for name, found in known.items():
        fact = facts.loc[found.figure_id]
        assert (found.value, found.unit, found.year) == tuple(fact[["value", "unit", "year"]])
        if found.is_base:
            row = JUDGED.loc[name]
            assert (found.value, found.year) == (row["base_value"], row["base_year"])
    with_base = JUDGED.index[JUDGED["base_value"].notna()]
    assert [name for name in with_base if not known[name].is_base] == []
    assert known["good_water_share"].is_lower_bound
    assert not known["gdp_2021"].is_lower_bound


def test_a_deadline_after_the_run_is_marked_and_told():
    short = judge_commitments(VERDICTS, 2020, 2021)
    beyond = short.set_index("commitment_id")["beyond_run"]
    assert beyond[["pig_offtake", "liquor_sales_five_years", "hospital_opens"]].all()
    assert not beyond[["gdp_2021", "coking_projects"]].any()
    assert not JUDGED["beyond_run"].any()
    late = short.query("commitment_id == 'pig_offtake'")
    (part,) = said("countryside_and_city", "zh", late)[1:]
    assert part.pieces[0].frame.iloc[0, 1].endswith("，在本次测算末年之后")


def test_without_the_main_targets_there_are_no_commitments() -> None:
    elsewhere = Verdicts(verdict_of(f"own_{target}") for target in MAIN)
    for verdicts in (Verdicts(), elsewhere):
        nothing = judge_commitments(verdicts, 2020, 2025)
        assert (len(nothing), list(nothing.columns)) == (0, list(JUDGED.columns))
        assert counts_by_outcome(nothing).sum().tolist() == [0] * len(OUTCOMES)
        assert filter_commitments(nothing, text="煤").empty


def test_counts_add_up_in_the_order_of_the_report() -> None:
    counts = counts_by_outcome(JUDGED)
    assert counts.to_numpy().sum() == len(JUDGED)
    assert counts.index.tolist() == JUDGED["work_area"].unique().tolist()
    assert tuple(counts.columns) == OUTCOMES
    assert counts.sum().to_dict() == {
        name: int((JUDGED["outcome"] == name).sum()) for name in OUTCOMES
    }


def test_filter():
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


@pytest.mark.parametrize("asked", [{"stage": "竣工"}, {"work_area": "改革"}, {"outcome": "done"}])
def test_a_filter_that_is_not_legal_names_what_is(asked: dict[str, str]) -> None:
    ((name, value),) = asked.items()
    legal = "milestone" if name == "outcome" else str(JUDGED[name].iloc[0])
    with pytest.raises(ParameterError, match=f"{name}: '{value}' is not legal; legal: .*{legal}"):
        filter_commitments(JUDGED, **asked)


def test_inputs_stay_as_they_are() -> None:
    table = JUDGED.copy(deep=True)
    filter_commitments(table, text="煤")
    counts_by_outcome(table)
    commitment_facts(table)
    pd.testing.assert_frame_equal(table, JUDGED)


def said(block: str, lang: str, commitments: pd.DataFrame = JUDGED) -> list[Any]:
    """What the text of the page says in a block."""
    facts = {"region": find_region("141100"), **commitment_facts(commitments)}
    return Text("80_commitments", lang, facts).say(block)


@cache
def cells(lang: str) -> pd.DataFrame:
    """Every row of the tables of the page."""
    frames = [table.frame for part in said("all_parts", lang) for table in part.pieces]
    return pd.concat(frames, ignore_index=True).set_axis(JUDGED.index)


def test_the_facts_have_every_commitment_once_by_part_and_no_missing_value() -> None:
    facts = commitment_facts(JUDGED)
    assert list(facts["parts"]) == [WORK_AREAS[area] for area in JUDGED["work_area"].unique()]
    rows = [row for part in facts["parts"].values() for row in part["rows"]]
    assert [row["commitment_id"] for row in rows] == JUDGED.index.tolist()
    assert not any(value != value for row in rows for value in row.values())
    assert facts["judged"] == {"within_reach": 1, "difficult": 1}
    assert list(facts["judged"]) == ["within_reach", "difficult"]
    for counted in (facts, *facts["parts"].values()):
        assert tuple(counted["counts"]) == OUTCOMES
        assert sum(counted["counts"].values()) == counted["total"]


def test_the_sign_of_a_figure():
    parts = commitment_facts(JUDGED)["parts"].values()
    rows = {row["commitment_id"]: row for part in parts for row in part["rows"]}
    signs = {"gdp_2021": "≥", "registered_unemployment_2021": "≤", "retail_2021": ""}
    assert {name: rows[name]["sign"] for name in signs} == signs
    valued = [row for row in rows.values() if row["value"] is not None]
    exact = [r for r in valued if r["type"] == "rank" or (r["type"], r["value"]) == ("share", 100)]
    assert {row["direction"] for row in exact} >= {"at_least"}
    assert {row["sign"] for row in exact} == {""}, "a rank and a full share have none"


def test_every_commitment_has_its_words():
    for lang in ("zh", "en"):
        shown = cells(lang)
        assert shown.notna().all(axis=None)
        assert (shown != "").all(axis=None)
        assert NEVER.findall("\n".join(shown.astype(str).to_numpy().ravel())) == []
        quotes = shown.iloc[:, -1]
        assert all(quote.startswith(JUDGED.loc[name, "quote"]) for name, quote in quotes.items())
    others = shown.iloc[:, [0, 2, 3]].to_numpy().ravel()
    assert [told for told in others if re.search(r"[\u4e00-\u9fff]", told)] == []


DATED, KNOWN, JUDGEMENT = 1, 2, 3  # columns of the table


@pytest.mark.parametrize(
    ("name", "column", "zh", "en"),
    [
        ("gdp_2021", JUDGEMENT, "实现难度较大", "Difficult"),
        ("revenue_2021", JUDGEMENT, "有望实现", "Within reach"),
        (
            "regulating_reservoirs_approved",
            JUDGEMENT,
            "待项目台账核实",
            "Pending the project ledger",
        ),
        ("coking_projects", JUDGEMENT, "无终点检验", "No end test"),
        ("coal_derived_gas_output", JUDGEMENT, "需先核实口径", "Definition to be verified first"),
        (
            "high_tech_firms",
            JUDGEMENT,
            "暂不具备评估条件（缺高新技术企业的历年数据）",
            "Cannot be assessed yet (no annual series of high-tech enterprises)",
        ),
        (
            "pellet_capacity",
            JUDGEMENT,
            "暂不具备评估条件（缺项目台账）",
            "Cannot be assessed yet (no project ledger)",
        ),
        (
            "coal_derived_gas_output",
            KNOWN,
            "基数12.4亿方（2020年）；需年均增加15.4亿方，年均增长124%",
            "base: 1.24 billion cubic metres (2020); needs 1.54 billion cubic metres more a year,"
            " +124 % a year",
        ),
        (
            "advanced_coal_capacity_share",
            KNOWN,
            "基数83.5%（2020年）；需年均增加1.5个百分点",
            "base: 83.5 % (2020); needs 1.5 percentage points more a year",
        ),
        (
            "good_water_share",
            KNOWN,
            "基数不低于50%（2020年）；需不低于基数",
            "base: at least 50 % (2020); needs no less than the base",
        ),
        (
            "jobs_2021",
            KNOWN,
            "五年城镇新增就业20万人（2016—2020年）；当年需3.9万人",
            "new urban jobs over five years: 200,000 persons (2016–2020);"
            " needs 39,000 persons in the year",
        ),
        ("high_tech_firms", KNOWN, NOTHING, NOTHING),
        ("hospital_opens", DATED, "建成投产（力争/争取），2022年（原文：明年）", None),
        (
            "smart_coal_mines",
            DATED,
            "达到，2021年（年度安排）",
            "reached, 2021 (work plan of the year)",
        ),
        ("coking_projects", DATED, "推进，未写期限", "carrying forward, no deadline given"),
        ("pig_offtake", DATED, "达到（力争/争取），2022—2023年（原文：2—3年）", None),
        ("emu_trains", DATED, "建成投产，2021年7月31日（原文：7月底前）", None),
    ],
)
def test_the_words_of_a_commitment(name, column, zh, en):
    assert cells("zh").loc[name].iloc[column] == zh
    assert en is None or cells("en").loc[name].iloc[column] == en


def test_a_place_that_the_name_does_not_tell_is_told() -> None:
    assert cells("zh").loc["bar_rolling_capacity"].iloc[0].endswith("130万吨（吕梁建龙）")
    assert cells("en").loc["bar_rolling_capacity"].iloc[-1].endswith(" (吕梁建龙)")
    assert "吕梁建龙" not in cells("zh").loc["bar_rolling_capacity"].iloc[-1]
    assert cells("zh").loc["jiaocheng_lng_capacity"].iloc[0] == "交城美锦LNG项目规模：10万吨"
    for name, some_of_them in (
        ("coal_mines_releasing_capacity", "3座（含兴县斜沟等）"),
        ("county_municipal_projects", "247个（含交口、方山等）"),
        ("edible_fungi_logs", "（交口、中阳、临县）"),
    ):
        assert cells("zh").loc[name].iloc[0].endswith(some_of_them)


def test_every_label_and_every_unit_is_there():
    facts = load_table("report_facts").set_index("figure_id").loc[FACTS]
    for lang in ("zh", "en"):
        for column in ("stage", "work_area", "outcome"):
            codes = JUDGED[column].replace(WORK_AREAS).unique()
            labels = {words_in(lang).label(code, column) for code in codes}
            assert len(labels) == JUDGED[column].nunique()
        for unit in {*facts["unit"], *JUDGED.loc[JUDGED["value"].notna(), "unit"]}:
            told = words_in(lang).quantity(2, unit)
            assert re.search(r"[\u4e00-\u9fff]", told) is None or lang == "zh"
            assert "2" in told
    for area, code in WORK_AREAS.items():
        assert words_in("zh").label(code, "work_area") == area, "as in the report"


@LANGUAGES
def test_the_headline_counts_what_the_table_counts(lang: str) -> None:
    headline, judged, note = said("answer", lang)
    assert (headline.style, note.style) == ("headline", "note")
    numbers = [int(number) for number in re.findall(r"\d+", headline.words)]
    assert sorted(numbers) == sorted([249, 12, *counts_by_outcome(JUDGED).sum()])
    assert words_in(lang).label("difficult", "class") in judged.words


@LANGUAGES
def test_elsewhere_the_headline_names_the_region_and_nothing_is_shown(lang: str) -> None:
    nothing = JUDGED.iloc[:0]
    (headline,) = said("answer", lang, nothing)
    assert headline.words.startswith(find_region("141100").name(lang))
    for block in ("reading", *SECTIONS):
        (heading,) = said(block, lang, nothing)  # a page leaves it out
        assert heading.level == 2
    assert said("all_parts", lang, nothing) == []


@LANGUAGES
def test_how_to_read_is_told_where_there_is_something_to_read(lang: str) -> None:
    sentences = said("reading", lang)[1:-2]
    assert len(sentences) == 5
    head = {"zh": "无终点检验", "en": "No end test"}[lang]
    assert head in said("reading", lang)[-2].frame.columns
    assert head.casefold() in sentences[0].words.casefold()


@LANGUAGES
def test_the_overview_adds_up_and_its_links_lead_to_the_parts(lang: str) -> None:
    table, links = said("reading", lang)[-2:]
    numbers = table.frame.iloc[:, 1:].astype(int)
    assert (numbers.iloc[:, :-1].sum(axis=1) == numbers.iloc[:, -1]).all()
    assert (numbers.iloc[:-1].sum() == numbers.iloc[-1]).all()
    assert numbers.iloc[-1, -1] == len(JUDGED)
    assert (numbers.iloc[:-1, :-1].to_numpy() == counts_by_outcome(JUDGED).to_numpy()).all()
    parts = said("all_parts", lang)
    page = BeautifulSoup("".join(part.html() for part in parts), "html.parser")
    goals = [link["href"] for link in BeautifulSoup(links.html(), "html.parser")("a")]
    assert goals == [f"#{heading['id']}" for heading in page("h3")]
    assert len(page.select("tbody tr")) == len(JUDGED)


def test_the_notebook_shows_every_part_once_in_the_order_of_the_report():
    cells = nbformat.read(NOTEBOOK, as_version=4).cells
    shown = [cell.source for cell in cells if "hidden" not in cell.metadata.get("tags", [])]
    assert [sum(f'page.show("{block}")' in code for code in shown) for block in SECTIONS] == [1] * 4
    assert not any("filter_commitments(\n" in code for code in shown)
    for lang in ("zh", "en"):
        pieces = [piece for block in SECTIONS for piece in said(block, lang)]
        anchors = [piece.anchor for piece in pieces if isinstance(piece, Section)]
        assert anchors == [part.anchor for part in said("all_parts", lang)]
        assert len(anchors) == JUDGED["work_area"].nunique()
