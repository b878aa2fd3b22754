"""Results by content: what was computed from the same data, code and parameters is not again.

The key is the SHA-256 of all three, so nothing ever has to be declared stale.
"""

from __future__ import annotations

import hashlib
import json
import logging
import platform
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from lvliang.baseline.package import data_folder, descriptor, present_files, table_schema
from lvliang.baseline.store import Store, store_folder
from lvliang.errors import DataError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

T = TypeVar("T")
PACKAGE = Path(__file__).resolve().parents[1]
ROOMS = ("baseline", "projection", "feasibility")  # what a result can depend on

MOST_REMEMBERED = 8  # some hold tens of megabytes
_REMEMBERED: dict[str, Any] = {}

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Form(Generic[T]):
    """How a result becomes bytes and is read from them, exactly and without pickle.

    ``load`` raises on bytes that are not such a result.
    """

    dump: Callable[[T], bytes]
    load: Callable[[bytes], T]


@dataclass(frozen=True)
class Code:
    """What a result depends on besides data and parameters: rooms of the package, libraries."""

    rooms: tuple[str, ...]
    libraries: tuple[str, ...]


RESULTS = Code(
    ROOMS,
    ("frictionless", "numpy", "pandas", "scipy", "scoringrules", "statsmodels", "xarray"),
)


def cached(
    name: str,
    parameters: Mapping[str, Any],
    compute: Callable[[], T],
    *,
    form: Form[T],
    data: Path | None = None,
    code: Code = RESULTS,
) -> T:
    """What ``compute`` returns, from the store if it has been computed before.

    Parameters
    ----------
    name : str
        What is computed.
    parameters : mapping
        Everything ``compute`` depends on besides the code and the tables of ``data``: what JSON
        can hold.
    compute : callable
        Depends on nothing else, and returns the same for the same.
    form : Form
        How the result is kept.
    data : Path, optional
        Folder of the tables.
    code : Code
        The code that ``compute`` is made of.

    Returns
    -------
    object
        The same to the bit, with or without the store, whatever state that is in.
    """
    slot = Slot(name, parameters, form, data or data_folder(), code)
    value = slot.find()
    if value is None:
        value = compute()
        slot.keep(value)
    return value


def remembered(
    name: str, parameters: Mapping[str, Any], compute: Callable[[], T], *, data: Path | None = None
) -> T:
    """What ``compute`` returns, from the memory of this process or of the one it was forked from.

    For results that are quicker to compute than to read. Callers share them: none may change
    one. Parameters as in `cached`; with the store off nothing is remembered.
    """
    key = _key(name, parameters, data or data_folder(), RESULTS) if store_folder() else None
    if key is None:
        return compute()
    if key not in _REMEMBERED:
        if len(_REMEMBERED) == MOST_REMEMBERED:
            del _REMEMBERED[next(iter(_REMEMBERED))]
        _REMEMBERED[key] = compute()
    return cast(T, _REMEMBERED[key])


class Slot(Generic[T]):
    """The place of one result in the store, where there is one; parameters as in `cached`."""

    def __init__(
        self, name: str, parameters: Mapping[str, Any], form: Form[T], data: Path, code: Code
    ) -> None:
        self._name = name
        self._form = form
        self._what = (name, parameters, data, code)
        folder = store_folder()
        self._key = _key(*self._what) if folder else None
        self._store = Store(folder) if folder and self._key else None

    def find(self) -> T | None:
        """The result, if it has been computed before."""
        payload = self._store.get(self._key) if self._store and self._key else None
        if payload is not None:
            try:
                return self._form.load(payload)
            except Exception:  # whatever a forged entry brings about
                log.info("an entry for %s is no such result; computed anew", self._name)
        return None

    def keep(self, value: T) -> None:
        """Keep the result, unless a file was changed since the slot was made."""
        if self._store and self._key and _key(*self._what) == self._key:
            self._store.put(self._key, self._form.dump(value))


def array_form(dtype: str, shape: tuple[int, ...]) -> Form[np.ndarray]:
    """Arrays of this type and shape, in C order, as ``.npy``."""

    def dump(array: np.ndarray) -> bytes:
        return _arrays_to_bytes([array])

    def load(payload: bytes) -> np.ndarray:
        array = _read_array(BytesIO(payload))
        if (str(array.dtype), array.shape) != (dtype, shape):
            raise ValueError(f"{array.dtype} {array.shape}")
        return array

    return Form(dump, load)


