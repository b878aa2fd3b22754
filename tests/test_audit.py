"""Each claim meets every second source, and ends in the verdict that the numbers give."""

import dataclasses
import shutil
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner

from lvliang.baseline import audit
from lvliang.baseline.audit import Evidence
from lvliang.baseline.audit_facts import check_facts
from lvliang.baseline.regions import find_region, peers
from lvliang.baseline.tables import load_table
from lvliang.cli import app
from lvliang.display.prose import Piece, Text
from lvliang.display.show import Heading
from lvliang.display.words import words_in
from lvliang.lineage import of_claims, sources_of

pytestmark = pytest.mark.usefixtures("shared_store")
LVLIANG = "141100"
SHANXI = [city.code for city in peers(find_region(LVLIANG))]
CLAIM = ["claim_id", "against_source_id"]


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    return audit.load_evidence(2020)


@pytest.fixture(scope="module")
def judged() -> pd.DataFrame:
    return judged_at(2020)


def say(block: str, **facts: Any) -> list[Piece]:
    """What the page says in a block, under its heading."""
    said = Text("00_data_audit", "zh", facts).say(block)
    return [piece for piece in said if not isinstance(piece, Heading)]


def verdicts(table: pd.DataFrame) -> dict[tuple[str, str], str]:
    return table.set_index(CLAIM)["verdict"].to_dict()


@pytest.mark.parametrize(
    ("claimed", "found", "unit", "expected"),
    [
        (1000.0, 995.0, "亿元", "confirmed"),
        (1000.0, 994.9, "亿元", "plausible"),
        (1000.0, 1030.0, "亿元", "plausible"),
        (1000.0, 1030.1, "亿元", "contradicted"),
        (14.0, 14.5, "万人次", "confirmed"),  # printed without decimals
        (14.0, 14.6, "万人次", "contradicted"),
        (6.0, 6.05, "%", "confirmed"),
        (6.0, 5.5, "%", "plausible"),
        (6.0, 5.4, "%", "contradicted"),
        (12.58, 12.6, "%", "plausible"),  # printed with two decimals
    ],
)
def test_a_level_and_a_rate_at_their_bounds(claimed, found, unit, expected):
    assert audit.verdict(claimed - found, *audit.bounds(claimed, unit)) == expected
    assert audit.verdict(float("nan"), *audit.bounds(claimed, unit)) == "no_second_source"


def one_rank(evidence: Evidence, rank: float, levels: dict[str, float]) -> tuple[str, str]:
    """The verdict on a GDP rank of Lvliang in 2020 claimed by the report, and its source."""
    row = evidence.report.query("figure_id == 'gdp_rank_in_province.2020'").assign(value=rank)
    panel = pd.DataFrame({"region_code": list(levels), "value": list(levels.values())}).assign(
        indicator="gdp_nominal", year=2020, vintage="first_published", source_id="S4"
    )
    other = dataclasses.replace(evidence, report=row, press=evidence.press[:0], panel=panel)
    found = audit.judge(other).set_index("claim_id").loc["report.gdp_rank_in_province.2020"]
    return found["verdict"], found["against_source_id"]


@pytest.mark.parametrize(
    ("rank", "rival", "expected"),
    [
        (1, 99.0, "confirmed"),
        (2, 99.0, "contradicted"),
        (2, 99.95, "plausible"),  # rounding puts the rival before it
        (3, 99.95, "contradicted"),
        (1, 100.05, "plausible"),  # rounding puts it before the rival
        (1, 100.2, "contradicted"),
    ],
)
def test_a_rank_is_plausible_as_far_as_rounding_takes_it(evidence, rank, rival, expected):
    levels = dict.fromkeys(SHANXI, 50.0) | {LVLIANG: 100.0, "140100": rival}
    assert one_rank(evidence, rank, levels) == (expected, "S4")
    del levels["140100"]  # a city of the province is missing
    assert one_rank(evidence, rank, levels) == ("no_second_source", "")


def test_a_verdict_is_what_its_difference_and_tolerance_say(judged, evidence):
    assert set(judged["verdict"]) == set(audit.VERDICTS)
    assert not judged.duplicated([*CLAIM, "region_code"]).any()
    told = judged.dropna(subset="tolerance")
    beyond = told["difference"].abs() > told["tolerance"] + 1e-9
    assert (beyond == (told["verdict"] == "contradicted")).all()
    assert ((judged["against_source_id"] == "") == (judged["verdict"] == "no_second_source")).all()
    said = set(judged.loc[judged["claim_id"].str.startswith("report."), "claim_id"])
    assert said == {f"report.{name}" for name in evidence.report["figure_id"]}


