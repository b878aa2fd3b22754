"""What the tables say: the report's figures and targets, sources, dates, and a whole panel."""

import csv
import json
import re
from pathlib import Path

import pytest

from lvliang.baseline.package import LAST_KNOWN_YEAR
from lvliang.baseline.tables import as_of, load_table

Row = dict[str, str]

# Statements of the report in its own words: it is their source, and its month theirs.
STATEMENTS = {"report/facts.csv", "report/commitments.csv", "report/not_figures.csv"}
# Forecasts are no figures: the table of what was registered dates them.
EDITION = "record/2020-first-edition"
FORECASTS = {"record/registered.csv", f"{EDITION}.csv", f"{EDITION}-ranks.csv"}
# What describes or corrects figures has no date of its own.
DESCRIPTIONS = {"regions.csv", "indicators.csv", "sources.csv", "check/panel_checks.csv"}
CORRECTIONS = {"panel/corrections.csv", "panel/suspect_cells.csv"}
UNDATED = STATEMENTS | FORECASTS | DESCRIPTIONS | CORRECTIONS


def read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def tables(data: Path) -> dict[str, list[Row]]:
    """Rows of every declared table, by its path, as they are written."""
    resources = json.loads((data / "datapackage.json").read_text("utf-8"))["resources"]
    declared = [table for table in resources if "schema" in table]
    schemas = {str(path.relative_to(data)) for path in (data / "schemas").iterdir()}
    assert schemas == {table["schema"] for table in declared}
    assert {table["path"] for table in declared} == {
        str(path.relative_to(data)) for path in data.rglob("*.csv")
    }
    return {table["path"]: read(data / table["path"]) for table in declared}


def test_the_last_known_year_is_that_of_the_tables_and_the_plan_not_known_before(tables, data):
    rows = [row for table in tables.values() for row in table if {"year", "known_at"} <= set(row)]
    assert max(int(row["year"]) for row in rows if row.get("status")) == LAST_KNOWN_YEAR
    targets, figures = load_table("report_targets", data), load_table("report_baseline", data)
    assert targets["first_year"].min() == LAST_KNOWN_YEAR + 1
    assert len(as_of(targets, 2020)) == len(targets)
    assert as_of(targets, 2019).empty
    assert as_of(figures, 2019)["year"].max() == 2019


def test_a_derived_target_says_so_and_repeats_what_the_report_states(tables):
    targets = {row["target_id"]: row for row in tables["report/targets.csv"]}
    derived = {name: row for name, row in targets.items() if row["group"] == "to_end_year"}
    assert set(derived) == {"gdp_mean", "revenue_mean", "gdp_rank", "revenue_rank", "air_rank"}
    for row in derived.values():
        assert (row["origin"], row["nature"], row["last_year"]) == ("derived", "未标明", "")
        assert row["reading_zh"].startswith("推演：")
        assert row["reading_en"].startswith("derived: ")
    repeated = ["indicator", "operator", "value", "unit", "price_basis", "first_year", "quote"]
    for name in ("gdp", "revenue"):
        mean, of_2021 = targets[f"{name}_mean"], targets[f"{name}_2021"]
        assert [mean[key] for key in repeated] == [of_2021[key] for key in repeated]
    said = {row["figure_id"]: row["value"] for row in tables["report/baseline.csv"]}
    for rank, figure in (
        ("gdp_rank", "gdp_rank_in_province.2020"),
        ("revenue_rank", "budget_revenue_rank_in_province.2020"),
        ("air_rank", "air_index_rank.2020"),
    ):
        assert (targets[rank]["operator"], targets[rank]["value"]) == ("<=", said[figure])


@pytest.mark.parametrize("indicator", ["gdp_nominal", "gdp_real_growth"])
def test_the_revised_panel_has_296_cities_in_each_of_21_years(tables, indicator):
    rows = [row for row in tables["panel/gdp_revised.csv"] if row["indicator"] == indicator]
    cells = {(row["region_code"], int(row["year"])) for row in rows}
    cities = {code for code, _ in cells}
    assert len(cities) == 296
    assert cells == {(code, year) for code in cities for year in range(2000, 2021)}
    assert len(rows) == len(cells)


def test_a_figure_has_the_month_it_was_known_and_not_before_its_period_has_ended(tables):
    rows = [row for path in set(tables) - UNDATED for row in tables[path]]
    month = r"(19|20)\d\d-(0[1-9]|1[0-2])"
    assert [row for row in rows if not re.fullmatch(month, row.get("known_at", ""))] == []
    dated = [row for row in rows if "year" in row]
    assert len(dated) > 50_000
    early = []
    for row in dated:
        months = re.findall(r"\d{4}-\d{2}", row.get("period", "annual"))
        if row["known_at"] < (months[-1] if months else f"{row['year']}-12"):
            early.append(row)
    assert early == []


def test_every_indicator_and_its_unit_have_a_name_in_both_languages(tables):
    rows = tables["indicators.csv"]
    hanzi = re.compile(r"[\u4e00-\u9fff]")
    assert [row["indicator"] for row in rows if not hanzi.search(row["name_zh"])] == []
    for column in ("name_en", "unit_en"):
        odd = [row["indicator"] for row in rows if not row[column] or hanzi.search(row[column])]
        assert odd == []
    for column in ("name_zh", "name_en"):
        names = [row[column] for row in rows]
        assert len(names) == len(set(names))
