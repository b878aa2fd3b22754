"""Tables and sentences of the audit: rows chosen and worded, nothing judged here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from lvliang.baseline import audit
from lvliang.baseline.regions import Region, peers
from lvliang.display.claim_words import (
    claim_name,
    difference,
    figure,
    region_name,
    said_and_found,
    sourced,
    worded,
)
from lvliang.display.show import Appendix, Sentence, Table, with_year
from lvliang.display.units import decimals_in, in_unit
from lvliang.display.words import amount, capital, label, number, number_in, text

NAMED = 20  # cells of a check that are named, the furthest apart first
NO_SOURCE = "no_second_source"
PARTS = {"level": ("亿元", 2), "growth": ("%", 1), "rank": ("位", 0)}  # unit and decimals


def concerning(judged: pd.DataFrame, region: Region) -> pd.DataFrame:
    """Claims on the region itself, and on the whole panel."""
    return judged[judged["region_code"].isin([region.code, "CN"])].reset_index(drop=True)


def of_neighbours(judged: pd.DataFrame, region: Region) -> pd.DataFrame:
    """Claims on the other cities of the region's province."""
    codes = [peer.code for peer in peers(region) if peer != region]
    return judged[judged["region_code"].isin(codes)].reset_index(drop=True)


def neighbours(judged: pd.DataFrame, lang: str) -> list[Appendix]:
    """Claims on other cities (`of_neighbours`), folded up: they are not what the page is about."""
    kinds = ("report", "press", "vintage")
    tables = [table for kind in kinds for table in claims(judged, kind, lang)]
    tables += unsourced(judged, lang)
    return [Appendix(text("audit.neighbours", lang), tables)] if tables else []


def answer(judged: pd.DataFrame, region: Region, lang: str) -> Sentence:
    """Of whom the claims are, whether of the region itself, and how many end in each verdict."""
    counts = judged["verdict"].value_counts()
    told = [text(f"audit_count.{key}", lang, count=counts.get(key, 0)) for key in audit.VERDICTS]
    by_city = judged["region_code"].value_counts().sort_index()  # the panel, "CN", comes last
    of = [
        text(
            f"audit.of_{'panel' if code == 'CN' else 'city'}",
            lang,
            city=region_name(code, lang),
            count=n,
        )
        for code, n in by_city.items()
    ]
    comma = text("comma", lang)
    facts = {"total": len(judged), "of": comma.join(of), "counts": comma.join(told)}
    key = "answer" if region.code in by_city else "answer_without"
    return Sentence(text(f"audit.{key}", lang, region=region.name(lang), **facts), "headline")


def conflicts(judged: pd.DataFrame, lang: str) -> list[Sentence | Table]:
    """The claims on which sources differ, first and plainly."""
    differ = judged[judged["verdict"] == "contradicted"]
    if differ.empty:
        return [Sentence(text("audit.no_conflicts", lang))]
    figures = len(differ[audit.KEY].drop_duplicates())
    said = Sentence(text("audit.conflicts", lang, count=len(differ), figures=figures))
    differ = differ.sort_values(audit.KEY, kind="stable")
    note = Sentence(text("audit.counted", lang), "note")
    return [said, *_claims(differ, "conflicts", lang), note]


def standings(table: pd.DataFrame, lang: str) -> list[Table]:
    """The figures behind each rank on which two sources differ, one table each."""
    if table.empty:
        return []
    tables, decimals = [], decimals_in("亿元", lang, 2)
    for (name, year, code), rows in table.groupby(["indicator", "year", "city"], sort=False):
        city = region_name(code, lang)
        frame = {
            "city": [region_name(code, lang) for code in rows["region_code"]],
            "rank": [f"{rank:.0f}" for rank in rows["rank"]],
            **in_unit(rows[["level", "gap"]], "亿元", lang).to_dict("list"),
        }
        caption = text("audit_table.standings", lang, year=year, indicator=label(str(name), lang))
        tables.append(Table(caption, _frame(frame, lang, city=city), decimals=decimals))
    return tables


def claims(judged: pd.DataFrame, kind: str, lang: str) -> list[Table]:
    """Claims of one kind (report, press or vintage) that have a second source."""
    of_kind = judged["claim_id"].str.startswith(f"{kind}.")
    return _claims(judged[of_kind & (judged["verdict"] != NO_SOURCE)], kind, lang)


