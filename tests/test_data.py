"""What the tables say: the report, sources, dates, a whole panel, and registered forecasts."""

import hashlib
import json
import re
from pathlib import Path

import pytest
from shared import rows_of

from lvliang.baseline.package import START_OF_PLAN, last_known_year, resource_path
from lvliang.baseline.tables import as_of, load_table
from lvliang.feasibility.record_facts import registered_facts

Row = dict[str, str]

# Statements of the report in its own words: it is their source, and its month theirs.
STATEMENTS = {"report/facts.csv", "report/commitments.csv", "report/not_figures.csv"}
# Forecasts are no figures: the table of what was registered dates them.
EDITION = "record/2020-first-edition"
FORECASTS = {"record/registered.csv", f"{EDITION}.csv", f"{EDITION}-ranks.csv"}
# What describes or corrects figures has no date of its own.
DESCRIPTIONS = {"report/near_targets.csv", 
    "regions.csv", "indicators.csv", "sources.csv", "release_lags.csv", "check/panel_checks.csv",
}  # fmt: skip
CORRECTIONS = {"panel/corrections.csv", "panel/suspect_cells.csv", "panel/breaks.csv"}
# Forecasts and targets are known before their year.
AHEAD = {"national/weo_forecasts.csv", "regional/announced_targets.csv"}
EDITIONS = {"WEO2510"}  # sources with a month of their own
UNDATED = STATEMENTS | FORECASTS | DESCRIPTIONS | CORRECTIONS


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
    return {table["path"]: rows_of(data / table["path"]) for table in declared}


def test_the_last_known_year_is_that_of_the_panel_and_the_plan_not_known_before(tables, data):
    years = [int(row["year"]) for row in tables["panel/gdp_revised.csv"]]
    assert last_known_year(data) == max(years)
    targets, figures = load_table("report_targets", data), load_table("report_baseline", data)
    assert targets["first_year"].min() == START_OF_PLAN
    assert len(as_of(targets, 2020)) == len(targets)
    assert as_of(targets, 2019).empty
    assert as_of(figures, 2019)["year"].max() == 2019


def test_a_figure_counts_as_known_from_the_lag_of_its_table(tables, data):
    for row in tables["release_lags.csv"]:
        path = str(resource_path(data, row["table"]).relative_to(data))
        for figure in (one for one in tables[path] if one["source_id"] not in EDITIONS):
            month = int(figure["year"]) * 12 + 11 + int(row["months"])
            assert figure["known_at"] == f"{month // 12}-{month % 12 + 1:02d}"


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
    said = {row["figure_id"]: row for row in tables["report/baseline.csv"]}
    for rank, figure in (
        ("gdp_rank", "gdp_rank_in_province.2020"),
        ("revenue_rank", "budget_revenue_rank_in_province.2020"),
        ("air_rank", "air_index_rank.2020"),
    ):
        target, stated = targets[rank], said[figure]
        assert target["operator"] == "<="
        assert all(target[key] == stated[key] for key in ("value", "quote", "position"))


def test_the_revised_panel_has_296_cities_in_each_year_but_for_levels_of_2023(tables, data):
    years = range(2000, last_known_year(data) + 1)
    for indicator, without in (("gdp_real_growth", 0), ("gdp_nominal", 32)):
        rows = [row for row in tables["panel/gdp_revised.csv"] if row["indicator"] == indicator]
        cells = {(row["region_code"], int(row["year"])) for row in rows}
        whole = {(code, year) for code, _ in cells for year in years}
        assert len(rows) == len(cells) == 296 * len(years) - without
        assert {year for _, year in whole - cells} <= {2023}


def test_a_figure_has_the_month_it_was_known_and_not_before_its_period_has_ended(tables):
    rows = [row for path in set(tables) - UNDATED for row in tables[path]]
    month = r"(19|20)\d\d-(0[1-9]|1[0-2])"
    assert [row for row in rows if not re.fullmatch(month, row.get("known_at", ""))] == []
    dated = [row for path in set(tables) - UNDATED - AHEAD for row in tables[path] if "year" in row]
    assert len(dated) > 50_000
    early = []
    for row in dated:
        months = re.findall(r"\d{4}-\d{2}", row.get("period", "annual"))
        if row["known_at"] < (months[-1] if months else f"{row['year']}-12"):
            early.append(row)
    assert early == []


# Of the files as they were made. They are read and never made again: no change of the code, of
# the figures or of their contract is a reason to renew a line here.
DIGESTS = {
    "record/2020-first-edition.csv": (
        "3a370cc935e3c4297cb3385095a22c08167dc7b2270fbb5d41a0e3ab7f719f99"
    ),
    "record/2020-first-edition-verdicts.json": (
        "27bfe990fcfe376b4d3f166b96a92c01ceb1a32791900dafa1c0b3b82c3ef511"
    ),
    "record/2020-first-edition-ranks.csv": (
        "ba17484d03f00d428a125320da7c979f6ea070b2ac5accb51246bd649d083ce8"
    ),
}


def test_the_registered_files_are_as_they_were_made(data: Path) -> None:
    found = {file: hashlib.sha256((data / file).read_bytes()).hexdigest() for file in DIGESTS}
    assert found == DIGESTS
    declared = load_table("registered", data)
    assert dict(zip(declared["file"], declared["sha256"], strict=True)) == DIGESTS


def test_an_earlier_base_year_knows_nothing_of_it(data: Path) -> None:
    assert registered_facts(2020)["commit"] == "d86c604"
    assert registered_facts(2019) is None
