"""The workbooks of an export: data, variables and provenance, in the words of a language."""

import unicodedata
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from typing import Any

import pandas as pd

from lvliang.baseline.regions import find_region
from lvliang.display.prose import said
from lvliang.display.words import LANGUAGES, Words, capital, words_in
from lvliang.export.rows import IAMC_COLUMNS, OBSERVED, Export, model_name
from lvliang.lineage import sources_of
from lvliang.parameters import titles
from lvliang.projection.scenario import PERSISTENCE, SCOPE, SHOCK, Scenario
from lvliang.provenance import code_version, data_fingerprint

OF_A_SCENARIO = {"scenario", "changes"}  # parameters told with each scenario
MADE_WITH = {"base_year", "end_year", "draws", "seed", "growth_discount"}  # those in ``meta``
DATA = [
    "title", "scenario", "region", "indicator", "statistic", "status", "vintage", "price_basis",
    "unit", "year", "value", "variable",
]  # fmt: skip
VARIABLES = [
    "variable", "name_zh", "name_en", "meaning_zh", "meaning_en", "unit", "price_basis", "vintage",
    "source",
]  # fmt: skip
WIDEST = 60  # characters of a column


def workbook(export: Export, lang: str) -> bytes:
    """Sheets of data, variables with what they mean, and provenance, in one language."""
    words = words_in(lang)
    told = _told(export, words)
    provenance = pd.DataFrame(_provenance(export, words), columns=["kind", "item", "content"])
    kinds = provenance["kind"].map(lambda kind: capital(words.label(kind, "export_kind")))
    tables = {
        "data": told[DATA],
        "variables": _variables(export, told)[VARIABLES],
        "provenance": provenance.assign(kind=kinds),
    }
    sheets = {}
    for name, table in tables.items():
        heads = [words.label(column, "export_column") for column in table]
        sheets[words.label(name, "export_sheet")] = table.set_axis(heads, axis=1)
    return _written(export, sheets)


def iamc_workbook(export: Export) -> bytes:
    """The sheets ``data`` and ``meta`` that pyam reads: what each scenario was made with."""
    made = {"code_version": code_version(), "data_fingerprint": data_fingerprint()}
    meta = [
        {"model": model_name(), "scenario": name, "title": study.scenario.title_en}
        | study.run.model_dump(include=MADE_WITH)
        | {"drivers": _drivers(study.scenario) or "none"}
        | made
        for name, study in export.studies.items()
    ]
    return _written(export, {"data": export.rows[IAMC_COLUMNS], "meta": pd.DataFrame(meta)})


def _told(export: Export, words: Words) -> pd.DataFrame:
    """The rows with their codes told in words."""
    rows = export.rows

    def labels(column: str, kind: str) -> pd.Series:
        return rows[column].map(lambda code: capital(words.label(code, kind)))

    return rows.assign(
        title=rows["scenario"].map(lambda name: _title(export, name, words)),
        region=find_region(rows["region_code"].iloc[0]).name(words.lang),
        indicator=rows[f"name_{words.lang}"].map(capital),
        statistic=rows["statistic"].map(lambda name: _statistic(name, words)),
        status=labels("status", "export_status"),
        vintage=labels("vintage", "vintage"),
        price_basis=labels("price_basis", "export_price_basis"),
        unit=rows["unit"].map(words.published),
        name_zh=rows["name_zh"].map(capital),
        name_en=rows["name_en"].map(capital),
    )


def _variables(export: Export, told: pd.DataFrame) -> pd.DataFrame:
    """One row a variable: names, unit, price basis, vintage, what it means and its sources."""
    by_variable = export.rows.groupby("variable", sort=False)
    facts = [row | _parts(row["statistic"]) for row in by_variable.first().to_dict("records")]
    return told.drop_duplicates("variable").assign(
        **{
            f"meaning_{lang}": said("export", lang, "meanings", {"variables": facts})
            for lang in LANGUAGES
        },
        source=by_variable["source_id"].agg(lambda ids: ", ".join(sorted(set(ids)))).to_numpy(),
    )


def _provenance(export: Export, words: Words) -> Iterator[tuple[str, str, str]]:
    """What made the workbook: version, data, parameters, scenarios, sources and notes."""
    first = next(iter(export.studies.values()))
    named, label = titles(type(first.run)), words.label
    yield "made", label("code_version", "export_item"), code_version()
    yield "made", label("fingerprint", "export_item"), data_fingerprint()
    for name, value in first.run.model_dump(exclude=OF_A_SCENARIO).items():
        yield "parameter", f"{capital(words.of(named[name], 'title'))} {name}", str(value)
    for name, study in export.studies.items():
        told = {
            "title": _title(export, name, words),
            "rationale": words.of(study.scenario, "rationale"),
            "author": study.scenario.author,
            "origin": words.of(study.scenario, "source"),
            "drivers": _drivers(study.scenario),
        }
        for item, value in told.items():
            if value:
                yield "scenario", f"{name}: {label(item, 'export_item')}", value
    suffix = "_zh" if words.lang == "zh" else ""
    for source in sources_of(first.plain.history).to_dict("records"):
        facts = {"title": source[f"title{suffix}"], "terms": source[f"licence{suffix}"]}
        yield "source", source["source_id"], label("terms", "export_item", **facts)
    for note in said("export", words.lang, "notes", {}):
        yield "note", "", note


def _title(export: Export, name: str, words: Words) -> str:
    """Title of a scenario, with what the user changed put after it."""
    if name == OBSERVED:
        return words.label("observed", "export_status")
    scenario = export.studies[name].scenario
    return words.of(scenario, "title") + name.removeprefix(scenario.scenario_id)


def _statistic(name: str, words: Words) -> str:
    parts = _parts(name)
    kind = name if name == "q50" else parts["kind"]
    return words.label(kind, "export_statistic", percent=parts["percent"], place=parts["place"])


def _parts(statistic: str) -> dict[str, Any]:
    """The ``kind`` of a statistic, the ``percent`` of a quantile and the ``place`` of a rank."""
    kind, _, place = statistic.partition("_")
    if kind.startswith("q"):
        return {"kind": "quantile", "percent": int(kind[1:]), "place": ""}
    return {"kind": kind, "percent": None, "place": place}


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


def _written(export: Export, sheets: dict[str, pd.DataFrame]) -> bytes:
    """A workbook of tables; texts stay texts, the first row stays in view."""
    buffer = BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False}
    with pd.ExcelWriter(buffer, engine="xlsxwriter", engine_kwargs={"options": options}) as writer:
        # It asks for a time: when the figures were known, as the clock has no say in it.
        base_year = int(export.rows["base_year"].iloc[0])
        writer.book.set_properties({"created": datetime(base_year + 1, 3, 31)})
        decimals = writer.book.add_format({"num_format": "#,##0.0"})
        for name, table in sheets.items():
            table.to_excel(writer, sheet_name=name, index=False, freeze_panes=(1, 0))
            for place, column in enumerate(table):
                shown = decimals if table[column].dtype.kind == "f" else None
                writer.sheets[name].set_column(place, place, _width(table[column]), shown)
    return buffer.getvalue()


def _width(column: pd.Series) -> int:
    """Characters of the longest cell, a Chinese one counted as two."""
    cells = [str(column.name), *column.astype(str)]
    longest = max(
        sum(1 + (unicodedata.east_asian_width(c) in "WF") for c in cell) for cell in cells
    )
    return min(longest, WIDEST) + 1
