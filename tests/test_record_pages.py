"""What the page of the track record shows: groups, origins, chances, and what was not run."""

import re
from typing import Any

import numpy as np
import pandas as pd
import pytest

from lvliang.baseline.regions import find_region
from lvliang.display.prose import Text
from lvliang.display.show import Chart
from lvliang.feasibility import record
from lvliang.feasibility.record_facts import (
    chance_facts,
    hindcast_facts,
    origin_facts,
    track_record_facts,
)

ORIGINS = pd.DataFrame({
    "group": ["all", "industry", "province", "city"] * 2, "horizon": 5,
    "origin": [2014] * 4 + [2015] * 4, "cities": [296, 98, 11, 1] * 2,
    "rmse": [1.85, 2.08, 1.91, 1.59, 1.98, 2.02, 1.02, 0.45],
    "bias": [1.01, 1.39, 1.49, 1.59, 1.40, 1.45, 0.37, -0.45], "crps": 1.0, "cover80": 0.8,
    "cover90": [0.95, 0.93, 1.0, 1.0, 0.95, 0.92, 1.0, 0.0],
})  # fmt: skip
HINDCASTS = pd.DataFrame({
    "horizon": 5, "origin": [2014, 2015], "q05": [0.0, 1.0], "q25": [4.0, 5.0], "q50": [6.0, 7.0],
    "q75": [8.0, 9.0], "q95": [12.0, 13.0], "outcome": [5.0, -3.0], "in90": [True, False],
})  # fmt: skip


def say(block: str, lang: str = "en", **facts: object) -> list[Any]:
    """What the text of the page says in a block, after its heading."""
    text = Text("70_track_record", lang, {"region": find_region("141100")} | facts)
    return text.say(block)[1:]


def chances(came: list[float]) -> dict[str, Any]:
    """Facts of three horizons with the same chances, and what came of them at five years."""
    given, cases = [0.05, 0.45, 0.95], [100, 200, 100]
    lines = [
        pd.DataFrame({"horizon": years, "bin": [0, 4, 9], "chance": given, "came": outcome})
        for years, outcome in ((1, given), (3, given), (5, came))
    ]
    bins = pd.concat(lines, ignore_index=True).assign(cases=cases * 3, origins=[9] * 9)
    chance, of_came = (np.average(shares, weights=cases) for shares in (given, came))
    parts = {"group": "all", "horizon": [1, 5], "origins": 9, "cases": 400, "brier": 0.142}
    parts |= {"reliability": 0.0244, "resolution": 0.0238, "uncertainty": 0.1416}
    parts |= {"chance": chance, "came": of_came}
    facts = chance_facts(bins, pd.DataFrame(parts)) | origin_facts(ORIGINS)
    return facts | {"longest": 5, "origins": 9}


def chart(came: list[float]) -> Chart:
    return say("chances", **chances(came))[0]


def test_the_title_says_on_which_side_the_chances_were():
    for came, side, words in (
        ([0.0, 0.2, 0.9], "high", "too high"),
        ([0.2, 0.7, 1.0], "low", "too low"),
        ([0.05, 0.45, 0.95], "near", "agreed"),
    ):
        assert chances(came)["side"] == side
        assert words in chart(came).title
    # Given (5 + 2·45 + 95) / 4 = 48 %; came (0 + 2·20 + 90) / 4 = 32 %, rounded from 32.5.
    assert re.findall(r"\d+ %", chart([0.0, 0.2, 0.9]).title) == ["48 %", "32 %"]


def test_the_drawn_lines_are_the_given_ones() -> None:
    found = chart([0.0, 0.2, 0.9])
    assert len(found.data) == 9
    assert found.data.iloc[-1, 1:].tolist() == ["90–100", 95.0, 90.0, 100, 9]
    diagonal, *lines = found.figure.axes[0].lines
    assert diagonal.get_xydata().tolist() == [[0, 0], [100, 100]]
    assert len({(line.get_marker(), line.get_linewidth()) for line in lines}) == 3
    assert np.allclose(lines[-1].get_xydata(), [[5, 0], [45, 20], [95, 90]])


