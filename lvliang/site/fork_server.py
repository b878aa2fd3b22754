"""The warm process: it imports what the notebooks import, then forks a kernel on each request.

``python -m lvliang.site.fork_server CHANNEL CALL MODULE …`` is started by
`lvliang.site.warm` and speaks with it over the socket CHANNEL, one line of JSON at a time.
CALL, in JSON, is what its kernels will all compute. It has one thread and no event loop, so a
forked kernel finds no lock that nobody will open. It ends when the channel does.
"""

from __future__ import annotations

import builtins
import ctypes
import gc
import importlib
import json
import os
import random
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

# What the modules of this project import only when they need it, and every report needs.
LATE = (
    "frictionless.checks",
    "matplotlib.pyplot",
    "matplotlib.backends.backend_svg",
    "seaborn",
    "statsmodels.tsa.holtwinters",
)
PR_SET_PDEATHSIG = 1


def main(channel_number: int, call: str, modules: list[str]) -> None:
    """Warm up, serve until the channel ends; in a fork, be the kernel that was asked for."""
    starter = os.getppid()
    _end_with_parent(signal.SIGKILL)
    if os.getppid() != starter:
        return
    channel = socket.socket(fileno=channel_number)
    _warm_up(modules)
    threads = len(list(Path("/proc/self/task").iterdir()))
    if threads > 1:
        with channel, suppress(OSError):
            channel.sendall(_line(error=f"{threads} threads run in it, and a fork copies one"))
        return
    # From here on the channel tells when the starter is gone, and there are kernels to end first.
    _end_with_parent(0)
    request = _serve(channel, json.loads(call))
    if request is not None:
        _become_kernel(request)


def _warm_up(modules: list[str]) -> None:
    """Import the kernel, the modules and what they import late; read the tables they will read.

    What fails here fails again in the cell that needs it, where it is told.
    """
    for name in ("ipykernel.ipkernel", "ipykernel.kernelapp", "ipykernel.debugger"):
        importlib.import_module(name)
    with _as_in_a_kernel():
        for name in [*modules, *(LATE if modules else ())]:
            with suppress(Exception):
                importlib.import_module(name)
    if modules:
        with suppress(Exception):
            _read_tables()
    gc.collect()
    gc.freeze()  # collecting in a kernel would copy every page it shares with this process


@contextmanager
def _as_in_a_kernel() -> Iterator[None]:
    """Answer libraries that ask when imported: elsewhere pandas fits tables to a terminal."""
    builtins.get_ipython = lambda: SimpleNamespace(kernel=True)  # type: ignore[attr-defined]
    yield
    del builtins.get_ipython  # type: ignore[attr-defined]


def _read_tables() -> None:
    from lvliang.baseline.package import data_folder, present_resources
    from lvliang.baseline.tables import load_table

    # The run checks them in their order: from the other end, each checks half of them.
    for name in reversed(present_resources(data_folder())):
        load_table(name)


def _compute(call: dict[str, Any]) -> None:
    """Make the call for the functions that remember it; see `_warm_up` for what fails."""
    with suppress(Exception):
        getattr(importlib.import_module(call["module"]), call["function"])(**call["arguments"])
    gc.freeze()


def _serve(channel: socket.socket, call: dict[str, Any] | None) -> dict[str, Any] | None:
    """Fork a kernel for each line of the channel, and after the first compute what others need.

    Returns
    -------
    dict or None
        In a kernel, the request it was forked for; in the warm process None, when the channel
        has ended and so has every kernel with what it started.
    """
    kernels: list[int] = []
    with channel, channel.makefile("r", encoding="utf-8") as requests, suppress(OSError):
        channel.sendall(_line(warm=True))
        for line in requests:
            pid = _fork()
            if pid == 0:
                return dict(json.loads(line))
            kernels.append(pid)
            exited = os.pidfd_open(pid)
            socket.send_fds(channel, [_line(pid=pid)], [exited])
            os.close(exited)
            if call:  # not sooner: the first kernel is at work meanwhile
                _compute(call)
                call = None
    # None was waited for until now, so each number still means the kernel it was given to.
    for pid in kernels:
        with suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
    for pid in kernels:
        os.waitpid(pid, 0)
    return None


def _fork() -> int:
    """Fork; return once the child leads a process group of its own, which can be signalled."""
    server = os.getpid()
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.setsid()
        _end_with_parent(signal.SIGKILL)
        if os.getppid() != server:
            os._exit(1)
        os.close(reading)
        os.close(writing)
        return 0
    os.close(writing)
    os.read(reading, 1)
    os.close(reading)
    return pid


def _become_kernel(request: dict[str, Any]) -> None:
    """Run an ordinary IPython kernel, as ``python -m ipykernel_launcher`` does."""
    from ipykernel.kernelapp import IPKernelApp

    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["env"])
    random.seed()  # kernels would otherwise draw the same "random" numbers
    if numpy := sys.modules.get("numpy"):
        numpy.random.seed()
    handle = f"--IPKernelApp.parent_handle={os.getppid()}"
    sys.argv = ["ipykernel_launcher.py", "-f", request["connection_file"], handle]
    IPKernelApp.launch_instance()


def _end_with_parent(number: int) -> None:
    """Ask the system for signal `number` when the parent ends, however it ends; 0 for none."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, number)


def _line(**message: object) -> bytes:
    return json.dumps(message).encode() + b"\n"


if __name__ == "__main__":
    if Path(sys.path[0]) == Path.cwd():  # as in a kernel, no file of this folder hides a library
        del sys.path[0]
    main(int(sys.argv[1]), sys.argv[2], sys.argv[3:])
