"""Hashes of the files of ``data/`` and a digest of each row, so that a change can be named.

A hash tells that a file has changed, not where. ``digests/<name>.rows`` therefore keeps one
short digest a row, and the two sequences are compared.
"""

from __future__ import annotations

import difflib
import hashlib
import json
from itertools import zip_longest
from pathlib import Path
from typing import Any

from lvliang.baseline.contract import check_all
from lvliang.baseline.package import descriptor, present_files
from lvliang.baseline.tables import corrections_of
from lvliang.errors import DataError

DIGITS = 6  # of a row's SHA-256: one change in 17 million goes unnamed, and the hash still tells
NAMED = 5  # rows that a message names
SHOWN = 60  # characters of a row that a message shows
LEGAL = "legal: the frozen rows, or `make data-freeze` after review"


def freeze(data: Path) -> list[str]:
    """Renew hash, size and row digests of every file that is there, once all tables are sound.

    Returns
    -------
    list of str
        Paths that were rewritten, below ``data``; none when nothing had changed.

    Raises
    ------
    DataError
        If a table breaks its contract or a correction no longer fits; nothing is written.
    """
    check_all(data)
    corrections_of(data)
    path = data / "datapackage.json"
    package = json.loads(path.read_text(encoding="utf-8"))
    present = {resource["name"] for resource in present_files(data)}
    contents = {}
    for resource in package["resources"]:
        if resource["name"] in present:
            content = (data / resource["path"]).read_bytes()
            resource["hash"] = _hash(content)
            resource["bytes"] = len(content)
            contents[_digest_path(data, resource["name"])] = "".join(
                f"{digest}\n" for digest in row_digests(content)
            )
    contents[path] = json.dumps(package, ensure_ascii=False, indent=1) + "\n"
    changed = [name for name, text in contents.items() if _write(name, text)]
    descriptor.cache_clear()
    return [str(name.relative_to(data)) for name in changed]


def check_frozen(data: Path) -> int:
    """Hold every file against its hash, its size and its row digests.

    Returns
    -------
    int
        Number of files.

    Raises
    ------
    DataError
        Names the file and the rows that changed, were added or are missing since
        :func:`freeze`. Row 1 is the header, as a spreadsheet shows it.
    """
    files = present_files(data)
    for resource in files:
        path, digests = data / resource["path"], _digest_path(data, resource["name"])
        if not digests.is_file():
            raise DataError(f"{digests}: no such file; {LEGAL}")
        rows = _changed_rows(digests.read_text(encoding="utf-8").split(), path.read_bytes())
        fault = _fault(data, resource)
        if fault and rows:
            others = f"; {len(rows) - NAMED} more rows" if len(rows) > NAMED else ""
            raise DataError(f"{path}, {'; '.join(rows[:NAMED])}{others}; {LEGAL}")
        if fault:
            raise DataError(f"{path}: {fault}; {LEGAL}")
        if rows:
            raise DataError(f"{digests}: not the digests of {path}, whose hash stands; {LEGAL}")
    return len(files)


def changed_files(data: Path) -> list[str]:
    """Files that are not as they were when they were frozen, as paths below ``data``."""
    return [
        resource["path"]
        for resource in present_files(data)
        if resource.get("hash") != _hash((data / resource["path"]).read_bytes())
    ]


def row_digests(content: bytes) -> list[str]:
    """Short digest of each line.

    Examples
    --------
    >>> row_digests(b"year,value\\n2015,955.8\\n") == row_digests(b"year,value\\n2015,955.8")
    True
    >>> [a == b for a, b in zip(row_digests(b"a\\n1\\n"), row_digests(b"a\\n2\\n"))]
    [True, False]
    """
    lines = content.removesuffix(b"\n").split(b"\n")
    return [hashlib.sha256(line).hexdigest()[:DIGITS] for line in lines]


def _changed_rows(frozen: list[str], content: bytes) -> list[str]:
    found = row_digests(content)
    if frozen == found:
        return []
    lines = content.decode("utf-8", "replace").split("\n")
    rows = []
    matcher = difflib.SequenceMatcher(None, frozen, found, autojunk=False)
    for _, first, last, start, end in matcher.get_opcodes():
        if frozen[first:last] != found[start:end]:
            for old, new in zip_longest(range(first, last), range(start, end)):
                rows.append(_sentence(old, new, lines))
    return rows


def _sentence(old: int | None, new: int | None, lines: list[str]) -> str:
    if new is None:
        return f"row {(old or 0) + 1}: missing since the files were frozen"
    text = lines[new].strip()
    shown = text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
    deed = "added" if old is None else "changed"
    return f"row {new + 1}: {deed} since the files were frozen ({shown})"


def _fault(data: Path, resource: dict[str, Any]) -> str:
    from frictionless import Resource

    if not {"hash", "bytes"} <= set(resource):
        return "has no hash and size in datapackage.json"
    whole = {key: resource[key] for key in ("name", "path", "hash", "bytes")}
    report = Resource.from_descriptor({**whole, "type": "file"}, basepath=str(data)).validate()
    return "; ".join(f"{kind}: {note}" for kind, note in report.flatten(["title", "note"]))


def _hash(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def _digest_path(data: Path, name: str) -> Path:
    return data / "digests" / f"{name}.rows"


def _write(path: Path, text: str) -> bool:
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return False
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
    return True
