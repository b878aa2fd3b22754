"""Registered forecasts: the files are those of the day, and hold what they are said to hold."""

from __future__ import annotations

import hashlib
import json
from itertools import pairwise
from pathlib import Path

import pytest

from lvliang.baseline.tables import load_table
from lvliang.feasibility.record_facts import registered_facts

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
QUANTILES = ["q01", "q05", "q10", "q25", "q50", "q75", "q90", "q95", "q99"]


def test_the_registered_files_are_as_they_were_made(data: Path) -> None:
    found = {file: hashlib.sha256((data / file).read_bytes()).hexdigest() for file in DIGESTS}
    assert found == DIGESTS
    declared = load_table("registered", data)
    assert dict(zip(declared["file"], declared["sha256"], strict=True)) == DIGESTS


def test_every_city_has_each_year_and_each_mean_from_the_first(data: Path) -> None:
    rows = load_table("record_2020_growth", data)
    years = range(2021, 2026)
    spans = {(year, year) for year in years} | {(2021, year) for year in years}
    by_city = rows.groupby("region_code")[["first_year", "last_year"]]
    assert rows["region_code"].nunique() == 296
    assert all(set(city.itertuples(index=False, name=None)) == spans for _, city in by_city)
    assert len(rows) == 296 * len(spans)
    assert all((rows[low] < rows[high]).all() for low, high in pairwise(QUANTILES))


def test_ranks_add_up_and_the_verdicts_are_of_the_same_draws(data: Path) -> None:
    ranks = load_table("record_2020_ranks", data)
    sums = ranks.groupby(["indicator", "prices", "year"])["probability"].sum()
    assert sums.sub(1).abs().max() < 1e-3
    path = data / "record/2020-first-edition-verdicts.json"
    verdicts = {row["target_id"]: row for row in json.loads(path.read_text("utf-8"))}
    last = ranks.query("indicator == 'gdp_nominal' and prices == 'own_prices' and year == 2025")
    kept = last.loc[last["rank"] <= verdicts["gdp_rank"]["value"], "probability"].sum()
    assert kept == pytest.approx(verdicts["gdp_rank"]["probability"], abs=1e-3)


def test_an_earlier_base_year_knows_nothing_of_it(data: Path) -> None:
    assert registered_facts(2020, data)["commit"] == "d86c604"
    assert registered_facts(2019, data) is None
