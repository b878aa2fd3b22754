"""The tables of an export's workbook: data, variables and provenance, as a reader knows them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from lvliang.baseline.regions import find_region
from lvliang.display.prose import said
from lvliang.display.words import LANGUAGES, capital, words_in
from lvliang.export.rows import OBSERVED, Export, iamc, model_name
from lvliang.parameters import titles
from lvliang.projection.scenario import PERSISTENCE, SCOPE, SHOCK, Scenario
from lvliang.provenance import code_version, data_fingerprint

OF_A_SCENARIO = ("scenario", "changes")  # parameters told with each scenario


def sheets(export: Export, lang: str) -> dict[str, pd.DataFrame]:
    """Sheets by name: data, variables with what they mean, and provenance."""
    own = _Sheets(export, lang)
    tables = {"data": own.data(), "variables": own.variables(), "provenance": own.provenance()}
    return {own.label(name, "export_sheet"): table for name, table in tables.items()}


def iamc_sheets(export: Export) -> dict[str, pd.DataFrame]:
    """The sheets ``data`` and ``meta`` that pyam reads: what each scenario was made with."""
    made = {"code_version": code_version(), "data_fingerprint": data_fingerprint()}
    meta = [
        {"model": model_name(), "scenario": name, "title": export.scenarios[name].title_en}
        | run.model_dump(include={"base_year", "end_year", "draws", "seed", "growth_discount"})
        | {"drivers": _drivers(export.scenarios[name]) or "none"}
        | made
        for name, run in export.runs.items()
    ]
    return {"data": iamc(export), "meta": pd.DataFrame(meta)}


class _Sheets:
    """The sheets in one language."""

    def __init__(self, export: Export, lang: str) -> None:
        self.export, self.lang = export, lang
        self.told = words_in(lang)
        self.label = self.told.label

    def data(self) -> pd.DataFrame:
        rows = self.export.rows
        titled = {name: self._title(name) for name in rows["scenario"].unique()}
        city = find_region(rows["region_code"].iloc[0]).name_en
        table = {
            "title": rows["scenario"].map(titled),
            "scenario": rows["scenario"],
            "region": rows["region"] if self.lang == "zh" else city,
            "indicator": rows[f"name_{self.lang}"].map(capital),
            "statistic": rows["statistic"].map(self._statistic),
            "status": self._labels(rows["status"], "export_status"),
            **self._measure(rows),
            "year": rows["year"],
            "value": rows["value"],
            "variable": rows["variable"],
        }
        return self._headed(table)

    def variables(self) -> pd.DataFrame:
        """One row a variable: names, unit, price basis, vintage, what it means and its sources."""
        by_variable = self.export.rows.groupby("variable", sort=False)
        sources = by_variable["source_id"].agg(lambda ids: ", ".join(sorted(set(ids))))
        first = by_variable.first()
        facts = {"variables": [row | _parts(row["statistic"]) for row in first.to_dict("records")]}
        meanings = {lang: said("export", lang, "meanings", facts) for lang in LANGUAGES}
        measure = self._measure(first)
        table = {
            "variable": first.index.to_series(),
            **{f"name_{lang}": first[f"name_{lang}"].map(capital) for lang in LANGUAGES},
            **{f"meaning_{lang}": meanings[lang] for lang in LANGUAGES},
            **{name: measure[name] for name in ("unit", "price_basis", "vintage")},
            "source": sources,
        }
        return self._headed(table)

    def provenance(self) -> pd.DataFrame:
        """What made the workbook: version, data, parameters, scenarios, sources and notes."""
        run = next(iter(self.export.runs.values()))
        named = titles(type(run))
        rows = [
            ("made", self.label("code_version", "export_item"), code_version()),
            ("made", self.label("fingerprint", "export_item"), data_fingerprint()),
        ]
        rows += [
            ("parameter", f"{capital(self.told.of(named[name], 'title'))} {name}", str(value))
            for name, value in run.model_dump(exclude=set(OF_A_SCENARIO)).items()
        ]
        for name, scenario in self.export.scenarios.items():
            told = {
                "title": self._title(name),
                "rationale": self.told.of(scenario, "rationale"),
                "author": scenario.author,
                "origin": self.told.of(scenario, "source"),
                "drivers": _drivers(scenario),
            }
            rows += [
                ("scenario", f"{name}: {self.label(item, 'export_item')}", value)
                for item, value in told.items()
                if value
            ]
        title, licence = ("title_zh", "licence_zh") if self.lang == "zh" else ("title", "licence")
        rows += [
            (
                "source",
                source["source_id"],
                self.label("terms", "export_item", title=source[title], terms=source[licence]),
            )
            for _, source in self.export.sources.iterrows()
        ]
        rows += [("note", "", words) for words in said("export", self.lang, "notes", {})]
        table = pd.DataFrame(rows, columns=["kind", "item", "content"])
        return self._headed(table.assign(kind=self._labels(table["kind"], "export_kind")))

    def _title(self, name: str) -> str:
        """Title of a scenario, with what the user changed put after it."""
        if name == OBSERVED:
            return self.label("observed", "export_status")
        scenario = self.export.scenarios[name]
        return self.told.of(scenario, "title") + name.removeprefix(scenario.scenario_id)

    def _measure(self, rows: pd.DataFrame) -> dict[str, pd.Series]:
        return {
            "vintage": self._labels(rows["vintage"], "vintage"),
            "price_basis": self._labels(rows["price_basis"], "export_price_basis"),
            "unit": rows["unit"].map(lambda unit: self.label(unit, "export_unit")),
        }

    def _statistic(self, name: str) -> str:
        parts = _parts(name)
        kind = name if name == "q50" else parts["kind"]
        return self.label(kind, "export_statistic", percent=parts["percent"], place=parts["place"])

    def _labels(self, column: pd.Series, kind: str) -> pd.Series:
        return column.map(lambda name: capital(self.label(name, kind)))

    def _headed(self, table: Mapping[str, Any] | pd.DataFrame) -> pd.DataFrame:
        return pd.DataFrame({self.label(name, "export_column"): table[name] for name in table})


def _parts(statistic: str) -> dict[str, Any]:
    """The ``kind`` of a statistic, the ``percent`` of a quantile and the ``place`` of a rank."""
    kind, _, place = statistic.partition("_")
    is_quantile = kind[0] == "q"
    percent = int(kind[1:]) if is_quantile else None
    return {"kind": "quantile" if is_quantile else kind, "percent": percent, "place": place}


def _drivers(scenario: Scenario) -> str:
    """What a scenario moves, as ``--set`` takes it but for the sign of the unit."""
    pairs = [
        f"{driver}.{year}={value:g}"
        for driver, values in scenario.drivers.items()
        for year, value in sorted(values.items())
    ]
    if scenario.drivers.get(SHOCK):
        pairs += [f"{SHOCK}.{PERSISTENCE}={scenario.persistence:g}"]
        pairs += [f"{SHOCK}.{SCOPE}={scenario.scope}"]
    return "; ".join(pairs)
