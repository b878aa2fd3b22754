"""Kernels forked from one warm process, so that the libraries are imported once a run.

The warm process lives as long as the run it was started for: it never holds older code than the
run, and no file or socket of it is left for another run to find. Where it cannot be had, or ends
before its time, notebooks run in ordinary kernels, and one line says so.
"""

from __future__ import annotations

import ast
import json
import logging
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Any

SECONDS_TO_END = 5.0
INLINE = "module://matplotlib_inline.backend_inline"  # what ipykernel sets in a kernel
EXITED = 1  # the exit code of a process that is not our child cannot be read
log = logging.getLogger(__name__)


class NotWarm(Exception):
    """The warm process cannot give a kernel; an ordinary one can."""


class WarmKernel:
    """A kernel forked by the warm process, with what a kernel provisioner asks of a ``Popen``."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int, exited: int) -> None:
        self.pid = pid
        self._exited = exited  # a file descriptor that becomes readable when the kernel exits

    def poll(self) -> int | None:
        """Exit code, or None while it runs."""
        return EXITED if select.select([self._exited], [], [], 0)[0] else None

    def wait(self) -> int:
        """Wait for its exit."""
        select.select([self._exited], [], [])
        return EXITED

    def send_signal(self, number: int) -> None:
        """Signal the kernel alone."""
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._exited, number)

    def kill(self) -> None:
        """End the kernel alone."""
        self.send_signal(signal.SIGKILL)

    def see_end(self) -> None:
        """Wait for the exit of a kernel that was killed, which takes no time."""
        select.select([self._exited], [], [], SECONDS_TO_END)

    terminate = kill


class WarmProcess:
    """A process that has imported what `notebooks` import, and forks their kernels.

    Use it as a context, around the call of ``execute`` that it serves. It warms up while the
    caller goes on; the first kernel waits for it. Start it from the main thread: the system ends
    it with the thread that started it.

    Parameters
    ----------
    notebooks : iterable of Path
        The notebooks that will run; modules of this project that they import are imported.
    call : dict, optional
        A call that most of them make, computed once: ``module``, ``function``, ``arguments``.
        The function must remember its result (`lvliang.baseline.cache.remembered`).
    """

    def __init__(self, notebooks: Iterable[Path], call: Mapping[str, Any] | None = None) -> None:
        self._modules = modules_of(notebooks)
        self._call = json.dumps(call)
        self._lock = Lock()
        self._kernels: list[int] = []
        self._process: subprocess.Popen[bytes] | None = None
        self._channel: socket.socket | None = None
        self._is_warm = False
        self._dismissed = False
        self._told = False

    def __enter__(self) -> WarmProcess:
        if not (sys.platform == "linux" and hasattr(os, "pidfd_open")):
            self._told = True  # nothing went wrong: ordinary kernels are the way here
            return self
        self._channel, theirs = socket.socketpair()
        command = [sys.executable, "-m", "lvliang.site.fork_server", str(theirs.fileno())]
        command += [self._call, *self._modules]
        with theirs:
            try:
                self._process = subprocess.Popen(
                    command,
                    env=os.environ | {"MPLBACKEND": os.environ.get("MPLBACKEND") or INLINE},
                    stdin=subprocess.DEVNULL,
                    pass_fds=[theirs.fileno()],
                    start_new_session=True,  # Ctrl-C is for this process, which ends the other
                )
            except OSError as error:
                self._tell(f"it cannot be started ({error.strerror})")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.dismiss()
        if self._process:
            if not self._is_warm:
                self._process.kill()
            try:
                self._process.wait(SECONDS_TO_END)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        if self._channel:
            self._channel.close()
        for exited in self._kernels:
            os.close(exited)

    def dismiss(self) -> None:
        """Ask for no more kernels: those there are end, and whoever waits for one is refused."""
        self._dismissed = True
        if self._channel:
            with suppress(OSError):
                self._channel.shutdown(socket.SHUT_RDWR)

    def ended(self) -> bool:
        """Whether the process ended before its time, and its kernels with it."""
        return self._process is not None and self._process.poll() is not None

    def fork(self, connection_file: str, *, cwd: str, env: dict[str, str]) -> WarmKernel:
        """Fork a kernel that leads a process group of its own.

        Raises
        ------
        NotWarm
            There is no warm process, or no longer.
        """
        request = {"connection_file": connection_file, "cwd": cwd, "env": env}
        with self._lock:
            try:
                return self._ask(json.dumps(request).encode() + b"\n")
            except NotWarm as error:
                self._tell(str(error))
                raise
            except OSError as error:
                self._tell("it ended")
                raise NotWarm(str(error)) from None

    def _ask(self, request: bytes) -> WarmKernel:
        if self._process is None or self._channel is None:
            raise NotWarm("it was not started")
        if not self._is_warm:
            self._answer()
            self._is_warm = True
        self._channel.sendall(request)
        answer, exited = self._answer()
        self._kernels += exited
        return WarmKernel(answer["pid"], exited[0])

    def _answer(self) -> tuple[dict[str, Any], list[int]]:
        assert self._channel is not None
        line, descriptors, _, _ = socket.recv_fds(self._channel, 4096, 1)
        answer: dict[str, Any] = json.loads(line) if line else {"error": "it ended"}
        if "error" in answer:
            raise NotWarm(answer["error"])
        return answer, descriptors

    def _tell(self, reason: str) -> None:
        if not (self._told or self._dismissed):
            log.warning("no warm process, ordinary kernels instead, which is slower: %s", reason)
        self._told = True


def modules_of(notebooks: Iterable[Path]) -> list[str]:
    """Modules of this project that the code cells of the notebooks import.

    A name imported from a package may be a module of it or not; it is listed as if it were.
    A cell that is not plain Python, and a file that is no notebook, have none.
    """
    found: set[str] = set()
    for source in (source for path in dict.fromkeys(notebooks) for source in _code(path)):
        with suppress(SyntaxError):
            for node in ast.walk(ast.parse(source)):
                found |= _imported(node)
    return sorted(name for name in found if name.partition(".")[0] == "lvliang")


def _code(notebook: Path) -> Sequence[str]:
    try:
        cells = json.loads(notebook.read_text("utf-8"))["cells"]
        return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def _imported(node: ast.AST) -> set[str]:
    if isinstance(node, ast.Import):
        return {alias.name for alias in node.names}
    if isinstance(node, ast.ImportFrom) and node.module:
        return {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return set()
