"""The feed of publications: JSON Feed 1.1 that tells what each run said and what moved."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from nbformat import v4

from lvliang import parameters
from lvliang.site.feed import VERSION, feed_json
from lvliang.site.pages import Site, write_index
from lvliang.site.vintage import Standing

Vintage = dict[str, Any]
RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)")
# What JSON Feed 1.1 knows of a feed and of an item, as far as it is used.
OF_FEED = {"version", "title", "language", "items"}
OF_ITEM = {"id", "title", "content_text", "date_published", "language"}
LIKELY = {"probability": 0.7, "class": "attainable_with_effort", "likelihood": "likely"}
UNLIKELY = {"probability": 0.2, "class": "difficult", "likelihood": "unlikely"}


def vintage(number: int = 1, verdict: Vintage = LIKELY, **given: Any) -> Vintage:
    """The ``number``-th vintage of the city, with one verdict."""
    as_of = datetime(2021, 3, 1, 8, 30, tzinfo=UTC) + timedelta(days=number)
    row = {
        "target_id": "gdp_2021", "group": "2021_main", "type": "growth",
        "indicator": "gdp_real_growth", "operator": ">=", "value": 8.0, "unit": "%",
        "first_year": 2021, "deadline": 2021, "grade": "A", "near_edge": False,
        "group_probability": 0.2, "missing": None,
    }  # fmt: skip
    plain = {
        "release": f"run-{number}",
        "as_of": as_of.isoformat(),
        "parameters": {"region": "141100", "scenario": "baseline", "changes": ""},
        "tables": {},
        "code_version": f"0.1.{number}",
        "code_hash": str(number),
        "forecasts": [],
        "verdicts": [row | verdict],
    }
    return plain | given


def fed(*record: Vintage, lang: str = "zh") -> Vintage:
    found: Vintage = json.loads(feed_json(record, title="题", lang=lang))
    return found


@pytest.mark.parametrize(("lang", "code"), [("zh", "zh-CN"), ("en", "en")])
def test_a_feed_has_the_fields_of_json_feed(lang: str, code: str) -> None:
    feed = fed(vintage(1), vintage(2, UNLIKELY), lang=lang)
    assert set(feed) == OF_FEED
    assert (feed["version"], feed["title"], feed["language"]) == (VERSION, "题", code)
    for item in feed["items"]:
        assert set(item) == OF_ITEM
        assert all(isinstance(value, str) and value for value in item.values())
        assert item["language"] == code
        assert RFC_3339.fullmatch(item["date_published"])
    assert len({item["id"] for item in feed["items"]}) == len(feed["items"])
    assert json.dumps(feed).count("://") == 1, "the version alone is an address"


def test_items_are_newest_first_and_the_oldest_are_left_out() -> None:
    record = [vintage(number) for number in range(53)]
    items = fed(*record)["items"]
    assert [item["id"] for item in items] == [f"run-{number}" for number in range(52, 2, -1)]
    assert items[0]["date_published"] == record[-1]["as_of"]


@pytest.mark.parametrize(
    ("lang", "title", "headline", "moved"),
    [
        (
            "zh",
            "吕梁市：研判变化1项",
            "2021年1项主要预期目标中，实现难度较大1项。",
            "“地区生产总值实际增速：2021年≥8%”，上期：经努力可以实现；约70%。"
            "本期：实现难度较大；约20%。变动：−50个百分点。",
        ),
        (
            "en",
            "Lvliang: verdicts moved: 1",
            "Of the 1 main expected targets of 2021: 1 difficult.",
            "“Real GDP growth: ≥ 8 % in 2021”. Before: Attainable with effort; about 70 %. "
            "Now: Difficult; about 20 %. Change: −50 points.",
        ),
    ],
)
def test_a_moved_verdict_is_told(lang: str, title: str, headline: str, moved: str) -> None:
    item, first = fed(vintage(1), vintage(2, UNLIKELY), lang=lang)["items"]
    assert item["title"] == title
    told = item["content_text"].splitlines()
    assert told[0] == headline
    assert moved in told
    assert moved not in first["content_text"]


def test_a_run_that_moved_nothing_says_so() -> None:
    item = fed(vintage(1), vintage(2))["items"][0]
    assert item["title"] == "吕梁市：研判没有变化"
    assert "研判没有变化" in item["content_text"]


def test_the_first_run_has_an_item_of_its_own() -> None:
    (item,) = fed(vintage())["items"]
    assert item["title"] == "吕梁市：首期研判"
    assert "2021年1项主要预期目标中，经努力可以实现1项。" in item["content_text"]


def test_without_a_record_the_feed_is_empty() -> None:
    assert fed()["items"] == []


def test_a_poor_grade_is_told_no_number() -> None:
    poor = {"grade": "D"}
    item = fed(vintage(1, LIKELY | poor), vintage(2, UNLIKELY | poor))["items"][0]
    assert (
        "上期：经努力可以实现；可能性较大。本期：实现难度较大；可能性较小。变动：下降。"
        in (item["content_text"])
    )


@pytest.mark.parametrize(
    ("given", "subject"),
    [
        ({"region": "141100", "scenario": "coal_slump"}, "吕梁市（“煤价连跌”情景）"),
        (
            {"region": "141100", "scenario": "baseline", "changes": "coal_price.2023=-30%"},
            "吕梁市（“基准（coal_price.2023=-30%）”情景）",
        ),
        ({"region": "141100", "scenario": "dropped"}, "吕梁市（“dropped”情景）"),
        ({"region": "999999"}, "999999"),
    ],
)
def test_a_run_names_its_region_and_what_it_assumes(given: Vintage, subject: str) -> None:
    (item,) = fed(vintage(parameters=given))["items"]
    assert item["title"] == f"{subject}：首期研判"


@pytest.mark.parametrize(
    ("lang", "title"),
    [("zh", "吕梁市（“焦炭限产”情景）：首期研判"), ("en", "Lvliang (scenario “Less coke”): ")],
)
def test_a_scenario_of_the_user_has_the_title_that_it_had(lang: str, title: str) -> None:
    given = {"region": "141100", "scenario": "own", "changes": ""}
    titles = {"zh": "焦炭限产", "en": "Less coke"}
    (item,) = fed(vintage(parameters=given, scenario_title=titles), lang=lang)["items"]
    assert item["title"].startswith(title)


def test_a_city_without_targets_has_no_verdicts_that_could_move() -> None:
    none = {"parameters": {"region": "140900", "scenario": "baseline"}, "verdicts": []}
    second, first = fed(vintage(1, **none), vintage(2, **none))["items"]
    assert first["title"] == second["title"] == "忻州市：没有可作研判的目标"
    assert "没有可作研判的目标；其间的变动：方法" in second["content_text"]
    assert "研判没有变化" not in second["content_text"]


def test_targets_that_are_no_longer_on_file_are_told() -> None:
    item = fed(vintage(1), vintage(2, verdicts=[]))["items"][0]
    assert item["title"] == "吕梁市：研判变化1项"


def test_a_scenario_is_held_against_its_own_last_run() -> None:
    slump = {"region": "141100", "scenario": "coal_slump", "changes": ""}
    record = [vintage(1), vintage(2, UNLIKELY, parameters=slump), vintage(3)]
    assert [item["title"] for item in fed(*record)["items"]] == [
        "吕梁市：研判没有变化",
        "吕梁市（“煤价连跌”情景）：首期研判",
        "吕梁市：首期研判",
    ]


NAME = "30_feasibility"
EXECUTED = {NAME: v4.new_notebook(cells=[v4.new_markdown_cell("# 题")])}


def site_in(folder: Path, *languages: str, **given: str) -> Site:
    """A site of one page, which stands there in each language."""
    for lang in languages:
        (folder / lang).mkdir()
        (folder / lang / f"{NAME}.html").touch()
    run = parameters.ReportParameters.model_validate(given)
    return Site(folder, run, (NAME,), languages)


@pytest.mark.parametrize("languages", [["zh", "en"], ["en"]])
def test_each_index_names_the_feed_beside_it(tmp_path: Path, languages: list[str]) -> None:
    site = site_in(tmp_path, *languages)
    write_index(site, EXECUTED, Standing(None, None, judged=True), [vintage()])
    indexes = sorted(tmp_path.rglob("index.html"))
    assert len(indexes) == len(languages)
    for index in indexes:
        page = BeautifulSoup(index.read_text("utf-8"), "html.parser")
        (link,) = page.head("link")
        assert (link["rel"], link["type"]) == (["alternate"], "application/feed+json")
        feed = json.loads((index.parent / link["href"]).read_text("utf-8"))
        assert feed["language"] == page.html["lang"]
        assert feed["title"] == page.h1.get_text()
        assert [item["id"] for item in feed["items"]] == ["run-1"]


@pytest.mark.parametrize(
    ("edition", "told"), [("internal", ["run-2", "run-1"]), ("public", ["run-1"])]
)
def test_a_public_feed_tells_of_its_own_city_alone(
    tmp_path: Path, edition: str, told: list[str]
) -> None:
    elsewhere = {"region": "140900", "scenario": "baseline", "changes": ""}
    record = [vintage(1), vintage(2, parameters=elsewhere)]
    site = site_in(tmp_path, "zh", edition=edition)
    write_index(site, EXECUTED, Standing(None, None, judged=True), record)
    feed = json.loads((tmp_path / "feed.json").read_text("utf-8"))
    assert [item["id"] for item in feed["items"]] == told


@pytest.mark.parametrize(("region", "promised"), [("141100", True), ("140900", False)])
def test_the_index_asks_for_targets_only_where_the_city_has_any(
    tmp_path: Path, region: str, promised: bool
) -> None:
    write_index(site_in(tmp_path, "zh", region=region), EXECUTED)
    page = BeautifulSoup((tmp_path / "index.html").read_text("utf-8"), "html.parser")
    assert ("目标" in page.h1.get_text()) is promised
