"""The facts of the page of the track record: numbers, codes and frames, told by its text."""

from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from lvliang.baseline.package import has_tables
from lvliang.baseline.tables import load_table
from lvliang.feasibility import announced, record
from lvliang.feasibility.rivals import YEARS_NEEDED

NEAR = 3.0  # points between mean chance and frequency that are called equal
SHARES = ["cover80", "cover90", "chance", "came"]


def track_record_facts(
    scores: pd.DataFrame, groups: dict[str, list[str]], region_code: str, base_year: int
) -> dict[str, Any]:
    """How the engine and its rivals fared (``scores`` of `backtest`); shares are in %.

    Frames, by horizon: ``methods`` (of all cities), ``engine`` and ``without`` (by group; the
    latter of windows that do not reach the base year) of `summarise_record`, and ``skill``.
    ``groups`` (codes); ``cover`` (of the 90 % band, by group and horizon); ``longest`` horizon, its
    ``origins`` and the ``cities`` of the record; ``not_run``: statistical models not compared;
    `hindcast_facts`, `chance_facts`, `origin_facts`. Without a record all are empty or None.
    """
    summary = _in_percent(record.summarise_record(scores, groups))
    engine = summary[summary["method"] == record.ENGINE]
    earlier = scores[scores["origin"] + scores["horizon"] < base_year]
    without = _in_percent(record.summarise_record(earlier, groups))
    longest = max(engine["horizon"], default=None)
    return {
        "methods": summary[summary["group"] == "all"],
        "engine": engine,
        "without": without[without["method"] == record.ENGINE],
        "skill": record.brier_skill(scores),
        "groups": list(engine["group"].unique()),
        "cover": {
            group: dict(zip(lines["horizon"], lines["cover90"], strict=True))
            for group, lines in engine.groupby("group")
        },
        "longest": longest,
        "origins": engine.loc[engine["horizon"] == longest, "origins"].max(),
        "cities": engine["cities"].max(),
        "not_run": sorted(set(YEARS_NEEDED) - set(summary["method"])) if len(summary) else [],
        "hindcasts": hindcast_facts(record.hindcasts(scores, region_code)),
        **chance_facts(
            record.reliability(scores, groups.get("all", [])), record.decompose(scores, groups)
        ),
        **origin_facts(record.by_origin(scores, groups)),
    }


def chance_facts(bins: pd.DataFrame, parts: pd.DataFrame) -> dict[str, Any]:
    """Whether chances were right, of `reliability` for all cities and `decompose`.

    ``parts`` by horizon; ``bins``, of which ``bin`` tells the bounds (%); where there are any,
    ``of_all`` (the parts of all cities), ``at_longest`` (``chance`` and ``came`` by group) and its
    ``side``: whether the chances of all cities were ``near``, too ``high`` or too ``low``.
    """
    if parts.empty:
        return {"bins": bins, "parts": parts}
    width = 100 // record.BINS
    bounds = [f"{width * place}–{width * (place + 1)}" for place in bins["bin"]]
    parts = _in_percent(parts)
    longest = parts[parts["horizon"] == parts["horizon"].max()].set_index("group")
    gap = longest.loc["all", "chance"] - longest.loc["all", "came"]
    return {
        "bins": _in_percent(bins).assign(bin=bounds),
        "parts": parts,
        "of_all": parts[parts["group"] == "all"].to_dict("records"),
        "at_longest": longest[["chance", "came"]].to_dict("index"),
        "side": "near" if abs(gap) < NEAR else "high" if gap > 0 else "low",
    }


