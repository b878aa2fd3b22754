"""A claim of the audit in words: what it is about, the figures of both sides, how far apart."""

from __future__ import annotations

import pandas as pd

from lvliang.baseline.regions import all_regions
from lvliang.display.words import (
    MINUS,
    MULTIPLES,
    NOTHING,
    amount,
    label,
    quantity,
    text,
    unit,
)


def claim_name(row: pd.Series, lang: str) -> str:
    """City, year and indicator of a claim, or what a check of the panel compares."""
    if row["region_code"] == "CN":
        return text(f"audit_check_short.{row['claim_id'].removeprefix('panel.')}", lang)
    facts = {"city": region_name(row["region_code"], lang), "year": row["year"]}
    return text("audit_claim.of_city", lang, indicator=label(row["indicator"], lang), **facts)


def said_and_found(row: pd.Series, lang: str, bare: bool = False) -> tuple[str, str]:
    """Both figures with their sources; ``bare`` leaves that of the claim to the caption."""
    if row["region_code"] == "CN":
        told = [amount(x, "%", lang, 1) for x in row[["claimed", "found"]]]
    else:
        told = [figure(x, row["indicator"], lang) for x in row[["claimed", "found"]]]
    sources = row[["claim_source_id", "against_source_id"]]
    said, found = (sourced(x, source, lang) for x, source in zip(told, sources, strict=True))
    return told[0] if bare else said, found


def difference(row: pd.Series, lang: str) -> str:
    """What is claimed less what was found: places, points, or % of the claim."""
    if pd.isna(row["difference"]):
        return NOTHING
    units = unit(row["indicator"], "zh")
    if units in ("位", "%"):
        key = "places" if units == "位" else "points"
        return text(f"audit_claim.{key}", lang, value=_plain(row["difference"], 2))
    percent = 100 * row["difference"] / row["claimed"]
    return text("audit_claim.percent", lang, value=_plain(percent, 2))


def figure(value: float | str, indicator: str, lang: str) -> str:
    """A figure with its unit; of a path, the figures of other years."""
    if isinstance(value, str):
        parts = [part.rstrip(")").split(" (") for part in value.split(", ")]
        told = {year: figure(float(value), indicator, lang) for value, year in parts}
        return text("comma", lang).join(
            text("audit_claim.in_year", lang, value=said, year=year) for year, said in told.items()
        )
    if pd.isna(value):
        return NOTHING
    units = unit(indicator, "zh")
    if units == "位":
        return text("audit_claim.rank", lang, rank=value)
    if units in ("亿元", "万人"):
        return amount(value, units, lang)
    if units[0] in MULTIPLES:
        return quantity(value, units, lang)
    return text("amount.other", lang, value=_plain(value, 9), unit=unit(indicator, lang))


def sourced(value: str, source: str, lang: str) -> str:
    """A figure with the names of its sources in brackets, if it has any."""
    if not source:
        return value
    names = [worded(f"audit_source.{part}", lang, part) for part in source.split(", ")]
    return text("audit_claim.sourced", lang, value=value, source=text("comma", lang).join(names))


def region_name(code: object, lang: str) -> str:
    """Name of a region of the tables, the nation and provinces too."""
    return {region.code: region for region in all_regions()}[str(code)].name(lang)


def worded(key: str, lang: str, otherwise: str) -> str:
    """Words of a key that a user's own table may have and the words do not."""
    try:
        return text(key, lang)
    except KeyError:
        return otherwise


def _plain(value: float, decimals: int) -> str:
    return f"{round(value, decimals) + 0.0:.10g}".replace("-", MINUS)
