"""Results by content: the same to the bit with, without and with a damaged or hostile store."""

from __future__ import annotations

import hashlib
import os
import pickle
import shutil
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from lvliang import cli
from lvliang.baseline import cache, contract, store
from lvliang.baseline.cache import COUNT, FRAME, array_form, cached
from lvliang.baseline.store import Store
from lvliang.errors import DataError, ParameterError
from lvliang.projection import outlook
from lvliang.projection.panel import Panel, load_panel

KEY, OTHER = "1" * 64, "2" * 64
VALUES = np.random.default_rng(1).normal(size=(50, 4)).astype(np.float32)
FORM = array_form("float32", (50, 4))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a store that is switched on."""
    place = tmp_path / "engine"
    monkeypatch.setenv("LVLIANG_CACHE", str(place))
    return place


class Counted:
    """A function that counts its calls."""

    def __init__(self, value: Any = VALUES) -> None:
        self.value = value
        self.calls = 0

    def __call__(self) -> Any:
        self.calls += 1
        return self.value


def ask(compute: Counted, data: Path, form: Any = FORM, **parameters: Any) -> Any:
    return cached("test", {"draws": 1} | parameters, compute, form=form, data=data)


def entry(folder: Path) -> Path:
    (path,) = Store(folder).entries()
    return path


FRAME_OF_ALL = pd.DataFrame(
    {
        "region": pd.Series(["141100", "吕梁\0 ", None], dtype="str"),
        "error": [0.1, np.nan, -0.0],
        "short": np.array([1.5, 2.5, np.inf], dtype=np.float32),
        "origin": [2007, 2008, 2**53 + 1],
        "in80": [True, False, True],
    }
)


@pytest.mark.parametrize(
    ("value", "form"),
    [(VALUES, FORM), (FRAME_OF_ALL, FRAME), (FRAME_OF_ALL.iloc[:0], FRAME), (12_345, COUNT)],
    ids=["array", "frame", "empty frame", "count"],
)
def test_what_is_read_is_what_was_computed(
    value: Any, form: Any, folder: Path, small_data: Path
) -> None:
    compute = Counted(value)
    before = value.copy() if hasattr(value, "copy") else value
    first, again = (ask(compute, small_data, form) for _ in range(2))
    assert compute.calls == 1
    assert first is value, "what was computed is handed on as it is"
    assert form.dump(again) == form.dump(before) == form.dump(value)
    if isinstance(value, pd.DataFrame):
        pd.testing.assert_frame_equal(again, before, check_exact=True)
        assert np.array_equal(np.signbit(again["error"]), np.signbit(before["error"]))
        assert type(again.index) is type(before.index)
    if isinstance(value, np.ndarray):
        assert (again.dtype, again.strides) == (value.dtype, value.strides)
        assert again.flags.writeable


def test_an_outlook_is_the_same_to_the_bit_without_cold_and_warm(
    folder: Path, small_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def look() -> outlook.Outlook:
        return outlook.look_ahead(
            "141100", base_year=2020, end_year=2023, draws=200, seed=3, data=small_data
        )

    monkeypatch.setenv("LVLIANG_CACHE", "off")
    without = look()
    monkeypatch.setenv("LVLIANG_CACHE", str(folder))
    cold = look()
    monkeypatch.setattr(outlook, "draw_growth", None)
    warm = look()
    for other in (cold, warm):
        assert other.paths.identical(without.paths)
        assert other.paths.dtype == without.paths.dtype
        assert other.paths.to_numpy().tobytes() == without.paths.to_numpy().tobytes()
        assert other.paths.to_numpy().strides == without.paths.to_numpy().strides


def test_a_panel_handed_in_never_answers_for_the_tables(folder: Path, small_data: Path) -> None:
    def mean_growth(panel: Panel | None) -> float:
        found = outlook.look_ahead(
            "141100", base_year=2018, end_year=2019, draws=100, seed=3, data=small_data, panel=panel
        )
        return float(found.own_paths.sel(indicator="gdp_real_growth").mean())

    known = load_panel(2020, small_data)
    poisoned = Panel(2020, known.growth + 50, known.nation, known.targets)
    assert mean_growth(poisoned) > 20 > mean_growth(None)
    assert mean_growth(poisoned) > 20, "nor the tables for the panel"


def test_a_checked_table_is_not_checked_again_until_a_table_changes(
    folder: Path, data_copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = contract.check_table(data_copy, "regions")
    with monkeypatch.context() as patch:
        patch.setattr(contract, "_check", None)
        assert contract.check_table(data_copy, "regions") == rows
    path = data_copy / "regions.csv"
    text = path.read_text("utf-8")
    path.write_text(text.replace("141100", "14110x", 1), "utf-8")
    for _ in range(2):  # what was refused is refused again
        with pytest.raises(DataError, match="14110x"):
            contract.check_table(data_copy, "regions")
    path.write_text(text, "utf-8")
    monkeypatch.setattr(contract, "_check", None)
    assert contract.check_table(data_copy, "regions") == rows


def test_a_parameter_or_a_byte_of_a_table_makes_another_key(folder: Path, data_copy: Path) -> None:
    compute = Counted()
    ask(compute, data_copy)
    ask(compute, data_copy, draws=2)
    cached("other", {"draws": 1}, compute, form=FORM, data=data_copy)
    assert compute.calls == 3
    table = data_copy / "panel" / "gdp_revised.csv"
    content = table.read_bytes()
    state = table.stat()
    table.write_bytes(content[:-2] + bytes([content[-2] ^ 1]) + content[-1:])
    os.utime(table, ns=(state.st_atime_ns, state.st_mtime_ns + 1))
    ask(compute, data_copy)
    shutil.rmtree(data_copy / "panel")
    ask(compute, data_copy)
    assert compute.calls == 5


def test_a_line_of_code_makes_another_key(tmp_path: Path) -> None:
    for room in cache.ROOMS:
        (tmp_path / room).mkdir()
    path = tmp_path / "projection" / "engine.py"
    path.write_text("a = 1\n")
    first = cache.code_fingerprint(tmp_path)
    path.write_text("a = 10\n")
    second = cache.code_fingerprint(tmp_path)
    path.rename(tmp_path / "projection" / "motor.py")
    third = cache.code_fingerprint(tmp_path)
    assert len({first, second, third}) == 3


def test_another_version_of_a_library_makes_another_key(monkeypatch: pytest.MonkeyPatch) -> None:
    known = cache.code_fingerprint(cache.PACKAGE)
    cache._code_digest.cache_clear()
    monkeypatch.setattr(cache, "version", lambda library: "0")
    assert cache.code_fingerprint(cache.PACKAGE) != known
    cache._code_digest.cache_clear()


def test_code_edited_since_the_process_began_is_neither_read_nor_stored(
    folder: Path, small_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(cache._CODE_AT_START, "projection", ())
    compute = Counted()
    ask(compute, small_data)
    ask(compute, small_data)
    assert compute.calls == 2
    assert not folder.exists()


def test_a_table_that_changes_meanwhile_leaves_nothing(folder: Path, data_copy: Path) -> None:
    table = data_copy / "regions.csv"

    def compute() -> int:
        table.write_bytes(table.read_bytes() + b"\n")
        return 1

    assert cached("test", {}, compute, form=COUNT, data=data_copy) == 1
    assert not folder.exists()


def test_a_folder_that_is_no_package_is_told_by_what_computes(folder: Path, tmp_path: Path) -> None:
    assert cached("test", {}, lambda: 7, form=COUNT, data=tmp_path) == 7


def test_only_frames_that_can_be_kept_exactly_are_kept() -> None:
    with pytest.raises(TypeError, match="rows 0, 1, 2"):
        FRAME.dump(FRAME_OF_ALL.iloc[1:])
    with pytest.raises(ValueError, match="allow_pickle"):
        FRAME.dump(pd.DataFrame({"a": pd.Series([1, "x"], dtype=object)}))


class Hostile:
    """Leaves a file behind when it is unpickled."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> Any:
        return Path.touch, (self.trace,)


