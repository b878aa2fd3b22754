"""The command line: what each command prints, and an exit code that says what happened."""

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from unittest import mock

import nbformat
import pytest
from shared import files_of, rows_of

from lvliang import parameters
from lvliang.baseline import contract
from lvliang.baseline.package import descriptor
from lvliang.baseline.store import kept
from lvliang.baseline.tables import corrections_of
from lvliang.errors import LvliangError
from lvliang.site import publication
from lvliang.site.publish import lock

pytestmark = pytest.mark.usefixtures("shared_store")
LVLIANG = Path(sys.executable).with_name("lvliang")
FEW = ["-p", "draws=1000"]
KEYS = """
target_id type value unit price_basis deadline nature probability grade likelihood class
required_rate reference_percentile rate_needed eurostat_status met_targets discounted_1
discounted_2 group group_probability settling_vintage record missing outcome break_even
"""
NO_GDP = "522300 黔西南布依族苗族自治州 has no GDP in "
Done = subprocess.CompletedProcess[str]
Call = Callable[..., Done]


def lvliang(*words: object, through: tuple[object, ...] = ()) -> Done:
    """Run the console script as a user does."""
    command = [*map(str, through), str(LVLIANG), *map(str, words)]
    return subprocess.run(command, capture_output=True, encoding="utf-8", timeout=300)


def write_notebook(folder: Path, source: str) -> Path:
    """A notebook of the name of a real one, which takes parameters and runs ``source``."""
    first = nbformat.v4.new_code_cell("region = ''", metadata={"tags": ["parameters"]})
    cells = [nbformat.v4.new_markdown_cell("# 题 Title"), first, nbformat.v4.new_code_cell(source)]
    path = folder / "10_baseline.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return path


def test_a_misspelt_parameter_stops_before_anything_is_imported_or_written(project, tmp_path):
    notebook = project / "notebooks/30_feasibility.ipynb"
    words = ["run", notebook, "-p", "end_yaer=2025", "--outputs", tmp_path / "outputs"]
    done = lvliang(*words, through=(sys.executable, "-X", "importtime"))
    assert (done.returncode, done.stdout) == (2, "")
    assert "error: end_yaer: no such parameter; did you mean end_year? legal: " in done.stderr
    imported = set(re.findall(r"^import time:.*\| +(\S+)$", done.stderr, re.MULTILINE))
    assert "lvliang.parameters" in imported
    assert imported & {"pandas", "papermill", "matplotlib", "frictionless"} == set()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ("assess --region Lvlian", "did you mean 141100 吕梁市 Lvliang"),
        ("assess -p draws=1", "draws: '1' is not legal; legal: a whole number from 1000"),
        ("report -p seed", "-p 'seed': no value; legal: name=value"),
        ("run 30_feasibilty.ipynb", "did you mean 30_feasibility?"),
        ("run 30_feasibility.ipynb", "notebook: no file 30_feasibility.ipynb"),
        ("assess --data nowhere", "'nowhere' does not exist"),
        ("assess --region 522300", NO_GDP),
        ("forecast --regions 141100,522300", NO_GDP),
        ("backtest --region 522300", NO_GDP),
    ],
)
def test_a_wrong_parameter_is_exit_code_2(call, tmp_path, monkeypatch, words, fault):
    monkeypatch.chdir(tmp_path)
    done = call(*words.split())
    assert (done.returncode, done.stdout) == (2, "")
    assert fault in done.stderr


def test_check_prints_the_rows_of_each_table(call: Call, small_data: Path) -> None:
    done = call("check", "--data", small_data)
    *tables, rows, corrections = (line.split() for line in done.stdout.splitlines())
    counts = {name: int(count) for count, name, *_ in tables}
    assert counts == {
        table["name"]: len((small_data / table["path"]).read_text("utf-8").splitlines()) - 1
        for table in descriptor(small_data)["resources"]
        if "schema" in table
    }
    assert " ".join(rows) == f"{sum(counts.values())} rows in {len(counts)} tables, no fault"
    corrected = corrections_of(small_data)
    notes = {name: " ".join(note) for _, name, *note in tables if note}
    assert notes == {name: f"({count} corrected)" for name, count in corrected.items()}
    told = f"{sum(corrected.values())} corrections applied in {len(corrected)} tables"
    assert (done.returncode, " ".join(corrections)) == (0, told)


