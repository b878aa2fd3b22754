"""The files of an export: csv, a workbook, and what programs of the IAMC read.

Light until a table is there to be written: a path that does not fit is refused before.
"""

from __future__ import annotations

import unicodedata
from contextlib import suppress
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from lvliang.errors import ParameterError

if TYPE_CHECKING:
    import pandas as pd

    from lvliang.export.rows import Export

CSV, XLSX, IAMC = "csv", "xlsx", "iamc"
SUFFIXES = {CSV: (".csv",), XLSX: (".xlsx",), IAMC: (".csv", ".xlsx")}
WIDEST = 60  # characters of a column


def check_place(form: str, out: Path | None) -> None:
    """Refuse a place that does not fit the format, before anything is computed.

    Raises
    ------
    ParameterError
        Names the path and what would be legal.
    """
    legal = " or ".join(SUFFIXES[form])
    if out is None:
        if form == XLSX:
            raise ParameterError(
                f"--out: none given; legal with --format {form}: a path in {legal}"
            )
        return
    if out.suffix.lower() not in SUFFIXES[form]:
        raise ParameterError(f"--out {out}: legal with --format {form}: a path in {legal}")
    if not out.parent.is_dir():
        raise ParameterError(f"--out {out}: no folder {out.parent}; legal: a folder that is there")
    if out.is_dir():
        raise ParameterError(f"--out {out}: a folder; legal: a path in {legal}")


def content(export: Export, form: str, suffix: str, lang: str) -> bytes:
    """The file, the same bytes for the same export.

    Parameters
    ----------
    form : str
        ``csv``: every column of ``rows``. ``xlsx``: sheets of data, variables and provenance, in
        ``lang``. ``iamc``: the seven columns, and in a workbook the sheet ``meta`` beside them.
    suffix : str
        Of the file; ``iamc`` may be either.
    """
    from lvliang.export import workbook
    from lvliang.export.rows import iamc

    if suffix.lower() == ".xlsx":
        sheets = workbook.iamc_sheets(export) if form == IAMC else workbook.sheets(export, lang)
        return _workbook(sheets, _known(export))
    return _csv(iamc(export) if form == IAMC else export.rows)


def write_whole(out: Path, made: bytes) -> None:
    """Write a file whole or not at all; one that is there is replaced.

    Raises
    ------
    ParameterError
        If the place cannot be written to.
    """
    unfinished = out.with_name(f".{out.name}-{uuid4().hex[:8]}")
    try:
        unfinished.write_bytes(made)
        unfinished.replace(out)
    except OSError as error:
        raise ParameterError(
            f"--out {out}: {error.strerror}; legal: a place you may write to"
        ) from None
    finally:
        with suppress(OSError):
            unfinished.unlink()


def _csv(table: pd.DataFrame) -> bytes:
    return table.to_csv(index=False, lineterminator="\n").encode()


def _workbook(sheets: dict[str, pd.DataFrame], made: datetime) -> bytes:
    """A workbook of tables; texts stay texts, the first row stays in view."""
    import pandas as pd

    buffer = BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False}
    with pd.ExcelWriter(buffer, engine="xlsxwriter", engine_kwargs={"options": options}) as writer:
        writer.book.set_properties({"created": made})
        decimals = writer.book.add_format({"num_format": "#,##0.0"})
        for name, table in sheets.items():
            table.to_excel(writer, sheet_name=name, index=False, freeze_panes=(1, 0))
            for place, column in enumerate(table):
                shown = decimals if table[column].dtype.kind == "f" else None
                writer.sheets[name].set_column(place, place, _width(table[column]), shown)
    return buffer.getvalue()


def _known(export: Export) -> datetime:
    """When the figures were known: a workbook asks for a time, and the clock has no say in it."""
    base_year = int(export.rows["base_year"].iloc[0])
    return datetime(base_year + 1, 3, 31)


def _width(column: pd.Series) -> int:
    """Characters of the longest cell, a Chinese one counted as two."""
    cells = [str(column.name), *column.astype(str)]
    longest = max(
        sum(1 + (unicodedata.east_asian_width(c) in "WF") for c in cell) for cell in cells
    )
    return min(longest, WIDEST) + 1
