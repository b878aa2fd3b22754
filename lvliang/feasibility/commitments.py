"""What can be said of each commitment of the report: a verdict where there is one, else why not.

``outcome_rule`` of ``commitments.csv`` decides. Only what is completed, reached or held can have a
verdict, with the evidence of the verdict table; preparation, approval and start are milestones;
what is carried forward or forged has no end test; a definition in doubt is verified first.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from lvliang.baseline.growth import average_growth
from lvliang.baseline.tables import load_table
from lvliang.errors import ParameterError
from lvliang.feasibility.bands import CANNOT_TELL
from lvliang.feasibility.fields import COMMITTED
from lvliang.feasibility.verdict_facts import class_counts
from lvliang.feasibility.verdicts import Missing, Verdict, Verdicts, columns

OUTCOMES = ("closed", "verdict", "milestone", "no_end_test", "verify_definition", "cannot_tell")
FROM_VERDICTS = [column.name for column in columns(COMMITTED)]
FOUND = ["needed_per_year", "needed_growth", "known", "outcome", "verdict", "over", "beyond_run"]
ADDED = [*FOUND, *FROM_VERDICTS]
WORK_AREAS = {
    "主要预期目标": "main_targets",
    "“十四五”末目标": "plan_goals",
    "百千亿产业培育工程": "industries",
    "创新生态建设工程": "innovation",
    "项目建设提速增效工程": "projects",
    "改革攻坚工程": "reform",
    "乡村振兴工程": "countryside",
    "市域性中心城市建设工程": "central_city",
    "生态吕梁建设工程": "ecology",
    "民生福祉增进工程": "well_being",
    "平安吕梁建设工程": "safety",
    "高效有为政府建设工程": "government",
}
SEARCHED = ["indicator_zh", "indicator_en", "quote", "place", "reading_zh", "reading_en"]


@dataclass(frozen=True)
class Known:
    """A fact of the review; whether it is a commitment's base, and only bounds from below."""

    indicator_zh: str
    indicator_en: str
    value: float
    unit: str
    year: int
    period: str
    is_base: bool
    is_lower_bound: bool

    @property
    def years(self) -> list[str]:
        """Its year, or the first and the last of several."""
        return [str(self.year)] if self.period == "annual" else self.period.split("/")


def judge_commitments(verdicts: Verdicts, base_year: int, end_year: int) -> pd.DataFrame:
    """Say of each commitment what can be said, as known at ``base_year``.

    ``verdicts`` are of ``assess``; the main targets have the same names here and there. Where none
    of them is, the report is another region's or not yet known, and there are no commitments.

    One row a commitment: the columns of ``commitments.csv``; ``needed_per_year``: units a year,
    ``(value - base) / years`` from the base to the deadline, or what a count of the coming year
    asks for; ``needed_growth``: % a year, ``(value / base) ** (1 / years) - 1``, but for a share,
    which moves in points (neither once the deadline is over); ``known``: what is `Known` of the
    same thing; ``outcome``: one of `OUTCOMES`; the ``verdict`` on it; whether the deadline is
    ``over``, or ``beyond_run``: after ``end_year``; `FROM_VERDICTS`, and of those ``missing``: why
    it cannot be told (`Missing`).
    """
    table = load_table("report_commitments")
    facts = load_table("report_facts").set_index("figure_id")
    facts = facts[facts["year"] <= base_year]
    judged = verdicts.by_id
    if not table["commitment_id"].isin(list(judged)).any():
        table = table.iloc[:0]
    rows = [
        _needed(row, base_year)
        | _said(row, judged)
        | {
            "known": _known(row, facts),
            "over": _year(row["deadline_to"]) <= base_year,
            "beyond_run": _year(row["deadline_from"]) > end_year,
        }
        for _, row in table.iterrows()
    ]
    return table.join(pd.DataFrame(rows, columns=ADDED, index=table.index))


def counts_by_outcome(commitments: pd.DataFrame) -> dict[str, int]:
    """How many have each outcome, in the order of `OUTCOMES`."""
    return {name: int((commitments["outcome"] == name).sum()) for name in OUTCOMES}


def filter_commitments(
    commitments: pd.DataFrame,
    *,
    work_area: str = "",
    stage: str = "",
    outcome: str = "",
    text: str = "",
) -> pd.DataFrame:
    """Rows of `judge_commitments` that fit all that is given; "" leaves it open.

    ``text`` is part of the name in either language, of the words of the report, the place or the
    reading, each of the others a value of that column; a `ParameterError` if it is none.
    """
    kept = commitments
    for name, wanted in (("work_area", work_area), ("stage", stage), ("outcome", outcome)):
        legal = OUTCOMES if name == "outcome" else commitments[name].unique()
        if wanted and wanted not in legal:
            raise ParameterError(f"{name}: {wanted!r} is not legal; legal: {', '.join(legal)}")
        kept = kept[(kept[name] == wanted) | (wanted == "")]
    searched = kept[SEARCHED[0]].str.cat(kept[SEARCHED[1:]], sep="\n")
    return kept[searched.str.contains(text, case=False, regex=False)]


