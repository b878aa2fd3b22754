"""Tables of the industry targets; nothing is computed here, nothing judged."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pandas as pd

from lvliang.display.show import NOTHING_STYLE, Sentence, Table
from lvliang.display.words import amount, capital, label, number, number_in, quantity, text
from lvliang.feasibility.industries import Industries
from lvliang.feasibility.known_growth import LEVELS, REFERENCES, describe_known, slower_spells

HALF = 50  # the base, as % of the target, that sentences speak of


def each(found: Industries, lang: str) -> list[Table]:
    """One row a target: what is known of it, what growth it asks for, what is missing."""
    rows = []
    for _, row in found.targets.iterrows():
        indicator = row[f"indicator_{lang}"]
        supply = text(
            f"industry_supply.{row['kind']}", lang, base_year=found.base_year, indicator=indicator
        )
        cells = {
            "target": _target(row, lang),
            "needed": capital(_needed(row, found, lang)),
            "outcome": capital(text(f"outcome.{row['outcome']}", lang)),
            "supply": capital(supply),
            "quote": text(
                "commitments.quoted_read",
                lang,
                quote=row["quote"],
                reading=row[f"reading_{lang}"],
            ),
        }
        rows.append({text(f"industry_column.{name}", lang): words for name, words in cells.items()})
    return _table(text("industry_table.targets", lang), rows, cards=True)


def ladder_table(found: Industries, lang: str) -> list[Table]:
    """Growth a year that each base asks for, by deadline."""
    wide = found.ladder.drop_duplicates(["share", "deadline"]).pivot(
        index="share", columns="deadline", values="growth"
    )
    rows = [
        {text("industry_column.share", lang): str(share)}
        | {
            text("industry_column.by", lang, deadline=year): number(growth)
            for year, growth in line.items()
        }
        for share, line in wide.iterrows()
    ]
    return _table(text("industry_table.ladder", lang, base_year=found.base_year), rows)


def held_against(found: Industries, years: Collection[int], lang: str) -> list[Table]:
    """Targets at current prices: growth needed beside past spells, a table a deadline."""
    money = found.ladder[found.ladder["all"].notna() & found.ladder["deadline"].isin(years)]
    tables = []
    for (deadline, span), rows in money.groupby(["deadline", "years"]):
        by_share = [_held(lines, lang) for _, lines in rows.groupby("share")]
        caption = text("industry_table.held", lang, deadline=deadline, years=span)
        tables += _table(caption, by_share)
    return tables


def base_tables(found: Industries, years: Collection[int], lang: str) -> list[Table]:
    """Bases that each percentile of past growth asks for, a table a deadline."""
    tables = []
    for deadline, needed in found.bases[found.bases["deadline"].isin(years)].groupby("deadline"):
        facts = {"base_year": found.base_year, "deadline": deadline}
        caption = text("industry_table.bases", lang, **facts)
        rows = [
            {
                text("industry_column.reference", lang): reference_name(str(name), lang),
                text("industry_column.percentile", lang): str(round(100 * level)),
                text("industry_column.growth", lang): number(lines["growth"].iloc[0]),
            }
            | base_columns(lines, lang)
            for (name, level), lines in needed.groupby(["reference", "level"], sort=False)
        ]
        tables.append(Table(caption, pd.DataFrame(rows), shared=1))
    return tables


def reference_table(found: Industries, lang: str) -> list[Table]:
    """Spells compared with, by length."""
    rows = [
        {
            text("industry_column.years", lang): str(row["years"]),
            text("industry_column.reference", lang): reference_name(row["reference"], lang),
            text("industry_column.spells", lang): str(row["spells"]),
            text("industry_column.cities", lang): str(row["cities"]),
            text("industry_column.starts", lang): str(row["starts"]),
        }
        | {
            text("industry_column.level", lang, percent=round(100 * level)): number(row[level])
            for level in LEVELS
        }
        for _, row in describe_known(found.known).iterrows()
    ]
    return _table(text("industry_table.known", lang), rows)


def price_tables(found: Industries, lang: str) -> list[Sentence | Table]:
    """Changes of coal prices over spells, and the base that a fall of the lowest tenth takes."""
    risk = found.risk
    if risk.empty:
        style = "" if len(found.targets) else NOTHING_STYLE
        return [Sentence(text("industries.no_hold", lang), style)]
    pieces: list[Sentence | Table] = []
    for _, lines in risk.groupby(["value", "years"]):
        first = lines.iloc[0]
        facts = first[["years", "first", "last"]].to_dict() | {"base_year": found.base_year}
        value = amount(first["value"], first["unit"], lang)
        caption = text("industry_table.price", lang, value=value, **facts)
        pieces += _table(caption, [_price_row(row, lang) for _, row in lines.iterrows()])
    note = text("industries.price_note", lang, windows=int(risk["windows"].min()))
    return [*pieces, Sentence(note, "caveat")]


def base_columns(lines: pd.DataFrame, lang: str) -> dict[str, str]:
    """Bases of the targets that share a deadline, the largest first."""
    return {
        text("industry_column.base_of", lang, value=amount(row["value"], row["unit"], lang)): _base(
            row, lang
        )
        for _, row in lines.sort_values("value", ascending=False).iterrows()
    }


def held_words(shares: Mapping[str, float], lang: str) -> str:
    """How many past spells were slower (of ``slower_spells``); "" where there are none."""
    if pd.isna(shares["all"]):
        return ""
    key = "held_all" if pd.isna(shares["alike"]) else "held_both"
    return text(f"industries.{key}", lang, all=shares["all"], alike=shares["alike"])


def reference_name(name: str, lang: str) -> str:
    """What a set of past spells is called."""
    return text(f"industry_reference.{name}", lang)


def _needed(target: pd.Series, found: Industries, lang: str) -> str:
    own = found.deadlines[found.deadlines["commitment_id"] == target["commitment_id"]]
    if pd.notna(target["base_value"]):
        return _from_base(target, own, found.known, lang)
    if target["kind"] == "hold":
        return _hold(target, found, lang)
    if target["kind"] == "verify":
        return text("industry_need.verify", lang)
    same = ["kind", "value", "unit", "deadline"]
    rows = own[same].merge(found.ladder[found.ladder["share"] == HALF], on=same)
    base = quantity(rows["base"].iloc[0], target["unit"], lang)
    growths = text("clause", lang).join(
        _growth(row, row["growth"], lang) for _, row in rows.iterrows()
    )
    year = found.base_year
    return text("industry_need.half", lang, base_year=year, base=base, growths=growths)


def _from_base(target: pd.Series, own: pd.DataFrame, known: pd.DataFrame, lang: str) -> str:
    said = []
    for _, row in own.iterrows():
        growth = _growth(row, row["needed"], lang)
        if target["kind"] == "money":
            growth += held_words(slower_spells(known, row["years"], row["needed"]), lang)
        said.append(growth)
    key = "verify_based" if target["kind"] == "verify" else "based"
    facts = {"year": int(target["base_year"]), "growths": text("clause", lang).join(said)}
    base = quantity(target["base_value"], target["unit"], lang)
    return text(f"industry_need.{key}", lang, base=base, **facts)


def _growth(row: pd.Series, growth: float, lang: str) -> str:
    key = "growth_one" if row["years"] == 1 else "growth"
    return text(f"industry_need.{key}", lang, deadline=row["deadline"], growth=growth)


def _hold(target: pd.Series, found: Industries, lang: str) -> str:
    risk = found.risk[found.risk["value"] == target["value"]]
    worst = risk.loc[risk["base"].idxmax()]
    base = amount(worst["base"], target["unit"], lang, 0)
    value = amount(target["value"], target["unit"], lang)
    facts = {"fall": -worst["low"], "years": worst["years"], "base_year": found.base_year}
    return text("industry_need.hold", lang, value=value, base=base, **facts)


def _target(row: pd.Series, lang: str) -> str:
    asked = text(
        "commitments.at_least",
        lang,
        indicator=capital(row[f"indicator_{lang}"]),
        quantity=quantity(row["value"], row["unit"], lang),
    )
    first, last = int(row["deadline_from"]), int(row["deadline_to"])
    key = "in_year" if first == last else "in_years"
    return text(f"industry_need.{key}", lang, target=asked, first=first, last=last)


def _held(lines: pd.DataFrame, lang: str) -> dict[str, str]:
    row = lines.iloc[0]
    return (
        {text("industry_column.share", lang): str(row["share"])}
        | base_columns(lines, lang)
        | {text("industry_column.growth", lang): number(row["growth"])}
        | {
            text(f"industry_column.{name}", lang): number(row[name], 0)
            for name in REFERENCES
            if pd.notna(row[name])
        }
    )


def _price_row(row: pd.Series, lang: str) -> dict[str, str]:
    share = 100 * row["fell"] / row["spells"]
    cells = {
        "series": capital(label(row["indicator"], lang)),
        "spells": str(row["spells"]),
        "fell": text("industry_column.of_all", lang, count=row["fell"], share=share),
        **{name: number(row[name], 0) for name in ("low", "middle", "high")},
        "base": _base(row, lang),
    }
    return {text(f"industry_column.{name}", lang): words for name, words in cells.items()}


def _base(row: pd.Series, lang: str) -> str:
    return number_in(row["base"], row["unit"], lang, 0)


def _table(caption: str, rows: list[dict[str, str]], *, cards: bool = False) -> list[Table]:
    return [Table(caption, pd.DataFrame(rows), cards)] if rows else []
