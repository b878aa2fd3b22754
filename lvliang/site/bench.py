"""``make bench``: the report suite against the plain commands on the same notebooks, in one run.

Plain is what a user types: ``papermill`` and then ``jupyter nbconvert --to html`` for each
notebook and language, one after another. Every way starts in an empty folder of its own. The
pure work is what the cells take in warm kernels, one at a time and without the cache: no start,
no import, no page.
"""

from __future__ import annotations

import atexit
import importlib
import json
import os
import platform
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import wraps
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from lvliang import parameters
from lvliang.errors import LvliangError
from lvliang.site import execute, publication
from lvliang.site.warm import WarmProcess

BIN = Path(sys.executable).parent
LIBRARIES = ("papermill", "nbconvert", "ipykernel", "pandas", "numpy", "scipy", "matplotlib")
SECONDS_BETWEEN_LOOKS = 0.1
SCENARIO = ("-p", "growth_discount=1")
PLAIN, CACHED = "plain commands", "plain commands, with the cache of results"
COLD, AGAIN = "lvliang report, cold start, nothing cached", "lvliang report again, cold start"
OTHER, WORK = "lvliang report, another scenario, cold start", "pure work of the cells"
# What `timed` measures in a run of the suite: module, function, what the table calls it.
PHASES = (
    ("lvliang.baseline.contract", "check_all", "check of the tables, while the process warms up"),
    ("lvliang.site.execute", "execute", "kernels: start, cells, saving"),
    ("lvliang.site.publication", "_write", "pages and quality gate"),
)
# The command line itself, with the phases timed.
COMMAND = (
    "import sys; from lvliang.site import bench; bench.time_phases(sys.argv.pop(1)); "
    "from lvliang.cli import main; main()"
)


@dataclass(frozen=True)
class Way:
    """One way to the pages.

    Attributes
    ----------
    name : str
        What the table calls it.
    seconds : float
        From the start of the first command to the end of the last.
    peak_mb : float or None
        Most memory of all its processes at once, MB; a page that forks share counts once.
    parts : dict of str to float
        Where the seconds went.
    """

    name: str
    seconds: float
    peak_mb: float | None = None
    parts: dict[str, float] = field(default_factory=dict)


def measure(names: Sequence[str], folder: Path, tell: Callable[[str], None]) -> list[Way]:
    """Run every way in `folder`, the plain commands first; the pure work comes last."""
    tell(PLAIN)
    plain = _plain(PLAIN, names, folder / "plain", {"LVLIANG_CACHE": "off"})
    tell(CACHED)
    store = {"LVLIANG_CACHE": str(folder / "plain-store")}
    cached = _plain(CACHED, names, folder / "plain-cached", store)
    suite = []
    for name, given in ((COLD, ()), (AGAIN, ()), (OTHER, SCENARIO)):
        tell(name)
        suite.append(_suite(name, given, folder / "suite"))
    tell(WORK)
    return [plain, cached, *suite, _pure_work(names, folder / "work")]


def ratios(ways: Sequence[Way], cores: int) -> list[dict[str, Any]]:
    """One row a way: seconds, times faster than plain, times the pure work on all cores.

    Examples
    --------
    >>> ratios([Way("plain commands", 80.0), Way("pure work of the cells", 10.0)], cores=2)[0]
    {'way': 'plain commands', 'seconds': 80.0, 'faster': 1.0, 'of_work': 16.0, 'peak_mb': None}
    """
    by_name = {way.name: way for way in ways}
    plain, work = by_name[PLAIN].seconds, by_name[WORK].seconds / cores
    return [
        {
            "way": way.name,
            "seconds": round(way.seconds, 1),
            "faster": round(plain / way.seconds, 1),
            "of_work": round(way.seconds / work, 1),
            "peak_mb": way.peak_mb,
        }
        for way in ways
    ]


