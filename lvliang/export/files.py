"""The files of an export: csv, a workbook, and what programs of the IAMC read.

Light until a table is there to be written: a path that does not fit is refused before.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from lvliang.errors import ParameterError

if TYPE_CHECKING:
    from lvliang.export.rows import Export

SUFFIXES = {"csv": (".csv",), "xlsx": (".xlsx",), "iamc": (".csv", ".xlsx")}


def check_place(form: str, out: Path | None) -> None:
    """Refuse a place that does not fit the format: a `ParameterError`."""
    legal = " or ".join(SUFFIXES[form])
    if out is None:
        if form == "xlsx":
            raise ParameterError(f"--out: none given; legal with --format xlsx: a path in {legal}")
    elif out.suffix.lower() not in SUFFIXES[form]:
        raise ParameterError(f"--out {out}: legal with --format {form}: a path in {legal}")
    elif not out.parent.is_dir():
        raise ParameterError(f"--out {out}: no folder {out.parent}; legal: a folder that is there")
    elif out.is_dir():
        raise ParameterError(f"--out {out}: a folder; legal: a path in {legal}")


def content(export: Export, form: str, suffix: str, lang: str) -> bytes:
    """The file, the same bytes for the same export; ``iamc`` may have either suffix."""
    from lvliang.export.rows import IAMC_COLUMNS
    from lvliang.export.workbook import iamc_workbook, workbook

    if suffix.lower() == ".xlsx":
        return iamc_workbook(export) if form == "iamc" else workbook(export, lang)
    table = export.rows[IAMC_COLUMNS] if form == "iamc" else export.rows
    return table.to_csv(index=False, lineterminator="\n").encode()


def write_whole(out: Path, made: bytes) -> None:
    """Write a file whole, in place of one that is there; or a `ParameterError` and nothing."""
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
