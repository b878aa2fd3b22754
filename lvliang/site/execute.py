"""Run parameterised notebooks without a screen, several at once, under one deadline.

Papermill runs each notebook in a kernel of its own; one thread of this process waits for each
kernel. The clock, the first failure and an interrupt all act the same way: they end the process
groups of the kernels, and the threads follow.
"""

from __future__ import annotations

import logging
import os
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event
from typing import Any, Protocol

from lvliang.errors import (
    CellError,
    DataError,
    DeadlineExceeded,
    KernelDied,
    LvliangError,
    ParameterError,
)
from lvliang.site.warm import WarmProcess

ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
OWN_ERRORS: dict[str, type[LvliangError]] = {e.__name__: e for e in (ParameterError, DataError)}
SECONDS_TO_SAVE = 2.0  # for an interrupted cell to hand over its traceback


@dataclass(frozen=True)
class Job:
    """One notebook to run.

    Attributes
    ----------
    notebook : Path
        The notebook, which is only read.
    output : Path
        Where the executed copy goes; its folder exists.
    parameters : dict of str to str, int, float or bool
        What is injected after the cell tagged ``parameters``.
    name : str
        What messages call the job.
    """

    notebook: Path
    output: Path
    parameters: dict[str, object]
    name: str


class Earlier(Protocol):
    """What earlier runs have executed."""

    def find(self, job: Job) -> bool:
        """Put the executed notebook at the output of the job; whether there was one."""

    def keep(self, job: Job) -> None:
        """Keep the notebook that was executed since it was not found."""


Progress = Callable[[Job, int, int], None]
Done = Callable[[Job], None]


def prepare_environment(cache_dir: Path) -> None:
    """Keep Jupyter, IPython and matplotlib out of the user's home, and kernels to one BLAS thread.

    Call it before anything imports matplotlib or Jupyter; kernels inherit ``os.environ``.

    Parameters
    ----------
    cache_dir : Path
        The folder below which they may write; created where missing.
    """
    folders = {
        "IPYTHONDIR": "ipython",
        "JUPYTER_CONFIG_DIR": "jupyter/config",
        "JUPYTER_DATA_DIR": "jupyter/data",
        "JUPYTER_RUNTIME_DIR": "jupyter/runtime",
        "MPLCONFIGDIR": "matplotlib",
    }
    # The folders are always ours: a user's kernels, start-up files or styles would change a page.
    # The number of threads changes speed alone, so a value the user chose stands.
    for variable, folder in folders.items():
        path = cache_dir.resolve() / folder
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.environ[variable] = str(path)
    for variable in ONE_THREAD:
        os.environ.setdefault(variable, "1")
    os.environ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"


def execute(
    jobs: Sequence[Job],
    *,
    workers: int,
    deadline: float | None,
    on_progress: Progress | None = None,
    on_done: Done | None = None,
    earlier: Earlier | None = None,
    warm: WarmProcess | None = None,
) -> None:
    """Run the jobs; return when all are done, or raise the first failure and end the rest.

    However it ends, no kernel is left, and every job that began has its executed notebook at
    ``job.output``, as far as it came.

    Parameters
    ----------
    jobs : sequence of Job
        What to run, in this order as workers become free.
    workers : int
        How many kernels run at once.
    deadline : float or None
        Seconds for the whole call, kernel start included; None waits for ever.
    on_progress : callable, optional
        Called as ``on_progress(job, done_cells, total_cells)`` from the job's thread.
    on_done : callable, optional
        Called as ``on_done(job)`` from the job's thread when its notebook is complete.
    earlier : Earlier, optional
        A notebook found there is not run.
    warm : WarmProcess, optional
        Forks the kernels, and is dismissed at the end; without it, or where it cannot, they are
        started in the ordinary way. The notebooks come out the same.

    Raises
    ------
    ParameterError
        A parameter is not a str, int, float or bool; or a cell raised ``ParameterError``.
    DataError
        A cell raised ``DataError``.
    CellError
        A cell raised anything else.
    KernelDied
        A kernel ended, or stopped answering, before its notebook was done.
    DeadlineExceeded
        Some job was not done within `deadline`.
    """
    for job in jobs:
        _check_parameters(job)
    with TemporaryDirectory(prefix="lvliang-") as sockets, ThreadPoolExecutor(workers) as pool:
        ended = Event()
        runs = [
            _Run(job, Path(sockets), ended, on_progress, on_done, earlier, warm) for job in jobs
        ]
        try:
            _wait({pool.submit(run): run for run in runs}, deadline)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
            ended.set()
            for run in runs:
                run.kill()
            if warm:
                warm.dismiss()


def _check_parameters(job: Job) -> None:
    """Refuse what papermill would turn into text without a word: NumPy scalars, dates, None."""
    for name, value in job.parameters.items():
        if type(value) not in (str, int, float, bool):
            raise ParameterError(
                f"{job.name}: parameter {name} = {value!r} is of type {type(value).__name__}; "
                "it must be str, int, float or bool"
            )


