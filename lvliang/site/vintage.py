"""What a run says, as plain values to be kept and scored later; and what moved between two runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lvliang.feasibility.bands import CANNOT_TELL, NEAR_EDGE
from lvliang.feasibility.fields import KEPT
from lvliang.feasibility.verdicts import Verdicts
from lvliang.projection.outlook import QUANTILES, Outlook, mean_growth, quantiles

FORECASTS = {"gdp_real_growth": "%", "gdp_nominal": "亿元", "budget_revenue": "亿元"}
MEAN_GROWTH = ("gdp_real_growth", "gdp_nominal_growth", "budget_revenue_growth")
DECIMALS = 4
SAME = ("code_hash", "parameters", "forecasts", "verdicts")
NO_FIGURES = {"sources"}  # tables that no result depends on
TOLD_MOVE = 0.005  # a smaller one is not told

Vintage = Mapping[str, Any]
Row = dict[str, Any]


def results(verdicts: Verdicts, outlook: Outlook, parameters: Mapping[str, Any]) -> Row:
    """The forecasts and verdicts of a run, ready for JSON.

    Parameters
    ----------
    verdicts : Verdicts
        From :func:`lvliang.feasibility.verdicts.assess`.
    outlook : Outlook
        The draws behind them.
    parameters : mapping
        Of the run; the language is left out, as it changes no figure.

    Returns
    -------
    dict
        ``origin`` (last year known); ``parameters``; ``scenario_title`` by language, as the file
        of a user's own scenario is not kept; ``verdicts`` (one row a target, what is
        `KEPT` of it); ``forecasts``: one row a quantity, ``indicator, unit, first_year,
        last_year`` and the quantiles ``q05`` to ``q95``. A span of several years is
        ``statistic`` ``mean`` (年均增长, %), a single year ``year``. What is missing is None.
    """
    return {
        "origin": outlook.base_year,
        "parameters": {name: value for name, value in parameters.items() if name != "lang"}
        | {"scenario": outlook.scenario.scenario_id},
        "scenario_title": {"zh": outlook.scenario.title_zh, "en": outlook.scenario.title_en},
        "forecasts": [*_by_year(outlook), *_means(outlook)],
        "verdicts": verdicts.records(KEPT, precision=15),
    }


def _by_year(outlook: Outlook) -> Iterator[Row]:
    for indicator, unit in FORECASTS.items():
        for year, values in quantiles(outlook, indicator).iterrows():
            span = (int(str(year)), int(str(year)))
            yield _forecast(indicator, unit, "year", span, values.to_numpy())


def _means(outlook: Outlook) -> Iterator[Row]:
    span = (outlook.base_year + 1, outlook.end_year)
    for indicator in MEAN_GROWTH:
        drawn = mean_growth(outlook, indicator).to_numpy()
        if not np.isnan(drawn).any():
            yield _forecast(indicator, "%", "mean", span, np.quantile(drawn, QUANTILES))


def _forecast(
    indicator: str, unit: str, statistic: str, span: tuple[int, int], values: np.ndarray
) -> Row:
    names = [f"q{100 * level:02.0f}" for level in QUANTILES]
    levels = [round(float(value), DECIMALS) for value in values]
    what = {"indicator": indicator, "unit": unit, "statistic": statistic}
    years = {"first_year": span[0], "last_year": span[1]}
    return what | years | dict(zip(names, levels, strict=True))


@dataclass(frozen=True)
class Move:
    """The verdict on one target in two vintages; None where a vintage does not have it."""

    before: Row | None
    now: Row | None

    @property
    def change(self) -> float | None:
        """By how much the probability rose (0-1), or None where one of them has none."""
        if self.before is None or self.now is None:
            return None
        if self.before["probability"] is None or self.now["probability"] is None:
            return None
        return float(self.now["probability"] - self.before["probability"])

    @property
    def is_told(self) -> bool:
        """Whether the class is another, or the probability moved by half a point or more."""
        return self._other_class or (self.change is not None and abs(self.change) >= TOLD_MOVE)

    @property
    def is_of_class(self) -> bool:
        """Whether the class is another, by more than a small move over the edge of a band."""
        return self._other_class and (self.change is None or abs(self.change) >= NEAR_EDGE)

    @property
    def _other_class(self) -> bool:
        if self.before is None or self.now is None:
            return True
        return bool(self.before["class"] != self.now["class"])


@dataclass(frozen=True)
class Comparison:
    """What moved between two vintages of a region, and what was changed in between.

    ``before`` and ``now`` are the times of publication (ISO); ``tables`` the tables that were
    changed, added or removed; ``code`` the versions before and after, None where the code is the
    same; ``parameters`` by name the values before and after; ``pairs`` the verdicts before and
    after on every target, in the order of the targets of the later vintage.
    """

    before: str
    now: str
    tables: list[str]
    code: tuple[str, str] | None
    parameters: dict[str, tuple[Any, Any]]
    pairs: list[Move]

    @property
    def moves(self) -> list[Move]:
        """The verdicts that moved."""
        return [pair for pair in self.pairs if pair.is_told]

    @property
    def causes(self) -> list[str]:
        """Which of ``data``, ``code``, ``parameters`` changed; results alone count as ``code``.

        Two runs of the same code, data and parameters differ only by the libraries beneath.
        """
        changed = {"data": self.tables, "code": self.code, "parameters": self.parameters}
        return [name for name, what in changed.items() if what] or ["code"]


def compare(previous: Vintage, current: Vintage) -> Comparison:
    """What moved between two vintages.

    Parameters
    ----------
    previous, current : mapping
        Vintages: `results` with ``as_of``, ``tables`` (hash by name), ``code_version`` and
        ``code_hash``.
    """
    other_code = previous["code_hash"] != current["code_hash"]
    return Comparison(
        before=previous["as_of"],
        now=current["as_of"],
        tables=sorted(_differences(_figures(previous), _figures(current))),
        code=(previous["code_version"], current["code_version"]) if other_code else None,
        parameters=_differences(previous["parameters"], current["parameters"]),
        pairs=list(_pairs(previous, current)),
    )


def _figures(vintage: Vintage) -> dict[str, str]:
    """Hash by name of the tables that results depend on."""
    return {name: code for name, code in vintage["tables"].items() if name not in NO_FIGURES}


def _differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    pairs = {name: (before.get(name), now.get(name)) for name in [*now, *before]}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _pairs(previous: Vintage, current: Vintage) -> Iterator[Move]:
    before = {row["target_id"]: row for row in previous["verdicts"]}
    now = {row["target_id"]: row for row in current["verdicts"]}
    for target in dict.fromkeys([*now, *before]):
        yield Move(before.get(target), now.get(target))


@dataclass(frozen=True)
class Standing:
    """Where a run stands in the record of its region.

    ``same_as`` is the time of the last vintage where the run repeats it, None where it is new;
    ``comparison`` holds the last vintage (or the new one) against the one before, None where
    there is none before; ``judged`` whether the run has a verdict at all.
    """

    same_as: str | None
    comparison: Comparison | None
    judged: bool


def stand(past: Sequence[Vintage], current: Vintage) -> Standing:
    """Compare a run with the last vintage of its region under the same scenario.

    Other parameters may differ: what they moved is told. A scenario run between two others is no
    news to them.

    Parameters
    ----------
    past : sequence of mapping
        Vintages of every region, oldest first.
    current : mapping
        The run, as a vintage.
    """
    line = [vintage for vintage in past if _line(vintage) == _line(current)]
    is_same = bool(line) and _same(line[-1], current)
    if not is_same:
        line = [*line, current]
    comparison = compare(line[-2], line[-1]) if len(line) > 1 else None
    return Standing(line[-1]["as_of"] if is_same else None, comparison, bool(current["verdicts"]))


def _same(one: Vintage, other: Vintage) -> bool:
    """Whether a vintage repeats another: nothing that results depend on differs, nor do these."""
    return _figures(one) == _figures(other) and all(one[key] == other[key] for key in SAME)


def _line(vintage: Vintage) -> tuple[Any, ...]:
    """Which vintages are of one line; those of before scenarios had changes have none."""
    parameters = vintage["parameters"]
    return tuple(parameters.get(name, "") for name in ("region", "scenario", "changes"))


def told(vintage: Vintage) -> int:
    """How many targets of a vintage can be assessed."""
    return sum(row["class"] != CANNOT_TELL for row in vintage["verdicts"])
