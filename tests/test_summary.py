"""The page for the desk: numbers of the run, one file that stands alone, a PDF where one can be."""

from __future__ import annotations

import logging
import re
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup

from lvliang.baseline.starting_point import ranks_by_year
from lvliang.display import summary
from lvliang.feasibility.background import load_background
from lvliang.feasibility.desk import Triggers, ahead, expected, triggers
from lvliang.feasibility.drivers import national_error, price_that_undoes, tornado
from lvliang.feasibility.targets import load_targets
from lvliang.feasibility.verdicts import Missing, Verdicts, assess, outcomes
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


@lru_cache
def outlook(region: str = LVLIANG) -> Outlook:
    return look_ahead(region, **YEARS, draws=1000, seed=3)


@lru_cache
def judged() -> tuple[Verdicts, pd.DataFrame]:
    background = load_background(LVLIANG, 2020)
    found = expected(TARGETS, outlook(), background.gaps)
    return assess(TARGETS, outlook(), background), found


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
    (table,) = summary.indicators(main, found, lang)
    assert len(table.frame) == 11
    first = table.frame.iloc[0].to_list()
    assert f"{found.loc['gdp_2021', 'q50']:.1f}" in first[4]
    assert first[2:4] == (["2.7%", "≥8%"] if lang == "zh" else ["2.7 %", "≥8 %"])
    assert ("预期性" if lang == "zh" else "indicative") in table.caption
    binding = replace(main[0], target=replace(main[0].target, nature="约束性"))
    mixed = [binding, *main[1:]]
    (table,) = summary.indicators(mixed, found, lang)
    assert table.frame.iloc[0, 1] == ("约束性" if lang == "zh" else "binding")
    assert summary.indicators(main[:0], found, lang) == []


MISSING = [
    ("no_series", {}, "暂不具备评估条件（缺历年数据）", "(missing: series)"),
    ("ended", {"last_year": 2014}, "缺2015年起数据", "(missing: data from 2015)"),
    ("short", {"last_year": 2020, "changes": 3}, "缺较长的历年数据", "missing: a longer series"),
    ("rivals", {}, "缺同省其他市数据", "missing: data of other cities"),
    ("beyond_run", {}, "缺目标年份的测算", "the target's years in this run"),
]


@pytest.mark.parametrize(("reason", "given", "zh", "en"), MISSING)
def test_a_verdict_that_cannot_be_told_names_what_is_missing(
    reason: str, given: dict[str, int], zh: str, en: str
) -> None:
    verdicts, found = judged()
    missing = Missing(reason, "new_urban_jobs", **given)
    one = replace(verdicts.by_id["jobs_2021"], missing=missing)
    for lang, told in (("zh", zh), ("en", en)):
        (table,) = summary.indicators([one], found, lang)
        assert told in table.frame.iloc[0, -2]


@LANGUAGES
def test_no_verdict_of_a_run_is_empty_or_without_its_chance_or_reason(lang: str) -> None:
    verdicts, found = judged()
    (table,) = summary.indicators(verdicts.of("2021_main"), found, lang)
    told = table.frame.iloc[:, -2]
    assert [words for words in told if not re.search(r"[（(][^—]+[）)]$", words)] == []


def test_the_title_has_the_city_and_how_far_the_data_go() -> None:
    for lang, title, until in (
        ("zh", "吕梁市主要目标完成形势研判", "数据截至：2019年（初步核算）"),
        ("en", "Lvliang: where the main targets stand", "Data to 2019 (preliminary accounting)"),
    ):
        name = outlook().region.name(lang)
        html = summary.head(region=name, base_year=2019, judged=True, lang=lang).html()
        head = BeautifulSoup(html, "html.parser").select_one(".one-page")
        assert head
        assert [piece.get_text() for piece in head(["h1", "p"])] == [title, until]
    without = summary.head(region="忻州市", base_year=2019, judged=False, lang="zh")
    assert "目标" not in without.html()


@LANGUAGES
def test_a_city_without_targets_has_what_is_drawn_of_it(lang: str) -> None:
    drawn = ahead(outlook())
    (table,) = summary.ahead(drawn, first=2021, last=2025, lang=lang)
    growth, gdp, revenue = table.frame.to_numpy().tolist()
    assert "2021" in growth[0] and "C" in revenue[0]
    own = outlook().own_paths.sel(indicator="gdp_nominal", year=2025)
    median = float(np.median(own))
    assert (f"{median:.0f}" if lang == "zh" else f"{median / 10:.1f}") in gdp[1]
    assert gdp[2] == ("亿元" if lang == "zh" else "CNY billion")
    assert summary.ahead(drawn.iloc[:0], first=2021, last=2025, lang=lang) == []


