"""Each claim held against every second source there is, and what comes of it.

A *claim* is a figure of the report, of the press or of one vintage of the panel. It is
``confirmed``: equal at the precision in which it is printed, or a level within the first of
`BOUNDS`; ``plausible``: a level within the second, a rate (unit %) within ``points``, a rank that
the province's levels give once moved by ``rounding``, the same rank over a part of the year, a
path over other years that never turns; beyond that ``contradicted``; or has ``no_second_source``.
A figure that a correction drops is a claim, too: the row says what speaks against it.

A check of the whole panel claims that 100 % of its cells agree. Levels, ranks and growth are held
against first-published figures, which a plan is settled on; growth against the revised series only
where the first-published one has a gap.
"""

from dataclasses import dataclass
from itertools import product

import pandas as pd

from lvliang.baseline.growth import implied_deflator_growth
from lvliang.baseline.history import series
from lvliang.baseline.package import has_tables
from lvliang.baseline.regions import all_cities, cities_beside
from lvliang.baseline.tables import as_of, load_observations, load_table, observation_tables

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
PRESS = ["press_and_bulletins", "press_2023"]
RANKS = {"gdp_rank_in_province": "gdp_nominal", "budget_revenue_rank_in_province": "budget_revenue"}
PATHS = ["airport_passengers"]  # read with the figures of other years
CHANGES = ["gdp_nominal", "budget_revenue", "retail_sales", "fixed_asset_investment"]
VINTAGES = {"gdp_nominal": "亿元", "gdp_real_growth": "%"}  # of which two are compared
MADE = [*KEY, "source_id", "status", "action", "expected", "reason"]  # columns of corrections
NOMINAL = "the cell holds a change at current prices, not real growth"


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
    corrections: pd.DataFrame


def load_evidence(origin: int, *, region: str = "") -> Evidence:
    """Read what was known at ``origin``; the vintages of ``region`` are to be compared too."""
    report, cities = load_table("report_baseline"), [city.code for city in all_cities()]
    names = [name for name in observation_tables() if name not in PRESS]
    panel = as_of(load_observations(names), origin)
    panel = panel[panel["vintage"].isin([FIRST, "compiled", "revised"])]
    press = as_of(pd.concat(map(load_table, PRESS), ignore_index=True), origin)
    press = press[press["status"].eq("reported") & press["vintage"].ne("revised")]
    made = load_table("corrections") if has_tables("corrections") else pd.DataFrame(columns=MADE)
    return Evidence(
        origin,
        regions=list(dict.fromkeys([*report["region_code"], *filter(None, [region])])),
        report=as_of(report, origin),
        press=press[press["region_code"].isin(cities)],
        air=as_of(load_table("air_rankings"), origin),
        panel=panel[panel["region_code"].isin(cities)],
        check=as_of(load_observations(["cities_2015", "census_population"]), origin),
        checks=load_table("panel_checks"),
        corrections=made[made["year"] <= origin],
    )


def judge(evidence: Evidence) -> pd.DataFrame:
    """One row for a claim and a source that speaks of it.

    ``claim_id`` (report, press, dropped, vintage or panel first), ``region_code`` (panel: CN),
    ``indicator, year, claimed, claim_source_id, found`` (of a path, text),
    ``against_source_id, difference`` (claimed less found), ``tolerance`` (the largest that is
    plausible), ``verdict, note`` (what it was held to).
    """
    report = evidence.report.assign(claim_id="report." + evidence.report["figure_id"])
    press = evidence.press[evidence.press["period"] == "annual"]
    partial = pd.concat([evidence.air, evidence.press]).drop_duplicates([*KEY, "period"])
    partial = partial[partial["period"].str.contains("/") & partial["unit"].eq("位")]
    panel = pd.concat([_panel_figures(evidence), _figures(partial, "part_year")])
    said = _held(report, pd.concat([panel, _figures(press, "press")]))
    said = _on_paths(said, press[press["indicator"].isin(PATHS)])
    told = _held(press.assign(claim_id="press." + _named(press)), panel)
    told = told[told["claim_source_id"] != told["against_source_id"]]
    # What the press says of a figure that only the report has is evidence, no second claim.
    used = _among(told, report) | told["indicator"].isin(PATHS)
    told = told[~(used & told["verdict"].eq(NO_SOURCE))]
    rest = [_dropped_claims(evidence, panel), _vintage_claims(evidence), _panel_claims(evidence)]
    pieces = [piece[COLUMNS].astype(object) for piece in (said, told, *rest)]
    return pd.concat(pieces, ignore_index=True)


