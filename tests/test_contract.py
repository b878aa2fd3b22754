"""Tables at the door: held against their contract, corrected, frozen; a fault is named."""

import csv
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest import mock

import pandas as pd
import pytest
from shared import files_of, refusal, rows_of
from typer.testing import CliRunner

from lvliang.baseline.contract import check_all, check_table
from lvliang.baseline.freeze import check_frozen, freeze
from lvliang.baseline.history import report_figures
from lvliang.baseline.package import present_resources, resource_path
from lvliang.baseline.regions import find_region
from lvliang.baseline.tables import (
    KEY,
    apply_corrections,
    corrections_of,
    load_corrections,
    load_table,
)
from lvliang.cli import app

pytestmark = pytest.mark.usefixtures("shared_store")
TABLE, FILE = "national_macro", "national/macro.csv"
COLUMNS = (
    "region_code, indicator, year, value, unit, price_basis, vintage, status, known_at, source_id"
)
PACKAGE, SCHEMA = "datapackage.json", "schemas/observations.json"
PANEL, CORRECTIONS = "panel/retail_sales.csv", "panel/corrections.csv"
FACTS, TEXT = "report/facts.csv", "report/government_work_report_2021.txt"
# A figure of Lvliang that a correction drops.
SALES = "retail_sales"
SPIKE = ("141100", SALES, "2012")
CORRECTION = "retail_sales_141100_2012_a_panel"

Rows = list[list[str]]
Change = Callable[[Rows], object]


@pytest.fixture(autouse=True)
def chosen_folder(data: Path) -> Iterator[None]:
    """The command line passes its folder and store on in the environment: put back after each
    test.
    """
    with mock.patch.dict(os.environ, LVLIANG_DATA=str(data)):
        yield


