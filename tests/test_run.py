"""Notebooks run headlessly in processes of their own: results, failures, nothing left."""

import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest import mock

import nbformat
import pytest
from shared import refusal

from lvliang.errors import CellError, DataError, KernelDied, QualityError
from lvliang.site.run import Job, execute, prepare

MakeJob = Callable[..., Job]


def children() -> set[str]:
    return {
        pid
        for thread in Path("/proc/self/task").iterdir()
        for pid in (thread / "children").read_text().split()
    }


def saved(job: Job) -> list[nbformat.NotebookNode]:
    """The outputs of all cells."""
    cells = nbformat.read(job.output, as_version=4).cells
    return [output for cell in cells for output in cell.get("outputs", [])]


def text_of(job: Job) -> str:
    return "".join(one.get("text", "") + "".join(one.get("traceback", [])) for one in saved(job))


def what_it_says(job: Job, run: Callable[[], None]) -> str:
    run()
    if job.name == "refused":
        raise QualityError(job.name)
    return text_of(job)


@pytest.fixture(autouse=True)
def leaves_nothing(tmp_path: Path) -> Iterator[None]:
    """Whatever a test does: no process stays, and nothing is written in the user's home."""
    home = tmp_path / "home"
    home.mkdir()
    with mock.patch.dict(os.environ, HOME=str(home)):
        prepare(tmp_path / "cache")
        before = children()  # the process that forks them serves every run of this one
        yield
    assert children() == before
    assert list(home.iterdir()) == []


@pytest.fixture
def make_job(tmp_path: Path) -> MakeJob:
    def make(name: str, *sources: str, **parameters: object) -> Job:
        v4 = nbformat.v4
        first = v4.new_code_cell("place = '山西'", metadata={"tags": ["parameters"]})
        cells = [first, *(v4.new_code_cell(source) for source in sources)]
        notebook = tmp_path / f"{name}.ipynb"
        nbformat.write(v4.new_notebook(cells=cells), notebook)
        return Job(notebook, tmp_path / f"{name}-executed.ipynb", parameters, name)

    return make


def test_jobs_at_once_write_only_their_own_outputs_and_work_on_them_returns_them(make_job):
    jobs = [make_job(name, "print(place)", place=name) for name in ("离石", "汾阳", "孝义")]
    told = ["离石\n", "汾阳\n", "孝义\n"]
    assert execute(jobs, workers=2, deadline=None, work=what_it_says) == told
    assert [text_of(job) for job in jobs] == told
    with pytest.raises(CellError):
        execute([make_job("bad", "1 / 0")], workers=1, deadline=60, work=what_it_says)
    jobs = [make_job("refused", "1"), make_job("endless", "while True:\n    pass")]
    with pytest.raises(QualityError, match="refused"):
        execute(jobs, workers=2, deadline=60, work=what_it_says)


def test_a_run_injects_parameters_tells_progress_and_is_silent(make_job, capfd, caplog):
    job = make_job("good", "print(place, year, share, final)", place='吕梁 "城"\\', year=2025)
    job.parameters.update(share=0.1, final=True)
    told = []
    execute([job], workers=1, deadline=60, on_progress=lambda *progress: told.append(progress))
    assert text_of(job) == '吕梁 "城"\\ 2025 0.1 True\n'
    assert told == [(job, done, 3) for done in range(4)]
    assert capfd.readouterr() == ("", "")
    assert caplog.messages == []


def test_what_is_written_below_python_or_drawn_belongs_to_the_cell(make_job, capfd):
    low = "import os\nos.write(2, b'x')\nos.system('echo x');"
    drawn = "from matplotlib import pyplot as plt\nplt.plot([1, 2]);"
    job = make_job("low", low, drawn, "1 + 1")
    execute([job], workers=1, deadline=60)
    assert text_of(job).split() in (["x", "x"], ["xx"])
    assert capfd.readouterr() == ("", "")
    forms = [set(output.data) for output in saved(job) if "data" in output]
    assert forms[-2:] == [{"image/png", "text/plain"}, {"text/plain"}]


