"""Whatever changes after the freeze is named by file; ordinary loading does not mind."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from lvliang.baseline.contract import check_table
from lvliang.baseline.freeze import check_frozen, freeze
from lvliang.baseline.tables import load_table
from lvliang.cli import app
from lvliang.errors import DataError

PANEL = "panel/gdp_revised.csv"
FACTS = "report/facts.csv"
TEXT = "report/government_work_report_2021.txt"


@pytest.fixture(autouse=True)
def chosen_folder(monkeypatch: pytest.MonkeyPatch, data: Path) -> None:
    """The command line passes its folder on in the environment: put back after each test."""
    monkeypatch.setenv("LVLIANG_DATA", str(data))


def change(path: Path, row: int, old: str, new: str) -> None:
    """Replace ``old`` in one line; the header is row 1."""
    lines = path.read_text("utf-8").split("\n")
    assert old in lines[row - 1]
    lines[row - 1] = lines[row - 1].replace(old, new, 1)
    path.write_text("\n".join(lines), "utf-8", newline="\n")


def row_with(path: Path, words: str) -> int:
    return next(i for i, line in enumerate(path.read_text("utf-8").split("\n"), 1) if words in line)


def refusal(data: Path) -> str:
    with pytest.raises(DataError) as raised:
        check_frozen(data)
    assert raised.value.exit_code == 3
    return str(raised.value)


def contents(data: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in sorted(data.rglob("*")) if path.is_file()}


def test_the_tables_as_shipped_are_as_frozen(data: Path, data_copy: Path) -> None:
    declared = json.loads((data / "datapackage.json").read_text("utf-8"))["resources"]
    assert check_frozen(data) == len(declared)
    before = contents(data_copy)
    assert freeze(data_copy) == []
    assert contents(data_copy) == before


def test_what_changed_is_named_by_file_and_loaded_all_the_same(small_copy: Path) -> None:
    freeze(small_copy)
    path = small_copy / PANEL
    change(path, row_with(path, "141100,gdp_nominal,2015,"), "9", "8")
    told = (
        f"{path}: changed since the files were frozen, `git diff data/` shows the row; "
        "legal: the file as frozen, or `make data-freeze` after review"
    )
    assert refusal(small_copy) == told
    command = ["check", "--frozen", "--data", str(small_copy)]
    assert str(CliRunner().invoke(app, command).exception) == told
    assert check_table(small_copy, "gdp_revised") >= len(load_table("gdp_revised", small_copy)) > 0
    facts = small_copy / FACTS
    facts.write_bytes(facts.read_bytes().removesuffix(b"\n"))
    change(small_copy / TEXT, 40, "。", "，")
    named = refusal(small_copy).partition(": changed ")[0].split(", ")
    assert sorted(named) == sorted(map(str, (path, facts, small_copy / TEXT)))


def test_nothing_is_frozen_when_a_contract_or_a_correction_breaks(data_copy: Path) -> None:
    row = row_with(data_copy / PANEL, "410800,gdp_real_growth,2020,")
    change(data_copy / PANEL, row, "-21.01", "5.0")
    for fault in (r"corrections\.csv, row \d+: ", r"macro\.csv, row 3, column year: '1001' is not"):
        before = contents(data_copy)
        with pytest.raises(DataError, match=fault):
            freeze(data_copy)
        assert contents(data_copy) == before
        if "macro" not in fault:
            change(data_copy / "national/macro.csv", 3, ",2001,", ",1001,")


def test_a_file_without_hash_is_refused(data_copy: Path) -> None:
    path = data_copy / "datapackage.json"
    package = json.loads(path.read_text("utf-8"))
    del package["resources"][3]["hash"]
    path.write_text(json.dumps(package), "utf-8")
    assert refusal(data_copy).startswith(f"{data_copy / package['resources'][3]['path']}: ")


def test_freezing_a_reviewed_change_renews_its_hash_and_nothing_else(data_copy: Path) -> None:
    shutil.rmtree(data_copy / "panel")
    change(data_copy / FACTS, 2, "inferred", "reported")
    change(data_copy / FACTS, 3, "the report gives", "the report surely gives")
    refusal(data_copy)
    before = contents(data_copy)
    assert freeze(data_copy) == [FACTS]
    after = contents(data_copy)
    assert {path.name for path in after if after[path] != before[path]} == {"datapackage.json"}
    old = before[data_copy / "datapackage.json"].decode().splitlines()
    new = after[data_copy / "datapackage.json"].decode().splitlines()
    lines = [b.split(":")[0].strip() for a, b in zip(old, new, strict=True) if a != b]
    assert lines == ['"hash"', '"bytes"']
    assert check_frozen(data_copy)
    assert freeze(data_copy) == []


def test_without_the_panel_the_rest_is_still_checked(data_copy: Path) -> None:
    shutil.rmtree(data_copy / "panel")
    assert check_frozen(data_copy) == 27
    change(data_copy / FACTS, 2, "10", "11")
    assert refusal(data_copy).startswith(f"{data_copy / FACTS}: changed since ")
