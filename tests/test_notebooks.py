"""The notebooks run on other sets than their defaults, from anywhere, and their pages pass.

A run is once for both languages, and both of its pages are looked at.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from unittest import mock

import nbformat
import pytest
from bs4 import BeautifulSoup
from valid_html import faults_of_markup

from lvliang import parameters
from lvliang.baseline.regions import find_region, peers
from lvliang.baseline.tables import load_table
from lvliang.display.words import LANGUAGES, words_in
from lvliang.errors import LvliangError
from lvliang.feasibility import bands
from lvliang.site.gate import faults_of_notebook, faults_of_page
from lvliang.site.render import in_language, render_page
from lvliang.site.run import Job, execute, prepare

pytestmark = pytest.mark.usefixtures("shared_store")
PROJECT = Path(__file__).resolve().parents[1]
NAMES = sorted(parameters.SCHEMAS)
SUZHOU = {"region": "320500", "lang": "en", "base_year": 2018, "end_year": 2023}
BEIJING = {"region": "110000", "lang": "zh"}
LVLIANG = {"region": "141100", "lang": "zh"}
EARLY = LVLIANG | {"base_year": 2012, "end_year": 2035}
XINZHOU = {"region": "140900", "lang": "en"}
OF_YEARS = ["20_trajectories", "30_feasibility", "40_scenarios", "50_ranks", "70_track_record"]
PUBLIC = {"edition": "public"}
DRAWS = 1000
BELOW_THE_TITLE = ".output:not(:has(h1))"
VERDICTS = "td[data-head=研判]"
CHANCES = {"below": {}, "above": {}, "about": {"percent": 50}}


@dataclass(frozen=True)
class Run:
    """Which notebooks run, on which parameters, and whether the panel is there."""

    given: dict[str, object]
    names: list[str]
    panel: bool = True


RUNS = {
    "Suzhou": Run(SUZHOU, NAMES),
    "Beijing": Run(BEIJING, NAMES),
    "Lvliang": Run(LVLIANG, NAMES),
    "Xinzhou": Run(XINZHOU, ["00_data_audit"]),
    "Lvliang 2012": Run(EARLY, OF_YEARS),
    "Lvliang public": Run(LVLIANG | PUBLIC, ["50_ranks"]),
    "Suzhou public": Run(SUZHOU | PUBLIC, ["50_ranks"]),
    "Lvliang without panel": Run(LVLIANG, ["30_feasibility"], panel=False),
}


@dataclass(frozen=True)
class Page:
    """An executed notebook as one language has it, and the page made of it."""

    notebook: nbformat.NotebookNode
    html: str

    @cached_property
    def read(self) -> BeautifulSoup:
        """The page, only to be read."""
        return BeautifulSoup(self.html, "html.parser")


Executed = dict[tuple[str, str], Page]  # by notebook and language
Execute = Callable[[str], Executed]


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> Execute:
    """The notebooks of a run, each run once; where it failed, every test of it is told so."""
    done: dict[str, Executed | LvliangError] = {}

    def notebooks(place: str) -> Executed:
        if place not in done:
            try:
                done[place] = run_elsewhere(RUNS[place], tmp_path_factory.mktemp("run"))
            except LvliangError as error:
                done[place] = error
        if isinstance(found := done[place], LvliangError):
            raise found
        return found

    return notebooks


def run_elsewhere(run: Run, folder: Path) -> Executed:
    """Execute the notebooks from a folder that has nothing to do with the project."""
    jobs = {name: job(folder, name, run.given) for name in run.names}
    with mock.patch.dict(os.environ), contextlib.chdir(folder):
        os.environ.pop("LVLIANG_DATA", None)
        if not run.panel:
            os.environ["LVLIANG_DATA"] = str(data_without_panel(folder))
        prepare(folder / "cache")
        execute(list(jobs.values()), workers=2, deadline=300)
    return {
        (name, lang): page_made_of(done.output, lang)
        for name, done in jobs.items()
        for lang in LANGUAGES
    }


def page_made_of(output: Path, lang: str) -> Page:
    notebook = in_language(nbformat.read(output, as_version=4), lang)
    return Page(notebook, render_page(notebook, lang=lang))


def job(folder: Path, name: str, given: dict[str, object]) -> Job:
    """A run of few draws; its parameters are those the command line would inject."""
    values = parameters.check(name, taken_by(name, given)).model_dump()
    return Job(PROJECT / "notebooks" / f"{name}.ipynb", folder / f"{name}.ipynb", values, name)


def taken_by(name: str, given: dict[str, object]) -> dict[str, object]:
    """What the notebook takes of a run of few draws."""
    takes = parameters.SCHEMAS[name].model_fields
    return {key: value for key, value in (given | {"draws": DRAWS}).items() if key in takes}


def data_without_panel(folder: Path) -> Path:
    panel = shutil.ignore_patterns("panel")
    return Path(shutil.copytree(PROJECT / "data", folder / "data", ignore=panel))


def page_of(executed: Execute, place: str, name: str) -> BeautifulSoup:
    """The page in the language that a run was asked for; the other is there as well."""
    return executed(place)[name, str(RUNS[place].given["lang"])].read


SAYS = "h1, h2, h3, p, li, summary, legend, label, dt, dd, caption, tr, svg[aria-label], math"
SAYS += ", .chart-title"


def said_on(page: BeautifulSoup) -> str:
    """What a page says, a line for each thing; the cells of a row between bars."""
    lines = []
    for tag in page.main.select(SAYS):
        if tag.find_parent("details", class_="code") is None:
            cells = tag.find_all(["th", "td"]) if tag.name == "tr" else [tag]
            alternative = tag.get("aria-label") or tag.get("alttext")
            told = [alternative or " ".join(cell.get_text().split()) for cell in cells]
            lines.append(
                {"h1": "# ", "h2": "## ", "h3": "### "}.get(tag.name, "") + " | ".join(told)
            )
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("name", NAMES)
def test_each_page_says_what_it_said(executed, file_regression, name):
    """The golden texts; where a change is meant, ``pytest --regen-all`` makes them anew."""
    for lang in LANGUAGES:
        golden = PROJECT / f"tests/golden/{name}.{lang}.txt"
        file_regression.check(said_on(executed("Lvliang")[name, lang].read), fullpath=golden)


def answers(executed: Execute, place: str) -> dict[str, str]:
    """What the first output of each notebook says, below its title."""
    pages = {name: page_of(executed, place, name) for name in RUNS[place].names}
    return {name: page.select_one(BELOW_THE_TITLE).get_text() for name, page in pages.items()}


def faults(page: Page, name: str, place: str, lang: str) -> dict[str, object]:
    """What is wrong with a page, whichever it is, by the rule it breaks."""
    read, given = page.read, RUNS[place].given | {"lang": lang}
    said = whole = read.main.get_text()
    for code in read.select("details.code"):
        said = said.replace(code.get_text(), "")
    first, (title,) = read.select_one(BELOW_THE_TITLE).find(True), read("h1")
    below = [(head, head.find_next(["h2", "p", "table", "figure"])) for head in read.select("h2")]
    others = bool(told_of_others(read, given))
    may = name == "50_ranks" and "edition" not in given and place != "Beijing"
    return {
        "outputs pass the gate": faults_of_notebook(page.notebook),
        "the page passes the gate": faults_of_page(page.html),
        "its HTML is valid": faults_of_markup(page.html),
        "the first output is the one headline": read.select(".headline") != [first],
        "the title is in its language": title.get_text().isascii() is not (lang == "en"),
        "the question is in its language": [
            sign for sign, of in (("问题：", "zh"), ("Question: ", "en"))
            if (sign in whole) is not (lang == of)
        ],
        "parameters are those of the run": unlike(read, taken_by(name, given)),
        "sources that are named are listed": unlisted(read, lang),
        "a missing number is not told as nan": re.findall(r"\bnan\b|NaN|\bNone\b|<NA>", said),
        "no heading stands over nothing": [
            head.get_text() for head, found in below if found is None or found.name == "h2"
        ],
        "chances of other cities are on one page, of the internal edition alone": others is not may,
    }  # fmt: skip


def unlike(page: BeautifulSoup, given: dict[str, object]) -> dict[str, str]:
    """Parameters that a page does not show as they were given."""
    rows = {row.th.get_text(): row("td")[-1].get_text() for row in page.select("tr:has(> td)")}
    named = {"zh": "中文", "en": "English"}
    public = "public" if given["lang"] == "en" else "公开"
    shown = {name: str(value) for name, value in given.items()}
    shown |= {"lang": named[shown["lang"]]} | ({"edition": public} if "edition" in given else {})
    region = shown.pop("region")
    wrong = {name: rows[name] for name, value in shown.items() if rows[name] != value}
    return wrong | ({} if region in rows["region"] else {"region": rows["region"]})


def unlisted(page: BeautifulSoup, lang: str) -> set[str]:
    """Sources that a page names and its table of sources does not."""
    caption, said = {"zh": "数据来源", "en": "Sources"}[lang], page.main.get_text()
    listed = set()
    for table in page("table"):
        if table.caption.get_text() == caption:
            listed |= {cell.get_text() for cell in table.select("tbody th")}
            said = said.replace(table.get_text(), "")
    known = load_table("sources")["source_id"]
    return {code for code in known if re.search(rf"(?a)\b{code}\b", said)} - listed


@pytest.mark.parametrize(
    ("place", "name"), [(place, name) for place, run in RUNS.items() for name in run.names]
)
def test_each_page_keeps_the_rules_of_every_page(executed, place, name):
    for lang in LANGUAGES:
        found = faults(executed(place)[name, lang], name, place, lang)
        assert {rule: fault for rule, fault in found.items() if fault} == {}, lang


def verdicts_of_2021(executed: Execute, place: str) -> list[str]:
    first = page_of(executed, place, "30_feasibility").select_one(f"table:has({VERDICTS})")
    return [cell.get_text() for cell in first.select(VERDICTS)]


OF_THE_CITY = ("10_baseline", "20_trajectories", "30_feasibility", "80_commitments")


def test_the_answers_are_about_the_city_and_the_years_of_the_run(executed: Execute) -> None:
    said = answers(executed, "Suzhou")
    assert all("Suzhou" in said[name] for name in OF_THE_CITY)
    assert "in 2018" in said["10_baseline"]
    assert "2014–2018" in said["10_baseline"]
    assert "2019–2023" in said["20_trajectories"]


def test_a_municipality_is_answered_by_name_and_given_no_rank(executed: Execute) -> None:
    said = answers(executed, "Beijing")
    assert all("北京市" in said[name] for name in OF_THE_CITY)
    assert "2021—2025年" in said["20_trajectories"]
    pages = {name: page_of(executed, "Beijing", name).main.get_text() for name in NAMES}
    ranked = {name: re.findall(r"居全省第|全省位次|第\d+位", page) for name, page in pages.items()}
    assert {name: ranks for name, ranks in ranked.items() if ranks} == {}
    assert "不作位次研判" in said["50_ranks"]


@pytest.mark.parametrize("place", ["Suzhou", "Beijing"])
def test_a_city_without_targets_is_told_where_to_add_them(executed: Execute, place: str) -> None:
    page = page_of(executed, place, "30_feasibility")
    heads = {head.get_text() for head in page.select("thead th")}
    assert "data/report/targets.csv" not in answers(executed, place)["30_feasibility"]
    assert "data/report/targets.csv" in page.main.get_text()
    assert heads.isdisjoint({"研判", "Verdict"})


def test_with_the_panel_some_of_the_eleven_can_be_assessed_and_without_none(executed):
    classes = verdicts_of_2021(executed, "Lvliang")
    assert len(classes) == 11
    assert classes.count("暂不具备评估条件") < 11
    place = "Lvliang without panel"
    assert verdicts_of_2021(executed, place) == ["暂不具备评估条件"] * 11
    assert "暂不具备评估条件11项" in answers(executed, place)["30_feasibility"]


def test_an_early_base_year_is_told_nothing_of_later_years(executed: Execute) -> None:
    pages = {name: page_of(executed, "Lvliang 2012", name).main.get_text() for name in OF_YEARS}
    for name in ("20_trajectories", "30_feasibility"):
        assert "没有回测记录" in pages[name]
        assert "重叠的起点" not in pages[name]
    assert "其中0项" not in pages["40_scenarios"]
    assert "均未能识别" in pages["40_scenarios"]
    assert "各市收入只用到基期（2012年）" in pages["50_ranks"]
    assert "2020年" not in pages["70_track_record"]


def told_of_others(page: BeautifulSoup, run: dict[str, object]) -> list[str]:
    """Whatever a page says of another city of the province together with a chance."""
    city, lang = find_region(str(run["region"])), str(run["lang"])
    names = [other.name(lang).removesuffix("市") for other in peers(city) if other != city]
    return [said for said in pieces(page) if any(n in said for n in names) and chance(said)]


def chance(said: str) -> bool:
    """Whether words or a percentage tell how likely something is, in either language."""
    languages = [words_in(lang) for lang in LANGUAGES]
    words = [one.label(word, "likelihood") for _, word in bands.LIKELIHOOD for one in languages]
    told = [one.label(kind, "chance", **f) for kind, f in CHANCES.items() for one in languages]
    percent = [re.escape(words).replace("50", r"\d+") for words in told]
    return re.search("|".join(["可能性", "likelihood", *words, *percent]), said) is not None


def pieces(page: BeautifulSoup) -> list[str]:
    """What is read together: a row with its heads and caption, a drawing, a paragraph, a label."""
    labels = [
        str(tag[name]) for name in ("alt", "aria-label", "title") for tag in page(**{name: True})
    ]
    rows = [
        " ".join(part.get_text(" ") for part in [*table(["caption", "thead"]), row])
        for table in page("table")
        for row in table.select("tr:has(> td)")
    ]
    whole = page(["p", "li", "dd", "figcaption", "summary", "svg", "h1", "h2", "h3"])
    return labels + rows + [tag.get_text(" ") for tag in whole]


def test_the_public_edition_says_what_it_leaves_out(executed):
    for lang, left_out in (
        ("zh", "不就其他市今后的位次作可能性研判"),
        ("en", "no likelihood for any other city"),
    ):
        for place in ("Lvliang", "Suzhou"):
            assert left_out not in executed(place)["50_ranks", lang].html
            assert left_out in executed(f"{place} public")["50_ranks", lang].html


@pytest.mark.parametrize(
    "html",
    [
        "<p>临汾市在本市之上：可能性较小。</p>",
        "<table><caption>在本市之上的可能性</caption><tr><td>临汾市</td><td>20</td></tr></table>",
        "<svg><text>临汾</text><text>约20%</text></svg>",
        '<svg aria-label="临汾市：不足5%"></svg>',
    ],
)
def test_a_chance_of_another_city_is_found_wherever_it_stands(html):
    for city, count in (("临汾", 1), ("吕梁", 0)):
        page = BeautifulSoup(html.replace("临汾", city), "html.parser")
        assert len(told_of_others(page, LVLIANG)) == count