def machine() -> dict[str, Any]:
    """Facts of the machine and the versions that were measured."""
    from lvliang.provenance import code_version, data_fingerprint

    return {
        "cores": os.cpu_count() or 1,
        "processor": _first_value("/proc/cpuinfo", "model name") or platform.processor(),
        "memory": _first_value("/proc/meminfo", "MemTotal"),
        "system": platform.platform(),
        "python": platform.python_version(),
        "libraries": {name: version(name) for name in LIBRARIES},
        "code": code_version(),
        "data": data_fingerprint(),
    }


def run_watched(command: Sequence[str], env: dict[str, str], cwd: Path) -> float | None:
    """Run a command to its end; most memory of it and what it started, MB (None off Linux).

    Raises
    ------
    LvliangError
        It failed; the message has its last words.
    """
    peak = 0
    log = cwd / "log.txt"
    with (
        log.open("w") as words,
        subprocess.Popen(command, env=env, cwd=cwd, stdout=words, stderr=words) as process,
    ):
        done = threading.Event()

        def watch() -> None:
            nonlocal peak
            while not done.wait(SECONDS_BETWEEN_LOOKS):
                peak = max(peak, sum(map(_own_kb, _family(process.pid))))

        watcher = threading.Thread(target=watch)
        watcher.start()
        try:
            process.wait()
        finally:
            done.set()
            watcher.join()
    if process.returncode:
        said = " / ".join(log.read_text("utf-8").splitlines()[-3:])
        raise LvliangError(f"{' '.join(command)}: exit code {process.returncode}: {said}")
    return round(peak / 1024, 0) if peak else None


def time_phases(report: str) -> None:
    """Time the phases of the run to come in this process; at its end `report` has them as JSON."""
    parts: dict[str, float] = {}
    for module, function, name in PHASES:
        home = importlib.import_module(module)
        setattr(home, function, _timed(getattr(home, function), name, parts))
    atexit.register(lambda: Path(report).write_text(json.dumps(parts), "utf-8"))


def _timed(function: Callable[..., Any], name: str, parts: dict[str, float]) -> Callable[..., Any]:
    @wraps(function)
    def timed(*args: Any, **options: Any) -> Any:
        began = time.perf_counter()
        result = function(*args, **options)
        parts[name] = parts.get(name, 0) + time.perf_counter() - began
        return result

    return timed


def _plain(name: str, names: Sequence[str], folder: Path, own: dict[str, str]) -> Way:
    folder.mkdir(parents=True)
    env = _environment(folder) | own
    parts = {"papermill: start, imports, saving": 0.0, "papermill: cells": 0.0, "nbconvert": 0.0}
    peaks = []
    for notebook in names:
        for lang in publication.LANGUAGES:
            out = folder / f"{notebook}.{lang}.ipynb"
            source = str(publication.NOTEBOOKS / f"{notebook}.ipynb")
            first = [str(BIN / "papermill"), source, str(out), "-p", "lang", lang]
            began = time.perf_counter()
            quiet = ["--no-progress-bar", "--log-level", "ERROR"]
            peaks.append(run_watched([*first, *quiet], env, folder))
            executed = time.perf_counter()
            then = [str(BIN / "jupyter"), "nbconvert", "--to", "html", "--log-level", "ERROR"]
            peaks.append(run_watched([*then, str(out)], env, folder))
            cells = cell_seconds(out)
            parts["papermill: cells"] += cells
            parts["papermill: start, imports, saving"] += executed - began - cells
            parts["nbconvert"] += time.perf_counter() - executed
    return Way(name, sum(parts.values()), max((p for p in peaks if p), default=None), parts)


def _suite(name: str, given: Sequence[str], outputs: Path) -> Way:
    outputs.mkdir(parents=True, exist_ok=True)
    report = outputs / "parts.json"
    command = [sys.executable, "-c", COMMAND, str(report), "report", "--outputs", str(outputs)]
    began = time.perf_counter()
    peak = run_watched([*command, *given], _environment(outputs), outputs)
    seconds = time.perf_counter() - began
    parts = json.loads(report.read_text("utf-8"))
    parts["start, lock, switch"] = seconds - sum(parts.values())
    return Way(name, seconds, peak, parts)