def test_processes_end_with_the_one_that_runs_them(make_job: MakeJob, tmp_path: Path) -> None:
    """A killed runner leaves no process: a pipe that its cell holds open closes."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    job = make_job("endless", "held = open(pipe, 'w')\nwhile True:\n    pass", pipe=str(pipe))
    source = f"""
from pathlib import Path, PosixPath
from lvliang.site.run import Job, execute, prepare
prepare(Path({str(tmp_path / "cache")!r}))
execute([{job!r}], workers=1, deadline=None)
"""
    runner = subprocess.Popen([sys.executable, "-c", source])
    with pipe.open() as reader:  # opens once the cell has
        runner.kill()
        runner.wait()
        assert select.select([reader], [], [], 10)[0] == [reader]


def test_a_cell_error_names_the_notebook_the_cell_and_the_exception(make_job: MakeJob) -> None:
    job = make_job("bad", "print('before')", "# growth\n1 / 0", "print('after')")
    said = refusal(4, execute, [job], workers=1, deadline=60)
    assert said == "bad: bad.ipynb, cell [3] `# growth`: ZeroDivisionError: division by zero"
    assert "before" in text_of(job) and "after" not in text_of(job)
    own = make_job("own", "from lvliang.errors import DataError\nraise DataError('region 太原?')")
    with pytest.raises(DataError, match=r"^region 太原\?$"):
        execute([own], workers=1, deadline=60)


def test_one_deadline_holds_for_all_jobs(make_job: MakeJob) -> None:
    slow = make_job("slow", "while True:\n    pass")
    unborn = make_job("unborn", "1")
    # A kernel starts within 1 s, 3 s under load.
    assert refusal(6, execute, [slow, unborn], workers=1, deadline=4) == (
        "not done after 4 s: slow: slow.ipynb, cell [2] `while True:`; "
        "unborn: unborn.ipynb, before its first cell"
    )
    assert "KeyboardInterrupt" in text_of(slow)
    assert not unborn.output.exists()


def test_a_failure_ends_the_others(make_job: MakeJob) -> None:
    sources = {"endless": "while True:\n    pass", "bad": "raise ValueError('x')", "next": "1"}
    jobs = [make_job(name, source) for name, source in sources.items()]
    with pytest.raises(CellError, match="bad"):
        execute(jobs, workers=2, deadline=60)
    assert [job.output.exists() for job in jobs] == [True, True, False]


def test_an_interrupt_ends_every_kernel(make_job: MakeJob) -> None:
    jobs = [make_job(name, "while True:\n    pass") for name in ("one", "two")]

    def interrupt_at_the_loop(job: Job, done: int, total: int) -> None:
        if job.name == "one" and done == 1:
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        execute(jobs, workers=2, deadline=60, on_progress=interrupt_at_the_loop)


def test_what_a_kernel_started_ends_even_when_the_kernel_died_which_no_failed_cell_is(
    make_job, tmp_path
):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        start = "import os, subprocess\nsubprocess.Popen(['sleep', '60'], stdout=open(pipe, 'w'))"
        job = make_job("killed", start, "print('before', flush=True)", "os.kill(os.getpid(), 9)",
                       pipe=str(pipe))  # fmt: skip
        with pytest.raises(KernelDied, match=r"killed\.ipynb, cell \[5\] `os.kill"):
            execute([job], workers=1, deadline=60)
        assert "before" in text_of(job)
        # The reading end becomes readable when the last writer is gone.
        assert select.select([reader], [], [], 5)[0] == [reader]
    finally:
        os.close(reader)


def test_the_environment_overrides_folders_and_respects_threads(tmp_path: Path) -> None:
    mine = {"JUPYTER_DATA_DIR": "/mine", "OMP_NUM_THREADS": "2"}
    with mock.patch.dict(os.environ, mine):
        os.environ.pop("MKL_NUM_THREADS", None)
        prepare(tmp_path / "other")
        assert Path(os.environ["JUPYTER_DATA_DIR"]).is_relative_to(tmp_path / "other")
        assert os.environ["OMP_NUM_THREADS"] == "2"
        assert os.environ["MKL_NUM_THREADS"] == "1"
