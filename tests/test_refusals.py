"""A page with a fault of any kind is refused by name, and what was published stays as it is."""

from pathlib import Path

import pytest
import without_kernels
from nbformat import NotebookNode, v4, write
from shared import files_of, refusal

from lvliang import parameters
from lvliang.display.show import DATA_TYPE
from lvliang.site.run import Job

PAGE = "10_baseline"


def html(source: str) -> NotebookNode:
    return v4.new_output("display_data", {"text/html": source})


GOOD = html("<p>8%</p>")


def cell(value: str) -> NotebookNode:
    table = {"kind": "table", "caption": "表", "note": "", "columns": ["a"], "rows": [[value]]}
    return v4.new_output("display_data", {"text/html": "<p>表</p>", DATA_TYPE: [table]})


# One of each way a fault is found; every kind of them is in the tests of the gate.
FAULTS = {
    "stderr": (
        v4.new_output("stream", name="stderr", text="UserWarning: old"),
        "Cell 2 wrote to stderr: UserWarning: old.",
    ),
    "exception": (
        v4.new_output("error", ename="KeyError", evalue="'a'", traceback=[]),
        "Cell 2 ended in KeyError: 'a'.",
    ),
    "path": (html("<p>/home/a/b.csv</p>"), "Cell 2 shows the local path /home/a/b.csv."),
    "traceback": (html("<p>Traceback (most recent call last)"), "Cell 2 shows a traceback."),
    "drawing that is no Chart": (
        v4.new_output("display_data", {"image/png": "AA=="}),
        "Cell 2 shows a drawing that is no Chart",
    ),
    "script": (html("<script>a</script>"), "A page must have no <script>"),
    "word": (html("<p>必然</p>"), "No page may say “必然”"),
}
# Found when the pages stand in their folder, as a link or a file of data may be of any page.
OF_THE_SITE = {
    "link": (html("<a href='gone.html'>a</a>"), f"zh/{PAGE}.html links to gone.html, which does"),
    "word in a file": (cell("必然"), f"data/zh/{PAGE}-01.csv may not say “必然”"),
    "path in a file": (cell("C:/a/b"), f"data/zh/{PAGE}-01.csv shows the local path C:/a/b"),
}
PLANTED = {kind: (out, f"zh/{PAGE}.html: {fault}") for kind, (out, fault) in FAULTS.items()}
PLANTED |= OF_THE_SITE


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a good site is published; what is refused leaves it for the next."""
    folder = tmp_path_factory.mktemp("refusals")
    publish(folder, GOOD)
    return folder


def publish(outputs: Path, shown: NotebookNode) -> None:
    """Publish a site whose one notebook shows an output."""

    def execute(job: Job) -> None:
        cells = [v4.new_markdown_cell("# 题"), v4.new_code_cell(outputs=[shown])]
        write(v4.new_notebook(cells=cells), job.output)

    notebooks = {PAGE: parameters.NotebookParameters}
    without_kernels.publish(outputs, notebooks, execute, lang="zh")


@pytest.mark.parametrize("kind", PLANTED)
def test_a_page_with_a_fault_is_refused_and_what_was_published_stays(outputs, kind):
    shown, fault = PLANTED[kind]
    before, link = files_of(outputs / "published"), (outputs / "published").readlink()
    assert f"zh/{PAGE}.html" in before
    said = refusal(7, publish, outputs, shown)
    assert said.startswith(fault)
    _, told = said.splitlines()
    (kept,) = (outputs / "failed").iterdir()
    assert kept.name == f"{PAGE}.ipynb"
    assert told == f"as far as it came: {kept}"
    assert files_of(outputs / "published") == before
    assert (outputs / "published").readlink() == link
    assert [path.name for path in (outputs / "releases").iterdir()] == [link.name]
    assert list(outputs.glob(".staging-*")) == []
