"""A page is published whole or not at all, and the last good one stays."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import without_kernels
from nbformat import v4, write

from lvliang import parameters
from lvliang.errors import Locked, LvliangError
from lvliang.site import publication
from lvliang.site.publish import keep_failed, lock, staging, switch


def publish(outputs: Path, text: str, name: str) -> Path:
    with staging(outputs) as staged:
        (staged / "index.html").write_text(text)
        return switch(staged, outputs, name)


def shown(outputs: Path) -> str:
    return (outputs / "published" / "index.html").read_text()


def test_the_lock_of_a_killed_process_does_not_block(tmp_path: Path) -> None:
    code = (
        "import pathlib, sys, lvliang.site.publish as p\n"
        "with p.lock(pathlib.Path(sys.argv[1])):\n    print('held', flush=True)\n    input()"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(Locked, match=f"process {holder.pid} "), lock(tmp_path):
            pass
        holder.send_signal(signal.SIGKILL)
    with lock(tmp_path), pytest.raises(Locked, match=f"process {os.getpid()} "), lock(tmp_path):
        pass
    with lock(tmp_path):
        assert (tmp_path / ".lock").read_text() == str(os.getpid())


def test_staging_is_removed_after_a_failure_and_what_a_killed_run_left_by_the_next(tmp_path):
    with pytest.raises(ValueError, match="quality"), staging(tmp_path) as staged:
        (staged / "half.html").write_text("half")
        raise ValueError("quality")
    assert list(tmp_path.iterdir()) == []
    left = tmp_path / ".staging-0123abcd"
    (left / "zh").mkdir(parents=True)
    (left / "zh" / "half.html").write_text("half")
    with lock(tmp_path), staging(tmp_path) as own:
        assert not left.exists() and own.exists()


def test_names_do_not_collide_and_three_releases_stay_whatever_the_clock_says(tmp_path):
    def releases() -> list[str]:
        return sorted(path.name for path in (tmp_path / "releases").iterdir())

    for text in ("a", "b", "c"):
        assert publish(tmp_path, text, "run") == tmp_path / "published"
    assert releases() == ["run", "run-2", "run-3"]
    for day, text in enumerate("defg"):
        publish(tmp_path, text, f"day-{day}")
    assert releases() == ["day-1", "day-2", "day-3"]
    for name in releases():
        os.utime(tmp_path / "releases" / name, (2**33, 2**33))
    publish(tmp_path, "h", "the clock went back")
    assert len(releases()) == 3
    moved = tmp_path.rename(tmp_path.with_name("elsewhere"))
    assert shown(moved) == "h", "through a relative link"


def test_a_real_folder_in_the_place_of_the_link_is_not_lost(tmp_path: Path) -> None:
    mine = tmp_path / "published"
    mine.mkdir()
    (mine / "mine.html").write_text("mine")
    with staging(tmp_path) as staged:
        with pytest.raises(LvliangError, match=f"mv {mine} "):
            switch(staged, tmp_path, "new")
        assert staged.exists()
    assert (mine / "mine.html").read_text() == "mine"


def test_a_failed_notebook_is_kept_for_its_owner_alone(tmp_path: Path) -> None:
    executed = tmp_path / "growth.ipynb"
    for text in ("first failure", "second"):
        executed.write_text(text)
        kept = keep_failed(executed, tmp_path / "outputs")
    assert kept == tmp_path / "outputs/failed/growth.ipynb"
    assert (kept.read_text(), kept.parent.stat().st_mode & 0o077) == ("second", 0)


AUDIT, COURSE = "00_data_audit", "20_trajectories"
Report = Callable[..., list[str]]


@pytest.fixture
def report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small_data: Path) -> Report:
    """Publish two notebooks, one of them of a scenario; returns what was run."""
    notebooks = {AUDIT: parameters.NotebookParameters, COURSE: parameters.ProjectionParameters}
    monkeypatch.setattr(publication, "NOTEBOOKS", tmp_path)
    monkeypatch.setenv("LVLIANG_CACHE", str(tmp_path / "store"))
    monkeypatch.setenv("LVLIANG_DATA", str(small_data))
    for name in notebooks:
        cells = [v4.new_markdown_cell("# 题 Title")]
        write(v4.new_notebook(cells=cells), tmp_path / f"{name}.ipynb")

    def report(**given: str) -> list[str]:
        ran: list[str] = []

        def execute(job: Any) -> None:
            ran.append(job.name)
            shutil.copy(job.notebook, job.output)

        without_kernels.publish(tmp_path / "outputs", notebooks, execute, **given)
        return ran

    return report


def marked(outputs: Path) -> dict[str, bool]:
    """Whether the banner of a page tells of a discount."""
    pages = (outputs / "published" / "zh").glob("*.html")
    return {page.stem: "增速下调（百分点）为1" in page.read_text("utf-8") for page in pages}


def test_what_a_notebook_or_a_scenario_says_anew_is_run_anew_and_marked_alone(
    report, tmp_path, data
):
    assert report() == [AUDIT, COURSE]
    assert report(growth_discount="1") == [COURSE]
    assert marked(tmp_path / "outputs") == {AUDIT: False, COURSE: True}
    assert report() == []
    assert marked(tmp_path / "outputs") == {AUDIT: False, COURSE: False}

    own = tmp_path / "own.toml"
    slump = (data / "scenarios" / "coal_slump.toml").read_text("utf-8")
    for text in (slump.replace('"coal_slump"', '"own"'), slump.replace('"coal_slump"', '"own" ')):
        own.write_text(text, "utf-8")
        assert report(scenario=str(own)) == [COURSE]
    cells = [v4.new_markdown_cell("# 题目 Title")]
    write(v4.new_notebook(cells=cells), tmp_path / f"{AUDIT}.ipynb")
    assert report(scenario=str(own)) == [AUDIT]
    assert "题目" in (tmp_path / "outputs" / "published" / "zh" / f"{AUDIT}.html").read_text()


def test_where_nothing_has_changed_the_site_stands(report, tmp_path, data, monkeypatch):
    published = tmp_path / "outputs" / "published"

    def is_new(**given: str) -> bool:
        before = os.path.realpath(published)
        report(**given)
        return os.path.realpath(published) != before

    assert [is_new(), is_new()] == [True, False]
    for given in ({"growth_discount": "1"}, {"edition": "public"}, {"lang": "zh"}):
        assert [is_new(**given), is_new(**given)] == [True, False]
    published.unlink()
    assert [is_new(lang="zh"), is_new(lang="zh")] == [True, False]
    monkeypatch.setenv("LVLIANG_DATA", str(data))
    assert [is_new(lang="zh"), is_new(lang="zh")] == [True, False]
    monkeypatch.setenv("LVLIANG_CACHE", "off")
    assert is_new(lang="zh")