@pytest.fixture
def assessed(call: Call, small_data: Path) -> Call:
    """The targets of Lvliang in a form, from the store."""
    return lambda *words: call("assess", *FEW, "--data", small_data, *words)


def test_assess_json_is_one_object_a_target_and_the_same_in_every_process(assessed, small_data):
    done = assessed("--format", "json")
    records = json.loads(done.stdout)
    targets = rows_of(small_data / "report/targets.csv")
    kept = ["target_id", "type", "unit", "price_basis", "nature", "group", "settling_vintage"]
    for record, target in zip(records, targets, strict=True):
        assert list(record) == KEYS.split()
        assert [record[key] for key in kept] == [target[key] for key in kept]
        assert record["value"] == float(target["value"])
        assert record["deadline"] == int(target["last_year"] or 2025)
        told = record["class"] != "cannot_tell"
        assert (record["missing"] is None) == (record["probability"] is not None) == told
    with mock.patch.dict(os.environ, LVLIANG_CACHE="off"):
        again = lvliang("assess", *FEW, "--data", small_data, "--format", "json")
    assert (again.returncode, again.stderr, again.stdout) == (0, "", done.stdout)
    assert assessed("--format", "json", "-p", "seed=7").stdout != done.stdout

    rows = list(csv.DictReader(io.StringIO(assessed("--format", "csv").stdout)))
    for row, record in zip(rows, records, strict=True):
        assert set(row) > set(record)
        assert [row[key] for key in kept] == [record[key] for key in kept]
        assert float(row["probability"] or -1) == pytest.approx(record["probability"] or -1)


def test_assess_csv_has_what_closed_a_target_in_columns_of_its_own(assessed):
    done = assessed("--format", "csv", "-p", "base_year=2023")
    rows = {row["target_id"]: row for row in csv.DictReader(io.StringIO(done.stdout))}
    told = [
        (float(row["outcome_value"]), row["outcome_completion"], row["outcome_provisional"])
        for row in (rows["gdp_2021"], rows["revenue_2021"])
    ]
    assert told == [(9.2, "exceeded", "False"), (pytest.approx(23.8, abs=0.05), "exceeded", "True")]
    assert rows["gdp_mean"]["outcome_value"] == ""


def test_assess_prints_a_table_in_the_language_asked_for_and_a_narrow_terminal_wraps_it(assessed):
    for lang, said in (("zh", "暂不具备评估条件"), ("en", "Cannot be assessed yet")):
        assert said in assessed("-p", f"lang={lang}").stdout
        with mock.patch.dict(os.environ, COLUMNS="80"):
            assert "…" not in assessed("-p", f"lang={lang}").stdout


def test_assess_of_a_city_without_targets_says_so_in_place_of_a_table(assessed):
    said = "：截至基期没有录入年度目标，不作目标研判。\n"
    for words, told in (([], said), (["--format", "json"], "[]\n")):
        done = assessed("--region", "太原", *words)
        assert (done.returncode, done.stdout) == (0, told)


def test_a_report_that_fails_leaves_what_is_published(call, small_copy, tmp_path, monkeypatch):
    """What the gate refuses leaves it as well: each kind of it in the tests of refusals."""
    outputs = tmp_path / "outputs"
    words = ["report", "--outputs", outputs, "--data", small_copy]
    monkeypatch.setattr(publication, "NOTEBOOKS", tmp_path)
    monkeypatch.setattr(parameters, "SCHEMAS", {"10_baseline": parameters.NotebookParameters})
    write_notebook(tmp_path, "print(region)")
    good = call(*words)
    assert (good.returncode, good.stdout) == (0, f"{outputs / 'published/index.html'}\n")
    before = files_of(outputs / "published"), (outputs / "published").readlink()
    write_notebook(tmp_path, "1 / 0")
    with lock(outputs):
        beside_another = call(*words)
    bad_cell = call(*words)
    table = small_copy / "report/baseline.csv"
    table.write_text(table.read_text("utf-8").replace(",955.8,", ",n/a,", 1), "utf-8")
    monkeypatch.setattr(publication.publish, "staging", lambda *_: pytest.fail("too late"))
    bad_table = call(*words)
    fault = f"{table}, row 2, column value: 'n/a' is not legal; legal: number"
    for done, code, told in (
        (beside_another, 8, f"error: {outputs}: process {os.getpid()} is publishing here"),
        (bad_cell, 4, "cell [3] `1 / 0`: ZeroDivisionError"),
        (bad_table, 3, f"error: {fault}"),
    ):
        assert (done.returncode, done.stdout) == (code, "")
        assert told in done.stderr
    assert (files_of(outputs / "published"), (outputs / "published").readlink()) == before
    assert list(outputs.glob(".staging-*")) == []


