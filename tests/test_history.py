"""The record of publications: what is kept, when, that it stays, and what it says has moved."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from copy import deepcopy
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import pandas as pd
import pytest
import without_kernels
from bs4 import BeautifulSoup
from nbformat import v4, write
from shared import refusal
from vintages import Vintage, made, verdict

from lvliang import parameters
from lvliang.baseline import store
from lvliang.cli import app
from lvliang.display import words
from lvliang.display.show import PIECES_TYPE, RESULT_TYPE, Sentence, Table, bundle_of
from lvliang.errors import DataError, LvliangError, QualityError
from lvliang.feasibility.targets import load_targets
from lvliang.feasibility.verdicts import Missing, Verdict, Verdicts, assess
from lvliang.projection.outlook import QUANTILES, look_ahead, mean_growth, quantiles
from lvliang.site import archive as history
from lvliang.site import news, publication, vintage
from lvliang.site import publish as publish_steps
from lvliang.site.publish import staging, switch

FIRST_DAY = "2025-03-01 08:30"
NONE_BEFORE = vintage.Standing(None, None, judged=True)
UNKNOWN = {"probability": None, "grade": None, "likelihood": None, "class": "cannot_tell"}


def keep(outputs: Path, page: str, new: Vintage | None) -> None:
    """Publish a page with its vintage."""
    with staging(outputs) as staged:
        (staged / "index.html").write_text(page)
        with history.recorded(outputs, new):
            switch(staged, outputs, new["release"] if new else page)


def shown(outputs: Path) -> str:
    return (outputs / "published" / "index.html").read_text()


def files(outputs: Path) -> list[str]:
    folder = outputs / "history"
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


GIVEN: dict[str, Any] = {"base_year": 2020, "end_year": 2025, "draws": 1000, "seed": 1}


@pytest.fixture(scope="module")
def judged(small_data: Path) -> tuple[Any, Verdicts]:
    with mock.patch.dict(os.environ, LVLIANG_DATA=str(small_data)):
        outlook = look_ahead("141100", **GIVEN)
        return outlook, assess(load_targets("141100", 2020, 2025), outlook)


def test_a_run_hands_out_its_verdicts_and_forecasts_as_they_are(judged, data):
    outlook, verdicts = judged
    found = vintage.results(verdicts, outlook, {"region": "141100", "lang": "en", "seed": 1})
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert found["origin"] == 2020
    assert found["parameters"] == {"region": "141100", "seed": 1, "scenario": "baseline"}
    for row, one in zip(found["verdicts"], verdicts, strict=True):
        assert sorted(row) == sorted(verdict())
        for key, value in row.items():
            expected = one.row()[key]
            assert value == (expected.plain() if isinstance(expected, Missing) else expected), key
    told = [row for row in found["verdicts"] if row["probability"] is not None]
    assert 0 < vintage.told(found) == len(told) < len(found["verdicts"])

    levels = [f"q{round(100 * level):02d}" for level in QUANTILES]
    years = [row for row in found["forecasts"] if row["statistic"] == "year"]
    means = [row for row in found["forecasts"] if row["statistic"] == "mean"]
    assert (len(years), [row["indicator"] for row in means]) == (15, list(vintage.MEAN_GROWTH))
    for row in years + means:
        expected = np.quantile(mean_growth(outlook, row["indicator"]), QUANTILES)
        if row in years:
            expected = quantiles(outlook, row["indicator"]).loc[row["last_year"]].to_numpy()
        assert row["first_year"] == (row["last_year"] if row in years else 2021)
        assert [row[level] for level in levels] == pytest.approx(expected.tolist(), abs=1e-4)
    units = pd.read_csv(data / "indicators.csv").set_index("indicator")["unit"]
    assert units[list(vintage.FORECASTS)].to_dict() == vintage.FORECASTS


TITLE = {"title_zh": "推算末年", "title_en": "last year projected"}


@pytest.mark.parametrize(
    ("given", "causes", "tables", "parameters"),
    [
        ({"tables": {"gdp_revised": "z", "budget_revenue": "b"}}, ["data"], ["gdp_revised"], []),
        (
            {"code_hash": "c2", "parameters": made()["parameters"] | {"end_year": 2030}},
            ["code", "parameters"], [], [(TITLE, "2025", "2030")],
        ),
        # Another commit that computes the same is no cause; then it is the libraries beneath.
        ({"code_version": "0.1.0 (def)"}, ["code"], [], []),
    ],
)  # fmt: skip
def test_a_move_has_the_causes_that_changed(given, causes, tables, parameters):
    found = vintage.compare(made(), made("second", verdicts=[FALLEN], **given))
    assert (found.causes, [move.now for move in found.moves]) == (causes, [Verdict.of(FALLEN)])
    assert (found.tables, found.parameters) == (tables, parameters)


def test_a_run_is_held_against_the_last_vintage_of_its_region_and_scenario():
    other, slump = made("second", parameters={"region": "140100"}), made("slump")
    slump["parameters"] = slump["parameters"] | {"scenario": "coal_slump"}
    standing = vintage.stand([made(), other, slump], made("third", code_hash="c2"))
    assert (standing.same_as, standing.found.before) == (None, FIRST_DAY)
    assert vintage.stand([made(), slump], made("third")).same_as == FIRST_DAY
    for first_of_its_kind in (other, slump):
        assert vintage.stand([made()], first_of_its_kind) == NONE_BEFORE
    # A run that repeats the last vintage keeps what that one moved.
    again = vintage.stand([made(), LAST], LAST | {"code_version": "0.1.0 (of documents)"})
    assert again == vintage.Standing("2025-03-02 08:30", vintage.compare(made(), LAST), judged=True)


def test_a_run_that_differs_in_anything_is_new_but_a_table_that_no_result_depends_on():
    other = {"tables": {}, "code_hash": "c2", "parameters": {"region": "141100"}, "verdicts": []}
    for key, value in (other | {"forecasts": [{"q50": 1.0}]}).items():
        assert since(**{key: value}).same_as is None, key
    tables = made()["tables"] | {"sources": "s1"}
    assert since(tables=tables).same_as == FIRST_DAY
    assert vintage.compare(made(), made(tables=tables, code_hash="c2")).causes == ["code"]


def said(standing: vintage.Standing) -> str:
    pieces = news.told("since_last", standing, "zh")
    return BeautifulSoup("\n".join(piece.html() for piece in pieces), "html.parser").get_text("|")


def rows(standing: vintage.Standing) -> list[list[str]]:
    pieces = news.told("since_last", standing, "zh")
    tables = [piece for piece in pieces if not isinstance(piece, Sentence)]
    return [list(row) for table in tables for row in table.frame.itertuples(index=False)]


def since(before: Vintage | None = None, **given: Any) -> vintage.Standing:
    """Where a second vintage stands that is other than the first in what is given."""
    return vintage.stand([before or made()], made("second", **given))


FIRST, MOVED = "此前没有同一地区、同一情景的存档研判", "研判变化1项，其中档位变化1项"
UP, FALLEN = [verdict(probability=0.6)], verdict(probability=0.2) | {"class": "difficult"}
NEAR_EDGE = FALLEN | {"probability": 0.31, "near_edge": True}
LAST = made("second", verdicts=[verdict(probability=0.57)], code_hash="c2")
CUT = made("second", code_hash="c2", code_version="0.2.0 (def)", verdicts=[NEAR_EDGE])
CUT["parameters"] = CUT["parameters"] | {"growth_discount": 1.0}


CASES = [
    (NONE_BEFORE, FIRST),
    (since(), "相比：数据、方法、参数均未变动，研判没有变化。"),
    (vintage.stand([made(), LAST], LAST), "2025-03-02 08:30发布的一期与2025-03-01 08:30"),
    (since(tables={"gdp_revised": "z", "budget_revenue": "b"}), "：数据修订（gdp_revised）。"),
    (since(tables=dict.fromkeys("abcdef", "1")), "（a、b、budget_revenue、c等8张表）"),
    (since(verdicts=UP, code_hash="c2"), "方法或程序（0.1.0 (abc)，含未提交的改动）"),
    (since(verdicts=UP), "方法或程序（代码未改，所用软件库或机器不同）"),
    (
        vintage.stand([made()], CUT),
        f"{MOVED}。原因：方法或程序（0.1.0 (abc)改为0.2.0 (def)）；"
        "参数（增速下调（百分点）由0改为1）。|\n|几项原因并存，未逐项分解。",
    ),
    (since(made(verdicts=[]), verdicts=[], code_hash="c2"), "没有可作研判的目标"),
]


@pytest.mark.parametrize(("standing", "words"), CASES)
def test_what_moved_is_said_with_its_causes(standing, words):
    assert words in said(standing)
    assert not ("没有可作研判" in words and "研判没有变化" in said(standing))


def test_a_move_is_a_row_of_both_verdicts():
    (cut,) = rows(vintage.stand([made()], CUT))
    assert cut[1:] == [
        "存在不确定性、需加力推进；约50%",
        "实现难度较大；约30%（接近档位边界）",
        "−19个百分点",
        "方法或程序、参数",
    ]
    standing = since(verdicts=[verdict(target_id="new", indicator="of_old_tables")])
    assert (news.against_last(standing), news.against_last(NONE_BEFORE)) == (["new"], [])
    added, dropped = rows(standing)
    assert (added[0], added[1], added[3]) == ("new", "—", "新列目标")
    assert (dropped[2], dropped[3]) == ("—", "不再列出")


@pytest.mark.parametrize(
    ("before", "now", "of_class", "word", "change"),
    [
        ({}, {}, False, "持平", None),
        ({}, {"probability": 0.504}, False, "持平", None),
        ({}, {"probability": 0.506}, False, "上调", "+1个百分点"),
        ({}, {"probability": 0.537}, False, "上调", "+4个百分点"),
        ({"probability": 0.34}, FALLEN | {"probability": 0.32}, False, "下调", "−2个百分点"),
        ({"probability": 0.34}, FALLEN | {"probability": 0.30}, True, "下调", "−4个百分点"),
        ({"probability": 0.331}, FALLEN | {"probability": 0.329}, False, "下调",
         "下降不足1个百分点"),
        ({}, {"grade": "C", "probability": 0.4}, False, "下调", "下降"),
        ({"grade": "D"}, {"grade": "D", "probability": 0.62}, False, "上调", "上升"),
        (UNKNOWN, {}, True, "—", "—"),
        (UNKNOWN, UNKNOWN, False, "—", None),
    ],
)  # fmt: skip
def test_a_move_is_told_by_its_size_and_as_both_grades_allow(before, now, of_class, word, change):
    later = verdict(target_id="gdp_2025", group="2025")
    first = made(verdicts=[verdict(**before), later])
    standing = since(first, verdicts=[verdict(**now), later], code_hash="c2")
    move = standing.found.pairs[0]
    assert (move.is_told, move.is_of_class) == (change is not None, of_class)
    (became,) = news.against_last(standing)
    assert words.words_in("zh").label(became, "against_last") == word
    told = rows(standing)
    assert [row[3] for row in told] == ([change] if change else [])
    if before.get("grade") == "D":
        assert re.findall(r"\d|%", " ".join(told[0][1:])) == []


def test_a_vintage_is_one_file_that_is_never_written_again(tmp_path: Path) -> None:
    keep(tmp_path, "page", made())
    path = tmp_path / "history" / "first.json"
    before = path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o444
    assert "预期性" in before.decode()
    assert list(json.loads(before)) == sorted(made())
    assert history.read_history(tmp_path) == [made()]
    (path.parent / ".pending-first.json").write_text("{}")
    history.settle(tmp_path)
    assert (path.read_bytes(), files(tmp_path)) == (before, ["first.json"])


def test_vintages_are_read_oldest_first_and_stay_when_their_releases_go(tmp_path: Path) -> None:
    assert history.open_history(tmp_path) == []
    assert list(tmp_path.iterdir()) == []
    for name, time in zip("adcb", ("03T", "02T", "01T", "01T"), strict=True):
        offset = "+08:00" if name == "b" else "+00:00"
        keep(tmp_path, name, made(name, as_of=f"2025-03-{time}00:30:00{offset}"))
    keep(tmp_path, "again", None)
    assert [found["release"] for found in history.read_history(tmp_path)] == list("bcda")
    assert len(list((tmp_path / "releases").iterdir())) == 3
    assert (shown(tmp_path), files(tmp_path)) == ("again", [f"{name}.json" for name in "abcd"])


def test_a_name_in_the_record_is_never_given_again(tmp_path: Path) -> None:
    keep(tmp_path, "page", made())
    shutil.rmtree(tmp_path / "releases")
    keep(tmp_path, "new", None)
    with staging(tmp_path) as staged:
        switch(staged, tmp_path, "first")
    assert (tmp_path / "published").readlink() == Path("releases/first-2")


def test_a_vintage_that_cannot_be_written_leaves_the_old_page(tmp_path: Path) -> None:
    keep(tmp_path, "old", None)
    (tmp_path / "history").write_text("not a folder")
    with pytest.raises(LvliangError, match=r"\.pending-first\.json: cannot be written"):
        keep(tmp_path, "new", made())
    assert shown(tmp_path) == "old"
    with pytest.raises(DataError, match="history: is not a folder; legal: "):
        history.open_history(tmp_path)


def die(*_: Any, **__: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


POINTS: dict[str, tuple[Any, str, Callable[..., Any], bool]] = {
    "half written": (os, "fchmod", die, False),
    "written": (sys.modules[__name__], "switch", die, False),
    "moved, link old": (publish_steps, "_point", die, False),
    "link being made": (Path, "replace", die, False),
    "link new": (publish_steps, "_prune", die, True),
    "before its name": (history, "settle", die, True),
    "after its name": (history, "settle", lambda o, settle=history.settle: die(settle(o)), True),
}


def killed(outputs: Path, where: Any, name: str, act: Callable[..., Any]) -> None:
    """What a process does that ends at a point of its way."""
    setattr(where, name, act)
    keep(outputs, "new", made("second"))


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")  # it forks to be killed
@pytest.mark.parametrize("point", POINTS)
def test_a_killed_run_leaves_a_page_and_its_vintage_or_neither(tmp_path, point):
    keep(tmp_path, "old", made())
    first = (tmp_path / "history/first.json").read_bytes()
    *step, is_out = POINTS[point]
    run = get_context("fork").Process(target=killed, args=(tmp_path, *step))
    run.start()
    run.join()
    assert run.exitcode == -signal.SIGKILL
    assert shown(tmp_path) == ("new" if is_out else "old")
    # Who reads beside a run is not shown what has no name yet.
    assert len(history.read_history(tmp_path)) == (2 if point == "after its name" else 1)
    found = [read["release"] for read in history.open_history(tmp_path)]
    assert found == (["first", "second"] if is_out else ["first"])
    assert files(tmp_path) == [f"{name}.json" for name in found]
    assert (tmp_path / "history/first.json").read_bytes() == first
    keep(tmp_path, "newer", made("third"))
    assert shown(tmp_path) == "newer" and not (tmp_path / ".published-new").is_symlink()
    assert files(tmp_path) == [*(f"{name}.json" for name in found), "third.json"]


DAMAGED = {
    "": "Invalid JSON",
    json.dumps(made())[:-40]: "Invalid JSON",
    "[]": "Input should be an object",
    "\udcff": "cannot be read",
    json.dumps(made(schema_version=2)): "schema_version: Input should be 1",
    json.dumps(made(parameters={})): "parameters: Value error, has no region",
    json.dumps(made(as_of="2025-03-01T08:30:00")): "as_of: Input should have timezone",
    json.dumps(made("second")): "is the vintage of release 'second'",
    json.dumps(made(verdicts=[verdict(**{"class": "fine"})])): "verdicts.0.class: Value error, ",
    json.dumps(made(verdicts=[{}])): "verdicts.0.target_id: Field required",
    json.dumps({key: made()[key] for key in made() if key != "tables"}): "tables: Field required",
}


@pytest.mark.parametrize(("text", "fault"), DAMAGED.items())
def test_a_damaged_vintage_is_named_and_stays(tmp_path, text, fault):
    path = tmp_path / "history" / "first.json"
    path.parent.mkdir()
    path.write_text(text, "utf-8", errors="surrogateescape")
    message = refusal(3, history.open_history, tmp_path)
    assert message.startswith(f"{path}: {fault}") and message.endswith(history.LEGAL)
    assert "\n" not in message
    assert path.read_bytes() == text.encode("utf-8", errors="surrogateescape")


def test_the_code_is_what_computes(project, tmp_path, monkeypatch):
    package, notebook = tmp_path / "lvliang", tmp_path / "notebooks/30_feasibility.ipynb"
    shutil.copytree(project / "lvliang", package, ignore=shutil.ignore_patterns("__pycache__"))
    notebook.parent.mkdir()
    shutil.copyfile(project / "notebooks" / notebook.name, notebook)
    found = [history.code_hash()]
    monkeypatch.setattr(history, "PROJECT", tmp_path)
    monkeypatch.setattr(store, "PACKAGE", package)
    for name in ("display/show.py", "site/pages.py", "projection/paths.py", "feasibility/bands.py"):
        with (package / name).open("a") as file:
            file.write("\n")
        monkeypatch.setattr(store, "_CODE_AT_START", store._code_of(package))
        found.append(history.code_hash())
    notebook.write_text(notebook.read_text("utf-8") + "\n", "utf-8")
    found.append(history.code_hash())
    assert found[0] == found[1] == found[2]
    assert len(set(found)) == 4


def test_each_table_has_its_hash(small_copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LVLIANG_DATA", str(small_copy))
    before = history.table_hashes()
    path = small_copy / "panel" / "gdp_revised.csv"
    path.write_text(path.read_text("utf-8").rstrip("\n"), "utf-8")
    now = history.table_hashes()
    assert {name for name in before if before[name] != now[name]} == {"gdp_revised"}
    assert {"report_targets", "budget_revenue"} <= set(before)


def in_both(piece: Any) -> Any:
    """The output of a cell that shows a piece, the same in both languages."""
    bundle = bundle_of(piece)
    pieces = {lang: [bundle] for lang in words.LANGUAGES}
    return v4.new_output("display_data", {"text/html": bundle["text/html"], PIECES_TYPE: pieces})


def executed(*results: Any) -> Any:
    """A notebook as its run left it, handing out results."""
    outputs = [v4.new_output("display_data", {RESULT_TYPE: result}) for result in results]
    cells = [
        v4.new_markdown_cell("# 题", metadata={"tags": ["lang-zh"]}),
        v4.new_markdown_cell("# Title", metadata={"tags": ["lang-en"]}),
        v4.new_code_cell(outputs=[in_both(Sentence("8%"))], metadata={"tags": ["answer"]}),
        v4.new_code_cell(outputs=outputs, metadata={"tags": ["hidden"]}),
    ]
    return v4.new_notebook(cells=cells)


def handed_out(**given: Any) -> Vintage:
    kept = ("origin", "parameters", "forecasts", "verdicts")
    return {key: value for key, value in made(**given).items() if key in kept}


def test_a_vintage_is_the_one_result_that_the_notebook_handed_out() -> None:
    results = handed_out()
    found = history.vintage_of({history.NOTEBOOK: executed(results)}, release="first", as_of="")
    assert found is not None
    assert set(found) == set(made())
    assert {key: found[key] for key in results} == results
    assert found["tables"] == history.table_hashes()
    assert history.vintage_of({"10_baseline": executed()}, release="first", as_of="") is None
    for count in (0, 2):
        notebooks = {history.NOTEBOOK: executed(*[results] * count)}
        with pytest.raises(QualityError, match=f"hands out {count} results; legal: one"):
            history.vintage_of(notebooks, release="first", as_of="")


Publish = Callable[..., Path]


@pytest.fixture
def publish(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Publish:
    """Publish a site whose notebook hands out the results given."""
    monkeypatch.setattr("lvliang.site.archive.code_hash", lambda: "c1")
    monkeypatch.setattr("lvliang.site.summary_page.find_browser", lambda: None)

    def run(
        results: Vintage, notebook: Callable = executed, *, desk: bool = False, **given: str
    ) -> Path:
        def execute(job: Any) -> None:
            held = [deepcopy(results)] if job.name == history.NOTEBOOK else []
            write(notebook(*held), job.output)

        names = [history.NOTEBOOK, parameters.SUMMARY] if desk else [history.NOTEBOOK]
        notebooks = {name: parameters.SCHEMAS[name] for name in names}
        return without_kernels.publish(tmp_path / "outputs", notebooks, execute, **given)

    return run


def test_the_page_for_the_desk_tells_what_moved_and_leaves_the_table_to_the_index(publish):
    verdicts = Table("Targets", pd.DataFrame({"Indicator": ["GDP"], "Grade": ["A"]}), cards=True)
    shown = {"against-last": verdicts, "since-last": Sentence("PLACE")}
    cells = [
        v4.new_code_cell(outputs=[in_both(piece)], metadata={"tags": [tag]})
        for tag, piece in shown.items()
    ]

    def with_place(*results: Any) -> Any:
        notebook = executed(*results)
        notebook.cells[3:3] = deepcopy(cells)
        return notebook

    front = publish(handed_out(), with_place, desk=True)
    page = front.parent / f"zh/{parameters.SUMMARY}.html"
    assert FIRST in page.read_text("utf-8")
    assert not re.search("PLACE|较上期", page.read_text("utf-8"))

    publish(handed_out(verdicts=[FALLEN]), with_place, desk=True)
    assert MOVED in page.read_text("utf-8")
    table = BeautifulSoup(page.read_text("utf-8"), "html.parser").table
    shown = ["Indicator", "较上期", "Grade", "GDP", "下调", "A"]
    assert [cell.get_text() for cell in table(["th", "td"])] == shown
    file = front.parent / f"data/zh/{parameters.SUMMARY}-01.csv"
    assert file.read_text("utf-8-sig").split() == ["Indicator,较上期,Grade", "GDP,下调,A"]
    alone = (front.parent / f"{parameters.SUMMARY}.html").read_text("utf-8")
    assert MOVED in alone and "verdicts moved: 1" in alone


def section(page: Path) -> str:
    html = BeautifulSoup(page.read_text("utf-8"), "html.parser")
    return html.find("h2", string=re.compile("与上期相比|Compared with")).parent.get_text()


def test_each_run_with_news_adds_a_vintage_and_the_page_tells_it(publish, tmp_path):
    outputs = tmp_path / "outputs"
    page = publish(handed_out())
    assert FIRST in section(page)
    (first,) = files(outputs)
    assert (outputs / "published").readlink().name == Path(first).stem

    page = publish(handed_out())
    assert files(outputs) == [first]
    assert "研判没有变化" in section(page)

    changed = made()["parameters"] | {"growth_discount": 1.0}
    page = publish(handed_out(parameters=changed, verdicts=[FALLEN]))
    assert MOVED in section(page)
    heads = BeautifulSoup(page.read_text("utf-8"), "html.parser")("h2")
    assert [head.get_text() for head in heads[:2]] == ["研判：目标能否实现", "与上期相比"]
    assert 'href="data/zh/index-01.csv"' in page.read_text("utf-8")
    assert "−30个百分点" in (page.parent / "data/zh/index-01.csv").read_text("utf-8-sig")
    (second,) = set(files(outputs)) - {first}
    for name in ("feed.json", "en/feed.json"):
        feed = json.loads((page.parent / name).read_text("utf-8"))
        assert [f"{item['id']}.json" for item in feed["items"]] == [second, first]


def test_an_edition_or_a_language_is_neither_another_forecast_nor_another_place(publish, tmp_path):
    def everywhere(selector: str) -> list[str]:
        pages = [path.read_text("utf-8") for path in page.parent.rglob("*.html")]
        assert not any("SECRET" in html for html in pages), "a result is on no page"
        found = [BeautifulSoup(html, "html.parser").select(selector) for html in pages]
        return [element.get_text() for elements in found for element in elements]

    secret = handed_out(parameters=made()["parameters"] | {"scenario": "SECRET"})
    page = publish(secret)
    assert len(everywhere("header.mark")) == 4
    assert set(everywhere("header.mark")) == set(words.vocabulary()["edition"]["internal"].values())
    assert publish(secret, edition="public") == page
    assert everywhere("header.mark") == []
    told = ("预测立足2020年", "Standing in 2020")  # and nothing else
    assert all(one.strip().startswith(told) for one in everywhere(".banner"))
    assert "研判没有变化" in section(page)
    assert "no verdict moved" in section(publish(secret, lang="en"))
    assert len(files(tmp_path / "outputs")) == 1
    assert "edition" not in parameters.SCHEMAS[history.NOTEBOOK].model_fields


def test_a_damaged_vintage_stops_the_run_before_a_kernel_starts(publish, tmp_path, monkeypatch):
    page = publish(handed_out())
    before = page.read_bytes()
    damaged = tmp_path / "outputs/history/damaged.json"
    damaged.write_text("{", "utf-8")
    monkeypatch.setattr(publication.publish, "staging", lambda *_: pytest.fail("too late"))
    with pytest.raises(DataError, match=r"history/damaged\.json: Invalid JSON"):
        publish(handed_out(verdicts=[]))
    assert page.read_bytes() == before
    assert damaged.read_text("utf-8") == "{"
    assert len(files(tmp_path / "outputs")) == 2


def test_the_command_prints_one_row_a_vintage(tmp_path, capsys):
    keep(tmp_path, "page", made(verdicts=[verdict(), verdict(target_id="b", **UNKNOWN)]))
    keep(tmp_path, "page", made("second", parameters={"region": "140100"}))
    app(["history", "--outputs", str(tmp_path)], standalone_mode=False)
    first, second = capsys.readouterr().out.splitlines()
    assert first == (
        "first  2025-03-01T08:30:00+08:00  2020  141100  0.1.0 (abc)  d1  1 of 2 targets told"
    )
    assert second.startswith("second  2025-03-02T08:30:00+08:00  2020  140100  ")


@pytest.mark.skipif(shutil.which("make") is None, reason="no make")
def test_make_clean_leaves_the_record_and_the_page(project: Path, tmp_path: Path) -> None:
    shutil.copyfile(project / "Makefile", tmp_path / "Makefile")
    outputs = tmp_path / "outputs"
    keep(outputs, "page", made())
    (outputs / "runs").mkdir()
    environment = {name: os.environ[name] for name in os.environ if not name.startswith("MAKE")}
    command = ["make", "-C", str(tmp_path), "clean"]
    subprocess.run(command, check=True, capture_output=True, env=environment)
    assert history.read_history(outputs) == [made()]
    assert shown(outputs) == "page"
    assert sorted(path.name for path in outputs.iterdir()) == ["history", "published", "releases"]
