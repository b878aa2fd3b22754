"""What nothing has changed is not made again, and what something has changed is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup

from lvliang import parameters
from lvliang.baseline import cache
from lvliang.baseline.cache import remembered
from lvliang.errors import QualityError
from lvliang.site import execute, publication, reuse
from lvliang.site.execute import Job

AUDIT, COURSE = "00_data_audit", "20_trajectories"


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small_data: Path) -> Path:
    """A store that is switched on, and data that are quick to check."""
    monkeypatch.setenv("LVLIANG_CACHE", str(tmp_path / "store"))
    monkeypatch.setenv("LVLIANG_DATA", str(small_data))
    return tmp_path / "store"


@pytest.fixture
def job(tmp_path: Path) -> Job:
    notebook = tmp_path / "a.ipynb"
    notebook.write_text("source")
    return Job(notebook, tmp_path / "out.ipynb", {"draws": 1000}, "a")


def executed_before(job: Job) -> Job:
    earlier = reuse.Executed()
    assert not earlier.find(job)
    job.output.write_text("executed")
    earlier.keep(job)
    job.output.unlink()
    return job


def test_an_executed_notebook_is_found_again(job: Job) -> None:
    executed_before(job)
    assert reuse.Executed().find(job)
    assert job.output.read_text() == "executed"


def test_another_parameter_source_or_table_is_another_notebook(
    job: Job, data_copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    executed_before(job)
    assert not reuse.Executed().find(Job(job.notebook, job.output, {"draws": 2000}, "a"))
    job.notebook.write_text("edited")
    assert not reuse.Executed().find(job)
    job.notebook.write_text("source")
    assert reuse.Executed().find(job)
    table = data_copy / "sources.csv"
    table.write_text(table.read_text("utf-8").replace("CC", "cc", 1), "utf-8")
    monkeypatch.setenv("LVLIANG_DATA", str(data_copy))
    assert not reuse.Executed().find(job)


@pytest.mark.parametrize("room", ["projection", "display", "report"])
def test_code_edited_meanwhile_is_of_no_use(
    job: Job, room: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    executed_before(job)
    monkeypatch.setitem(cache._CODE_AT_START, room, ())
    assert not reuse.Executed().find(job)


def test_a_page_is_made_once_unless_what_is_around_it_changes(job: Job) -> None:
    job.output.write_text("executed")
    made: list[str] = []

    def make() -> str:
        made.append("page")
        return f"page {len(made)}"

    pages = [reuse.page_of(job, {"banner": banner}, make) for banner in ("", "", "x", "")]
    assert pages == ["page 1", "page 1", "page 2", "page 1"]
    job.output.write_text("executed anew")
    assert reuse.page_of(job, {"banner": ""}, make) == "page 3"


def test_a_page_that_is_refused_is_refused_again(job: Job) -> None:
    job.output.write_text("executed")

    def make() -> str:
        raise QualityError("a fault")

    for _ in range(2):
        with pytest.raises(QualityError):
            reuse.page_of(job, {}, make)


def test_what_is_remembered_is_computed_once_and_with_the_store_off_each_time(
    small_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "_REMEMBERED", {})
    values = iter(range(100))

    def ask(seed: int) -> int:
        return remembered("test", {"seed": seed}, lambda: next(values), data=small_data)

    assert [ask(1), ask(1), ask(2), ask(1)] == [0, 0, 1, 0]
    for seed in range(3, 3 + cache.MOST_REMEMBERED):
        ask(seed)
    assert len(cache._REMEMBERED) == cache.MOST_REMEMBERED
    monkeypatch.setenv("LVLIANG_CACHE", "off")
    assert ask(2) != ask(2)


# ------------------------------------------------------------------ a report and the next one


@pytest.fixture
def report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Publish two notebooks, one of them of a parameter; returns those that were run."""
    schemas = {AUDIT: parameters.NotebookParameters, COURSE: parameters.ProjectionParameters}
    monkeypatch.setattr(parameters, "SCHEMAS", schemas)
    monkeypatch.setattr(publication, "NOTEBOOKS", tmp_path)
    for name in schemas:
        v4 = nbformat.v4
        cells = [
            v4.new_markdown_cell("# 题 Title"),
            v4.new_code_cell("lang = ''", metadata={"tags": ["parameters"]}),
            v4.new_code_cell("print(lang)"),
        ]
        nbformat.write(v4.new_notebook(cells=cells), tmp_path / f"{name}.ipynb")
    run = execute._Run._execute

    def publish(**given: str) -> list[str]:
        ran: list[str] = []

        def counted(self: execute._Run) -> None:
            ran.append(self.job.name)
            run(self)

        monkeypatch.setattr(execute._Run, "_execute", counted)
        publication.publish_report(given, outputs=tmp_path / "outputs", workers=2, deadline=60)
        return sorted(ran)

    return publish


def test_a_scenario_runs_the_notebooks_that_depend_on_it_and_marks_their_pages_alone(
    report: Callable[..., list[str]], tmp_path: Path
) -> None:
    course = [f"{COURSE} (en)", f"{COURSE} (zh)"]
    assert report() == [f"{AUDIT} (en)", f"{AUDIT} (zh)", *course]
    assert report() == []
    assert report(growth_discount="1") == course
    pages = tmp_path / "outputs" / "published" / "zh"
    marked = {
        path.stem: "增速下调（百分点）为1"
        in BeautifulSoup(path.read_text("utf-8"), "html.parser").get_text()
        for path in pages.glob("*.html")
    }
    assert marked == {AUDIT: False, COURSE: True}
    assert report(growth_discount="2", lang="en") == course[:1]
