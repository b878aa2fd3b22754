"""What several test files share: the project's folders, and copies of its tables to damage."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest import mock

import pandas as pd
import pytest

PROJECT = Path(__file__).resolve().parents[1]
SHANXI_AND_BEIJING = ("14", "11")
# One process runs a file: these begin first, so that none is left to run alone at the end.
LONGEST = (
    "test_notebooks", "test_poison", "test_audit", "test_contract", "test_export",
    "test_comparison", "test_scenario", "test_inversion", "test_engine", "test_cli",
)  # fmt: skip

# Tests compute what they look at; some share a store, those of the store have their own, and those
# in Chromium that of reports.
os.environ["LVLIANG_CACHE"] = "off"
# Pages are made in the year of the report, whatever today is.
os.environ["SOURCE_DATE_EPOCH"] = "1614556800"
# A shell that runs the tests in the background has Ctrl-C ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_configure(config: pytest.Config) -> None:
    # Not the file with the most tests first, as pytest-xdist would have it.
    config.option.loadscopereorder = False


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    places = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path.stem, len(places)))


@pytest.fixture(scope="session")
def project() -> Path:
    """Root of the checkout."""
    return PROJECT


@pytest.fixture(scope="session")
def data() -> Path:
    """The tables of the checkout, only to be read."""
    return PROJECT / "data"


@pytest.fixture
def data_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A private copy of the tables, which a test may damage, and which are those of its runs."""
    monkeypatch.setenv("LVLIANG_DATA", str(tmp_path / "data"))
    return Path(shutil.copytree(PROJECT / "data", tmp_path / "data"))


@pytest.fixture(scope="module")
def shared_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Results are kept for all files, in every process, that ask for it.

    None of them may replace what computes.
    """
    own = tmp_path_factory.getbasetemp()
    store = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "store"
    store.mkdir(exist_ok=True)
    with mock.patch.dict(os.environ, LVLIANG_CACHE=str(store)):
        yield


@pytest.fixture(scope="session")
def small_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tables with the panel cut to Shanxi and Beijing, only to be read.

    Figures of a city rest on its own province, so the results for Lvliang are the same.
    """
    folder = tmp_path_factory.mktemp("small") / "data"
    shutil.copytree(PROJECT / "data", folder)
    for table in (folder / "panel").glob("*.csv"):
        rows = pd.read_csv(table, dtype=str, keep_default_na=False)
        kept = rows[rows["region_code"].str.startswith(SHANXI_AND_BEIJING)]
        kept.to_csv(table, index=False, lineterminator="\n")
    return folder


@pytest.fixture
def small_copy(small_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A private copy of the small tables, to damage, and which are those of the test's runs."""
    monkeypatch.setenv("LVLIANG_DATA", str(tmp_path / "small"))
    return Path(shutil.copytree(small_data, tmp_path / "small"))


@pytest.fixture
def call(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Callable[..., subprocess.CompletedProcess[str]]]:
    """The command in this process: what it imports is there, and a test may replace a part."""
    from lvliang.cli import main

    handler = signal.getsignal(signal.SIGTERM)

    def call(*words: object) -> subprocess.CompletedProcess[str]:
        monkeypatch.setattr(sys, "argv", ["lvliang", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        return subprocess.CompletedProcess(words, int(ended.value.code or 0), out, err)

    with mock.patch.dict(os.environ, COLUMNS="400"):
        yield call
    signal.signal(signal.SIGTERM, handler)


@pytest.fixture(autouse=True)
def figures_are_closed() -> Iterator[None]:
    yield
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")


@pytest.fixture(scope="session")
def outlook():
    """Lvliang from 2020 to 2025, only to be read."""
    from lvliang.projection.outlook import look_ahead

    return look_ahead("141100", base_year=2020, end_year=2025, draws=4000, seed=7)


@pytest.fixture(scope="session")
def targets():
    """The targets of Lvliang by name."""
    from lvliang.feasibility.targets import load_targets

    return {target.target_id: target for target in load_targets("141100", 2020, 2025)}