def test_the_price_change_between_two_growth_rates_is_worked_out_by_hand(evidence):
    pairs = audit.panel_pairs(evidence)
    songyuan = pairs[(pairs["check"] == "revised_growth") & (pairs["region_code"] == "220700")]
    row = songyuan.set_index("year").loc[2019]
    nominal = 729.784 / 1373.6
    assert row["difference"] == pytest.approx(100 * (nominal / (1 + 2.6 / 100) - 1))
    assert not row["within"]


OTHER_FIGURES = """
panel gdp_nominal 2020 S4 1580.0 report.gdp_nominal.2020 plausible
panel gdp_nominal 2020 S4 1638.04 report.gdp_nominal.2020 contradicted
panel gdp_nominal 2020 S4 1300.0 report.gdp_rank_in_province.2020 contradicted
panel budget_revenue 2016 S1 88.0 report.budget_revenue_rank_in_province.2016 contradicted
panel gdp_real_growth 2010 S5 20.8 vintage.S3.gdp_real_growth.2010 plausible
press airport_passengers 2017 WIKI_AIR 60.0 report.airport_passengers.2020 contradicted
"""


@pytest.mark.parametrize("case", OTHER_FIGURES.strip().splitlines())
def test_another_figure_another_verdict(evidence, case):
    frame, indicator, year, source, value, claim, expected = case.split()
    table = getattr(evidence, frame).copy()
    key = table[["region_code", "indicator", "year", "source_id"]]
    at = (key == [LVLIANG, indicator, int(year), source]).all(axis=1)
    assert at.sum() == 1
    table.loc[at, "value"] = float(value)
    found = verdicts(audit.judge(dataclasses.replace(evidence, **{frame: table})))
    assert found[claim, source] == expected


def test_without_the_panel_its_claims_have_no_second_source(small_copy):
    shutil.rmtree(small_copy / "panel")
    evidence = audit.load_evidence(2020)
    table = audit.judge(evidence)
    found = verdicts(table)
    assert found["report.gdp_nominal.2020", ""] == "no_second_source"
    assert found["report.gdp_nominal.2015", "S9"] == "confirmed"  # the check file is still there
    kinds = table["claim_id"].str.partition(".")[0]
    assert kinds.value_counts()[["vintage", "panel"]].tolist() == [6, 9]
    assert set(table.loc[kinds.isin(["vintage", "panel"]), "verdict"]) == {"no_second_source"}
    assert table["claim_source_id"].str.len().gt(0).all()


def test_nothing_is_judged_that_was_not_known(evidence: Evidence) -> None:
    for origin in (2008, 2018):
        table = judged_at(origin)
        assert len(table)
        assert table["year"].max() <= origin
        assert "AQ202011" not in set(table["against_source_id"])
    air = evidence.air.assign(value=evidence.air["value"] + 1)
    other = audit.judge(dataclasses.replace(evidence, air=air))
    assert verdicts(other)["report.air_index_rank.2020", "AQ202011"] == "contradicted"


CONTRADICTED = """
2018 press.P104.gdp_rank_in_province.2018 P034 - 6 3
2020 press.P104.gdp_rank_in_province.2018 P034 contradicted 6 3
2020 press.P104.gdp_rank_in_province.2018 S4 confirmed 6 6
2020 press.P075.gdp_rank_in_province.2017 P034 - 8 4
2022 press.P075.gdp_rank_in_province.2017 P034 contradicted 8 4
2022 press.P075.gdp_rank_in_province.2017 S4 contradicted 8 5
2020 report.budget_revenue_rank_in_province.2016 P110 - 4 6
2021 report.budget_revenue_rank_in_province.2016 P110 contradicted 4 6
2012 dropped.A_PANEL.retail_sales.2012 A_PANEL - 490.9282 -
2013 dropped.A_PANEL.retail_sales.2012 A_PANEL contradicted 490.9282 261.0539(2011),344.0357(2013)
2020 dropped.A_PANEL.gdp_real_growth.2013 S3 contradicted -0.15 9.5
2020 dropped.A_PANEL.gdp_nominal_growth.2013 S4 confirmed -0.15 -0.15
"""


@lru_cache
def judged_at(origin: int) -> pd.DataFrame:
    """What is judged as of a year, only to be read."""
    return audit.judge(audit.load_evidence(origin))


@pytest.mark.parametrize("case", CONTRADICTED.strip().splitlines())
def test_what_sources_say_of_each_other_shows_once_both_are_known(case: str) -> None:
    origin, claim, source, expected, claimed, against = case.split()
    own = judged_at(int(origin)).query(f"region_code == '{LVLIANG}'")
    row = own.set_index(CLAIM).reindex([(claim, source)]).iloc[0]
    if expected == "-":
        assert row.isna().all()
    else:
        assert [row["verdict"], row["claimed"]] == [expected, float(claimed)]
        assert str(row["found"]).replace(" ", "").removesuffix(".0") == against