def hindcast_facts(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Forecasts for the city and what came (``table`` of `hindcasts`), a dict a horizon.

    ``years`` (the horizon), ``lines`` (the rows, with ``band``: whether the outcome is ``inside``
    or ``outside`` the 90 % band), ``first`` and ``last`` origin, how many are ``held`` in the
    band, and the ``worst``: the row of the largest error.
    """
    band = np.where(table["in90"].astype(bool), "inside", "outside")
    return [
        {
            "years": years,
            "lines": lines,
            "first": lines["origin"].min(),
            "last": lines["origin"].max(),
            "held": (lines["band"] == "inside").sum(),
            "worst": lines.loc[(lines["q50"] - lines["outcome"]).abs().idxmax()].to_dict(),
        }
        for years, lines in table.assign(band=band).groupby("horizon")
    ]


def origin_facts(table: pd.DataFrame) -> dict[str, Any]:
    """The engine at each origin, of `by_origin`; None for what there is not.

    ``by_origin``: ``horizon, origin``, and ``rmse``, ``bias`` and ``cover90`` (%) after the group,
    ``all`` or ``province``, as ``all_rmse``; ``first`` and ``last`` origin of the longest horizon;
    ``industry`` (first ``origin``, ``cities``); ``worst`` error of a year (``origin, year, rmse``).
    """
    shown = _in_percent(table[table["group"].isin(["all", "province"])])
    wide = shown.pivot(
        index=["horizon", "origin"], columns="group", values=["rmse", "bias", "cover90"]
    )
    wide.columns = [f"{group}_{score}" for score, group in wide.columns]
    longest = table.loc[table["horizon"] == table["horizon"].max(), "origin"]
    industry = table[table["group"] == "industry"]
    of_one_year = shown[(shown["group"] == "all") & (shown["horizon"] == 1)]
    worst = of_one_year.sort_values("rmse", ascending=False, kind="stable")[["origin", "rmse"]]
    worst = worst.assign(year=worst["origin"] + 1).to_dict("records")
    return {
        "by_origin": wide.reset_index(),
        "first": longest.min(),
        "last": longest.max(),
        "industry": {"origin": industry["origin"].min(), "cities": industry["cities"].max()}
        if len(industry)
        else None,
        "worst": worst[0] if worst else None,
    }


def _in_percent(table: pd.DataFrame) -> pd.DataFrame:
    """Rows in the order of their horizons, shares in %."""
    shares = table.columns.intersection(SHARES)
    return table.assign(**100 * table[shares]).sort_values("horizon", kind="stable")


def met_facts(targets: pd.DataFrame, region_code: str, later: pd.DataFrame) -> dict[str, Any]:
    """How often announced targets were met (`announced_targets`).

    Apart from all else, those of ``later`` years: ``all_years`` is ``by_year`` with them, by
    ``kind``; ``runs`` and ``later_runs`` (rows of `met_in_turn`).
    ``by_year`` (`met_by_year`, the ``share`` in %), its ``best`` and ``worst`` row, ``first`` and
    ``last`` year; ``ambition`` and ``above_province`` (rows of `met_by_ambition`); ``spans``
    (`met_over_years` without overlap, the last first); ``targets`` and ``cities``: how many;
    ``own``: ``targets`` of the city, and how many it ``met``, or None.
    """
    by_year = announced.met_by_year(targets).reset_index(names="year")
    if targets.empty:
        return {"by_year": by_year}
    parts = {"actual": by_year, "later": announced.met_by_year(later).reset_index(names="year")}
    for part in parts.values():
        part["share"] *= 100
    codes = targets.index.get_level_values("region_code")
    ranked = by_year.sort_values("share", kind="stable").to_dict("records")
    first, last = by_year["year"].min(), by_year["year"].max()
    ends = range(last, first, -announced.SPAN)
    spans = [announced.met_over_years(targets, year) for year in ends]
    own = targets.loc[codes == region_code, "met"]
    by_class = {
        measure: announced.met_by_ambition(targets, measure).to_dict("records")
        for measure in ("ambition", "above_province")
    }
    return {
        **by_class,
        "by_year": by_year,
        "all_years": pd.concat(
            [part.assign(kind=kind) for kind, part in parts.items() if len(part)]
        ),
        "runs": announced.met_in_turn(targets).to_dict("records"),
        "later_runs": announced.met_in_turn(later).to_dict("records"),
        "best": ranked[-1],
        "worst": ranked[0],
        "first": first,
        "last": last,
        "spans": [span for span in spans if span],
        "targets": len(targets),
        "cities": codes.nunique(),
        "own": {"targets": len(own), "met": own.sum()} if len(own) else None,
    }


def registered_facts(base_year: int) -> dict[str, Any] | None:
    """The first file of forecasts registered of origins up to ``base_year``; None without one.

    ``file`` (below the data folder), ``origin``, ``known_at, registered_on`` (dates), ``commit``.
    """
    if not has_tables("registered"):
        return None
    files = load_table("registered")
    known = files[files["origin"] <= base_year]
    if known.empty:
        return None
    first = known.iloc[0]
    return {
        **first[["file", "origin"]],
        "known_at": date.fromisoformat(f"{first['known_at']}-01"),
        "registered_on": date.fromisoformat(first["registered_on"]),
        "commit": first["commit"][:7],
    }
