"""What pyam makes of the files of ``lvliang export``: its index, its filters, its values."""

from pathlib import Path

import pandas as pd
import pytest

# They run in the environment of pyam alone: ``make test-pyam`` exports, then runs them.
pyam = pytest.importorskip("pyam")
EXPORTS = Path(__file__).parents[2] / "outputs" / "pyam"
SCENARIOS = ["baseline", "coal_slump"]
KEY = ["scenario", "variable", "year"]


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    """The same run as a table of all columns."""
    return pd.read_csv(EXPORTS / "csv.csv")


@pytest.fixture(scope="module", params=["iamc.csv", "iamc.xlsx"])
def read(request: pytest.FixtureRequest) -> pyam.IamDataFrame:
    return pyam.IamDataFrame(EXPORTS / request.param)


def test_models_scenarios_and_variables_are_those_of_the_table(
    read: pyam.IamDataFrame, table: pd.DataFrame
) -> None:
    assert read.model == table["model"].unique().tolist()
    assert read.model[0].startswith("lvliang ")
    assert read.scenario == sorted([*SCENARIOS, "observed"])
    assert read.region == ["吕梁市"]
    assert read.variable == sorted(table["variable"].unique())
    assert read.unit == sorted(["%", "人", "亿元", "位"])
    assert (read.time_col, read.extra_cols) == ("year", [])
    assert read.year == sorted(table["year"].unique())


def test_every_value_is_that_of_the_table(read: pyam.IamDataFrame, table: pd.DataFrame) -> None:
    found = read.data.set_index(KEY)["value"].sort_index()
    expected = table.set_index(KEY)["value"].sort_index()
    pd.testing.assert_series_equal(found, expected, check_exact=True)


def test_what_is_observed_is_told_from_what_is_projected(read: pyam.IamDataFrame) -> None:
    observed, projected = read.filter(scenario="observed"), read.filter(scenario=SCENARIOS)
    assert max(observed.year) < min(projected.year)
    assert set(observed.variable) == set(read.filter(variable="*|Observed|*").variable)
    assert len(observed.data) + len(projected.data) == len(read.data)


def test_a_workbook_says_what_each_scenario_was_made_with() -> None:
    meta = pyam.IamDataFrame(EXPORTS / "iamc.xlsx").meta.droplevel("model")
    assert meta.loc[SCENARIOS, "draws"].tolist() == [1000, 1000]
    assert meta.loc["baseline", "drivers"] == "none"
    assert meta.loc["coal_slump", "drivers"].startswith("coal_price.")
    assert pd.isna(meta.loc["observed", "drivers"])
