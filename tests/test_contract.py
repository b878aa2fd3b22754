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


def declared_tables(data: Path) -> list[dict[str, str]]:
    resources = json.loads((data / "datapackage.json").read_text("utf-8"))["resources"]
    return [resource for resource in resources if "schema" in resource]


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
        (3, "value", "about 5", "number"),
        (3, "value", "1,234.5", "number"),
        (3, "value", "NaN", "number"),
        (3, "value", "INF", "number"),
        (85, "value", "", "number"),  # in the last row
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
    message = refusal(small_copy)
    assert message.startswith(f"{small_copy / FILE}, row {row}, column {column}: {value!r} is ")
    assert legal in message.partition("; legal: ")[2]
    with pytest.raises(DataError, match=rf"row {row}, column {column}"):
        load_table(TABLE, small_copy)
    for other in (9, 10):
        edit(small_copy / FILE, put(other, "value", "x"))
    assert refusal(small_copy).endswith("(2 more faults)")


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
    message = refusal(small_copy)
    assert message.startswith(f"{small_copy / FILE}, row 1, column {column}: found {found!r}; ")
    assert f"legal columns: {', '.join(COLUMNS)}" in message


def test_an_empty_table_is_refused_but_for_a_list_of_corrections(small_copy: Path) -> None:
    for kept in (1, 0):
        edit(small_copy / FILE, lambda rows, kept=kept: rows.__delitem__(slice(kept, None)))
        told = f"{small_copy / FILE}: the table is empty; legal: a header and at "
        assert refusal(small_copy).startswith(told)
    edit(small_copy / "panel/corrections.csv", lambda rows: rows.__delitem__(slice(1, None)))
    assert check_table(small_copy, "corrections") == 0


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
def test_a_file_that_cannot_be_read_is_named(small_copy, file, content, told):
    path = small_copy / file
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    message = refusal(small_copy, "regions" if file == "regions.csv" else TABLE)
    assert message.startswith(str(path)) or (file == SCHEMA and str(path) in message)
    assert re.search(told, message)


def test_a_duplicate_key_is_named_with_its_columns_and_values(small_copy: Path) -> None:
    edit(small_copy / FILE, lambda rows: rows.append(rows[1]))
    message = refusal(small_copy)
    key = "region_code, indicator, year, vintage, source_id"
    assert message.startswith(f"{small_copy / FILE}, row 86, column {key}: duplicate key ")
    assert "CN, cpi_inflation, 2000, " in message
    assert message.endswith("legal: each once")
    path = small_copy / "report/targets.csv"
    edit(path, lambda rows: rows[2].__setitem__(0, rows[1][0]))
    message = refusal(small_copy, "report_targets")
    assert re.match(f"{path}, row 3, column target_id: .*gdp_2021.*legal: ", message)


UNIT = "indicator, unit, price_basis"


@pytest.mark.parametrize(
    ("column", "value", "key", "values", "table"),
    [
        ("source_id", "HEARSAY", "source_id", "HEARSAY", "sources"),
        ("region_code", "999999", "region_code", "999999", "regions"),
        ("unit", "亿元", UNIT, "cpi_inflation, 亿元, none", "indicators"),
    ],
)
def test_a_key_that_the_other_table_lacks_is_named(small_copy, column, value, key, values, table):
    edit(small_copy / FILE, put(7, column, value))
    message = refusal(small_copy)
    assert message.startswith(f'{small_copy / FILE}, row 7, column "{key}": values "{values}"')
    assert f'"{table}"' in message
    assert "legal: " in message


def test_a_table_that_is_not_declared_names_those_that_are(data: Path) -> None:
    message = refusal(data, "national_makro")
    assert message.startswith(f"{data / 'datapackage.json'}: no table 'national_makro'; legal: ")
    assert TABLE in message


def test_one_missing_file_is_refused(small_copy: Path) -> None:
    (small_copy / "panel/population.csv").unlink()
    with pytest.raises(DataError) as raised:
        check_all(small_copy)
    assert str(raised.value) == (
        f"{small_copy}/panel/population.csv: declared in datapackage.json and not there; "
        "legal: the file, or the whole folder panel/ removed"
    )


@pytest.mark.parametrize("content", ["吕梁市".encode("gbk"), b"name_en,name_zh\n", b""])
def test_a_damaged_list_of_regions_is_not_taken_for_an_unknown_region(small_copy, content):
    (small_copy / "regions.csv").write_bytes(content)
    with pytest.raises(DataError, match=r"regions\.csv"):
        find_region("吕梁", small_copy)


def test_without_the_panel_folder_the_other_tables_stand(data: Path, small_copy: Path) -> None:
    shutil.rmtree(small_copy / "panel")
    gone = set(present_resources(data)) - set(present_resources(small_copy))
    assert gone == {
        table["name"] for table in declared_tables(data) if table["path"].startswith("panel/")
    }
    assert {"gdp_revised", "budget_revenue"} < gone
    assert set(check_all(small_copy)) == set(present_resources(small_copy))
    figures = report_figures("141100", 2020, small_copy)
    assert not figures.empty
    assert figures.equals(report_figures("141100", 2020, data))
