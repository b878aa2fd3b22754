"""What was registered is scored on what came, beside the simple rules."""

from pathlib import Path

import pandas as pd
import pytest

from lvliang.feasibility.registered import (
    REGISTERED,
    registered_so_far,
    score_registered,
    summarise_registered,
)


def test_registered_forecasts_are_scored_on_what_came(small_copy: Path) -> None:
    scores = score_registered(2022)
    own = scores[(scores["method"] == REGISTERED) & (scores["region_code"] == "141100")]
    made = pd.read_csv(small_copy / "record/2020-first-edition.csv", dtype={"region_code": str})
    made = made[(made["region_code"] == "141100") & (made["first_year"] == 2021)]
    came = [9.2, (9.2 + 3.9) / 2]
    assert own["outcome"].tolist() == pytest.approx(came)
    assert own["error"].tolist() == pytest.approx(made["mean"].iloc[:2].to_numpy() - came)
    walk = scores[(scores["method"] == "random walk") & (scores["region_code"] == "141100")]
    assert walk["point"].tolist() == pytest.approx([2.7, 2.7])


def test_a_summary_is_of_the_errors_and_a_rule_has_no_band() -> None:
    rows = [("registered", 3.0, True), ("registered", -1.0, False), ("own mean", 2.0, True)]
    scores = pd.DataFrame(rows, columns=["method", "error", "in90"])
    scores = scores.assign(origin=2020, horizon=1, in80=False)
    table = summarise_registered(scores).set_index("method")
    assert table.loc["registered", "rmse"] == pytest.approx(5**0.5)
    assert table.loc["registered", "bias"] == pytest.approx(1.0)
    assert table.loc["registered", "cover90"] == pytest.approx(50.0)
    assert pd.isna(table.loc["own mean", "cover90"])


def test_nothing_is_scored_before_its_outcome_is_known(small_copy: Path) -> None:
    assert score_registered(2020).empty
    assert set(score_registered(2021)["horizon"]) == {1}


def test_registered_forecasts_are_those_of_all_of_the_province_and_of_the_city() -> None:
    rows = [("141100", 2.0, True), ("140100", -2.0, False), ("320500", 1.0, True)]
    scores = pd.DataFrame(rows, columns=["region_code", "error", "in90"]).assign(
        origin=2020, horizon=1, method="registered", point=5.0, outcome=3.0, in80=False
    )
    rule = scores.assign(method="Eurostat rule", error=0.5)
    found = registered_so_far(pd.concat([scores, rule]), "141100", 2020)
    assert found["all"]["rmse"].tolist() == [pytest.approx(3**0.5), 0.5]
    assert [(one["horizon"], one["method"]) for one in found["best"]] == [(1, "Eurostat rule")]
    assert found["province"][["cities", "rmse", "cover90"]].to_numpy().tolist() == [[2, 2.0, 50.0]]
    assert found["city"]["band"].tolist() == ["inside"]
    assert registered_so_far(scores, "141100", 2019) is None
