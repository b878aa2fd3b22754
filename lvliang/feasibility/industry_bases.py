"""The base an industry target needs, when past growth of cities is all there is to go by."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from lvliang.errors import DataError, ParameterError, did_you_mean
from lvliang.feasibility.bands import check_probability
from lvliang.feasibility.industries import bases_needed, load_industries
from lvliang.feasibility.known_growth import SECTOR_TABLES, describe_known


def bases_for(
    target_id: str,
    probability: float,
    *,
    region: str,
    base_year: int,
    data: Path | None = None,
) -> pd.DataFrame:
    """Bases of an industry target that as many past spells as asked would have brought to it.

    ``base = value / (1 + growth) ** years``, with the growth that a share ``probability`` of past
    spells of the length reached or passed: secondary-sector value added of cities at current
    prices, which is not the output value of an industry, so indicative and no chance of its own.

    Returns
    -------
    pandas.DataFrame
        From `lvliang.feasibility.industries.bases_needed`, one row a deadline and reference,
        with ``commitment_id, indicator_zh, indicator_en`` of the target and ``spells, cities,
        starts, windows`` of `lvliang.feasibility.known_growth.describe_known`.

    Raises
    ------
    ParameterError
        There is no such industry target, or none that money is the unit of.
    DataError
        There is no growth to hold a base against.
    """
    check_probability(probability)
    found = load_industries(region, base_year, data)
    legal = targets_by_base(found.deadlines)
    if target_id not in legal:
        hint = did_you_mean(target_id, legal)
        raise ParameterError(
            f"target: {target_id!r} has no base that known growth could be held against;{hint} "
            f"legal: {', '.join(legal) or 'none here'}"
        )
    if found.known.empty:
        raise DataError(
            f"{target_id}: no past growth to hold a base against; legal: with the tables "
            f"{', '.join(SECTOR_TABLES)}"
        )
    wanted = found.deadlines[found.deadlines["commitment_id"] == target_id]
    name = found.targets.set_index("commitment_id").loc[target_id, ["indicator_zh", "indicator_en"]]
    behind = describe_known(found.known)[
        ["years", "reference", "spells", "cities", "starts", "windows"]
    ]
    bases = bases_needed(wanted, found.known, [1 - probability])
    return bases.merge(behind, on=["years", "reference"]).assign(commitment_id=target_id, **name)


def targets_by_base(deadlines: pd.DataFrame) -> list[str]:
    """Industry targets that money is the unit of, which a base can be told of."""
    return list(dict.fromkeys(deadlines.loc[deadlines["kind"] == "money", "commitment_id"]))
