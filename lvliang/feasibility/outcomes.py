"""What came of targets: a figure closes one; one on its way is held against its pace.

A target closes on a figure of its settling vintage. Where only another vintage is to hand it
closes provisionally, unless gaps that vintages of the series have shown could turn the outcome.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from lvliang.baseline.growth import from_log, to_log
from lvliang.baseline.history import bases, unbroken_growth
from lvliang.baseline.regions import Region, peers
from lvliang.baseline.starting_point import provincial_ranks
from lvliang.baseline.tables import (
    OBSERVATION_COLUMNS,
    as_of,
    load_observations,
    load_table,
    tables_with,
    without_suspects,
)
from lvliang.feasibility.fields import Part
from lvliang.feasibility.targets import RATES, SPANS, Target

TENTH = 0.1  # of a target: so much above it exceeds it, no more below it nearly meets it
COMPLETIONS = ("exceeded", "met", "nearly", "missed")
# Where the settling vintage is not to hand, the one that lies nearest to it.
OTHER_VINTAGES = ["preliminary", "first_published", "report", "press", "compiled", "revised"]
WIDE = 0.95  # quantile of the gaps between vintages that an outcome must withstand
FEWEST_CELLS = 10
EDITION = ["vintage", "source_id"]

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Outcome(Part):
    """The figure that closes a target, in its unit.

    ``completion``: one of `COMPLETIONS`; None where ``margin`` or another source of the vintage (of
    ranks: any other edition) tells another. ``provisional``: the figure is not of the settling
    vintage. ``margin``: the gap that vintages of the series have shown (in the unit of the target),
    None where there is but one.
    """

    value: float
    vintage: str
    source_id: str
    provisional: bool
    margin: float | None
    completion: str | None


@dataclass(frozen=True)
class OnTheWay:
    """How far a target has come by ``year``, before its deadline.

    ``so_far``: mean growth of the years that are over (%), their sum, or the last rank or level;
    ``needed``: mean growth of the years that remain (%), None where the target is no such rate;
    ``pace``: ``ahead``, ``on`` or ``behind``; None for a level or share that may still get there;
    ``provisional``: its figures are not of the settling vintage.
    """

    year: int
    so_far: float
    needed: float | None
    pace: str | None
    provisional: bool


@dataclass(frozen=True)
class Known:
    """Annual observations known at ``origin``, without sources of low trust, in every edition."""

    region: Region
    origin: int

    def levels(self, indicator: str, region_code: str = "") -> pd.DataFrame:
        """An indicator of the region, or of another: index year without gaps, columns `EDITION`."""
        rows = self._rows(indicator)
        rows = rows[rows["region_code"] == (region_code or self.region.code)]
        table = rows.pivot(index="year", columns=EDITION, values="value").sort_index()
        years = range(table.index.min(), table.index.max() + 1) if len(table) else []
        return table.reindex(years)

    def growth(self, indicator: str) -> pd.DataFrame:
        """Change of a level on the year before (%), missing across a break."""
        levels = self.levels(indicator)
        named = pd.MultiIndex.from_product([[self.region.code], [indicator]])
        grown = [unbroken_growth(levels[[name]].set_axis(named, axis=1)) for name in levels]
        return pd.concat(grown, axis=1).set_axis(levels.columns, axis=1) if grown else levels

    def rank(self, indicator: str) -> pd.DataFrame:
        """Rank in the province by year, computed in each edition that has every city."""
        each = {city.code: self.levels(indicator, city.code) for city in peers(self.region)}
        own = each[self.region.code]
        ranks = own.copy()
        for edition in own:
            levels = {code: table.get(edition, np.nan) for code, table in each.items()}
            ranks[edition] = provincial_ranks(pd.DataFrame(levels))[self.region.code]
        return ranks

    def gap(self, indicator: str, *, relative: bool) -> float | None:
        """Gap between editions of one cell that 95 of 100 cells of the province stay within.

        Suspect cells are left out, and a year of which most cities have one figure, as printed.
        """
        rows = without_suspects(self._rows(indicator))
        rows = rows[rows["region_code"].isin([city.code for city in peers(self.region)])]
        cells = rows.groupby(["region_code", "year"])["value"].agg(["size", "min", "max"])
        both = cells[cells["size"] > 1]
        gaps = both["max"] - both["min"]
        decimals = int(load_table("indicators").set_index("indicator")["decimals"][indicator])
        alike = gaps.round(decimals).eq(0).groupby("year").transform("mean") > 1 / 2
        gaps = (gaps / both["max"].abs() if relative else gaps)[~alike]
        return float(gaps.quantile(WIDE)) if len(gaps) >= FEWEST_CELLS else None

    def _rows(self, indicator: str) -> pd.DataFrame:
        names = tables_with(indicator)
        if not names:
            return pd.DataFrame(columns=OBSERVATION_COLUMNS)
        rows = as_of(load_observations(names), self.origin)
        trust = rows["source_id"].map(load_table("sources").set_index("source_id")["trust"])
        return rows[(rows["indicator"] == indicator) & ~trust.str.startswith("low")]


def completion(target: Target, value: float) -> str:
    """How far ``value`` completes a target.

    ``exceeded`` from a tenth above it (of ranks: a better one), ``nearly`` from a tenth short.
    """
    over = target.value - value if target.operator == "<=" else value - target.value
    if target.type == "rank":
        return "exceeded" if over > 0 else "met" if over == 0 else "missed"
    share = round(over / abs(target.value), 9) if target.value else over
    if share >= TENTH:
        return "exceeded"
    return "met" if over >= 0 else "nearly" if share >= -TENTH else "missed"


def years_of(target: Target, last: int) -> list[int]:
    """The years whose figures a target is about, up to ``last``."""
    if target.type == "share_change":
        return [target.first_year - 1, last]
    return list(range(target.first_year, last + 1)) if target.type in SPANS else [last]


def over_years(target: Target, values: Array) -> Array:
    """What a target is about, in its unit, of figures of `years_of` (last axis).

    Growth: mean of log growth; count: sum; change of a share: difference; else the last figure.
    """
    if target.type in RATES:
        return np.asarray(from_log(to_log(values).mean(axis=-1)))
    if target.type == "count":
        return values.sum(axis=-1)
    return values[..., -1] - (values[..., 0] if target.type == "share_change" else 0.0)


def known_figures(target: Target, known: Known, years: Sequence[int]) -> pd.DataFrame:
    """Figures of a target's series of ``years``, a column an edition, the nearest first."""
    if is_broken(target, known):
        return pd.DataFrame()
    is_change, is_rank = target.path != target.series, target.type == "rank"
    read = known.growth if is_change else known.rank if is_rank else known.levels
    return _whole(read(target.series), target, years)


