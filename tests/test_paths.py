"""The draws, held against the textbook t distribution and against what they must not do."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from scipy import stats

from lvliang.errors import DataError
from lvliang.projection.paths import CASH_SERIES, MINIMUM_CHANGES, evidence, project

ORIGIN = 2020
DRAWS = 40_000


def levels_from(growth, last_year=ORIGIN):
    """Levels that begin at 100 and grow by the log growth given, all ending in ``ORIGIN``."""
    columns = {
        name: pd.Series(
            100 * np.exp(np.cumsum([0.0, *steps])),
            index=range(ORIGIN - len(steps), ORIGIN + 1),
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


def test_own_history_agrees_with_statsmodels():
    import statsmodels.api as sm

    steps = noisy(4)
    fit = sm.OLS(steps, np.ones(len(steps))).fit()
    interval = fit.get_prediction([1.0]).conf_int(obs=True, alpha=0.1)[0]
    drawn = np.quantile(log_growth(draw(one_city(steps)), "own_history", 2022), [0.05, 0.95])
    assert drawn == pytest.approx(interval, abs=0.003)


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


def test_revenue_returns_to_its_share_of_gdp_whatever_it_did_before():
    prices, boom = noisy(5, mean=0.03), noisy(6, mean=0.15)
    levels = one_city(boom)
    levels[("a", "gdp_nominal")] = one_city(prices)[("a", "gdp_nominal")]
    far = draw(levels, years=30).sel(region="a", year=ORIGIN + 30)
    median = np.log1p(far.sel(indicator="budget_revenue_growth") / 100).median().item()
    assert median == pytest.approx(np.mean(prices), abs=0.005)


def test_a_series_without_gdp_at_current_prices_returns_to_its_own_mean():
    boom = noisy(6, mean=0.15)
    levels = one_city(boom)
    levels[("a", "gdp_nominal")] = np.nan
    far = draw(levels, years=30).sel(region="a", year=ORIGIN + 30)
    median = np.log1p(far.sel(indicator="budget_revenue_growth") / 100).median().item()
    assert median == pytest.approx(np.mean(boom), abs=0.005)


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


def test_real_growth_already_known_counts_for_a_series_that_ended_early():
    steps = noisy(17)
    levels = one_city(steps)
    for name in ("gdp_real", "gdp_nominal"):
        levels[("a", name)] *= np.where(levels.index >= 2019, 2.0, 1.0)
    levels.loc[2019:, ("a", "budget_revenue")] = np.nan
    doubled = draw(levels).sel(region="a", indicator="budget_revenue", year=2021)
    for name in ("gdp_real", "gdp_nominal"):
        levels[("a", name)] /= np.where(levels.index >= 2019, 2.0, 1.0)
    plain = draw(levels).sel(region="a", indicator="budget_revenue", year=2021)
    assert float(np.log(doubled / plain).median()) == pytest.approx(np.log(2), abs=0.02)


def test_a_series_that_ended_early_is_carried_with_more_uncertainty():
    steps = noisy(8)
    complete = one_city(steps)
    ragged = complete.copy()
    ragged.loc[2019:, ("a", "budget_revenue")] = np.nan
    width = {}
    for name, levels in {"complete": complete, "ragged": ragged}.items():
        drawn = draw(levels).sel(region="a", indicator="budget_revenue", year=2021)
        low, high = np.quantile(np.log(drawn), [0.05, 0.95])
        width[name] = high - low
    assert width["ragged"] > 1.3 * width["complete"]


def test_a_year_missing_inside_a_series_is_counted_and_carried():
    levels = one_city(noisy(9))
    levels.loc[2019, ("a", "budget_revenue")] = np.nan
    found = evidence(levels, ORIGIN).loc[("a", "budget_revenue")]
    assert (found["changes"], found["filled"], found["gap"]) == (19, 1, 0)
    growth = draw(levels).sel(indicator="budget_revenue_growth", year=2021)
    assert np.isfinite(growth).all()


def test_a_deviation_known_from_a_two_year_average_has_a_step_more_behind_it():
    levels = one_city(noisy(9))
    width = {}
    for gap, year in {"whole": [], "broken": [2019]}.items():
        levels.loc[year, ("a", "budget_revenue")] = np.nan
        growth = draw(levels).sel(region="a", indicator="budget_revenue_growth", year=2021)
        low, high = np.quantile(of_model(growth.to_numpy(), "persistent"), [0.25, 0.75])
        width[gap] = high - low
    assert width["broken"] == pytest.approx(np.sqrt(1.64) * width["whole"], rel=0.2)


def test_levels_are_compounded_growth():
    paths = draw(one_city(noisy(10)), draws=1000).sel(region="a")
    nominal = (1 + paths.sel(indicator="gdp_real_growth") / 100) * (
        1 + paths.sel(indicator="gdp_deflator_growth") / 100
    )
    assert np.allclose(paths.sel(indicator="gdp_nominal"), 1000 * nominal.cumprod("year"))
    last = one_city(noisy(10))[("a", "budget_revenue")].iloc[-1]
    revenue = (1 + paths.sel(indicator="budget_revenue_growth") / 100).cumprod("year")
    assert np.allclose(paths.sel(indicator="budget_revenue"), last * revenue)


def test_discount_takes_points_off_real_growth_alone():
    levels = one_city(noisy(11))
    plain = draw(levels, draws=1000, real=5.0)
    cut = draw(levels, draws=1000, real=5.0, growth_discount=2.0)
    for indicator, less in {
        "gdp_real_growth": 2.0,
        "gdp_deflator_growth": 0.0,
    }.items():
        difference = plain.sel(indicator=indicator) - cut.sel(indicator=indicator)
        assert np.allclose(difference, less)
    assert (cut.sel(indicator="gdp_nominal") < plain.sel(indicator="gdp_nominal")).all()


def test_the_seed_decides_and_inputs_stay_as_they_were():
    levels = one_city(noisy(12))
    before = levels.copy()
    assert draw(levels, draws=1000).equals(draw(levels, draws=1000))
    assert not draw(levels, draws=1000).equals(draw(levels, draws=1000, seed=2))
    pd.testing.assert_frame_equal(levels, before)


def test_the_unit_of_a_level_does_not_matter_for_growth():
    levels = one_city(noisy(13))
    same = draw(levels * 1000, draws=1000).sel(indicator="budget_revenue_growth")
    assert np.allclose(same, draw(levels, draws=1000).sel(indicator="budget_revenue_growth"))


def test_later_figures_change_nothing():
    levels = one_city(noisy(14))
    known = draw(levels.loc[:2018], origin=2018, draws=1000)
    levels.loc[2019:] = 1e6
    assert draw(levels, origin=2018, draws=1000).equals(known)


def test_the_calendar_does_not_matter():
    levels = one_city(noisy(15))
    later = levels.set_axis(levels.index + 10)
    shifted = draw(later, origin=ORIGIN + 10, draws=1000)
    assert np.array_equal(shifted, draw(levels, draws=1000))


@pytest.mark.parametrize("steps", [noisy(1, years=MINIMUM_CHANGES - 1), [0.05] * 20])
def test_too_short_or_constant_a_series_is_not_projected(steps):
    levels = one_city(steps)
    assert not evidence(levels, ORIGIN)["usable"].drop(("a", "gdp_real")).any()
    assert draw(levels, draws=1000).sel(indicator=list(CASH_SERIES)).isnull().all()


def test_a_series_that_ended_long_ago_is_not_projected():
    levels = one_city(noisy(2))
    levels.loc[2018:, ("a", "budget_revenue")] = np.nan
    paths = draw(levels, draws=1000)
    assert paths.sel(indicator="budget_revenue").isnull().all()
    assert paths.sel(indicator="gdp_nominal").isnull().sum() == 0


def test_an_origin_outside_the_data_is_refused():
    with pytest.raises(DataError, match=r"origin 2030 .* legal: 2000 to 2020"):
        draw(one_city(noisy(1)), origin=2030)


def test_a_level_of_zero_is_refused_by_name():
    levels = one_city(noisy(1))
    levels.loc[2010, ("a", "budget_revenue")] = 0.0
    with pytest.raises(DataError, match="budget_revenue of a"):
        draw(levels)


def test_a_series_of_every_second_year_alone_is_too_short():
    levels = one_city(noisy(9, years=20))
    levels.loc[levels.index % 2 == 1, ("a", "budget_revenue")] = np.nan
    found = evidence(levels, ORIGIN).loc[("a", "budget_revenue")]
    assert found["changes"] == 10
    assert not found["usable"]
    assert draw(levels, draws=100).sel(indicator="budget_revenue").isnull().all()
