"""The contract of a table, declared once in ``data/schemas`` and checked at the door."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd

from lvliang.baseline.package import descriptor, present_resources, resource_path, table_schema
from lvliang.baseline.store import kept
from lvliang.errors import DataError, did_you_mean

# A user may replace figures: only ``lvliang check --frozen`` holds a file against its hash.
FROZEN = ("hash", "bytes")
LEGAL = {
    "enum": "one of {}",
    "pattern": "of the form {}",
    "minimum": "at least {}",
    "maximum": "at most {}",
    "unique": "each once",
}


def check_all(data: Path, on_table: Callable[[str, int], None] | None = None) -> dict[str, int]:
    """Check every table that is there; rows by table."""
    rows = {}
    for name in present_resources(data):
        rows[name] = check_table(data, name)
        if on_table:
            on_table(name, rows[name])
    return rows


def check_table(data: Path, name: str) -> int:
    """Hold a table against its Table Schema, unless these very tables have been; its rows.

    Raises `DataError`: of the first fault the row (1 is the header), column, value, what is legal.
    """
    return kept("rows", {"table": name}, lambda: _check(data, name), data=data)


def _check(data: Path, name: str) -> int:
    from frictionless import Checklist, FrictionlessException
    from frictionless.checks import table_dimensions

    path = resource_path(data, name)
    table_schema(data, name)
    try:
        resource = _package(data).get_resource(name)
        rows = 0 if resource.custom.get("mayBeEmpty") else 1
        vintages = resource.custom.get("vintages")
        checks = [table_dimensions(min_rows=rows), _beyond_types(vintages)]
        report = resource.validate(Checklist(checks=checks))
    except FrictionlessException as error:
        raise DataError(f"{path}: {error.error.message}") from None
    errors = [error for task in report.tasks for error in task.errors] + report.errors
    if errors:
        first = min(errors, key=_place)
        others = f" ({len(errors) - 1} more faults)" if len(errors) > 1 else ""
        raise DataError(_sentence(data, name, first, resource.schema) + others)
    return int(report.tasks[0].stats.get("rows", 0))


def _package(data: Path) -> Any:
    from frictionless import Package

    names, declared = present_resources(data), descriptor(data)
    resources = [
        {key: value for key, value in resource.items() if key not in FROZEN}
        for resource in declared["resources"]
        if resource["name"] in names
    ]
    return Package.from_descriptor({**declared, "resources": resources}, basepath=str(data))


def _beyond_types(vintages: list[str] | None) -> Any:
    """A check that refuses NaN and INF, which are numbers to Table Schema, and `_amiss`."""
    from frictionless import Check, errors

    class BeyondTypes(Check):
        type = "beyond-types"
        Errors = [errors.ConstraintError, errors.RowConstraintError]  # noqa: RUF012  (as asked for)

        def validate_row(self, row: Any) -> Any:
            for note in _amiss(row, vintages) if row.valid else ():
                yield errors.RowConstraintError.from_row(row, note=note)
            for number, (name, cell) in enumerate(row.items()):
                if isinstance(cell, Decimal) and not cell.is_finite():
                    yield errors.ConstraintError(
                        note="not finite",
                        cells=[str(value) for value in row.cells],
                        row_number=row.row_number,
                        cell=str(row.cells[number]),
                        field_name=name,
                        field_number=number + 1,
                    )

    return BeyondTypes()


def _amiss(row: Any, vintages: list[str] | None) -> Iterator[str]:
    """What is wrong between the columns of a row, or with a vintage that its table has not."""
    first, last = row.get("first_year"), row.get("last_year")
    if first and last and last < first:
        yield f"column last_year: '{last}' is before first_year; legal: {first} or later"
    vintage, year, known = row.get("vintage"), row.get("year"), row.get("known_at")
    if vintage and vintages and vintage not in vintages:
        yield f"column vintage: {vintage!r} is not of this table; legal: {', '.join(vintages)}"
    if vintage and year and known and known < str(year):
        yield f"column known_at: {known!r} is before the year; legal: {year}-01 or later"


def _unknown_key(data: Path, name: str, error: Any) -> str:
    """The first column of a key that its table does not have, and what is legal there."""
    table = error.reference_name or name
    keys = pd.read_csv(resource_path(data, table), dtype=str, keep_default_na=False)
    names = zip(error.field_names, error.reference_field_names, error.field_cells, strict=True)
    of = ""
    for column, key, cell in names:
        fault, legal = f"column {column}: {cell!r} is not in table {table}{of}", [*keys[key]]
        if cell not in legal:
            break
        of, keys = f" of {cell}", keys[keys[key] == cell]
    told = ", ".join(legal) if of else f"one of its names;{did_you_mean(cell, legal)}"
    return f"{fault}; legal: {told}".rstrip(";")


def _place(error: Any) -> tuple[int, int]:
    """Faults are told in the order in which a reader of the file meets them."""
    return getattr(error, "row_number", 0), getattr(error, "field_number", 0)


def _sentence(data: Path, name: str, error: Any, schema: Any) -> str:
    place, kind = str(resource_path(data, name)), error.type
    if getattr(error, "row_number", None):
        place += f", row {error.row_number}"
    if kind in ("type-error", "constraint-error", "missing-cell"):
        is_empty = kind == "missing-cell" or not error.cell
        fault = f"{error.cell!r} is {'empty' if is_empty else 'not legal'}"
        legal = _legal(schema.get_field(error.field_name))
        return f"{place}, column {error.field_name}: {fault}; legal: {legal}"
    if kind in ("missing-label", "incorrect-label", "extra-label", "blank-label"):
        legal = ", ".join(schema.field_names)
        field_name = getattr(error, "field_name", "") or "(none)"
        found = getattr(error, "label", "") or "nothing"
        return f"{place}, row 1, column {field_name}: found {found!r}; legal columns: {legal}"
    if kind == "primary-key":
        key, row = ", ".join(schema.primary_key), ", ".join(error.cells)
        return f"{place}, column {key}: duplicate key ({error.note}); row: {row}; legal: each once"
    if kind == "unique-error":
        cell = f"{place}, column {error.field_name}: {error.cell!r}"
        return f"{cell} is not legal ({error.note}); legal: each once"
    if kind == "row-constraint":
        return f"{place}, {error.note}"
    if kind == "foreign-key":
        return f"{place}, {_unknown_key(data, name, error)}"
    if kind == "encoding-error":
        return f"{place}: not UTF-8 text; legal: CSV saved as UTF-8"
    if kind in ("table-dimensions", "source-error"):
        return f"{place}: the table is empty; legal: a header and at least one row below it"
    return f"{place}: {error.note or error.message}"


def _legal(field: Any) -> str:
    rules = dict(field.constraints)
    if "enum" in rules:
        rules["enum"] = ", ".join(map(str, rules["enum"]))
    told = [words.format(rules[name]) for name, words in LEGAL.items() if name in rules]
    return ", ".join([f"{field.type} ({field.description})", *told])
