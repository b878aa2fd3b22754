"""The page for the desk: numbers of the run, one file that stands alone, a PDF where one can be."""

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

from lvliang.baseline.starting_point import ranks_by_year
from lvliang.display.prose import Text
from lvliang.display.show import Chart, Table
from lvliang.feasibility.background import load_background
from lvliang.feasibility.coal import BASES, price_that_undoes
from lvliang.feasibility.desk import Triggers, ahead, base_effect, desk_facts, expected, triggers
from lvliang.feasibility.drivers import driver_facts, national_error, tornado
from lvliang.feasibility.outcomes import Outcome
from lvliang.feasibility.targets import load_targets
from lvliang.feasibility.verdicts import Missing, Verdict, Verdicts, assess, outcomes
from lvliang.projection.forecast import forecast_factor
from lvliang.projection.outlook import Outlook, look_ahead
from lvliang.projection.panel import load_panel
from lvliang.projection.scenario import load_scenario
from lvliang.projection.sensitivity import commodity_growth
from lvliang.site import summary_page
from lvliang.site.render import page_shell

LVLIANG = "141100"
YEARS = {"base_year": 2020, "end_year": 2025}
TARGETS = load_targets(LVLIANG, 2020, 2025)
NO_RANKS: dict[str, list[float]] = {"gdp_rank": [], "report_gdp_rank": []}
NO_TRIGGERS = Triggers(*[float("nan")] * 5)
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
    given = dict.fromkeys(["nature", "coal", "nation", "base", "growth", "target", "near"])
    given |= {
        "region": outlook().region, "base_year": 2020, "end_year": 2025, "beyond": None,
        "scenario": load_scenario(**YEARS), "targets": [], "ahead": [], "years": [(2021, 2025)],
        "span_years": 5, "least": min(BASES), "most": max(BASES), "triggers": NO_TRIGGERS,
        "known_ranks": [], "has_gaps": False, "origins": 9, "provenance": lambda lang: [],
        "main": Verdicts(), "standpoints": None,
    }  # fmt: skip
    return Text("90_summary", lang, given | facts).say(block)


def told(block: str, lang: str = "zh", **facts: Any) -> str:
    return "\n".join(piece.words for piece in said(block, lang, **facts))


def facts_of(verdicts: Sequence[Verdict], city: Outlook | None = None) -> dict[str, Any]:
    city = city or outlook()
    ranks = ranks_by_year(city.history, city.region.code)
    return desk_facts(verdicts, judged()[1], city, ranks) | {"main": Verdicts(verdicts)}


def table_of(verdicts: Sequence[Verdict], city: Outlook | None = None, lang: str = "zh") -> Table:
    pieces = said("indicators", lang, **facts_of(verdicts, city))
    return next(piece for piece in pieces if isinstance(piece, Table))


def test_what_is_expected_are_quantiles_of_the_outcomes_that_are_judged() -> None:
    found = judged()[1].loc["gdp_2021"]
    (target,) = (target for target in TARGETS if target.target_id == "gdp_2021")
    drawn = outcomes(target, outlook(), load_background(LVLIANG, 2020).gaps)
    told = found[["q10", "q50", "q90"]].to_list()
    assert told == pytest.approx(np.quantile(drawn, [0.1, 0.5, 0.9]).tolist())
    assert found["last"] == pytest.approx(2.7)
    assert judged()[1].loc["jobs_2021"].isna().all()
    fell = 100 * (187.2558 / 192.6635 - 1)
    assert judged()[1].loc["revenue_2021", "last"] == pytest.approx(fell, abs=0.01)


def test_triggers_are_moves_that_history_and_arithmetic_give() -> None:
    found = triggers(TARGETS, outlook())
    growth = 100 * np.expm1(commodity_growth(2020))
    assert (growth < found.coal).mean() == pytest.approx(0.25, abs=1 / len(growth))
    usual = forecast_factor(load_panel(2020), 5).mean()
    assert found.cities == pytest.approx(usual - national_error(2020, 5))
    assert found.undone_low == pytest.approx(price_that_undoes(52.0, 2.0))
    assert found.undone_high == pytest.approx(price_that_undoes(22.0, 2.0))
    assert np.isnan(triggers([], outlook()).points)


def test_a_verdict_that_cannot_be_told_names_what_is_missing():
    for reason, given, said in (
        ("no_series", {}, "暂不具备评估条件（缺历年数据）"),
        ("ended", {"last_year": 2014}, "缺2015年起数据"),
        ("short", {"last_year": 2020, "changes": 3}, "缺较长的历年数据"),
        ("rivals", {}, "缺同省其他市数据"),
        ("beyond_run", {}, "目标年份不在本次测算范围内"),
        ("no_outcome", {}, "（目标年份已过，缺该指标的实绩）"),
        ("broken", {}, "该指标的数列在目标年份内更换口径"),
    ):
        missing = Missing(reason, "new_urban_jobs", **given)
        one = replace(judged()[0].by_id["jobs_2021"], missing=missing)
        assert said in table_of([one]).frame.iloc[0, -1]


