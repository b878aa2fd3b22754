"""The facts of the page of the audit: claims, checks and corrections, told by its text."""

from typing import Any

import pandas as pd

from lvliang.baseline import audit
from lvliang.baseline.audit import FIRST, KEY, NO_SOURCE, RANKS, VERDICTS, Evidence
from lvliang.baseline.history import levels_of_province, series
from lvliang.baseline.regions import Region, all_regions, cities_beside
from lvliang.baseline.starting_point import provincial_ranks
from lvliang.baseline.tables import load_table

KINDS = ("report", "press", "dropped", "vintage")
NAMED = 20  # cells of a check that are named, the furthest apart first


def audit_facts(evidence: Evidence, region: Region) -> dict[str, Any]:
    """What the sources say of each other, of a region and of the whole panel.

    ``claims`` (frame: on the region, the panel and other cities of the province); of the first two
    the ``total``, ``by_city`` (code: how many), ``by_verdict``, the ``conflicts`` (`part`) and how
    many figures they are on (``conflicting``); ``own`` and ``others`` (`parts`); `standing_facts`;
    `vintages`; ``checks`` (`check_facts`), those with ``differing`` cells; `correction_facts` and
    the rows ``made``; ``bounds`` of the verdicts, and how many cells of a check are ``named``.
    """
    judged = audit.judge(evidence)
    mine = judged[judged["region_code"].isin([region.code, "CN"])]
    near = judged["region_code"].isin(cities_beside(region.code))
    others = judged[near & (judged["region_code"] != region.code)]
    differ = mine[mine["verdict"] == "contradicted"].sort_values(KEY, kind="stable")
    checks = check_facts(audit.panel_pairs(evidence), judged)
    made = evidence.corrections
    return {
        "claims": pd.concat([mine, others]),
        "total": len(mine),
        "by_city": mine["region_code"].value_counts().sort_index().to_dict(),
        "by_verdict": mine["verdict"].value_counts().reindex(VERDICTS, fill_value=0).to_dict(),
        "conflicts": part("conflicts", differ),
        "conflicting": len(differ[KEY].drop_duplicates()),
        "own": parts(mine),
        "others": parts(others),
        "standings": standing_facts(evidence, mine),
        "vintages": vintages(evidence, region.code).rename_axis("year").reset_index(),
        "checks": checks,
        "differing": [check for check in checks if check["apart"]],
        "corrections": correction_facts(made, region),
        "made": made,
        "bounds": audit.BOUNDS,
        "named": NAMED,
    }


def parts(judged: pd.DataFrame) -> list[dict[str, Any]]:
    """The claims of each kind that have a second source, then those ``unsourced``, if any."""
    alone = judged["verdict"] == NO_SOURCE
    held = judged[~alone]
    found = [part(kind, held[held["claim_id"].str.startswith(f"{kind}.")]) for kind in KINDS]
    found.append(part("unsourced", judged[alone & (judged["region_code"] != "CN")]))
    return [one for one in found if one["rows"]]


def part(kind: str, claims: pd.DataFrame) -> dict[str, Any]:
    """Claims as ``rows`` (`claim_facts`, `unsourced`), and the ``source`` that all come from."""
    sources = claims["claim_source_id"].unique()
    rows = unsourced(claims) if kind == "unsourced" else claim_facts(claims)
    return {"kind": kind, "source": sources[0] if len(sources) == 1 else None, "rows": rows}


def claim_facts(claims: pd.DataFrame) -> list[dict[Any, Any]]:
    """Claims with the ``check`` of the panel that one is (else ""), and figures to be told.

    ``claimed``: a list of one figure; ``found``: of figures and their years (None: the claim's);
    ``dropped``: why the figure is left out (else ""); ``said_by, found_by``: `_titled` sources;
    ``apart``: places, points, or % of the claim, by ``unit``.
    """
    units = claims["indicator"].map(load_table("indicators").set_index("indicator")["unit"])
    shares = 100 * claims["difference"] / claims["claimed"]
    apart = claims["difference"].where(units.isin(["位", "%"]), shares)
    is_check = claims["region_code"] == "CN"
    told = claims.assign(
        check=claims["claim_id"].str.removeprefix("panel.").where(is_check, ""),
        dropped=claims["note"].where(claims["claim_id"].str.startswith("dropped."), ""),
        unit=units,
        claimed=[[value] for value in claims["claimed"]],
        found=claims["found"].map(_with_years),
        said_by=_titled(claims["claim_source_id"]),
        found_by=_titled(claims["against_source_id"]),
        apart=[round(value, 2) + 0.0 for value in apart],
    )
    return told.to_dict("records")


def _with_years(found: float | str) -> list[tuple[float, int | None]]:
    if not isinstance(found, str):
        return [(found, None)]
    pairs = (pair.rstrip(")").split(" (") for pair in found.split(", "))
    return [(float(value), int(year)) for value, year in pairs]


def _titled(sources: pd.Series) -> list[list[dict[Any, Any]]]:
    """The rows of ``sources.csv`` that each cell names, with ``title_zh, title_en``."""
    table = load_table("sources").rename(columns={"title": "title_en"})
    rows = table.set_index("source_id", drop=False).to_dict("index")
    return [[rows[one] for one in cell.split(", ") if one] for cell in sources]


