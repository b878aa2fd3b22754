"""Each claim meets every second source, and ends in the verdict that the numbers give."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner

from lvliang.baseline import audit
from lvliang.baseline.audit import Evidence
from lvliang.baseline.audit_facts import (
    audit_facts,
    check_facts,
    claim_facts,
    correction_facts,
    part,
    parts,
)
from lvliang.baseline.regions import find_region, peers
from lvliang.baseline.tables import load_table
from lvliang.cli import app
from lvliang.display.prose import Piece, Text
from lvliang.display.show import Heading
from lvliang.display.words import words_in
from lvliang.lineage import of_claims, sources_of

LVLIANG = "141100"
SHANXI = [city.code for city in peers(find_region(LVLIANG))]
CLAIM = ["claim_id", "against_source_id"]


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    return audit.load_evidence(2020)


@pytest.fixture(scope="module")
def judged(evidence: Evidence) -> pd.DataFrame:
    return audit.judge(evidence)


@pytest.fixture(scope="module")
def facts_of(evidence: Evidence) -> Callable[[str], dict[str, Any]]:
    return cache(lambda code: audit_facts(evidence, find_region(code)))


@pytest.fixture(scope="module")
def facts(facts_of: Callable[[str], dict[str, Any]]) -> dict[str, Any]:
    return facts_of(LVLIANG)


def say(block: str, lang: str, **facts: Any) -> list[Piece]:
    """What the page says in a block, under its heading."""
    said = Text("00_data_audit", lang, facts).say(block)
    return [piece for piece in said if not isinstance(piece, Heading)]


@pytest.fixture(scope="module")
def without_panel(tmp_path_factory: pytest.TempPathFactory, data: Path) -> Path:
    folder = tmp_path_factory.mktemp("no_panel") / "data"
    return Path(shutil.copytree(data, folder, ignore=shutil.ignore_patterns("panel")))


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
        (6.0, 6.06, "%", "plausible"),
        (6.0, 5.5, "%", "plausible"),
        (6.0, 5.4, "%", "contradicted"),
        (12.58, 12.58, "%", "confirmed"),
        (12.58, 12.6, "%", "plausible"),  # printed with two decimals
    ],
)
def test_a_level_and_a_rate_at_their_bounds(claimed, found, unit, expected):
    assert audit.verdict(claimed - found, *audit.bounds(claimed, unit)) == expected


def test_a_share_of_the_panel_at_its_bounds():
    bounds = audit.SHARE_CONFIRMED, audit.SHARE_PLAUSIBLE
    given = (-5.0, -5.1, -20.0, -20.1, float("nan"))
    assert [audit.verdict(difference, *bounds) for difference in given] == [
        "confirmed", "plausible", "plausible", "contradicted", "no_second_source",
    ]  # fmt: skip


def one_rank(evidence: Evidence, rank: float, levels: dict[str, float]) -> pd.Series:
    """The verdict on a GDP rank of Lvliang in 2020 claimed by the report."""
    row = {
        "region_code": LVLIANG,
        "indicator": "gdp_rank_in_province",
        "year": 2020,
        "value": rank,
        "unit": "位",
        "source_id": "GWR2021",
        "figure_id": "rank",
    }
    panel = pd.DataFrame(
        {
            "region_code": list(levels),
            "indicator": "gdp_nominal",
            "year": 2020,
            "value": list(levels.values()),
            "vintage": "first_published",
            "source_id": "S4",
        }
    )
    other = dataclasses.replace(
        evidence, report=pd.DataFrame([row]), press=evidence.press[:0], panel=panel
    )
    table = audit.judge(other).set_index("claim_id")
    return table.loc["report.rank"]


@pytest.mark.parametrize(
    ("rank", "rival", "expected"),
    [
        (1, 99.0, "confirmed"),
        (2, 99.0, "contradicted"),
        (2, 99.95, "plausible"),  # rounding puts the rival before it
        (3, 99.95, "contradicted"),
        (1, 100.05, "plausible"),  # rounding puts it before the rival
        (2, 100.05, "confirmed"),
        (1, 100.2, "contradicted"),
    ],
)
def test_a_rank_is_plausible_as_far_as_rounding_takes_it(evidence, rank, rival, expected):
    levels = dict.fromkeys(SHANXI, 50.0) | {LVLIANG: 100.0, "140100": rival}
    found = one_rank(evidence, rank, levels)
    assert (found["verdict"], found["against_source_id"]) == (expected, "S4")


def test_a_rank_is_not_computed_where_a_city_of_the_province_is_missing(evidence):
    levels = dict.fromkeys(SHANXI[1:], 50.0) | {LVLIANG: 100.0}
    assert one_rank(evidence, 1, levels)["verdict"] == "no_second_source"


def test_the_contract(judged: pd.DataFrame) -> None:
    assert list(judged.columns) == audit.COLUMNS
    assert set(judged["verdict"]) == set(audit.VERDICTS)
    assert not judged.duplicated(CLAIM).any()
    known = set(load_table("sources")["source_id"])
    assert set(judged["claim_source_id"]) <= known
    told = judged[judged["verdict"] != "no_second_source"]
    assert set(told["against_source_id"]) <= known
    assert (judged.drop(told.index)["against_source_id"] == "").all()
    assert judged.drop(told.index)[["found", "difference", "tolerance"]].isna().all(axis=None)


def test_a_verdict_is_what_its_difference_and_tolerance_say(judged: pd.DataFrame) -> None:
    told = judged.dropna(subset="tolerance")
    beyond = told["difference"].abs() > told["tolerance"] + 1e-9
    assert (beyond == (told["verdict"] == "contradicted")).all()


@pytest.mark.parametrize(
    ("claim", "against", "expected"),
    [
        ("report.gdp_nominal.2015", "S4", "confirmed"),
        ("report.gdp_nominal.2015", "S9", "confirmed"),
        ("report.gdp_nominal.2020", "S4", "confirmed"),
        ("report.gdp_rank_in_province.2015", "S4", "confirmed"),
        ("report.gdp_rank_in_province.2020", "S4", "confirmed"),
        ("report.budget_revenue.2015", "S1", "confirmed"),
        ("report.budget_revenue.2020", "", "no_second_source"),
        ("report.budget_revenue_rank_in_province.2015", "S1", "confirmed"),
        ("report.budget_revenue_rank_in_province.2016", "S1", "confirmed"),
        ("report.budget_revenue_rank_in_province.2016", "SXJJ2022", "contradicted"),
        ("report.budget_revenue_rank_in_province.2017", "S1", "confirmed"),
        ("report.budget_revenue_rank_in_province.2018", "S1", "confirmed"),
        ("report.budget_revenue_rank_in_province.2019", "", "no_second_source"),
        ("report.budget_revenue_rank_in_province.2020", "SXJJ2022", "confirmed"),
        ("press.SXJJ2022.budget_revenue_rank_in_province.2016", "S1", "contradicted"),
        ("press.SXJJ2022.gdp_rank_in_province.2016", "S4", "confirmed"),
        ("press.CNS202208.gdp_rank_in_province.2017", "S4", "contradicted"),
        ("press.LLRB2018.gdp_rank_in_province.2018", "S4", "confirmed"),
        ("press.LLRB2018.gdp_nominal.2018", "S4", "confirmed"),
        ("press.LLRB2018.gdp_nominal.2019", "S4", "confirmed"),
        ("press.LLTJ2007.gdp_nominal.2007", "S4", "plausible"),
        ("press.LLTJ2007.gdp_real_growth.2007", "S5", "contradicted"),
        ("press.WIKI_LL.population_resident.2020", "S6", "confirmed"),
        ("press.WIKI_LL.population_resident.2020", "S10", "confirmed"),
        ("press.JZTJ2017.gdp_nominal.2017", "S4", "confirmed"),
        ("press.JZTJ2017.gdp_real_growth.2017", "S3", "confirmed"),
        ("press.JZTJ2017.budget_revenue.2017", "S1", "confirmed"),
        ("report.airport_passengers.2015", "WIKI_AIR", "plausible"),
        ("report.airport_passengers.2020", "WIKI_AIR", "plausible"),
        ("report.air_index_rank.2020", "AQ202011", "plausible"),
        ("report.air_index_rank.2016", "", "no_second_source"),
        ("report.coal_derived_gas_growth.2020", "", "no_second_source"),
        ("report.industrial_value_added_rank.2020", "", "no_second_source"),
        ("report.forest_coverage_rank.2020", "", "no_second_source"),
        ("vintage.gdp_real_growth.2010", "S5", "contradicted"),
        ("vintage.gdp_real_growth.2020", "S5", "confirmed"),
        ("vintage.gdp_nominal.2020", "S5", "plausible"),
        ("panel.gdp", "S9", "plausible"),
        ("panel.revenue", "S9", "plausible"),
        ("panel.sectors", "S4", "confirmed"),
        ("panel.population", "S10", "confirmed"),
        ("panel.revised_growth", "S5", "confirmed"),
        ("panel.first_growth", "S4", "confirmed"),
    ],
)
def test_the_known_ones_come_out_as_known(judged, claim, against, expected):
    assert verdicts(judged)[claim, against] == expected


def test_every_figure_of_the_report_is_a_claim(judged: pd.DataFrame, evidence: Evidence) -> None:
    said = set(judged.loc[judged["claim_id"].str.startswith("report."), "claim_id"])
    assert said == {f"report.{name}" for name in evidence.report["figure_id"]}


def test_the_shares_of_the_panel_are_those_of_its_cells(judged, evidence):
    pairs = audit.panel_pairs(evidence)
    cells = pairs.groupby("check")["within"].agg(["sum", "size"])
    assert tuple(cells.loc["gdp"]) == (251, 278)
    assert tuple(cells.loc["sectors"]) == (5192, 5282)
    found = judged.set_index("claim_id")["found"]
    assert found["panel.gdp"] == pytest.approx(100 * 251 / 278)
    songyuan = pairs[(pairs["check"] == "revised_growth") & (pairs["region_code"] == "220700")]
    row = songyuan.set_index("year").loc[2019]
    nominal = 100 * (729.784 / 1373.6 - 1)
    expected = 100 * ((1 + nominal / 100) / (1 + 2.6 / 100) - 1)
    assert row["difference"] == pytest.approx(expected)
    assert not row["within"]


@pytest.mark.parametrize(
    ("frame", "cell", "value", "claim", "expected"),
    [
        ("panel", ("gdp_nominal", 2020, "S4"), 1580.0, "report.gdp_nominal.2020", "plausible"),
        ("panel", ("gdp_nominal", 2020, "S4"), 1638.04, "report.gdp_nominal.2020", "contradicted"),
        (
            "panel",
            ("gdp_nominal", 2020, "S4"),
            1300.0,
            "report.gdp_rank_in_province.2020",
            "contradicted",
        ),
        (
            "panel",
            ("budget_revenue", 2016, "S1"),
            88.0,
            "press.SXJJ2022.budget_revenue_rank_in_province.2016",
            "confirmed",
        ),
        (
            "panel",
            ("gdp_real_growth", 2010, "S5"),
            20.8,
            "vintage.gdp_real_growth.2010",
            "plausible",
        ),
        (
            "press",
            ("airport_passengers", 2017, "WIKI_AIR"),
            60.0,
            "report.airport_passengers.2020",
            "contradicted",
        ),
    ],
)
def test_another_figure_another_verdict(evidence, frame, cell, value, claim, expected):
    table = getattr(evidence, frame).copy()
    key = table[["region_code", "indicator", "year", "source_id"]]
    at = (key == [LVLIANG, *cell]).all(axis=1)
    assert at.sum() == 1
    table.loc[at, "value"] = value
    found = verdicts(audit.judge(dataclasses.replace(evidence, **{frame: table})))
    assert found[claim, cell[2]] == expected


def test_without_the_panel_its_claims_have_no_second_source(without_panel):
    evidence = audit.load_evidence(2020, without_panel)
    table = audit.judge(evidence)
    found = verdicts(table)
    assert found["report.gdp_nominal.2020", ""] == "no_second_source"
    assert found["report.budget_revenue_rank_in_province.2017", ""] == "no_second_source"
    assert found["press.CNS202208.gdp_rank_in_province.2017", ""] == "no_second_source"
    assert found["report.gdp_nominal.2015", "S9"] == "confirmed"  # the check file is still there
    assert found["report.budget_revenue_rank_in_province.2016", "SXJJ2022"] == "contradicted"
    kinds = table["claim_id"].str.partition(".")[0]
    for kind, count in (("vintage", 6), ("panel", 6)):
        assert table.loc[kinds == kind, "verdict"].tolist() == ["no_second_source"] * count
    assert table["claim_source_id"].str.len().gt(0).all()

    rest = audit_facts(evidence, find_region(LVLIANG))
    assert len(rest["vintages"]) == len(rest["standings"]) == len(rest["checks"]) == 0
    assert rest["corrections"] is None
    assert [one["kind"] for one in rest["own"]] == ["report", "press", "unsourced"]
    (panel,) = say("panel", "zh", checks=rest["checks"])
    assert "没有城市面板" in panel.words
    (*_, alone) = say("claims", "en", **rest)
    assert "nan" not in alone.html()


@pytest.mark.parametrize("origin", [2008, 2018])
def test_nothing_is_judged_that_was_not_known(origin: int) -> None:
    table = audit.audit(origin)
    assert len(table)
    assert table["year"].max() <= origin
    later = ["AQ202011"] if origin < 2020 else []
    assert not set(later) & set(table["against_source_id"])


def test_a_rank_over_a_part_of_the_year_is_never_confirmed(evidence: Evidence) -> None:
    air = evidence.air.assign(value=evidence.air["value"] + 1)
    other = audit.judge(dataclasses.replace(evidence, air=air))
    assert verdicts(other)["report.air_index_rank.2020", "AQ202011"] == "contradicted"


def test_the_figures_behind_a_rank_are_those_of_the_province(evidence, judged):
    table = audit.standings(evidence, judged)
    revenue = table[table["indicator"] == "budget_revenue_rank_in_province"]
    assert revenue["rank"].tolist() == list(range(1, 12))
    own = revenue.set_index("region_code").loc[LVLIANG]
    assert (own["rank"], own["level"], own["gap"]) == (4, 89.5988, 0)
    assert revenue["gap"].iloc[4:6].round(4).tolist() == [-0.2759, -0.6725]


def test_vintages_stand_side_by_side(evidence: Evidence) -> None:
    table = audit.vintages(evidence, LVLIANG)
    assert table.loc[2020, ["first_level", "revised_level"]].tolist() == [1538.04, 1552.98]
    assert table.loc[2010, ["first_growth", "revised_growth"]].tolist() == [21.0, 17.4]
    assert table.loc[2018, ["first_rank", "revised_rank"]].tolist() == [6, 5]
    assert pd.isna(table.loc[2007, "first_growth"])


def test_the_vintages_of_the_city_of_the_page_are_compared_too(judged: pd.DataFrame) -> None:
    xinzhou = "140900"
    found = audit.judge(audit.load_evidence(2020, region=xinzhou))
    own = found[found["region_code"] == xinzhou].set_index("claim_id")
    assert own.index.str.startswith("vintage.").all()
    assert set(own.loc[own["year"] == 2015, "verdict"]) == {"contradicted", "plausible"}
    others = found[found["region_code"] != xinzhou].reset_index(drop=True)
    pd.testing.assert_frame_equal(others, judged)


@pytest.mark.parametrize(
    ("lang", "level", "gap", "first", "correction"),
    [
        ("zh", "89.32", "−0.28", "1538.04", "地区生产总值356.25亿元改为227.02亿元"),
        ("en", "8.932", "−0.028", "153.804", "GDP CNY 35.625 billion becomes CNY 22.702 billion"),
    ],
)
def test_levels_are_told_in_the_unit_of_the_language(facts, lang, level, gap, first, correction):
    told = facts | {"region": find_region(LVLIANG)}
    (*_, ranked, _) = say("conflicts", lang, **told)
    assert f'<td class="num">{level}</td>' in ranked.html()
    assert f'<td class="num">{gap}</td>' in ranked.html()
    (*_, vintages) = say("vintages", lang, **told)
    assert vintages.frame.iloc[-1, 1] == first
    assert any(correction in piece.html() for piece in say("corrections", lang, **told))
    rounding = {"zh": "总量在0.1亿元以内变动", "en": "the levels by CNY 0.01 billion"}[lang]
    assert any(rounding in rule.words for rule in say("rules", lang, **told))


def test_the_evidence_is_not_changed(evidence: Evidence) -> None:
    frames = ["report", "press", "air", "panel", "check"]
    before = {name: getattr(evidence, name).copy(deep=True) for name in frames}
    table = audit.judge(evidence)
    audit.standings(evidence, table)
    audit.panel_pairs(evidence)
    audit.vintages(evidence, LVLIANG)
    for name, frame in before.items():
        pd.testing.assert_frame_equal(getattr(evidence, name), frame)


def test_english_multiplies_out_what_chinese_counts_in_ten_thousands(judged: pd.DataFrame) -> None:
    listed = claim_facts(judged[judged["note"] == "path"])
    assert listed[0]["found"] == [(10, 2014), (27.5786, 2017)]
    zh, en = (say("listing", lang, listed=listed)[0].words for lang in ("zh", "en"))
    assert "2014年10万人次、2017年27.5786万人次" in zh
    assert "100,000 person-times in 2014, 275,786 person-times in 2017" in en
    told = [words_in(lang).measured(12.4, "coal_derived_gas_output") for lang in ("zh", "en")]
    assert told == ["12.4亿方", "1.24 billion cubic metres"]


def test_every_claim_is_counted_once(facts: dict[str, Any], judged: pd.DataFrame) -> None:
    mine = judged[judged["region_code"].isin([LVLIANG, "CN"])]
    assert facts["total"] == len(mine) == sum(facts["by_verdict"].values())
    assert facts["by_verdict"] == mine["verdict"].value_counts().to_dict()
    assert facts["by_city"] == {LVLIANG: 58, "CN": 6}
    assert list(facts["by_verdict"]) == audit.VERDICTS


OF_WHOM = [
    (LVLIANG, "zh", "核对64条说法（吕梁市58条、全国城市面板6条）："),
    (LVLIANG, "en", "Of 64 claims (Lvliang 58, panel of all cities 6), 28 confirmed"),
    ("140900", "zh", "没有专门关于忻州市的说法；核对其他6条（全国城市面板6条）"),
    ("140900", "en", "No claim concerns Xinzhou itself; of 6 others (panel of all cities 6), "),
    ("320500", "en", "No claim concerns Suzhou itself; of 6 others (panel of all cities 6), "),
]


@pytest.mark.parametrize(("code", "lang", "said"), OF_WHOM)
def test_the_answer_says_of_whom_the_claims_are(facts_of, code, lang, said):
    found = facts_of(code)
    (answer,) = say("answer", lang, region=find_region(code), **found)
    assert answer.style == "headline"
    assert answer.words.startswith(said)
    assert all(str(count) in answer.words for count in found["by_verdict"].values())


def test_the_checks_of_the_panel_are_those_of_their_table(evidence: Evidence) -> None:
    table = evidence.checks[evidence.checks["check_id"].isin(["gdp", "first_growth"])]
    table = table.assign(bound=[1e-9, 100.0], source_id=["S5", "S8"])
    other = dataclasses.replace(evidence, checks=table)
    found = audit.judge(other).set_index("claim_id")
    of_panel = found[found["region_code"] == "CN"]
    assert of_panel["claim_source_id"].to_dict() == {"panel.gdp": "S5", "panel.first_growth": "S8"}
    assert of_panel["verdict"].tolist() == ["contradicted", "confirmed"]
    checks = check_facts(audit.panel_pairs(other), found.reset_index())
    assert [(check["name"], check["bound"]) for check in checks] == [
        ("gdp", 1e-9),
        ("first_growth", 100.0),
    ]
    (shown, _) = say("panel", "en", checks=checks, differing=checks[:1], named=20)
    assert len(shown.frame) == 2
    nothing = dataclasses.replace(other, panel=evidence.panel.iloc[:0])
    claims = audit.judge(nothing).query("claim_id.str.startswith('vintage.')")
    assert set(claims["claim_source_id"]) == {"S5", "S8"}


def test_the_cells_furthest_apart_are_named(facts: dict[str, Any], evidence: Evidence) -> None:
    pairs = audit.panel_pairs(evidence)
    assert [check["name"] for check in facts["checks"]] == list(pairs["check"].unique())
    for check in facts["differing"]:
        apart = pairs[(pairs["check"] == check["name"]) & ~pairs["within"]]
        assert check["cells"] - check["agree"] == check["apart"] == len(apart)
        named = [abs(cell["difference"]) for cell in check["outside"]]
        assert named == sorted(apart["difference"].abs(), reverse=True)[: facts["named"]]
        codes = apart["region_code"].str[:2]
        assert check["count"] == (codes == check["province"].code[:2]).sum()
        assert check["count"] == codes.value_counts().max()


def test_claims_on_other_cities_of_the_province_are_folded_up(facts_of, judged):
    for code in (LVLIANG, "140700", "140900"):
        found = facts_of(code)
        assert len(found["claims"]) == len(judged)
        others = judged[~judged["region_code"].isin([code, "CN"])]
        assert set(others["region_code"]) == {LVLIANG, "140700"} - {code}
        told = {row["region_code"] for one in found["others"] for row in one["rows"]}
        assert told == set(others["region_code"])
        (*_, folded) = say("claims", "zh", region=find_region(code), **found)
        assert len(folded.pieces) == len(found["others"])
        assert sum(len(table.frame) for table in folded.pieces) >= others["claim_id"].nunique() / 3
    elsewhere = facts_of("320500")
    assert set(elsewhere["claims"]["region_code"]) == {"CN"}
    assert elsewhere["total"] == len(load_table("panel_checks"))
    assert elsewhere["own"] == elsewhere["others"] == []


def test_conflicts_are_shown_with_both_figures_and_both_sources(facts, judged):
    said, table, *_ = say("conflicts", "zh", **facts)
    assert (len(facts["conflicts"]["rows"]), facts["conflicting"]) == (5, 4)
    assert "5条" in said.words
    assert "4个数" in said.words
    rows = table.frame.astype(str).agg("|".join, axis=1)
    report, press = [row for row in rows if "2016年一般公共预算收入全省位次" in row]
    assert "|第4位（吕梁市2021年政府工作报告）|第6位（山西经济日报2022年1月）|" in report
    assert "|第6位（山西经济日报2022年1月）|第4位（收入面板S1）|" in press
    agreed = part("conflicts", judged.iloc[:0])
    (none,) = say("conflicts", "zh", conflicts=agreed, conflicting=0, standings=[])
    assert none.words == "没有发现两说不一的说法。"


def test_differences_are_places_points_or_percent_of_the_claim(judged: pd.DataFrame) -> None:
    rows = claim_facts(judged[judged["verdict"] == "contradicted"])
    apart = {(row["indicator"], row["year"], row["found_by"][0]): row["apart"] for row in rows}
    assert apart["gdp_rank_in_province", 2017, "S4"] == 3
    assert apart["gdp_real_growth", 2010, "S5"] == 3.6
    (level,) = claim_facts(judged[judged["claim_id"] == "press.LLTJ2007.gdp_nominal.2007"])
    assert level["apart"] == round(100 * (500.1443 - 507.675) / 500.1443, 2)


def test_every_source_and_note_of_the_shipped_tables_has_words(judged):
    made = load_table("corrections")
    applied = made[made["status"] == "applied"]
    near = made[made["region_code"].str.startswith("14")]
    corrections = correction_facts(made, find_region(LVLIANG))
    for lang in ("zh", "en"):
        for source in sources_of(of_claims(judged))["source_id"]:
            assert words_in(lang).label(source, "audit_source")
        for reason in pd.concat([applied, near])["reason"].unique():
            assert words_in(lang).label(reason, "audit_reason")
        shown = say("corrections", lang, corrections=corrections)
        assert str(len(applied)) in shown[0].words
    mine = judged[judged["claim_id"] == "report.gdp_nominal.2020"]
    (table,) = say("claims", "zh", own=parts(mine.assign(against_source_id="MINE")), others=[])
    assert "1538.04亿元（MINE）" in table.html(), "a source without words goes by its own name"


def test_the_command_line_prints_every_claim_and_ends_well(judged):
    done = CliRunner().invoke(app, ["check", "--audit"], catch_exceptions=False)
    assert done.exit_code == 0
    assert "31  confirmed" in done.stdout
    assert "5  contradicted" in done.stdout
    assert "no. 6 (Shanxi Economic Daily, January 2022); no. 4 (revenue panel S1)" in done.stdout
    assert sum(line.startswith(" " * 10) for line in done.stdout.splitlines()) == len(judged)
