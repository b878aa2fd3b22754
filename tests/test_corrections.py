"""Corrections are rows of data: applied at load, guarded by the figure they expect, reported."""

from __future__ import annotations

import csv
import shutil
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest

from lvliang.baseline.contract import check_all
from lvliang.baseline.package import resource_path
from lvliang.baseline.tables import (
    KEY,
    apply_corrections,
    corrections_of,
    load_corrections,
    load_table,
)
from lvliang.errors import DataError

FILE = "panel/corrections.csv"
JIAOZUO = ("410800", "gdp_real_growth", 2020)


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def as_found(data: Path, name: str) -> pd.DataFrame:
    """A table as its file has it."""
    return pd.read_csv(resource_path(data, name), dtype={"region_code": str})


def rewrite(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def set_cell(path: Path, changes: dict[str, str], **where: str) -> int:
    """Change the one row that is ``where``; its number, the header being row 1."""
    rows = rows_of(path)
    (at,) = [i for i, row in enumerate(rows) if where.items() <= row.items()]
    rows[at].update(changes)
    rewrite(path, rows)
    return at + 2


def refusal(data: Path, table: str) -> str:
    with pytest.raises(DataError) as raised:
        load_table(table, data)
    return str(raised.value)


def cell(frame: pd.DataFrame, region: str, indicator: str, year: int) -> list[float]:
    key = frame[["region_code", "indicator", "year"]]
    return frame["value"][(key == [region, indicator, year]).all(axis=1)].tolist()


def small() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Four cells; one to drop, one to replace, one of another table."""
    key = {"region_code": "1", "indicator": "gdp", "vintage": "revised", "source_id": "S5"}
    frame = pd.DataFrame({"year": range(4), "value": [7.0, 8.5, 9.0, 10.0]}).assign(**key)
    corrections = pd.DataFrame(
        {
            "table": ["t", "t", "u"],
            "year": [1, 3, 0],
            "action": ["drop", "replace", "drop"],
            "expected": [8.5, 10.0, 7.0],
            "value": [None, 11.0, 0.0],
        },
        index=[2, 3, 4],
    )
    return frame, corrections.assign(**key)


# ------------------------------------------------------------------ applying


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
    with pytest.raises(DataError, match=rf"^data/panel/corrections\.csv, row {row}: t .*{found}"):
        apply_corrections(once, "t", corrections.loc[[row]])


def test_a_key_is_whole_and_stands_once() -> None:
    frame, corrections = small()
    with pytest.raises(DataError, match=r"expected 8.5, found 8.5 and 8.5; legal: "):
        apply_corrections(pd.concat([frame, frame.iloc[[1]]], ignore_index=True), "t", corrections)
    for part in KEY:
        frame, corrections = small()
        corrections.loc[3, part] = 99 if part == "year" else "another"
        with pytest.raises(DataError, match=r"row 3: .*no such row"):
            apply_corrections(frame, "t", corrections)


def test_shipped_corrections_are_refused_a_second_time(data):
    corrections = load_corrections(data)
    assert (corrections["value"] != corrections["expected"]).all(), "each changes what it expects"
    for (table, _), mine in corrections.groupby(["table", "action"]):
        once = load_table(str(table), data)
        row = mine.index[-1]
        with pytest.raises(DataError, match=rf"corrections\.csv, row {row}: {table} "):
            apply_corrections(once, str(table), mine.loc[[row]])


# ------------------------------------------------------------------ the tables as shipped


def test_a_table_is_loaded_anew_when_it_or_the_corrections_change(data_copy: Path) -> None:
    loaded = load_table("gdp_revised", data_copy)
    loaded["value"] = 0.0
    again = load_table("gdp_revised", data_copy)
    assert (again["value"] > 0).any(), "what a caller does to a table is its own"
    assert cell(again, *JIAOZUO) == []
    set_cell(data_copy / FILE, {"status": "noted"}, correction_id="jiaozuo_2020_gdp_real_growth")
    assert cell(load_table("gdp_revised", data_copy), *JIAOZUO) == [-21.01]


def test_the_shifted_cities_of_2011_have_their_own_figures_again(data: Path) -> None:
    first = load_table("gdp_first_published", data)
    sectors = load_table("sectors_first_published", data)
    assert cell(first, "230800", "gdp_nominal", 2011) == []
    figures = {"230900": 308.059, "231000": 940.346, "231100": 316.045, "231200": 912.094}
    for region, value in figures.items():
        assert cell(first, region, "gdp_nominal", 2011) == [value]
        parts = ("va_primary", "va_secondary", "va_tertiary")
        total = sum(sum(cell(sectors, region, part, 2011)) for part in parts)
        assert total == pytest.approx(value, rel=1e-5)


def test_what_is_reported_is_what_was_done(data: Path) -> None:
    applied = [row for row in rows_of(data / FILE) if row["status"] == "applied"]
    assert corrections_of(data) == Counter(row["table"] for row in applied)
    for name in {*corrections_of(data), "fixed_asset_investment"}:
        before = as_found(data, name)
        after = load_table(name, data)
        mine = [row for row in applied if row["table"] == name]
        drops = sum(row["action"] == "drop" for row in mine)
        assert len(before) - len(after) == drops
        if mine:
            both = before.merge(after, on=KEY, suffixes=("", "_after"))
            assert (both["value"] != both["value_after"]).sum() == len(mine) - drops


def test_real_events_are_noted_at_most_and_notes_speak_of_figures_that_stand(data: Path) -> None:
    events = ("boundary change", "correction of the statistics", "the figure of the census, right")
    real = [row for row in rows_of(data / FILE) if row["reason"].startswith(events)]
    assert len(real) >= 15
    assert {row["status"] for row in real} == {"noted"}
    noted = [row for row in rows_of(data / FILE) if row["status"] == "noted"]
    for row in noted:
        place = (row["region_code"], row["indicator"], int(row["year"]))
        found = cell(as_found(data, row["table"]), *place)
        assert found == [float(row["expected"])], row["correction_id"]


def test_a_suspect_cell_is_one_of_the_panel_and_a_flag_to_drop_is_applied_or_noted(data) -> None:
    names = ["gdp_revised", "gdp_first_published", "sectors_first_published", "population"]
    panel = pd.concat(as_found(data, name) for name in [*names, "fixed_asset_investment"])
    key = ["source_id", "region_code", "year", "indicator"]
    suspect = load_table("suspect_cells", data)
    assert len(suspect.merge(panel, on=[*key, "value"])) == len(suspect) > 500
    flagged = suspect[suspect["suggested_action"] == "drop"]
    assert len(flagged.merge(as_found(data, "corrections"), on=key)) == len(flagged) > 0


# ------------------------------------------------------------------ what is refused


def test_what_no_longer_stands_is_refused_by_its_row(data_copy: Path) -> None:
    where = {"region_code": "410800", "indicator": "gdp_real_growth", "year": "2020"}
    set_cell(data_copy / "panel/gdp_revised.csv", {"value": "-21.02"}, **where)
    rows = rows_of(data_copy / FILE)
    row = next(i for i, row in enumerate(rows, 2) if where.items() <= row.items())
    message = refusal(data_copy, "gdp_revised")
    assert message.startswith(f"{data_copy / FILE}, row {row}: gdp_revised (410800, ")
    assert "gdp_real_growth, 2020, revised, S5): expected -21.01, found -21.02; legal: " in message
    twice = next(row for row in rows if row["table"] != "gdp_revised")
    rewrite(data_copy / FILE, [*rows, {**twice, "correction_id": "again"}])
    message = refusal(data_copy, twice["table"])
    assert message.startswith(f"{data_copy / FILE}, row {len(rows) + 2}: ")


@pytest.mark.parametrize(
    ("column", "cell", "expected"),
    [
        ("table", "gdp_revized", "'gdp_revized' is no table of observations"),
        ("table", "sources", "'sources' is no table of observations"),
        ("value", "5", "5.0 does not go with action drop; legal: nothing"),
        ("action", "delete", "'delete' is not legal"),
        ("reason", "", ""),
    ],
)
def test_a_correction_that_cannot_be_meant_is_refused(data_copy, column, cell, expected):
    where = {"correction_id": "jiaozuo_2020_gdp_real_growth"}
    row = set_cell(data_copy / FILE, {column: cell}, **where)
    told = f"{data_copy / FILE}, row {row}, column {column}: {expected}"
    assert told in refusal(data_copy, "gdp_revised")


def test_no_corrections_are_legal_and_without_the_panel_there_are_none(small_copy):
    for name in ("corrections", "suspect_cells"):
        path = small_copy / f"panel/{name}.csv"
        path.write_text(path.read_text("utf-8").splitlines(keepends=True)[0], "utf-8")
    assert check_all(small_copy)["corrections"] == 0
    assert corrections_of(small_copy) == {}
    assert len(load_table("gdp_revised", small_copy)) == len(as_found(small_copy, "gdp_revised"))
    shutil.rmtree(small_copy / "panel")
    assert corrections_of(small_copy) == {}
