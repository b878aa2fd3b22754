"""A page with a fault of any kind is refused by name, and what was published stays as it is."""

from pathlib import Path

import pytest
import without_kernels
from nbformat import NotebookNode, v4, write

from lvliang import parameters
from lvliang.display.show import DATA_TYPE
from lvliang.errors import QualityError
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
    "glyph": (html("<p>✗</p>"), "The font lacks “✗”"),
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
    "size": (html(f"<p>{'a ' * 500_000}</p>"), "The page has 1,"),
    "image of its own": (html("<img src='//x.cn/a' alt='图'>"), "An <img> is a file of its own"),
    "image without words": (html("<img src='data:,'>"), "An <img> has no text alternative"),
    "script": (html("<script>a</script>"), "A page must have no <script>"),
    "refresh": (html("<meta http-equiv='refresh' content='0'>"), "A page must have no second"),
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


def files(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.mark.parametrize("kind", PLANTED)
def test_a_page_with_a_fault_is_refused_and_what_was_published_stays(outputs, kind):
    """One fault of each kind, planted in a page like the one published before.

    An axis without a label is not among them: `Chart` refuses it in the kernel, as a failed cell.
    """
    shown, fault = PLANTED[kind]
    before, link = files(outputs / "published"), (outputs / "published").readlink()
    assert f"zh/{PAGE}.html" in before
    with pytest.raises(QualityError) as refused:
        publish(outputs, shown)
    assert refused.value.exit_code == 7
    assert str(refused.value).startswith(fault)
    _, told = str(refused.value).splitlines()
    (kept,) = (outputs / "failed").iterdir()
    assert kept.name == f"{PAGE}.ipynb"
    assert told == f"as far as it came: {kept}"
    assert files(outputs / "published") == before
    assert (outputs / "published").readlink() == link
    assert [path.name for path in (outputs / "releases").iterdir()] == [link.name]
    assert list(outputs.glob(".staging-*")) == []
