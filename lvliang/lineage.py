"""What the figures of a page rest on: rows of tables, each with its ``source_id``."""

from collections.abc import Iterable, Sequence

import pandas as pd

from lvliang.baseline.history import SECTORS
from lvliang.baseline.package import has_tables
from lvliang.baseline.tables import as_of, load_observations, load_table
from lvliang.feasibility import announced
from lvliang.feasibility.background import GROWTH_TABLES
from lvliang.feasibility.verdict_facts import near_targets
from lvliang.feasibility.verdicts import Verdict, Verdicts
from lvliang.projection.conditional import COAL, SHARE
from lvliang.projection.outlook import Outlook
from lvliang.projection.panel import OBSERVATIONS, has_panel, load_panel
from lvliang.projection.scenario import Scenario
from lvliang.projection.sensitivity import COMMODITIES

ID = "source_id"
REAL_GROWTH = "gdp_real_growth"
NO_ROWS = pd.DataFrame({ID: []}, dtype=str)


def sources_of(*used: pd.DataFrame) -> pd.DataFrame:
    """Rows of ``sources.csv`` that any of ``used`` names; a cell may name several, with commas."""
    named = pd.concat([rows[ID] for rows in (NO_ROWS, *used)]).str.split(", ").explode()
    sources = load_table("sources")
    return sources[sources[ID].isin(named)].reset_index(drop=True)


def of_claims(judged: pd.DataFrame) -> pd.DataFrame:
    """What claims of the audit come from and are held against."""
    both = pd.concat([judged["claim_source_id"], judged["against_source_id"]])
    return pd.DataFrame({ID: both.unique()})


def of_engine(base_year: int) -> pd.DataFrame:
    """Growth of all cities and of the nation, and official targets; nothing without the panel."""
    if not has_panel():
        return NO_ROWS
    known = _known(OBSERVATIONS, base_year)
    growth, panel = known[known["indicator"] == REAL_GROWTH], load_panel(base_year)
    printed = as_of(panel.editions, base_year)
    printed = printed[printed["year"].isin(panel.growth.index)]
    return pd.concat([growth, panel.targets, printed])[[ID]]


def of_draws(outlook: Outlook, indicators: Iterable[str] | None = None) -> pd.DataFrame:
    """The engine, the city's series, and the scenario as far as it moves what is shown.

    Shown are ``indicators``, or all that is `drawn`. Real growth answers to no price.
    """
    shown = set(drawn(outlook) if indicators is None else indicators)
    own = outlook.history[outlook.history["region_code"] == outlook.region.code]
    parts = [of_engine(outlook.base_year), own[own["indicator"].isin(shown)]]
    moving = {driver for driver, values in outlook.scenario.drivers.items() if values}
    if shown == {REAL_GROWTH}:
        moving -= {COAL, SHARE}
    if moving:
        parts.append(of_scenarios([outlook.scenario]))
    if COAL in moving:
        parts.append(of_coal(outlook.base_year))
    return pd.concat([part[[ID]] for part in parts])


def drawn(outlook: Outlook) -> list[str]:
    """The indicators of which the outlook has paths of its city."""
    paths = outlook.own_paths.dropna("indicator", how="all")
    return [str(name) for name in paths["indicator"].to_numpy()]


def of_coal(base_year: int) -> pd.DataFrame:
    """World prices, and the sectors on whose share what they move may hang."""
    return pd.concat([_known([COMMODITIES], base_year), of_sectors(base_year)])


def of_sectors(base_year: int) -> pd.DataFrame:
    """The sectors of all cities, by whose shares cities are grouped and compared."""
    return _known([SECTORS], base_year)


def of_announced(base_year: int) -> pd.DataFrame:
    """Growth targets that cities and provinces announced, and growth as first published."""
    if not has_tables(announced.CITIES, announced.GROWTH):
        return NO_ROWS
    names = (announced.CITIES, *announced.PROVINCES, announced.GROWTH)
    return pd.concat([as_of(load_table(name), base_year)[[ID]] for name in names])


def of_scenarios(scenarios: Iterable[Scenario]) -> pd.DataFrame:
    """The sources that the scenarios cite for their sizes."""
    return pd.DataFrame({ID: [name for one in scenarios for name in one.sources]}, dtype=str)


def of_verdicts(verdicts: Sequence[Verdict], outlook: Outlook) -> pd.DataFrame:
    """What judges targets: their report, the draws of the province, both vintages, sectors; what
    closes one, and what is known near those that cannot be told."""
    if not verdicts:
        return NO_ROWS
    known, base_year = outlook.history, outlook.base_year
    asked = {*drawn(outlook), *(one.target.indicator.removesuffix("_growth") for one in verdicts)}
    came = [one.outcome.source_id for one in verdicts if one.outcome]
    near = [row[ID] for row in near_targets(Verdicts(verdicts), base_year)]
    said = [as_of(load_table("report_targets"), base_year), _known(GROWTH_TABLES, base_year)]
    parts = [rows[rows["region_code"] == outlook.region.code] for rows in said]
    parts += [known[known["indicator"].isin(asked)], of_draws(outlook), of_sectors(base_year)]
    parts += [pd.DataFrame({ID: came + near}, dtype=str), of_announced(base_year)]
    return pd.concat([part[[ID]] for part in parts])


def _known(names: Sequence[str], base_year: int) -> pd.DataFrame:
    if not any(map(has_tables, names)):
        return NO_ROWS.assign(region_code="")
    return as_of(load_observations(names), base_year)
