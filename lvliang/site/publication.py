"""From parameters to a published site: check, run, render, hold against the gate, switch."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from lvliang import parameters
from lvliang.baseline.package import data_folder
from lvliang.errors import LvliangError, ParameterError, QualityError
from lvliang.parameters import NotebookParameters, ReportParameters
from lvliang.site import execute, publish
from lvliang.site.warm import WarmProcess

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from lvliang.site.archive import Vintage
    from lvliang.site.vintage import Standing

PROJECT = Path(__file__).resolve().parents[2]
NOTEBOOKS = PROJECT / "notebooks"
OUTPUTS = PROJECT / "outputs"
LANGUAGES = ("zh", "en")


def publish_report(
    given: dict[str, str],
    *,
    outputs: Path = OUTPUTS,
    workers: int,
    deadline: float | None,
    on_table: Callable[[str, int], None] | None = None,
    on_progress: execute.Progress | None = None,
) -> Path:
    """Run every notebook in every language and publish the site, or nothing.

    What the run says goes to ``outputs/history`` in the same switch, unless it repeats the last
    vintage of its region.

    Parameters
    ----------
    given : dict
        Parameters by name, as text; ``lang`` publishes that language alone.
    outputs : Path
        Folder of the releases.
    workers : int
        Notebooks run at once.
    deadline : float, optional
        Seconds for the run of all notebooks.

    Returns
    -------
    Path
        The front page.

    Raises
    ------
    LvliangError
        Of the class whose exit code tells what failed; what was published before stands.
    """
    from lvliang.baseline.contract import check_all

    run = parameters.check_report(given)
    runs = {
        (lang, name): parameters.part_of(run.model_copy(update={"lang": lang}), name)
        for lang in _languages(given)
        for name in parameters.SCHEMAS
    }
    notebooks = [NOTEBOOKS / f"{name}.ipynb" for name in parameters.SCHEMAS]
    with publish.lock(outputs), _warm(notebooks, outputs, _outlook(run)) as warm:
        # With what they import, while the process warms up.
        from lvliang.site import archive as history
        from lvliang.site.reuse import Executed

        past = history.open_history(outputs)
        check_all(data_folder(), on_table)
        with publish.staging(outputs) as work, publish.staging(outputs) as site:
            jobs = [_job(work, lang, name, run) for (lang, name), run in runs.items()]
            with _keeping(jobs, outputs):
                with _PageWriter(site, jobs, list(runs), run) as pages:
                    execute.execute(
                        jobs,
                        workers=workers,
                        deadline=deadline,
                        on_progress=on_progress,
                        on_done=pages,
                        earlier=Executed(),
                        warm=warm,
                    )
                    pages.refuse_faults()
                now = datetime.now().astimezone()
                name = publish.free_name(outputs, f"{now:%Y%m%dT%H%M%S}")
                as_of = now.isoformat(timespec="seconds")
                new = _write(site, jobs, list(runs), run, past, release=name, as_of=as_of)
            with history.recorded(outputs, new):
                return publish.switch(site, outputs, name) / "index.html"


def run_notebook(
    notebook: Path,
    given: dict[str, str],
    *,
    outputs: Path = OUTPUTS,
    deadline: float | None,
    on_progress: execute.Progress | None = None,
) -> Path:
    """Run one notebook and write its page to ``outputs/runs``, beside the executed notebook.

    Raises
    ------
    LvliangError
        Of the class whose exit code tells what failed.
    """
    from lvliang.baseline.contract import check_all

    run = parameters.check(notebook, given)
    if not notebook.is_file():
        raise ParameterError(f"notebook: no file {notebook}; legal: a notebook of notebooks/")
    folder = outputs / "runs"
    with _warm([notebook], outputs) as warm:
        check_all(data_folder())
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory() as work:
            output, values = Path(work, notebook.name), run.model_dump()
            job = execute.Job(notebook, output, values, notebook.stem)
            with _keeping([job], outputs):
                execute.execute(
                    [job], workers=1, deadline=deadline, on_progress=on_progress, warm=warm
                )
                return _page_of_run(job, run, folder)


def _warm(notebooks: list[Path], outputs: Path, call: dict[str, Any] | None = None) -> WarmProcess:
    """The process that forks the kernels; it warms up while the tables are checked."""
    execute.prepare_environment(outputs / ".cache")
    return WarmProcess(notebooks, call)


def _outlook(run: ReportParameters) -> dict[str, Any]:
    """The call by which notebooks get their draws, which are the same for all."""
    names = (
        "region", "base_year", "end_year", "draws", "seed", "growth_discount",
        "scenario", "changes",
    )  # fmt: skip
    arguments = {name: getattr(run, name) for name in names}
    return {
        "module": "lvliang.projection.outlook",
        "function": "look_ahead",
        "arguments": arguments,
    }


def _languages(given: dict[str, str]) -> tuple[str, ...]:
    return (given["lang"],) if "lang" in given else LANGUAGES


def _job(work: Path, lang: str, name: str, run: NotebookParameters) -> execute.Job:
    output = work / f"{name}.{lang}.ipynb"
    return execute.Job(NOTEBOOKS / f"{name}.ipynb", output, run.model_dump(), f"{name} ({lang})")


@contextmanager
def _keeping(jobs: list[execute.Job], outputs: Path) -> Iterator[None]:
    """Where a job fails or its page may not be published, keep the notebooks for the operator."""
    try:
        yield
    except LvliangError as error:
        kept = [publish.keep_failed(job.output, outputs) for job in jobs if job.output.exists()]
        place = kept[0] if len(kept) == 1 else outputs / "failed"
        raise type(error)(f"{error}\nas far as it came: {place}") from None


class _PageWriter:
    """Writes the page of a notebook when it is done, in a thread of its own beside the kernels."""

    def __init__(
        self,
        site: Path,
        jobs: list[execute.Job],
        pages: list[tuple[str, str]],
        run: ReportParameters,
    ) -> None:
        self._site = site
        self._places = dict(zip((job.name for job in jobs), pages, strict=True))
        self._run = run
        self._pool = ThreadPoolExecutor(1)
        self._pages: list[Future[str]] = []

    def __call__(self, job: execute.Job) -> None:
        if self._places[job.name][1] != parameters.SUMMARY:
            self._pages.append(self._pool.submit(self._write, job))

    def refuse_faults(self) -> None:
        """Wait for the pages; all their faults are told together."""
        faults = sorted(fault for page in self._pages if (fault := page.result()))
        if faults:
            raise QualityError("\n".join(faults))

    def __enter__(self) -> _PageWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)

    def _write(self, job: execute.Job) -> str:
        try:
            places = list(self._places.values())
            _write_page(self._site, job, self._run, self._places[job.name], places)
        except QualityError as error:
            return str(error)
        return ""


def _write_page(
    site: Path,
    job: execute.Job,
    run: ReportParameters,
    place: tuple[str, str],
    places: list[tuple[str, str]],
    standing: Standing | None = None,
) -> None:
    """Write one page, which links to those of all ``places`` (language and name)."""
    from lvliang.site.pages import write_page

    languages, names = (list(dict.fromkeys(kind)) for kind in zip(*places, strict=True))
    lang, name = place
    write_page(
        site, job, run, lang=lang, name=name, names=names, languages=languages, standing=standing
    )


def _executed(
    jobs: list[execute.Job], places: list[tuple[str, str]]
) -> dict[str, dict[str, NotebookNode]]:
    """The executed notebooks, by language and by name."""
    from lvliang.site.pages import read_executed

    executed: dict[str, dict[str, NotebookNode]] = {}
    for (lang, name), job in zip(places, jobs, strict=True):
        executed.setdefault(lang, {})[name] = read_executed(job)
    return executed


def _write(
    site: Path,
    jobs: list[execute.Job],
    places: list[tuple[str, str]],
    run: ReportParameters,
    past: list[Vintage],
    *,
    release: str,
    as_of: str,
) -> Vintage | None:
    """Write what tells of the last publication, which is the index and the page for the desk.

    Return the vintage that belongs to it, None where the last one stands.
    """
    from lvliang.site.archive import vintage_of
    from lvliang.site.pages import write_index
    from lvliang.site.vintage import stand

    executed = _executed(jobs, places)
    vintage = vintage_of(executed, release=release, as_of=as_of)
    standing = stand(past, vintage) if vintage else None
    new = vintage if standing and standing.same_as is None else None
    for job, place in zip(jobs, places, strict=True):
        if place[1] == parameters.SUMMARY:
            _write_page(site, job, run, place, places, standing)
    write_index(site, executed, run, standing, [*past, new] if new else past)
    return new


def _page_of_run(job: execute.Job, run: NotebookParameters, folder: Path) -> Path:
    from lvliang.site.banner import banner
    from lvliang.site.pages import edition_mark, read_executed
    from lvliang.site.render import render_page

    notebook = read_executed(job)
    page = folder / f"{job.name}.html"
    around = {
        "banner_html": banner(run, run.lang),
        "mark": edition_mark(str(job.parameters.get("edition", "")), run.lang),
    }
    page.write_text(render_page(notebook, lang=run.lang, **around), encoding="utf-8")
    shutil.move(job.output, folder / job.output.name)
    return page
