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

from lvliang import parameters
from lvliang.baseline.regions import find_region, peers
from lvliang.baseline.tables import load_table
from lvliang.display.words import LANGUAGES, words_in
from lvliang.errors import LvliangError
from lvliang.feasibility import bands
from lvliang.site.gate import faults_of_notebook, faults_of_page
from lvliang.site.render import in_language, render_page
from lvliang.site.run import Job, execute, prepare

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
    "Lvliang": Run(LVLIANG, ["30_feasibility", "50_ranks"]),
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
every_page = pytest.mark.parametrize(
    ("place", "name", "lang"),
    [
        pytest.param(place, name, lang, id=f"{place}-{name}-{lang}")
        for place, run in RUNS.items()
        for name in run.names
        for lang in LANGUAGES
    ],
)


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


def language_of(place: str) -> str:
    """The language that a run was asked for; the other has its page as well."""
    return str(RUNS[place].given["lang"])


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


def page_of(executed: Execute, place: str, name: str, lang: str = "") -> BeautifulSoup:
    return executed(place)[name, lang or language_of(place)].read


def answers(executed: Execute, place: str) -> dict[str, str]:
    """What the first output of each notebook says, below its title."""
    pages = {name: page_of(executed, place, name) for name in RUNS[place].names}
    return {name: page.select_one(BELOW_THE_TITLE).get_text() for name, page in pages.items()}


def verdicts_of_2021(executed: Execute, place: str) -> list[str]:
    page = page_of(executed, place, "30_feasibility")
    first = page.select_one(f"table:has({VERDICTS})")
    return [cell.get_text() for cell in first.select(VERDICTS)]


@every_page
def test_outputs_and_page_pass_the_gate(
    executed: Execute, place: str, name: str, lang: str
) -> None:
    page = executed(place)[name, lang]
    assert faults_of_notebook(page.notebook) == []
    assert faults_of_page(page.html) == []


@every_page
def test_the_first_output_is_the_headline(
    executed: Execute, place: str, name: str, lang: str
) -> None:
    page = page_of(executed, place, name, lang)
    first = page.select_one(BELOW_THE_TITLE).find(True)
    assert first["class"] == ["headline"]
    assert page.select(".headline") == [first]


@every_page
def test_the_page_has_one_title_in_its_language(
    executed: Execute, place: str, name: str, lang: str
) -> None:
    page = page_of(executed, place, name, lang)
    (title,) = page("h1")
    assert title.get_text().isascii() is (lang == "en")
    assert ("问题：" in page.main.get_text()) is (lang == "zh")
    assert ("Question: " in page.main.get_text()) is (lang == "en")


@every_page
def test_the_page_shows_the_parameters_of_its_run(
    executed: Execute, place: str, name: str, lang: str
) -> None:
    rows = page_of(executed, place, name, lang).select("tr:has(> td)")
    shown = {row.th.get_text(): row("td")[-1].get_text() for row in rows}
    given = taken_by(name, RUNS[place].given | {"lang": lang})
    assert given["region"] in shown.pop("region")
    named = {"zh": "中文", "en": "English", "public": {"zh": "公开", "en": "public"}[lang]}
    others = {name: str(value) for name, value in given.items() if name != "region"}
    others |= {name: named[others[name]] for name in {"lang", "edition"} & others.keys()}
    assert {parameter: shown[parameter] for parameter in others} == others


@every_page
def test_every_source_that_is_named_is_in_the_table_of_sources(
    executed: Execute, place: str, name: str, lang: str
) -> None:
    page = page_of(executed, place, name, lang)
    caption = {"zh": "数据来源", "en": "Sources"}[lang]
    tables = [table for table in page("table") if table.caption.get_text() == caption]
    listed = {cell.get_text() for table in tables for cell in table.select("tbody th")}
    for table in tables:
        table.decompose()
    said = page.main.get_text()
    known = load_table("sources")["source_id"]
    assert {code for code in known if re.search(rf"(?a)\b{code}\b", said)} <= listed


@every_page
def test_a_missing_number_is_never_told_as_nan(
    executed: Execute, place: str, name: str, lang: str
) -> None:
    page = BeautifulSoup(executed(place)[name, lang].html, "html.parser")
    page.select_one("details.code").decompose()
    said = page.main.get_text()
    assert re.findall(r"\bnan\b|NaN|\bNone\b|<NA>", said) == []


