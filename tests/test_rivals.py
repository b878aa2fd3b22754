"""The rivals: nothing from later years, errors from the first year there can be, a file held."""

import shutil
import sys
import types
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from shared import refusal

from lvliang.errors import DataError
from lvliang.feasibility import record, rivals
from lvliang.projection.panel import Panel, load_panel
from tools.rivals import forecast_all, write_forecasts

YEARS = range(2000, 2021)


def panel_of(growth: pd.DataFrame) -> Panel:
    """A panel of made-up growth; rivals look at nothing else."""
    targets = pd.DataFrame({"known_at": pd.Series([], dtype=str)})
    return Panel(int(growth.index[-1]), growth, growth.iloc[:, 0], targets)


@pytest.fixture
def made_up() -> Panel:
    rng = np.random.default_rng(3)
    cities = ["110000", "140100", "141100"]
    return panel_of(pd.DataFrame(rng.normal(8, 3, (21, 3)), index=YEARS, columns=cities))


def test_no_rival_sees_a_later_year(made_up: Panel) -> None:
    growth, table = made_up.growth.copy(), table_of(made_up, "AutoETS")
    growth.loc[2013:] = 99.0
    later = table.copy()
    later.loc[2013:] = 99.0
    drawn = [
        [
            np.vstack(rival(panel.at(2012), horizon, 50, np.random.default_rng(1)))
            for rival in (rivals.RIVALS | rivals.statistical_rivals({"AutoETS": points})).values()
            for horizon in (1, 3, 5)
        ]
        for panel, points in ((made_up, table), (panel_of(growth), later))
    ]
    assert np.array_equal(*drawn)


def test_a_rule_has_its_past_errors_with_both_signs_of_the_longest_windows_there_are() -> None:
    # Growth of 1, 2, 4, 7 %: the last value has erred by 1, 2 and 3 points at one year.
    panel = panel_of(pd.DataFrame({"110000": [1.0, 2.0, 4.0, 7.0]}, index=range(2000, 2004)))
    point, draws = rivals.RIVALS["random walk"](panel, 1, 2000, np.random.default_rng(1))
    assert point.tolist() == [7.0]
    assert set((draws - point).ravel().tolist()) == {-3.0, -2.0, -1.0, 1.0, 2.0, 3.0}
    _, draws = rivals.RIVALS["random walk"](panel, 5, 500, np.random.default_rng(1))
    # From 2000 the mean of the three years to 2003 was 13/3, 10/3 above the last value.
    assert np.abs(draws - 7.0).ravel().tolist() == pytest.approx([10 / 3] * 500)


def test_a_model_has_the_mean_of_its_points_and_its_errors_as_they_fell(made_up: Panel) -> None:
    table = table_of(made_up, "AutoETS")
    table.loc[(2012, slice(None)), "141100"] = [1.0, 2.0, 3.0, 4.0, 5.0]
    rival = rivals.statistical_rivals({"AutoETS": table})["AutoETS"]
    point, draws = rival(made_up.at(2012), 3, 500, np.random.default_rng(1))
    assert point[2] == 2.0
    below = panel_of(made_up.growth - 50)  # every outcome lies below every point
    point, draws = rival(below.at(2012), 3, 500, np.random.default_rng(1))
    assert (draws < point).all()


def table_of(panel: Panel, method: str) -> pd.DataFrame:
    origins = rivals.origins_of(method, panel)
    index = pd.MultiIndex.from_product([origins, range(1, 6)], names=["origin", "horizon"])
    values = np.linspace(5, 15, len(index) * panel.growth.shape[1])
    return pd.DataFrame(values.reshape(len(index), -1), index=index, columns=panel.growth.columns)


