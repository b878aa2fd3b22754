"""What stands beside the draws when targets of a region are judged."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from lvliang.feasibility.comparable import Cities, load_cities
from lvliang.feasibility.record import record_of
from lvliang.feasibility.settling import vintage_gaps


@dataclass(frozen=True)
class Background:
    """Evidence beside the draws; what is None or empty is not there.

    ``record``: from ``record.summarise_record``; ``gaps``: from ``settling.vintage_gaps``;
    ``cities``: from ``comparable.load_cities``.
    """

    record: pd.DataFrame | None = None
    gaps: pd.Series | None = None
    cities: Cities | None = None


def load_background(region_code: str, base_year: int, data: Path | None = None) -> Background:
    """All there is for a region at ``base_year``."""
    return Background(
        record_of(region_code, base_year, data),
        vintage_gaps(region_code, base_year, data),
        load_cities(base_year, data),
    )
