"""The command line: what each command prints, and an exit code that says what happened."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest import mock

import nbformat
import pytest
from bs4 import BeautifulSoup, Tag

from lvliang import parameters
from lvliang.baseline import contract
from lvliang.baseline.store import kept
from lvliang.baseline.tables import corrections_of
from lvliang.cli import main
from lvliang.display.words import MINUS, NOTHING
from lvliang.errors import LvliangError
from lvliang.site import publication
from lvliang.site.publish import lock

LVLIANG = Path(sys.executable).with_name("lvliang")
NOTEBOOKS = sorted(path.stem for path in publication.NOTEBOOKS.glob("*.ipynb"))
FEW = ["-p", "draws=1000"]
KEYS = [
    "target_id", "type", "value", "unit", "price_basis", "deadline", "nature", "probability",
    "grade", "likelihood", "class", "required_rate", "reference_percentile", "rate_needed",
    "eurostat_status", "discounted_1", "discounted_2", "group", "group_probability",
    "settling_vintage", "record", "missing", "break_even",
]  # fmt: skip
NO_GDP = "522300 黔西南布依族苗族自治州 has no GDP in "

Done = subprocess.CompletedProcess[str]
Call = Callable[..., Done]


def lvliang(*words: object, through: tuple[object, ...] = ()) -> Done:
    """Run the console script as a user does."""
    command = [*map(str, through), str(LVLIANG), *map(str, words)]
    return subprocess.run(command, capture_output=True, encoding="utf-8", timeout=300)


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Call]:
    """The same in this process: the libraries are imported once, and a test may replace a part."""
    handler = signal.getsignal(signal.SIGTERM)

    def call(*words: object) -> Done:
        monkeypatch.setattr(sys, "argv", ["lvliang", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        return Done(words, int(ended.value.code or 0), out, err)

    with mock.patch.dict(os.environ, COLUMNS="400"):
        yield call
    signal.signal(signal.SIGTERM, handler)


def write_notebook(folder: Path, source: str) -> Path:
    """A notebook of the name of a real one, which takes parameters and runs ``source``."""
    v4 = nbformat.v4
    cells = [
        v4.new_markdown_cell("# 题 Title"),
        v4.new_code_cell("region = ''", metadata={"tags": ["parameters"]}),
        v4.new_code_cell(source),
    ]
    path = folder / "10_baseline.ipynb"
    nbformat.write(v4.new_notebook(cells=cells), path)
    return path


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def old_site(outputs: Path) -> Path:
    """A site published earlier, as the last run left it."""
    release = outputs / "releases" / "earlier"
    release.mkdir(parents=True)
    (release / "index.html").write_bytes("<p>吕梁</p>\r\n".encode())
    (outputs / "published").symlink_to(Path("releases", "earlier"))
    return outputs / "published"


@pytest.fixture(scope="module")
def published(tmp_path_factory, small_data, store_of_all) -> tuple[Done, Path]:
    """One whole run of all notebooks in both languages, and its outputs."""
    outputs = tmp_path_factory.mktemp("run") / "outputs"
    with mock.patch.dict(os.environ, LVLIANG_CACHE=str(store_of_all)):
        return lvliang("report", *FEW, "--outputs", outputs, "--data", small_data), outputs


# ------------------------------------------------------------------ help and parameters


def test_help_names_every_exit_code(call: Call) -> None:
    done = call("--help")
    words = " ".join(done.stdout.split())
    codes = dict(re.findall(r"(\d) ([a-z ]+)[,.]", words.partition("Exit codes:")[2]))
    assert done.returncode == 0
    errors = {0, 1} | {error.exit_code for error in LvliangError.__subclasses__()}
    assert {int(code) for code in codes} == errors
    assert (codes["2"], codes["3"]) == ("parameter", "data")


def test_a_misspelt_parameter_stops_before_anything_is_imported_or_written(project, tmp_path):
    notebook = project / "notebooks/30_feasibility.ipynb"
    outputs = tmp_path / "outputs"
    words = ["run", notebook, "-p", "end_yaer=2025", "--outputs", outputs]
    done = lvliang(*words, through=(sys.executable, "-X", "importtime"))
    assert done.returncode == 2
    assert done.stdout == ""
    assert "error: end_yaer: no such parameter; did you mean end_year? legal: " in done.stderr
    lines = [line for line in done.stderr.splitlines() if line.startswith("import time:")]
    imported = {line.rpartition("|")[2].strip() for line in lines}
    assert "lvliang.parameters" in imported
    assert imported & {"pandas", "papermill", "matplotlib", "frictionless"} == set()
    assert not outputs.exists()


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (["assess", "--region", "Lvlian"], "did you mean 141100 吕梁市 Lvliang"),
        (["assess", "-p", "draws=1"], "draws: '1' is not legal; legal: a whole number from 1000"),
        (["report", "-p", "lang=fr"], "lang: 'fr' is not legal; legal: zh or en"),
        (["report", "-p", "seed"], "-p 'seed': no value; legal: name=value"),
        (["run", "30_feasibilty.ipynb"], "did you mean 30_feasibility?"),
        (["run", "30_feasibility.ipynb"], "notebook: no file 30_feasibility.ipynb"),
        (["assess", "--data", "nowhere"], "'nowhere' does not exist"),
        (["report", "-p", "region=522300"], NO_GDP),
        (["assess", "--region", "522300"], NO_GDP),
        (["compare", "baseline", "--region", "522300"], NO_GDP),
        (["invert", "gdp_2021", "--region", "522300"], NO_GDP),
        (["export", "--region", "522300"], NO_GDP),
        (["forecast", "--regions", "141100,522300"], NO_GDP),
        (["backtest", "--region", "522300"], NO_GDP),
    ],
)
def test_a_wrong_parameter_is_exit_code_2(call, tmp_path, monkeypatch, words, fault):
    monkeypatch.chdir(tmp_path)
    done = call(*words)
    assert (done.returncode, done.stdout) == (2, "")
    assert fault in done.stderr


# ------------------------------------------------------------------ check and assess


def test_check_prints_the_rows_of_each_table(call: Call, data: Path) -> None:
    resources = json.loads((data / "datapackage.json").read_text("utf-8"))["resources"]
    rows = {}
    for table in (resource for resource in resources if "schema" in resource):
        with (data / table["path"]).open(encoding="utf-8", newline="") as file:
            rows[table["name"]] = len(list(csv.DictReader(file)))
    done = call("check", "--data", data)
    lines = [line.split() for line in done.stdout.splitlines()]
    assert done.returncode == 0
    assert {name: int(count) for count, name, *_ in lines[: len(rows)]} == rows
    assert " ".join(lines[len(rows)]) == (
        f"{sum(rows.values())} rows in {len(rows)} tables, no fault"
    )
    counts = corrections_of(data)
    assert all(f"{name}  ({count} corrected)" in done.stdout for name, count in counts.items())
    told = f"{sum(counts.values()):>8}  corrections applied in {len(counts)} tables"
    assert told in done.stdout


@pytest.fixture
def assessed(call: Call, small_data: Path, store_of_all: Path) -> Call:
    """The targets of Lvliang in a form, from the store."""
    with mock.patch.dict(os.environ, LVLIANG_CACHE=str(store_of_all)):
        yield lambda *words: call("assess", *FEW, "--data", small_data, *words)


def test_assess_json_is_one_object_a_target_and_the_same_in_every_process(assessed, small_data):
    done = assessed("--format", "json")
    records = json.loads(done.stdout)
    with (small_data / "report/targets.csv").open(encoding="utf-8", newline="") as file:
        targets = list(csv.DictReader(file))
    assert [list(record) for record in records] == [KEYS] * len(targets)
    kept = ["target_id", "type", "unit", "price_basis", "nature", "group", "settling_vintage"]
    for record, target in zip(records, targets, strict=True):
        assert [record[key] for key in kept] == [target[key] for key in kept]
        assert record["value"] == float(target["value"])
        assert record["deadline"] == int(target["last_year"] or 2025)
    told = [record for record in records if record["class"] != "cannot_tell"]
    assert {record["target_id"] for record in told} >= {"gdp_2021", "gdp_mean", "gdp_rank"}
    for record in records:
        assert (record["missing"] is None) == (record in told)
        assert (record["probability"] is None) == (record not in told)
    assert all(0 <= record["probability"] <= 1 for record in told)
    with mock.patch.dict(os.environ, LVLIANG_CACHE="off"):
        again = lvliang("assess", *FEW, "--data", small_data, "--format", "json")
    assert (again.returncode, again.stderr) == (0, "")
    assert again.stdout == done.stdout
    assert assessed("--format", "json", "-p", "seed=7").stdout != done.stdout

    rows = list(csv.DictReader(io.StringIO(assessed("--format", "csv").stdout)))
    assert [row["target_id"] for row in rows] == [record["target_id"] for record in records]
    for row, record in zip(rows, records, strict=True):
        assert set(row) > set(record)
        assert row["class"] == record["class"]
        assert float(row["value"]) == record["value"]
        probability = float(row["probability"]) if row["probability"] else None
        assert probability == pytest.approx(record["probability"])


@pytest.mark.parametrize(
    ("lang", "words", "other"),
    [
        ("zh", ["地区生产总值实际增速", "暂不具备评估条件"], "Real GDP growth"),
        ("en", ["Real GDP growth", "Cannot be assessed yet"], "地区生产总值"),
    ],
)
def test_assess_prints_a_table_in_the_language_asked_for(assessed, lang, words, other):
    done = assessed("-p", f"lang={lang}")
    assert done.returncode == 0
    assert [word for word in words if word not in done.stdout] == []
    assert other not in done.stdout
    assert done.stdout.count("2021") >= 11
    with mock.patch.dict(os.environ, COLUMNS="80"):
        assert "…" not in assessed("-p", f"lang={lang}").stdout, "a narrow terminal wraps it"


def test_assess_of_a_city_without_targets_says_so_in_place_of_a_table(assessed):
    for lang, said in (
        ("zh", "：截至基期没有录入年度目标，不作目标研判。\n"),
        ("en", ": no target known at the base year is on file, so none is judged.\n"),
    ):
        done = assessed("--region", "110000", "-p", f"lang={lang}")
        assert (done.returncode, done.stdout) == (0, said)
    done = assessed("--region", "太原", "--format", "json")
    assert (done.returncode, json.loads(done.stdout)) == (0, [])


# ------------------------------------------------------------------ report


def test_a_report_publishes_every_page_in_both_languages(published: tuple[Done, Path]) -> None:
    done, outputs = published
    assert done.returncode == 0, done.stderr
    page = Path(done.stdout.splitlines()[-1])
    assert page == outputs / "published/index.html"
    pages = {str(path.relative_to(page.parent)) for path in page.parent.rglob("*.html")}
    assert pages == {"index.html", "en/index.html", "90_summary.html"} | {
        f"{lang}/{name}.html" for lang in ("zh", "en") for name in NOTEBOOKS
    }
    kept = {p.name for p in outputs.iterdir()}
    assert kept == {".cache", ".lock", "history", "published", "releases"}
    assert [p.stem for p in (outputs / "history").iterdir()] == [
        (outputs / "published").readlink().name
    ]


def as_shown(cell: str, shown: str) -> bool:
    """Whether a cell of a file is what the page shows, which rounds numbers."""
    plain = shown.replace(MINUS, "-")
    try:
        number, rounded = float(cell), float(plain)
    except ValueError:
        return (cell or NOTHING) in (shown or NOTHING, plain)
    decimals = len(plain.partition(".")[2])
    return abs(number - rounded) <= 0.5 * 10**-decimals + 1e-9


def whole_rows(table: Tag) -> list[list[str]]:
    """The rows of a table with what is said once above them, and the heads of it all."""
    heads, told, rows = [], [], []
    for row in table("tr"):
        cells = [cell.get_text() for cell in row(["th", "td"])]
        if "told" in row.get_attribute_list("class"):
            heads = [head.get_text() for head in row("span")]
            told = [str(head.next_sibling).strip() for head in row("span")]
        else:
            rows.append([*told, *cells])
    return [[*heads, *rows[0]], *rows[1:]]


def test_every_table_and_chart_of_every_page_is_a_file_that_says_the_same(published):
    site = published[1] / "published"
    for page in [site / lang / f"{name}.html" for lang in ("zh", "en") for name in NOTEBOOKS]:
        folder = site / "data" / page.parent.name
        files = sorted(folder.glob(f"{page.stem}-*.csv"))
        html = page.read_text("utf-8").replace("\N{NO-BREAK SPACE}", " ")
        shown = BeautifulSoup(html, "html.parser")("table")
        assert len(files) == len(shown) > 0, page
        for path, table in zip(files, shown, strict=True):
            cells = whole_rows(table)
            with path.open(encoding="utf-8-sig", newline="") as file:
                rows = list(csv.reader(file))
            assert rows[0] == cells[0], path
            for row, seen in zip(rows[1:], cells[1:], strict=True):
                pairs = zip(row, seen, strict=True)
                assert [pair for pair in pairs if not as_shown(*pair)] == [], path


def test_only_the_indexes_name_a_feed(published: tuple[Done, Path]) -> None:
    site = published[1] / "published"
    pages = [path for path in site.rglob("*.html") if "<link" in path.read_text("utf-8")]
    assert sorted(pages) == [site / "en/index.html", site / "index.html"]
    feeds = {str(path.relative_to(site)) for path in site.rglob("*.json")}
    assert feeds == {"feed.json", "en/feed.json"}


def test_the_index_leads_with_the_key_figures_of_all_pages(published: tuple[Done, Path]) -> None:
    site = published[1] / "published"
    for page in (site / "index.html", site / "en/index.html"):
        body = BeautifulSoup(page.read_text("utf-8"), "html.parser").main
        assert body is not None
        values = [value.get_text() for value in body.select(".all-figures .value")]
        assert len(values) == len(body.select(".value")) == 7
        assert values[0].replace("\N{NO-BREAK SPACE}", " ") in (
            "1538.04亿元",
            "CNY 153.804 billion",
        )
        first = body.select_one("section, .all-figures")
        assert first is not None and first.get("class") == ["all-figures"]
    pages = [site / lang / f"{name}.html" for lang in ("zh", "en") for name in NOTEBOOKS]
    assert [page for page in pages if 'class="key-figures"' in page.read_text("utf-8")] == []


def test_a_failed_cell_leaves_what_is_published(published, call, small_data, tmp_path, monkeypatch):
    """What the gate refuses leaves it as well: each kind of it in the tests of refusals."""
    outputs = published[1]
    before = contents(outputs / "published")
    write_notebook(tmp_path, "1 / 0")
    monkeypatch.setattr(publication, "NOTEBOOKS", tmp_path)
    monkeypatch.setattr(parameters, "SCHEMAS", {"10_baseline": parameters.NotebookParameters})
    done = call("report", "--outputs", outputs, "--data", small_data)
    assert (done.returncode, done.stdout) == (4, "")
    assert "cell [3] `1 / 0`: ZeroDivisionError" in done.stderr
    assert sum(name.endswith(".html") for name in before) == 2 * len(NOTEBOOKS) + 3
    assert contents(outputs / "published") == before
    assert list(outputs.glob(".staging-*")) == []


def test_a_damaged_table_stops_the_report_before_a_kernel_starts(call, data_copy, tmp_path):
    outputs = tmp_path / "outputs"
    page = old_site(outputs)
    table = data_copy / "report/baseline.csv"
    table.write_text(table.read_text("utf-8").replace(",955.8,", ",n/a,", 1), "utf-8")
    before = contents(page)
    done = call("report", "--outputs", outputs, "--data", data_copy)
    assert (done.returncode, done.stdout) == (3, "")
    assert f"error: {table}, row 2, column value: 'n/a' is not legal; legal: number" in done.stderr
    assert contents(page) == before
    assert page.readlink() == Path("releases/earlier")
    # A run would have left its staging; what notebooks import is on its way by then.
    assert {p.name for p in outputs.iterdir()} - {".cache"} == {".lock", "published", "releases"}


def test_a_report_beside_another_is_exit_code_8(call, small_data, tmp_path):
    outputs = tmp_path / "outputs"
    page = old_site(outputs)
    before = contents(page)
    with lock(outputs):
        done = call("report", "--outputs", outputs, "--data", small_data)
    assert (done.returncode, done.stdout) == (8, "")
    assert f"error: {outputs}: process {os.getpid()} is publishing here" in done.stderr
    assert contents(page) == before


# ------------------------------------------------------------------ run


def test_run_prints_the_page_and_leaves_the_executed_notebook_beside_it(call, data_copy, tmp_path):
    shutil.rmtree(data_copy / "panel")
    notebook = write_notebook(tmp_path, "print('region', region)")
    outputs = tmp_path / "outputs"
    done = call("run", notebook, "-p", "region=太原", "--outputs", outputs, "--data", data_copy)
    assert (done.returncode, done.stdout) == (0, f"{outputs / 'runs/10_baseline.html'}\n")
    assert "region 140100" in (outputs / "runs/10_baseline.html").read_text("utf-8")
    assert "地区为太原市" in (outputs / "runs/10_baseline.html").read_text("utf-8")
    executed = nbformat.read(outputs / "runs/10_baseline.ipynb", as_version=4)
    assert executed.cells[-1].outputs[0].text == "region 140100\n"


def test_a_cell_error_is_exit_code_4_and_keeps_the_failed_notebook(call, data_copy, tmp_path):
    shutil.rmtree(data_copy / "panel")
    notebook = write_notebook(tmp_path, "rate = 1 / 0")
    outputs = tmp_path / "outputs"
    done = call("run", notebook, "--outputs", outputs, "--data", data_copy)
    kept = outputs / "failed" / "10_baseline.ipynb"
    assert (done.returncode, done.stdout) == (4, "")
    assert "10_baseline.ipynb, cell [3] `rate = 1 / 0`: ZeroDivisionError" in done.stderr
    assert str(kept) in done.stderr
    assert nbformat.read(kept, as_version=4).cells[-1].outputs[0].ename == "ZeroDivisionError"
    assert not (outputs / "runs" / "10_baseline.html").exists()


# ------------------------------------------------------------------ cache


@pytest.fixture
def stored(tmp_path: Path, small_data: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a store that is switched on and holds one result of 1 MB."""
    monkeypatch.setenv("LVLIANG_DATA", str(small_data))
    monkeypatch.setenv("LVLIANG_CACHE", str(tmp_path / "store"))
    kept("test", {}, lambda: bytes(2**20))
    return tmp_path / "store"


