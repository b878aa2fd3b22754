"""What a run says, as plain values to be kept and scored later; and what moved between two runs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from lvliang.baseline.tables import load_table
from lvliang.feasibility.bands import CANNOT_TELL, NEAR_EDGE, WORD_ONLY_GRADES
from lvliang.feasibility.fields import KEPT
from lvliang.feasibility.targets import Target
from lvliang.feasibility.verdicts import Verdict, Verdicts
from lvliang.parameters import ReportParameters, titles
from lvliang.projection.outlook import QUANTILES, Outlook, mean_growth, quantiles

FORECASTS = {"gdp_real_growth": "%", "gdp_nominal": "亿元", "budget_revenue": "亿元"}
MEAN_GROWTH = ("gdp_real_growth", "gdp_nominal_growth", "budget_revenue_growth")
DECIMALS = 4
SAME = ("code_hash", "parameters", "forecasts", "verdicts")
NO_FIGURES = {"sources"}  # tables that no result depends on
TOLD_MOVE = 0.005  # a smaller one is not told
TABLES_NAMED = 4

Vintage = Mapping[str, Any]
Row = dict[str, Any]


def results(verdicts: Verdicts, outlook: Outlook, parameters: Mapping[str, Any]) -> Row:
    """The forecasts and verdicts of a run, ready for JSON; what is missing is None.

    ``origin`` is the last year known; ``parameters`` lack the language, which changes no figure;
    ``scenario_title`` (by language) is there as the file of a user's own scenario is not kept.
    ``verdicts`` have a row a target, what is `KEPT` of it; ``forecasts`` a row a quantity:
    ``indicator, unit, statistic, first_year, last_year``, quantiles ``q05`` to ``q95``. A
    ``statistic`` is the ``mean`` of several years (年均增长, %), or that of one ``year``.
    """
    return {
        "origin": outlook.base_year,
        "parameters": {name: value for name, value in parameters.items() if name != "lang"}
        | {"scenario": outlook.scenario.scenario_id},
        "scenario_title": {"zh": outlook.scenario.title_zh, "en": outlook.scenario.title_en},
        "forecasts": list(_forecasts(outlook)),
        "verdicts": verdicts.records(KEPT, precision=15),
    }


def _forecasts(outlook: Outlook) -> Iterator[Row]:
    for indicator, unit in FORECASTS.items():
        for year, values in quantiles(outlook, indicator).iterrows():
            of = {"indicator": indicator, "unit": unit, "statistic": "year"}
            yield of | _levels(int(str(year)), int(str(year)), values.to_numpy())
    for indicator in MEAN_GROWTH:
        drawn = mean_growth(outlook, indicator).to_numpy()
        if not np.isnan(drawn).any():
            of = {"indicator": indicator, "unit": "%", "statistic": "mean"}
            levels = np.quantile(drawn, QUANTILES)
            yield of | _levels(outlook.base_year + 1, outlook.end_year, levels)


def _levels(first_year: int, last_year: int, values: np.ndarray) -> Row:
    names = [f"q{100 * level:02.0f}" for level in QUANTILES]
    levels = [round(float(value), DECIMALS) for value in values]
    years = {"first_year": first_year, "last_year": last_year}
    return years | dict(zip(names, levels, strict=True))


@dataclass(frozen=True)
class Move:
    """The verdict on one target in two vintages; None where a vintage does not have it."""

    before: Verdict | None
    now: Verdict | None

    @property
    def change(self) -> float | None:
        """By how much the probability rose (0-1), or None where one of them has none."""
        before, now = (one.probability if one else None for one in (self.before, self.now))
        return None if before is None or now is None else now - before

    @property
    def is_told(self) -> bool:
        """Whether the class is another, or the probability moved by half a point or more."""
        return self._other_class or abs(self.change or 0.0) >= TOLD_MOVE

    @property
    def is_of_class(self) -> bool:
        """Whether the class is another, by more than a small move over the edge of a band."""
        return self._other_class and (self.change is None or abs(self.change) >= NEAR_EDGE)

    @property
    def _other_class(self) -> bool:
        return not (self.before and self.now and self.before.class_ == self.now.class_)

    @property
    def side(self) -> str:
        """Where it moved: ``up``, ``down``, ``none``, or the target was ``added``, ``dropped``."""
        if self.before is None or self.now is None:
            return "added" if self.now else "dropped"
        change = self.change or 0.0
        return "up" if change > 0 else "down" if change < 0 else "none"

    @property
    def points(self) -> int | None:
        """The change in points, None where a grade shows no number."""
        is_quiet = any(one and one.grade in WORD_ONLY_GRADES for one in (self.before, self.now))
        return None if is_quiet else round(100 * (self.change or 0.0))

    @property
    def target(self) -> Target | str:
        """What is judged; its id where the tables no longer know it."""
        (target, *_) = [one.target for one in (self.now, self.before) if one]
        is_known = target.indicator in set(load_table("indicators")["indicator"])
        return target if is_known else target.target_id


@dataclass(frozen=True)
class Comparison:
    """What moved between two vintages of a region, and what was changed in between.

    ``before`` and ``now`` are the times of publication; ``causes`` which of ``data``, ``code`` and
    ``parameters`` changed; ``tables`` the first that were changed, added or removed, and how
    ``many`` there are if more; ``code`` the versions before and after, None where the code is the
    same; ``parameters`` titles and the values before and after; ``pairs`` the verdicts on every
    target, in the order of the later vintage.
    """

    before: str
    now: str
    causes: list[str]
    tables: list[str]
    many: int | None
    code: tuple[str, str] | None
    parameters: list[tuple[Mapping[str, str], str | None, str | None]]
    pairs: list[Move]

    @property
    def moves(self) -> list[Move]:
        """The verdicts that moved."""
        return [pair for pair in self.pairs if pair.is_told]

    @property
    def classes(self) -> int:
        """How many moved to another class."""
        return sum(move.is_of_class for move in self.moves)


def compare(previous: Vintage, current: Vintage) -> Comparison:
    """What moved between two vintages: `results` with what ``archive.vintage_of`` adds.

    Where code, data and parameters are the same, libraries differ: the cause is ``code``.
    """
    tables = sorted(_differences(_figures(previous), _figures(current)))
    other_code = previous["code_hash"] != current["code_hash"]
    parameters = _differences(previous["parameters"], current["parameters"])
    changed = {"data": tables, "code": other_code, "parameters": parameters}
    titled = titles(ReportParameters)
    before, now = (
        {row["target_id"]: Verdict.of(row) for row in vintage["verdicts"]}
        for vintage in (previous, current)
    )
    return Comparison(
        before=_time(previous),
        now=_time(current),
        causes=[name for name, what in changed.items() if what] or ["code"],
        tables=tables[:TABLES_NAMED],
        many=len(tables) if len(tables) > TABLES_NAMED else None,
        code=(previous["code_version"], current["code_version"]) if other_code else None,
        parameters=[
            (titled.get(name, {"title_zh": name, "title_en": name}), _plain(old), _plain(new))
            for name, (old, new) in parameters.items()
        ],
        pairs=[Move(before.get(target), now.get(target)) for target in {**now, **before}],
    )


def _figures(vintage: Vintage) -> dict[str, str]:
    """Hash by name of the tables that results depend on."""
    return {name: code for name, code in vintage["tables"].items() if name not in NO_FIGURES}


def _differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    pairs = {name: (before.get(name), now.get(name)) for name in [*now, *before]}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _plain(value: Any) -> str | None:
    return f"{value:g}" if isinstance(value, float) else None if value is None else str(value)


def _time(vintage: Vintage) -> str:
    return f"{datetime.fromisoformat(vintage['as_of']):%Y-%m-%d %H:%M}"


@dataclass(frozen=True)
class Standing:
    """Where a run stands in the record of its region: the facts of the text ``history``.

    ``same_as`` is the time of the last vintage where the run repeats it, None where it is new;
    ``found`` holds the last vintage (or the new one) against the one before, None where there is
    none before; ``judged`` whether the run has a verdict at all.
    """

    same_as: str | None
    found: Comparison | None
    judged: bool


def stand(past: Sequence[Vintage], current: Vintage) -> Standing:
    """Compare a run with the last vintage of its region under the same scenario.

    Other parameters may differ: what they moved is told. A scenario run between two others is no
    news to them. ``past`` are vintages of every region, oldest first.
    """
    line = [vintage for vintage in past if _line(vintage) == _line(current)]
    is_same = bool(line) and _same(line[-1], current)
    if not is_same:
        line = [*line, current]
    found = compare(line[-2], line[-1]) if len(line) > 1 else None
    return Standing(_time(line[-1]) if is_same else None, found, bool(current["verdicts"]))


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