def test_targets_whose_years_are_over_have_what_came_and_no_risk() -> None:
    later = replace(outlook(), base_year=2021)
    found = expected(TARGETS, later).loc["gdp_2021"]
    assert found["last"] == pytest.approx(2.7), "of the year before the target"
    assert np.isnan(found["q50"]) and np.isnan(triggers(TARGETS, later).points)
    came = Outcome(23.8, "compiled", "made", provisional=True, margin=None, completion="exceeded")
    one = Verdict(judged()[0].by_id["revenue_2021"].target, class_="exceeded", outcome=came)
    facts = desk_facts([one], expected(TARGETS, later), outlook(), pd.DataFrame(NO_RANKS))
    closed, to_come = said("indicators", **facts | {"main": Verdicts([one])})[1:]
    assert closed.frame.iloc[0].to_list()[2:] == ["−2.8%", "≥5%", "超额完成，实绩23.8%（暂定）"]
    assert "2025年" in to_come.frame.iloc[1, 0]


@pytest.mark.parametrize(("lang", "scale"), [("zh", 1), ("en", 10)])
def test_a_city_without_targets_has_what_is_drawn_of_it(lang: str, scale: int) -> None:
    growth, gdp, revenue = table_of([], lang=lang).frame.to_numpy().tolist()
    assert "2021" in growth[0] and "C" in revenue[0]
    median = float(np.median(outlook().own_paths.sel(indicator="gdp_nominal", year=2025)))
    assert f"{median / scale:.{0 if scale == 1 else 1}f}" in gdp[1]
    assert len(said("indicators", lang)) == 1


GROWTH = pd.Series([5.0, 6.0, 5.0, 6.0, 5.5, 2.7], index=range(2015, 2021))


def test_the_base_is_held_against_the_five_years_before_it() -> None:
    moved = {"size": -1.0, "gdp": -2.0, "revenue": None}
    nation = {"low": moved, "high": moved | {"gdp": 2.0}, "off": 1.0}
    for last, side in ((2.7, "基数偏低"), (9.0, "基数偏高"), (5.0, "基数影响不大")):
        growth = pd.Series([*GROWTH.iloc[:-1], last], index=GROWTH.index)
        base = base_effect(growth)
        assert base and base["usual"] == pytest.approx(5.5, abs=0.05)
        assert side in told("risks", base=base, nation=nation)
    swung = base_effect(pd.Series([50.0, -50.0, 0.0, 0.0, 0.0, 5.0], index=GROWTH.index))
    assert swung and swung["usual"] == pytest.approx(-5.6, abs=0.05)
    assert base_effect(GROWTH.iloc[1:]) is None


def risks(effects: pd.DataFrame, given: Triggers, **facts: Any) -> list[str]:
    """What is said of the risks, without the heading."""
    moved = {
        "coal": driver_facts(effects, "coal_price"),
        "nation": driver_facts(effects, "national_growth"),
    }
    pieces = said("risks", **moved, triggers=given, base=base_effect(GROWTH), **facts)
    return [piece.words for piece in pieces[1:]]


def test_risks_have_the_numbers_of_the_run_or_say_that_there_are_none() -> None:
    effects = tornado(outlook(), load_scenario("relapse", **YEARS), seed=3)
    moved = effects.set_index(["driver", "side"])["gdp_nominal"]
    given = Triggers(-18.0, 4.9, 2.0, 8.3, 12.8)
    words = risks(effects, given)
    assert [len(words), "18.0" in words[0], "12.8" in words[2]] == [3, True, True]
    for place, driver in enumerate(("coal_price", "national_growth")):
        for side in ("low", "high"):
            assert f"{abs(moved[driver, side]):.1f}" in words[place]
    under = risks(effects, given, scenario=load_scenario("coal_slump", **YEARS))
    assert under[:-1] == words
    assert "基准情景" in under[-1]
    undrawn = effects.assign(gdp_nominal=float("nan"), budget_revenue=float("nan"))
    assert driver_facts(undrawn, "coal_price") is driver_facts(effects[:0], "coal_price") is None
    still = risks(effects.assign(gdp_nominal=0.0, budget_revenue=0.0), NO_TRIGGERS)
    assert len(still) == 2
    assert "nan" not in " ".join(still)


def test_a_city_without_revenue_has_none_in_its_table_nor_its_risks() -> None:
    turpan = outlook("652100")
    drawn = ahead(turpan)
    assert list(drawn.index) == ["gdp_real_growth", "gdp_nominal"]
    effects = tornado(turpan, None, seed=3)
    given = replace(NO_TRIGGERS, coal=-18.0, cities=4.9)
    words = " ".join([table_of([], turpan).words, *risks(effects, given)])
    assert not re.search(r"收入|nan|[为低高] ?[%或]", words)


def test_the_history_of_the_rank_has_the_first_on_top() -> None:
    facts = facts_of([])
    (chart,) = [one for one in said("charts", **facts | {"growth": None}) if isinstance(one, Chart)]
    bottom, top = chart.figure.axes[0].get_ylim()
    assert bottom > top
    assert chart.data.iloc[-1].to_list() == [2020, "4"]
    one = pd.DataFrame({"gdp_rank": [4.0], "report_gdp_rank": [np.nan]}, index=[2020])
    assert desk_facts([], judged()[1], outlook(), one)["known_ranks"].empty


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
        assert summary_page.write_summary(site, ["zh", "en"]) == {"file": "90_summary.html"}
    assert [path.name for path in site.glob("90*")] == ["90_summary.html"]
    assert len(caplog.messages) == 1
    assert told in caplog.messages[0]