def test_several_sources_of_a_cell_are_held_each_against_the_claim(evidence: Evidence) -> None:
    cell = evidence.panel.query(
        "indicator == 'gdp_nominal' and year == 2020 and vintage == 'first_published'"
    )
    other = cell.assign(value=cell["value"] * 1.1, source_id="S8")
    twice = dataclasses.replace(evidence, panel=pd.concat([evidence.panel, other]))
    found = audit.judge(twice)
    assert verdicts(found)["report.gdp_nominal.2020", "S4"] == "confirmed"
    assert verdicts(found)["report.gdp_nominal.2020", "S8"] == "contradicted"
    assert verdicts(found)["report.gdp_rank_in_province.2020", "S4"] == "confirmed"
    assert verdicts(found)["vintage.S8.gdp_nominal.2020", "S5"] == "contradicted"


def test_growth_is_worked_out_of_levels_of_one_source_and_not_across_a_break() -> None:
    levels = pd.DataFrame({"year": [2005, 2004, 2006, 2008], "value": [110.0, 100.0, 121.0, 133.0]})
    levels = levels.assign(region_code=LVLIANG, indicator="retail_sales", source_id="A_PANEL")
    found = audit._changes(levels)  # 2005 is a break of Lvliang's retail sales, 2007 lacks
    assert found[["indicator", "year", "found"]].to_numpy().tolist() == [
        ["retail_sales_growth", 2006, 10.0]
    ]


def test_a_table_of_the_press_ranks_where_it_has_every_city(evidence: Evidence) -> None:
    table = evidence.press.query("source_id == 'P034' and year == 2017")
    ranks = audit._ranks(table, "part_year").set_index("region_code")["found"]
    assert ranks[LVLIANG] == 4 and ranks["140100"] == 1 and len(ranks) == 11
    assert audit._ranks(table[1:], "part_year").empty
    said = audit._panel_figures(evidence).query("against_source_id == 'P034'")
    assert set(said["note"]) == {"part_year"}


def test_the_vintages_of_the_city_of_the_page_are_compared_too(judged: pd.DataFrame) -> None:
    xinzhou = "140900"
    found = audit.judge(audit.load_evidence(2020, region=xinzhou))
    own = found[found["region_code"] == xinzhou].set_index("claim_id")
    own = own[own.index.str.startswith("vintage.")]
    assert set(own.loc[own["year"] == 2015, "verdict"]) == {"contradicted", "plausible"}
    others, before = (rows[rows["region_code"] != xinzhou] for rows in (found, judged))
    pd.testing.assert_frame_equal(others.reset_index(drop=True), before.reset_index(drop=True))


def test_the_checks_of_the_panel_are_those_of_their_table(evidence: Evidence) -> None:
    table = evidence.checks[evidence.checks["check_id"].isin(["gdp", "first_growth"])]
    table = table.assign(bound=[1e-9, 100.0], source_id=["S5", "S8"])
    other = dataclasses.replace(evidence, checks=table)
    found = audit.judge(other).set_index("claim_id")
    of_panel = found.loc[found["region_code"] == "CN", ["claim_source_id", "verdict"]]
    told = {"panel.gdp": ["S5", "contradicted"], "panel.first_growth": ["S8", "confirmed"]}
    assert of_panel.T.to_dict("list") == told
    checks = check_facts(audit.panel_pairs(other), found.reset_index())
    bounds = [(check["name"], check["bound"]) for check in checks]
    assert bounds == [("gdp", 1e-9), ("first_growth", 100.0)]


def test_every_source_and_note_of_the_shipped_tables_has_words(judged):
    made = load_table("corrections")
    told = made[(made["status"] == "applied") | made["region_code"].str.startswith("14")]
    table = load_table("sources").set_index("source_id")
    titled = table.index[
        ~table["title"].str.contains("[一-鿿]") & table["title_zh"].ne(table["title"])
    ]
    for lang in ("zh", "en"):
        for source in sources_of(of_claims(judged))["source_id"]:
            assert source in titled or words_in(lang).label(source, "audit_source")
        for reason in told["reason"].unique():
            assert words_in(lang).label(reason, "audit_reason")


def test_the_command_line_prints_every_claim_and_ends_well(small_copy: Path) -> None:
    judged = audit.judge(audit.load_evidence(2020))
    done = CliRunner().invoke(app, ["check", "--audit"], catch_exceptions=False)
    assert done.exit_code == 0
    assert f"{(judged['verdict'] == 'confirmed').sum()}  confirmed" in done.stdout
    assert "CNY 49.0928 billion (city panel A_PANEL); CNY 26.1054 billion in 2011" in done.stdout
    assert sum(line.startswith(" " * 10) for line in done.stdout.splitlines()) == len(judged)
