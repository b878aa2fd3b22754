"""The draws, held against the textbook t distribution and against what they must not do."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from scipy import stats

from lvliang.errors import DataError
from lvliang.projection.paths import MINIMUM_CHANGES, evidence, project

ORIGIN = 2020
CASH_SERIES = ("gdp_nominal", "budget_revenue", "fixed_asset_investment")
DRAWS = 40_000


def levels_from(growth):
    """Levels that begin at 100 and grow by the log growth given, all ending in ``ORIGIN``."""
    columns = {
        name: pd.Series(
            100 * np.exp(np.cumsum([0.0, *steps])), range(ORIGIN - len(steps), ORIGIN + 1)
        )
        for name, steps in growth.items()
    }
    return pd.DataFrame(columns).rename_axis(columns=["region", "series"]).sort_index(axis=1)


def noisy(seed: int, years: int = 20, mean: float = 0.08, spread: float = 0.05) -> list[float]:
    return list(np.random.default_rng(seed).normal(mean, spread, years))


# Real GDP that stands still, but for what tells a series from a constant one.
STILL = [1e-6, -1e-6] * 10


def one_city(steps: list[float]) -> pd.DataFrame:
    cash = dict.fromkeys([("a", name) for name in CASH_SERIES], steps)
    return levels_from(cash | {("a", "gdp_real"): STILL})


def draw(levels, *, origin=ORIGIN, years=5, draws=DRAWS, seed=1, real=0.0, growth_discount=0.0):
    regions = list(levels.columns.unique("region"))
    growth = xr.DataArray(
        np.full((draws, len(regions), years), real),
        dims=("draw", "region", "year"),
        coords={"region": regions, "year": origin + np.arange(1, years + 1)},
    )
    start = pd.Series(1000.0, index=regions)
    return project(levels, start, growth, origin=origin, seed=seed, growth_discount=growth_discount)


def of_model(values, model: str):
    """In the first half of the draws nothing of a deviation stays, in the rest most of it."""
    half = len(values) - len(values) // 2
    return values[:half] if model == "own_history" else values[half:]


def log_growth(paths, model: str, year: int):
    drawn = paths.sel(region="a", indicator="budget_revenue_growth", year=year)
    return np.log1p(of_model(drawn.to_numpy(), model) / 100)


PROBABILITIES = np.array([0.05, 0.25, 0.5, 0.75, 0.95])


def test_own_history_is_the_t_predictive_distribution_of_the_mean():
    steps = noisy(3)
    n, mean, spread = len(steps), np.mean(steps), np.std(steps, ddof=1)
    expected = stats.t(n - 1, mean, spread * np.sqrt(1 + 1 / n)).ppf(PROBABILITIES)
    for year in (2021, 2025):
        drawn = np.quantile(log_growth(draw(one_city(steps)), "own_history", year), PROBABILITIES)
        assert drawn == pytest.approx(expected, abs=0.003)


def test_most_of_a_deviation_stays_and_the_rest_returns_to_the_mean():
    steps = noisy(5)
    deviation = np.array(steps) - np.mean(steps)
    shocks = deviation[1:] - 0.8 * deviation[:-1]
    size = np.sqrt(np.mean(shocks**2))
    for ahead in (1, 5):
        centre = np.mean(steps) + 0.8**ahead * deviation[-1]
        spread = size * np.sqrt(sum(0.64**age for age in range(ahead)))
        expected = stats.t(len(shocks), centre, spread).ppf(PROBABILITIES)
        drawn = log_growth(draw(one_city(steps)), "persistent", ORIGIN + ahead)
        assert np.quantile(drawn, PROBABILITIES) == pytest.approx(expected, abs=0.012)


def test_revenue_returns_to_its_share_of_gdp_or_without_gdp_to_its_own_mean():
    prices, boom = noisy(5, mean=0.03), noisy(6, mean=0.15)
    for nominal, mean in ((one_city(prices)[("a", "gdp_nominal")], prices), (np.nan, boom)):
        levels = one_city(boom)
        levels[("a", "gdp_nominal")] = nominal
        far = draw(levels, years=30).sel(region="a", year=ORIGIN + 30)
        median = np.log1p(far.sel(indicator="budget_revenue_growth") / 100).median().item()
        assert median == pytest.approx(np.mean(mean), abs=0.005)


def test_what_moved_together_moves_together():
    steps, apart = noisy(6), noisy(7)
    moves = {"a": steps, "b": steps, "c": apart}
    levels = levels_from(
        {(region, name): moves[region] for region in moves for name in CASH_SERIES}
        | {(region, "gdp_real"): STILL for region in moves}
    )
    growth = draw(levels).sel(indicator="budget_revenue_growth", year=2021)
    own = {
        r: np.log1p(of_model(growth.sel(region=r).to_numpy(), "own_history") / 100) for r in moves
    }
    assert np.corrcoef(own["a"], own["b"])[0, 1] == pytest.approx(1)
    stranger = np.corrcoef(own["a"], own["c"])[0, 1]
    assert stranger == pytest.approx(np.corrcoef(steps, apart)[0, 1], abs=0.05)


def test_cash_grows_by_real_growth_and_by_what_it_does_beyond():
    levels = one_city(noisy(16))
    plain, faster = draw(levels, draws=1000), draw(levels, draws=1000, real=10.0)
    for name in ("gdp_nominal_growth", "budget_revenue_growth"):
        ratio = (1 + faster.sel(indicator=name) / 100) / (1 + plain.sel(indicator=name) / 100)
        assert np.allclose(ratio, 1.10)
    prices = "gdp_deflator_growth"
    assert np.allclose(plain.sel(indicator=prices), faster.sel(indicator=prices))
    assert draw(levels, draws=1000, real=12.0, growth_discount=2.0).equals(faster)


def test_real_growth_already_known_counts_for_a_series_that_ended_early():
    def revenue(factor: float) -> xr.DataArray:
        levels = one_city(noisy(17))
        for name in ("gdp_real", "gdp_nominal"):
            levels[("a", name)] *= np.where(levels.index >= 2019, factor, 1.0)
        levels.loc[2019:, ("a", "budget_revenue")] = np.nan
        return draw(levels).sel(region="a", indicator="budget_revenue", year=2021)

    assert float(np.log(revenue(2.0) / revenue(1.0)).median()) == pytest.approx(np.log(2), abs=0.02)


def width(values) -> float:
    low, high = np.quantile(values, [0.05, 0.95])
    return high - low


def test_a_series_that_ended_early_is_carried_with_more_uncertainty():
    levels = one_city(noisy(8))
    complete = draw(levels).sel(region="a", indicator="budget_revenue", year=2021)
    levels.loc[2019:, ("a", "budget_revenue")] = np.nan
    ragged = draw(levels).sel(region="a", indicator="budget_revenue", year=2021)
    assert width(np.log(ragged)) > 1.3 * width(np.log(complete))
    levels.loc[2018, ("a", "budget_revenue")] = np.nan
    paths = draw(levels, draws=1000)
    assert paths.sel(indicator="budget_revenue").isnull().all(), "it ended too long ago"
    assert paths.sel(indicator="gdp_nominal").isnull().sum() == 0


def test_a_missing_year_is_counted_and_carried_with_a_step_more_behind_it():
    levels, name = one_city(noisy(9)), ("a", "budget_revenue")
    whole = draw(levels).sel(region="a", indicator="budget_revenue_growth", year=2021)
    levels.loc[2019, name] = np.nan
    found = evidence(levels, ORIGIN).loc[name]
    assert (found["changes"], found["filled"], found["gap"]) == (19, 1, 0)
    broken = draw(levels).sel(region="a", indicator="budget_revenue_growth", year=2021)
    widths = [width(of_model(growth.to_numpy(), "persistent")) for growth in (whole, broken)]
    assert widths[1] == pytest.approx(np.sqrt(1.64) * widths[0], rel=0.2)
    levels.loc[levels.index % 2 == 1, name] = np.nan
    found = evidence(levels, ORIGIN).loc[name]
    assert (found["changes"], found["usable"]) == (10, False)


def test_levels_are_compounded_growth():
    paths = draw(one_city(noisy(10)), draws=1000).sel(region="a")
    nominal = (1 + paths.sel(indicator="gdp_real_growth") / 100) * (
        1 + paths.sel(indicator="gdp_deflator_growth") / 100
    )
    assert np.allclose(paths.sel(indicator="gdp_nominal"), 1000 * nominal.cumprod("year"))
    last = one_city(noisy(10))[("a", "budget_revenue")].iloc[-1]
    revenue = (1 + paths.sel(indicator="budget_revenue_growth") / 100).cumprod("year")
    assert np.allclose(paths.sel(indicator="budget_revenue"), last * revenue)


def test_the_seed_decides_and_neither_the_calendar_nor_the_unit_nor_later_figures():
    levels = one_city(noisy(12))
    before, drawn = levels.copy(), draw(levels, draws=1000)
    assert draw(levels, draws=1000).equals(drawn)
    assert not draw(levels, draws=1000, seed=2).equals(drawn)
    growth = {"indicator": "budget_revenue_growth"}
    assert np.allclose(draw(levels * 1000, draws=1000).sel(growth), drawn.sel(growth))
    later = levels.set_axis(levels.index + 10)
    assert np.array_equal(draw(later, origin=ORIGIN + 10, draws=1000), drawn)
    pd.testing.assert_frame_equal(levels, before)
    known = draw(levels.loc[:2018], origin=2018, draws=1000)
    levels.loc[2019:] = 1e6
    assert draw(levels, origin=2018, draws=1000).equals(known)


@pytest.mark.parametrize("steps", [noisy(1, years=MINIMUM_CHANGES - 1), [0.05] * 20])
def test_too_short_or_constant_a_series_is_not_projected(steps):
    levels = one_city(steps)
    assert not evidence(levels, ORIGIN)["usable"].drop(("a", "gdp_real")).any()
    assert draw(levels, draws=1000).sel(indicator=list(CASH_SERIES)).isnull().all()


def test_an_origin_outside_the_data_and_a_level_of_zero_are_refused():
    levels = one_city(noisy(1))
    with pytest.raises(DataError, match=r"origin 2030 .* legal: 2000 to 2020"):
        draw(levels, origin=2030)
    levels.loc[2010, ("a", "budget_revenue")] = 0.0
    with pytest.raises(DataError, match="budget_revenue of a"):
        draw(levels)
