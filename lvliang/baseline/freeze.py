"""Hashes of the files of ``data/``, so that a changed file is named; git shows the row."""

import json
from pathlib import Path

from lvliang.baseline.contract import check_all
from lvliang.baseline.package import descriptor, present_files
from lvliang.baseline.store import file_digests
from lvliang.baseline.tables import corrections_of
from lvliang.errors import DataError


def freeze(data: Path) -> list[str]:
    """Renew hash and size of every file that has changed; those files, as paths below ``data``.

    Raises `DataError` and writes nothing if a contract breaks or a correction no longer fits.
    """
    check_all(data)
    corrections_of(data)
    changed = changed_files(data)
    if changed:
        declared = data / "datapackage.json"
        package = json.loads(declared.read_text(encoding="utf-8"))
        now = _hashes_and_sizes(data)
        for resource in package["resources"]:
            resource.update(now.get(resource["path"], {}))
        text = json.dumps(package, ensure_ascii=False, indent=1) + "\n"
        declared.write_text(text, encoding="utf-8", newline="\n")
        descriptor.cache_clear()
    return changed


def check_frozen(data: Path) -> int:
    """How many files there are; a `DataError` names those not as they were at the last `freeze`."""
    if changed := changed_files(data):
        raise DataError(
            f"{', '.join(str(data / path) for path in changed)}: changed since the files were "
            "frozen, `git diff data/` shows the row; "
            "legal: the file as frozen, or `make data-freeze` after review"
        )
    return len(present_files(data))


def changed_files(data: Path) -> list[str]:
    """Files that are not as they were when they were frozen, as paths below ``data``."""
    now = _hashes_and_sizes(data)
    files = {resource["path"]: resource for resource in present_files(data)}
    return [path for path, frozen in files.items() if not now[path].items() <= frozen.items()]


def _hashes_and_sizes(data: Path) -> dict[str, dict[str, str | int]]:
    digests = file_digests(data, [resource["path"] for resource in present_files(data)])
    return {
        path: {"hash": f"sha256:{digest}", "bytes": (data / path).stat().st_size}
        for path, digest in digests.items()
    }
