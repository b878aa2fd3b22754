"""Each claim held against every second source there is, and what comes of it.

A *claim* is a figure of the report, of the press or of one vintage of the panel. It is
``confirmed``: equal at the precision in which it is printed, or a level within the first of
`BOUNDS`; ``plausible``: a level within the second, a rate (unit %) within ``points``, a rank that
the province's levels give once moved by ``rounding``, the same rank over a part of the year, a
path over other years that never turns; beyond that ``contradicted``; or has ``no_second_source``.

A check of the whole panel claims that 100 % of its cells agree. Levels, ranks and growth are held
against first-published figures, which a plan is settled on; growth against the revised series only
where the first-published one has a gap.
"""

from dataclasses import dataclass

import pandas as pd

from lvliang.baseline.growth import implied_deflator_growth
from lvliang.baseline.history import HISTORY_TABLES, levels_of_province, series
from lvliang.baseline.tables import as_of, load_observations, load_table

BOUNDS = {
    "confirmed": 0.5,  # % of the claim
    "plausible": 3.0,
    "points": 0.5,  # percentage points
    "rounding": 0.1,  # 亿元: two levels, each printed to one decimal as in the report
    "share_confirmed": 5.0,  # % of the cells of the panel
    "share_plausible": 20.0,
}
VINTAGE_YEARS = (10, 5, 0)  # before the origin: how the plans begin and end

FIRST, NAN = "first_published", float("nan")
VERDICTS = ["confirmed", "plausible", "contradicted", "no_second_source"]
NO_SOURCE = VERDICTS[-1]
KEY = ["region_code", "indicator", "year"]
COLUMNS = [
    "claim_id", *KEY, "claimed", "claim_source_id", "found", "against_source_id", "difference",
    "tolerance", "verdict", "note",
]  # fmt: skip
PANEL = [*HISTORY_TABLES, "sectors_first_published", "shanxi_real_growth", "population"]
RANKS = {"gdp_rank_in_province": "gdp_nominal", "budget_revenue_rank_in_province": "budget_revenue"}
PATHS = ["airport_passengers"]  # read with the figures of other years
VINTAGES = {"gdp_nominal": "亿元", "gdp_real_growth": "%"}  # of which two are compared


@dataclass(frozen=True)
class Evidence:
    """Claims and figures known at ``origin``; the vintages of ``regions`` are compared."""

    origin: int
    regions: list[str]
    report: pd.DataFrame
    press: pd.DataFrame
    air: pd.DataFrame
    panel: pd.DataFrame
    check: pd.DataFrame
    checks: pd.DataFrame


def load_evidence(origin: int, *, region: str = "") -> Evidence:
    """Read what was known at ``origin``; the vintages of ``region`` are to be compared too."""
    report = load_table("report_baseline")
    panel = as_of(load_observations(PANEL), origin)
    return Evidence(
        origin,
        regions=list(dict.fromkeys([*report["region_code"], *filter(None, [region])])),
        report=as_of(report, origin),
        press=as_of(load_table("press_and_bulletins"), origin),
        air=as_of(load_table("air_rankings"), origin),
        panel=panel[panel["vintage"] != "report"],
        check=as_of(load_observations(["cities_2015", "census_population"]), origin),
        checks=load_table("panel_checks"),
    )


def judge(evidence: Evidence) -> pd.DataFrame:
    """One row for a claim and a source that speaks of it.

    ``claim_id`` (begins with report, press, vintage or panel), ``region_code`` (CN for the panel),
    ``indicator, year, claimed, claim_source_id, found`` (of a path, text),
    ``against_source_id, difference`` (claimed less found), ``tolerance`` (the largest that is
    plausible), ``verdict, note`` (what it was held to).
    """
    report = evidence.report.assign(claim_id="report." + evidence.report["figure_id"])
    press = evidence.press[evidence.press["period"] == "annual"]
    names = press["source_id"] + "." + press["indicator"] + "." + press["year"].astype(str)
    panel = _panel_figures(evidence)
    partial = evidence.air[evidence.air["period"].str.contains("/")]
    others = [_figures(press, "press"), _figures(partial, "part_year")]
    said = _on_paths(_held(report, pd.concat([panel, *others])), press)
    told = _held(press.assign(claim_id="press." + names), panel)
    # What the press says of a figure that only the report has is evidence, no second claim.
    used = pd.MultiIndex.from_frame(told[KEY]).isin(pd.MultiIndex.from_frame(report[KEY]))
    used = (used | told["indicator"].isin(PATHS)) & (told["verdict"] == NO_SOURCE)
    pieces = [said, told[~used], _vintage_claims(evidence), _panel_claims(evidence)]
    return pd.concat([piece[COLUMNS].astype(object) for piece in pieces], ignore_index=True)


