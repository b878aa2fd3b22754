"""A target on any series is a row of data: no line of code knows an indicator that it judges."""

import csv
import json
from dataclasses import replace

import numpy as np
import pytest
from shared import rows_of

from lvliang.baseline.package import descriptor
from lvliang.baseline.regions import cities_beside, find_region
from lvliang.display.prose import Text
from lvliang.errors import DataError
from lvliang.feasibility.outcomes import COMPLETIONS, Known, completion, on_the_way, outcome_of
from lvliang.feasibility.targets import load_targets
from lvliang.feasibility.verdicts import Verdict, assess, outcomes
from lvliang.projection.outlook import look_ahead
from lvliang.study import Study

CITY = "141100"
MADE = {2018: 80.0, 2019: 100.0, 2020: 110.0, 2021: 132.0, 2022: 99.0}
VINTAGE = "first_published"
ENGLISH = {"件": "pieces", "百分点": "percentage points"}


def known_at(origin):
    return Known(find_region(CITY), origin)


@pytest.fixture
def made(small_copy):
    """A user's own table of one made series, which every city of Shanxi has, Lvliang the third."""
    others = [city for city in cities_beside(CITY) if city != CITY]
    times = {CITY: 1.0} | dict.fromkeys(others, 0.5) | dict.fromkeys(others[:2], 2.0)
    rows = [
        [city, "made", year, value * times[city], "件", "none", VINTAGE, "reported",
         f"{year + 1}-03", "S1"]
        for city in times
        for year, value in MADE.items()
    ]  # fmt: skip
    add_table(small_copy, rows)
    units = {"made": "件", "made_growth": "%", "made_rank": "位", "made_change": "百分点"}
    for name, unit in units.items():
        add_row(
            small_copy / "indicators.csv", indicator=name, name_zh=f"自有指标{unit}", name_en=name,
            unit=unit, unit_en=ENGLISH.get(unit, unit), price_basis="none", decimals="1",
            of="" if name == "made" else "made",
        )  # fmt: skip
    return small_copy


def add_row(path, **values):
    rows = rows_of(path)
    blank = dict.fromkeys(rows[0], "")
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(blank), lineterminator="\n")
        writer.writeheader()
        writer.writerows([*rows, blank | values])


