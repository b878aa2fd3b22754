"""Each claim meets every second source, and ends in the verdict that the numbers give."""

import dataclasses
import shutil
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
def judged(evidence: Evidence) -> pd.DataFrame:
    return audit.judge(evidence)


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
    assert not judged.duplicated(CLAIM).any()
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
panel budget_revenue 2016 S1 88.0 press.SXJJ2022.budget_revenue_rank_in_province.2016 confirmed
panel gdp_real_growth 2010 S5 20.8 vintage.gdp_real_growth.2010 plausible
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
    assert found["report.budget_revenue_rank_in_province.2016", "SXJJ2022"] == "contradicted"
    kinds = table["claim_id"].str.partition(".")[0]
    assert kinds.value_counts()[["vintage", "panel"]].tolist() == [6, 6]
    assert set(table.loc[kinds.isin(["vintage", "panel"]), "verdict"]) == {"no_second_source"}
    assert table["claim_source_id"].str.len().gt(0).all()


def test_nothing_is_judged_that_was_not_known(evidence: Evidence) -> None:
    for origin in (2008, 2018):
        table = audit.judge(audit.load_evidence(origin))
        assert len(table)
        assert table["year"].max() <= origin
        assert "AQ202011" not in set(table["against_source_id"])
    air = evidence.air.assign(value=evidence.air["value"] + 1)
    other = audit.judge(dataclasses.replace(evidence, air=air))
    assert verdicts(other)["report.air_index_rank.2020", "AQ202011"] == "contradicted"


def test_the_vintages_of_the_city_of_the_page_are_compared_too(judged: pd.DataFrame) -> None:
    xinzhou = "140900"
    found = audit.judge(audit.load_evidence(2020, region=xinzhou))
    own = found[found["region_code"] == xinzhou].set_index("claim_id")
    assert own.index.str.startswith("vintage.").all()
    assert set(own.loc[own["year"] == 2015, "verdict"]) == {"contradicted", "plausible"}
    others = found[found["region_code"] != xinzhou].reset_index(drop=True)
    pd.testing.assert_frame_equal(others, judged)


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
    for lang in ("zh", "en"):
        for source in sources_of(of_claims(judged))["source_id"]:
            assert words_in(lang).label(source, "audit_source")
        for reason in told["reason"].unique():
            assert words_in(lang).label(reason, "audit_reason")


def test_the_command_line_prints_every_claim_and_ends_well(judged):
    done = CliRunner().invoke(app, ["check", "--audit"], catch_exceptions=False)
    assert done.exit_code == 0
    assert "31  confirmed" in done.stdout
    assert "no. 6 (Shanxi Economic Daily, January 2022); no. 4 (revenue panel S1)" in done.stdout
    assert sum(line.startswith(" " * 10) for line in done.stdout.splitlines()) == len(judged)
