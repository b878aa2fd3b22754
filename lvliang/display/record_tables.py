"""Tables and sentences of the track record."""

from __future__ import annotations

from datetime import date
from itertools import product

import pandas as pd

from lvliang.display.show import Formula, Sentence, Table
from lvliang.display.words import NOTHING, number, target_name, text
from lvliang.feasibility.record import ENGINE, RecordLine
from lvliang.feasibility.rival_file import YEARS_NEEDED
from lvliang.feasibility.verdicts import Verdict, Verdicts

COVERS = ("cover80", "cover90")
SCORES = ("rmse", "bias", "crps", *COVERS)
SHARES = (*COVERS, "chance", "came")
MURPHY = r"B \approx \sum_k w_k (p_k - y_k)^2 - \sum_k w_k (y_k - y)^2 + y (1 - y)"
PARTS = ("chance", "came", "brier", "reliability", "resolution", "uncertainty")


def answer(summary: pd.DataFrame, lang: str) -> Sentence:
    """How the bands held, with the number of origins behind the five-year line."""
    if summary.empty:
        return Sentence(text("record.none", lang), "headline")
    own = summary[(summary["method"] == ENGINE) & (summary["group"] == "all")]
    lines = own.set_index("horizon")
    covers = {f"cover{years}": 100 * lines.loc[years, "cover90"] for years in lines.index}
    facts = covers | {"cities": lines["cities"].max(), "origins5": int(lines.loc[5, "origins"])}
    return Sentence(text("record.answer", lang, **facts), "headline")


def methods(summary: pd.DataFrame, lang: str) -> list[Table]:
    """Every method, all cities."""
    rows = summary[summary["group"] == "all"]
    return _table(text("record_table.all", lang), rows, "method", lang)


def groups(summary: pd.DataFrame, *, city: str, lang: str) -> list[Table]:
    """The engine by group of cities."""
    rows = summary[summary["method"] == ENGINE]
    caption = text("record_table.groups", lang, groups=_named(rows["group"], lang, city))
    return _table(caption, rows, "group", lang)


def without(summary: pd.DataFrame, year: int, lang: str) -> list[Table]:
    """The engine on windows that do not reach ``year``."""
    rows = summary[summary["method"] == ENGINE]
    caption = text("record_table.without", lang, year=year)
    return _table(caption, rows, "group", lang)


def origins(table: pd.DataFrame, lang: str) -> list[Table]:
    """The engine at each origin, all cities and the province; a city alone is charted."""
    table = table[table["group"].isin(["all", "province"])]
    if table.empty:
        return []
    heads = [text(f"record_column.{key}", lang) for key in ("horizon", "origin")]
    rows = []
    for (horizon, origin), lines in table.groupby(["horizon", "origin"]):
        row = dict(zip(heads, [str(horizon), str(origin)], strict=True))
        found = lines.set_index("group")
        for group, score in product(table["group"].unique(), ("rmse", "bias", "cover90")):
            held = group in found.index
            shown = _score(score, found.loc[group, score]) if held else NOTHING
            row[text(f"record_origin.{group}_{score}", lang)] = shown
        rows.append(row)
    caption = text("record_table.origins", lang, groups=_named(table["group"], lang))
    return [Table(caption, pd.DataFrame(rows), shared=1)]


def limits(table: pd.DataFrame, lang: str) -> list[Sentence]:
    """How far the record may be trusted, and at which origin the engine erred most."""
    rows = table[(table["group"] == "all") & (table["horizon"] == 1)]
    if rows.empty:
        return []
    worst = rows.loc[rows["rmse"].idxmax()]
    origin = int(worst["origin"])
    facts = {"origin": origin, "year": origin + 1, "rmse": worst["rmse"]}
    return [Sentence(text("record.limits", lang, **facts), "caveat")]


def registered(files: pd.DataFrame, lang: str) -> list[Sentence]:
    """Which forecasts stand in the data as they were made (``files`` of `load_registered`)."""
    if files.empty:
        return []
    first = files.iloc[0]
    facts = {
        "origin": first["origin"],
        "known_at": date.fromisoformat(f"{first['known_at']}-01"),
        "registered_on": date.fromisoformat(first["registered_on"]),
        "file": f"data/{first['file']}",
        "commit": first["commit"][:7],
    }
    return [Sentence(text("record.registered", lang, **facts), "note")]


def notes(summary: pd.DataFrame, lang: str) -> list[Sentence]:
    """How rivals are read, where there are any."""
    if summary.empty:
        return []
    return [Sentence(text(f"record.{name}", lang), "note") for name in ("distribution", "control")]


def industry(table: pd.DataFrame, lang: str) -> list[Sentence]:
    """What the group of cities with a high secondary-sector share is, and is not."""
    rows = table[table["group"] == "industry"]
    if rows.empty:
        return []
    facts = {"origin": int(rows["origin"].min()), "cities": int(rows["cities"].max())}
    return [Sentence(text("record.industry", lang, **facts), "note")]


