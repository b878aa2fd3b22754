"""Corrections are rows of data: applied at load, guarded by the figure they expect, reported."""

from __future__ import annotations

import csv
import shutil
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest

from lvliang.baseline.contract import check_all, read_table
from lvliang.baseline.corrections import KEY, apply_corrections, load_corrections
from lvliang.baseline.package import present_resources
from lvliang.baseline.tables import corrections_of, load_table
from lvliang.errors import DataError

FILE = "panel/corrections.csv"
FOUR_OF_2011 = {
    "230900": 308.059, "231000": 940.346, "231100": 316.045, "231200": 912.094,
}  # fmt: skip


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


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
    rows = frame[
        (frame["region_code"] == region)
        & (frame["indicator"] == indicator)
        & (frame["year"] == year)
    ]
    return rows["value"].tolist()


def small() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Four cells; one to drop, one to replace, one of another table."""
    key = {"region_code": "1", "indicator": "gdp", "vintage": "revised", "source_id": "S5"}
    frame = pd.DataFrame(
        [{**key, "year": year, "value": value} for year, value in enumerate([7.0, 8.5, 9.0, 10.0])]
    )
    changes = [
        ("t", 1, "drop", 8.5, None),
        ("t", 3, "replace", 10.0, 11.0),
        ("u", 0, "drop", 7.0, 0),
    ]
    corrections = pd.DataFrame(
        [
            {"table": table, **key, "year": year, "action": action, "expected": old, "value": new}
            for table, year, action, old, new in changes
        ],
        index=[2, 3, 4],
    )
    return frame, corrections


# ------------------------------------------------------------------ applying


def test_drop_takes_the_row_out_and_replace_puts_the_figure_in() -> None:
    frame, corrections = small()
    corrected = apply_corrections(frame, "t", corrections)
    assert corrected[["year", "value"]].to_numpy().tolist() == [[0, 7.0], [2, 9.0], [3, 11.0]]
    assert corrected.index.tolist() == [0, 1, 2]
    assert list(corrected) == list(frame)


def test_inputs_are_left_as_they_were() -> None:
    frame, corrections = small()
    before = frame.copy(), corrections.copy()
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


def test_shipped_corrections_are_refused_a_second_time(data):
    corrections = load_corrections(data)
    assert (corrections["value"] != corrections["expected"]).all(), "each changes what it expects"
    for (table, _), mine in corrections.groupby(["table", "action"]):
        once = load_table(str(table), data)
        row = mine.index[-1]
        with pytest.raises(DataError, match=rf"corrections\.csv, row {row}: {table} "):
            apply_corrections(once, str(table), mine.loc[[row]])


def test_a_key_that_stands_twice_is_refused() -> None:
    frame, corrections = small()
    twice = pd.concat([frame, frame.iloc[[1]]], ignore_index=True)
    with pytest.raises(DataError, match=r"expected 8.5, found 8.5 and 8.5; legal: "):
        apply_corrections(twice, "t", corrections)


@pytest.mark.parametrize("part", KEY)
def test_each_part_of_the_key_counts(part: str) -> None:
    frame, corrections = small()
    corrections.loc[3, part] = 99 if part == "year" else "another"
    with pytest.raises(DataError, match=r"row 3: .*no such row"):
        apply_corrections(frame, "t", corrections)


# ------------------------------------------------------------------ the tables as shipped


def test_jiaozuo_2020_is_gone_at_load_and_stands_in_the_file(data: Path) -> None:
    place = ("410800", "gdp_real_growth", 2020)
    assert cell(read_table(data, "gdp_revised"), *place) == [-21.01]
    assert cell(load_table("gdp_revised", data), *place) == []
    assert cell(load_table("gdp_revised", data), "410800", "gdp_real_growth", 2019) == [5.0]


def test_a_table_is_loaded_anew_when_it_or_the_corrections_change(data_copy: Path) -> None:
    loaded = load_table("gdp_revised", data_copy)
    loaded["value"] = 0.0
    again = load_table("gdp_revised", data_copy)
    assert (again["value"] > 0).any(), "what a caller does to a table is its own"
    path = data_copy / "panel/corrections.csv"
    head, *rows = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text(head + "".join(row for row in rows if "jiaozuo_2020" not in row), "utf-8")
    assert len(load_table("gdp_revised", data_copy)) == len(again) + 1


def test_the_shifted_cities_of_2011_have_their_own_figures_again(data: Path) -> None:
    first = load_table("gdp_first_published", data)
    sectors = load_table("sectors_first_published", data)
    assert cell(first, "230800", "gdp_nominal", 2011) == []
    for region, value in FOUR_OF_2011.items():
        assert cell(first, region, "gdp_nominal", 2011) == [value]
        parts = [
            cell(sectors, region, f"va_{part}", 2011)
            for part in ("primary", "secondary", "tertiary")
        ]
        assert sum(part for (part,) in parts) == pytest.approx(value, rel=1e-5)


def test_what_is_reported_is_what_was_done(data: Path) -> None:
    applied = [row for row in rows_of(data / FILE) if row["status"] == "applied"]
    assert corrections_of(data) == Counter(row["table"] for row in applied)
    for name in {*corrections_of(data), "shanxi_real_growth", "report_baseline"}:
        before = read_table(data, name)
        after = load_table(name, data)
        mine = [row for row in applied if row["table"] == name]
        drops = sum(row["action"] == "drop" for row in mine)
        assert len(before) - len(after) == drops
        if mine:
            both = before.merge(after, on=KEY, suffixes=("", "_after"))
            assert (both["value"] != both["value_after"]).sum() == len(mine) - drops


def test_real_events_are_noted_at_most(data: Path) -> None:
    events = ("boundary change", "correction of the statistics", "the figure of the census, right")
    rows = [row for row in rows_of(data / FILE) if row["reason"].startswith(events)]
    assert len(rows) >= 15
    assert {row["status"] for row in rows} == {"noted"}


def test_noted_rows_speak_of_figures_that_stand(data: Path) -> None:
    rows = [row for row in rows_of(data / FILE) if row["status"] == "noted"]
    tables = {name: read_table(data, name) for name in {row["table"] for row in rows}}
    for row in rows:
        place = (row["region_code"], row["indicator"], int(row["year"]))
        assert cell(tables[row["table"]], *place) == [float(row["expected"])], row["correction_id"]


def test_every_suspect_cell_is_a_cell_of_the_panel(data: Path) -> None:
    panel = pd.concat(
        read_table(data, name)
        for name in present_resources(data)
        if name in ("gdp_revised", "gdp_first_published", "sectors_first_published", "population")
        or name == "fixed_asset_investment"
    )
    key = ["source_id", "region_code", "year", "indicator", "value"]
    suspect = load_table("suspect_cells", data)
    assert len(suspect.merge(panel, on=key)) == len(suspect) > 500


def test_a_flag_to_drop_is_either_applied_or_noted(data: Path) -> None:
    key = ["source_id", "region_code", "year", "indicator"]
    flagged = load_table("suspect_cells", data)
    flagged = flagged[flagged["suggested_action"] == "drop"]
    corrections = read_table(data, "corrections")
    assert len(flagged.merge(corrections, on=key)) == len(flagged) > 0


# ------------------------------------------------------------------ what is refused


def test_an_expected_figure_that_no_longer_stands_is_refused(data_copy: Path) -> None:
    where = {"region_code": "410800", "indicator": "gdp_real_growth", "year": "2020"}
    set_cell(data_copy / "panel/gdp_revised.csv", {"value": "-21.02"}, **where)
    message = refusal(data_copy, "gdp_revised")
    row = next(
        i for i, row in enumerate(rows_of(data_copy / FILE), 2) if where.items() <= row.items()
    )
    assert message.startswith(f"{data_copy / FILE}, row {row}: gdp_revised (410800, ")
    assert "gdp_real_growth, 2020, revised, S5): expected -21.01, found -21.02; legal: " in message


def test_the_same_correction_given_twice_is_refused(data_copy: Path) -> None:
    rows = rows_of(data_copy / FILE)
    rewrite(data_copy / FILE, [*rows, {**rows[0], "correction_id": "again"}])
    message = refusal(data_copy, rows[0]["table"])
    assert message.startswith(f"{data_copy / FILE}, row {len(rows) + 2}: ")
    assert "no such row" in message


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"table": "gdp_revized"}, "column table: 'gdp_revized' is no table of observations"),
        ({"table": "sources"}, "column table: 'sources' is no table of observations"),
        ({"value": "5"}, "column value: 5.0 does not go with action drop; legal: nothing"),
        (
            {"action": "replace"},
            "column value: nan does not go with action replace; legal: a number",
        ),
        ({"action": "delete"}, "column action: 'delete' is not legal"),
        ({"reason": ""}, "column reason: "),
    ],
)
def test_a_correction_that_cannot_be_meant_is_refused(data_copy, change, expected):
    row = set_cell(data_copy / FILE, change, correction_id="jiaozuo_2020_gdp_real_growth")
    message = refusal(data_copy, "gdp_revised")
    assert f"{data_copy / FILE}, row {row}, {expected}" in message


def test_a_noted_row_is_not_applied(data_copy: Path) -> None:
    set_cell(data_copy / FILE, {"status": "noted"}, correction_id="jiaozuo_2020_gdp_real_growth")
    place = ("410800", "gdp_real_growth", 2020)
    assert cell(load_table("gdp_revised", data_copy), *place) == [-21.01]


def test_no_corrections_are_legal(small_copy):
    for name in ("corrections", "suspect_cells"):
        path = small_copy / f"panel/{name}.csv"
        path.write_text(path.read_text("utf-8").splitlines(keepends=True)[0], "utf-8")
    assert check_all(small_copy)["corrections"] == 0
    assert corrections_of(small_copy) == {}
    assert len(load_table("gdp_revised", small_copy)) == len(read_table(small_copy, "gdp_revised"))


def test_without_the_panel_there_are_none(data_copy: Path) -> None:
    shutil.rmtree(data_copy / "panel")
    assert corrections_of(data_copy) == {}
    assert len(load_table("report_baseline", data_copy))
