"""The bench: ratios from one run, memory of all processes, plain commands as typed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from lvliang.errors import LvliangError
from lvliang.site import bench, publication
from lvliang.site.bench import PLAIN, WORK, Way, cell_seconds, ratios, run_watched

BUSY = "import time; end = time.time() + {}\nwhile time.time() < end: pass"


def test_every_ratio_is_to_the_plain_commands_and_to_the_work_of_the_same_run() -> None:
    ways = [Way(PLAIN, 90.0, 300.0), Way("suite", 10.0, 900.0), Way(WORK, 12.0)]
    rows = {row["way"]: row for row in ratios(ways, cores=2)}
    assert (rows["suite"]["faster"], rows["suite"]["of_work"]) == (9.0, 1.7)
    assert (rows[PLAIN]["faster"], rows[PLAIN]["of_work"]) == (1.0, 15.0)
    assert rows[WORK]["peak_mb"] is None


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
def test_memory_is_that_of_a_command_and_all_it_started(tmp_path: Path) -> None:
    child = f"data = bytearray(200 * 2**20)\n{BUSY.format(0.4)}"
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    peak = run_watched([sys.executable, "-c", code], dict(os.environ), tmp_path)
    assert peak is not None
    assert 200 < peak < 300


def test_a_command_that_fails_stops_the_bench(tmp_path: Path) -> None:
    with pytest.raises(LvliangError, match=r"exit code 1: .*ZeroDivisionError"):
        run_watched([sys.executable, "-c", "1 / 0"], dict(os.environ), tmp_path)


def test_the_plain_way_is_the_two_commands_for_each_language(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cells = [
        nbformat.v4.new_code_cell("lang = 'zh'", metadata={"tags": ["parameters"]}),
        nbformat.v4.new_code_cell(BUSY.format(0.2)),
    ]
    kernel = {"kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), tmp_path / "one.ipynb")
    monkeypatch.setattr(publication, "NOTEBOOKS", tmp_path)
    monkeypatch.setattr(publication, "LANGUAGES", ("en",))
    way = bench._plain("plain", ["one"], tmp_path / "out", {})
    assert {p.name for p in (tmp_path / "out").glob("one*")} == {"one.en.ipynb", "one.en.html"}
    assert 0.2 <= way.parts["papermill: cells"] < way.seconds
    assert way.seconds == pytest.approx(sum(way.parts.values()))
    assert cell_seconds(tmp_path / "out" / "one.en.ipynb") == way.parts["papermill: cells"]


def test_phases_of_the_command_are_timed_and_kept(tmp_path: Path) -> None:
    report = tmp_path / "parts.json"
    command = [sys.executable, "-c", bench.COMMAND, str(report), "check"]
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    parts = json.loads(report.read_text("utf-8"))
    assert list(parts) == [bench.PHASES[0][2]]
    assert parts[bench.PHASES[0][2]] > 0


def test_facts_of_the_machine_can_be_kept() -> None:
    facts = json.loads(json.dumps(bench.machine()))
    assert facts["cores"] == os.cpu_count()
    assert set(facts["libraries"]) == set(bench.LIBRARIES)