def edit(path: Path, change: Change) -> None:
    """Change the rows of a CSV file; ``rows[0]`` is the header."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    change(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def put(row: int, column: str, value: str) -> Change:
    """Write one cell; the header is row 1."""
    return lambda rows: rows[row - 1].__setitem__(rows[0].index(column), value)


def row_with(path: Path, *cells: str) -> int:
    """Number of the first row that has all these cells."""
    return next(i for i, row in enumerate(rows_of(path), 2) if {*cells} <= {*row.values()})


def declared(data: Path) -> list[dict[str, str]]:
    return json.loads((data / PACKAGE).read_text("utf-8"))["resources"]


def test_tables_as_shipped_keep_their_contracts_and_every_row_is_counted(data: Path) -> None:
    tables = [one for one in declared(data) if "schema" in one]
    rows = {one["name"]: len(rows_of(data / one["path"])) for one in tables}
    told = []
    assert check_all(data, lambda name, count: told.append((name, count))) == rows
    assert told == list(rows.items())


@pytest.mark.parametrize(
    ("row", "column", "value", "legal"),
    [
        (3, "value", "1,234.5", "number"),
        (3, "value", "NaN", "number"),
        (3, "value", "INF", "number"),
        (94, "value", "", "number"),  # in the last row
        (4, "source_id", "", "string"),
        (4, "year", "2002.5", "integer"),
        (4, "year", "1979", "at least 1980"),
        (4, "year", "2036", "at most 2035"),
        (2, "vintage", "guess", "one of preliminary, first_published"),
        (2, "known_at", "2000-13", "of the form [12]"),
        (2, "known_at", "2000-121", "of the form [12]"),
    ],
)
def test_a_bad_cell_is_named_by_row_column_value_and_what_is_legal(
    small_copy, row, column, value, legal
):
    edit(small_copy / FILE, put(row, column, value))
    message = refusal(3, check_table, small_copy, TABLE)
    assert message.startswith(f"{small_copy / FILE}, row {row}, column {column}: {value!r} is ")
    assert legal in message.partition("; legal: ")[2]
    assert refusal(3, load_table, TABLE, small_copy) == message
    for other in (9, 10):
        edit(small_copy / FILE, put(other, "value", "x"))
    assert refusal(3, check_table, small_copy, TABLE).endswith("(2 more faults)")


@pytest.mark.parametrize(
    ("change", "column", "found"),
    [
        (put(1, "price_basis", "prices"), "price_basis", "prices"),
        (lambda rows: [row.pop() for row in rows], "source_id", "nothing"),
        (lambda rows: [row.pop(3) for row in rows], "value", "unit"),
        (lambda rows: [row.append("note") for row in rows], "(none)", "note"),
    ],
)
def test_a_bad_header_is_named_with_the_legal_columns(small_copy, change, column, found):
    edit(small_copy / FILE, change)
    message = refusal(3, check_table, small_copy, TABLE)
    assert message.startswith(f"{small_copy / FILE}, row 1, column {column}: found {found!r}; ")
    assert f"legal columns: {COLUMNS}" in message


def test_an_empty_table_is_refused_but_for_a_list_of_corrections(small_copy: Path) -> None:
    for kept in (1, 0):
        edit(small_copy / FILE, lambda rows, kept=kept: rows.__delitem__(slice(kept, None)))
        told = f"{small_copy / FILE}: the table is empty; legal: a header and at "
        assert refusal(3, check_table, small_copy, TABLE).startswith(told)
    edit(small_copy / CORRECTIONS, lambda rows: rows.__delitem__(slice(1, None)))
    assert check_table(small_copy, "corrections") == 0


@pytest.mark.parametrize(
    ("file", "content", "told"),
    [
        ("regions.csv", "region_code,吕梁".encode("gbk"), "; legal: .*UTF-8"),
        (PACKAGE, None, ": no such file; legal: a folder "),
        (PACKAGE, b'{\n "name": "x",\n "resources": [,]\n}', ", row 3: not valid JSON"),
        (PACKAGE, b"{}", ""),
        (SCHEMA, None, ""),
        (SCHEMA, b"{", ""),
    ],
)
def test_a_file_that_cannot_be_read_is_named(small_copy, file, content, told):
    path = small_copy / file
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    message = refusal(3, check_table, small_copy, "regions" if file == "regions.csv" else TABLE)
    assert message.startswith(str(path)) or (file == SCHEMA and str(path) in message)
    assert re.search(told, message)


def test_a_duplicate_key_is_named_with_its_columns_and_values(small_copy: Path) -> None:
    edit(small_copy / FILE, lambda rows: rows.append(rows[1]))
    message = refusal(3, check_table, small_copy, TABLE)
    last = len(rows_of(small_copy / FILE)) + 1
    told = f"{small_copy / FILE}, row {last}, column {', '.join(KEY)}: duplicate key "
    assert message.startswith(told)
    assert "CN, cpi_inflation, 2000, " in message
    assert message.endswith("legal: each once")
    path = small_copy / "report/targets.csv"
    edit(path, lambda rows: rows[2].__setitem__(0, rows[1][0]))
    message = refusal(3, check_table, small_copy, "report_targets")
    assert re.match(f"{path}, row 3, column target_id: .*gdp_2021.*legal: ", message)


@pytest.mark.parametrize(
    ("column", "value", "told"),
    [
        ("source_id", "HEARSAY", "sources; legal: one of its names"),
        ("unit", "亿元", "indicators of cpi_inflation; legal: %"),
        (
            "indicator",
            "cpi_inflatoin",
            "indicators; legal: one of its names; did you mean cpi_infl",
        ),
    ],
)
def test_a_key_that_the_other_table_lacks_is_named(small_copy, column, value, told):
    edit(small_copy / FILE, put(7, column, value))
    message = refusal(3, check_table, small_copy, TABLE)
    place = f"{small_copy / FILE}, row 7, column {column}"
    assert message.startswith(f"{place}: {value!r} is not in table {told}")


def test_a_table_that_is_not_declared_or_not_there_is_refused(data: Path, small_copy: Path) -> None:
    message = refusal(3, check_table, data, "national_makro")
    assert message.startswith(f"{data / PACKAGE}: no table 'national_makro'; legal: ")
    assert TABLE in message
    (small_copy / "panel/population.csv").unlink()
    assert refusal(3, check_all, small_copy) == (
        f"{small_copy}/panel/population.csv: declared in datapackage.json and not there; "
        "legal: the file, or the whole folder panel/ removed"
    )


@pytest.mark.parametrize("content", ["吕梁市".encode("gbk"), b"name_en,name_zh\n", b""])
def test_a_damaged_list_of_regions_is_not_taken_for_an_unknown_region(small_copy, content):
    (small_copy / "regions.csv").write_bytes(content)
    assert refusal(3, find_region, "吕梁").startswith(str(small_copy / "regions.csv"))


def test_without_the_panel_folder_the_other_tables_stand(data: Path, small_copy: Path) -> None:
    before = report_figures("141100", 2020)
    shutil.rmtree(small_copy / "panel")
    gone = {one["name"] for one in declared(data) if one["path"].startswith("panel/")}
    assert {"gdp_revised", "budget_revenue"} < gone
    assert set(check_all(small_copy)) == set(present_resources(data)) - gone
    assert corrections_of(small_copy) == {}
    assert not before.empty
    assert before.equals(report_figures("141100", 2020))


def as_found(data: Path, name: str) -> pd.DataFrame:
    """A table as its file has it."""
    return pd.read_csv(resource_path(data, name), dtype={"region_code": str})


def cell(frame: pd.DataFrame, region: str, indicator: str, year: str) -> list[float]:
    key = frame[["region_code", "indicator", "year"]].astype(str)
    return frame["value"][(key == [region, indicator, year]).all(axis=1)].tolist()


def small() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Four cells; one to drop, one to replace, one of another table."""
    key = {"region_code": "1", "indicator": "gdp", "vintage": "revised", "source_id": "S5"}
    frame = pd.DataFrame({"year": range(4), "value": [7.0, 8.5, 9.0, 10.0]}).assign(**key)
    corrections = pd.DataFrame({
        "table": ["t", "t", "u"], "year": [1, 3, 0], "action": ["drop", "replace", "drop"],
        "expected": [8.5, 10.0, 7.0], "value": [None, 11.0, 0.0],
    }, index=[2, 3, 4])  # fmt: skip
    return frame, corrections.assign(**key)


