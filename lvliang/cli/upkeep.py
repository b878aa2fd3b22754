"""Commands that make and keep what others read: pages, tables, the record, the cache."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from typing import Annotated, Any

import typer
from typer import Argument, Option

from lvliang.cli.options import Changes, Data, Outputs, Parameters, Scenario, given_parameters
from lvliang.errors import ParameterError

Deadline = Annotated[float, Option(min=1, help="Seconds for the whole run.")]


def report(
    parameter: Parameters = None,
    scenario: Scenario = None,
    changes: Changes = None,
    jobs: Annotated[
        int, Option("-j", "--jobs", min=1, help="Notebooks run at once.")
    ] = os.cpu_count() or 1,
    deadline: Deadline = 900,
    outputs: Outputs = None,
    data: Data = None,
) -> None:
    """Run the notebooks and publish the site; prints the path of the page."""
    from lvliang.site.publication import publish_report

    given = given_parameters(parameter, scenario, changes)
    _show(partial(publish_report, given, workers=jobs, deadline=deadline), outputs)


def run(
    notebook: Annotated[Path, Argument(help="A notebook of notebooks/.")],
    parameter: Parameters = None,
    scenario: Scenario = None,
    changes: Changes = None,
    deadline: Deadline = 900,
    outputs: Outputs = None,
    data: Data = None,
) -> None:
    """Run one notebook; prints the path of its page, the executed notebook lies beside it."""
    from lvliang.site.publication import run_notebook

    given = given_parameters(parameter, scenario, changes)
    _show(partial(run_notebook, notebook, given, deadline=deadline), outputs)


def _show(publish: Callable[..., Path], outputs: Path | None) -> None:
    from lvliang.site.publication import OUTPUTS

    with _progress() as tell:
        page = publish(
            outputs=outputs or OUTPUTS,
            on_progress=lambda job, done, total: tell(job.name, completed=done, total=total),
        )
    typer.echo(page)


def check(
    data: Data = None,
    frozen: Annotated[
        bool, Option("--frozen", help="Also hold each file against its hash.")
    ] = False,
    audit: Annotated[
        bool, Option("--audit", help="Also hold each claim against every second source.")
    ] = False,
) -> None:
    """Check every table against its contract."""
    from lvliang.baseline.contract import check_all
    from lvliang.baseline.freeze import check_frozen
    from lvliang.baseline.package import data_folder
    from lvliang.baseline.tables import corrections_of
    from lvliang.feasibility.targets import check_targets

    os.environ["LVLIANG_CACHE"] = "off"  # who asks wants the files looked at
    files = check_frozen(data_folder()) if frozen else 0  # first: it names what was changed
    with _progress() as tell:
        rows = check_all(
            data_folder(),
            lambda name, count: tell("data", advance=1, description=f"{name} ({count})"),
        )
        corrected = corrections_of()
        check_targets()
    for name, count in rows.items():
        note = f"  ({corrected[name]} corrected)" if name in corrected else ""
        typer.echo(f"{count:>8}  {name}{note}")
    typer.echo(f"{sum(rows.values()):>8}  rows in {len(rows)} tables, no fault")
    typer.echo(f"{sum(corrected.values()):>8}  corrections applied in {len(corrected)} tables")
    if frozen:
        typer.echo(f"{files:>8}  files as frozen")
    if audit:
        _print_audit()


def _print_audit() -> None:
    """The claims by verdict; sources that differ are findings, not faults."""
    from lvliang.baseline.audit import VERDICTS, judge, load_evidence
    from lvliang.baseline.audit_facts import claim_facts
    from lvliang.display.prose import said
    from lvliang.display.words import words_in
    from lvliang.parameters import NotebookParameters

    judged = judge(load_evidence(NotebookParameters().base_year))
    for name in VERDICTS:
        rows = judged[judged["verdict"] == name]
        typer.echo(f"{len(rows):>8}  {words_in('en').label(name, 'audit_verdict').lower()}")
        for words in said("00_data_audit", "en", "listing", {"listed": claim_facts(rows)}):
            typer.echo(f"{'':10}{words}")


def freeze(data: Data = None) -> None:
    """Renew hashes after a reviewed change of data; prints the files that had changed."""
    from lvliang.baseline.freeze import freeze as renew
    from lvliang.baseline.package import data_folder

    os.environ["LVLIANG_CACHE"] = "off"  # who asks wants the files looked at
    for path in renew(data_folder()):
        typer.echo(path)


def history(outputs: Outputs = None) -> None:
    """Print one row a vintage on record, oldest first."""
    from lvliang.site.archive import read_history
    from lvliang.site.publication import OUTPUTS
    from lvliang.site.vintage import told

    for vintage in read_history(outputs or OUTPUTS):
        counts = f"{told(vintage)} of {len(vintage['verdicts'])} targets told"
        what = [vintage[key] for key in ("release", "as_of", "origin")]
        made_by = [vintage["parameters"]["region"], vintage["code_version"], vintage["data_hash"]]
        typer.echo("  ".join(map(str, [*what, *made_by, counts])))


def info(outputs: Outputs = None) -> None:
    """Where the cache lies, how much it holds and how much it may."""
    from lvliang.baseline import store

    folder = store.store_folder()
    if folder is None:
        typer.echo("the cache is off")
        return
    with _told(folder):
        sizes = [state.st_size for state in store.entries(folder).values()]
    typer.echo(f"folder   {folder}\nentries  {len(sizes)}")
    typer.echo(f"size     {sum(sizes) / 2**20:.1f} MB of at most {store.BOUND / 2**20:.0f} MB")


def clear(outputs: Outputs = None) -> None:
    """Remove what the cache holds; the next run computes it anew."""
    from lvliang.baseline import store

    folder = store.store_folder()
    with _told(folder):
        paths = store.entries(folder) if folder else {}
        for path in paths:
            path.unlink(missing_ok=True)
    typer.echo(f"{len(paths)} entries removed")


@contextmanager
def _told(folder: Path | None) -> Iterator[None]:
    """Tell in a sentence why the folder of the cache cannot be looked at."""
    try:
        yield
    except OSError as error:
        raise ParameterError(
            f"cache {folder}: {error.strerror}; legal: a folder that you may read and write"
        ) from None


@contextmanager
def _progress() -> Iterator[Callable[..., None]]:
    """What tells how far a thing of a name is: a bar each, on stderr, where a person looks on."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    off = not console.is_terminal
    bars = Progress(*columns, TimeElapsedColumn(), console=console, transient=True, disable=off)
    bar = cache(partial(bars.add_task, total=None))

    def tell(name: str, **state: Any) -> None:
        bars.start()  # not before there is something to tell
        bars.update(bar(name), **state)

    try:
        yield tell
    finally:
        bars.stop()
