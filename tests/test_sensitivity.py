"""Slopes on coal: a known truth is found, years are counted and not cities, none is seen early."""

import shutil

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from lvliang.baseline.history import census_years
from lvliang.baseline.regions import find_region, peers
from lvliang.projection import sensitivity
from lvliang.projection.sensitivity import (
    COAL,
    commodity_growth,
    describe,
    estimate,
    exposure,
    load_sensitivities,
    trial,
)

YEARS = list(range(2001, 2019))
SHANXI = [peer.code for peer in peers(find_region("141100"))]
TRUTH = 0.3


def panel(seed: int, cities: int = 10, slope: float = TRUTH) -> tuple[pd.DataFrame, pd.Series]:
    """Prices of cities that answer coal, with a shock all share in a year and one of their own."""
    rng = np.random.default_rng(seed)
    coal = pd.Series(rng.normal(0, 0.3, len(YEARS)), YEARS)
    shared = rng.normal(0, 0.03, (len(YEARS), 1))
    noise = rng.normal(0, 0.02, (len(YEARS), cities))
    values = slope * coal.to_numpy()[:, None] + shared + noise + rng.normal(0, 0.05, cities)
    return pd.DataFrame(values, YEARS, [f"c{n}" for n in range(cities)]), coal


def test_the_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    found = [estimate(*panel(seed, cities=4)) for seed in range(150)]
    assert 0.85 <= np.mean([one["low"] <= TRUTH <= one["high"] for one in found]) <= 0.95


def test_the_error_is_that_of_means_by_year_each_left_out() -> None:
    """In a panel without gaps the slope is that of the year means, and the jackknife has a form."""
    outcome, coal = panel(3)
    found = estimate(outcome, coal)
    y, x = (values - values.mean() for values in (outcome.mean(axis=1), coal))
    slope = (x @ y) / (x @ x)
    without = x * (y - slope * x) / (1 - 1 / len(x) - x**2 / (x @ x)) / (x @ x)
    error = np.sqrt((len(x) - 1) / len(x) * (without**2).sum())
    assert found["estimate"] == pytest.approx(slope)
    assert found["error"] == pytest.approx(error)
    ends = stats.t.interval(0.9, len(x) - 2, slope, error)
    assert (found["low"], found["high"]) == pytest.approx(ends)


def test_what_all_share_in_a_year_is_no_effect_of_the_share() -> None:
    """Net of each year, a slope that goes with the share is found in a panel with gaps."""
    outcome, coal = panel(5, slope=0.0)
    share = pd.DataFrame([np.linspace(0.2, 0.7, 10)], columns=outcome.columns)
    exposed = pd.DataFrame(np.outer(coal, share), YEARS, outcome.columns)
    answer = outcome + TRUTH * exposed
    gaps = np.random.default_rng(5).random(answer.shape) < 0.05
    found = estimate(answer.mask(gaps), exposed, year_effects=True)
    shared = pd.Series(np.sin(YEARS), YEARS)
    moved = estimate(answer.add(shared, axis=0).mask(gaps), exposed, year_effects=True)
    assert found["low"] < TRUTH < found["high"]
    assert moved["estimate"] == pytest.approx(found["estimate"], abs=1e-3)
    assert found["estimate"] == pytest.approx(_with_dummies(answer.mask(gaps), exposed), abs=1e-5)


def _with_dummies(outcome: pd.DataFrame, regressor: pd.DataFrame) -> float:
    """The same slope by least squares with a dummy for each city and each year."""
    year, city = np.nonzero(outcome.notna().to_numpy())
    y, x = (table.to_numpy()[year, city] for table in (outcome, regressor))
    dummies = [pd.get_dummies(of, dtype=float).to_numpy() for of in (year, city)]
    design = np.column_stack([x, *dummies])
    return float(np.linalg.lstsq(design, y, rcond=None)[0][0])


def test_an_effect_that_half_of_the_years_lack_is_not_identified() -> None:
    outcome, coal = panel(1)
    assert estimate(outcome.iloc[:5], coal) is None, "too few years"
    assert describe(outcome, coal)["identified"]
    outcome.iloc[9:] = panel(1, slope=0.0)[0].iloc[9:]
    found = describe(outcome, coal)
    assert found["low"] > 0
    assert not found["identified"]


@pytest.mark.parametrize("kind", ["alike", "noise", "apart"])
def test_a_city_departs_from_its_province_by_what_its_years_show(kind, monkeypatch):
    outcome, coal = panel(2)
    if kind == "alike":
        outcome = outcome.apply(lambda _: outcome["c0"])
    if kind == "apart":
        outcome["c0"] += 0.5 * coal
    outcome.columns = [f"{kind}{city}" for city in outcome]
    monkeypatch.setattr(sensitivity, "commodity_growth", lambda *_, **__: coal)
    monkeypatch.setattr(sensitivity, "load_outcomes", lambda *_: {"gdp_deflator": outcome})
    slope = exposure(list(outcome), 2018).slope
    own = outcome.apply(lambda city: np.polyfit(coal, city, 1)[0])
    assert slope.mean() == pytest.approx(own.mean(), abs=0.02)
    if kind == "alike":
        assert slope.to_numpy() == pytest.approx(own.to_numpy())
    if kind == "noise":
        assert slope.std() < 0.5 * own.std()
    if kind == "apart":
        first = slope.index[0]
        assert own.mean() < slope[first] <= own[first] == pytest.approx(slope[first], abs=0.02)


def test_a_census_is_a_year_in_which_most_cities_break() -> None:
    revised = pd.DataFrame({city: [100.0, 110.0, 121.0] for city in "abcd"}, [2017, 2018, 2019])
    first = revised.copy()
    first.loc[2019, ["a", "b"]] = 100.0
    first.loc[2018:, "c"] *= 1.2
    assert census_years(first, revised).to_dict() == {2017: False, 2018: False, 2019: True}


def test_what_became_known_later_moves_nothing(data_copy):
    def seen(origin: int) -> tuple[pd.Series, pd.Series]:
        slope = exposure(SHANXI, origin).slope
        return slope, commodity_growth(origin)

    before, latest = seen(2016), seen(2020)
    for name in ("national/commodities.csv", "panel/gdp_revised.csv"):
        path = data_copy / name
        rows = [row.split(",") for row in path.read_text("utf-8").splitlines()]
        for row in rows:
            if row[2] in ("2018", "2020") and row[1] in (COAL, "gdp_nominal"):
                row[3] = f"{float(row[3]) * 1.5:g}"
        path.write_text("".join(",".join(row) + "\n" for row in rows), "utf-8")
    for series, was in zip(seen(2016), before, strict=True):
        pd.testing.assert_series_equal(series, was)
    slope, coal = seen(2020)
    assert coal[2018] > latest[1][2018]
    assert slope["141100"] != pytest.approx(latest[0]["141100"])


def test_without_the_panel_or_prices_there_is_no_estimate(small_copy, data, monkeypatch) -> None:
    shutil.rmtree(small_copy / "panel")
    assert load_sensitivities("141100", 2020).empty
    assert trial("141100", 2020).empty
    monkeypatch.setenv("LVLIANG_DATA", str(data))
    monkeypatch.setattr(sensitivity, "COMMODITIES", "no_such_table")
    assert exposure(SHANXI, 2020) is None
