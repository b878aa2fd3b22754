"""The facts of the page of industries: numbers, codes and frames, told by its text."""

from __future__ import annotations

from typing import Any

import pandas as pd

from lvliang.baseline.history import APART
from lvliang.feasibility.commitments import OUTCOMES
from lvliang.feasibility.industries import SHARES, Industries
from lvliang.feasibility.known_growth import (
    LEVELS,
    MEDIAN,
    REFERENCES,
    describe_known,
    slower_spells,
)

HALF = 50  # the base, as % of the target, that sentences speak of


def industry_facts(found: Industries) -> dict[str, Any]:
    """What the targets ask for, the inverse, and what both are held against.

    Returns
    -------
    dict
        ``targets`` (`needs`), how many have each of the ``outcomes`` and how many are ``based``;
        in the ``year`` of most: ``half`` (a row of the ladder), ``medians`` (the ``bases`` at the
        median ``growth``, by ``reference``) and `_curves`. By deadline: ``ladder`` (share of the
        target by deadline: growth, % a year), ``held`` and ``bases``, whose ``rows`` are
        `by_target`. Rows of targets: ``read_each`` (a list a sentence of the report),
        ``uncompared``, ``unverified``. `_known` and `_prices`; ``own`` (`standing`), ``apart``.
    """
    targets, ladder, bases = found.targets, found.ladder, found.bases
    half = (ladder["share"] == HALF) & (ladder["deadline"] == found.year)
    money = ladder[ladder["all"].notna()]
    told = ["growth", *REFERENCES]
    wide = ladder.drop_duplicates(["share", "deadline"])
    return {
        "year": found.year,
        "targets": needs(found),
        "outcomes": {name: int((targets["outcome"] == name).sum()) for name in OUTCOMES},
        "based": int(targets["base_value"].notna().sum()),
        "half": _first(ladder[half & (ladder["kind"] == "money")]),
        "ladder": wide.pivot(index="share", columns="deadline", values="growth").reset_index(),
        "held": [
            {"deadline": year, "years": rows["years"].iloc[0], "rows": by_target(rows, told)}
            for year, rows in money.groupby("deadline")
        ],
        "bases": [
            {"deadline": year, "rows": by_target(rows, [], "reference", "level", "growth")}
            for year, rows in bases.groupby("deadline")
        ],
        "read_each": [
            _rows(rows)
            for _, rows in targets[targets["assumed"] == "each"].groupby("quote", sort=False)
        ],
        "uncompared": _rows(targets[targets["kind"].isin(["capacity", "quantity"])]),
        "unverified": _rows(targets[targets["kind"] == "verify"]),
        "own": found.own,
        "apart": APART,
        **_curves(found, bases[bases["deadline"] == found.year]),
        **_known(found),
        **_prices(found),
    }


def needs(found: Industries) -> list[dict[Any, Any]]:
    """Rows of the targets, each with its ``growths`` and, where it is to be held, the ``worst``.

    Growths are rows: ``deadline, years, growth`` (% a year from the base, or from ``half`` of the
    target) and, at current prices from a base that is stated, `slower_spells`; ``worst`` is the
    row of ``price_risk`` that asks for the largest base.
    """
    same = ["kind", "value", "unit", "deadline"]
    half = found.ladder.loc[found.ladder["share"] == HALF, [*same, "base", "growth"]]
    rows = found.deadlines.merge(half.rename(columns={"base": "half"}), how="left", on=same)
    rows["growth"] = rows["needed"].fillna(rows["growth"])
    held = rows[(rows["kind"] == "money") & rows["needed"].notna()]
    slower = [slower_spells(found.known, row.years, row.needed) for row in held.itertuples()]
    rows = rows.join(pd.DataFrame(slower, held.index, list(REFERENCES)))
    growths = {name: _rows(group) for name, group in rows.groupby("commitment_id")}
    worst = {
        value: group.loc[group["base"].idxmax()].to_dict()
        for value, group in found.risk.groupby("value")
    }
    targets = found.targets.astype({"deadline_from": int, "deadline_to": int}).assign(
        growths=found.targets["commitment_id"].map(growths),
        worst=found.targets["value"].map(worst),
    )
    return _rows(targets)


