"""What moves a city's outlook: one driver at a time."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

import numpy as np
import pandas as pd

from lvliang.baseline.growth import from_log
from lvliang.baseline.store import kept
from lvliang.feasibility.comparison import INDICATORS
from lvliang.projection.conditional import condition
from lvliang.projection.forecast import forecast_factor
from lvliang.projection.outlook import Outlook, mean_growth
from lvliang.projection.panel import has_panel, load_panel
from lvliang.projection.scenario import SHOCK, Scenario
from lvliang.projection.sensitivity import commodity_growth

OWN_GROWTH = 1.0  # points a year
WHOLE = 0.05  # points of an effect that round to nothing
SHARE_OF_SECTOR = 5.0  # points over the run
FIRST_JUDGED = 3  # years of data before the first forecast of the nation that is judged
SIDES = {"low": -1, "high": 1}


def load_tornado(plain: Outlook, scenarios: Sequence[Scenario], *, seed: int) -> pd.DataFrame:
    """`tornado` with the largest shock of ``scenarios``, once for the same run."""
    struck = [one for one in scenarios if one.drivers.get(SHOCK)]
    shock = max(struck, key=lambda one: abs(_largest(one)), default=None)
    asked = plain.asked | {"shock": asdict(shock) if shock else {}}
    return kept("tornado", asked, lambda: tornado(plain, shock, seed=seed))


def tornado(plain: Outlook, shock: Scenario | None, *, seed: int) -> pd.DataFrame:
    """What one driver at a time does to the end year, both ways.

    Sizes: growth of the coal price in every year one standard deviation below and above the mean of
    past spells as long as the run; growth of the nation in every year by `national_error`; one
    point of the city's own growth in every year; five points of its secondary share over the run;
    the largest shock of ``shock``, in the middle of the run. Without data to size it, left out.

    ``driver, side`` (low, high), ``size`` (in its unit, a year), ``gdp_nominal, budget_revenue``
    (median of the end year, %) and ``growth`` (median mean real growth, points), against the plain
    draws, but for coal growth at the mean of past spells.
    """
    years = [int(year) for year in plain.paths["year"].to_numpy()]
    empty = replace(plain.scenario, drivers={})
    rows = []

    def add(driver: str, side: str, size: float, moved: Scenario, middle: pd.Series) -> None:
        after = _medians(condition(plain, moved, seed=seed))
        levels = 100 * (after / middle - 1)[list(INDICATORS)]
        effect = {**levels, "growth": after["growth"] - middle["growth"]}
        rows.append({"driver": driver, "side": side, "size": size, **effect})

    def every_year(driver: str, size: float) -> Scenario:
        return empty.with_driver(driver, dict.fromkeys(years, size))

    middle = _medians(plain)
    error = national_error(plain.base_year, len(years))
    steps = {} if error is None else {"national_growth": error}
    steps |= {"policy": OWN_GROWTH, "secondary_share": SHARE_OF_SECTOR / len(years)}
    for driver, step in steps.items():
        for side, sign in SIDES.items():
            add(driver, side, sign * step, every_year(driver, sign * step), middle)
    past = commodity_growth(plain.base_year).rolling(len(years)).mean().dropna()
    if len(past) > 1:
        at_mean = every_year("coal_price", from_log(past.mean()))
        usual = _medians(condition(plain, at_mean, seed=seed))
        for side, sign in SIDES.items():
            size = float(from_log(past.mean() + sign * past.std()))
            add("coal_price", side, size, every_year("coal_price", size), usual)
    if shock is not None:
        size = _largest(shock)
        struck = replace(shock, drivers={SHOCK: {struck_year(years): size}})
        add(SHOCK, "low" if size < 0 else "high", size, struck, middle)
    return pd.DataFrame(rows, columns=["driver", "side", "size", *INDICATORS, "growth"])


def struck_year(years: Sequence[int]) -> int:
    """The year in which the shock of `tornado` strikes: the middle one."""
    return years[len(years) // 2]


def national_error(origin: int, years: int) -> float | None:
    """Root mean square error of forecasts of the nation's mean growth over ``years`` (points)."""
    if not has_panel():
        return None
    panel = load_panel(origin)
    first = int(panel.growth.index[0]) + FIRST_JUDGED
    errors = [
        panel.factor.loc[past + 1 : past + years].mean()
        - forecast_factor(panel.at(past), years).mean()
        for past in range(first, origin - years + 1)
    ]
    return float(np.sqrt(np.mean(np.square(errors)))) if errors else None


def tornado_facts(effects: pd.DataFrame, years: Sequence[int]) -> dict[str, Any] | None:
    """One driver at a time (``effects`` of `tornado`), the widest first; None without levels.

    ``drivers`` (sizes ``low, high``; a lone one stands for both), ``effects`` and, in order,
    ``moves``, and the year ``struck`` by the shock.
    """
    moved = effects.dropna(subset="gdp_nominal")
    if moved.empty:
        return None
    reach = moved["gdp_nominal"].abs().groupby(moved["driver"]).max()
    order = reach.sort_values().index[::-1]
    sizes = moved.pivot(index="driver", columns="side", values="size").reindex(columns=list(SIDES))
    sizes = sizes.bfill(axis=1).ffill(axis=1).loc[order]
    return {
        "drivers": sizes.reset_index().to_dict("records"),
        "effects": moved,
        "moves": moved.set_index("driver").loc[order].reset_index().to_dict("records"),
        "struck": struck_year(years),
    }


def driver_facts(effects: pd.DataFrame, driver: str) -> dict[str, Any] | None:
    """What a driver does both ways (``effects`` of `tornado`); None where it moves nothing.

    ``low`` and ``high``: ``size`` (a year) and what moves by it (%, 0 for what rounds to nothing):
    ``gdp`` and ``revenue`` (None where it is not drawn); ``off``: the larger size.
    """
    sides = effects[effects["driver"] == driver].set_index("side")
    moved = sides[list(INDICATORS)]
    if not moved.abs().max(axis=None) >= WHOLE:  # nor where nothing is drawn
        return None
    moved = moved.where(~(moved.abs() < WHOLE), 0.0)
    facts: dict[str, Any] = {
        str(side): {
            "size": float(sides.loc[side, "size"]),
            "gdp": float(row["gdp_nominal"]),
            "revenue": None if pd.isna(row["budget_revenue"]) else row["budget_revenue"],
        }
        for side, row in moved.iterrows()
    }
    return facts | {"off": float(sides["size"].abs().max())}


def _largest(scenario: Scenario) -> float:
    return max(scenario.drivers[SHOCK].values(), key=abs)


def _medians(found: Outlook) -> pd.Series:
    last = found.own_paths.sel(year=found.end_year)
    levels = {name: float(last.sel(indicator=name).median()) for name in INDICATORS}
    return pd.Series(levels | {"growth": float(mean_growth(found, "gdp_real_growth").median())})
