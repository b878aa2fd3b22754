"""Nothing that became known later is in any number: absurd figures in its place change none."""

import json
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import xarray as xr

from lvliang.baseline import history
from lvliang.parameters import ReportParameters
from lvliang.study import Study

FACTS = (
    "baseline_facts", "outlook_facts", "feasibility_facts", "scenario_facts", "rank_facts",
    "record_facts", "desk_facts", "audit_facts", "industry_facts", "verdicts", "commitments",
)  # fmt: skip
FIGURES = ["value", "low_pct", "high_pct"]
ABSURD = 70_000


def poison(folder: Path, origin: int) -> dict[str, int]:
    """Make absurd what is known after March of the year after ``origin``; its rows by table."""
    tables = json.loads((folder / "datapackage.json").read_text("utf-8"))["resources"]
    poisoned = {}
    for table in (one for one in tables if one["path"].endswith(".csv")):
        path = folder / table["path"]
        rows = pd.read_csv(path, dtype=str, keep_default_na=False)
        columns = [name for name in FIGURES if name in rows]
        if "known_at" not in rows or not columns:
            continue
        later = rows["known_at"] > f"{origin + 1}-03"
        for name in columns:
            given = rows.index[later & (rows[name] != "")]
            rows.loc[given, name] = (ABSURD + given).astype(str)  # no two alike
        rows.to_csv(path, index=False, lineterminator="\n")
        poisoned |= {table["name"]: int(later.sum())} if later.any() else {}
    # A correction expects its figure: of those that are gone it would be refused.
    path = folder / "panel/corrections.csv"
    rows = pd.read_csv(path, dtype=str, keep_default_na=False)
    rows[rows["year"] <= str(origin - 1)].to_csv(path, index=False, lineterminator="\n")
    return poisoned


def apart(one: Any, other: Any, place: str) -> Iterator[str]:
    """Places at which two facts differ."""
    if isinstance(one, dict):
        assert one.keys() == other.keys(), place
        for name in one:
            yield from apart(one[name], other[name], f"{place}.{name}")
    elif is_dataclass(one):
        for field in fields(one):
            parts = (getattr(each, field.name) for each in (one, other))
            yield from apart(*parts, f"{place}.{field.name}")
    elif isinstance(one, pd.DataFrame | pd.Series | pd.Index):
        if not one.equals(other):
            yield place
    elif isinstance(one, xr.DataArray | xr.Dataset):
        if not one.identical(other):
            yield place
    elif isinstance(one, list | tuple):
        assert len(one) == len(other), place
        for number, parts in enumerate(zip(one, other, strict=True)):
            yield from apart(*parts, f"{place}[{number}]")
    elif one != other and not (one != one and other != other):
        yield place


def facts_of(origin: int, names: tuple[str, ...]) -> dict[str, Any]:
    given = {"base_year": origin, "end_year": 2025, "draws": 1000}
    study = Study(ReportParameters.checked(given), "90_summary")
    facts = {name: getattr(study, name) for name in names}
    if "record_facts" in facts:  # what is told there as later outcomes is apart from all else
        met = facts["record_facts"]["met"]
        years = met["all_years"]
        met |= {"all_years": years[years["kind"] != "later"], "later_runs": []}
    return facts


@pytest.mark.parametrize(
    ("origin", "names", "tables"),
    [(2020, FACTS, 19), (2021, ("baseline_facts", "outlook_facts", "verdicts", "rank_facts"), 18)],
)
def test_no_number_knows_what_came_later(small_copy, monkeypatch, origin, names, tables):
    clean = facts_of(origin, names)
    poisoned = poison(small_copy, origin)
    assert len(poisoned) >= tables
    assert list(apart(clean, facts_of(origin, names), "study")) == []
    monkeypatch.setattr(history, "as_of", lambda rows, _: rows)
    seen = facts_of(origin, ("baseline_facts",))
    assert list(apart({"baseline_facts": clean["baseline_facts"]}, seen, "study")), "were it known"