def test_the_cache_is_told_and_cleared_of_its_own_files_alone(call, stored, tmp_path, monkeypatch):
    (stored / "thesis.csv").write_text("mine")
    told = call("cache", "info").stdout
    assert told == f"folder   {stored}\nentries  1\nsize     1.0 MB of at most 256 MB\n"
    monkeypatch.setenv("LVLIANG_CACHE", "")
    (tmp_path / ".cache").mkdir()
    (tmp_path / ".cache" / "store").symlink_to(stored)
    assert "entries  1\n" in call("cache", "info", "--outputs", tmp_path).stdout
    monkeypatch.setenv("LVLIANG_CACHE", str(stored))
    assert call("cache", "clear").stdout == "1 entries removed\n"
    assert [path.name for path in stored.iterdir()] == ["thesis.csv"]
    assert "entries  0\n" in call("cache", "info").stdout
    monkeypatch.setenv("LVLIANG_CACHE", "off")
    assert call("cache", "info").stdout == "the cache is off\n"
    assert call("cache", "clear").stdout == "0 entries removed\n"


@pytest.mark.parametrize("command", ["info", "clear"])
def test_a_cache_one_may_not_read_is_told_in_a_sentence(call, stored, command):
    with mock.patch.object(Path, "iterdir", side_effect=PermissionError(13, "Not yours")):
        done = call("cache", command)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"error: cache {stored}: Not yours; legal: a folder that you may read" in done.stderr