def rows_of(panel: Panel) -> pd.DataFrame:
    """A legal file for ``panel``."""
    tables = {method: table_of(panel, method) for method in rivals.YEARS_NEEDED}
    table = pd.concat(tables, names=["method"]).rename_axis(columns="region")
    return table.reset_index().melt(id_vars=table.index.names)[rivals.COLUMNS]


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where forecasts from the tables of the checkout would lie, in a folder of the test."""
    monkeypatch.setenv("LVLIANG_RIVALS", str(tmp_path / "rivals"))
    return rivals.forecast_file()


def test_what_is_written_is_read_up_to_the_origin(made_up, file) -> None:
    assert rivals.read_forecasts(made_up) == {}
    write_forecasts(rows_of(made_up), file)
    found = rivals.read_forecasts(made_up)
    assert set(found) == set(rivals.YEARS_NEEDED)
    for method, table in found.items():
        pd.testing.assert_frame_equal(table, table_of(made_up, method), check_names=False)
    assert [path.name for path in file.parent.iterdir()] == [file.name]
    found = rivals.read_forecasts(made_up.at(2015))
    assert max(found["AutoETS"].index.get_level_values("origin")) == 2014


@pytest.mark.parametrize(
    ("column", "value", "legal"),
    [
        ("method", "Prophet", "AutoETS or dynamic theta"),
        ("origin", "2012.0", "a year"),
        ("region", "1411", "six digits"),
        ("horizon", "6", "1 to 5 years ahead"),
        ("value", "inf", "growth in %"),
        ("value", "1e4", "growth in %"),
    ],
)
def test_a_row_that_is_not_legal_is_named(made_up, file, column, value, legal):
    rows = rows_of(made_up).astype(str)
    rows.loc[4, column] = value
    write_forecasts(rows, file)
    said = refusal(3, rivals.read_forecasts, made_up)
    assert said.startswith(f"{file}, row 6, column {column}: {value!r}; legal: ") and legal in said


def test_a_row_twice_or_missing_and_a_file_of_something_else_are_named(made_up, file):
    rows = rows_of(made_up)
    write_forecasts(pd.concat([rows, rows.iloc[[3]]]), file)
    with pytest.raises(DataError, match=f"row {len(rows) + 2}.*one row for each forecast"):
        rivals.read_forecasts(made_up)
    write_forecasts(rows.drop(index=3), file)
    gone = rows.loc[3]
    words = f"AutoETS, origin {gone['origin']}, region {gone['region']}, horizon {gone['horizon']}"
    with pytest.raises(DataError, match=f"no row for {words}; legal: every city"):
        rivals.read_forecasts(made_up)
    for content in ("", "a,b\n1,2\n", 'method,origin\n"a'):
        file.write_text(content, encoding="utf-8")
        with pytest.raises(DataError, match="legal: method,origin,region,horizon,value"):
            rivals.read_forecasts(made_up)


def test_forecasts_from_other_tables_are_not_found(file: Path, data: Path, data_copy: Path) -> None:
    for name in ("gdp_revised", "corrections"):
        assert rivals.forecast_file() == file
        table = data_copy / "panel" / f"{name}.csv"
        table.write_text(table.read_text("utf-8") + "\n", encoding="utf-8")
        assert rivals.forecast_file() != file
        shutil.copyfile(data / "panel" / table.name, table)


def test_the_record_takes_the_two_in_where_they_are(file, small_copy):
    panel = load_panel(2014)
    without = record.load_record(2014, draws=100)
    write_forecasts(rows_of(panel), rivals.forecast_file())
    found = record.load_record(2014, draws=100)
    assert without is not None and found is not None
    added = set(found["method"]) - set(without["method"])
    assert added == set(rivals.YEARS_NEEDED)
    same = found[~found["method"].isin(added)].reset_index(drop=True)
    pd.testing.assert_frame_equal(same, without)


def test_a_model_is_given_the_years_up_to_the_origin_and_no_more(made_up, monkeypatch):
    given: list[pd.DataFrame] = []

    class StatsForecast:
        """Forecasts the last figure, as the library lays it out."""

        def __init__(self, models: list[str], freq: int, n_jobs: int) -> None:
            self.name = str(models[0])

        def forecast(self, df: pd.DataFrame, h: int) -> pd.DataFrame:
            given.append(df)
            last = df.sort_values("ds").groupby("unique_id").tail(1)
            rows = last.merge(pd.DataFrame({"step": range(1, h + 1)}), how="cross")
            rows["ds"] += rows["step"]
            return rows.rename(columns={"y": self.name})[["unique_id", "ds", self.name]]

    names = {name: lambda season_length, name=name: name for name in ("AutoETS", "DynamicTheta")}
    models = types.SimpleNamespace(**names)
    library = types.SimpleNamespace(StatsForecast=StatsForecast, models=models)
    monkeypatch.setitem(sys.modules, "statsforecast", library)
    monkeypatch.setitem(sys.modules, "statsforecast.models", models)
    made_up.growth.loc[2010, "141100"] = np.nan
    rows = forecast_all(made_up)
    assert [int(frame["ds"].max()) for frame in given] == [*range(2006, 2020), *range(2003, 2020)]
    assert rows.groupby("method").size().to_dict() == {"AutoETS": 14 * 15, "dynamic theta": 17 * 15}
    one = rows.query("method == 'AutoETS' and region == '141100' and horizon == 1")
    value = one.set_index("origin")["value"]
    assert value[2012] == made_up.growth.loc[2012, "141100"]
    assert value[2010] == made_up.growth.loc[2009, "141100"]  # a missing figure is the one before
