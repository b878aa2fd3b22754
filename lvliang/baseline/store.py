"""Results by content: what was computed of the same data, code and parameters is not again.

The key is a SHA-256 of all three, so nothing ever has to be declared stale. An entry that does
not hold, for whatever reason, is computed anew; the result is the same to the bit without a store.
"""

import hashlib
import json
import os
import pickle
import platform
import re
import sysconfig
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import cache, lru_cache, wraps
from inspect import signature
from pathlib import Path
from stat import S_ISREG
from typing import Any, ParamSpec, TypeVar

from lvliang.baseline.package import Stamp, data_folder, descriptor, present_files, stamp
from lvliang.errors import DataError

P = ParamSpec("P")
T = TypeVar("T")
BOUND = 256 * 2**20  # bytes of all entries together
NAME = re.compile(r"[0-9a-f]{64}|\.[0-9a-f]{64}\.\d+")  # of an entry; of one being written
PACKAGE = Path(__file__).resolve().parents[1]
DIGEST = hashlib.sha256().digest_size


def kept(
    name: str, parameters: Mapping[str, Any], compute: Callable[[], T], *, data: Path | None = None
) -> T:
    """What ``compute`` returns (it can be pickled), from the store if it was computed before.

    It depends on ``name``, ``parameters`` (JSON), the code and the tables of ``data`` alone.
    """
    folder = store_folder()
    key = key_of(name, parameters, data) if folder else None
    if folder is None or key is None:
        return compute()
    with suppress(Exception):  # whatever a damaged entry brings about
        return _read(folder / key)
    value = compute()
    if key == key_of(name, parameters, data):  # no file was changed meanwhile
        _write(folder, key, value)
    return value


def stored(compute: Callable[P, T]) -> Callable[P, T]:
    """`kept` of a function that depends on its arguments alone, which JSON can hold."""

    @wraps(compute)
    def found(*given: P.args, **named: P.kwargs) -> T:
        asked = signature(compute).bind(*given, **named).arguments
        return kept(compute.__name__, asked, lambda: compute(*given, **named))

    return found


def store_folder() -> Path | None:
    """``LVLIANG_CACHE`` if set (None if ``off``), else a folder in ``outputs`` of a checkout."""
    if chosen := os.environ.get("LVLIANG_CACHE"):
        return None if chosen == "off" else Path(chosen)
    outputs = PACKAGE.parent / "outputs"
    return outputs / ".cache" / "store" if outputs.is_dir() else None


def entries(folder: Path) -> dict[Path, os.stat_result]:
    """The files of the store, least recently used first; what else lies there is none of its."""
    found = {}
    with suppress(FileNotFoundError, NotADirectoryError):
        for path in folder.iterdir():
            with suppress(FileNotFoundError):  # another run has just made room
                found[path] = path.lstat()
    own = [p for p, state in found.items() if NAME.fullmatch(p.name) and S_ISREG(state.st_mode)]
    return {path: found[path] for path in sorted(own, key=lambda path: found[path].st_mtime_ns)}


def key_of(name: str, parameters: Mapping[str, Any], data: Path | None = None) -> str | None:
    """Digest of all that a result depends on; None if the files do not let it be known."""
    try:
        # Modules in memory are those of the start: after an edit they no longer tell the result.
        if stamp(path for path, _, _ in _CODE_AT_START) == _CODE_AT_START:
            files = data_digests(data or data_folder())
            return digest_of([name, parameters, files, _code_and_libraries()])
    except (DataError, OSError):
        pass
    return None


def digest_of(content: object) -> str:
    """SHA-256 of what JSON can hold."""
    text = json.dumps(content, sort_keys=True, allow_nan=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def data_digests(data: Path) -> dict[str, str]:
    """SHA-256 of every file of the data package and of every contract, by path below ``data``."""
    declared = {resource.get("schema") for resource in descriptor(data)["resources"]} - {None}
    names = ["datapackage.json", *sorted(declared), *(f["path"] for f in present_files(data))]
    return file_digests(data, names)


def file_digests(folder: Path, names: Iterable[str]) -> dict[str, str]:
    """SHA-256 of files below a folder, by name; a file that has not changed is read once."""
    return _digests(folder, stamp(folder / name for name in names))


def code_digests() -> dict[str, str]:
    """SHA-256 of every file of the package, by its path below it."""
    return _digests(PACKAGE, _CODE_AT_START)


@cache
def _code_and_libraries() -> str:
    installed = Path(sysconfig.get_path("purelib")).glob("*.dist-info")
    libraries = sorted(path.name for path in installed)
    return digest_of([code_digests(), libraries, platform.python_version(), platform.machine()])


def _code_of(package: Path) -> Stamp:
    files = (path for path in sorted(package.rglob("*")) if path.is_file())
    return stamp(path for path in files if path.suffix != ".pyc")


_CODE_AT_START = _code_of(PACKAGE)


@lru_cache(maxsize=8)
def _digests(folder: Path, files: Stamp) -> dict[str, str]:
    contents = {str(path.relative_to(folder)): path.read_bytes() for path, _, _ in files}
    return {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}


def _read(path: Path) -> Any:
    """The value of an entry that holds."""
    state = path.lstat()
    if not S_ISREG(state.st_mode) or state.st_uid != os.geteuid() or state.st_size > BOUND:
        raise ValueError("not of this user, who alone may say what runs here, or too large")
    content = path.read_bytes()
    if _seal(path.name, content[DIGEST:]) != content[:DIGEST]:
        raise ValueError("damaged")
    value = pickle.loads(content[DIGEST:])
    with suppress(OSError):  # of a store that is only read, none is the least used
        os.utime(path)
    return value


def _seal(key: str, payload: bytes) -> bytes:
    """Digest of the payload under its key: an entry under the name of another does not hold."""
    return hashlib.sha256(key.encode() + payload).digest()


def _write(folder: Path, key: str, value: Any) -> None:
    """Keep the value and make room for it; what cannot be written is left out."""
    payload = pickle.dumps(value)
    if len(payload) > BOUND // 2:
        return
    new = folder / f".{key}.{os.getpid()}"
    with suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            new.touch(mode=0o600)
            new.write_bytes(_seal(key, payload) + payload)
            new.replace(folder / key)
        finally:
            new.unlink(missing_ok=True)
        found = entries(folder)
        size = sum(state.st_size for state in found.values())
        for path, state in found.items():
            if size <= BOUND:
                break
            path.unlink(missing_ok=True)
            size -= state.st_size