def _wait(runs: dict[Future[None], _Run], deadline: float | None) -> None:
    """Wait for all runs; raise the first failure, or what is late at the deadline."""
    done, late = wait(runs, timeout=deadline, return_when=FIRST_EXCEPTION)
    for future in runs:
        if future in done:
            future.result()
    if late:
        where = "; ".join(run.place for future, run in runs.items() if future in late)
        running = [future for future in late if not future.cancel()]
        for future in running:
            runs[future].interrupt()
        wait(running, timeout=SECONDS_TO_SAVE)
        raise DeadlineExceeded(f"not done after {deadline:g} s: {where}")


class _Run:
    """One job on its way: the work of a thread, the place it has reached, and its kernel."""

    def __init__(
        self,
        job: Job,
        sockets: Path,
        ended: Event,
        on_progress: Progress | None,
        on_done: Done | None,
        earlier: Earlier | None,
        warm: WarmProcess | None,
    ) -> None:
        self.job = job
        self.sockets = sockets
        self.ended = ended
        self.on_progress = on_progress
        self.on_done = on_done
        self.earlier = earlier
        self.warm = warm
        self.place = f"{job.name}: {job.notebook.name}, before its first cell"
        self.cells_run = 0
        self.total = 0
        self.group: int | None = None

    def __call__(self) -> None:
        """Run the notebook, unless an earlier one failed."""
        if self.is_over():
            return
        try:
            if self.earlier is None:
                self._execute()
            elif self.earlier.find(self.job):
                self._tell(self.total)
            else:
                self._execute()
                self.earlier.keep(self.job)
            if self.on_done:
                self.on_done(self.job)
        except BaseException:
            # Set here, because this thread takes the next job before the waiting one wakes.
            self.ended.set()
            raise

    def is_over(self) -> bool:
        """Whether the run of all notebooks has ended, for whatever reason."""
        return self.ended.is_set()

    def interrupt(self) -> None:
        """Raise KeyboardInterrupt in the cell, so that the output shows where it was slow."""
        if self.cells_run:  # a kernel that is starting would die with a traceback on the terminal
            self._signal(signal.SIGINT)

    def kill(self) -> None:
        """End the kernel and what it started."""
        self._signal(signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        if group := self.group:
            with suppress(ProcessLookupError):
                os.killpg(group, number)

    def _execute(self) -> None:
        """Run the notebook, telling its failures as errors of the project."""
        from jupyter_core.utils import ensure_event_loop
        from nbclient.exceptions import CellTimeoutError
        from papermill.exceptions import PapermillExecutionError

        try:
            # The thread's event loop would otherwise stay open when the thread ends.
            with closing(ensure_event_loop()):
                try:
                    self._run_papermill()
                except RuntimeError:
                    if not self._lost_warm_process():
                        raise
                    self.cells_run = 0
                    self._run_papermill()
        except PapermillExecutionError as error:
            raise self._cell_error(error) from None
        except (RuntimeError, CellTimeoutError) as error:
            # A kernel that dies while it starts is a bare RuntimeError.
            raise KernelDied(f"{self.place}: the kernel ended ({error})") from error

    def _lost_warm_process(self) -> bool:
        """Whether the kernel ended because the warm process did: no fault of the notebook."""
        return self.warm is not None and self.warm.ended() and not self.is_over()

    def _run_papermill(self) -> None:
        import papermill

        from lvliang.site.kernels import ENGINE, manager_class

        logging.getLogger("papermill").setLevel(logging.CRITICAL)
        papermill.execute_notebook(
            self.job.notebook.resolve(),
            self.job.output.resolve(),
            self.job.parameters,
            engine_name=ENGINE,
            kernel_name="python3",
            language="python",
            progress_bar=False,
            log_output=False,
            kernel_manager_class=manager_class(self, self.sockets),
            shutdown_kernel="immediate",
            on_notebook_start=self._notebook_starts,
            on_cell_start=self._cell_starts,
            on_cell_execute=self._cell_executes,
        )
        self._tell(self.total)

    def _notebook_starts(self, notebook: Any) -> None:
        self.total = len(notebook.cells)

    def _cell_starts(self, cell: Any, cell_index: int) -> None:
        self._tell(cell_index)

    def _cell_executes(self, cell: Any, cell_index: int) -> None:
        self.cells_run += 1
        self.place = self._place(self.cells_run, cell.source)

    def _tell(self, done: int) -> None:
        if self.on_progress:
            self.on_progress(self.job, done, self.total)

    def _place(self, number: int, source: str) -> str:
        first_line = source.strip().partition("\n")[0]
        return f"{self.job.name}: {self.job.notebook.name}, cell [{number}] `{first_line}`"

    def _cell_error(self, error: Any) -> LvliangError:
        if error.ename in OWN_ERRORS:
            return OWN_ERRORS[error.ename](error.evalue)
        place = self._place(error.exec_count, error.source)
        return CellError(f"{place}: {error.ename}: {error.evalue}")