def outcome_of(target: Target, known: Known) -> Outcome | None:
    """The figure that closes a target; None where there is none, or its years are not over."""
    if target.last_year > known.origin or not (found := _read(target, known, target.last_year)):
        return None
    (vintage, source), value = next(iter(found.items()))
    provisional = vintage != target.settling_vintage
    margin = _margin(target, value, known) if provisional else None
    told = [one for name, one in found.items() if name[0] == vintage or target.type == "rank"]
    told += [] if margin is None else [value - margin, value + margin]
    how = {completion(target, one) for one in told}
    alone = how.pop() if len(how) == 1 else None
    return Outcome(value, vintage, source, provisional, margin, alone)


def on_the_way(target: Target, known: Known) -> OnTheWay | None:
    """How far a target has come whose deadline lies ahead; None before its first figure."""
    has_begun = target.first_year <= known.origin or target.type not in SPANS
    is_open = has_begun and known.origin < target.last_year
    if not is_open or not (found := _read(target, known, known.origin)):
        return None
    (vintage, _), so_far = next(iter(found.items()))
    provisional = vintage != target.settling_vintage
    needed = _needed(target, so_far, known.origin) if target.type == "mean_growth" else None
    pace = _pace(target, so_far, known.origin)
    return OnTheWay(known.origin, so_far, needed, pace, provisional)


