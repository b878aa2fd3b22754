"""What stands above a page: what is assumed, what differs, and data not to be relied on."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup

from lvliang import parameters
from lvliang.baseline.freeze import changed_files
from lvliang.site.pages import banner


def said(notebook: str = "20_trajectories", lang: str = "en", **given: Any) -> list[str]:
    html = banner(parameters.check(notebook, given), lang)
    return [paragraph.get_text() for paragraph in BeautifulSoup(html, "html.parser")("p")]


@pytest.fixture
def made_in(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    def make(year: int) -> None:
        seconds = 365.2425 * 86400 * (year - 1970 + 0.5)
        monkeypatch.setenv("SOURCE_DATE_EPOCH", f"{seconds:.0f}")

    return make


def test_data_are_old_when_a_whole_year_is_missing_but_not_by_an_earlier_base_year(made_in):
    for notebook in parameters.SCHEMAS:
        made_in(2021)
        assert said(notebook) == []
        made_in(2022)
        (old,) = said(notebook)
        assert "end in 2020" in old and "made in 2022" in old
    (earlier,) = said(base_year=2015)
    assert earlier.startswith("This run uses data to 2015 alone")


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
