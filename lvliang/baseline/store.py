"""A bounded store of verified bytes that several processes share; nothing in it is unpickled.

The files are those of cachelib: one an entry, written whole and then put in place. An entry says
which key it answers and the SHA-256 of key and payload; what does not hold is not there. The
process that runs a report is told by :meth:`Store.mend`; a kernel, whose every word would be on
a page, computes anew without one.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import stat
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

VARIABLE = "LVLIANG_CACHE"
OFF = "off"
BOUND = 256 * 2**20  # bytes
PROBE = 4 * 2**20  # bytes that must fit for the store to be of use
MAGIC = b"lvliang cache 1\n"
HEAD = re.compile(re.escape(MAGIC) + rb"([0-9a-f]{64})\n")
UNFINISHED = ".__wz_cache"
OWN_FILE = re.compile(rf"[0-9a-f]{{64}}|.+{re.escape(UNFINISHED)}")

log = logging.getLogger(__name__)


def store_folder() -> Path | None:
    """Folder of the store: ``LVLIANG_CACHE`` if set, else ``outputs/.cache/engine`` of a checkout.

    None where the variable is ``off``, or the package does not lie in a checkout.
    """
    chosen = os.environ.get(VARIABLE)
    if chosen:
        return None if chosen == OFF else Path(chosen)
    outputs = Path(__file__).resolve().parents[2] / "outputs"
    return outputs / ".cache" / "engine" if outputs.is_dir() else None


class Store:
    """Payloads by key (64 hexadecimal digits); the least recently used make room.

    Parameters
    ----------
    folder : Path
        Created, for this user alone, with the first entry.
    bound : int
        Bytes of all entries together.
    """

    def __init__(self, folder: Path, bound: int = BOUND) -> None:
        self.folder = folder
        self.bound = bound

    def get(self, key: str) -> bytes | None:
        """The payload stored under ``key``, verified; None if there is none or it does not hold."""
        payload = self._read(key)
        if payload is not None:
            with suppress(OSError):  # of a store that is only read, none is the least used
                os.utime(self._path(key))
        return payload

    def put(self, key: str, payload: bytes) -> None:
        """Store ``payload`` and make room for it; what cannot be written is left out."""
        if len(payload) > self.bound // 2:
            return
        with suppress(OSError):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if self._files.set(key, _head(key, payload) + payload):
                self._make_room()
            else:  # the library leaves what it could not finish
                for path in self.folder.glob(f"*{UNFINISHED}"):
                    path.unlink(missing_ok=True)

    def entries(self) -> dict[Path, os.stat_result]:
        """The files of the store, least recently used first."""
        found = {}
        with suppress(FileNotFoundError, NotADirectoryError):
            for path in self.folder.iterdir():
                with suppress(FileNotFoundError):  # another run has just made room
                    state = path.lstat()
                    if OWN_FILE.fullmatch(path.name) and not stat.S_ISDIR(state.st_mode):
                        found[path] = state
        return dict(sorted(found.items(), key=lambda item: item[1].st_mtime_ns))

    def clear(self) -> int:
        """Remove every entry; how many there were."""
        entries = self.entries()
        for path in entries:
            path.unlink(missing_ok=True)
        return len(entries)

    def mend(self) -> str:
        """Remove entries that do not hold; one sentence on what is wrong, "" if nothing is."""
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with TemporaryFile(dir=self.folder) as file:
                file.write(bytes(PROBE))
            damaged = [path for path in self.entries() if not self._holds(path)]
            for path in damaged:
                path.unlink(missing_ok=True)
        except OSError as error:
            return f"cache {self.folder}: {error.strerror}; what it cannot keep is computed anew"
        if damaged:
            count = len(damaged)
            return f"cache {self.folder}: {count} damaged, removed; their results are computed anew"
        return ""

    def _path(self, key: str) -> Path:
        return self.folder / hashlib.sha256(key.encode()).hexdigest()

    def _holds(self, path: Path) -> bool:
        if path.suffix == UNFINISHED:
            return True  # another run may be writing it
        if not _is_plain(path, self.bound):
            return False
        with path.open("rb") as file:
            head = HEAD.search(file.read(1024))
        if head is None:
            return False
        key = head[1].decode()
        return path == self._path(key) and self._read(key) is not None

    def _read(self, key: str) -> bytes | None:
        path = self._path(key)
        if not os.path.lexists(path):
            return None
        content = self._files.get(key) if _is_plain(path, self.bound) else None
        if content is not None:
            size = len(_head(key, b""))
            head, payload = content[:size], content[size:]
            if head == _head(key, payload):
                return bytes(payload)
        log.info("%s does not hold; its result is computed anew", path)
        return None

    def _make_room(self) -> None:
        entries = self.entries()
        size = sum(state.st_size for state in entries.values())
        for path, state in entries.items():
            if size <= self.bound:
                return
            path.unlink(missing_ok=True)
            size -= state.st_size

    @cached_property
    def _files(self) -> Any:
        from cachelib import FileSystemCache
        from cachelib.serializers import FileSystemSerializer

        class Bytes(FileSystemSerializer):
            """Bytes as they are, in place of the library's pickles."""

            def dump(self, value: Any, f: IO[bytes], protocol: int = 0) -> None:
                f.write(value)

            def load(self, f: Any) -> bytes:
                return f.read()

        class Files(FileSystemCache):
            serializer = Bytes()

        # The library tells the root logger of each fault, which would be on a page.
        logging.getLogger().addFilter(_is_not_of_the_library)
        # Its own bound counts entries, and they would end after five minutes.
        return Files(
            str(self.folder),
            threshold=0,
            default_timeout=0,
            mode=0o600,
            hash_method=hashlib.sha256,
        )


def _head(key: str, payload: bytes) -> bytes:
    digest = hashlib.sha256(key.encode() + payload).hexdigest()
    return MAGIC + f"{key}\n{digest}\n".encode()


def _is_plain(path: Path, bound: int) -> bool:
    """Whether it is a file that can be read and has a size: no link, pipe or device."""
    try:
        state = path.lstat()
    except OSError:
        return False
    return stat.S_ISREG(state.st_mode) and state.st_size <= bound and os.access(path, os.R_OK)


def _is_not_of_the_library(record: logging.LogRecord) -> bool:
    return "cachelib" not in Path(record.pathname).parts