def unsourced(judged: pd.DataFrame, lang: str) -> list[Table]:
    """Claims without a second source: an indicator a row, its years together."""
    alone = judged[(judged["verdict"] == NO_SOURCE) & (judged["region_code"] != "CN")]
    source = _only(alone)
    rows = []
    for (code, indicator, said_by), same in alone.groupby(
        ["region_code", "indicator", "claim_source_id"], sort=False
    ):
        told = dict.fromkeys(figure(claimed, indicator, lang) for claimed in same["claimed"])
        said = text("comma", lang).join(told)
        rows.append(
            {
                "claim": capital(label(indicator, lang)),
                "city": region_name(code, lang),
                "years": text("comma", lang).join(same["year"].astype(str)),
                _said(source): capital(said if source else sourced(said, said_by, lang)),
            }
        )
    return _if_any("unsourced", _frame(rows, lang), lang, source)


def vintages(table: pd.DataFrame, region: Region, lang: str) -> list[Table]:
    """First-published and revised figures by year."""
    if table.empty:
        return []
    cells = pd.DataFrame(index=table.index)
    for part, (units, decimals) in PARTS.items():
        for name in (f"first_{part}", f"revised_{part}"):
            cells[name] = [number_in(value, units, lang, decimals) for value in table[name]]
    caption = text("audit_table.vintages", lang, region=region.name(lang))
    return [Table(caption, with_year(_frame(cells, lang), lang))]


def panel(
    judged: pd.DataFrame, pairs: pd.DataFrame, lang: str
) -> list[Sentence | Table | Appendix]:
    """The checks of the whole panel, with the cells that disagree named."""
    if pairs.empty:
        return [Sentence(text("audit.no_panel", lang))]
    verdicts = judged.set_index("claim_id")["verdict"]
    rows, named = [], []
    for name, cells in pairs.groupby("check", sort=False):
        outside = cells[~cells["within"]]
        years = cells["year"].sort_values().unique()
        facts = {"first": years[0], "last": years[-1], "bound": cells["bound"].iloc[0]}
        facts["years"] = text("comma", lang).join(map(str, years))
        rows.append(
            {
                "check": text(f"audit_check.{name}", lang, **facts),
                "cells": str(len(cells)),
                "agree": str(int(cells["within"].sum())),
                "share": number(100 * cells["within"].mean()),
                "verdict": _verdict(verdicts[f"panel.{name}"], lang),
            }
        )
        if len(outside):
            named.append(
                {
                    "check": text(f"audit_check_short.{name}", lang),
                    "most": _most(outside, lang),
                    "outside": _outside(outside, lang),
                }
            )
    caption = text("audit_table.outside", lang, named=NAMED)
    outside = [Table(caption, _frame(named, lang), cards=True)] if named else []
    return [*_if_any("panel", _frame(rows, lang), lang), *_folded(outside, lang)]


def corrections(
    made: pd.DataFrame | None, region: Region, lang: str
) -> list[Sentence | Table | Appendix]:
    """Figures corrected at load, and those of the province that are noted and left alone."""
    if made is None or made.empty:
        return [Sentence(text("audit.no_corrections", lang))]
    applied, noted = (made[made["status"] == status] for status in ("applied", "noted"))
    near = noted[noted["region_code"].isin([peer.code for peer in peers(region)])]
    return [
        Sentence(text("audit.corrections", lang, applied=len(applied), noted=len(noted))),
        *_if_any("noted", _corrections(near, _kept, lang), lang),
        *_folded(_if_any("corrections", _corrections(applied, _change, lang), lang), lang),
    ]


def rules(lang: str) -> list[Sentence]:
    """The rules of the verdicts, and what agreement does not show."""
    facts: dict[str, dict[str, Any]] = {
        "rule_level": {"confirmed": audit.CONFIRMED, "plausible": audit.PLAUSIBLE},
        "rule_rate": {"points": audit.PLAUSIBLE_POINTS},
        "rule_rank": {"rounding": amount(audit.ROUNDING, "亿元", lang)},
        "rule_panel": {"confirmed": audit.SHARE_CONFIRMED, "plausible": audit.SHARE_PLAUSIBLE},
        "limit_origin": {},
        "limit_press": {},
        "limit_vintage": {},
    }
    return [Sentence(text(f"audit.{name}", lang, **given), "note") for name, given in facts.items()]


