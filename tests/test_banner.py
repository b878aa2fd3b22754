"""What stands above a page: what is assumed, what differs, and data not to be relied on."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup

from lvliang import parameters
from lvliang.baseline.freeze import changed_files
from lvliang.baseline.package import data_folder, last_known_year
from lvliang.site.pages import banner

LAST = last_known_year(data_folder())
# Told of each run from an earlier base year, or from one of which nothing was registered.
STANDS = ("Standing in", "预测立足", "Pseudo", "准实时")


def said(notebook: str = "20_trajectories", lang: str = "en", **given: Any) -> list[str]:
    html = banner(parameters.check(notebook, given), lang)
    paragraphs = [one.get_text() for one in BeautifulSoup(html, "html.parser")("p")]
    return [words for words in paragraphs if not words.startswith(STANDS)]


@pytest.fixture
def made_in(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    def make(year: int) -> None:
        seconds = 365.2425 * 86400 * (year - 1970 + 0.5)
        monkeypatch.setenv("SOURCE_DATE_EPOCH", f"{seconds:.0f}")

    return make


def test_data_are_old_when_a_whole_year_is_missing(made_in):
    for notebook in parameters.SCHEMAS:
        made_in(LAST + 1)
        assert said(notebook) == []
        made_in(LAST + 2)
        (old,) = said(notebook)
        assert f"end in {LAST}" in old and f"made in {LAST + 2}" in old


def test_a_run_that_stands_earlier_says_what_it_leaves_out() -> None:
    run = parameters.check("20_trajectories", {"base_year": LAST - 1})
    assert f"Standing in {LAST - 1}" in banner(run, "en")
    assert f"figures to {LAST} are shown as later outcomes only" in banner(run, "en")
    run = parameters.check("20_trajectories", {"base_year": LAST})
    assert "Standing in" not in banner(run, "en")


def test_a_run_on_later_editions_is_called_pseudo_real_time() -> None:
    for base_year, is_pseudo in ((2019, True), (2020, False), (2021, True), (LAST, True)):
        run = parameters.check("20_trajectories", {"base_year": base_year})
        assert ("Pseudo real time" in banner(run, "en")) == is_pseudo
        assert ("准实时" in banner(run, "zh")) == is_pseudo


def test_a_file_that_was_changed_since_its_review_is_named_on_each_page(
    data_copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LVLIANG_DATA", str(data_copy))
    assert changed_files(data_copy) == []
    table = data_copy / "report/targets.csv"
    table.write_bytes(table.read_bytes().replace(b"8.5", b"8.6", 1))
    assert said("10_baseline") == [
        "Unverified data: files changed since they were last reviewed: report/targets.csv."
    ]


def test_what_differs_is_named_as_a_reader_knows_it() -> None:
    given = {"region": "忻州", "growth_discount": 1}
    assert said(**given) == [
        "This run differs from the default one: region = Xinzhou, growth_discount = 1."
    ]
    differ = "本次参数与默认值不同：地区为忻州市、增速下调（百分点）为1。"
    assert said(lang="zh", **given) == [differ]
    assert said("50_ranks", edition="public") == said("50_ranks", lang="zh") == []


def test_what_a_user_wrote_is_text_and_no_markup(tmp_path: Path, data: Path) -> None:
    own = tmp_path / "own.toml"
    shipped = (data / "scenarios/coal_slump.toml").read_text("utf-8")
    own.write_text(shipped.replace('"coal slump"', '"a <b>"').replace('"coal_slump"', '"own"'))
    html = banner(parameters.check("20_trajectories", {"scenario": str(own)}), "en")
    assert "“a &lt;b&gt;”" in html


def test_what_is_assumed_is_told_but_not_where_scenarios_are_compared() -> None:
    (conditional,) = said(scenario="coal_slump")
    assert conditional.startswith("Conditional: projections and verdicts hold under the scenario")
    assert "“coal slump”" in conditional and "2012–2015" in conditional
    assert said("40_scenarios", scenario="coal_slump") == []
    (conditional,) = said(changes="coal_price.2023=-30%")
    assert conditional.startswith("Conditional: projections and verdicts hold with changes to")
    assert "the coal price in US dollars moves by −30.0 % in 2023" in conditional
    (conditional,) = said(scenario="coal_slump", changes="policy.2022=1", lang="zh")
    assert "“煤价连跌”情景上另设假定" in conditional
    assert "2022年+1.0个百分点" in conditional
