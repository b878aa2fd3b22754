"""The feed of publications: JSON Feed 1.1 that tells what each run said and what moved."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from nbformat import v4
from vintages import Vintage, made, verdict

from lvliang import parameters
from lvliang.site.news import VERSION, feed_json
from lvliang.site.pages import Site, write_index
from lvliang.site.vintage import Standing

RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)")
# What JSON Feed 1.1 knows of a feed and of an item, as far as it is used.
OF_FEED = {"version", "title", "language", "items"}
OF_ITEM = {"id", "title", "content_text", "date_published", "language"}
LIKELY = {"probability": 0.7, "class": "attainable_with_effort", "likelihood": "likely"}
UNLIKELY = {"probability": 0.2, "class": "difficult", "likelihood": "unlikely"}
PLAIN = {"region": "141100", "scenario": "baseline", "changes": ""}
SLUMP, OWN = PLAIN | {"scenario": "coal_slump"}, PLAIN | {"scenario": "own"}
CHANGED, XINZHOU = PLAIN | {"changes": "coal_price.2023=-30%"}, PLAIN | {"region": "140900"}
NO_TARGETS = {"parameters": XINZHOU, "verdicts": []}


def vintage(number: int = 1, told: Vintage = LIKELY, **given: Any) -> Vintage:
    """The ``number``-th vintage of the city, with one verdict."""
    plain = {
        "as_of": (datetime(2021, 3, 1, 8, 30, tzinfo=UTC) + timedelta(days=number)).isoformat(),
        "parameters": PLAIN, "verdicts": [verdict(**told)],
        "code_version": f"0.1.{number}", "code_hash": str(number),
    }  # fmt: skip
    return made(f"run-{number}", **(plain | given))


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


NAME = "30_feasibility"
FIRST = Standing(None, None, judged=True)
EXECUTED = {NAME: v4.new_notebook(cells=[v4.new_markdown_cell("# 题")])}


def site_in(folder: Path, *languages: str, **given: str) -> Site:
    """A site of one page, which stands there in each language."""
    for lang in languages:
        (folder / lang).mkdir(parents=True)
        (folder / lang / f"{NAME}.html").touch()
    run = parameters.ReportParameters.model_validate(given)
    return Site(folder, run, (NAME,), languages)


@pytest.mark.parametrize("languages", [["zh", "en"], ["en"]])
def test_each_index_names_the_feed_beside_it(tmp_path: Path, languages: list[str]) -> None:
    write_index(site_in(tmp_path, *languages), EXECUTED, FIRST, [vintage()])
    indexes = sorted(tmp_path.rglob("index.html"))
    assert len(indexes) == len(languages)
    for index in indexes:
        page = BeautifulSoup(index.read_text("utf-8"), "html.parser")
        (link,) = page.head("link")
        assert (link["rel"], link["type"]) == (["alternate"], "application/feed+json")
        feed = json.loads((index.parent / link["href"]).read_text("utf-8"))
        assert (feed["language"], feed["title"]) == (page.html["lang"], page.h1.get_text())
        assert [item["id"] for item in feed["items"]] == ["run-1"]


def test_a_public_feed_tells_of_its_own_city_alone(tmp_path: Path) -> None:
    record = [vintage(1), vintage(2, parameters=XINZHOU)]
    for edition, told in (("internal", ["run-2", "run-1"]), ("public", ["run-1"])):
        write_index(site_in(tmp_path / edition, "zh", edition=edition), EXECUTED, FIRST, record)
        feed = json.loads((tmp_path / edition / "feed.json").read_text("utf-8"))
        assert [item["id"] for item in feed["items"]] == told


def test_the_index_asks_for_targets_only_where_the_city_has_any(tmp_path: Path) -> None:
    for region, promised in (("141100", True), ("140900", False)):
        write_index(site_in(tmp_path / region, "zh", region=region), EXECUTED)
        html = (tmp_path / region / "index.html").read_text("utf-8")
        assert ("目标" in BeautifulSoup(html, "html.parser").h1.get_text()) is promised


def test_a_moved_verdict_is_told_in_words_that_its_grade_allows() -> None:
    for lang, title, told in (
        ("zh", "吕梁市：研判变化1项",
         ["2021年1项主要预期目标中，实现难度较大1项。",
          "“地区生产总值实际增速：2021年≥8%”，上期：经努力可以实现；约70%。"
          "本期：实现难度较大；约20%。变动：−50个百分点。"]),
        ("en", "Lvliang: verdicts moved: 1",
         ["Of the 1 main expected targets of 2021: 1 difficult.",
          "“Real GDP growth: ≥ 8 % in 2021”. Before: Attainable with effort; about 70 %. "
          "Now: Difficult; about 20 %. Change: −50 points."]),
    ):  # fmt: skip
        item, first = fed(vintage(1), vintage(2, UNLIKELY), lang=lang)["items"]
        assert item["title"] == title
        assert item["content_text"].splitlines()[0] == told[0]
        assert told[1] in item["content_text"].splitlines()
        assert told[1] not in first["content_text"]
    poor = {"grade": "D"}
    item = fed(vintage(1, LIKELY | poor), vintage(2, UNLIKELY | poor))["items"][0]
    moved = "上期：经努力可以实现；可能性较大。本期：实现难度较大；可能性较小。变动：下降。"
    assert moved in item["content_text"]


@pytest.mark.parametrize(
    ("record", "titles"),
    [
        ([], []),
        ([vintage(1), vintage(2)], ["吕梁市：研判没有变化", "吕梁市：首期研判"]),
        ([vintage(1), vintage(2, verdicts=[])], ["吕梁市：研判变化1项", "吕梁市：首期研判"]),
        ([vintage(1, **NO_TARGETS), vintage(2, **NO_TARGETS)], ["忻州市：没有可作研判的目标"] * 2),
        ([vintage(parameters=CHANGED)], ["吕梁市（“基准（coal_price.2023=-30%）”情景）：首期研判"]),
        ([vintage(parameters=SLUMP | {"scenario": "dropped"})],
         ["吕梁市（“dropped”情景）：首期研判"]),
        ([vintage(parameters=OWN, scenario_title={"zh": "焦炭限产", "en": "Less coke"})],
         ["吕梁市（“焦炭限产”情景）：首期研判"]),
        ([vintage(parameters={"region": "999999"})], ["999999：首期研判"]),
        # A scenario is held against its own last run.
        ([vintage(1), vintage(2, UNLIKELY, parameters=SLUMP), vintage(3)],
         ["吕梁市：研判没有变化", "吕梁市（“煤价连跌”情景）：首期研判", "吕梁市：首期研判"]),
    ],
)  # fmt: skip
def test_a_title_says_whether_a_verdict_of_the_same_run_moved(record, titles) -> None:
    assert [item["title"] for item in fed(*record)["items"]] == titles
