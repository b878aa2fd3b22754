"""From parameters to a published site: check, run, render, hold against the gate, switch."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from lvliang import parameters, provenance
from lvliang.baseline import store
from lvliang.baseline.package import data_folder
from lvliang.display.texts import TEXTS, texts_of
from lvliang.errors import LvliangError, ParameterError
from lvliang.parameters import SUMMARY, ReportParameters
from lvliang.projection.scenario import scenario_path
from lvliang.site import publish, run
from lvliang.site.browser import find_browser

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from lvliang.site.pages import Site

log = logging.getLogger(__name__)
PROJECT = Path(__file__).resolve().parents[2]
NOTEBOOKS = PROJECT / "notebooks"
OUTPUTS = PROJECT / "outputs"
# These run longest: begun first, no processor waits for one at the end. The third needs the
# record that the first computes.
LONGEST = ("30_feasibility", "50_ranks", "40_scenarios")


def publish_report(
    given: dict[str, str],
    *,
    outputs: Path = OUTPUTS,
    workers: int,
    deadline: float | None,
    on_progress: run.Progress | None = None,
) -> Path:
    """Run every notebook, and publish the site in every language, or nothing; the front page.

    Where nothing has changed since the site was published, it stands as it is. What the run says
    goes to ``outputs/history`` in the same switch, unless it repeats the last vintage of its
    region. Where it fails, what was published stands; the exit code of the `LvliangError` tells.

    ``given`` are parameters by name, as text; ``lang`` publishes that language alone. `run.execute`
    takes the others.
    """
    asked = ReportParameters.checked(given)
    with publish.lock(outputs):
        key = _key(asked, "lang" in given, outputs)
        if key and publish.published_by(outputs) == key:
            log.warning("nothing has changed since this was published")
            return outputs / "published" / "index.html"
        run.prepare(outputs / ".cache")
        # With what they import, while the other process imports what notebooks do.
        from lvliang.baseline.contract import check_all
        from lvliang.display.words import LANGUAGES
        from lvliang.site import archive
        from lvliang.site.gate import refuse
        from lvliang.site.pages import Site, write_index, write_pages
        from lvliang.site.vintage import stand

        past = archive.open_history(outputs)
        check_all(data_folder())
        with publish.staging(outputs) as work, publish.staging(outputs) as folder:
            languages = (asked.lang,) if "lang" in given else LANGUAGES
            site = Site(folder, asked, tuple(parameters.SCHEMAS), languages)
            longest = (name for name in LONGEST if name in site.names)
            jobs = [_job(asked, name, work) for name in dict.fromkeys([*longest, *site.names])]
            with _keeping(jobs, outputs):
                faults = run.execute(
                    jobs,
                    workers=workers,
                    deadline=deadline,
                    work=partial(_pages_of, site),
                    on_progress=on_progress,
                )
                refuse(sorted(chain.from_iterable(faults)))
                now = datetime.now().astimezone()
                name = publish.free_name(outputs, f"{now:%Y%m%dT%H%M%S}")
                executed = {job.name: _read_executed(job) for job in jobs}
                as_of = now.isoformat(timespec="seconds")
                vintage = archive.vintage_of(executed, release=name, as_of=as_of)
                standing = stand(past, vintage) if vintage else None
                new = vintage if standing and standing.same_as is None else None
                if SUMMARY in executed:
                    refuse(sorted(write_pages(site, executed[SUMMARY], SUMMARY, standing)))
                write_index(site, executed, standing, [*past, new] if new else past)
            with archive.recorded(outputs, new):
                page = publish.switch(folder, outputs, name) / "index.html"
        publish.note(outputs, _key(asked, "lang" in given, outputs))
        return page


def run_notebook(
    notebook: Path,
    given: dict[str, str],
    *,
    outputs: Path = OUTPUTS,
    deadline: float | None,
    on_progress: run.Progress | None = None,
) -> Path:
    """Run one notebook and write its page to ``outputs/runs``, beside the executed notebook.

    Raises the `LvliangError` whose exit code tells what failed.
    """
    asked = parameters.check(notebook, given)
    if not notebook.is_file():
        raise ParameterError(f"notebook: no file {notebook}; legal: a notebook of notebooks/")
    folder = outputs / "runs"
    run.prepare(outputs / ".cache")
    from lvliang.baseline.contract import check_all
    from lvliang.site.pages import above
    from lvliang.site.render import in_language, render_page

    check_all(data_folder())
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as work:
        job = run.Job(notebook, Path(work, notebook.name), asked.model_dump(), notebook.stem)
        with _keeping([job], outputs):
            run.execute([job], workers=1, deadline=deadline, on_progress=on_progress)
            around = above(asked, str(job.parameters.get("edition", "")), asked.lang)
            executed = in_language(_read_executed(job), asked.lang)
            page = folder / f"{job.name}.html"
            page.write_text(render_page(executed, lang=asked.lang, **around), encoding="utf-8")
            shutil.move(job.output, folder / notebook.name)
            return page


def _key(asked: ReportParameters, one_language: bool, outputs: Path) -> str | None:
    """Digest of all that a site is made of; None where that cannot be known, or is not kept."""
    if store.store_folder() is None:
        return None
    folders = {NOTEBOOKS: "*.ipynb", TEXTS: "*.md", outputs / "history": "*.json"}
    files = [path for folder, names in folders.items() for path in sorted(folder.glob(names))]
    what = asked.model_dump() | {
        "one_language": one_language,
        "files": [path.read_text("utf-8") for path in (*files, scenario_path(asked.scenario))],
        "year": provenance.year_made(),
        "browser": find_browser(),
    }
    return store.key_of("report", what)


def _job(asked: ReportParameters, name: str, work: Path) -> run.Job:
    given, notebook = parameters.part_of(asked, name).model_dump(), f"{name}.ipynb"
    return run.Job(NOTEBOOKS / notebook, work / notebook, given, name)


def _pages_of(site: Site, job: run.Job, execute: Callable[[], None]) -> list[str]:
    """In the process of a job: its notebook, unless nothing has changed since it ran, and pages.

    What an executed notebook shows depends on its file, text, parameters, data and code alone:
    that is its contract (``docs/decisions/store.md``). The page for the desk waits for the others.
    """
    from lvliang.site.pages import write_pages

    def executed() -> str:
        execute()
        return job.output.read_text("utf-8")

    files = [path.read_text("utf-8") for path in (job.notebook, *texts_of(job.name))]
    what: dict[str, object] = {"files": files, "parameters": job.parameters}
    if scenario := job.parameters.get("scenario"):
        what["scenario"] = scenario_path(str(scenario)).read_text("utf-8")
    job.output.write_text(store.kept("notebook", what, executed), "utf-8")
    return [] if job.name == SUMMARY else write_pages(site, _read_executed(job), job.name)


def _read_executed(job: run.Job) -> NotebookNode:
    import nbformat

    return nbformat.read(job.output, as_version=4)


@contextmanager
def _keeping(jobs: list[run.Job], outputs: Path) -> Iterator[None]:
    """Where a job fails or its page may not be published, keep the notebooks for the operator."""
    try:
        yield
    except LvliangError as error:
        kept = [publish.keep_failed(job.output, outputs) for job in jobs if job.output.exists()]
        place = kept[0] if len(kept) == 1 else outputs / "failed"
        raise type(error)(f"{error}\nas far as it came: {place}") from None
