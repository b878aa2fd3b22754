"""What is drawn of a city: facts as numbers, and what the text of page 20 makes of them."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from lvliang.display.prose import Text
from lvliang.feasibility.record import LONGEST
from lvliang.projection.outlook import gaps_of, look_ahead, outlook_facts, spread_of
from lvliang.projection.scenario import load_scenario

pytestmark = pytest.mark.usefixtures("shared_store")
BASELINE = load_scenario(base_year=2020, end_year=2025)
GIVEN = {
    "region": "Q市", "scenario": BASELINE, "growth_discount": 0.0, "years": [(2021, 2025)],
    "untested": None, "longest": LONGEST, "fans": {"budget_revenue": None}, "revenue_gaps": None,
}  # fmt: skip


def said(block: str, lang: str = "zh", **facts: Any) -> list[Any]:
    """The pieces of a block of page 20."""
    return Text("20_trajectories", lang, GIVEN | facts).say(block)


def words(block: str, lang: str = "zh", **facts: Any) -> str:
    return "\n".join(piece.words for piece in said(block, lang, **facts))


@pytest.mark.parametrize(("filled", "gap", "lacking"), [(1, 0, 1), (1, 2, 3)])
def test_gaps_of_revenue_are_counted(filled: int, gap: int, lacking: int) -> None:
    found = pd.DataFrame(
        {"filled": [filled], "gap": [gap], "last_year": [2018.0]}, index=["budget_revenue"]
    )
    gaps = gaps_of(found, "budget_revenue")
    assert gaps == {"last_year": 2018, "missing": lacking}
    assert gaps_of(found, "gdp_real") is gaps_of(0 * found, "budget_revenue") is None
    years = f"{lacking} year{'s' if lacking > 1 else ''} up to the base year"
    assert f"ends in 2018 and lacks {years}" in words("revenue", "en", revenue_gaps=gaps)
    assert "lacks" not in words("revenue", "en")


def test_the_facts_of_a_city_are_those_of_its_paths() -> None:
    outlook = look_ahead("141100", base_year=2020, end_year=2022, draws=1000, seed=5)
    fan = outlook_facts(outlook)["fans"]["gdp_nominal"]
    assert (fan["last"], fan["last_value"], fan["end"]) == (2020, 1538.04, 2022)
    drawn = outlook.own_paths.sel(indicator="gdp_nominal", year=2022)
    assert fan["at_end"]["q50"] == pytest.approx(float(drawn.median()))


def test_mean_growth_is_told_in_frequencies_or_not_at_all() -> None:
    mean = spread_of(xr.DataArray(np.linspace(-10.0, 20.0, 101), dims="draw"))
    assert mean == pytest.approx({"low": -8.5, "median": 5.0, "high": 18.5})
    assert words("answer", mean=mean) == (
        "2021—2025年Q市实际年均增速的中位数为5.0%；每100条路径中有90条在−8.5%至18.5%之间。"
    )
    assert spread_of(xr.DataArray([1.0, np.nan], dims="draw")) is None
    none = "Q市: too little annual real growth to project."
    assert words("answer", "en", mean=None) == none
    assert said("key_figures", mean=None) == []
    beyond = "末年距基期6年，而超过5年没有检验记录：中位数和区间未经检验，仅供参考。"
    assert beyond in words("answer", mean=None, untested=6)