@pytest.mark.parametrize(
    ("origins", "end_year", "zh", "en"),
    [
        (9, 2025, "", ""),
        (9, 2026, "2025年以后超出检验记录，仅供参考；", "years after 2025 is beyond any record; "),
        (0, 2025, "没有回测记录。", "there is no track record."),
    ],
)
def test_the_note_says_where_there_is_no_record(
    origins: int, end_year: int, zh: str, en: str
) -> None:
    for lang, told in (("zh", zh), ("en", en)):
        span = {"base_year": 2020, "end_year": end_year}
        given = {"judged": True, "origins": origins, "lang": lang} | span
        words = summary.note(None, **given).words
        assert told in words
        assert bool(told) is bool(re.search("检验记录|回测记录|beyond any|no track", words))


GROWTH = pd.Series([5.0, 6.0, 5.0, 6.0, 5.5, 2.7], index=range(2015, 2021))


@pytest.mark.parametrize(
    ("last", "told"), [(2.7, "基数偏低"), (9.0, "基数偏高"), (5.0, "基数影响不大")]
)
def test_the_base_is_held_against_the_five_years_before_it(last: float, told: str) -> None:
    growth = pd.Series([*GROWTH.iloc[:-1], last], index=GROWTH.index)
    words = summary._base_effect(growth, "zh")
    assert told in words
    assert "5.5%" in words
    swung = pd.Series([50.0, -50.0, 0.0, 0.0, 0.0, last], index=GROWTH.index)
    assert "年均的−5.6%" in summary._base_effect(swung, "zh")
    assert summary._base_effect(growth.iloc[1:], "zh") == ""


@LANGUAGES
def test_risks_have_the_numbers_of_the_run_or_say_that_there_are_none(lang: str) -> None:
    effects = tornado(outlook(), load_scenario("relapse", **YEARS), seed=3)
    moved = effects.set_index(["driver", "side"])["gdp_nominal"]
    given = Triggers(-18.0, 4.9, 2.0, 8.3, 12.8)
    said = summary.risks(effects, given, growth=GROWTH, **YEARS, lang=lang)
    assert [len(said), "18.0" in said[0].words, "12.8" in said[2].words] == [3, True, True]
    assert re.search({"zh": "低.*或高", "en": "lower or .* higher"}[lang], said[0].words)
    for place, driver in enumerate(("coal_price", "national_growth")):
        for side in ("low", "high"):
            assert f"{abs(moved[driver, side]):.1f}" in said[place].words
    under = summary.risks(effects, given, growth=GROWTH, **YEARS, lang=lang, conditional=True)
    assert under[:-1] == said
    assert {"zh": "基准情景", "en": "baseline scenario"}[lang] in under[-1].words
    still = effects.assign(gdp_nominal=0.0, budget_revenue=0.0)
    none = Triggers(*[float("nan")] * 5)
    said = summary.risks(still, none, growth=GROWTH, **YEARS, lang=lang)
    assert len(said) == 2
    assert "nan" not in " ".join(line.words for line in said)


@LANGUAGES
def test_a_city_without_revenue_has_none_in_its_table_nor_its_risks(lang: str) -> None:
    maanshan = outlook("340500")
    drawn = ahead(maanshan)
    assert drawn.loc["budget_revenue"].isna().all()
    assert drawn.drop("budget_revenue").notna().all(axis=None)
    (table,) = summary.ahead(drawn, first=2021, last=2025, lang=lang)
    effects = tornado(maanshan, None, seed=3)
    given = Triggers(-18.0, 4.9, float("nan"), float("nan"), float("nan"))
    risks = summary.risks(effects, given, growth=GROWTH, **YEARS, lang=lang)
    told = " ".join([table.words, *(risk.words for risk in risks)])
    assert not re.search({"zh": "收入", "en": "revenue"}[lang], told)
    assert not re.search(r"nan|[为低高] ?[%或]", told)


def test_the_history_of_the_rank_has_the_first_on_top() -> None:
    (chart,) = summary.rank_history(
        ranks_by_year(outlook().history, LVLIANG), region="吕梁市", lang="zh"
    )
    bottom, top = chart.figure.axes[0].get_ylim()
    assert bottom > top
    assert chart.data.iloc[-1].to_list() == ["2020", "4"]
    assert (
        summary.rank_history(
            pd.DataFrame({"gdp_rank": [4.0], "report_gdp_rank": [np.nan]}, index=[2020]),
            region="吕梁市",
            lang="zh",
        )
        == []
    )


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
def test_without_a_pdf_the_file_is_written_and_it_is_said(
    site: Path,
    browser: str | None,
    told: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(summary_page, "find_browser", lambda: browser)
    with caplog.at_level(logging.WARNING):
        assert summary_page.write_summary(site, ["zh", "en"]) == ["90_summary.html"]
    assert [path.name for path in site.glob("90*")] == ["90_summary.html"]
    assert len(caplog.messages) == 1
    assert told in caplog.messages[0]
