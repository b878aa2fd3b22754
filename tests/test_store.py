"""Results by content: the same to the bit with and without a store, whatever lies in it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import pytest

from lvliang.baseline import store
from lvliang.projection import outlook

VALUES = np.random.default_rng(1).normal(size=(50, 4)).astype(np.float32)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small_copy: Path) -> Path:
    """The folder of a store that is switched on, and tables to change."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LVLIANG_CACHE", str(tmp_path / "store"))
    return tmp_path / "store"


def computes(name: str = "test", value: Any = VALUES, **parameters: Any) -> bool:
    """Whether a value that is asked for is computed; it must be right either way."""
    compute = mock.Mock(return_value=value)
    found = store.kept(name, {"draws": 1} | parameters, compute)
    assert np.array_equal(found, value) and type(found) is type(value)
    return compute.called


def test_an_outlook_is_the_same_to_the_bit_without_cold_and_warm(folder, small_copy):
    def look() -> Any:
        given = {"base_year": 2020, "end_year": 2022, "draws": 200, "seed": 3}
        return outlook.look_ahead("141100", **given).paths

    with mock.patch.dict(os.environ, LVLIANG_CACHE="off"):
        without = look()
    cold = look()
    with mock.patch.object(outlook, "draw_growth", None):
        warm = look()
    shutil.rmtree(folder)  # nothing in it is needed
    for other in (cold, warm, look()):
        assert other.identical(without)
        assert other.to_numpy().tobytes() == without.to_numpy().tobytes()


def test_data_parameters_code_and_libraries_that_change_are_computed_anew(
    folder: Path, small_copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package, libraries = tmp_path / "lvliang", tmp_path / "libraries"
    package.mkdir()
    monkeypatch.setattr(store, "PACKAGE", package)
    monkeypatch.setattr(store.sysconfig, "get_path", lambda _: str(libraries))

    def start(source: str, library: str = "a-1") -> None:  # a process with this code
        (package / "a.py").write_text(source)
        (libraries / f"{library}.dist-info").mkdir(parents=True, exist_ok=True)
        monkeypatch.setattr(store, "_CODE_AT_START", store.stamp(package.iterdir()))
        store._code_and_libraries.cache_clear()

    table, schema = small_copy / "panel/gdp_revised.csv", next((small_copy / "schemas").iterdir())
    changes: list[Callable[[], Any]] = [
        lambda: start("a = 1"),
        lambda: start("a = 10"),
        lambda: start("a = 10", "a-2"),
        lambda: table.write_bytes(table.read_bytes()[:-2] + b"7\n"),
        lambda: schema.write_text(schema.read_text("utf-8") + " ", "utf-8"),
        lambda: shutil.rmtree(small_copy / "panel"),
    ]
    for change in changes:
        change()
        assert [computes(), computes()] == [True, False]
    assert [computes(draws=2), computes("other"), computes()] == [True, True, False]
    (package / "a.py").write_text("a = 100")  # since the start: neither read nor written
    before = list(folder.iterdir())
    assert [computes(), computes(draws=3), list(folder.iterdir())] == [True, True, before]
    start("a = 100")
    store.kept("test", {}, lambda: schema.write_text("{}"))
    assert list(folder.iterdir()) == before, "the data changed meanwhile"
    store._code_and_libraries.cache_clear()


DAMAGES: dict[str, Callable[[Path, Path], Any]] = {
    "half": lambda path, _: os.truncate(path, path.stat().st_size // 2),
    "huge": lambda path, _: os.truncate(path, 2**40),
    "pickle": lambda path, _: path.write_bytes(bytes(32) + b"cos\nmkdir\n(Vtrace\ntR."),
    "of another key": lambda path, other: shutil.copy(other, path),
    "pipe": lambda path, _: (path.unlink(), os.mkfifo(path)),
    "link": lambda path, other: (path.unlink(), path.symlink_to(other)),
    "folder": lambda path, _: (path.unlink(), path.mkdir()),
    "file in its place": lambda path, _: path.parent.rename("away").with_name("store").touch(),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_does_not_hold_is_computed_anew(damage: str, folder: Path) -> None:
    computes()
    (path,) = store.entries(folder)
    computes(value=VALUES + 1, draws=2)
    (other,) = store.entries(folder).keys() - {path}
    DAMAGES[damage](path, other)
    assert computes()
    assert not Path("trace").exists(), "something was unpickled"


def test_what_another_user_or_no_one_may_read_is_computed_anew(folder: Path) -> None:
    computes()
    with mock.patch("os.geteuid", lambda: -1):
        assert computes()
    with mock.patch.object(Path, "read_bytes", side_effect=PermissionError):
        assert computes()
    assert not computes()
    assert folder.stat().st_mode & 0o077 == next(folder.iterdir()).stat().st_mode & 0o077 == 0


WORK = """
import resource, sys; from lvliang.baseline.store import kept
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]),) * 2)
for n in range(9): assert kept("t", {"n": n}, lambda: bytes([n]) * 99_999) == bytes([n]) * 99_999
"""


@pytest.mark.parametrize(("limit", "entries"), [(9_999, 0), (10**9, 9)])
def test_runs_at_once_and_a_full_disk_get_the_same(folder: Path, limit: int, entries: int) -> None:
    command = [sys.executable, "-c", WORK, str(limit)]
    assert [run.wait() for run in [subprocess.Popen(command) for _ in range(3)]] == [0] * 3
    assert len(list(folder.iterdir())) == len(store.entries(folder)) == entries


def test_the_bound_holds_and_what_was_used_last_stays(folder: Path) -> None:
    with mock.patch.object(store, "BOUND", 10_000):
        for number in range(20):
            for path, state in store.entries(folder).items():  # each is a second older
                os.utime(path, ns=(0, state.st_mtime_ns - 10**9))
            assert computes(value=bytes(1_500), draws=number)
            assert not computes(value=bytes(1_500), draws=0)
            assert sum(path.stat().st_size for path in folder.iterdir()) <= 10_000
        assert len(list(folder.iterdir())) == 6
        assert [computes("large", bytes(5_001)), computes("large", bytes(5_001))] == [True] * 2
