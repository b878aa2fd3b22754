"""Whether what was given 30 % came 30 % of the time, and how far probabilities told cases apart.

A case is one city, origin and threshold (points from the national mean at the origin). Cases of
one origin share its shock, so behind a line stand its origins, not its cases.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from lvliang.feasibility.record import CHANCES, ENGINE, THRESHOLDS, Record

BINS = 10  # of equal width; a bound belongs to the bin above it


def reliability(record: Record, cities: list[str]) -> pd.DataFrame:
    """The engine's probabilities by bin, all thresholds together.

    Returns
    -------
    pandas.DataFrame
        ``horizon, bin`` (0 to 9), ``chance`` (mean forecast probability), ``came`` (observed
        frequency), ``cases``, ``origins``; bins without a case are not there.
    """
    return (
        _cases(record, cities)
        .groupby(["horizon", "bin"])
        .agg(
            chance=("chance", "mean"),
            came=("came", "mean"),
            cases=("came", "size"),
            origins=("origin", "nunique"),
        )
        .reset_index()
    )


def decompose(record: Record, groups: dict[str, list[str]]) -> pd.DataFrame:
    """Murphy's decomposition of the engine's Brier score, by horizon and group of cities.

    Brier score = reliability − resolution + uncertainty, up to what chances differ in a bin.
    reliability = Σ n_b (mean chance_b − frequency_b)² / n; resolution = Σ n_b (frequency_b −
    frequency)² / n; uncertainty = frequency (1 − frequency). Worked out for each threshold, so
    that telling a low threshold from a high one is no merit, then averaged over thresholds.
    A group of one city is left out: it has about one case in a bin.

    Returns
    -------
    pandas.DataFrame
        ``group, horizon, origins, cases, chance`` (mean forecast probability), ``came`` (observed
        frequency), ``brier, reliability, resolution, uncertainty``; cases are those of one
        threshold.
    """
    rows = []
    for group, cities in groups.items():
        if len(cities) > 1:
            for horizon, table in _cases(record, cities).groupby("horizon"):
                parts = [_murphy(cases) for _, cases in table.groupby("threshold")]
                counts = {"origins": table["origin"].nunique()}
                counts["cases"] = len(table) // len(THRESHOLDS)
                keys = {"group": group, "horizon": horizon}
                rows.append(keys | counts | pd.DataFrame(parts).mean().to_dict())
    return pd.DataFrame(rows)


def _cases(record: Record, cities: list[str]) -> pd.DataFrame:
    """``horizon, origin, threshold, chance, came, bin`` of the engine, one row a case."""
    scores = record.scores
    own = scores[(scores["method"] == ENGINE) & scores["region"].isin(cities)]
    cases = pd.concat(
        [
            pd.DataFrame(
                {
                    "horizon": own["horizon"],
                    "origin": own["origin"],
                    "threshold": limit,
                    "chance": own[chance].astype(float),
                    "came": (own["above"] >= limit).astype(float),
                }
            )
            for limit, chance in zip(THRESHOLDS, CHANCES, strict=True)
        ],
        ignore_index=True,
    )
    place = np.floor(cases["chance"] * BINS).clip(upper=BINS - 1)
    return cases.assign(bin=place.astype(int))


def _murphy(cases: pd.DataFrame) -> dict[str, float]:
    bins = cases.groupby("bin").agg(
        weight=("came", "size"), chance=("chance", "mean"), came=("came", "mean")
    )
    share = bins["weight"] / len(cases)
    overall = cases["came"].mean()
    return {
        "chance": float(cases["chance"].mean()),
        "came": float(overall),
        "brier": float(np.mean((cases["chance"] - cases["came"]) ** 2)),
        "reliability": float((share * (bins["chance"] - bins["came"]) ** 2).sum()),
        "resolution": float((share * (bins["came"] - overall) ** 2).sum()),
        "uncertainty": float(overall * (1 - overall)),
    }
