"""The tables of an export's workbook: data, variables and provenance, as a reader knows them."""

from __future__ import annotations

import pandas as pd

from lvliang.baseline.regions import find_region
from lvliang.display.words import capital, text
from lvliang.export.rows import OBSERVED, RANK, Export, iamc, model_name
from lvliang.parameters import titles
from lvliang.projection.scenario import PERSISTENCE, SCOPE, SHOCK, Scenario
from lvliang.provenance import code_version, data_fingerprint

LANGUAGES = ("zh", "en")
NOTES = ("status", "vintages", "ranks", "targets", "rounding")
OF_A_SCENARIO = ("scenario", "changes")  # parameters told with each scenario


def sheets(export: Export, lang: str) -> dict[str, pd.DataFrame]:
    """Sheets by name: data, variables with what they mean, and provenance."""
    tables = {
        "data": _data(export, lang),
        "variables": _variables(export, lang),
        "provenance": _provenance(export, lang),
    }
    return {text(f"export_sheet.{name}", lang): table for name, table in tables.items()}


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


def _data(export: Export, lang: str) -> pd.DataFrame:
    rows = export.rows
    titled = {name: _title(export, name, lang) for name in rows["scenario"].unique()}
    table = {
        "title": rows["scenario"].map(titled),
        "scenario": rows["scenario"],
        "region": rows["region"] if lang == "zh" else _region(export),
        "indicator": rows[f"name_{lang}"].map(capital),
        "statistic": rows["statistic"].map(lambda name: _statistic(name, lang)),
        "status": _words("status", rows["status"], lang),
        "vintage": _words("vintage", rows["vintage"], lang),
        "price_basis": _words("price_basis", rows["price_basis"], lang),
        "unit": rows["unit"].map(lambda unit: text(f"export_unit.{unit}", lang)),
        "year": rows["year"],
        "value": rows["value"],
        "variable": rows["variable"],
    }
    return pd.DataFrame({_head(name, lang): column for name, column in table.items()})


def _variables(export: Export, lang: str) -> pd.DataFrame:
    """One row a variable: names, unit, price basis, vintage, what it means and its sources."""
    by_variable = export.rows.groupby("variable", sort=False)
    sources = by_variable["source_id"].agg(lambda ids: ", ".join(sorted(set(ids))))
    first = by_variable.first()
    table = {"variable": first.index.to_series()}
    table |= {f"name_{each}": first[f"name_{each}"].map(capital) for each in LANGUAGES}
    table |= {
        f"meaning_{each}": pd.Series(
            [_meaning(row, each) for _, row in first.iterrows()], first.index
        )
        for each in LANGUAGES
    }
    table |= {
        "unit": first["unit"].map(lambda unit: text(f"export_unit.{unit}", lang)),
        "price_basis": _words("price_basis", first["price_basis"], lang),
        "vintage": _words("vintage", first["vintage"], lang),
        "source": sources,
    }
    return pd.DataFrame({_head(name, lang): column for name, column in table.items()})


def _provenance(export: Export, lang: str) -> pd.DataFrame:
    """What made the workbook: version, data, parameters, scenarios, sources and notes."""
    run = next(iter(export.runs.values()))
    named = titles(type(run), lang)
    rows = [("made", "code_version", code_version()), ("made", "fingerprint", data_fingerprint())]
    rows = [(kind, text(f"export_item.{item}", lang), value) for kind, item, value in rows]
    rows += [
        ("parameter", f"{capital(named[name])} {name}", str(value))
        for name, value in run.model_dump(exclude=set(OF_A_SCENARIO)).items()
    ]
    for name, scenario in export.scenarios.items():
        told = {
            "title": _title(export, name, lang),
            "rationale": scenario.rationale(lang).strip(),
            "author": scenario.author,
            "origin": scenario.source(lang),
            "drivers": _drivers(scenario),
        }
        rows += [
            ("scenario", f"{name}: {text(f'export_item.{item}', lang)}", value)
            for item, value in told.items()
            if value
        ]
    rows += [
        (
            "source",
            row.source_id,
            text(
                "export_item.terms",
                lang,
                title=row.title,
                terms=row.licence_zh if lang == "zh" else row.licence,
            ),
        )
        for row in export.sources.itertuples()
    ]
    rows += [("note", "", text(f"export_note.{name}", lang)) for name in NOTES]
    table = pd.DataFrame(rows, columns=["kind", "item", "value"])
    table["kind"] = _words("kind", table["kind"], lang)
    heads = {"kind": "kind", "item": "item", "value": "content"}
    return table.rename(columns={name: _head(head, lang) for name, head in heads.items()})


def _title(export: Export, name: str, lang: str) -> str:
    """Title of a scenario, with what the user changed put after it."""
    if name == OBSERVED:
        return text("export_status.observed", lang)
    scenario = export.scenarios[name]
    return scenario.title(lang) + name.removeprefix(scenario.scenario_id)


def _region(export: Export) -> str:
    return find_region(export.rows["region_code"].iloc[0]).name("en")


def _statistic(name: str, lang: str) -> str:
    kind, _, place = name.partition("_")
    if kind == RANK:
        return text("export_statistic.rank", lang, place=place)
    if name.startswith("q") and name != "q50":
        return text("column.quantile", lang, percent=int(name[1:]))
    return text(f"export_statistic.{name}", lang)


def _meaning(row: pd.Series, lang: str) -> str:
    kind, _, place = row["statistic"].partition("_")
    quantile = kind.startswith("q")
    return text(
        f"export_meaning.{'quantile' if quantile else kind}",
        lang,
        name=capital(row[f"name_{lang}"]),
        vintage=text(f"export_vintage.{row['vintage']}", lang),
        percent=int(kind[1:]) if quantile else "",
        place=place,
    )


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


def _words(kind: str, column: pd.Series, lang: str) -> pd.Series:
    return column.map(lambda name: capital(text(f"export_{kind}.{name}", lang)))


def _head(name: str, lang: str) -> str:
    return text(f"export_column.{name}", lang)
