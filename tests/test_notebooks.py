"""The notebooks published on other sets than their defaults, from anywhere; their pages pass.

A site is of both languages, and both of its pages are looked at. That each passes the gate is
what publishing says.
"""

import contextlib
import csv
import os
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from itertools import chain
from pathlib import Path
from unittest import mock

import pytest
from bs4 import BeautifulSoup, Tag
from valid_html import faults_of_markup

from lvliang import parameters
from lvliang.baseline.regions import find_region, peers
from lvliang.baseline.tables import load_table
from lvliang.display.words import LANGUAGES, MINUS, NOTHING, words_in
from lvliang.errors import LvliangError
from lvliang.feasibility import bands
from lvliang.site.publication import publish_report

pytestmark = pytest.mark.usefixtures("shared_store")
PROJECT = Path(__file__).resolve().parents[1]
NAMES = sorted(parameters.SCHEMAS)
SUZHOU = {"region": "320500", "base_year": 2018, "end_year": 2023}
LVLIANG = {"region": "141100"}
EARLY = LVLIANG | {"base_year": 2012, "end_year": 2035}
LATEST = LVLIANG | {"base_year": 2023}
OF_YEARS = ["20_trajectories", "30_feasibility", "40_scenarios", "50_ranks", "70_track_record"]
# Pages that tell of a city what can be told without any panel.
OF_LITTLE = ["10_baseline", "30_feasibility", "40_scenarios", "50_ranks", "60_industries"]
# Pages that are of every city without a report alike.
ALIKE = ["00_data_audit", "60_industries"]
DRAWS = {"draws": 1000}
BELOW_THE_TITLE = ".output:not(:has(h1))"
CHANCES = {"below": {}, "above": {}, "about": {"percent": 50}}


@dataclass(frozen=True)
class Run:
    """Which notebooks are published, on which parameters, and whether the panel is there."""

    given: dict[str, object]
    names: list[str] = field(default_factory=lambda: NAMES)
    panel: bool = True


# What 40 says of a city without targets is said of Beijing, and of Lvliang in 2012.
RUNS = {
    "Suzhou": Run(SUZHOU, [name for name in NAMES if name != "40_scenarios"]),
    "Beijing": Run({"region": "110000"}, [name for name in NAMES if name not in ALIKE]),
    "Lvliang": Run(LVLIANG),
    "Lvliang 2012": Run(EARLY, OF_YEARS),
    "Lvliang 2023": Run(
        LVLIANG | {"base_year": 2023}, [*OF_YEARS, "15_progress", "80_commitments"]
    ),
    "Lvliang public": Run(LVLIANG | {"edition": "public"}, ["50_ranks"]),
    "Lvliang without panel": Run(LVLIANG, OF_LITTLE, panel=False),
}
Publish = Callable[[str], Path]


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Publish:
    """The site of a run, published once; where that failed, every test of it is told so."""
    done: dict[str, Path | LvliangError] = {}

    def site(place: str) -> Path:
        if place not in done:
            try:
                done[place] = publish_elsewhere(RUNS[place], tmp_path_factory.mktemp("run"))
            except LvliangError as error:
                done[place] = error
        if isinstance(found := done[place], LvliangError):
            raise found
        return found

    return site


def publish_elsewhere(run: Run, folder: Path) -> Path:
    """Publish notebooks from a folder that has nothing to do with the project."""
    schemas = {name: parameters.SCHEMAS[name] for name in run.names}
    with (
        mock.patch.dict(os.environ),
        mock.patch.object(parameters, "SCHEMAS", schemas),
        contextlib.chdir(folder),
    ):
        os.environ.pop("LVLIANG_DATA", None)
        if not run.panel:
            panel = shutil.ignore_patterns("panel")
            shutil.copytree(PROJECT / "data", folder / "data", ignore=panel)
            os.environ["LVLIANG_DATA"] = str(folder / "data")
        given = run.given | DRAWS
        page = publish_report(given, outputs=folder / "outputs", workers=2, deadline=600)
    return page.parent


@cache
def read(page: Path) -> BeautifulSoup:
    """A page, only to be read."""
    return BeautifulSoup(page.read_text("utf-8"), "html.parser")