def unsourced(claims: pd.DataFrame) -> list[dict[str, Any]]:
    """A row a city, indicator and source: its ``years`` and the different figures ``claimed``."""
    keys = ["region_code", "indicator", "claim_source_id"]
    return [
        {
            "region_code": code,
            "indicator": indicator,
            "check": "",
            "said_by": _titled(pd.Series([source]))[0],
            "years": list(rows["year"]),
            "claimed": list(rows["claimed"].drop_duplicates()),
        }
        for (code, indicator, source), rows in claims.groupby(keys, sort=False)
    ]


def standing_facts(evidence: Evidence, judged: pd.DataFrame) -> list[dict[str, Any]]:
    """Each rank on which sources differ: ``indicator, year, city`` and the figures behind it.

    ``table``: by ``region_code`` ``rank, level`` (亿元, first published), ``gap`` above the city.
    """
    differ = judged[judged["verdict"].eq("contradicted") & judged["indicator"].isin(RANKS)]
    facts = []
    for code, name, year in differ[KEY].drop_duplicates().itertuples(index=False):
        levels = levels_of_province(evidence.panel, code, RANKS[name]).reindex([year])
        ranks = provincial_ranks(levels)
        table = pd.DataFrame({"rank": ranks.loc[year], "level": levels.loc[year]})
        if table["rank"].notna().all():
            table["gap"] = table["level"] - table["level"][code]
            table = table.astype({"rank": int}).sort_values("rank").rename_axis("region_code")
            said = {"indicator": name, "year": year, "city": code}
            facts.append(said | {"table": table.reset_index()})
    return facts


def vintages(evidence: Evidence, region_code: str) -> pd.DataFrame:
    """``level`` (亿元), real ``growth`` (%) and ``rank`` by year, ``first_`` and ``revised_``."""
    found: dict[str, pd.Series] = {}
    for name, vintage in (("first", FIRST), ("revised", "revised")):
        levels = levels_of_province(evidence.panel, region_code, "gdp_nominal", vintage)
        growth = series(evidence.panel, "gdp_real_growth", [vintage])
        of = {"level": levels, "growth": growth, "rank": provincial_ranks(levels)}
        none = pd.Series(dtype=float)
        found |= {f"{name}_{what}": table.get(region_code, none) for what, table in of.items()}
    return pd.DataFrame(found).dropna(how="all")


def check_facts(pairs: pd.DataFrame, judged: pd.DataFrame) -> list[dict[str, Any]]:
    """The checks of the panel, in the order of their table.

    ``name``; ``first, last`` and all ``years``; the ``bound`` (%), how many ``cells`` are compared
    and ``agree``, the ``share`` (%), ``verdict``; how many are ``apart``, the furthest
    (``outside``), and the ``province`` that has most of them with its ``count``.
    """
    verdicts = judged.set_index("claim_id")["verdict"]
    provinces = {region.code: region for region in all_regions()}
    facts = []
    for name, cells in pairs.groupby("check", sort=False):
        apart = cells[~cells["within"]]
        furthest = apart["difference"].abs().sort_values(ascending=False, kind="stable").index
        most = (apart["region_code"].str[:2] + "0000").value_counts()
        facts.append(
            {
                "name": name,
                "first": cells["year"].min(),
                "last": cells["year"].max(),
                "years": sorted(cells["year"].unique()),
                "bound": cells["bound"].iloc[0],
                "cells": len(cells),
                "agree": int(cells["within"].sum()),
                "share": 100 * cells["within"].mean(),
                "verdict": verdicts[f"panel.{name}"],
                "apart": len(apart),
                "outside": apart.loc[furthest[:NAMED]].to_dict("records"),
                "province": provinces[most.index[0]] if len(most) else None,
                "count": most.max(),
            }
        )
    return facts


def correction_facts(made: pd.DataFrame, region: Region) -> dict[str, Any] | None:
    """How many are ``applied`` and ``noted``, those of the province, and how many of a reason.

    None without any. ``own`` and ``near``: ``region_code, year, reason``, their ``tables`` and
    ``figures``; ``reasons``: ``table, reason, count`` of all that are applied.
    """
    if made.empty:
        return None
    applied = made[made["status"] == "applied"]
    near = made[made["region_code"].isin(cities_beside(region.code))].sort_values(KEY)
    reasons = applied.groupby(["table", "reason"], sort=False).size().rename("count")
    return {
        "applied": len(applied),
        "noted": len(made) - len(applied),
        "own": _together(near[near["region_code"] == region.code]),
        "near": _together(near[near["region_code"] != region.code]),
        "reasons": reasons.reset_index().to_dict("records"),
    }


def _together(rows: pd.DataFrame) -> list[dict[str, Any]]:
    keys = ["region_code", "year", "reason"]
    return [
        dict(zip(keys, key, strict=True))
        | {"tables": list(same["table"].unique()), "figures": same.to_dict("records")}
        for key, same in rows.groupby(keys, sort=False)
    ]
