"""Kernels forked from a warm process: same bytes, ordinary kernels where it fails, nothing left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest import mock

import nbformat
import pytest

from lvliang import parameters
from lvliang.site.execute import Job, execute, prepare_environment
from lvliang.site.warm import WarmProcess, modules_of

MakeJob = Callable[..., Job]
IMPORT = "from lvliang.baseline import package"
PARENT = "import os; print(os.getppid())"
FALLBACK = "no warm process, ordinary kernels instead, which is slower: "

# Runs one notebook and prints a line at its second cell. Whatever it starts inherits its output,
# which ends for the reader only when the last of them has.
SCRIPT = """
import signal, sys
from pathlib import Path
from lvliang.site.execute import Job, execute, prepare_environment
from lvliang.site.warm import WarmProcess

signal.signal(signal.SIGINT, signal.default_int_handler)  # whatever the shell has set
notebook = Path(sys.argv[1])
prepare_environment(notebook.parent / "cache")
with WarmProcess([notebook]) as warm:
    if len(sys.argv) > 2:
        print("warming", flush=True)
        signal.pause()
    job = Job(notebook, notebook.with_name("executed.ipynb"), {}, "job")
    tell = lambda job, done, total: done == 2 and print("running", flush=True)
    execute([job], workers=1, deadline=None, on_progress=tell, warm=warm)