def test_drop_takes_the_row_out_and_replace_puts_the_figure_in_and_inputs_stay() -> None:
    frame, corrections = small()
    before = frame.copy(), corrections.copy()
    corrected = apply_corrections(frame, "t", corrections)
    assert corrected[["year", "value"]].to_numpy().tolist() == [[0, 7.0], [2, 9.0], [3, 11.0]]
    assert corrected.index.tolist() == [0, 1, 2]
    for table in ("t", "u", "none"):
        corrected = apply_corrections(frame, table, corrections)
        corrected["value"] = 0.0
    pd.testing.assert_frame_equal(frame, before[0])
    pd.testing.assert_frame_equal(corrections, before[1])


@pytest.mark.parametrize(("row", "found"), [(2, "no such row"), (3, "found 11")])
def test_a_second_application_is_refused(row: int, found: str) -> None:
    frame, corrections = small()
    once = apply_corrections(frame, "t", corrections)
    message = refusal(3, apply_corrections, once, "t", corrections.loc[[row]])
    assert re.match(rf"data/panel/corrections\.csv, row {row}: t .*{found}", message)


def test_a_key_is_whole_and_stands_once() -> None:
    frame, corrections = small()
    twice = pd.concat([frame, frame.iloc[[1]]], ignore_index=True)
    message = refusal(3, apply_corrections, twice, "t", corrections)
    assert "expected 8.5, found 8.5 and 8.5; legal: " in message
    for part in KEY:
        frame, corrections = small()
        corrections.loc[3, part] = 99 if part == "year" else "another"
        message = refusal(3, apply_corrections, frame, "t", corrections)
        assert re.search(r"row 3: .*no such row", message)


def test_a_table_is_loaded_anew_when_it_or_the_corrections_change(small_copy: Path) -> None:
    loaded = load_table(SALES, small_copy)
    loaded["value"] = 0.0
    again = load_table(SALES, small_copy)
    assert (again["value"] > 0).any(), "what a caller does to a table is its own"
    assert cell(again, *SPIKE) == []
    path = small_copy / CORRECTIONS
    edit(path, put(row_with(path, CORRECTION), "status", "noted"))
    assert cell(load_table(SALES, small_copy), *SPIKE) == [490.9282]


def test_the_shifted_cities_of_2011_have_their_own_figures_again(data: Path) -> None:
    first = load_table("gdp_first_published", data)
    sectors = load_table("sectors_first_published", data)
    assert cell(first, "230800", "gdp_nominal", "2011") == []
    figures = {"230900": 308.059, "231000": 940.346, "231100": 316.045, "231200": 912.094}
    for region, value in figures.items():
        assert cell(first, region, "gdp_nominal", "2011") == [value]
        parts = ("va_primary", "va_secondary", "va_tertiary")
        total = sum(sum(cell(sectors, region, part, "2011")) for part in parts)
        assert total == pytest.approx(value, rel=1e-5)