def commitment_facts(commitments: pd.DataFrame) -> dict[str, Any]:
    """Commitments of `judge_commitments`, counted, and by part of the report.

    ``total``; ``counts`` by outcome; ``classes``: how many in each, best first, of those ``closed``
    and those with a ``verdict``; how many are over and ``unsettled``; ``parts`` by code (of
    ``WORK_AREAS``): ``anchor``, ``total``, ``counts`` and ``rows``. A row has the columns,
    ``sign`` (none for an exact figure), ``date`` (of a deadline that is a day), ``needed_unit``,
    and the places that its name in Chinese (``places_zh``) or the words quoted (``places_en``) do
    not tell (`_places`).
    """
    classes = {
        name: class_counts(Verdicts(commitments.loc[commitments["outcome"] == name, "verdict"]))
        for name in ("closed", "verdict")
    }
    plain = commitments.astype(object).where(commitments.notna(), None)
    return {
        "total": len(commitments),
        "counts": counts_by_outcome(commitments),
        "classes": classes,
        "unsettled": int((commitments["over"] & (commitments["outcome"] != "closed")).sum()),
        "parts": {
            WORK_AREAS[str(area)]: {
                "anchor": f"part-{rows['commitment_id'].iloc[0]}",
                "total": len(rows),
                "counts": counts_by_outcome(rows),
                "rows": [_row(row) for row in rows.to_dict("records")],
            }
            for area, rows in plain.groupby("work_area", sort=False)
        },
    }


def _row(row: dict[Any, Any]) -> dict[str, Any]:
    exact = row["type"] == "rank" or (row["type"] == "share" and row["value"] == 100)
    signs = {} if exact else {"at_least": "≥", "at_most": "≤"}
    deadline = row["deadline_from"]
    return row | {
        "sign": signs.get(row["direction"], ""),
        "date": date.fromisoformat(deadline) if "-" in deadline else None,
        "needed_unit": "百分点" if row["type"] == "share" else row["unit"],
        "places_zh": _places(row, row["indicator_zh"]),
        "places_en": _places(row, row["quote"] + row["reading_en"]),
    }


def _places(row: dict[Any, Any], told: str) -> dict[str, Any] | None:
    """Places that are not ``told``; those before 等 and a number are some of many."""
    places = [place for place in row["place"].split(";") if place and place not in told]
    if not places:
        return None
    together = "".join(places)
    others = re.search(rf"{re.escape(places[-1])}[^，。；、]*等\d", row["quote"])
    return {
        "names": [together] if together in row["quote"] else places,
        "others": others is not None,
    }


def _said(row: pd.Series, judged: dict[str, Verdict]) -> dict[str, Any]:
    """Outcome, what is missing, and the verdict where the verdict table has the target."""
    found = judged.get(row["commitment_id"])
    values = found.row() if found else {}
    verdict = {name: values[name] for name in FROM_VERDICTS if found} | {"verdict": found}
    rule, told = row["outcome_rule"], found and ("closed" if found.outcome else "verdict")
    told = told if found and found.class_ != CANNOT_TELL else CANNOT_TELL
    outcome = rule if rule in OUTCOMES else told
    if outcome == CANNOT_TELL:
        verdict = {"class": CANNOT_TELL, "missing": Missing(rule)} | verdict
    return {"class": "", "missing": None, "near_edge": False} | verdict | {"outcome": outcome}


def _needed(row: pd.Series, base_year: int) -> dict[str, float]:
    """Units a year and growth a year; a count of every county is a state, not a year's work."""
    deadline = _year(row["deadline_to"])
    first, last = row["base_value"], row["value"]
    if pd.notna(first) and deadline > max(row["base_year"], base_year):
        years = int(deadline - row["base_year"])
        per_year = {"needed_per_year": (last - first) / years}
        growth = {"needed_growth": average_growth(first, last, years)}
        return per_year if row["type"] == "share" else per_year | growth
    a_state = row["scope"] == "县" and row["direction"] == "at_least"
    of_the_year = row["type"] in ("count", "change") and deadline == base_year + 1
    return {"needed_per_year": last} if of_the_year and not a_state else {}


def _known(row: pd.Series, facts: pd.DataFrame) -> Known | None:
    if row["fact_id"] not in facts.index:
        return None
    fact = facts.loc[row["fact_id"]]
    return Known(
        **fact[["indicator_zh", "indicator_en", "value", "unit", "year", "period"]],
        is_base=pd.notna(row["base_value"]),
        is_lower_bound=fact["bound"] == "lower",
    )


def _year(date: str) -> float:
    return float(date[:4]) if date else float("nan")