"""
LEAVE_A_CHILD = "import subprocess\nchild = subprocess.Popen(['sleep', '600'])"


@pytest.fixture(autouse=True)
def environment(tmp_path: Path) -> Iterator[None]:
    with mock.patch.dict(os.environ):
        prepare_environment(tmp_path / "cache")
        yield


@pytest.fixture
def make_job(tmp_path: Path) -> MakeJob:
    def make(name: str, *sources: str) -> Job:
        cells = [nbformat.v4.new_code_cell(source) for source in sources]
        notebook = tmp_path / f"{name}.ipynb"
        nbformat.write(nbformat.v4.new_notebook(cells=cells), notebook)
        return Job(notebook, tmp_path / f"{name}-executed.ipynb", {}, name)

    return make


def run_warm(*jobs: Job, workers: int = 1, warm: WarmProcess | None = None) -> list[str]:
    """Run the jobs in kernels of a warm process and return what each printed."""
    with warm or WarmProcess([job.notebook for job in jobs]) as process:
        execute(jobs, workers=workers, deadline=60, warm=process)
    return [text_of(job) for job in jobs]


def text_of(job: Job) -> str:
    cells = nbformat.read(job.output, as_version=4).cells
    return "".join(output.get("text", "") for cell in cells for output in cell.outputs)


def without_clock(output: Path) -> nbformat.NotebookNode:
    """An executed notebook less clock times and ids."""
    notebook = nbformat.read(output, as_version=4)
    del notebook.metadata["papermill"]
    for cell in notebook.cells:
        cell.pop("id")
        for key in ("papermill", "execution"):
            cell.metadata.pop(key, None)
    return notebook


def test_kernels_of_a_run_come_from_one_process_that_is_not_this_one(make_job: MakeJob) -> None:
    parents = run_warm(make_job("one", PARENT), make_job("two", PARENT), workers=2)
    assert len(set(parents)) == 1
    assert int(parents[0]) != os.getpid()
    assert not Path(f"/proc/{int(parents[0])}").exists()


def test_a_kernel_starts_with_what_the_notebook_imports(make_job: MakeJob) -> None:
    loaded = "import sys; print({'pandas', 'seaborn', 'frictionless'} <= set(sys.modules))"
    assert run_warm(make_job("bare", loaded), make_job("full", loaded, IMPORT)) == ["True\n"] * 2
    assert run_warm(make_job("bare", loaded)) == ["False\n"]


def test_a_kernel_has_its_own_folder_random_numbers_and_one_thread(make_job: MakeJob) -> None:
    source = (
        "import os, random, numpy\nprint(os.environ['IPYTHONDIR'], random.random(), "
        "numpy.random.random(), os.environ['OPENBLAS_NUM_THREADS'])"
    )
    one, two = run_warm(make_job("one", source, IMPORT), make_job("two", source))
    assert all(a != b for a, b in zip(one.split()[:3], two.split()[:3], strict=True))
    assert one.split()[3] == two.split()[3] == "1"


def test_libraries_imported_before_the_kernel_know_that_they_are_in_one(make_job: MakeJob) -> None:
    ask = "import pandas, matplotlib\nprint(pandas.options.display.max_columns)"
    backend = "print(matplotlib.get_backend(), 'get_ipython' in dir(__builtins__))"
    warm, cold = make_job("warm", IMPORT, ask, backend), make_job("cold", IMPORT, ask, backend)
    execute([cold], workers=1, deadline=60)
    assert run_warm(warm) == [text_of(cold)]


def test_the_notebooks_are_the_same_whatever_the_kernels_and_the_order(
    tmp_path: Path, small_data: Path
) -> None:
    given = parameters.check_report({"draws": 1000, "lang": "en"})
    ways: dict[str, list[Job]] = {"cold": [], "warm": []}
    for name in ("10_baseline", "20_trajectories", "30_feasibility"):
        values = parameters.part_of(given, name).model_dump()
        notebook = Path(__file__).parents[1] / "notebooks" / f"{name}.ipynb"
        for way, jobs in ways.items():
            jobs.append(Job(notebook, tmp_path / f"{way}-{name}.ipynb", values, name))
    with mock.patch.dict(os.environ, LVLIANG_DATA=str(small_data)):
        execute(ways["cold"], workers=1, deadline=None)
        with WarmProcess([job.notebook for job in ways["warm"]]) as warm:
            execute(ways["warm"][::-1], workers=2, deadline=None, warm=warm)
    for cold, forked in zip(ways["cold"], ways["warm"], strict=True):
        assert without_clock(cold.output) == without_clock(forked.output)


def test_runs_at_once_have_their_own_processes(make_job: MakeJob) -> None:
    one, two = make_job("one", PARENT), make_job("two", PARENT)
    with WarmProcess([one.notebook]) as first, WarmProcess([two.notebook]) as second:
        execute([one], workers=1, deadline=60, warm=first)
        execute([two], workers=1, deadline=60, warm=second)
    assert text_of(one) != text_of(two)


def test_a_process_that_died_is_replaced_by_ordinary_kernels_and_one_line_says_so(
    make_job: MakeJob, caplog: pytest.LogCaptureFixture
) -> None:
    jobs = [make_job(name, PARENT) for name in ("one", "two")]
    with WarmProcess([job.notebook for job in jobs]) as warm:
        assert warm._process is not None
        warm._process.kill()
        execute(jobs, workers=2, deadline=60, warm=warm)
    assert [text_of(job) for job in jobs] == [f"{os.getpid()}\n"] * 2
    assert caplog.messages == [FALLBACK + "it ended"]


def test_a_notebook_whose_process_died_under_it_runs_again(
    make_job: MakeJob, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    mark = tmp_path / "first"
    mark.touch()
    # In an ordinary kernel the parent is this process, so the first run alone may end it.
    source = (
        "import os, pathlib, signal\n"
        f"mark = pathlib.Path('{mark}')\n"
        "if mark.exists():\n"
        "    mark.unlink(); os.kill(os.getppid(), signal.SIGKILL); signal.pause()"
    )
    assert run_warm(make_job("job", source, PARENT)) == [f"{os.getpid()}\n"]
    assert caplog.messages == [FALLBACK + "it ended"]


def test_a_process_with_a_second_thread_is_not_forked(
    make_job: MakeJob,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    (tmp_path / "busy.py").write_text(
        "import threading\nthreading.Thread(target=threading.Event().wait, daemon=True).start()"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    job = make_job("job", PARENT)
    warm = WarmProcess([job.notebook])
    warm._modules.append("busy")
    assert run_warm(job, warm=warm) == [f"{os.getpid()}\n"]
    assert caplog.messages[0].startswith(f"{FALLBACK}2 threads run in it")


def test_without_an_interpreter_to_start_there_are_ordinary_kernels(
    make_job: MakeJob, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    job = make_job("job", PARENT)
    with monkeypatch.context() as patch:
        patch.setattr(sys, "executable", "/nowhere/python")
        warm = WarmProcess([job.notebook]).__enter__()
    execute([job], workers=1, deadline=60, warm=warm)
    warm.__exit__(None, None, None)
    assert text_of(job) == f"{os.getpid()}\n"
    assert caplog.messages == [f"{FALLBACK}it cannot be started (No such file or directory)"]


@pytest.mark.parametrize(
    ("last_cell", "number", "code"),
    [
        ("1", None, 0),
        ("1 / 0", None, 1),
        ("import signal; signal.pause()", signal.SIGINT, -signal.SIGINT),
        ("import signal; signal.pause()", signal.SIGKILL, -signal.SIGKILL),
    ],
    ids=["success", "failure", "Ctrl-C", "KILL"],
)
def test_no_process_is_left(
    make_job: MakeJob, last_cell: str, number: signal.Signals | None, code: int
) -> None:
    job = make_job("job", LEAVE_A_CHILD, "1", last_cell)
    command = [sys.executable, "-c", SCRIPT, str(job.notebook)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"running\n"
        if number:
            process.send_signal(number)
        process.communicate(timeout=20)  # returns when nobody holds the pipes any more
    assert process.returncode == code


def test_no_process_is_left_by_a_kill_while_it_warms_up(make_job: MakeJob) -> None:
    job = make_job("job", IMPORT)
    command = [sys.executable, "-c", SCRIPT, str(job.notebook), "pause"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"warming\n"
        process.kill()
        process.communicate(timeout=20)
    assert process.returncode == -signal.SIGKILL


def test_modules_are_those_of_the_project_that_cells_import(
    make_job: MakeJob, tmp_path: Path
) -> None:
    job = make_job(
        "job",
        "%matplotlib inline\nimport lvliang.magic",
        "import pandas, lvliang.errors\nfrom lvliang.display import charts",
        "from os import path\nfrom . import nothing",
    )
    (tmp_path / "broken.ipynb").write_text("no notebook")
    files = [job.notebook, tmp_path / "broken.ipynb", tmp_path / "missing.ipynb"]
    expected = ["lvliang.display", "lvliang.display.charts", "lvliang.errors"]
    assert modules_of(files) == expected
