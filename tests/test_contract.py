"""A damaged table is refused with its file, row, column, value, and what would be legal."""

from __future__ import annotations

import csv
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from lvliang.baseline.contract import check_all, check_table
from lvliang.baseline.history import report_figures
from lvliang.baseline.package import present_resources
from lvliang.baseline.regions import find_region
from lvliang.baseline.tables import load_table
from lvliang.errors import DataError

TABLE = "national_macro"
FILE = "national/macro.csv"
COLUMNS = [
    "region_code", "indicator", "year", "value", "unit", "price_basis",
    "vintage", "status", "known_at", "source_id",
]  # fmt: skip

Rows = list[list[str]]
Change = Callable[[Rows], object]


def declared_tables(data: Path) -> list[dict[str, str]]:
    resources = json.loads((data / "datapackage.json").read_text("utf-8"))["resources"]
    return [resource for resource in resources if "schema" in resource]


def edit(path: Path, change: Change) -> None:
    """Change the rows of a CSV file; ``rows[0]`` is the header."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    change(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def put(row: int, column: str, value: str) -> Change:
    """Write one cell of ``FILE``; the header is row 1."""
    return lambda rows: rows[row - 1].__setitem__(COLUMNS.index(column), value)


def refusal(data: Path, name: str = TABLE) -> str:
    with pytest.raises(DataError) as raised:
        check_table(data, name)
    assert raised.value.exit_code == 3
    return str(raised.value)


def test_tables_as_shipped_keep_their_contracts_and_every_row_is_counted(data: Path) -> None:
    rows = {}
    for resource in declared_tables(data):
        with (data / resource["path"]).open(encoding="utf-8", newline="") as file:
            rows[resource["name"]] = len(list(csv.DictReader(file)))
    told = []
    assert check_all(data, lambda name, count: told.append((name, count))) == rows
    assert told == list(rows.items())


@pytest.mark.parametrize(
    ("row", "column", "value", "legal"),
    [
        pytest.param(3, "value", "about 5", "number", id="text for a number"),
        pytest.param(3, "value", "1,234.5", "number", id="thousands separator"),
        pytest.param(3, "value", "NaN", "number", id="not a number"),
        pytest.param(3, "value", "INF", "number", id="infinity"),
        pytest.param(3, "value", "", "number", id="blank number"),
        pytest.param(85, "value", "", "number", id="blank in the last row"),
        pytest.param(4, "source_id", "", "string", id="blank text"),
        pytest.param(4, "year", "2002.5", "integer", id="year with a fraction"),
        pytest.param(4, "year", "1979", "at least 1980", id="below the minimum"),
        pytest.param(4, "year", "2036", "at most 2035", id="above the maximum"),
        pytest.param(2, "vintage", "guess", "one of preliminary, first_published", id="enum"),
        pytest.param(2, "known_at", "2000-13", "of the form [12]", id="pattern"),
        pytest.param(2, "known_at", "2000-121", "of the form [12]", id="more than the pattern"),
    ],
)
def test_a_bad_cell_is_named_by_row_column_value_and_what_is_legal(
    data_copy: Path, row: int, column: str, value: str, legal: str
) -> None:
    edit(data_copy / FILE, put(row, column, value))
    message = refusal(data_copy)
    assert message.startswith(f"{data_copy / FILE}, row {row}, column {column}: {value!r} is ")
    assert legal in message.partition("; legal: ")[2]


def test_every_other_fault_is_counted(data_copy: Path) -> None:
    edit(data_copy / FILE, put(3, "value", "x"))
    edit(data_copy / FILE, put(5, "year", "x"))
    edit(data_copy / FILE, put(9, "known_at", ""))
    message = refusal(data_copy)
    assert ", row 3, column value: 'x' " in message
    assert message.endswith("(2 more faults)")


@pytest.mark.parametrize(
    ("change", "column", "found"),
    [
        pytest.param(put(1, "price_basis", "prices"), "price_basis", "prices", id="renamed"),
        pytest.param(lambda rows: [row.pop() for row in rows], "source_id", "nothing", id="last"),
        pytest.param(lambda rows: [row.pop(3) for row in rows], "value", "unit", id="inner"),
        pytest.param(
            lambda rows: [row.append("note") for row in rows], "(none)", "note", id="unknown"
        ),
    ],
)
def test_a_bad_header_is_named_with_the_legal_columns(data_copy, change, column, found):
    edit(data_copy / FILE, change)
    message = refusal(data_copy)
    assert message.startswith(f"{data_copy / FILE}, row 1, column {column}: found {found!r}; ")
    assert f"legal columns: {', '.join(COLUMNS)}" in message


@pytest.mark.parametrize("kept", [1, 0], ids=["header only", "zero bytes"])
def test_an_empty_table_is_refused(data_copy: Path, kept: int) -> None:
    edit(data_copy / FILE, lambda rows: rows.__delitem__(slice(kept, None)))
    assert (data_copy / FILE).stat().st_size == 0 or kept
    message = refusal(data_copy)
    assert message.startswith(f"{data_copy / FILE}: the table is empty; legal: a header and at ")


def test_a_list_of_corrections_may_be_empty(data_copy: Path) -> None:
    edit(data_copy / "panel/corrections.csv", lambda rows: rows.__delitem__(slice(1, None)))
    assert check_table(data_copy, "corrections") == 0


PACKAGE, SCHEMA = "datapackage.json", "schemas/observations.json"


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
def test_a_file_that_cannot_be_read_is_named(data_copy, file, content, told):
    path = data_copy / file
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    message = refusal(data_copy, "regions" if file == "regions.csv" else TABLE)
    assert message.startswith(str(path)) or (file == SCHEMA and str(path) in message)
    assert re.search(told, message)


def test_a_duplicate_key_is_named_with_its_columns_and_values(data_copy: Path) -> None:
    edit(data_copy / FILE, lambda rows: rows.append(rows[1]))
    message = refusal(data_copy)
    key = "region_code, indicator, year, vintage, source_id"
    assert message.startswith(f"{data_copy / FILE}, row 86, column {key}: duplicate key ")
    assert "CN, cpi_inflation, 2000, " in message
    assert message.endswith("legal: each once")


def test_a_duplicate_name_of_a_target_is_named(data_copy: Path) -> None:
    path = data_copy / "report/targets.csv"
    edit(path, lambda rows: rows[2].__setitem__(0, rows[1][0]))
    message = refusal(data_copy, "report_targets")
    assert message.startswith(f"{path}, row 3, column target_id: ")
    assert "gdp_2021" in message
    assert "legal: " in message


@pytest.mark.parametrize(
    ("column", "value", "key", "values", "table"),
    [
        ("source_id", "HEARSAY", "source_id", "HEARSAY", "sources"),
        ("region_code", "999999", "region_code", "999999", "regions"),
        (
            "unit",
            "亿元",
            "indicator, unit, price_basis",
            "cpi_inflation, 亿元, none",
            "indicators",
        ),
    ],
)
def test_a_key_that_the_other_table_lacks_is_named(data_copy, column, value, key, values, table):
    edit(data_copy / FILE, put(7, column, value))
    message = refusal(data_copy)
    assert message.startswith(f'{data_copy / FILE}, row 7, column "{key}": values "{values}"')
    assert f'"{table}"' in message
    assert "legal: " in message


def test_a_table_that_is_not_declared_names_those_that_are(data: Path) -> None:
    message = refusal(data, "national_makro")
    assert message.startswith(f"{data / 'datapackage.json'}: no table 'national_makro'; legal: ")
    assert TABLE in message


@pytest.mark.parametrize("file", [FILE, "sources.csv", "panel/population.csv"])
def test_one_missing_file_is_refused(data_copy: Path, file: str) -> None:
    (data_copy / file).unlink()
    with pytest.raises(DataError) as raised:
        check_all(data_copy)
    assert raised.value.exit_code == 3
    assert str(raised.value) == (
        f"{data_copy / file}: declared in datapackage.json and not there; "
        "legal: the file, or the whole folder panel/ removed"
    )


def test_a_table_is_held_against_its_contract_when_it_is_loaded(data_copy: Path) -> None:
    edit(data_copy / FILE, put(3, "vintage", "guess"))
    with pytest.raises(DataError, match="row 3, column vintage"):
        load_table(TABLE, data_copy)


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda path: path.write_bytes("吕梁市".encode("gbk")), id="encoding"),
        pytest.param(lambda path: edit(path, lambda rows: rows[0].reverse()), id="header"),
        pytest.param(lambda path: path.write_bytes(b""), id="zero bytes"),
    ],
)
def test_a_damaged_list_of_regions_is_not_taken_for_an_unknown_region(data_copy, damage):
    damage(data_copy / "regions.csv")
    with pytest.raises(DataError, match=r"regions\.csv"):
        find_region("吕梁", data_copy)


def test_without_the_panel_folder_the_other_tables_stand(data: Path, data_copy: Path) -> None:
    shutil.rmtree(data_copy / "panel")
    gone = set(present_resources(data)) - set(present_resources(data_copy))
    assert gone == {
        table["name"] for table in declared_tables(data) if table["path"].startswith("panel/")
    }
    assert {"gdp_revised", "budget_revenue"} < gone
    assert set(check_all(data_copy)) == set(present_resources(data_copy))
    figures = report_figures("141100", 2020, data_copy)
    assert not figures.empty
    assert figures.equals(report_figures("141100", 2020, data))
