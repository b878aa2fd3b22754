"""Run parameterised notebooks without a screen, several at once, under one deadline.

Papermill runs each notebook, by an engine of ours, in a process of its own that is forked from
one which has imported once what notebooks import. The process leads a process group: the clock,
the first failure, an interrupt and the end of this process end the groups, and nothing is left.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection, wait
from pathlib import Path
from tempfile import TemporaryFile
from threading import Thread
from time import monotonic
from traceback import format_exc
from typing import IO, Any

from lvliang import errors
from lvliang.errors import CellError, DeadlineExceeded, KernelDied, LvliangError

FOLDERS = {
    "IPYTHONDIR": "ipython", "JUPYTER_CONFIG_DIR": "jupyter/config",
    "JUPYTER_DATA_DIR": "jupyter/data", "JUPYTER_RUNTIME_DIR": "jupyter/runtime",
    "MPLCONFIGDIR": "matplotlib",
}  # fmt: skip
ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
OWN_ERRORS = ("ParameterError", "DataError")
SECONDS_TO_SAVE = 2.0  # for an interrupted cell to hand over its traceback
METHODS = multiprocessing.get_all_start_methods()
CONTEXT: Any = multiprocessing.get_context("forkserver" if "forkserver" in METHODS else "spawn")
# What a notebook and its page need, and what these import late.
IMPORTED = [
    "lvliang.site.run", "lvliang.site.engine", "lvliang.site.pages", "lvliang.study",
    "frictionless.checks", "matplotlib.backends.backend_svg", "seaborn",
    "statsmodels.tsa.holtwinters",
]  # fmt: skip
# jsonschema builds a grammar of addresses as it is imported, if it may: a second, a third of all
# that is imported, for a format that nothing here has.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Job:
    """A notebook, which is only read, and where its executed copy goes."""

    notebook: Path
    output: Path
    parameters: dict[str, object]
    name: str


Progress = Callable[[Job, int, int], None]
Work = Callable[[Job, Callable[[], None]], Any]


def prepare(cache_dir: Path) -> None:
    """Start importing what notebooks import, in `own_folders`."""
    own_folders(cache_dir)
    if CONTEXT.get_start_method() == "forkserver":
        from multiprocessing.forkserver import ensure_running

        CONTEXT.set_forkserver_preload(IMPORTED)
        ensure_running()


def own_folders(cache_dir: Path) -> None:
    """Have Jupyter and matplotlib write below ``cache_dir`` alone, and use one BLAS thread.

    Call it before anything imports them; notebooks inherit ``os.environ``.
    """
    # The folders are always ours: a user's kernels, start-up files or styles would change a page.
    # The number of threads changes speed alone, so a value the user chose stands.
    for variable, folder in FOLDERS.items():
        path = cache_dir.resolve() / folder
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.environ[variable] = str(path)
    for variable in ONE_THREAD:
        os.environ.setdefault(variable, "1")


def execute(
    jobs: Sequence[Job],
    *,
    workers: int,
    deadline: float | None,
    work: Work | None = None,
    on_progress: Progress | None = None,
) -> list[Any]:
    """Run the jobs; return when all are done, or raise the first failure and end the rest.

    However it ends, no process is left, and every job that began has its executed notebook at
    ``job.output``, as far as it came. Raises what a cell raised as `ParameterError`, `DataError`
    or `CellError`; `KernelDied` where a process ended before its notebook; `DeadlineExceeded`.

    ``workers`` notebooks run at once, within ``deadline`` seconds for all (None waits for ever).
    In the process of a job, ``work(job, run)`` calls ``run()`` to execute the notebook; it can be
    pickled, and so can what it returns, which is returned by job. ``on_progress`` is called with
    the job, the cells done and all of its cells.
    """
    waiting, running, done = deque(jobs), dict[Any, _Run](), dict[str, Any]()
    ends = None if deadline is None else monotonic() + deadline
    try:
        while waiting or running:
            while waiting and len(running) < workers:
                started = _Run(waiting.popleft(), work, on_progress)
                running[started.channel] = started
            heard = wait(list(running), None if ends is None else max(0.0, ends - monotonic()))
            if not heard:
                raise _late(list(running.values()), waiting, deadline)
            for run in (running[channel] for channel in heard):
                if run.is_done():
                    done[run.job.name] = run.result
                    del running[run.channel]
    finally:
        for run in running.values():
            run.kill()
    return [done[job.name] for job in jobs]


def _late(running: list[_Run], waiting: deque[Job], deadline: float | None) -> DeadlineExceeded:
    """What is late; cells are interrupted, so that the outputs show where they were slow."""
    places = [run.place for run in running] + [_place(job) for job in waiting]
    for run in running:
        if run.began:  # what is still starting has no output to save
            run.signal(signal.SIGINT)
    ends = monotonic() + SECONDS_TO_SAVE
    for run in running:
        run.process.join(max(0.0, ends - monotonic()))
    return DeadlineExceeded(f"not done after {deadline:g} s: {'; '.join(places)}")


class _Run:
    """One job on its way: its process, and the place that it has reached."""

    def __init__(self, job: Job, work: Work | None, on_progress: Progress | None) -> None:
        self.job, self.place, self.began = job, _place(job), False
        self.result: Any = None
        self._on_progress = on_progress
        self.channel, theirs = CONTEXT.Pipe()
        self.process = CONTEXT.Process(target=_serve, args=(job, work, dict(os.environ), theirs))
        self.process.start()
        theirs.close()

    def is_done(self) -> bool:
        """Take one message of the process; whether the job is done."""
        try:
            kind, told = self.channel.recv()
        except (EOFError, OSError):
            self.process.join()
            code = self.process.exitcode
            raise KernelDied(f"{self.place}: the kernel ended (exit code {code})") from None
        if kind == "failed":
            raise told
        if kind == "cell":
            done, total, place = told
            self.place, self.began = place or self.place, self.began or bool(place)
            if self._on_progress:
                self._on_progress(self.job, done, total)
            return False
        self.result = told
        self.process.join()
        self.kill()  # what its cells started and left
        return True

    def kill(self) -> None:
        """End the process and what it started."""
        self.signal(signal.SIGKILL)
        self.process.kill()  # where it does not lead its group yet
        self.process.join()
        self.channel.close()

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the process and what it started."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, number)


def _serve(job: Job, work: Work | None, environment: dict[str, str], channel: Connection) -> None:
    os.setsid()
    Thread(target=_end_with, args=(channel,), daemon=True).start()
    os.environ.clear()
    os.environ.update(environment)
    with TemporaryFile() as unseen:
        # What libraries write below Python belongs to the cell that made them, not the terminal.
        for stream in (1, 2):
            os.dup2(unseen.fileno(), stream)
        run = partial(_run_papermill, job, unseen, channel)
        try:
            channel.send(("done", work(job, run) if work else run()))
        except LvliangError as error:
            channel.send(("failed", error))
        except BaseException:
            channel.send(("failed", RuntimeError(f"{job.name}:\n{format_exc()}")))


def _end_with(channel: Connection) -> None:
    """End this process and what it started when the run that it serves is gone."""
    with suppress(EOFError, OSError):
        channel.recv()
    os.killpg(0, signal.SIGKILL)


def _run_papermill(job: Job, unseen: IO[bytes], channel: Connection) -> None:
    """Run the notebook, telling its failures as errors of the project."""
    import papermill
    from papermill.exceptions import PapermillExecutionError

    from lvliang.site.engine import ENGINE

    def tell(done: int, total: int, number: int, source: str) -> None:
        channel.send(("cell", (done, total, _place(job, number, source) if source else "")))

    logging.getLogger("papermill").setLevel(logging.CRITICAL)
    try:
        papermill.execute_notebook(
            job.notebook.resolve(),
            job.output.resolve(),
            job.parameters,
            engine_name=ENGINE,
            kernel_name="python3",
            language="python",
            progress_bar=False,
            log_output=False,
            tell=tell,
            unseen=unseen,
        )
    except PapermillExecutionError as error:
        if error.ename in OWN_ERRORS:
            raise getattr(errors, error.ename)(error.evalue) from None
        place = _place(job, error.exec_count, error.source)
        raise CellError(f"{place}: {error.ename}: {error.evalue}") from None


def _place(job: Job, number: int = 0, source: str = "") -> str:
    first_line = source.strip().partition("\n")[0]
    cell = f"cell [{number}] `{first_line}`" if source else "before its first cell"
    return f"{job.name}: {job.notebook.name}, {cell}"
