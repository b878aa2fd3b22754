"""Reliability and resolution: worked by hand, and the parts that add up to the Brier score."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lvliang.feasibility.record import CHANCES, THRESHOLDS, decompose, reliability


def record_of(chances: list[float], above: list[float], origins: list[int]) -> pd.DataFrame:
    """One city an entry, the same chance at every threshold."""
    scores = pd.DataFrame(dict.fromkeys(CHANCES, chances))
    return scores.assign(
        region=[f"c{place}" for place in range(len(chances))],
        origin=origins,
        above=above,
        horizon=1,
        method="engine",
    )


def cities_of(record: pd.DataFrame) -> list[str]:
    return sorted(record["region"].unique())


def test_the_parts_by_hand() -> None:
    # Chances .25, .25, .75, .75; of each pair one came, at every threshold.
    record = record_of([0.25, 0.25, 0.75, 0.75], [9.0, -9.0, 9.0, -9.0], [2010, 2011, 2010, 2011])
    (line,) = decompose(record, {"all": cities_of(record)}).to_dict("records")
    assert line["reliability"] == pytest.approx(0.0625)  # each bin a quarter off
    assert line["resolution"] == pytest.approx(0.0)
    assert line["uncertainty"] == pytest.approx(0.25)
    assert line["brier"] == pytest.approx((0.75**2 + 0.25**2) / 2)
    assert (line["origins"], line["cases"]) == (2, 4)
    assert (line["chance"], line["came"]) == (0.5, 0.5)


def test_chances_that_tell_cases_apart_have_resolution() -> None:
    record = record_of([0.0, 0.0, 1.0, 1.0], [-9.0, -9.0, 9.0, 9.0], [2010, 2011, 2010, 2011])
    (line,) = decompose(record, {"all": cities_of(record)}).to_dict("records")
    assert (line["reliability"], line["resolution"], line["brier"]) == (0.0, 0.25, 0.0)


def test_the_parts_add_up_where_chances_are_the_same_in_a_bin() -> None:
    rng = np.random.default_rng(5)
    chances = rng.choice([0.05, 0.35, 0.55, 0.95], 400)
    above = rng.normal(0, 2, 400)
    record = record_of(chances.tolist(), above.tolist(), rng.integers(2007, 2016, 400).tolist())
    (line,) = decompose(record, {"all": cities_of(record)}).to_dict("records")
    parts = line["reliability"] - line["resolution"] + line["uncertainty"]
    assert line["brier"] == pytest.approx(parts)


def test_a_low_threshold_told_from_a_high_one_is_no_resolution() -> None:
    # Every case the same: sure of the low thresholds, sure against the high ones, and right.
    count = 20
    scores = {
        chance: [float(limit <= 0)] * count
        for chance, limit in zip(CHANCES, THRESHOLDS, strict=True)
    }
    keys = {"region": [f"c{place}" for place in range(count)], "origin": 2010, "above": 0.5}
    record = pd.DataFrame(scores | keys).assign(horizon=1, method="engine")
    (line,) = decompose(record, {"all": cities_of(record)}).to_dict("records")
    assert (line["resolution"], line["uncertainty"], line["reliability"]) == (0.0, 0.0, 0.0)


def test_a_city_alone_is_not_taken_apart() -> None:
    record = record_of([0.2, 0.4], [1.0, 1.0], [2010, 2010])
    table = decompose(record, {"all": ["c0", "c1"], "city": ["c0"]})
    assert table["group"].tolist() == ["all"]


def test_a_bound_belongs_to_the_bin_above_it_and_one_to_the_last() -> None:
    chances = [0.0, 0.1, 0.3, 0.7, 0.999, 1.0]
    record = record_of(chances, [0.0] * 6, [2010, 2010, 2010, 2011, 2011, 2012])
    table = reliability(record, cities_of(record)).set_index("bin")
    assert table.index.tolist() == [0, 1, 3, 7, 9]
    assert table.loc[9, "chance"] == pytest.approx(0.9995)
    assert table["cases"].tolist() == [6, 6, 6, 6, 12]
    assert table["origins"].tolist() == [1, 1, 1, 1, 2]
    # An outcome at the national mean reaches −3, −2, −1 and 0 of the six thresholds.
    assert table["came"].tolist() == pytest.approx([4 / 6] * 5)


def test_rivals_are_not_counted() -> None:
    record = record_of([0.2, 0.4], [1.0, 1.0], [2010, 2010])
    other = record.assign(method="random walk")
    both = pd.concat([record, other])
    pd.testing.assert_frame_equal(
        reliability(both, ["c0", "c1"]), reliability(record, ["c0", "c1"])
    )