def _pure_work(names: Sequence[str], folder: Path) -> Way:
    folder.mkdir(parents=True)
    jobs = []
    for lang in publication.LANGUAGES:
        for name in names:
            values = parameters.check(name, {"lang": lang}).model_dump()
            source = publication.NOTEBOOKS / f"{name}.ipynb"
            jobs.append(execute.Job(source, folder / f"{name}.{lang}.ipynb", values, name))
    os.environ["LVLIANG_CACHE"] = "off"
    with WarmProcess([job.notebook for job in jobs]) as warm:
        execute.execute(jobs, workers=1, deadline=None, warm=warm)
    parts: dict[str, float] = {}
    for job in jobs:
        parts[job.name] = parts.get(job.name, 0) + cell_seconds(job.output)
    return Way(WORK, sum(parts.values()), None, parts)


def cell_seconds(executed: Path) -> float:
    """Seconds in the cells of an executed notebook, as papermill recorded them."""
    cells = json.loads(executed.read_text("utf-8"))["cells"]
    return float(sum(cell["metadata"].get("papermill", {}).get("duration") or 0 for cell in cells))


def _environment(folder: Path) -> dict[str, str]:
    """The environment without what an earlier way left warm."""
    names = ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")
    own = {name: str(folder / ".user" / name.lower()) for name in (*names, "MPLCONFIGDIR")}
    for path in own.values():
        Path(path).mkdir(parents=True, exist_ok=True)
    inherited = {name: value for name, value in os.environ.items() if name != "LVLIANG_CACHE"}
    return inherited | own


def _family(pid: int) -> list[int]:
    """The process and all it started that still runs."""
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        started = [int(word) for task in tasks for word in (task / "children").read_text().split()]
    except OSError:
        return [pid]
    return [pid, *(one for child in started for one in _family(child))]


def _own_kb(pid: int) -> int:
    """Memory of a process, kB; of a page shared by n processes, one n-th."""
    found = _first_value(f"/proc/{pid}/smaps_rollup", "Pss")
    return int(found.split()[0]) if found else 0


def _first_value(file: str, name: str) -> str:
    try:
        lines = Path(file).read_text().splitlines()
    except OSError:
        return ""
    values = (line.partition(":")[2].strip() for line in lines if line.startswith(f"{name}"))
    return next(values, "")


def _print(ways: Sequence[Way], facts: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console(width=110)
    grid = Table("", "seconds", "times faster", "of the pure work, all cores", "peak MB")
    for row in ratios(ways, facts["cores"]):
        grid.add_row(*("" if value is None else str(value) for value in row.values()))
    console.print(grid)
    where = Table("where the time goes", "", "seconds")
    for way in ways:
        for part, seconds in way.parts.items():
            where.add_row(way.name, part, f"{seconds:.1f}")
        where.add_section()
    console.print(where)
    console.print(f"{facts['cores']} cores, {facts['processor']}, {facts['memory']}")


def main() -> None:
    """Measure, print the tables, keep them as JSON in ``outputs/bench``."""
    from rich.console import Console

    facts = machine()
    load = [os.getloadavg()]
    status = Console(stderr=True)
    with TemporaryDirectory(prefix="lvliang-bench-") as folder, status.status("") as line:
        execute.prepare_environment(Path(folder) / "cache")
        ways = measure(list(parameters.SCHEMAS), Path(folder), line.update)
    load.append(os.getloadavg())
    now = datetime.now(UTC)
    kept = publication.OUTPUTS / "bench" / f"{now:%Y%m%dT%H%M%SZ}.json"
    kept.parent.mkdir(parents=True, exist_ok=True)
    table = ratios(ways, facts["cores"])
    found = {"machine": facts, "load": load, "table": table, "ways": [asdict(way) for way in ways]}
    kept.write_text(json.dumps(found, ensure_ascii=False, indent=1), encoding="utf-8")
    _print(ways, facts)
    status.print(kept)


if __name__ == "__main__":
    main()