def add_table(data, rows):
    columns = ["region_code", "indicator", "year", "value", "unit", "price_basis", "vintage",
               "status", "known_at", "source_id"]  # fmt: skip
    with (data / "own.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([columns, *rows])
    declared = json.loads((data / "datapackage.json").read_text(encoding="utf-8"))
    example = next(one for one in declared["resources"] if one["name"] == "pm25")
    own = {key: value for key, value in example.items() if key not in ("hash", "bytes")}
    declared["resources"].append(own | {"name": "own", "path": "own.csv"})
    (data / "datapackage.json").write_text(json.dumps(declared), encoding="utf-8")
    descriptor.cache_clear()


def ask(data, kind, value, **more):
    """The one target asked of the made series: of a ``kind``, by a row of the table of targets."""
    path = data / "report" / "targets.csv"
    given = {
        "target_id": "made", "type": kind, "indicator": "made", "series": "made", "value": value,
        "operator": ">=", "unit": "件", "price_basis": "none", "first_year": 2021,
        "last_year": 2021, "settling_vintage": VINTAGE,
    }  # fmt: skip
    add_row(path, **(rows_of(path)[0] | given | more))
    (found,) = (one for one in load_targets(CITY, 2020, 2025) if one.target_id == "made")
    return found


RATE = {"indicator": "made_growth", "unit": "%"}
BY_HAND = {
    # 132 / 110; the mean of + 20 % and - 25 % is that of their logs: (1.2 * 0.75) ** 0.5.
    "growth": ("growth", 20.0, RATE, 20.0, "met"),
    "mean_growth": ("mean_growth", -5.0, RATE | {"last_year": 2022}, -5.1317, "nearly"),
    "level": ("level", 130.0, {}, 132.0, "met"),
    "ceiling": ("ceiling", 120.0, {"operator": "<=", "last_year": 2022}, 99.0, "exceeded"),
    "share_change": (
        "share_change", 30.0, {"indicator": "made_change", "unit": "百分点"}, 22.0, "missed",
    ),
    "count": ("count", 231.0, {"last_year": 2022}, 231.0, "met"),
    "rank": ("rank", 3, {"operator": "<=", "indicator": "made_rank", "unit": "位"}, 3.0, "met"),
}  # fmt: skip


@pytest.mark.parametrize("kind", BY_HAND)
def test_each_kind_of_target_on_a_made_series_closes_as_worked_out_by_hand(made, kind):
    name, value, more, came, completion = BY_HAND[kind]
    target = ask(made, name, value, **more)
    known = known_at(2022)
    found = outcome_of(target, known)
    assert found.value == pytest.approx(came, abs=1e-4)
    assert (found.completion, found.provisional, found.source_id) == (completion, False, "S1")
    assert outcome_of(target, known_at(2020)) is None, "its year is not over"


def test_a_figure_of_another_vintage_closes_a_target_provisionally(made):
    target = ask(made, "level", 130.0, settling_vintage="preliminary")
    found = outcome_of(target, known_at(2022))
    assert (found.vintage, found.provisional, found.completion) == (VINTAGE, True, "met")


@pytest.mark.parametrize(
    ("kind", "target", "values"),
    [("level", 100.0, (110.0, 100.0, 90.0, 89.9)), ("rank", 3.0, (2.0, 3.0, None, 4.0))],
)
def test_a_target_is_exceeded_and_nearly_met_within_a_tenth_and_a_rank_by_a_place(
    made, kind, target, values
):
    more = {"level": {}, "rank": {"operator": "<=", "indicator": "made_rank", "unit": "位"}}[kind]
    asked = ask(made, kind, target, **more)
    for how, value in zip(COMPLETIONS, values, strict=True):
        assert value is None or completion(asked, value) == how


def test_an_outcome_that_another_source_or_gap_of_vintages_would_turn_is_none(made, monkeypatch):
    target = ask(made, "level", 120.0, settling_vintage="preliminary")
    assert outcome_of(target, known_at(2022)).completion == "exceeded"  # 132, from 132 on
    with monkeypatch.context() as patch:
        patch.setattr(Known, "gap", lambda *_, **__: 0.01)
        assert outcome_of(target, known_at(2022)).completion is None
    add_row(
        made / "own.csv", **(rows_of(made / "own.csv")[3] | {"value": "131", "source_id": "S5"})
    )
    assert outcome_of(target, known_at(2022)).completion is None


def test_a_gap_is_of_years_in_which_most_cities_differ_between_editions(made):
    rows = rows_of(made / "own.csv")
    apart = iter(range(1, 12))  # in 2019; in later years the figures of both are the same
    others = [
        row
        | {"source_id": "S5", "value": float(row["value"]) + (next(apart) if year == "2019" else 0)}
        for row in rows
        if (year := row["year"]) != "2018"
    ]
    with (made / "own.csv").open("a", encoding="utf-8", newline="") as file:
        csv.DictWriter(file, list(rows[0]), lineterminator="\n").writerows(others)
    assert known_at(2022).gap("made", relative=False) == pytest.approx(10.5)  # 95 of 100 of 1 to 11


def test_a_count_on_its_way_is_held_against_its_share_of_the_years(made):
    target = ask(made, "count", 500.0, last_year=2023)
    way = on_the_way(target, known_at(2022))
    # 231 in two of three years would be 346 in three, where 500 are asked.
    assert (way.so_far, way.pace) == (231.0, "behind")
    assert on_the_way(replace(target, value=346.0), known_at(2022)).pace == "on"


# Of 2021 and 2022, of targets to 2025: what was asked, how far it has come, and at what pace.
OPEN = {
    "growth": ("≥ 30 % a year on average, 2021–2025", "−5.1 % a year on average, 2021–2022"),
    "mean_growth": ("≥ 30 % a year on average, 2021–2025", "−5.1 % a year on average, 2021–2022"),
    "level": ("≥ 30 pieces in 2025", "99.0 pieces in 2022"),
    "ceiling": ("≤ 30 pieces in 2025", "99.0 pieces in 2022"),
    "share_change": (
        "≥ 30 percentage points over 2021–2025", "−11.0 percentage points over 2021–2022",
    ),
    "count": ("≥ 30 pieces in all, 2021–2025", "231.0 pieces in all, 2021–2022"),
    "rank": ("no. 30 or better in 2025", "no. 3 in 2022"),
}  # fmt: skip


@pytest.mark.parametrize("kind", OPEN)
@pytest.mark.parametrize("met", [True, False])
def test_the_review_tells_what_is_open_of_each_kind_over_the_years_it_is_about(made, kind, met):
    target = ask(made, kind, 30, **BY_HAND[kind][2] | {"last_year": 2025})
    row = {"it": Verdict(target), "way": on_the_way(target, known_at(2022)), "now": None}
    if not met:  # a level not yet met has no pace
        row["way"] = replace(row["way"], pace=None)
    facts = {"base_year": 2020, "latest": 2022, "years": [(2021, 2022)], "closed": [], "open": [],
             "counts": {}, "way": [row], "mean": None, "growth_discount": 0.0, "registered": None,
             "region": "Q", "scenario": Study.of("15_progress", {}).scenario}  # fmt: skip
    asked, came = OPEN[kind]
    text = Text("15_progress", "en", facts)
    told = text.say("answer")[1].words
    assert f"{asked} — " in told
    assert f"{': ' if met else ' — '}{came} (later outcome)" in told
    heads = text.say("left")[1].frame.iloc[0]
    assert (heads.iloc[1], heads.iloc[2] == "—") == (came[0].upper() + came[1:], not met)
    assert len(Text("15_progress", "zh", facts).say("left")) == 2


@pytest.mark.parametrize("kind", ["growth", "count", "share_change"])
def test_a_target_whose_years_have_not_begun_is_not_on_its_way(made, kind):
    more = {"share_change": {"indicator": "made_change", "unit": "百分点"}, "growth": RATE}
    target = ask(made, kind, 5.0, first_year=2025, last_year=2025, **more.get(kind, {}))
    assert on_the_way(target, known_at(2022)) is None


@pytest.mark.parametrize(("kind", "more"), [("growth", RATE), ("level", {}), ("count", {})])
def test_figures_across_a_break_close_nothing_and_say_so(made, kind, more):
    add_row(made / "panel" / "breaks.csv", table="own", region_code=CITY, indicator="made",
            year=2021, source_id="S1", reason="another census")  # fmt: skip
    target = ask(made, kind, 20.0, **more)
    assert outcome_of(target, known_at(2022)) is None
    far = look_ahead(CITY, base_year=2022, end_year=2025, draws=1000, seed=1)
    (verdict,) = assess([target], far)
    assert (verdict.class_, verdict.missing.reason) == ("cannot_tell", "broken")


@pytest.mark.parametrize(
    ("series", "kind", "more"),
    [
        (
            "retail_sales",
            "growth",
            {"indicator": "retail_sales_growth", "unit": "%", "price_basis": "current", "value": 5},
        ),
        ("retail_sales", "level", {"unit": "亿元", "price_basis": "current", "value": 500}),
        ("registered_unemployed", "ceiling", {"unit": "人", "value": 9000, "operator": "<="}),
    ],
)
def test_a_row_on_a_series_that_is_drawn_has_a_probability_counted_on_the_draws(
    small_copy, series, kind, more
):
    asked = {"indicator": series, "series": series, "last_year": 2022} | more
    target = ask(small_copy, kind, **asked)
    outlook = look_ahead(CITY, base_year=2020, end_year=2022, draws=1000, seed=1)
    (verdict,) = assess([target], outlook)
    level = outlook.own_paths.sel(indicator=series, year=2022).to_numpy()
    if kind == "growth":
        grown = outlook.own_paths.sel(indicator=f"{series}_growth", year=[2021, 2022])
        level = 100 * (np.sqrt((1 + grown / 100).prod("year")) - 1)
        level = level.to_numpy()
    assert outcomes(target, outlook) == pytest.approx(level)
    assert verdict.probability == target.met(level).mean()
    assert 0.02 < verdict.probability < 0.98


def test_years_of_a_span_that_are_over_stand_as_they_came(small_copy):
    target = ask(
        small_copy, "mean_growth", 5, indicator="retail_sales_growth", series="retail_sales",
        unit="%", price_basis="current", last_year=2023,
    )  # fmt: skip
    outlook = look_ahead(CITY, base_year=2022, end_year=2023, draws=1000, seed=1)
    drawn = outlook.own_paths.sel(indicator="retail_sales_growth", year=2023).to_numpy()
    known = (525.84 / 456.5748) * (525.3979 / 525.84)
    whole = 100 * ((known * (1 + drawn / 100)) ** (1 / 3) - 1)
    assert outcomes(target, outlook) == pytest.approx(whole)


def test_a_series_is_drawn_from_a_table_that_is_declared(small_copy):
    path = small_copy / "indicators.csv"
    rows = [row | {"drawn_from": "retail"} if row["indicator"] == "retail_sales" else row
            for row in rows_of(path)]  # fmt: skip
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    with pytest.raises(DataError, match="no table 'retail'; legal: "):
        look_ahead(CITY, base_year=2020, end_year=2022, draws=1000, seed=1)