def page_of(published: Publish, place: str, name: str, lang: str = "zh") -> BeautifulSoup:
    return read(published(place) / lang / f"{name}.html")


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
def test_each_page_says_what_it_said(published, file_regression, name):
    """The golden texts; where a change is meant, ``pytest --regen-all`` makes them anew."""
    for lang in LANGUAGES:
        golden = PROJECT / f"tests/golden/{name}.{lang}.txt"
        said = said_on(page_of(published, "Lvliang", name, lang))
        file_regression.check(said, fullpath=golden)


def answers(published: Publish, place: str, lang: str = "zh") -> dict[str, str]:
    """What the first output of each notebook says, below its title."""
    pages = {name: page_of(published, place, name, lang) for name in RUNS[place].names}
    return {name: page.select_one(BELOW_THE_TITLE).get_text() for name, page in pages.items()}


def faults(page: Path, place: str) -> dict[str, object]:
    """What is wrong with a page, whichever it is, by the rule it breaks."""
    found, name, lang = read(page), page.stem, page.parent.name
    run = RUNS[place].given | DRAWS | {"lang": lang}
    said = whole = found.main.get_text()
    for code in found.select("details.code"):
        said = said.replace(code.get_text(), "")
    first, (title,) = found.select_one(BELOW_THE_TITLE).find(True), found("h1")
    below = [(head, head.find_next(["h2", "p", "table", "figure"])) for head in found("h2")]
    others = bool(told_of_others(found, run["region"], lang))
    may = name == "50_ranks" and place in ("Suzhou", "Lvliang", "Lvliang 2012", "Lvliang 2023")
    return {
        "its HTML is valid": faults_of_markup(page.read_text("utf-8")),
        "the first output is the one headline": found.select(".headline") != [first],
        "the title is in its language": title.get_text().isascii() is not (lang == "en"),
        "the question is in its language": [
            sign for sign, of in (("问题：", "zh"), ("Question: ", "en"))
            if (sign in whole) is not (lang == of)
        ],
        "parameters are those of the run": unlike(found, run, name),
        "sources that are named are listed": unlisted(found, lang),
        "tables are files that say the same": unlike_files(page),
        "a missing number is not told as nan": re.findall(r"\bnan\b|NaN|\bNone\b|<NA>", said),
        "no heading stands over nothing": [
            head.get_text() for head, next_ in below if next_ is None or next_.name == "h2"
        ],
        "chances of other cities are on one page, of the internal edition alone": others is not may,
    }  # fmt: skip


def unlike(page: BeautifulSoup, run: dict[str, object], name: str) -> dict[str, str]:
    """Parameters that a page does not show as they were given, of those that its notebook takes."""
    rows = {row.th.get_text(): row("td")[-1].get_text() for row in page.select("tr:has(> td)")}
    said = {"zh": "中文", "en": "English"} | {"public": "公开" if run["lang"] == "zh" else "public"}
    takes = run.keys() & parameters.SCHEMAS[name].model_fields.keys() - {"region"}
    shown = {name: said.get(str(run[name]), str(run[name])) for name in takes}
    wrong = {name: rows[name] for name in shown if rows[name] != shown[name]}
    return wrong | ({} if str(run["region"]) in rows["region"] else {"region": rows["region"]})


def unlike_files(page: Path) -> list[object]:
    """What the tables of a page say, and their files do not say as well."""
    files = sorted((page.parents[1] / "data" / page.parent.name).glob(f"{page.stem}-*.csv"))
    tables = read(page)("table")
    wrong: list[object] = [] if len(files) == len(tables) > 0 else [(len(files), len(tables))]
    for path, table in zip(files, tables, strict=False):
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows, seen = list(csv.reader(file)), whole_rows(table)
        wrong += [] if [*map(len, rows)] == [*map(len, seen)] else [path.name]
        pairs = zip(chain(*rows), chain(*seen), strict=False)
        wrong += [pair for pair in pairs if not as_shown(*pair)]
    return wrong


def whole_rows(table: Tag) -> list[list[str]]:
    """The rows of a table with what is said once above them, and the heads of it all."""
    heads, told, rows = [], [], []
    for row in table("tr"):
        if "told" in row.get_attribute_list("class"):
            heads = [head.get_text() for head in row("span")]
            told = [str(head.next_sibling).strip() for head in row("span")]
        else:
            rows.append([*told, *(cell.get_text() for cell in row(["th", "td"]))])
    return [[*heads, *rows[0]], *rows[1:]]


