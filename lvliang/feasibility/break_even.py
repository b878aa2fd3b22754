"""Beside a verdict: the value that would be an even bet. In place of one: what it would take."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from lvliang.baseline.growth import from_log, to_log
from lvliang.feasibility.fields import Part
from lvliang.feasibility.targets import Target
from lvliang.projection.outlook import Outlook


@dataclass(frozen=True)
class EvenBet(Part):
    """Values, in the unit of the target, with a chance of one half and of nine in ten."""

    kind: str = field(default="value", init=False)
    even: float
    nine_in_ten: float


@dataclass(frozen=True)
class BeyondGdp(Part):
    """How a target that cannot be told compares with the cash economy as drawn.

    ``gdp``: growth of GDP at current prices (% a year) at the lower tenth (``q10``), the middle
    (``q50``) and the upper tenth (``q90``) of the draws; ``points``: for each, by how many points
    a year the series must outgrow it.
    """

    kind: str = field(default="beyond_gdp", init=False)
    gdp: dict[str, float]
    points: dict[str, float]


def even_bet(target: Target, drawn: np.ndarray) -> EvenBet | None:
    """What the draws reach so often; None for a rank, which jumps past such chances."""
    if target.type == "rank":
        return None
    surer = 0.9 if target.operator == "<=" else 0.1
    even, nine_in_ten = np.quantile(drawn, [0.5, surer])
    return EvenBet(float(even), float(nine_in_ten))


def what_it_takes(target: Target, outlook: Outlook) -> BeyondGdp | None:
    """What a target that cannot be told asks beyond the growth of GDP.

    None where it is not a growth at current prices, or GDP was not drawn for its years.
    """
    if target.type != "growth" or target.price_basis != "current":
        return None
    span = slice(target.first_year, target.last_year)
    growth = outlook.own_paths.sel(indicator="gdp_nominal_growth", year=span)
    if growth.sizes["year"] != target.last_year - target.first_year + 1 or growth.isnull().any():
        return None
    nominal = from_log(to_log(growth).mean("year")).to_numpy()
    levels = {"q10": 0.1, "q50": 0.5, "q90": 0.9}
    grown = {name: float(np.quantile(nominal, level)) for name, level in levels.items()}
    return BeyondGdp(grown, {name: target.value - rate for name, rate in grown.items()})