def test_real_events_are_noted_at_most_and_notes_speak_of_figures_that_stand(data: Path) -> None:
    events = ("boundary change", "correction of the statistics", "the figure of the census, right")
    rows = rows_of(data / CORRECTIONS)
    real = [row for row in rows if row["reason"].startswith(events)]
    assert len(real) >= 15
    assert {row["status"] for row in real} == {"noted"}
    for row in (row for row in rows if row["status"] == "noted"):
        place = (row["region_code"], row["indicator"], row["year"])
        found = cell(as_found(data, row["table"]), *place)
        assert found == [float(row["expected"])], row["correction_id"]


def test_a_suspect_cell_is_one_of_the_panel_and_a_flag_to_drop_is_applied_or_noted(data) -> None:
    tables = [one for one in declared(data) if one["path"].startswith("panel/")]
    names = [one["name"] for one in tables if one["schema"] == SCHEMA]
    panel = pd.concat(as_found(data, name) for name in names)
    key = ["source_id", "region_code", "year", "indicator"]
    suspect = load_table("suspect_cells", data)
    assert len(suspect.merge(panel, on=[*key, "value"])) == len(suspect) > 500
    flagged = suspect[suspect["suggested_action"] == "drop"]
    assert len(flagged.merge(as_found(data, "corrections"), on=key)) == len(flagged) > 0


def test_what_no_longer_stands_is_refused_by_its_row(small_copy: Path) -> None:
    panel, path = small_copy / PANEL, small_copy / CORRECTIONS
    edit(panel, put(row_with(panel, *SPIKE), "value", "490.9283"))
    message = refusal(3, load_table, SALES, small_copy)
    assert message.startswith(f"{path}, row {row_with(path, *SPIKE)}: {SALES} (141100, {SALES}, ")
    told = "2012, first_published, A_PANEL): expected 490.9282, found 490.9283; legal: "
    assert told in message
    applied = (row for row in rows_of(path) if row["status"] == "applied")
    twice = next(row for row in applied if row["table"] != SALES)
    edit(path, lambda rows: rows.append([*(twice | {"correction_id": "again"}).values()]))
    message = refusal(3, load_table, twice["table"], small_copy)
    assert message.startswith(f"{path}, row {row_with(path, 'again')}: ")


@pytest.mark.parametrize(
    ("column", "cell", "expected"),
    [
        ("table", "gdp_revized", "'gdp_revized' is no table of observations"),
        ("table", "sources", "'sources' is no table of observations"),
        ("value", "5", "5.0 does not go with action drop; legal: nothing"),
        ("action", "delete", "'delete' is not legal"),
    ],
)
def test_a_correction_that_cannot_be_meant_is_refused(small_copy, column, cell, expected):
    path = small_copy / CORRECTIONS
    row = row_with(path, CORRECTION)
    edit(path, put(row, column, cell))
    told = f"{path}, row {row}, column {column}: {expected}"
    assert told in refusal(3, load_table, SALES, small_copy)


TARGETS, BREAKS = "report/targets.csv", "panel/breaks.csv"
UNFIT = [
    (FILE, 94, "known_at", "", "'' is empty; legal: string (month "),
    (TARGETS, 2, "indicator", "gdp_reel_growth", "in table indicators; .* mean gdp_real_growth"),
    (TARGETS, 2, "series", "gdp_reel_growth", "in table indicators; .* mean gdp_real_growth"),
    (TARGETS, 2, "unit", "亿元", "'亿元' is not in table indicators of gdp_real_growth; legal: %"),
    (TARGETS, 2, "last_year", "2020", "'2020' is before first_year; legal: 2021 or later"),
    ("regional/announced_targets.csv", 2, "unit", "万人", "of retail_sales_growth; legal: %"),
    (
        TARGETS,
        3,
        "series",
        "retail_sales",
        "legal: budget_revenue_growth or budget_revenue or noth",
    ),
    (TARGETS, 3, "first_year", "", "'' does not go with type growth; legal: the first year of"),
    (FILE, 94, "vintage", "first_published", "is not of this table; legal: provider"),
    (FILE, 94, "known_at", "1999-12", "'1999-12' is before the year; legal: 2"),
    (BREAKS, 3, "table", "retail", "'retail' is no table of observations; legal: .*retail_sales"),
    (BREAKS, 3, "source_id", "S1", "retail_sales, S1 is no series of retail_sales; legal: one"),
]


