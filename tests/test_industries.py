"""Industry targets: what a base would ask for, the inverse, and what both are held against."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from lvliang.baseline.growth import level_after
from lvliang.baseline.regions import find_region
from lvliang.baseline.tables import as_of, load_table
from lvliang.display.prose import Text
from lvliang.display.show import Piece
from lvliang.feasibility import known_growth as past
from lvliang.feasibility.comparable import Cities
from lvliang.feasibility.industries import (
    Industries,
    industry_facts,
    industry_targets,
    load_industries,
)

pytestmark = pytest.mark.usefixtures("shared_store")
OF_A_THOUSAND = ["aluminium_magnesium_output_value_2025", "green_coal_chemicals_output_value_2025"]
INDUSTRIES = ("liquor_tourism", "special_steel", "emerging_industries")
KINDS = dict.fromkeys(
    [*OF_A_THOUSAND, *(f"{one}_output_value_2025" for one in INDUSTRIES)], "money"
)
KINDS |= {
    "coal_industry_output_value_2025": "hold", "coal_derived_gas_output": "verify",
    "liquor_capacity_five_years": "capacity", "liquor_output_five_years": "quantity",
    "liquor_sales_five_years": "money", "pig_offtake": "quantity",
}  # fmt: skip


@pytest.fixture(scope="module")
def found() -> Industries:
    return load_industries("141100", 2020)


def changed(data: Path, names: list[str], **cells: str) -> Industries:
    """With rows of a private copy of the commitments changed."""
    path = data / "report" / "commitments.csv"
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    table.loc[table["commitment_id"].isin(names), list(cells)] = list(cells.values())
    table.to_csv(path, index=False, lineterminator="\n")
    return load_industries("141100", 2020)


def say(found: Industries, block: str, lang: str = "zh") -> list[Piece]:
    """What the text of the page says in a block."""
    run = {"region": find_region("141100"), "base_year": found.base_year}
    return Text("60_industries", lang, industry_facts(found) | run).say(block)


def spells(*growth: float, years: int = 5, name: str = "all") -> pd.DataFrame:
    rows = {"region": "a", "start": range(2000, 2000 + len(growth)), "growth": growth}
    return pd.DataFrame(rows).assign(years=years, reference=name)


def test_the_targets_are_chosen_by_rule(found: Industries, small_copy: Path) -> None:
    assert found.targets.set_index("commitment_id")["kind"].to_dict() == KINDS
    assert set(found.targets["outcome"]) == {"cannot_tell", "verify_definition"}
    for cells in (
        {"scope": "企业"},
        {"scope": "全市", "outcome_rule": "no_end_test"},
        {"outcome_rule": "milestone"},
        {"outcome_rule": "no_series", "type": "count"},
    ):
        left = changed(small_copy, ["pig_offtake"], **cells).targets
        assert set(KINDS) - set(left["commitment_id"]) == {"pig_offtake"}


@pytest.mark.parametrize(("region", "base_year"), [("320500", 2020), ("141100", 2019)])
def test_the_report_speaks_of_one_region_and_is_not_known_before(region, base_year):
    assert industry_targets(region, base_year).empty
    nothing = load_industries(region, base_year)
    assert (nothing.year, nothing.ladder.empty, nothing.bases.empty) == (None, True, True)
    assert [len(say(nothing, block)) for block in ("curves", "targets", "growth", "notes")] == [
        1
    ] * 4


def test_a_deadline_is_each_of_its_years_and_what_is_held_or_in_doubt_has_no_ladder(found):
    years = found.deadlines.groupby("commitment_id")["deadline"].agg(list)
    assert years["pig_offtake"] == [2022, 2023]
    assert years["liquor_sales_five_years"] == [2025, 2026]
    assert years["special_steel_output_value_2025"] == [2025]
    assert found.year == 2025
    assert set(found.ladder["kind"]) == {"money", "capacity", "quantity"}
    is_money = found.ladder["kind"] == "money"
    compared = found.ladder[["all", "alike"]].notna()
    assert compared[is_money].all(axis=None)
    assert not compared[~is_money].any(axis=None)


def test_the_inverse_gives_the_growth_back(found: Industries) -> None:
    """The base at a percentile asks for growth that this percentile of the spells fell short of."""
    for row in found.bases.itertuples():
        below = past.slower_spells(found.known, row.years, row.growth)[row.reference]
        assert below == pytest.approx(100 * row.level, abs=1)


def test_no_spell_crosses_a_break() -> None:
    years = range(2000, 2007)
    levels = pd.DataFrame({name: 100 * 1.1 ** np.arange(7.0) for name in "abcd"}, years)
    published = levels.copy()
    published.loc[2003:] *= 1.2  # a census, which the revised series of c has as well
    levels["c"] = published["c"]
    published.loc[2006:, "d"] *= 0.9  # revised, and not published anew: one city
    unconfirmed = past.growth_without_breaks(published, published, levels[["a", "c", "d"]])
    assert unconfirmed["b"].isna().all()
    growth = past.growth_without_breaks(published, published, levels)
    assert growth.loc[2003].isna().all()
    assert np.isnan(growth.loc[2006, "d"])
    unbroken = growth.loc[[2001, 2002, 2004, 2005, 2006], ["a", "b", "c"]]
    assert unbroken.to_numpy() == pytest.approx(10)
    cities = Cities(growth, levels)
    found = past.known_growth(cities, "a", [2])
    starts = found.groupby("region")["start"].agg(list)
    assert starts.loc[["a", "b", "c"]].tolist() == [[2000, 2003, 2004]] * 3
    assert starts["d"] == [2000, 2003]
    assert found["growth"].to_numpy() == pytest.approx(10)


@pytest.mark.parametrize("origin", [2014, 2020])
def test_spells_have_ended_by_the_origin_and_alike_are_some_of_all(origin: int) -> None:
    known = past.known_growth(past.load_secondary_growth(origin), "141100", [5])
    assert (known["start"] + 5 <= origin).all()
    every, alike = (known[known["reference"] == name] for name in ("all", "alike"))
    keys = ["region", "start"]
    both = alike.merge(every, on=keys, suffixes=("", "_of_all"))
    assert len(both) == len(alike) < len(every)
    assert both["growth"].to_numpy() == pytest.approx(both["growth_of_all"].to_numpy())


def test_one_spell_by_hand() -> None:
    table = load_table("sectors_first_published")
    own = table[(table["region_code"] == "141100") & (table["indicator"] == "va_secondary")]
    level = own.set_index("year")["value"]
    known = past.known_growth(past.load_secondary_growth(2020), "141100", [5])
    every = known[known["reference"] == "all"].set_index(["region", "start"])["growth"]
    assert every[("141100", 2013)] == pytest.approx(100 * ((level[2018] / level[2013]) ** 0.2 - 1))


def test_what_stands_behind_is_counted() -> None:
    table = pd.concat([spells(*[8.0, 6.0]), spells(*[4.0] * 20).assign(start=2003)])
    (row,) = past.describe_known(table).to_dict("records")
    assert (row["spells"], row["cities"], row["starts"]) == (22, 1, 3)
    assert (row["crowded"], row["first"], row["last"]) == ([2003], 2000, 2003)
    assert row["windows"] == 1
    assert (row["first_median"], row["last_median"]) == (8.0, 4.0)


def test_a_hold_is_held_against_past_prices(found: Industries) -> None:
    known = as_of(load_table("commodities"), 2020)
    prices = known.pivot(index="year", columns="indicator", values="value")
    risk = found.risk.set_index("indicator").loc["coal_australia_thermal"]
    coal = prices["coal_australia_thermal"].to_numpy()
    change = 100 * (coal[5:] / coal[:-5] - 1)
    assert (risk["spells"], risk["fell"]) == (len(change), (change < 0).sum())
    assert risk["windows"] == 4
    assert risk["base"] == pytest.approx(1000 / (1 + np.quantile(change, 0.1) / 100))


def test_a_base_that_the_user_supplies_takes_the_place_of_half(data_copy: Path) -> None:
    found = changed(data_copy, OF_A_THOUSAND, base_value="600", base_year="2020")
    row = found.deadlines[found.deadlines["base_value"] == 600].iloc[0]
    assert set(found.ladder.loc[found.ladder["kind"] == "money", "value"]) == {500}
    assert row["needed"] == pytest.approx(100 * ((1000 / 600) ** 0.2 - 1))
    below = past.slower_spells(found.known, 5, row["needed"])
    targets = {row["commitment_id"]: row for row in industry_facts(found)["targets"]}
    (growth,) = targets[OF_A_THOUSAND[0]]["growths"]
    assert growth["growth"] == row["needed"]
    assert {name: growth[name] for name in below} == below


def test_the_chart_draws_the_curves_and_marks_the_medians(found: Industries) -> None:
    chart = say(found, "curves", "en")[1]
    lines = chart.figure.axes[0].lines
    solid = [one for one in lines if one.get_linestyle() == "-" and len(one.get_xdata()) > 2]
    for line, (_, rows) in zip(solid, list(found.curves.groupby("value"))[::-1], strict=True):
        np.testing.assert_allclose(line.get_xdata(), rows["base"] / 10)
        np.testing.assert_allclose(line.get_ydata(), rows["growth"])
    dots = {(one.get_xdata()[0], one.get_ydata()[0]) for one in lines if one.get_marker() == "o"}
    middle = found.bases[(found.bases["level"] == 0.5) & (found.bases["deadline"] == found.year)]
    assert sorted(dots) == sorted(zip(middle["base"] / 10, middle["growth"], strict=True))
    assert len(chart.data) == 8


def test_growth_from_a_base_is_geometric_and_reaches_its_target(found: Industries) -> None:
    gas = found.deadlines.set_index("commitment_id").loc["coal_derived_gas_output"]
    assert gas["needed"] == pytest.approx(100 * (27.8 / 12.4 - 1))
    half = found.ladder[found.ladder["share"] == 50].set_index(["kind", "value", "deadline"])
    assert half.loc[("money", 1000, 2025), "growth"] == pytest.approx(100 * (2**0.2 - 1))
    assert half.loc[("quantity", 300, 2022), "growth"] == pytest.approx(100 * (2**0.5 - 1))
    assert half.loc[("quantity", 300, 2022), "base"] == 150
    for table in (found.ladder, found.bases):
        reached = [level_after(row.base, row.growth, row.years) for row in table.itertuples()]
        assert reached == pytest.approx(table["value"].tolist())
