"""Verdicts and vintages as plain values, which the tests of the record and of the feed change."""

from typing import Any

Vintage = dict[str, Any]


def verdict(**given: Any) -> dict[str, Any]:
    row = {
        "target_id": "gdp_2021", "group": "2021_main", "type": "growth",
        "indicator": "gdp_real_growth", "operator": ">=", "value": 8.0, "unit": "%",
        "nature": "预期性", "origin": "stated", "first_year": 2021, "deadline": 2021,
        "settling_vintage": "preliminary", "probability": 0.5, "grade": "A",
        "likelihood": "about_even", "class": "uncertain", "near_edge": False,
        "group_probability": 0.2, "missing": None,
    }  # fmt: skip
    return row | given


def made(release: str = "first", **given: Any) -> Vintage:
    """A vintage; ``given`` replaces what it holds."""
    day = {"first": 1, "second": 2, "third": 3}.get(release, 9)
    plain = {
        "schema_version": 1, "release": release, "as_of": f"2025-03-0{day}T08:30:00+08:00",
        "origin": 2020, "data_hash": "d1", "tables": {"gdp_revised": "a", "budget_revenue": "b"},
        "parameters": {"region": "141100", "end_year": 2025, "growth_discount": 0.0},
        "code_version": "0.1.0 (abc)", "code_hash": "c1", "forecasts": [], "verdicts": [verdict()],
    }  # fmt: skip
    return plain | given