def is_broken(target: Target, known: Known) -> bool:
    """Whether a break lies in the years known of a target, from the one before the first on.

    A rank compares cities of one year.
    """
    last = min(target.last_year, known.origin)
    if not target.series or target.type == "rank" or last < target.first_year:
        return False
    years = range(target.first_year - 1, last + 1)
    column = pd.MultiIndex.from_tuples([(known.region.code, target.series)])
    counts = bases(pd.DataFrame(index=years, columns=column))
    return bool(counts.iloc[0, 0] != counts.iloc[-1, 0])


def rate_needed(target: Target, known: Known) -> float | None:
    """Growth (% a year) that the years of a target that remain need; None if that is not known."""
    if target.first_year > known.origin:
        return target.value
    way = on_the_way(target, known)
    return way.needed if way else None


def years_ahead(target: Target, origin: int) -> int:
    """How many years of the span of a target remain."""
    return target.last_year - max(target.first_year - 1, origin)


def _read(target: Target, known: Known, last: int) -> dict[tuple[str, str], float]:
    """What a target is about, up to ``last``, by edition (vintage, source), the nearest first.

    As printed, else from the series behind it.
    """
    one, found = target, pd.DataFrame()
    if target.series != target.indicator:
        # Changes of a share, as printed year by year, add up.
        one = replace(target, type="count") if target.type == "share_change" else target
        found = _whole(known.levels(target.indicator), one, years_of(one, last))
    if found.empty and target.series:
        one, found = target, known_figures(target, known, years_of(target, last))
    # What is exactly met is not to be missed by a rounding of the machine.
    values = {name: over_years(one, found[name].to_numpy(float)) for name in found}
    return {name: round(float(value), 9) for name, value in values.items()}


def _whole(table: pd.DataFrame, target: Target, years: Sequence[int]) -> pd.DataFrame:
    """Editions that have all ``years``, the nearest to what settles the target first."""
    order = list(dict.fromkeys([target.settling_vintage, *OTHER_VINTAGES]))
    whole = table.reindex(years).dropna(axis=1)
    return whole[sorted(whole, key=lambda edition: order.index(edition[0]))]


def _needed(target: Target, so_far: float, last: int) -> float:
    """Mean growth (%) of the years that remain, so that the whole span has its target."""
    done, whole = last - target.first_year + 1, target.last_year - target.first_year + 1
    left = whole * to_log(target.value) - done * to_log(so_far)
    return float(from_log(left / (whole - done)))


def _pace(target: Target, so_far: float, last: int) -> str | None:
    """Ahead where the target would be exceeded at this pace, behind where it would be missed."""
    if target.type in ("count", "share_change"):
        so_far *= (target.last_year - target.first_year + 1) / (last - target.first_year + 1)
    how = completion(target, so_far)
    if target.type == "level" and not target.met(np.array(so_far)):
        return None
    return {"exceeded": "ahead", "missed": "behind"}.get(how, "on")


def _margin(target: Target, value: float, known: Known) -> float | None:
    """What the gap between editions may move an outcome by, in the unit of the target."""
    if target.type == "rank":
        return None
    is_change = target.path != target.series
    apart = target.type == "share_change" or (target.type in RATES and not is_change)
    gap = known.gap(target.series or target.indicator, relative=not apart)
    if gap is None:
        return None
    # Both ends of a change may be off, each by the gap.
    size = 1.0 if apart else 100 + value if is_change else abs(value)
    return (2 if is_change or target.type == "share_change" else 1) * gap * size