def verdict(difference: float, confirmed: float, plausible: float) -> str:
    """The verdict on a difference; each bound belongs to the better verdict."""
    if pd.isna(difference):
        return NO_SOURCE
    distance = abs(difference) - 1e-9
    if distance <= confirmed:
        return "confirmed"
    return "plausible" if distance <= plausible else "contradicted"


def bounds(claimed: float, unit: str) -> tuple[float, float]:
    """How far from a level or a rate is still confirmed, and plausible, in its unit."""
    decimals = len(f"{claimed:.10g}".partition(".")[2])
    if unit == "%":
        return 0.5 * 10.0 ** -max(decimals, 1), BOUNDS["points"]
    printed = 0.5 * 10.0**-decimals
    shares = [round(abs(claimed) * BOUNDS[name] / 100, 9) for name in ("confirmed", "plausible")]
    return max(printed, shares[0]), max(printed, shares[1])


def panel_pairs(evidence: Evidence) -> pd.DataFrame:
    """Cells of the panel beside what they are held against, as ``panel_checks.csv`` has it.

    ``check, year, region_code, claimed, found``, ``difference`` and ``bound`` (%), ``within`` it.
    """
    panel, check = evidence.panel, evidence.check

    def growth_of(levels: pd.DataFrame) -> pd.DataFrame:
        return 100 * (levels / levels.set_axis(levels.index + 1) - 1)

    def wide(name: str, vintage: str = FIRST, frame: pd.DataFrame = panel) -> pd.DataFrame:
        return series(frame, name, [vintage])

    gdp, revised = wide("gdp_nominal"), wide("gdp_nominal", "revised")
    census = wide("population_census", "census", check)
    pairs = {
        "gdp": (gdp, wide("gdp_nominal", frame=check)),
        "revenue": (wide("budget_revenue"), wide("budget_revenue", frame=check)),
        "sectors": (wide("va_primary") + wide("va_secondary") + wide("va_tertiary"), gdp),
        "population": (wide("population_resident", "compiled"), census),
        "revised_growth": (wide("gdp_real_growth", "revised"), growth_of(revised)),
        "first_growth": (wide("gdp_real_growth"), growth_of(gdp)),
    }
    rows = []
    for name, bound in evidence.checks.set_index("check_id")["bound"].items():
        claimed, found = pairs[name]
        both = pd.DataFrame({"claimed": claimed.unstack(), "found": found.unstack()}, dtype=float)
        both = both.dropna().rename_axis(["region_code", "year"]).reset_index()
        apart = 100 * (both["claimed"] / both["found"] - 1)
        if name.endswith("growth"):
            apart = implied_deflator_growth(both["found"], both["claimed"])
        within = apart.abs() <= bound
        rows.append(both.assign(check=name, difference=apart, bound=bound, within=within))
    return pd.concat(rows, ignore_index=True)


def _figures(frame: pd.DataFrame, note: str) -> pd.DataFrame:
    """Figures that a claim may be held against."""
    columns = {"value": "found", "source_id": "against_source_id"}
    return frame.rename(columns=columns)[[*KEY, *columns.values()]].assign(note=note)


def _panel_figures(evidence: Evidence) -> pd.DataFrame:
    """First-published figures and the ranks they give, revised growth in their gaps, the checks."""
    panel, check = evidence.panel, evidence.check
    first = panel[panel["vintage"].isin([FIRST, "compiled"])]
    revised = panel[panel["vintage"].eq("revised") & panel["indicator"].eq("gdp_real_growth")]
    gaps = ~pd.MultiIndex.from_frame(revised[KEY]).isin(pd.MultiIndex.from_frame(first[KEY]))
    people = check[check["indicator"] == "population_census"]
    parts = [
        _figures(first, "series"),
        _figures(revised[gaps], "revised_only"),
        _figures(check, "check_file"),
        _figures(people.assign(indicator="population_resident"), "census"),
        *(_ranks(evidence, rank, level) for rank, level in RANKS.items()),
    ]
    return pd.concat(parts, ignore_index=True)


def _ranks(evidence: Evidence, rank: str, level: str) -> pd.DataFrame:
    """Ranks that first-published levels give, and the best and worst that rounding allows."""
    rows = [pd.DataFrame(columns=[*KEY, "found", "best", "worst"], dtype=float)]
    for code in sorted({*evidence.report["region_code"], *evidence.press["region_code"]}):
        levels = levels_of_province(evidence.panel, code, level).dropna()
        own, rounding = levels.get(code, pd.Series(dtype=float)), BOUNDS["rounding"]
        shifts = {"found": (0.0, 1), "best": (rounding, 1), "worst": (-rounding, 0)}
        found = {
            name: levels.gt(own + shift, axis=0).sum(axis=1) + place
            for name, (shift, place) in shifts.items()
        }
        rows.append(pd.DataFrame(found).rename_axis("year").reset_index().assign(region_code=code))
    panel = evidence.panel
    of = panel["indicator"].eq(level) & panel["vintage"].eq(FIRST)
    source = ", ".join(panel.loc[of, "source_id"].unique())
    return pd.concat(rows).assign(indicator=rank, against_source_id=source, note="rank")