@pytest.mark.parametrize(("file", "row", "column", "value", "told"), UNFIT)
def test_a_row_that_cannot_be_meant_is_refused_in_one_line(
    small_copy, call, file, row, column, value, told
):
    edit(small_copy / file, put(row, column, value))
    done = call("check")
    assert (done.returncode, done.stdout) == (3, "")
    place = rf"{small_copy / file}, row {row}, column [^:]*\b{column}\b[^:]*: "
    assert re.search(f"{place}.*{told.replace('(', '[(]')}", done.stderr)


def test_no_corrections_are_legal(small_copy: Path) -> None:
    for name in ("corrections", "suspect_cells"):
        edit(small_copy / f"panel/{name}.csv", lambda rows: rows.__delitem__(slice(1, None)))
    assert load_corrections(small_copy).empty
    assert corrections_of(small_copy) == {}
    assert len(load_table(SALES, small_copy)) == len(rows_of(small_copy / PANEL))


def test_the_tables_as_shipped_are_as_frozen(data: Path, data_copy: Path) -> None:
    assert check_frozen(data) == len(declared(data))
    before = files_of(data_copy)
    assert freeze(data_copy) == []
    assert files_of(data_copy) == before


def test_what_changed_is_named_by_file_and_loaded_all_the_same(small_copy: Path) -> None:
    freeze(small_copy)
    panel, facts, text = (small_copy / name for name in (PANEL, FACTS, TEXT))
    edit(panel, put(row_with(panel, "141100", SALES, "2015"), "value", "1.5"))
    told = (
        f"{panel}: changed since the files were frozen, `git diff data/` shows the row; "
        "legal: the file as frozen, or `make data-freeze` after review"
    )
    assert refusal(3, check_frozen, small_copy) == told
    command = ["check", "--frozen", "--data", str(small_copy)]
    assert str(CliRunner().invoke(app, command).exception) == told
    assert check_table(small_copy, SALES) > len(load_table(SALES, small_copy)) > 0
    facts.write_bytes(facts.read_bytes().removesuffix(b"\n"))
    text.write_text(text.read_text("utf-8").replace("。", "，", 1), "utf-8")
    named = refusal(3, check_frozen, small_copy).partition(": changed ")[0].split(", ")
    assert sorted(named) == sorted(map(str, (panel, facts, text)))


def test_nothing_is_frozen_when_a_contract_or_a_correction_breaks(small_copy: Path) -> None:
    panel = small_copy / PANEL
    changes = {
        r"corrections\.csv, row \d+: ": (panel, put(row_with(panel, *SPIKE), "value", "5.0")),
        r"row 3, column year: '1001' is not": (small_copy / FILE, put(3, "year", "1001")),
    }
    for fault, (path, change) in changes.items():
        edit(path, change)
        before = files_of(small_copy)
        assert re.search(fault, refusal(3, freeze, small_copy))
        assert files_of(small_copy) == before


def test_a_file_without_hash_is_refused(data_copy: Path) -> None:
    path = data_copy / PACKAGE
    package = json.loads(path.read_text("utf-8"))
    file = package["resources"][3]
    del file["hash"]
    path.write_text(json.dumps(package), "utf-8")
    assert refusal(3, check_frozen, data_copy).startswith(f"{data_copy / file['path']}: ")


def test_freezing_a_reviewed_change_renews_its_hash_and_nothing_else(data_copy: Path) -> None:
    shutil.rmtree(data_copy / "panel")
    rest = check_frozen(data_copy)
    edit(data_copy / FACTS, put(2, "note", "surely"))
    assert refusal(3, check_frozen, data_copy).startswith(f"{data_copy / FACTS}: changed since ")
    before = files_of(data_copy)
    assert freeze(data_copy) == [FACTS]
    after = files_of(data_copy)
    assert {name for name in after if after[name] != before[name]} == {PACKAGE}
    old, new = (found[PACKAGE].decode().splitlines() for found in (before, after))
    lines = [b.split(":")[0].strip() for a, b in zip(old, new, strict=True) if a != b]
    assert lines == ['"hash"', '"bytes"']
    assert check_frozen(data_copy) == rest
    assert freeze(data_copy) == []