def by_target(rows: pd.DataFrame, told: list[str], *keys: str) -> pd.DataFrame:
    """Bases, a row for each of ``keys`` (else ``share``) and a column a target, largest first.

    Behind them stands what is ``told`` of a row, as far as it is known.
    """
    index = list(keys) or ["share"]
    bases = rows.pivot(index=index, columns="value", values="base").iloc[:, ::-1]
    beside = rows.drop_duplicates(index).set_index(index)[told].dropna(axis=1)
    return bases.reindex(beside.index).join(beside).reset_index()


def _curves(found: Industries, bases: pd.DataFrame) -> dict[str, Any]:
    """``curves`` from ``years`` before, their ends, those of ``SHARES``, and the bases beside.

    ``curve_ends`` (of each target the row of its lowest and of its highest base), ``curve_table``
    (`by_target`), ``bases_at_year``, ``medians``, the ``largest`` base at the median of all, and
    the ``past``: ``low, median, high`` growth and the years from ``first`` to ``last``; empty
    without spells.
    """
    curves, middle = found.curves, bases[bases["level"] == MEDIAN]
    years = next(iter(curves["years"]), None)
    of_all = middle[middle["reference"] == "all"]
    every = bases[bases["reference"] == "all"].drop_duplicates("level").set_index("level")
    spells = found.known[found.known["years"] == years]
    past = {}
    if years and len(every):
        ends = {"low": LEVELS[0], "median": MEDIAN, "high": LEVELS[-1]}
        past = {name: every.loc[level, "growth"] for name, level in ends.items()}
        past |= {"first": spells["start"].min(), "last": spells["start"].max() + years}
    groups = [_rows(line) for _, line in curves.groupby("value")]
    return {
        "curves": curves,
        "years": years,
        "curve_ends": [(line[0], line[-1]) for line in groups],
        "curve_table": by_target(curves[curves["share"].isin(SHARES)], ["growth"]),
        "bases_at_year": bases,
        "largest": _first(of_all.sort_values("value", ascending=False)),
        "medians": [
            {"reference": name, "growth": rows["growth"].iloc[0], "bases": _rows(rows)}
            for name, rows in middle.groupby("reference", sort=False)
        ],
        "past": past,
    }


def _known(found: Industries) -> dict[str, Any]:
    """Spells ``known`` (a row a length and reference) and the rows ``behind`` the curves.

    Those have ``few`` where a few start years hold nine tenths of the spells.
    """
    known = describe_known(found.known)
    behind = [row for row in _rows(known) if row["years"] in set(found.curves["years"])]
    columns = ["years", "reference", "spells", "cities", "starts", *LEVELS]
    return {
        "known": known.reindex(columns=columns),
        "behind": [row | {"few": 2 * len(row["crowded"]) < row["starts"]} for row in behind],
    }


def _prices(found: Industries) -> dict[str, Any]:
    """Changes of coal ``prices`` by target, and the first target to ``hold``; None without one."""
    risk = found.risk.assign(fell_share=100 * found.risk["fell"] / found.risk["spells"])
    prices = [_rows(rows) for _, rows in risk.groupby(["value", "years"])]
    held = found.targets[found.targets["kind"] == "hold"]
    windows = {"windows": risk["windows"].min()}
    return {
        "prices": [rows[0] | {"rows": rows} for rows in prices],
        "hold": _rows(held)[0] | _rows(risk)[0] | windows if len(held) else None,
    }


def _rows(frame: pd.DataFrame) -> list[dict[Any, Any]]:
    return frame.to_dict("records")


def _first(frame: pd.DataFrame) -> dict[Any, Any] | None:
    return next(iter(_rows(frame)), None)
