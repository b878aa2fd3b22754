"""The page for the desk: numbers of the run, one file that stands alone, a PDF where one can be."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup

from lvliang.baseline.starting_point import ranks_by_year
from lvliang.display.prose import Text
from lvliang.display.show import Chart, Table
from lvliang.feasibility.background import load_background
from lvliang.feasibility.desk import (
    Triggers,
    ahead,
    base_effect,
    desk_facts,
    driver_facts,
    expected,
    triggers,
)
from lvliang.feasibility.drivers import BASES, national_error, price_that_undoes, tornado
from lvliang.feasibility.targets import load_targets
from lvliang.feasibility.verdicts import Missing, Verdict, Verdicts, assess, outcomes
from lvliang.projection.national import forecast_factor
from lvliang.projection.outlook import Outlook, look_ahead
from lvliang.projection.panel import load_panel
from lvliang.projection.scenario import load_scenario
from lvliang.projection.sensitivity import commodity_growth
from lvliang.site import gate, summary_page
from lvliang.site.render import page_shell

LVLIANG = "141100"
YEARS = {"base_year": 2020, "end_year": 2025}
TARGETS = load_targets(LVLIANG, 2020, 2025)
LANGUAGES = pytest.mark.parametrize("lang", ["zh", "en"])
pytestmark = pytest.mark.usefixtures("shared_store")


@lru_cache
def outlook(region: str = LVLIANG) -> Outlook:
    return look_ahead(region, **YEARS, draws=1000, seed=3)


@lru_cache
def judged() -> tuple[Verdicts, pd.DataFrame]:
    background = load_background(LVLIANG, 2020)
    found = expected(TARGETS, outlook(), background.gaps)
    return assess(TARGETS, outlook(), background), found


def said(block: str, lang: str = "zh", **facts: Any) -> list[Any]:
    """The pieces of a block of page 90, over facts of a run of nothing but these."""
    given = {
        "region": outlook().region,
        "base_year": 2020,
        "end_year": 2025,
        "scenario": load_scenario(**YEARS),
        "targets": [],
        "nature": None,
        "ahead": [],
        "years": [(2021, 2025)],
        "span_years": 5,
        "least": min(BASES),
        "most": max(BASES),
        "coal": None,
        "nation": None,
        "base": None,
        "triggers": Triggers(*[float("nan")] * 5),
        "growth": None,
        "target": None,
        "near": None,
        "known_ranks": [],
        "has_gaps": False,
        "origins": 9,
        "beyond": None,
        "provenance": lambda lang: [],
    }
    return Text("90_summary", lang, given | facts).say(block)


def told(block: str, lang: str = "zh", **facts: Any) -> str:
    return "\n".join(piece.words for piece in said(block, lang, **facts))


def facts_of(verdicts: Sequence[Verdict], city: Outlook | None = None) -> dict[str, Any]:
    city = city or outlook()
    ranks = ranks_by_year(city.history, city.region.code)
    return desk_facts(verdicts, judged()[1], city, ranks)


def table_of(lang: str, verdicts: Sequence[Verdict], city: Outlook | None = None) -> Table:
    (table,) = [
        piece
        for piece in said("indicators", lang, **facts_of(verdicts, city))
        if isinstance(piece, Table)
    ]
    return table


def test_what_is_expected_are_quantiles_of_the_outcomes_that_are_judged() -> None:
    gaps = load_background(LVLIANG, 2020).gaps
    found = judged()[1].loc["gdp_2021"]
    target = next(target for target in TARGETS if target.target_id == "gdp_2021")
    drawn = outcomes(target, outlook(), gaps)
    assert found[["q10", "q50", "q90"]].to_list() == pytest.approx(
        np.quantile(drawn, [0.1, 0.5, 0.9]).tolist()
    )
    assert found["last"] == pytest.approx(2.7)
    assert judged()[1].loc["jobs_2021"].isna().all()
    # Revenue of the year before last is missing: growth over two years is not that of one.
    assert np.isnan(judged()[1].loc["revenue_2021", "last"])


def test_triggers_are_moves_that_history_and_arithmetic_give() -> None:
    found = triggers(TARGETS, outlook())
    growth = 100 * np.expm1(commodity_growth(2020))
    assert (growth < found.coal).mean() == pytest.approx(0.25, abs=1 / len(growth))
    panel = load_panel(2020)
    usual = forecast_factor(panel, 5).mean()
    assert found.cities == pytest.approx(usual - national_error(2020, 5))
    assert found.undone_low == pytest.approx(price_that_undoes(52.0, 2.0))
    assert found.undone_high == pytest.approx(price_that_undoes(22.0, 2.0))
    assert np.isnan(triggers([], outlook()).points)


@LANGUAGES
def test_the_table_has_each_target_with_what_is_known_of_it(lang: str) -> None:
    verdicts, found = judged()
    main = verdicts.of("2021_main")
    table = table_of(lang, main)
    assert len(table.frame) == 11
    first = table.frame.iloc[0].to_list()
    assert f"{found.loc['gdp_2021', 'q50']:.1f}" in first[4]
    assert first[2:4] == (["2.7%", "≥8%"] if lang == "zh" else ["2.7 %", "≥8 %"])
    assert ("预期性" if lang == "zh" else "indicative") in table.caption
    binding = replace(main[0], target=replace(main[0].target, nature="约束性"))
    mixed = [binding, *main[1:]]
    table = table_of(lang, mixed)
    assert table.frame.iloc[0, 1] == ("约束性" if lang == "zh" else "binding")
    assert facts_of([])["targets"] == []


MISSING = [
    ("no_series", {}, "暂不具备评估条件（缺历年数据）", "(missing: series)"),
    ("ended", {"last_year": 2014}, "缺2015年起数据", "(missing: data from 2015)"),
    ("short", {"last_year": 2020, "changes": 3}, "缺较长的历年数据", "missing: a longer series"),
    ("rivals", {}, "缺同省其他市数据", "missing: data of other cities"),
    ("beyond_run", {}, "缺目标年份的测算", "the target's years in this run"),
]


def test_a_verdict_that_cannot_be_told_names_what_is_missing():
    verdicts, _ = judged()
    for reason, given, zh, en in MISSING:
        missing = Missing(reason, "new_urban_jobs", **given)
        one = replace(verdicts.by_id["jobs_2021"], missing=missing)
        for lang, told in (("zh", zh), ("en", en)):
            assert told in table_of(lang, [one]).frame.iloc[0, -2]
    for lang in ("zh", "en"):
        told = table_of(lang, verdicts.of("2021_main")).frame.iloc[:, -2]
        bare = [words for words in told if not re.search(r"[（(][^—]+[）)]$", words)]
        assert bare == [], "no verdict of a run is without its chance or reason"


def test_the_title_has_the_city_and_how_far_the_data_go() -> None:
    for lang, title, until in (
        ("zh", "吕梁市主要目标完成形势研判", "数据截至：2019年（初步核算）"),
        ("en", "Lvliang: where the main targets stand", "Data to 2019 (preliminary accounting)"),
    ):
        one = facts_of(judged()[0].of("2021_main")[:1]) | {"base_year": 2019}
        head = BeautifulSoup(said("title", lang, **one)[0].html(), "html.parser")
        assert [piece.get_text() for piece in head(["h1", "p"])] == [title, until]
    assert "目标" not in said("title")[0].words


@LANGUAGES
def test_a_city_without_targets_has_what_is_drawn_of_it(lang: str) -> None:
    table = table_of(lang, [])
    growth, gdp, revenue = table.frame.to_numpy().tolist()
    assert "2021" in growth[0] and "C" in revenue[0]
    own = outlook().own_paths.sel(indicator="gdp_nominal", year=2025)
    median = float(np.median(own))
    assert (f"{median:.0f}" if lang == "zh" else f"{median / 10:.1f}") in gdp[1]
    assert gdp[2] == ("亿元" if lang == "zh" else "CNY billion")
    assert len(said("indicators", lang)) == 1


def test_the_note_says_where_there_is_no_record():
    for origins, beyond, zh, en in (
        (9, None, "", ""),
        (9, 2025, "2025年以后超出检验记录，仅供参考；", "years after 2025 is beyond any record; "),
        (0, None, "没有回测记录。", "there is no track record."),
    ):
        for lang, expected_words in (("zh", zh), ("en", en)):
            words = told("advice", lang, origins=origins, beyond=beyond)
            assert expected_words in words
            found = re.search("检验记录|回测记录|beyond any|no track", words)
            assert bool(expected_words) is bool(found)


GROWTH = pd.Series([5.0, 6.0, 5.0, 6.0, 5.5, 2.7], index=range(2015, 2021))


@pytest.mark.parametrize(
    ("last", "told_of_base"), [(2.7, "基数偏低"), (9.0, "基数偏高"), (5.0, "基数影响不大")]
)
def test_the_base_is_held_against_the_five_years_before_it(last: float, told_of_base: str) -> None:
    growth = pd.Series([*GROWTH.iloc[:-1], last], index=GROWTH.index)
    base = base_effect(growth)
    assert base and base["usual"] == pytest.approx(5.5, abs=0.05)
    moved = {"size": -1.0, "gdp": -2.0, "revenue": None}
    nation = {"low": moved, "high": moved | {"gdp": 2.0}, "off": 1.0}
    words = told("risks", base=base, nation=nation)
    assert told_of_base in words
    assert "5.5%" in words
    swung = base_effect(pd.Series([50.0, -50.0, 0.0, 0.0, 0.0, last], index=GROWTH.index))
    assert swung and swung["usual"] == pytest.approx(-5.6, abs=0.05)
    assert base_effect(growth.iloc[1:]) is None


def risks(effects: pd.DataFrame, given: Triggers, lang: str, **facts: Any) -> list[str]:
    """What is said of the risks, without the heading."""
    moved = {
        "coal": driver_facts(effects, "coal_price"),
        "nation": driver_facts(effects, "national_growth"),
    }
    base = base_effect(GROWTH)
    pieces = said("risks", lang, **moved, triggers=given, base=base, **facts)
    return [piece.words for piece in pieces[1:]]


@LANGUAGES
def test_risks_have_the_numbers_of_the_run_or_say_that_there_are_none(lang: str) -> None:
    effects = tornado(outlook(), load_scenario("relapse", **YEARS), seed=3)
    moved = effects.set_index(["driver", "side"])["gdp_nominal"]
    given = Triggers(-18.0, 4.9, 2.0, 8.3, 12.8)
    words = risks(effects, given, lang)
    assert [len(words), "18.0" in words[0], "12.8" in words[2]] == [3, True, True]
    assert re.search({"zh": "低.*或高", "en": "lower or .* higher"}[lang], words[0])
    for place, driver in enumerate(("coal_price", "national_growth")):
        for side in ("low", "high"):
            assert f"{abs(moved[driver, side]):.1f}" in words[place]
    slump = load_scenario("coal_slump", **YEARS)
    under = risks(effects, given, lang, scenario=slump)
    assert under[:-1] == words
    assert {"zh": "基准情景", "en": "baseline scenario"}[lang] in under[-1]
    undrawn = effects.assign(gdp_nominal=float("nan"), budget_revenue=float("nan"))
    assert driver_facts(undrawn, "coal_price") is driver_facts(effects[:0], "coal_price") is None
    still = effects.assign(gdp_nominal=0.0, budget_revenue=0.0)
    none = Triggers(*[float("nan")] * 5)
    words = risks(still, none, lang)
    assert len(words) == 2
    assert "nan" not in " ".join(words)


@LANGUAGES
def test_a_city_without_revenue_has_none_in_its_table_nor_its_risks(lang: str) -> None:
    maanshan = outlook("340500")
    drawn = ahead(maanshan)
    assert drawn.loc["budget_revenue"].isna().all()
    assert drawn.drop("budget_revenue").notna().all(axis=None)
    table = table_of(lang, [], maanshan)
    effects = tornado(maanshan, None, seed=3)
    given = Triggers(-18.0, 4.9, float("nan"), float("nan"), float("nan"))
    words = " ".join([table.words, *risks(effects, given, lang)])
    assert not re.search({"zh": "收入", "en": "revenue"}[lang], words)
    assert not re.search(r"nan|[为低高] ?[%或]", words)


def test_the_history_of_the_rank_has_the_first_on_top() -> None:
    facts = facts_of([])
    (chart,) = [one for one in said("charts", **facts | {"growth": None}) if isinstance(one, Chart)]
    bottom, top = chart.figure.axes[0].get_ylim()
    assert bottom > top
    assert chart.data.iloc[-1].to_list() == [2020, "4"]
    one = pd.DataFrame({"gdp_rank": [4.0], "report_gdp_rank": [np.nan]}, index=[2020])
    assert desk_facts([], judged()[1], outlook(), one)["known_ranks"].empty


# ------------------------------------------------------------------ the file


def page(lang: str, body: str) -> str:
    return page_shell(
        lang=lang,
        title=f"T {lang}",
        body_html=f'<h1 id="top">T {lang}</h1><p><a href="#top">{body}</a></p>',
        nav_html='<a href="../index.html">x</a>',
        banner_html="<p>B</p>",
        footer_html=f"<p>F {lang}</p>",
        mark=f"M {lang}",
    )


def test_one_file_has_both_languages_and_nothing_outside() -> None:
    html = summary_page.stand_alone({"zh": page("zh", "甲"), "en": page("en", "A")})
    assert gate.faults_of_page(html) == []
    soup = BeautifulSoup(html, "html.parser")
    panels = soup.select(".languages > .panel")
    assert [panel["lang"] for panel in panels] == ["zh-CN", "en"]
    for panel, lang, words in zip(panels, ("zh", "en"), ("甲", "A"), strict=True):
        assert [link["href"] for link in panel("a")] == [f"#{lang}-top"]
        assert panel.select_one(f"#{lang}-top")
        assert all(said in panel.get_text() for said in (words, f"F {lang}", f"M {lang}", "B"))
    checked = [button["id"] for button in soup("input") if button.has_attr("checked")]
    assert checked == ["language-zh"]
    assert soup.title
    assert soup.title.get_text() == "T zh / T en"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    for lang in ("zh", "en"):
        (tmp_path / lang).mkdir()
        (tmp_path / lang / "90_summary.html").write_text(page(lang, lang), "utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("browser", "told"), [(None, "no browser"), ("/bin/false", "non-zero"), ("/no/such", "No such")]
)
def test_without_a_pdf_the_file_is_written_and_it_is_said(site, browser, told, monkeypatch, caplog):
    monkeypatch.setattr(summary_page, "find_browser", lambda: browser)
    with caplog.at_level(logging.WARNING):
        assert summary_page.write_summary(site, ["zh", "en"]) == ["90_summary.html"]
    assert [path.name for path in site.glob("90*")] == ["90_summary.html"]
    assert len(caplog.messages) == 1
    assert told in caplog.messages[0]