def forge(path: Path, payload: bytes) -> None:
    """Write an entry with a right key and a right digest around any payload."""
    content = path.read_bytes()
    start = content.index(store.MAGIC)
    key = content[start + len(store.MAGIC) :][:64].decode()
    path.write_bytes(content[:start] + store._head(key, payload) + payload)


def objects(trace: Path) -> bytes:
    """An array of objects, as ``.npy`` keeps them: a pickle."""
    place = trace.with_suffix(".npy")
    np.save(place, np.array([Hostile(trace)], dtype=object), allow_pickle=True)
    return place.read_bytes()


def huge() -> bytes:
    """The head of an array larger than any memory."""
    head = b"{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000000000,), }\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head


def to_pipe(path: Path, _: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def to_folder(path: Path, _: Path) -> None:
    path.unlink()
    path.mkdir()


def to_link(path: Path, trace: Path) -> None:
    copy = path.rename(trace.with_suffix(".away"))
    path.symlink_to(copy)


def flip(place: int) -> Callable[[Path, Path], None]:
    def damage(path: Path, _: Path) -> None:
        content = bytearray(path.read_bytes())
        content[place] ^= 0x40
        path.write_bytes(content)

    return damage


DAMAGES: dict[str, Callable[[Path, Path], Any]] = {
    "empty": lambda path, _: path.write_bytes(b""),
    "three bytes": lambda path, _: path.write_bytes(b"abc"),
    "half": lambda path, _: os.truncate(path, path.stat().st_size // 2),
    "one byte short": lambda path, _: os.truncate(path, path.stat().st_size - 1),
    "one byte more": lambda path, _: path.write_bytes(path.read_bytes() + b"\0"),
    "bit of the time": flip(0),
    "bit of the key": flip(4 + len(store.MAGIC)),
    "bit of the digest": flip(4 + len(store.MAGIC) + 70),
    "bit of the payload": flip(-1),
    "huge file": lambda path, _: os.truncate(path, 2**40),
    "pickle": lambda path, trace: path.write_bytes(bytes(4) + pickle.dumps(Hostile(trace))),
    "pipe": to_pipe,
    "folder": to_folder,
    "link": to_link,
}
FORGERIES: dict[str, Callable[[Path, Path], Any]] = {
    "forged pickle": lambda path, trace: forge(path, pickle.dumps(Hostile(trace))),
    "forged objects": lambda path, trace: forge(path, objects(trace)),
    "forged size": lambda path, _: forge(path, huge()),
    "forged shape": lambda path, _: forge(path, FORM.dump(VALUES.T)),
    "forged type": lambda path, _: forge(path, FORM.dump(VALUES.astype("float64"))),
    "nothing": lambda path, _: forge(path, b""),
}


@pytest.mark.parametrize("damage", [*DAMAGES, *FORGERIES])
def test_what_does_not_hold_is_never_run_and_computed_anew(
    damage: str, folder: Path, small_data: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    trace = tmp_path / "trace"
    compute = Counted()
    ask(compute, small_data)
    (DAMAGES | FORGERIES)[damage](entry(folder), trace)
    found = ask(compute, small_data)
    assert compute.calls == 2
    assert np.array_equal(found, VALUES)
    assert not trace.exists(), "something was unpickled"
    assert capfd.readouterr() == ("", "")
    if damage != "folder":  # put right by the new result
        ask(compute, small_data)
        assert compute.calls == 2


def test_the_entry_of_another_key_is_refused(folder: Path, small_data: Path) -> None:
    one, two = Counted(), Counted(VALUES + 1)
    ask(one, small_data)
    first = entry(folder)
    ask(two, small_data, draws=2)
    (second,) = set(Store(folder).entries()) - {first}
    shutil.copy(first, second)
    assert np.array_equal(ask(two, small_data, draws=2), VALUES + 1)
    assert two.calls == 2


@pytest.mark.parametrize("damage", DAMAGES)
def test_mending_says_once_what_is_wrong(damage: str, folder: Path, tmp_path: Path) -> None:
    place = Store(folder)
    for key in (KEY, OTHER):
        place.put(key, b"payload")
    assert place.mend() == ""
    DAMAGES[damage](place._path(KEY), tmp_path / "trace")
    if damage != "folder":
        assert "1 damaged, removed; their results are computed anew" in place.mend()
        assert place.mend() == ""
    assert place.get(KEY) is None
    assert place.get(OTHER) == b"payload"
    assert not (tmp_path / "trace").exists()


def test_a_store_is_bounded_and_keeps_what_was_used_last(tmp_path: Path) -> None:
    place = Store(tmp_path / "engine", bound=10_000)
    keys = [hashlib.sha256(bytes([number])).hexdigest() for number in range(20)]
    for age, key in enumerate(keys):
        place.put(key, bytes(1_500))
        if place.get(key):
            os.utime(place._path(key), ns=(age, age))
        if age:
            assert place.get(keys[0]), "used after every other entry"
        assert sum(state.st_size for state in place.entries().values()) <= 10_000
    kept = [key for key in keys if place.get(key)]
    assert kept == [keys[0], *keys[-5:]]
    place.put(KEY, bytes(5_001))
    assert place.get(KEY) is None, "more than half of the bound"


def test_a_store_for_this_user_alone(tmp_path: Path) -> None:
    place = Store(tmp_path / "engine")
    place.put(KEY, b"payload")
    assert place.folder.stat().st_mode & 0o077 == 0
    assert place._path(KEY).stat().st_mode & 0o077 == 0


def test_clearing_leaves_what_is_not_of_the_store(tmp_path: Path) -> None:
    place = Store(tmp_path)
    place.put(KEY, b"payload")
    (tmp_path / "thesis.csv").write_text("mine")
    (tmp_path / "tmpabc.__wz_cache").write_text("left by a run that was ended")
    (tmp_path / OTHER).mkdir()
    assert place.clear() == 2
    assert {path.name for path in tmp_path.iterdir()} == {"thesis.csv", OTHER}


WORK = """
import sys
from pathlib import Path
import numpy as np
from lvliang.baseline.cache import array_form, cached
data, turns = Path(sys.argv[1]), int(sys.argv[2])
for turn in range(turns):
    values = np.random.default_rng(turn).normal(size=200_000)
    found = cached("test", {"turn": turn}, values.copy, form=array_form("float64", (200_000,)),
                   data=data)
    assert np.array_equal(found, values), turn
print("same")
"""


def work(data: Path, turns: int, before: str = "") -> subprocess.Popen[str]:
    command = [sys.executable, "-c", before + WORK, str(data), str(turns)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True)


def test_runs_at_once_get_the_same(folder: Path, small_data: Path) -> None:
    runs = [work(small_data, 20) for _ in range(3)]
    assert [run.communicate() for run in runs] == [("same\n", "")] * 3
    assert len(Store(folder).entries()) == 20
    assert Store(folder).mend() == ""


def test_a_full_disk_changes_no_result_and_no_page(folder: Path, small_data: Path) -> None:
    full = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (9000, 9000))\n"
    assert work(small_data, 2, full).communicate() == ("same\n", "")
    assert list(folder.iterdir()) == [], "half an entry is left where there is no room"
    told = (
        full + f"from lvliang.baseline.store import *; print(Store(Path({str(folder)!r})).mend())"
    )
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert done.stdout == f"cache {folder}: File too large; what it cannot keep is computed anew\n"


def test_a_place_that_cannot_be_written_changes_nothing(
    tmp_path: Path, small_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("mine")
    for place in (tmp_path / "file", tmp_path / "file" / "engine"):
        monkeypatch.setenv("LVLIANG_CACHE", str(place))
        compute = Counted()
        assert ask(compute, small_data) is VALUES
        assert ask(compute, small_data) is VALUES
        assert "computed anew" in Store(place).mend()
    assert (tmp_path / "file").read_text() == "mine"


def test_the_variable_chooses_the_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, project: Path
) -> None:
    assert store.store_folder() is None  # as the tests run
    monkeypatch.setenv("LVLIANG_CACHE", str(tmp_path))
    assert store.store_folder() == tmp_path
    monkeypatch.delenv("LVLIANG_CACHE")
    assert store.store_folder() == project / "outputs" / ".cache" / "engine"
    monkeypatch.setattr(store, "__file__", str(tmp_path / "a" / "b" / "store.py"))
    assert store.store_folder() is None, "installed, with no outputs beside it"


def run(*arguments: str) -> Any:
    return CliRunner().invoke(cli.app, list(arguments))


def test_the_command_line_tells_a_fault_once_and_the_result_stays(
    folder: Path, small_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LVLIANG_DATA", str(small_data))
    asked = ("forecast", "--draws", "100", "--horizon", "1", "--regions", "141100")
    first = run(*asked)
    assert (first.exit_code, first.stderr) == (0, "")
    for key in (KEY, OTHER):
        Store(folder).put(key, bytes(100))
        os.truncate(Store(folder)._path(key), 50)
    again = run(*asked)
    assert again.stdout == first.stdout
    assert again.stderr == (
        f"note: cache {folder}: 2 damaged, removed; their results are computed anew\n"
    )
    assert run(*asked).stderr == ""


def test_info_and_clear(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Store(folder).put(KEY, bytes(2**20))
    told = run("cache", "info").stdout
    assert told == f"folder   {folder}\nentries  1\nsize     1.0 MB of at most 256 MB\n"
    assert run("cache", "clear").stdout == "1 entries removed\n"
    assert "entries  0\n" in run("cache", "info").stdout
    monkeypatch.setenv("LVLIANG_CACHE", "off")
    assert run("cache", "info").stdout == "the cache is off\n"
    assert run("cache", "clear").stdout == "0 entries removed\n"


@pytest.mark.parametrize("command", ["info", "clear"])
def test_a_folder_one_may_not_read_is_told_in_a_sentence(
    folder: Path, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(store: Store) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Store, "entries", refuse)
    with pytest.raises(ParameterError, match=f"cache {folder}: Permission denied; legal: a folder"):
        CliRunner().invoke(cli.app, ["cache", command], catch_exceptions=False)


def test_outputs_of_ones_own_have_a_store_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LVLIANG_CACHE", "")
    Store(tmp_path / ".cache" / "engine").put(KEY, b"payload")
    assert "entries  1\n" in run("cache", "info", "--outputs", str(tmp_path)).stdout


def test_a_check_that_is_asked_for_looks_at_the_files(
    folder: Path, data_copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LVLIANG_DATA", str(data_copy))
    contract.check_table(data_copy, "regions")
    seen = []
    monkeypatch.setattr(contract, "_check", lambda _, name: seen.append(name) or 1)
    assert run("check").exit_code == 0
    assert "regions" in seen


def test_records_come_back_as_they_were_computed(
    small_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lvliang.feasibility import rank_record, record

    plain = record.load_record(2020, small_data, draws=100).scores
    ranks = rank_record.load_rank_record("141100", 2020, small_data, draws=100)
    monkeypatch.setenv("LVLIANG_CACHE", str(tmp_path))
    record.load_record(2020, small_data, draws=100)
    rank_record.load_rank_record("141100", 2020, small_data, draws=100)
    monkeypatch.setattr(record, "backtest", None)
    monkeypatch.setattr(rank_record, "score_ranks", None)
    kept = record.load_record(2020, small_data, draws=100).scores
    pd.testing.assert_frame_equal(kept, plain)
    kept = rank_record.load_rank_record("141100", 2020, small_data, draws=100)
    pd.testing.assert_frame_equal(kept, ranks)
