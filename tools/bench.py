"""Time commands against each other, in turns, and keep the seconds as JSON in ``outputs/bench``.

``python tools/bench.py`` times the report suite against the plain commands on the same notebooks.
Plain is what a user types: ``papermill`` and then ``jupyter nbconvert --to html`` for each
notebook and language, one after another. Each round starts with an empty folder.

``python tools/bench.py 'COMMAND A' 'COMMAND B'`` times any commands of the shell instead.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shlex
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from lvliang import parameters, provenance
from lvliang.display.words import LANGUAGES
from lvliang.site import publication, run

BIN = Path(sys.executable).parent


def suite(folder: Path) -> dict[str, str]:
    """The ways to the pages, by name; they write into `folder`, and the report twice into one."""
    run.own_folders(folder / "user")
    papermill = [f"{BIN}/papermill", "--no-progress-bar", "--log-level", "ERROR"]
    nbconvert = [f"{BIN}/jupyter", "nbconvert", "--to", "html", "--log-level", "ERROR"]
    typed = []
    for name in parameters.SCHEMAS:
        for lang in LANGUAGES:
            source, out = f"{publication.NOTEBOOKS / name}.ipynb", f"{folder}/{name}.{lang}.ipynb"
            typed += [[*papermill, source, out, "-p", "lang", lang], [*nbconvert, out]]
    plain = " && ".join(map(shlex.join, typed))
    store = shlex.quote(f"{folder}/store")
    report = shlex.join([f"{BIN}/lvliang", "report", "--outputs", f"{folder}/outputs"])
    ways = {
        "plain commands": f"export LVLIANG_CACHE=off; {plain}",
        "plain commands, with the cache of results": f"export LVLIANG_CACHE={store}; {plain}",
        "lvliang report, cold start, nothing cached": report,
        "lvliang report again, cold start": report,
        "lvliang report, another scenario, cold start": f"{report} -p growth_discount=1",
    }
    return {way: f"unset LVLIANG_CACHE; {command}" for way, command in ways.items()}


def seconds(command: str) -> float:
    """Time one command of the shell; one that fails ends the bench with its last words."""
    began = time.perf_counter()
    done = subprocess.run(command, shell=True, capture_output=True, text=True)
    if done.returncode:
        said = " / ".join((done.stdout + done.stderr).splitlines()[-3:])
        raise SystemExit(f"exit code {done.returncode}: {said}")
    return time.perf_counter() - began


def table(runs: dict[str, list[float]]) -> list[dict[str, Any]]:
    """One row a way: median of its runs, and how many times faster that is than the first."""
    first = median(next(iter(runs.values())))
    return [
        {"way": way, "seconds": median(taken), "faster": first / median(taken), "runs": taken}
        for way, taken in runs.items()
    ]


def machine() -> dict[str, Any]:
    """Where and what was measured; the lock files of that code say which libraries."""
    return {
        "cores": os.cpu_count(),
        "system": platform.platform(),
        "load": os.getloadavg(),
        "python": platform.python_version(),
        "code": provenance.code_version(),
        "data": provenance.data_fingerprint(),
    }


def main(given: Sequence[str] | None = None) -> None:
    """Run the ways in turns, print medians and ratios, keep all in ``outputs/bench``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("commands", nargs="*", help="in place of the suite; the first is the base")
    parser.add_argument("--runs", type=int, default=3, help="rounds, of which the median is taken")
    asked = parser.parse_args(given)
    runs: dict[str, list[float]] = {}
    before = machine()
    for number in range(asked.runs):
        with TemporaryDirectory(prefix="lvliang-bench-") as folder:
            own = {f"{place}: {command}": command for place, command in enumerate(asked.commands)}
            for way, command in (own or suite(Path(folder))).items():
                print(f"round {number + 1} of {asked.runs}: {way}", file=sys.stderr)
                runs.setdefault(way, []).append(seconds(command))
    rows = table(runs)
    for row in rows:
        print(f"{row['seconds']:>8.1f} s {row['faster']:>6.2f} times faster  {row['way']}")
    kept = publication.OUTPUTS / "bench" / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}.json"
    kept.parent.mkdir(parents=True, exist_ok=True)
    found = {"machine": before, "table": rows}
    kept.write_text(json.dumps(found, ensure_ascii=False, indent=1), encoding="utf-8")
    print(kept)


if __name__ == "__main__":
    main()