def _dump_frame(frame: pd.DataFrame) -> bytes:
    import numpy as np
    import pandas as pd

    if not frame.index.equals(pd.RangeIndex(len(frame))) or frame.index.name is not None:
        raise TypeError("only frames with rows 0, 1, 2 … are kept")
    columns = [[name, str(frame[name].dtype)] for name in frame]
    arrays = [
        np.frombuffer(_words_to_bytes(frame[name]), np.uint8) if kind == "str" else
        frame[name].to_numpy()
        for name, kind in columns
    ]  # fmt: skip
    head = np.frombuffer(json.dumps([len(frame), columns]).encode(), np.uint8)
    return _arrays_to_bytes([head, *arrays])


def _load_frame(payload: bytes) -> pd.DataFrame:
    import pandas as pd

    stream = BytesIO(payload)
    rows, columns = json.loads(_read_array(stream).tobytes())
    parts = {}
    for name, kind in columns:
        array = _read_array(stream)
        values = json.loads(array.tobytes()) if kind == "str" else array
        parts[name] = pd.Series(values, dtype=kind)
    if any(len(part) != rows for part in parts.values()):
        raise ValueError("columns of several lengths")
    return pd.DataFrame(parts, index=pd.RangeIndex(rows))


FRAME: Form[pd.DataFrame] = Form(_dump_frame, _load_frame)
"""Frames with rows 0, 1, 2 … and columns of numbers, truth values or words."""


def _load_count(payload: bytes) -> int:
    return int(payload.decode("ascii"))


COUNT: Form[int] = Form(lambda count: str(count).encode("ascii"), _load_count)
"""Whole numbers."""


BYTES: Form[bytes] = Form(bytes, bytes)
"""Bytes as they are."""

TEXT: Form[str] = Form(lambda text: text.encode("utf-8"), lambda payload: payload.decode("utf-8"))
"""Texts."""


def code_fingerprint(package: Path, code: Code = RESULTS) -> str:
    """Digest of the sources of the rooms below ``package`` and of the libraries they call."""
    return _code_digest(_code_stamp(package, code.rooms), code.libraries)


def data_fingerprint(data: Path) -> str:
    """Digest of every file of the data package that is there, and of what is declared of it."""
    files = present_files(data)
    schemas = {file["name"]: table_schema(data, file["name"]) for file in files if "schema" in file}
    contents = {}
    for file in files:
        path = data / file["path"]
        state = path.stat()
        contents[file["path"]] = _content_digest(path, state.st_mtime_ns, state.st_size)
    return _digest([descriptor(data), schemas, contents])


def _key(name: str, parameters: Mapping[str, Any], data: Path, code: Code) -> str | None:
    """Digest of all that a result depends on; None if the files do not let it be known."""
    try:
        # Modules in memory are those of the start: after an edit they no longer tell the result.
        if any(_code_stamp(PACKAGE, (room,)) != _CODE_AT_START[room] for room in code.rooms):
            return None
        sources = code_fingerprint(PACKAGE, code)
        return _digest([name, parameters, data_fingerprint(data), sources])
    except (DataError, OSError):
        return None


def _digest(content: object) -> str:
    text = json.dumps(content, sort_keys=True, allow_nan=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def _code_stamp(package: Path, rooms: tuple[str, ...]) -> tuple[tuple[Path, int, int], ...]:
    paths = [path for room in rooms for path in sorted((package / room).rglob("*"))]
    states = [(path, path.stat()) for path in paths if path.is_file() and path.suffix != ".pyc"]
    return tuple((path, state.st_mtime_ns, state.st_size) for path, state in states)


_CODE_AT_START = {
    path.name: _code_stamp(PACKAGE, (path.name,)) for path in PACKAGE.iterdir() if path.is_dir()
}


@lru_cache(maxsize=8)
def _code_digest(stamp: tuple[tuple[Path, int, int], ...], libraries: tuple[str, ...]) -> str:
    sources = {
        f"{path.parent.name}/{path.name}": _content_digest(path, time, size)
        for path, time, size in stamp
    }
    machine = [platform.python_version(), platform.machine(), *map(_version, libraries)]
    return _digest([sources, machine])


def _version(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return ""


@lru_cache(maxsize=512)
def _content_digest(path: Path, _time: int, _size: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _arrays_to_bytes(arrays: list[np.ndarray]) -> bytes:
    import numpy as np

    stream = BytesIO()
    for array in arrays:
        np.lib.format.write_array(stream, np.ascontiguousarray(array), allow_pickle=False)
    return stream.getvalue()


def _read_array(stream: BytesIO) -> np.ndarray:
    import numpy as np

    return np.lib.format.read_array(stream, allow_pickle=False)


def _words_to_bytes(words: pd.Series) -> bytes:
    return json.dumps(words.astype(object).where(words.notna(), None).tolist()).encode()
