"""The record of publications: ``outputs/history`` keeps one file a vintage, never rewritten.

A page is switched in by a link, and two files cannot change in one step: so its vintage is first
written as ``.pending-NAME.json``, and gets its name once the link shows the release NAME. The link
alone tells which of the two happened, so the next run can settle whatever a killed one left.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import is_dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import AwareDatetime, BaseModel, Field, ValidationError, create_model, field_validator

from lvliang.baseline.package import data_folder, present_files
from lvliang.baseline.store import code_digests, data_digests, digest_of
from lvliang.display.show import RESULT_TYPE
from lvliang.errors import DataError, LvliangError, QualityError
from lvliang.feasibility.fields import KEPT
from lvliang.feasibility.verdicts import columns
from lvliang.provenance import code_version, data_fingerprint

if TYPE_CHECKING:
    from nbformat import NotebookNode

FOLDER = "history"
LEGAL = "legal: a vintage as `lvliang report` wrote it; put it back, or move it elsewhere"
PENDING = ".pending-"
SCHEMA_VERSION = 1
NOTEBOOK = "30_feasibility"  # it hands out what is kept
DIGITS = 12
PROJECT = Path(__file__).resolve().parents[2]
ROOMS = ("baseline/", "projection/", "feasibility/")  # what a verdict can depend on

Vintage = dict[str, Any]

_CHECKED: dict[str, Any] = {
    one.name: (dict[str, Any] | None if is_dataclass(one.plain_kind) else one.kind, ...)
    for one in columns(KEPT)
    if KEPT in one.goes.to
}
_Verdict: Any = create_model("_Verdict", **_CHECKED)


class _Vintage(BaseModel):
    """What a file of the record holds at the least."""

    schema_version: Literal[1]
    release: str
    as_of: AwareDatetime
    origin: int
    parameters: dict[str, Any]
    scenario_title: dict[str, str] = Field(default_factory=dict)
    data_hash: str
    tables: dict[str, str]
    code_version: str
    code_hash: str
    forecasts: list[dict[str, Any]]
    verdicts: list[_Verdict]

    @field_validator("parameters")
    @classmethod
    def _has_region(cls, value: dict[str, Any]) -> dict[str, Any]:
        if not isinstance(value.get("region"), str):
            raise ValueError("has no region")
        return value


def open_history(outputs: Path) -> list[Vintage]:
    """Settle what a killed run left, and `read_history`; the caller holds the lock of `outputs`."""
    settle(outputs)
    return read_history(outputs)


def read_history(outputs: Path) -> list[Vintage]:
    """The vintages of ``outputs/history``, oldest first; none where there is no such folder.

    Raises `DataError` by the first file that is no vintage: what is wrong, what would be legal.
    """
    folder = outputs / FOLDER
    if folder.exists() and not folder.is_dir():
        raise DataError(f"{folder}: is not a folder; legal: the folder of the vintages, or none")
    found = map(_read, sorted(folder.glob("[!.]*.json")))
    return sorted(found, key=lambda vintage: datetime.fromisoformat(vintage["as_of"]))


def vintage_of(executed: dict[str, NotebookNode], *, release: str, as_of: str) -> Vintage | None:
    """The vintage of a run, from what its notebook handed out; None if it was not among those run.

    ``executed`` are notebooks by name, ``as_of`` is the time of publication, ISO with its offset.
    `QualityError` says that the notebook did not hand out one result.
    """
    if NOTEBOOK not in executed:
        return None
    return {
        "schema_version": SCHEMA_VERSION,
        "release": release,
        "as_of": as_of,
        "data_hash": data_fingerprint(),
        "tables": table_hashes(),
        "code_version": code_version(),
        "code_hash": code_hash(),
        **_handed_out(executed[NOTEBOOK]),
    }


@contextmanager
def recorded(outputs: Path, vintage: Vintage | None) -> Iterator[None]:
    """Keep `vintage`, if any, where the block makes its release the published one, and only then.

    The caller holds the lock of `outputs`. What cannot be written raises `LvliangError` before.
    """
    try:
        if vintage is not None:
            _write_pending(outputs / FOLDER, vintage)
        yield
    finally:
        settle(outputs)


def settle(outputs: Path) -> None:
    """Name the pending vintage whose release is published, delete any other."""
    published = outputs / "published"
    release = published.readlink().name if published.is_symlink() else ""
    for pending in (outputs / FOLDER).glob(f"{PENDING}*.json"):
        kept = pending.with_name(pending.name.removeprefix(PENDING))
        if kept.stem == release and not kept.exists():
            pending.rename(kept)
        else:
            pending.unlink()


def table_hashes() -> dict[str, str]:
    """First digits of the SHA-256 of every table that is there, by name."""
    folder = data_folder()
    digests = data_digests(folder)
    return {
        file["name"]: digests[file["path"]][:DIGITS]
        for file in present_files(folder)
        if "schema" in file
    }


def code_hash() -> str:
    """First digits of a SHA-256 over the code that computes verdicts, not the look of a page."""
    computing = {f: d for f, d in code_digests().items() if f.startswith(ROOMS)}
    notebook = (PROJECT / "notebooks" / f"{NOTEBOOK}.ipynb").read_text("utf-8")
    return digest_of([computing, notebook])[:DIGITS]


def _handed_out(notebook: NotebookNode) -> Vintage:
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    found = [o.data[RESULT_TYPE] for o in outputs if RESULT_TYPE in o.get("data", {})]
    if len(found) != 1:
        raise QualityError(
            f"{NOTEBOOK}: hands out {len(found)} results; legal: one, by show.hand_out"
        )
    result: Vintage = json.loads(json.dumps(found[0]))
    return result


def _write_pending(folder: Path, vintage: Vintage) -> None:
    text = json.dumps(vintage, ensure_ascii=False, sort_keys=True, indent=1, allow_nan=False)
    path = folder / f"{PENDING}{vintage['release']}.json"
    try:
        folder.mkdir(exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(f"{text}\n")
            file.flush()
            os.fchmod(file.fileno(), 0o444)
            os.fsync(file.fileno())  # on disk before the page that it belongs to
    except OSError as error:
        raise LvliangError(
            f"{path}: cannot be written ({error.strerror}); "
            "the published page stands; make room there, or the folder writable"
        ) from error


def _read(path: Path) -> Vintage:
    try:
        text = path.read_text(encoding="utf-8")
        checked = _Vintage.model_validate_json(text)
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: cannot be read ({error}); {LEGAL}") from None
    except ValidationError as error:
        raise DataError(f"{path}: {_sentence(error)}; {LEGAL}") from None
    if checked.release != path.stem:
        raise DataError(f"{path}: is the vintage of release {checked.release!r}; {LEGAL}")
    vintage: Vintage = json.loads(text)
    return vintage


def _sentence(error: ValidationError) -> str:
    """The first fault: where in the file, and what."""
    first = error.errors()[0]
    where = ".".join(map(str, first["loc"]))
    others = f" ({error.error_count() - 1} more)" if error.error_count() > 1 else ""
    return f"{where + ': ' if where else ''}{first['msg']}{others}"