def test_a_check_that_is_asked_for_looks_at_the_files(call, stored, small_data, monkeypatch):
    contract.check_table(small_data, "regions")
    seen = []
    monkeypatch.setattr(contract, "_check", lambda _, name: seen.append(name) or 1)
    assert call("check").returncode == 0
    assert "regions" in seen


# ------------------------------------------------------------------ what nobody foresaw


def test_an_unforeseen_exception_is_exit_code_1_with_its_traceback(small_data: Path) -> None:
    code = (
        "import sys, lvliang.cli, lvliang.baseline.contract as contract\n"
        "contract.check_all = lambda *_: 1 // 0\n"
        "sys.argv = ['lvliang', 'check', '--data', sys.argv[1]]\n"
        "lvliang.cli.main()"
    )
    command = [sys.executable, "-c", code, str(small_data)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines()[-1].startswith("ZeroDivisionError")


def test_every_error_of_the_project_ends_with_its_own_exit_code(call, monkeypatch):
    errors = LvliangError.__subclasses__()
    codes = {}
    for error in errors:

        def fail(*_: object, error: type[LvliangError] = error) -> None:
            raise error("what happened, and what to do")

        monkeypatch.setattr("lvliang.baseline.contract.check_all", fail)
        done = call("check")
        codes[error.__name__] = done.returncode
        assert "error: what happened, and what to do" in done.stderr
    assert codes == {
        "ParameterError": 2, "DataError": 3, "CellError": 4, "KernelDied": 5,
        "DeadlineExceeded": 6, "QualityError": 7, "Locked": 8,
    }  # fmt: skip