def _held(claims: pd.DataFrame, figures: pd.DataFrame) -> pd.DataFrame:
    """Each claim beside each figure of another source, and what comes of it."""
    named = claims.rename(columns={"value": "claimed", "source_id": "claim_source_id"})
    rows = named.drop(columns="note", errors="ignore").merge(figures, on=KEY, how="left")
    rows = rows.fillna({"against_source_id": "", "note": ""})
    rows["difference"] = rows["claimed"] - rows["found"]
    limits = [_limits(row) for _, row in rows.iterrows()]
    judged = [verdict(gap, *limit) for gap, limit in zip(rows["difference"], limits, strict=True)]
    return rows.assign(tolerance=[plausible for _, plausible in limits], verdict=judged)


def _limits(row: pd.Series) -> tuple[float, float]:
    """What is still confirmed, and plausible: of a rank as far as rounding takes it that way."""
    if pd.isna(row["difference"]):
        return NAN, NAN
    if row["note"] == "part_year":
        return -1.0, 0.0  # the same rank over a part of the year confirms nothing
    if row["unit"] != "位":
        return bounds(row["claimed"], row["unit"])
    side = row["found"] - row["best"] if row["difference"] < 0 else row["worst"] - row["found"]
    return 0.0, 0.0 if pd.isna(side) else side


def _on_paths(rows: pd.DataFrame, press: pd.DataFrame) -> pd.DataFrame:
    """Claims to which only other years speak: do all the figures rise, or fall, throughout?"""
    rows = rows.astype({"found": object})
    alone = rows["indicator"].isin(PATHS) & rows["verdict"].eq(NO_SOURCE)
    for (code, name), claims in rows[alone].groupby(KEY[:2]):
        others = press[press["region_code"].eq(code) & press["indicator"].eq(name)]
        others = others.sort_values("year")
        if others.empty:
            continue
        path = pd.concat([claims.assign(value=claims["claimed"]), others]).sort_values("year")
        steady = path["value"].is_monotonic_increasing or path["value"].is_monotonic_decreasing
        seen = [f"{row.value:.10g} ({row.year})" for row in others.itertuples()]
        told = [", ".join(seen), ", ".join(others["source_id"].unique()), "path"]
        columns = ["found", "against_source_id", "note", "verdict"]
        rows.loc[claims.index, columns] = [*told, "plausible" if steady else "contradicted"]
    return rows


def _vintage_claims(evidence: Evidence) -> pd.DataFrame:
    """What was first published on the cities of the report, held against the revised series."""
    panel, checks = evidence.panel, evidence.checks
    years = [evidence.origin - before for before in VINTAGE_YEARS]
    keys = pd.MultiIndex.from_product([evidence.regions, VINTAGES, years], names=KEY)
    first = panel[panel["vintage"] == FIRST].set_index(KEY)[["value", "source_id"]]
    claims = first.reindex(keys).reset_index()
    named = checks[checks["vintage"] == FIRST].drop_duplicates("indicator").set_index("indicator")
    claims["source_id"] = claims["source_id"].fillna(claims["indicator"].map(named["source_id"]))
    claims["unit"] = claims["indicator"].map(VINTAGES)
    claims["claim_id"] = "vintage." + claims["indicator"] + "." + claims["year"].astype(str)
    if not panel.empty:
        claims = claims.dropna(subset="value")
    return _held(claims, _figures(panel[panel["vintage"] == "revised"], "vintages"))


def _panel_claims(evidence: Evidence) -> pd.DataFrame:
    """The checks of the whole panel: the percentage of cells that agree."""
    checks = evidence.checks.rename(columns={"check_id": "note", "source_id": "claim_source_id"})
    cells = panel_pairs(evidence).groupby("check")
    checks["claim_id"] = "panel." + checks["note"]
    checks["year"] = checks["note"].map(cells["year"].max()).fillna(evidence.origin).astype(int)
    checks["found"] = checks["note"].map(100 * cells["within"].mean())
    checks["difference"] = 100 - checks["found"]
    share = BOUNDS["share_confirmed"], BOUNDS["share_plausible"]
    checks["verdict"] = [verdict(apart, *share) for apart in checks["difference"]]
    compared = checks["found"].notna()
    checks["against_source_id"] = checks["against_source_id"].where(compared, "")
    checks["tolerance"] = compared.map({True: share[1], False: NAN})
    return checks.assign(region_code="CN", claimed=100.0)
