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


def test_the_tables_as_shipped_are_as_frozen(data: Path) -> None:
    declared = json.loads((data / "datapackage.json").read_text("utf-8"))["resources"]
    assert check_frozen(data) == len(declared)


def test_one_digit_of_one_figure_is_named_by_file(data_copy: Path) -> None:
    path = data_copy / PANEL
    change(path, row_with(path, "141100,gdp_nominal,2015,"), "9", "8")
    assert refusal(data_copy) == (
        f"{path}: changed since the files were frozen, `git diff data/` shows the row; "
        "legal: the file as frozen, or `make data-freeze` after review"
    )


def test_a_corrected_figure_is_named_in_its_own_file(data_copy: Path) -> None:
    row = row_with(data_copy / PANEL, "410800,gdp_real_growth,2020,")
    change(data_copy / PANEL, row, "-21.01", "-21.02")
    result = CliRunner().invoke(app, ["check", "--frozen", "--data", str(data_copy)])
    assert isinstance(result.exception, DataError)
    assert str(result.exception).startswith(f"{data_copy / PANEL}: changed since ")


def test_every_file_that_changed_is_named(data_copy: Path) -> None:
    change(data_copy / FACTS, row_with(data_copy / FACTS, "全部摘帽"), "全部摘帽", "全都摘帽")
    change(data_copy / TEXT, 40, "。", "，")
    assert refusal(data_copy).startswith(f"{data_copy / FACTS}, {data_copy / TEXT}: changed ")


def test_a_change_outside_the_figures_is_told_too(data_copy: Path) -> None:
    path = data_copy / FACTS
    path.write_bytes(path.read_bytes().removesuffix(b"\n"))
    assert refusal(data_copy).startswith(f"{path}: ")


def test_a_file_without_hash_is_refused(data_copy: Path) -> None:
    path = data_copy / "datapackage.json"
    package = json.loads(path.read_text("utf-8"))
    del package["resources"][3]["hash"]
    path.write_text(json.dumps(package), "utf-8")
    assert refusal(data_copy).startswith(f"{data_copy / package['resources'][3]['path']}: ")


def test_ordinary_loading_does_not_depend_on_hashes(data_copy: Path) -> None:
    row = row_with(data_copy / PANEL, "141100,gdp_nominal,2015,")
    change(data_copy / PANEL, row, ",2015,", ",2015,1")
    refusal(data_copy)
    assert check_table(data_copy, "gdp_revised") > len(load_table("gdp_revised", data_copy)) > 12e3


def test_freezing_what_is_frozen_changes_no_byte(data_copy: Path) -> None:
    before = contents(data_copy)
    assert freeze(data_copy) == []
    assert contents(data_copy) == before


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


def test_nothing_is_frozen_when_a_table_breaks_its_contract(data_copy: Path) -> None:
    shutil.rmtree(data_copy / "panel")
    change(data_copy / "national/macro.csv", 3, ",2001,", ",1001,")
    before = contents(data_copy)
    with pytest.raises(DataError, match=r"macro\.csv, row 3, column year: '1001' is not legal"):
        freeze(data_copy)
    assert contents(data_copy) == before


def test_nothing_is_frozen_when_a_correction_no_longer_fits(data_copy: Path) -> None:
    row = row_with(data_copy / PANEL, "410800,gdp_real_growth,2020,")
    change(data_copy / PANEL, row, "-21.01", "5.0")
    before = contents(data_copy)
    with pytest.raises(DataError, match=r"corrections\.csv, row \d+: "):
        freeze(data_copy)
    assert contents(data_copy) == before


def test_without_the_panel_the_rest_is_still_checked(data_copy: Path) -> None:
    shutil.rmtree(data_copy / "panel")
    assert check_frozen(data_copy) == 27
    change(data_copy / FACTS, 2, "10", "11")
    assert refusal(data_copy).startswith(f"{data_copy / FACTS}: changed since ")
