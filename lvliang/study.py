"""One study: parameters in, everything that is computed of them out, each when asked for and once.

Notebooks, the command line and the export stand on it, so that they say the same of the same run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

import pandas as pd

from lvliang import parameters
from lvliang.baseline.audit import load_evidence
from lvliang.baseline.audit_facts import audit_facts
from lvliang.baseline.history import VOLUME, has_report, load_history, report_figures
from lvliang.baseline.package import END_OF_PLAN, data_folder, last_known_year
from lvliang.baseline.regions import Region, cities_beside, find_region
from lvliang.baseline.starting_point import baseline_facts, ranks_by_year, reported, starting_point
from lvliang.display.prose import Page, Text
from lvliang.display.show import Piece
from lvliang.feasibility.announced import announced_targets
from lvliang.feasibility.background import Background, load_background
from lvliang.feasibility.coal import BASES, coal_ahead, coal_facts, own_slope, share_facts
from lvliang.feasibility.commitments import judge_commitments
from lvliang.feasibility.comparison import (
    INDICATORS,
    Comparison,
    level_facts,
    load_comparison,
    scenario_facts,
    scenarios_of,
)
from lvliang.feasibility.desk import desk_facts, expected, triggers
from lvliang.feasibility.drivers import driver_facts, load_tornado, tornado_facts
from lvliang.feasibility.industries import industry_facts, load_industries
from lvliang.feasibility.outcomes import Known
from lvliang.feasibility.progress import progress_facts, two_standpoints, where_they_stand
from lvliang.feasibility.rank_record import load_rank_record, record_facts
from lvliang.feasibility.ranks import air_facts, next_in_rank, rank_facts, revenue_facts
from lvliang.feasibility.record import LONGEST, decompose, groups_of, load_record, origins_behind
from lvliang.feasibility.record_facts import met_facts, registered_facts, track_record_facts
from lvliang.feasibility.registered import registered_so_far, score_registered
from lvliang.feasibility.targets import MAIN, TO_END, Target, load_targets
from lvliang.feasibility.verdict_facts import (
    class_counts,
    drawn_facts,
    near_targets,
    past_chances,
    report_facts,
    target_value,
    verdict_facts,
)
from lvliang.feasibility.verdicts import Verdicts, assess
from lvliang.lineage import sources_of
from lvliang.projection.conditional import COAL, condition
from lvliang.projection.outlook import Outlook, actual, gaps_of, look_ahead, outlook_facts
from lvliang.projection.scenario import BASELINE, Scenario, load_shipped
from lvliang.projection.sensitivity import load_sensitivities, trial


class Study:
    """All that follows from the checked parameters of a run, the page of ``notebook`` included."""

    def __init__(self, run: Any, notebook: str = "") -> None:
        self.run = run
        self.notebook = notebook
        self.region: Region = find_region(run.region)
        self.base_year: int = run.base_year

    @classmethod
    def of(cls, notebook: str, given: Mapping[str, Any]) -> Study:
        """The study of a notebook, its parameters among ``given``; raises as `parameters.check`."""
        names = parameters.schema_of(notebook).model_fields
        own = {name: given[name] for name in names if name in given}
        return cls(parameters.check(notebook, own), notebook)

    @property
    def years(self) -> range:
        """The years projected."""
        return range(self.base_year + 1, self.run.end_year + 1)

    @cached_property
    def latest(self) -> Study | None:
        """The same run at the last year known, nothing assumed; None where it stands there."""
        last = last_known_year(data_folder())
        if self.base_year == last:
            return None
        end = max(self.run.end_year, END_OF_PLAN, last + 1)
        asked = {"base_year": last, "end_year": end, "scenario": BASELINE, "changes": ""}
        return Study(type(self.run)(**self.run.model_dump() | asked), self.notebook)

    @property
    def is_mid_term(self) -> bool:
        """Whether its verdicts to the end are the plan's mid-term review."""
        return self.latest is None and self.run.end_year == END_OF_PLAN

    @cached_property
    def history(self) -> pd.DataFrame:
        """Observations of the region and its peers known at the base year (`load_history`)."""
        return load_history(cities_beside(self.region.code), self.base_year)

    @cached_property
    def ranks(self) -> pd.DataFrame:
        """Rank in the province in each year known (`ranks_by_year`)."""
        return ranks_by_year(self.history, self.region.code)

    @cached_property
    def figures(self) -> pd.DataFrame:
        """The work report's figures of the region (`report_figures`)."""
        return report_figures(self.region.code, self.base_year)

    @cached_property
    def plain(self) -> Outlook:
        """The draws where nothing is assumed."""
        return look_ahead(
            self.region.code,
            base_year=self.base_year,
            end_year=self.run.end_year,
            draws=self.run.draws,
            seed=self.run.seed,
            growth_discount=self.run.growth_discount,
        )

    @property
    def scenario(self) -> Scenario:
        """What the run assumes, with the user's changes."""
        return self.run.assumed

    @cached_property
    def outlook(self) -> Outlook:
        """The draws given the scenario of the run."""
        return condition(self.plain, self.scenario, seed=self.run.seed)

    @cached_property
    def targets(self) -> list[Target]:
        """The targets of the region known at the base year."""
        return load_targets(self.region.code, self.base_year, self.run.end_year)

    @cached_property
    def background(self) -> Background:
        """What stands beside the draws when targets are judged."""
        return load_background(self.region.code, self.base_year)

    @cached_property
    def verdicts(self) -> Verdicts:
        """The verdict on each target (`assess`)."""
        return assess(self.targets, self.outlook, self.background)

    @cached_property
    def again(self) -> Verdicts:
        """The targets ahead, judged again at the last year known; none if the run stands there."""
        latest = self.latest
        ahead = [one for one in self.targets if one.last_year > self.base_year]
        return assess(ahead, latest.outlook, latest.background) if ahead and latest else Verdicts()

    @property
    def standpoints(self) -> dict[str, Any] | None:
        """Verdicts from both standpoints, what came later among them (`two_standpoints`)."""
        before = self.verdicts.due_after(self.base_year) if self.again else Verdicts()
        return two_standpoints(before, self.again, last_known_year(data_folder()))

    @cached_property
    def commitments(self) -> pd.DataFrame:
        """What can be said of each commitment of the report (`judge_commitments`)."""
        return judge_commitments(self.verdicts, self.base_year, self.run.end_year)

    @cached_property
    def record(self) -> pd.DataFrame:
        """The track record known at the base year (`backtest`); empty where there is none."""
        return load_record(self.base_year)

    @cached_property
    def origins(self) -> int:
        """Origins behind the longest horizon of the record; 0 without one."""
        return origins_behind(self.base_year)

    @cached_property
    def shipped(self) -> list[Scenario]:
        """The shipped scenarios, the baseline first."""
        return list(load_shipped(base_year=self.base_year, end_year=self.run.end_year).values())

    @cached_property
    def scenarios(self) -> tuple[list[Scenario], list[Scenario]]:
        """The scenarios to be set side by side, and those left out (`scenarios_of`)."""
        of_report = has_report(self.region.code)
        return scenarios_of(self.shipped, self.scenario, self.years, of_report=of_report)

    @cached_property
    def comparison(self) -> Comparison:
        """The scenarios side by side."""
        return self.compare(self.scenarios[0])

    def compare(self, scenarios: Sequence[Scenario]) -> Comparison:
        """Scenarios held against the first of them, on the same draws."""
        return load_comparison(self.plain, scenarios, seed=self.run.seed)

    def tornado(self, scenarios: Sequence[Scenario]) -> pd.DataFrame:
        """One driver at a time, the shock the largest of ``scenarios`` (`load_tornado`)."""
        return load_tornado(self.plain, scenarios, seed=self.run.seed)

    def page(self, **facts: Any) -> Page:
        """The text of the notebook's page, over its parameters and ``facts``."""
        return Page(self.notebook, self._given() | facts, self.run.lang)

    def _given(self) -> dict[str, Any]:
        """The parameters, the region and the scenario in place of their names."""
        given = self.run.model_dump() | {"region": self.region}
        return given | {"scenario": self.scenario} if "scenario" in given else given

    @cached_property
    def audit_facts(self) -> dict[str, Any]:
        """What the sources say of each other (`baseline.audit_facts`)."""
        return audit_facts(load_evidence(self.base_year, region=self.region.code), self.region)

    @cached_property
    def baseline_facts(self) -> dict[str, Any]:
        """Where the region stands and how it grew (`baseline.starting_point`)."""
        known = self.ranks.dropna(axis=1, how="all")
        start = starting_point(self.history, self.region.code, self.base_year)
        return {
            **baseline_facts(self.history, start, self.region, self.base_year),
            "ranks": known.rename_axis("year").reset_index() if len(known) else known,
            "ranks_of_report": any(name.startswith("report_") for name in known),
            "reported": reported(self.figures),
        }

    @cached_property
    def outlook_facts(self) -> dict[str, Any]:
        """What is drawn of the region, and how far that may be trusted (`outlook_facts`)."""
        ahead, evidence = len(self.years), self.plain.evidence
        own = evidence[evidence.index.get_level_values("region") == self.region.code]
        own = own.droplevel("region")
        return {
            **outlook_facts(self.outlook),
            "years": [(self.years[0], self.years[-1])],
            "sets_coal": bool(self.scenario.path(COAL, self.years)),
            "slope": own_slope(self.region.code, self.base_year),
            "evidence": own.rename({VOLUME: "gdp_real_growth"}).reset_index(),
            "revenue_gaps": gaps_of(own, "budget_revenue"),
            "origins": self.origins,
            "longest": LONGEST,
            "untested": ahead if self.origins and ahead > LONGEST else None,
        }

    @cached_property
    def progress_facts(self) -> dict[str, Any]:
        """What came of what was said (`feasibility.progress`); at the last year known (``latest``
        None) how targets stand alone."""
        latest = self.latest or self
        scores = score_registered(latest.base_year)
        fared = {"registered": registered_so_far(scores, self.region.code, self.base_year)}
        known = Known(self.region, latest.base_year)
        if latest is self:
            fared |= where_they_stand(self.verdicts, self.verdicts, known)
            return fared | {"latest": None}
        seen = (self.verdicts, self.again, self.outlook, latest.outlook)
        return fared | progress_facts(*seen, known)

    @cached_property
    def desk_facts(self) -> dict[str, Any]:
        """What the page for the desk tells (`feasibility.desk`)."""
        main = self.verdicts.of(MAIN)
        found = expected(self.targets, self.outlook, self.background.gaps)
        effects = self.tornado(self.shipped)
        last = self.base_year + LONGEST
        return {
            **desk_facts(main, found, self.outlook, self.ranks),
            "main": main,
            "counts": class_counts(main),
            "near": next_in_rank(self.outlook),
            "to_end": self.verdicts.of(TO_END),
            "mid_term": self.is_mid_term,
            "target": target_value(main.due_after(self.base_year), "gdp_real_growth"),
            "coal": driver_facts(effects, "coal_price"),
            "nation": driver_facts(effects, "national_growth"),
            "triggers": triggers(self.targets, self.plain),
            "least": min(BASES),
            "most": max(BASES),
            "years": [(self.years[0], self.run.end_year)],
            "span_years": len(self.years),
            "has_gaps": self.background.gaps is not None and len(self.background.gaps) > 0,
            "origins": self.origins,
            "beyond": last if self.origins and self.run.end_year > last else None,
        }

    @cached_property
    def feasibility_facts(self) -> dict[str, Any]:
        """The targets judged, and what stands beside that (`feasibility.verdict_facts`)."""
        return {
            **verdict_facts(self.verdicts),
            **drawn_facts(self.verdicts, self.outlook),
            **report_facts(self.figures),
            "mid_term": self.is_mid_term,
            "near": near_targets(self.verdicts, self.base_year),
            "past": past_chances(decompose(self.record, groups_of(self.record, self.region.code))),
            "origins": self.origins,
            "longest": LONGEST,
        }

    @cached_property
    def scenario_facts(self) -> dict[str, Any]:
        """Scenarios side by side, what moves most, and what coal moves (`feasibility`)."""
        scenarios, others = self.scenarios
        found, asked = self.comparison, (self.region.code, self.base_year)
        ahead, slope = coal_ahead(self.plain, seed=self.run.seed), own_slope(*asked)
        levels = {name: level_facts(found, actual(self.plain, name), name) for name in INDICATORS}
        return {
            **scenario_facts(found, self.years, self.run.scenario),
            "levels": levels,
            "silent": [one for one in others if not one.speaks_of(self.years)],
            "lent": [one for one in others if one.speaks_of(self.years)],
            "tornado": tornado_facts(self.tornado(scenarios), self.years),
            "coal": coal_facts(load_sensitivities(*asked), trial(*asked), ahead),
            "slope": slope,
            "share": share_facts(found, year=self.years[0], slope=slope),
        }

    @cached_property
    def rank_facts(self) -> dict[str, Any]:
        """Ranks in the province to come, and how such were right (`feasibility.ranks`)."""
        start = starting_point(self.history, self.region.code, self.base_year)
        return {
            **rank_facts(self.outlook, start["last_rank"]["gdp_nominal"]),
            **revenue_facts(self.outlook, self.ranks),
            "air": air_facts(self.outlook.history, self.region.code),
            "record": record_facts(load_rank_record(self.region.code, self.base_year)),
        }

    @cached_property
    def record_facts(self) -> dict[str, Any]:
        """How the engine and its rivals fared, how often targets were met (`record_facts`)."""
        groups = groups_of(self.record, self.region.code)
        found = announced_targets(last_known_year(data_folder()))
        later = found[found.index.get_level_values("year") > self.base_year]
        return {
            **track_record_facts(self.record, groups, self.region.code, self.base_year),
            "registered": registered_facts(self.base_year),
            "met": met_facts(announced_targets(self.base_year), self.region.code, later),
        }

    @cached_property
    def industry_facts(self) -> dict[str, Any]:
        """The industry targets, and what is known beside them (`feasibility.industries`)."""
        return industry_facts(load_industries(self.region.code, self.base_year))

    def provenance(self, *used: pd.DataFrame) -> Callable[[str], list[Piece]]:
        """What tells, in a language, the parameters and the sources of what was ``used``."""
        titles = parameters.titles(type(self.run))
        told = {
            name: value if name in ("region", "scenario") else str(value) or None
            for name, value in self._given().items()
        }
        rows = [{"name": name, **titles[name], "value": value} for name, value in told.items()]
        facts = {"parameters": rows, "sources": sources_of(*used)}
        return lambda lang: Text("provenance", lang, facts).say("tables")