def test_run_leaves_the_executed_notebook_beside_its_page(call, small_copy, tmp_path):
    shutil.rmtree(small_copy / "panel")
    notebook, outputs = write_notebook(tmp_path, "print('region', region)"), tmp_path / "outputs"
    page = outputs / "runs/10_baseline.html"
    done = call("run", notebook, "-p", "region=太原", "--outputs", outputs, "--data", small_copy)
    assert (done.returncode, done.stdout) == (0, f"{page}\n")
    assert "region 140100" in page.read_text("utf-8")
    executed = nbformat.read(page.with_suffix(".ipynb"), as_version=4)
    assert executed.cells[-1].outputs[0].text == "region 140100\n"


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
    for command in ("info", "clear"):
        with mock.patch.object(Path, "iterdir", side_effect=PermissionError(13, "Not yours")):
            done = call("cache", command)
        assert (done.returncode, done.stdout) == (2, "")
        assert f"error: cache {stored}: Not yours; legal: a folder that you may " in done.stderr
    monkeypatch.setenv("LVLIANG_CACHE", "")
    (tmp_path / ".cache").mkdir()
    (tmp_path / ".cache" / "store").symlink_to(stored)
    assert "entries  1\n" in call("cache", "info", "--outputs", tmp_path).stdout
    monkeypatch.setenv("LVLIANG_CACHE", str(stored))
    assert call("cache", "clear").stdout == "1 entries removed\n"
    assert [path.name for path in stored.iterdir()] == ["thesis.csv"]
    monkeypatch.setenv("LVLIANG_CACHE", "off")
    assert call("cache", "info").stdout == "the cache is off\n"
    assert call("cache", "clear").stdout == "0 entries removed\n"


def test_a_check_that_is_asked_for_looks_at_the_files(call, stored, small_data, monkeypatch):
    contract.check_table(small_data, "regions")
    seen = []
    monkeypatch.setattr(contract, "_check", lambda _, name: seen.append(name) or 1)
    assert call("check").returncode == 0
    assert "regions" in seen


def test_every_error_ends_with_its_own_exit_code_which_the_help_names(call: Call) -> None:
    codes = {}
    for error in LvliangError.__subclasses__():
        raised = error("what happened, and what to do")
        with mock.patch.object(contract, "check_all", side_effect=raised):
            done = call("check")
        codes[error.__name__] = done.returncode
        assert "error: what happened, and what to do" in done.stderr
    assert codes == {
        "ParameterError": 2, "DataError": 3, "CellError": 4, "KernelDied": 5,
        "DeadlineExceeded": 6, "QualityError": 7, "Locked": 8,
    }  # fmt: skip
    told = " ".join(call("--help").stdout.split()).partition("Exit codes:")[2]
    named = re.findall(r"(\d) ([a-z ]+)[,.]", told)
    assert [int(code) for code, _ in named] == [0, 1, *codes.values()]
    assert dict(named) | {"2": "parameter", "3": "data"} == dict(named)


def test_what_nobody_foresaw_is_not_caught(call: Call) -> None:
    """Python ends it with exit code 1 and its traceback."""
    with (
        mock.patch.object(contract, "check_all", side_effect=ZeroDivisionError),
        pytest.raises(ZeroDivisionError),
    ):
        call("check")