def _claims(rows: pd.DataFrame, key: str, lang: str) -> list[Table]:
    if rows.empty:
        return []
    source = _only(rows) if key == "report" else ""
    table = []
    for _, row in rows.iterrows():
        said, found = said_and_found(row, lang, bare=bool(source))
        table.append(
            {
                "claim": claim_name(row, lang),
                _said(source): capital(said),
                "found": capital(found),
                "difference": difference(row, lang),
                "verdict": _verdict_and_basis(row, lang),
            }
        )
    return _if_any(key, _frame(table, lang), lang, source)


def _verdict_and_basis(row: pd.Series, lang: str) -> str:
    basis = worded(f"audit_note.{row['note']}", lang, "")
    told = [_verdict(row["verdict"], lang), basis]
    return text("semicolon", lang).join(filter(None, told))


def _frame(cells: Any, lang: str, **facts: str) -> pd.DataFrame:
    """Rows, or columns, with the heads of their names."""
    return pd.DataFrame(cells).rename(
        columns=lambda name: text(f"audit_column.{name}", lang, **facts)
    )


def _only(rows: pd.DataFrame) -> str:
    """The source of all claims, which the caption then names, or "" where there are several."""
    sources = rows["claim_source_id"].unique()
    return str(sources[0]) if len(sources) == 1 else ""


def _said(source: str) -> str:
    return "said_alone" if source else "said"


def _verdict(name: str, lang: str) -> str:
    return text(f"audit_verdict.{name}", lang)


def _if_any(key: str, frame: pd.DataFrame, lang: str, source: str = "") -> list[Table]:
    caption = text(f"audit_table.{key}", lang)
    if source:
        name = worded(f"audit_source.{source}", lang, source)
        caption = text("audit_claim.of", lang, caption=caption, source=name)
    return [] if frame.empty else [Table(caption, frame, cards=True)]


def _folded(pieces: list[Table], lang: str) -> list[Appendix]:
    return [Appendix(text("audit.details", lang), pieces)] if pieces else []


def _outside(cells: pd.DataFrame, lang: str) -> str:
    order = cells["difference"].abs().sort_values(ascending=False, kind="stable").index
    first = [
        {"city": region_name(row.region_code, lang), "year": row.year, "percent": row.difference}
        for row in cells.loc[order[:NAMED]].itertuples()
    ]
    words = text("comma", lang).join(text("audit_claim.outside", lang, **cell) for cell in first)
    more = text("audit_claim.more", lang, count=len(cells))
    return words + more if len(cells) > NAMED else words


def _most(cells: pd.DataFrame, lang: str) -> str:
    counts = (cells["region_code"].str[:2] + "0000").value_counts()
    province = region_name(counts.index[0], lang)
    return text("audit_claim.most", lang, province=province, count=counts.iloc[0])


def _corrections(
    rows: pd.DataFrame, told: Callable[[pd.Series, str], str], lang: str
) -> pd.DataFrame:
    """One row a city, year and reason; the tables and figures it touches together."""
    table = []
    for (code, year, reason), same in rows.groupby(["region_code", "year", "reason"], sort=False):
        names = [worded(f"audit_data.{name}", lang, name) for name in same["table"].unique()]
        what = [told(row, lang) for _, row in same.iterrows()]
        table.append(
            {
                "city": region_name(code, lang),
                "year": str(year),
                "table": text("comma", lang).join(names),
                "what": text("semicolon", lang).join(what),
                "reason": worded(f"audit_reason.{reason}", lang, reason),
            }
        )
    return _frame(table, lang)


def _change(row: pd.Series, lang: str) -> str:
    return _acted(row, row["action"], lang)


def _kept(row: pd.Series, lang: str) -> str:
    return _acted(row, "keep", lang)


def _acted(row: pd.Series, action: str, lang: str) -> str:
    """A figure that was found and, where it is replaced, what it becomes."""
    old, new = (figure(row[name], row["indicator"], lang) for name in ("expected", "value"))
    facts = {"indicator": label(row["indicator"], lang), "old": old, "new": new}
    return capital(text(f"audit_claim.{action}", lang, **facts))