def parts(table: pd.DataFrame, lang: str) -> list[Table | Sentence | Formula]:
    """Brier score of the engine taken apart, by horizon and group, and how."""
    if table.empty:
        return []
    caption = text("record_table.parts", lang, groups=_named(table["group"], lang))
    shown = _table(caption, table, "group", lang, PARTS, 3)
    said = chances(table, lang)
    return [*shown, *said, Formula(MURPHY), Sentence(text("record.parts", lang), "note")]


def chances(table: pd.DataFrame, lang: str) -> list[Sentence]:
    """What was given and what came at the longest horizon, by group (``table`` of `decompose`)."""
    if table.empty:
        return []
    longest = table[table["horizon"] == table["horizon"].max()]
    groups = text("semicolon", lang).join(
        text(
            "record.chance",
            lang,
            group=text(f"record_group.{row['group']}", lang),
            chance=100 * row["chance"],
            came=100 * row["came"],
        )
        for _, row in longest.iterrows()
    )
    facts = {"years": int(longest["horizon"].max()), "origins": int(longest["origins"].max())}
    return [Sentence(text("record.chances", lang, groups=groups, **facts))]


def statistical(summary: pd.DataFrame, lang: str) -> list[Sentence]:
    """What to do where the statistical models have not been run on these tables."""
    if summary.empty or set(YEARS_NEEDED) <= set(summary["method"]):
        return []
    return [Sentence(text("record.statistical", lang), "note")]


def skill(table: pd.DataFrame, lang: str) -> list[Table]:
    """Brier skill against each rival, with its bound."""
    caption = text("record_table.skill", lang)
    return _table(caption, table, "method", lang, ("skill", "lower"))


def beside(verdicts: Verdicts, lang: str) -> list[Sentence]:
    """What stands beside each growth verdict: its record, its reference class, the simple rule."""
    return [
        Sentence(_beside(one, lang), "note")
        for one in verdicts.rated
        if one.required_rate is not None
    ]


def _beside(verdict: Verdict, lang: str) -> str:
    clauses = [_record_words(verdict, lang)]
    if verdict.reference_class:
        facts = verdict.reference_class.plain() | {"percentile": verdict.reference_percentile}
        clauses.append(text(f"record.percentile_{facts.pop('kind')}", lang, **facts))
    if verdict.eurostat_status and verdict.eurostat_basis:
        status = text(f"eurostat.{verdict.eurostat_status}", lang)
        key = "eurostat_nominal" if verdict.target.price_basis == "constant" else "eurostat"
        facts = verdict.eurostat_basis.plain()
        clauses.append(text(f"record.{key}", lang, status=status, **facts))
    joined = text("semicolon", lang).join(clauses)
    return text("record.beside", lang, target=target_name(verdict.target, lang), clauses=joined)


def _record_words(verdict: Verdict, lang: str) -> str:
    """The line of the record, or why there is none."""
    if verdict.record:
        return line_words(verdict.record, lang)
    if verdict.beyond_record is not None:
        return text("record.beyond", lang, years=verdict.beyond_record)
    return text("record.no_own", lang)


def line_words(line: RecordLine, lang: str) -> str:
    """The line of the record that applies to a verdict, and how the city itself fared."""
    said = text(
        "record.line",
        lang,
        group=text(f"record_group.{line.group}", lang),
        horizon=line.horizon,
        origins=line.fared.origins,
        cover=100 * line.fared.cover90,
        error=_erred(line.fared.bias, lang),
    )
    own = line.own
    if own is None:
        return said
    facts = {"origins": own.origins, "held": round(own.cover90 * own.origins)}
    return said + text("record.own", lang, error=_erred(own.bias, lang), **facts)


def _erred(bias: float, lang: str) -> str:
    points = round(bias, 1)
    side = "even" if points == 0 else "too_high" if points > 0 else "too_low"
    return text(f"record.{side}", lang, points=abs(points))


def _named(groups: pd.Series, lang: str, city: str = "") -> str:
    """The groups by name, the city by its own."""
    names = [
        city if group == "city" else text(f"record_group.{group}", lang)
        for group in groups.unique()
    ]
    return text("comma", lang).join(names)


def _table(
    caption: str,
    table: pd.DataFrame,
    key: str,
    lang: str,
    scores: tuple[str, ...] = SCORES,
    decimals: int = 2,
) -> list[Table]:
    """Scores by ``key``; a horizon and the origins behind it are told once above its rows."""
    if table.empty:
        return []
    rows = [
        {
            text("record_column.horizon", lang): str(row["horizon"]),
            text("record_column.origins", lang): str(row["origins"]),
            text(f"record_column.{key}", lang): text(f"record_{key}.{row[key]}", lang),
        }
        | {
            text(f"record_column.{score}", lang): _score(score, row[score], decimals)
            for score in scores
            if score in table
        }
        for _, row in table.sort_values("horizon", kind="stable").iterrows()
    ]
    return [Table(caption, pd.DataFrame(rows), shared=2)]


def _score(score: str, value: float, decimals: int = 2) -> str:
    return number(100 * value, 0) if score in SHARES else number(value, decimals)