@every_page
def test_no_heading_stands_over_nothing(
    executed: Execute, place: str, name: str, lang: str
) -> None:
    below = [
        (heading.get_text(), heading.find_next(["h2", "p", "table", "figure"]))
        for heading in page_of(executed, place, name, lang).select("main h2")
    ]
    assert [words for words, found in below if found is None or found.name == "h2"] == []


OF_THE_CITY = ("10_baseline", "20_trajectories", "30_feasibility", "80_commitments")


def test_the_answers_are_about_the_city_and_the_years_of_the_run(executed: Execute) -> None:
    said = answers(executed, "Suzhou")
    assert all("Suzhou" in said[name] for name in OF_THE_CITY)
    assert "in 2018" in said["10_baseline"]
    assert "2014–2018" in said["10_baseline"]
    assert "2019–2023" in said["20_trajectories"]


def test_a_municipality_is_answered_by_name(executed: Execute) -> None:
    said = answers(executed, "Beijing")
    assert all("北京市" in said[name] for name in OF_THE_CITY)
    assert "2021—2025年" in said["20_trajectories"]


def test_a_municipality_is_given_no_rank_in_a_province(executed: Execute) -> None:
    pages = {name: page_of(executed, "Beijing", name).main.get_text() for name in NAMES}
    ranked = {name: re.findall(r"居全省第|全省位次|第\d+位", said) for name, said in pages.items()}
    assert {name: said for name, said in ranked.items() if said} == {}
    assert "不作位次研判" in answers(executed, "Beijing")["50_ranks"]


@pytest.mark.parametrize("place", ["Suzhou", "Beijing"])
def test_a_city_without_targets_is_told_where_to_add_them(executed: Execute, place: str) -> None:
    page = page_of(executed, place, "30_feasibility")
    heads = {head.get_text() for head in page.select("thead th")}
    assert "data/report/targets.csv" not in answers(executed, place)["30_feasibility"]
    assert "data/report/targets.csv" in page.main.get_text()
    assert heads.isdisjoint({"研判", "Verdict"})


def test_with_the_panel_some_targets_can_be_assessed(executed: Execute) -> None:
    classes = verdicts_of_2021(executed, "Lvliang")
    assert len(classes) == 11
    assert classes.count("暂不具备评估条件") < 11


def test_without_the_panel_none_of_the_eleven_can(executed: Execute) -> None:
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


def told_of_others(html: str, run: dict[str, object]) -> list[str]:
    """Whatever a page says of another city of the province together with a chance."""
    city, lang = find_region(str(run["region"])), str(run["lang"])
    names = [other.name(lang).removesuffix("市") for other in peers(city) if other != city]
    return [said for said in pieces(html) if any(n in said for n in names) and chance(said)]


def chance(said: str) -> bool:
    """Whether words or a percentage tell how likely something is, in either language."""
    languages = [words_in(lang) for lang in LANGUAGES]
    words = [one.label(word, "likelihood") for _, word in bands.LIKELIHOOD for one in languages]
    told = [one.label(kind, "chance", **f) for kind, f in CHANCES.items() for one in languages]
    percent = [re.escape(words).replace("50", r"\d+") for words in told]
    return re.search("|".join(["可能性", "likelihood", *words, *percent]), said) is not None


def pieces(html: str) -> list[str]:
    """What is read together: a row with its heads and caption, a drawing, a paragraph, a label."""
    page = BeautifulSoup(html, "html.parser")
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


@every_page
def test_chances_of_other_cities_stand_on_one_page_of_the_internal_edition_alone(
    executed: Execute, place: str, name: str, lang: str
) -> None:
    given = RUNS[place].given | {"lang": lang}
    found = told_of_others(executed(place)[name, lang].html, given)
    has_rivals = place != "Beijing"
    assert bool(found) is (name == "50_ranks" and "edition" not in given and has_rivals)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_public_edition_says_what_it_leaves_out(executed: Execute, lang: str) -> None:
    for place in ("Lvliang", "Suzhou"):
        left_out = {
            "zh": "不就其他市今后的位次作可能性研判",
            "en": "no likelihood for any other city",
        }[lang]
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
def test_a_chance_of_another_city_is_found_wherever_it_stands(html: str) -> None:
    assert len(told_of_others(html, LVLIANG)) == 1
    assert told_of_others(html.replace("临汾", "吕梁"), LVLIANG) == []