def _among(rows: pd.DataFrame, others: pd.DataFrame) -> pd.Series:
    """Which rows are on a cell that ``others`` have."""
    cells = pd.MultiIndex.from_frame(others[KEY])
    return pd.Series(pd.MultiIndex.from_frame(rows[KEY]).isin(cells), rows.index)


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

    ``check, year, region_code, claimed, found``, ``difference`` and ``bound`` (%; of two sources of
    growth, points), ``within`` it.
    """
    panel, check = evidence.panel, evidence.check

    def wide(name: str, vintage: str = FIRST, frame: pd.DataFrame = panel) -> pd.DataFrame:
        return series(frame, name, [vintage])

    def growth_of(levels: pd.DataFrame) -> pd.DataFrame:
        return 100 * (levels / levels.set_axis(levels.index + 1) - 1)

    gdp, revised = wide("gdp_nominal"), wide("gdp_nominal", "revised")
    census = wide("population_census", "census", check)
    of = {name: panel[panel["source_id"] == name] for name in ("S1", "S3", "A_PANEL", "Y_CCSY")}
    growth = {name: wide("gdp_real_growth", frame=rows) for name, rows in of.items()}
    revenue = {name: wide("budget_revenue", frame=rows) for name, rows in of.items()}
    pairs = {
        "gdp": (gdp, wide("gdp_nominal", frame=check)),
        "revenue": (wide("budget_revenue"), wide("budget_revenue", frame=check)),
        "sectors": (wide("va_primary") + wide("va_secondary") + wide("va_tertiary"), gdp),
        "population": (wide("population_resident", "compiled"), census),
        "revised_growth": (wide("gdp_real_growth", "revised"), growth_of(revised)),
        "first_growth": (growth["S3"], growth_of(gdp)),
        "panel_growth": (growth["A_PANEL"], growth_of(gdp)),
        "both_growth": (growth["S3"], growth["A_PANEL"]),
        "both_revenues": (revenue["S1"], revenue["Y_CCSY"]),
    }
    rows = []
    for name, bound in evidence.checks.set_index("check_id")["bound"].items():
        claimed, found = pairs[name]
        both = pd.DataFrame({"claimed": claimed.unstack(), "found": found.unstack()}, dtype=float)
        both = both.dropna().rename_axis(["region_code", "year"]).reset_index()
        apart = 100 * (both["claimed"] / both["found"] - 1)
        if name == "both_growth":
            apart = both["claimed"] - both["found"]
        elif name.endswith("growth"):
            apart = implied_deflator_growth(both["found"], both["claimed"])
        within = apart.abs() <= bound
        rows.append(both.assign(check=name, difference=apart, bound=bound, within=within))
    return pd.concat(rows, ignore_index=True)


def _figures(frame: pd.DataFrame, note: str) -> pd.DataFrame:
    """Figures that a claim may be held against."""
    columns = {"value": "found", "source_id": "against_source_id"}
    return frame.rename(columns=columns)[[*KEY, *columns.values()]].assign(note=note)


def _panel_figures(evidence: Evidence) -> pd.DataFrame:
    """First-published figures and the ranks and growth they give, revised growth in their gaps, the
    checks, and the ranks that tables of the press give.
    """
    panel, press, check = evidence.panel, evidence.press, evidence.check
    first = panel[panel["vintage"].isin([FIRST, "compiled"])]
    revised = panel[panel["vintage"].eq("revised") & panel["indicator"].eq("gdp_real_growth")]
    people = check[check["indicator"] == "population_census"]
    provinces = pd.concat([evidence.report, press])["region_code"].str[:2]
    near = panel[panel["vintage"].eq(FIRST) & panel["region_code"].str[:2].isin(provinces)]
    levels = press[press["indicator"].isin(RANKS.values())]
    parts = [
        _figures(first, "series"),
        _figures(revised[~_among(revised, first)], "revised_only"),
        _figures(check, "check_file"),
        _figures(people.assign(indicator="population_resident"), "census"),
        _changes(first),
        _ranks(near, "rank"),
        *(
            _ranks(table, "rank" if period == "annual" else "part_year")
            for (_, period), table in levels.groupby(["source_id", "period"])
            if len(table) > 1
        ),
    ]
    return pd.concat(parts, ignore_index=True)


def _changes(panel: pd.DataFrame) -> pd.DataFrame:
    """Growth that levels at current prices give, each of one source and not across a break."""
    levels = _figures(panel[panel["indicator"].isin(CHANGES)], "change").sort_values("year")
    breaks = load_table("breaks") if has_tables("breaks") else levels[:0]
    by = levels.groupby(["region_code", "indicator", "against_source_id"])
    grown = 100 * by["found"].pct_change(fill_method=None).where(by["year"].diff() == 1)
    grown = levels.assign(found=grown.round(2), indicator=levels["indicator"] + "_growth")
    return grown[~_among(levels, breaks)].dropna()


def _ranks(figures: pd.DataFrame, note: str) -> pd.DataFrame:
    """Ranks that levels of all cities of a province give, best and worst as rounding allows."""
    rows = [pd.DataFrame(columns=[*KEY, "found", "best", "worst"], dtype=float)]
    figures = figures[figures["indicator"].isin(RANKS.values())]
    for (rank, level), code in product(RANKS.items(), figures["region_code"].unique()):
        of = figures[figures["region_code"].isin(cities_beside(code))]
        levels = series(of, level, of["vintage"].unique())
        levels = levels.reindex(columns=cities_beside(code)).dropna()
        own, rounding = levels[code], BOUNDS["rounding"]
        shifts = {"found": (0.0, 1), "best": (rounding, 1), "worst": (-rounding, 0)}
        found = {
            name: levels.gt(own + shift, axis=0).sum(axis=1) + place
            for name, (shift, place) in shifts.items()
        }
        behind = of[of["indicator"] == level].drop_duplicates(KEY).groupby("year")["source_id"]
        found["against_source_id"] = behind.agg(lambda ids: ", ".join(ids.unique()))
        ranked = pd.DataFrame(found, levels.index).rename_axis("year").reset_index()
        rows.append(ranked.assign(region_code=code, indicator=rank))
    return pd.concat(rows).assign(note=note)


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


def _on_paths(rows: pd.DataFrame, figures: pd.DataFrame, years: float = 100) -> pd.DataFrame:
    """Claims to which only other years speak: do all the figures rise, or fall, throughout?

    Read with the figures of at most so many ``years`` before and after, where there are two.
    """
    rows = rows.astype({"found": object})
    for place, claim in rows[rows["verdict"] == NO_SOURCE].iterrows():
        others = figures[(figures[KEY[:2]] == claim[KEY[:2]]).all(axis=1)].sort_values("year")
        others = others[(others["year"] - claim["year"]).abs() <= years]
        if len(others) < 2:
            continue
        path = pd.concat([pd.DataFrame([claim]).assign(value=claim["claimed"]), others])
        path = path.sort_values("year")["value"]
        steady = path.is_monotonic_increasing or path.is_monotonic_decreasing
        seen = [f"{row.value:.10g} ({row.year})" for row in others.itertuples()]
        told = [", ".join(seen), ", ".join(others["source_id"].unique()), "path"]
        columns = ["found", "against_source_id", "note", "verdict"]
        rows.loc[place, columns] = [*told, "plausible" if steady else "contradicted"]
    return rows


def _dropped_claims(evidence: Evidence, figures: pd.DataFrame) -> pd.DataFrame:
    """Figures that corrections drop and others speak of, if only those of the years beside.

    One that is read as a nominal change is held against that, too; the note is the reason.
    """
    made = evidence.corrections
    made = made[made["status"].eq("applied") & made["action"].eq("drop")]
    made = made[made["region_code"].isin(evidence.regions)].assign(value=made["expected"])
    nominal = made[made["reason"] == NOMINAL].assign(indicator="gdp_nominal_growth")
    claims, units = pd.concat([made, nominal]), load_table("indicators").set_index("indicator")
    claims["unit"] = claims["indicator"].map(units["unit"])
    held = _held(claims.assign(claim_id="dropped." + _named(claims)), figures)
    held = _on_paths(held, evidence.panel, years=1)
    return held[held["verdict"] != NO_SOURCE].assign(note=held["reason"])


def _named(rows: pd.DataFrame) -> pd.Series:
    return rows["source_id"] + "." + rows["indicator"] + "." + rows["year"].astype(str)


def _vintage_claims(evidence: Evidence) -> pd.DataFrame:
    """What was first published on the cities of the report, held against the revised series."""
    panel, checks = evidence.panel, evidence.checks
    years = [evidence.origin - before for before in VINTAGE_YEARS]
    keys = pd.MultiIndex.from_product([evidence.regions, VINTAGES, years], names=KEY)
    first = panel[panel["vintage"].eq(FIRST) & panel["indicator"].isin(VINTAGES)]
    first = first[[*KEY, "value", "source_id"]]
    claims = keys.to_frame(index=False).merge(first, on=KEY, how="left")
    named = checks[checks["vintage"] == FIRST].drop_duplicates("indicator").set_index("indicator")
    claims["source_id"] = claims["source_id"].fillna(claims["indicator"].map(named["source_id"]))
    claims["unit"] = claims["indicator"].map(VINTAGES)
    claims["claim_id"] = "vintage." + _named(claims)
    if not first.empty:
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