def test_bars_reach_from_quantile_to_quantile_and_misses_are_hollow() -> None:
    (facts,) = hindcast_facts(HINDCASTS)
    assert (facts["held"], facts["worst"]["origin"]) == (1, 2015)
    (chart,) = say("origins", hindcasts=[facts], by_origin=[])
    assert chart.data.iloc[1].tolist() == [2015, 1.0, 5.0, 7.0, 9.0, 13.0, -3.0, "no"]
    axes = chart.figure.axes[0]
    wide, half = (
        [path[:, 1].tolist() for path in bars.get_segments()] for bars in axes.collections
    )
    assert wide == [[0, 12], [1, 13]] and half == [[4, 8], [5, 9]]
    dashes, held, missed = axes.lines
    assert dashes.get_xydata().tolist() == [[2014, 6], [2015, 7]]
    assert held.get_xydata().tolist() == [[2014, 5]]
    assert missed.get_xydata().tolist() == [[2015, -3]]
    assert missed.get_markerfacecolor() == "white" != held.get_markerfacecolor()


@pytest.fixture(scope="module")
def scores() -> pd.DataFrame:
    """A record of the engine alone: two cities, of which one is held once in three origins."""
    rows = [
        (city, years, origin)
        for city in ("141100", "140100")
        for years in record.HORIZONS
        for origin in (2013, 2014, 2015)
    ]
    table = pd.DataFrame(rows, columns=["region", "horizon", "origin"])
    held = (table["region"] == "140100") | (table["origin"] == 2014)
    bands = dict(zip(record.BANDS, (1.0, 4.0, 6.0, 8.0, 12.0), strict=True))
    chance = {name: np.linspace(0.05, 0.95, len(table)) for name in record.CHANCES}
    scored = {"method": record.ENGINE, "error": 1.0, "crps": 1.0, "outcome": 5.0, "above": 0.5}
    return table.assign(in80=held, in90=held, brier=0.2, **bands, **chance, **scored)


def facts_of(scores: pd.DataFrame, base_year: int = 2020) -> dict[str, Any]:
    groups = {"all": ["140100", "141100"], "city": ["141100"]}
    return track_record_facts(scores, groups, "141100", base_year)


def test_the_record_is_that_of_the_engine_at_the_longest_horizon(scores: pd.DataFrame) -> None:
    walk = scores.assign(method="random walk", horizon=9)
    facts = facts_of(pd.concat([scores, walk]))
    assert (facts["longest"], facts["origins"], facts["cities"]) == (5, 3, 2)
    assert facts["cover"]["all"] == pytest.approx(dict.fromkeys((1, 3, 5), 200 / 3))
    assert facts["cover"]["city"][5] == pytest.approx(100 / 3)
    longest = facts["bins"][facts["bins"]["horizon"] == 5]
    means = {
        name: np.average(longest[name], weights=longest["cases"]) for name in ("chance", "came")
    }
    assert facts["at_longest"] == {"all": pytest.approx(means)}


def test_windows_that_reach_the_base_year_are_left_out_of_one_table(scores: pd.DataFrame) -> None:
    facts = facts_of(scores, 2016)
    assert set(facts["engine"]["horizon"]) == {1, 3, 5}
    assert facts["without"].groupby("horizon")["origins"].max().to_dict() == {1: 2}


def test_the_largest_error_is_that_of_the_origins_at_hand() -> None:
    facts = origin_facts(ORIGINS)
    assert facts["industry"] == {"origin": 2014, "cities": 98}
    errors = ORIGINS.assign(horizon=1)
    assert origin_facts(errors)["worst"] == {"origin": 2015, "rmse": 1.98, "year": 2016}
    facts = origin_facts(errors[errors["origin"] < 2015])
    (earlier,) = say("limits", "en", registered=None, **facts)
    assert "made from 2014 for 2015, with an RMSE of 1.9 points" in earlier.words
