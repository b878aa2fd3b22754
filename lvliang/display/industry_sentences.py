"""Sentences of the industry targets: what half a target would ask for, and the inverse."""

from __future__ import annotations

import pandas as pd

from lvliang.baseline.history import APART
from lvliang.display.industry_tables import HALF, held_words, reference_name
from lvliang.display.show import Formula, Sentence
from lvliang.display.words import amount, capital, label, text
from lvliang.feasibility.commitments import OUTCOMES
from lvliang.feasibility.industries import Industries
from lvliang.feasibility.known_growth import describe_known

MEDIAN = 0.5
GROWTH_NEEDED = r"g = (T / B)^{1/n} - 1, \qquad B = \frac{T}{(1 + g)^n}"


def answer(found: Industries, *, region: str, lang: str) -> list[Sentence]:
    """How many targets have a base, what half a target would ask for, and the inverse."""
    targets = found.targets
    if targets.empty:
        return [Sentence(text("industries.none", lang, region=region), "headline")]
    counts = targets["outcome"].value_counts()
    said = text("comma", lang).join(
        text(f"outcome_count.{name}", lang, count=counts[name])
        for name in OUTCOMES
        if name in counts
    )
    facts = {"total": len(targets), "based": int(targets["base_value"].notna().sum())}
    headline = text("industries.answer", lang, region=region, counts=said, **facts)
    return [
        Sentence(headline, "headline"),
        *_half(found, lang),
        *_inverse(found, lang),
        *_price(found, lang),
        Sentence(text("industries.no_verdict", lang), "note"),
    ]


def reading(found: Industries, lang: str) -> list[Sentence | Formula]:
    """How the curves are worked out and read, and which industries are read each for itself."""
    assumed = found.targets[found.targets["assumed"] == "each"]
    groups = [
        text("comma", lang).join(group[f"indicator_{lang}"])
        for _, group in assumed.groupby("quote", sort=False)
    ]
    pieces: list[Sentence | Formula] = []
    if not found.targets.empty:
        pieces = [Formula(GROWTH_NEEDED), Sentence(text("industries.chart_note", lang))]
    if groups:
        names = capital(text("semicolon", lang).join(groups))
        pieces.append(Sentence(text("industries.each", lang, names=names)))
    return pieces


def no_comparison(found: Industries, lang: str) -> list[Sentence]:
    """Which targets have no past growth to be held against, and whose definition comes first."""
    kinds = found.targets["kind"]
    facts = {
        name: text("comma", lang).join(found.targets.loc[kinds.isin(wanted), f"indicator_{lang}"])
        for name, wanted in (("names", ["capacity", "quantity"]), ("verify", ["verify"]))
    }
    keys = {"names": "industries.no_comparison", "verify": "industries.verify_first"}
    return [
        Sentence(capital(text(key, lang, names=facts[name])))
        for name, key in keys.items()
        if facts[name]
    ]


def references(found: Industries, lang: str) -> list[Sentence]:
    """What stands behind the percentiles, what is alike, and which years are not used."""
    described = describe_known(found.known)
    if described.empty:
        return [Sentence(text("industries.no_known", lang))] if len(found.targets) else []
    own = described[described["years"].isin(found.curves["years"])]
    said = [Sentence(_behind(row, lang)) for _, row in own.iterrows()]
    note = text("industries.breaks", lang, apart=APART)
    if found.own:
        alike = text("industries.standing", lang, base_year=found.base_year, **found.own)
        said.append(Sentence(alike))
    return [*said, Sentence(note, "note")]


def chosen(found: Industries, lang: str) -> list[Sentence]:
    """By which rule the targets are chosen."""
    return [] if found.targets.empty else [Sentence(text("industries.chosen", lang), "note")]


def _behind(row: pd.Series, lang: str) -> str:
    facts = {name: value for name, value in row.items() if isinstance(name, str)}
    facts["reference"] = capital(reference_name(row["reference"], lang))
    facts["crowded"] = text("comma", lang).join(str(year) for year in row["crowded"])
    said = text("industries.known", lang, **facts)
    few = 2 * len(row["crowded"]) < row["starts"]
    key = "crowded" if few else "slower" if row["last_median"] < row["first_median"] else "starts"
    return text(f"industries.known_{key}", lang, known=said, **facts)


def _half(found: Industries, lang: str) -> list[Sentence]:
    at_year = (found.ladder["share"] == HALF) & (found.ladder["deadline"] == found.year)
    rows = found.ladder[at_year & (found.ladder["kind"] == "money")]
    if rows.empty:
        return []
    row = rows.iloc[0]
    held = held_words({"all": row["all"], "alike": row["alike"]}, lang)
    facts = {"base_year": found.base_year, "deadline": found.year}
    said = text("industries.half", lang, growth=row["growth"], held=held, **facts)
    return [Sentence(said)]


def _inverse(found: Industries, lang: str) -> list[Sentence]:
    middle = found.bases[(found.bases["level"] == MEDIAN) & (found.bases["deadline"] == found.year)]
    parts = []
    for name, rows in middle.groupby("reference", sort=False):
        needed = [
            text(
                "industries.inverse_base",
                lang,
                value=amount(row["value"], row["unit"], lang),
                base=amount(row["base"], row["unit"], lang, 0),
            )
            for _, row in rows.iterrows()
        ]
        facts = {"reference": reference_name(str(name), lang), "growth": rows["growth"].iloc[0]}
        joined = text("comma", lang).join(needed)
        parts.append(text("industries.inverse_part", lang, bases=joined, **facts))
    if not parts:
        return []
    facts = {"base_year": found.base_year, "deadline": found.year}
    joined = text("semicolon", lang).join(parts)
    return [Sentence(text("industries.inverse", lang, parts=joined, **facts))]


def _price(found: Industries, lang: str) -> list[Sentence]:
    held = found.targets[found.targets["kind"] == "hold"]
    if found.risk.empty or held.empty:
        return []
    row = found.risk.iloc[0]
    facts = row[["first", "last", "spells", "years", "fell"]].to_dict()
    said = text(
        "industries.price",
        lang,
        indicator=held[f"indicator_{lang}"].iloc[0],
        value=amount(row["value"], row["unit"], lang),
        price=label(row["indicator"], lang),
        **facts,
    )
    return [Sentence(capital(said))]
