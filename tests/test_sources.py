"""The table of sources lists what the figures of a page rest on, and nothing else."""

import shutil
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from lvliang import lineage as sources
from lvliang.baseline.tables import as_of, load_table
from lvliang.projection.outlook import Outlook, look_ahead
from lvliang.projection.scenario import load_scenario

LVLIANG, XINZHOU = "141100", "140900"
YEARS = {"base_year": 2020, "end_year": 2025}
REPORT, INVESTMENT, COAL = "GWR2021", "S8", "PINK2603"
GROWTH = ["gdp_real_growth"]

pytestmark = pytest.mark.usefixtures("shared_store")


@cache
def outlook(region: str, scenario: str = "baseline") -> Outlook:
    given = load_scenario(scenario, **YEARS)
    return look_ahead(region, **YEARS, draws=1000, seed=3, scenario=given)


def listed(*used: pd.DataFrame) -> set[str]:
    return set(sources.sources_of(*used)["source_id"])


def test_a_cell_may_name_several_and_what_is_no_source_is_left_out() -> None:
    used = pd.DataFrame({"source_id": ["S4, S1", "", "S3", "no such"]})
    assert listed(used) == {"S1", "S3", "S4"}
    assert listed() == set()
    claims = pd.DataFrame({"claim_source_id": ["S3"], "against_source_id": ["S4, S1"]})
    assert listed(sources.of_claims(claims)) == {"S1", "S3", "S4"}


def test_the_draws_rest_on_what_is_known_of_all_cities_and_of_the_city_that_is_shown() -> None:
    official = set(as_of(load_table("national_growth_targets"), 2020)["source_id"])
    assert {"S5", "S11", "WEO2510"} | official == listed(sources.of_engine(2020))
    early = listed(sources.of_engine(2014))
    assert "SP20210305" not in early and "RM20140305" in early
    assert listed(sources.of_engine(2023)) - listed(sources.of_engine(2020)) >= {"WEOH"}
    assert REPORT not in listed(sources.of_draws(outlook(XINZHOU)))
    assert INVESTMENT not in listed(sources.of_draws(outlook(LVLIANG)))
    assert INVESTMENT in listed(
        sources.of_draws(outlook(LVLIANG), [*GROWTH, "fixed_asset_investment"])
    )


def test_what_a_scenario_cites_is_listed_and_the_coal_price_it_moves() -> None:
    assert COAL not in listed(sources.of_draws(outlook(XINZHOU)))
    assert COAL in listed(sources.of_draws(outlook(XINZHOU, "coal_slump")))
    growth = sources.of_draws(outlook(XINZHOU, "coal_slump"), GROWTH)
    assert listed(growth) == listed(sources.of_engine(2020))  # which no price moves
    own = sources.of_draws(outlook(LVLIANG, "transformation"), GROWTH)
    assert REPORT in listed(own) and COAL not in listed(own)


def test_without_the_panel_nothing_of_it_is_listed(data, tmp_path, monkeypatch):
    ignore = shutil.ignore_patterns("panel")
    bare = Path(shutil.copytree(data, tmp_path / "data", ignore=ignore))
    monkeypatch.setenv("LVLIANG_DATA", str(bare))
    assert listed(sources.of_engine(2020), sources.of_sectors(2020)) == set()
    assert listed(sources.of_coal(2020)) == {COAL}
