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
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from lvliang.baseline.package import data_folder, descriptor, present_files, table_schema
from lvliang.baseline.store import Store, store_folder
from lvliang.errors import DataError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

T = TypeVar("T")
CODE = Path(__file__).resolve().parents[1]
ROOMS = ("baseline", "projection", "feasibility")  # what a result can depend on
LIBRARIES = (
    "frictionless", "numpy", "pandas", "scipy", "scoringrules", "statsmodels", "xarray",
)  # fmt: skip

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Form(Generic[T]):
    """How a result becomes bytes and is read from them, exactly and without pickle.

    ``load`` raises on bytes that are not such a result.
    """

    dump: Callable[[T], bytes]
    load: Callable[[bytes], T]


def cached(
    name: str,
    parameters: Mapping[str, Any],
    compute: Callable[[], T],
    *,
    form: Form[T],
    data: Path | None = None,
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

    Returns
    -------
    object
        The same to the bit, with or without the store, whatever state that is in.
    """
    folder, tables = store_folder(), data or data_folder()
    key = folder and _key(name, parameters, tables)
    if not folder or not key:
        return compute()
    store = Store(folder)
    payload = store.get(key)
    if payload is not None:
        try:
            return form.load(payload)
        except Exception:  # whatever a forged entry brings about
            log.info("an entry for %s is no such result; computed anew", name)
    value = compute()
    if _key(name, parameters, tables) == key:  # no file was changed meanwhile
        store.put(key, form.dump(value))
    return value


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


def code_fingerprint(code: Path) -> str:
    """Digest of the sources of the rooms below ``code`` and of the libraries they call."""
    return _code_digest(_code_stamp(code))


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


def _key(name: str, parameters: Mapping[str, Any], data: Path) -> str | None:
    """Digest of all that a result depends on; None if the files do not let it be known."""
    try:
        # Modules in memory are those of the start: after an edit they no longer tell the result.
        if _code_stamp(CODE) != _CODE_AT_START:
            return None
        return _digest([name, parameters, data_fingerprint(data), code_fingerprint(CODE)])
    except (DataError, OSError):
        return None


def _digest(content: object) -> str:
    text = json.dumps(content, sort_keys=True, allow_nan=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def _code_stamp(code: Path) -> tuple[tuple[Path, int, int], ...]:
    paths = sorted(path for room in ROOMS for path in (code / room).rglob("*.py"))
    states = [(path, path.stat()) for path in paths]
    return tuple((path, state.st_mtime_ns, state.st_size) for path, state in states)


_CODE_AT_START = _code_stamp(CODE)


@lru_cache(maxsize=4)
def _code_digest(stamp: tuple[tuple[Path, int, int], ...]) -> str:
    sources = {
        f"{path.parent.name}/{path.name}": _content_digest(path, time, size)
        for path, time, size in stamp
    }
    machine = [platform.python_version(), platform.machine(), *map(_version, LIBRARIES)]
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