def as_shown(cell: str, shown: str) -> bool:
    """Whether a cell of a file is what the page shows, which rounds numbers."""
    shown = shown.replace("\N{NO-BREAK SPACE}", " ")
    plain = shown.replace(MINUS, "-")
    try:
        number, rounded = float(cell), float(plain)
    except ValueError:
        return (cell or NOTHING) in (shown or NOTHING, plain)
    decimals = len(plain.partition(".")[2])
    return abs(number - rounded) <= 0.5 * 10**-decimals + 1e-9


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
def test_each_page_keeps_the_rules_of_every_page(published, place, name):
    for lang in LANGUAGES:
        found = faults(published(place) / lang / f"{name}.html", place)
        assert {rule: fault for rule, fault in found.items() if fault} == {}, lang


@pytest.mark.parametrize("index", ["index.html", "en/index.html"])
def test_an_index_begins_with_the_figures_of_all_pages_and_has_no_other(published, index):
    body = read(published("Lvliang") / index).main
    assert len(body.select(".all-figures .value")) == len(body.select(".value")) == 12
    assert body.select_one("section, .all-figures")["class"] == ["all-figures"]


@pytest.mark.parametrize("place", [place for place in RUNS if place != "Lvliang"])
def test_other_runs_answer_as_they_did(published, file_regression, place):
    """Cities without a report or a province, earlier years, no panel: what is said first."""
    for lang in LANGUAGES:
        said = "".join(f"{told.strip()}\n" for told in answers(published, place, lang).values())
        file = f"tests/golden/answers/{place.replace(' ', '_')}.{lang}.txt"
        file_regression.check(said, fullpath=PROJECT / file)


def test_a_municipality_is_given_no_rank(published: Publish) -> None:
    pages = {
        name: page_of(published, "Beijing", name).main.get_text() for name in RUNS["Beijing"].names
    }
    ranked = {name: re.findall(r"居全省第|全省位次|第\d+位", page) for name, page in pages.items()}
    assert {name: ranks for name, ranks in ranked.items() if ranks} == {}


@pytest.mark.parametrize(("place", "lang"), [("Suzhou", "en"), ("Beijing", "zh")])
def test_a_city_without_targets_is_told_where_to_add_them(published, place, lang):
    page = page_of(published, place, "30_feasibility", lang)
    heads = {head.get_text() for head in page.select("thead th")}
    assert "data/report/targets.csv" not in answers(published, place, lang)["30_feasibility"]
    assert "data/report/targets.csv" in page.main.get_text()
    assert heads.isdisjoint({"研判", "Verdict"})


def test_an_early_base_year_is_told_nothing_of_later_years(published: Publish) -> None:
    pages = {name: page_of(published, "Lvliang 2012", name).main.get_text() for name in OF_YEARS}
    for name in ("20_trajectories", "30_feasibility"):
        assert "没有回测记录" in pages[name]
        assert "重叠的起点" not in pages[name]
    assert "其中0项" not in pages["40_scenarios"]
    assert "均未能识别" in pages["40_scenarios"]
    assert "各市收入只用到基期（2012年）" in pages["50_ranks"]
    said = re.sub("后来的实绩[^。]*。", "", pages["70_track_record"])
    assert "2020年" not in said


def told_of_others(page: BeautifulSoup, region: object, lang: str) -> list[str]:
    """Whatever a page says of another city of the province together with a chance."""
    city = find_region(str(region))
    names = [other.name(lang).removesuffix("市") for other in peers(city) if other != city]
    return [said for said in pieces(page) if any(n in said for n in names) and chance(said)]


def chance(said: str) -> bool:
    """Whether words or a percentage tell how likely something is, in either language."""
    return re.search("|".join(["可能性", "likelihood", *words_of_chance()]), said) is not None


@cache
def words_of_chance() -> list[str]:
    languages = [words_in(lang) for lang in LANGUAGES]
    words = [one.label(word, "likelihood") for _, word in bands.LIKELIHOOD for one in languages]
    told = [one.label(kind, "chance", **f) for kind, f in CHANCES.items() for one in languages]
    return words + [re.escape(words).replace("50", r"\d+") for words in told]


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


@pytest.mark.parametrize(
    ("lang", "left_out"),
    [("zh", "不就其他市今后的位次作可能性研判"), ("en", "no likelihood for any other city")],
)
def test_the_public_edition_says_what_it_leaves_out(published, lang, left_out):
    assert left_out not in page_of(published, "Lvliang", "50_ranks", lang).get_text()
    assert left_out in page_of(published, "Lvliang public", "50_ranks", lang).get_text()


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
        assert len(told_of_others(page, "141100", "zh")) == count
