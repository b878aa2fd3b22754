"""The command line: thin over ``lvliang.report`` and ``lvliang.feasibility``."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from lvliang.errors import LvliangError, ParameterError
from lvliang.terminal import Format, Progress, print_audit, print_verdicts

app = typer.Typer(
    help="Are the targets of a prefecture's plan within reach? 规划目标能否实现？\n\n"
    "Exit codes: 0 done, 1 unforeseen, 2 parameter, 3 data, 4 cell failed, 5 kernel died, "
    "6 deadline, 7 quality gate, 8 locked.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
cache = typer.Typer(help="What earlier runs computed, kept by content.", no_args_is_help=True)
app.add_typer(cache, name="cache")


class Indicator(StrEnum):
    """What ``forecast`` can forecast."""

    gdp_real_growth = "gdp_real_growth"
    gdp_nominal_growth = "gdp_nominal_growth"
    gdp_deflator_growth = "gdp_deflator_growth"
    budget_revenue_growth = "budget_revenue_growth"


Parameters = Annotated[
    list[str] | None,
    typer.Option(
        "-p", "--parameter", metavar="NAME=VALUE", help="A parameter of the notebooks; repeatable."
    ),
]
Data = Annotated[
    Path | None,
    typer.Option(help="Folder of the tables.", exists=True, file_okay=False),
]
Outputs = Annotated[Path | None, typer.Option(help="Folder of what a run makes.", file_okay=False)]
Deadline = Annotated[float, typer.Option(min=1, help="Seconds for the whole run.")]


@app.command()
def report(
    parameter: Parameters = None,
    jobs: Annotated[
        int, typer.Option("-j", "--jobs", min=1, help="Notebooks run at once.")
    ] = os.cpu_count() or 1,
    deadline: Deadline = 900,
    outputs: Outputs = None,
    data: Data = None,
) -> None:
    """Run the notebooks and publish the site; prints the path of the page."""
    from lvliang.report.parameters import read_assignments
    from lvliang.report.publication import OUTPUTS, publish_report

    _use_data(data)
    _use_cache(outputs)
    given = read_assignments(parameter or [])
    with Progress() as progress:
        page = publish_report(
            given,
            outputs=outputs or OUTPUTS,
            workers=jobs,
            deadline=deadline,
            on_progress=progress.notebook,
        )
    typer.echo(page)


@app.command()
def run(
    notebook: Annotated[Path, typer.Argument(help="A notebook of notebooks/.")],
    parameter: Parameters = None,
    deadline: Deadline = 900,
    outputs: Outputs = None,
    data: Data = None,
) -> None:
    """Run one notebook; prints the path of its page, the executed notebook lies beside it."""
    from lvliang.report.parameters import read_assignments
    from lvliang.report.publication import OUTPUTS, run_notebook

    _use_data(data)
    _use_cache(outputs)
    given = read_assignments(parameter or [])
    with Progress() as progress:
        page = run_notebook(
            notebook,
            given,
            outputs=outputs or OUTPUTS,
            deadline=deadline,
            on_progress=progress.notebook,
        )
    typer.echo(page)


@app.command()
def check(
    data: Data = None,
    frozen: Annotated[
        bool, typer.Option("--frozen", help="Also hold each file against its hash and rows.")
    ] = False,
    audit: Annotated[
        bool, typer.Option("--audit", help="Also hold each claim against every second source.")
    ] = False,
) -> None:
    """Check every table against its contract."""
    from lvliang.baseline.contract import check_all
    from lvliang.baseline.freeze import check_frozen
    from lvliang.baseline.package import data_folder
    from lvliang.baseline.tables import corrections_of

    _use_data(data)
    _use_no_cache()
    files = check_frozen(data_folder()) if frozen else 0  # first: it names what was changed
    with Progress() as progress:
        rows = check_all(data_folder(), progress.table)
        corrected = corrections_of()
    for name, count in rows.items():
        note = f"  ({corrected[name]} corrected)" if name in corrected else ""
        typer.echo(f"{count:>8}  {name}{note}")
    typer.echo(f"{sum(rows.values()):>8}  rows in {len(rows)} tables, no fault")
    typer.echo(f"{sum(corrected.values()):>8}  corrections applied in {len(corrected)} tables")
    if frozen:
        typer.echo(f"{files:>8}  files as frozen")
    if audit:
        print_audit("en")


@app.command()
def freeze(data: Data = None) -> None:
    """Renew hashes and row digests after a reviewed change of data; prints what was rewritten."""
    from lvliang.baseline.freeze import freeze as renew
    from lvliang.baseline.package import data_folder

    _use_data(data)
    _use_no_cache()
    for path in renew(data_folder()):
        typer.echo(path)


@app.command()
def assess(
    region: Annotated[str | None, typer.Option(help="Six-digit code or name.")] = None,
    parameter: Parameters = None,
    form: Annotated[Format, typer.Option("--format", help="How to print.")] = Format.table,
    data: Data = None,
) -> None:
    """Judge the targets of a region; prints one row a target."""
    from lvliang.report import parameters

    _use_data(data)
    _use_cache()
    given: dict[str, Any] = parameters.read_assignments(parameter or [])
    if region is not None:
        given["region"] = region
    settings = parameters.check("30_feasibility", given)
    print_verdicts(_verdicts(settings), form, settings.lang)


@app.command()
def forecast(
    origin: Annotated[int, typer.Option(help="Last year known.")] = 2020,
    horizon: Annotated[int, typer.Option(min=1, max=15, help="Years ahead.")] = 5,
    indicator: Annotated[
        Indicator, typer.Option(help="What to forecast.")
    ] = Indicator.gdp_real_growth,
    regions: Annotated[str, typer.Option(help="all, or codes and names, comma apart.")] = "all",
    seed: Annotated[int, typer.Option(min=0, help="Seed of the paths.")] = 1,
    draws: Annotated[int, typer.Option(min=100, max=20_000, help="Number of paths.")] = 10_000,
    thresholds: Annotated[str, typer.Option(help="Rates in %, comma apart.")] = "",
    out: Annotated[Path | None, typer.Option(help="CSV to write; standard output if none.")] = None,
    data: Data = None,
) -> None:
    """Joint forecasts of the panel as long rows: region, indicator, origin, years, stat, value."""
    from lvliang.projection.everywhere import draw_everywhere
    from lvliang.projection.panel import load_panel
    from lvliang.projection.summary import read_thresholds, summarise

    _use_data(data)
    _use_cache()
    limits = read_thresholds(thresholds)
    panel = load_panel(origin)
    paths = draw_everywhere(
        panel, indicator.value, regions=regions, horizon=horizon, draws=draws, seed=seed
    )
    left_out = panel.growth.shape[1] - paths.sizes["region"] if regions == "all" else 0
    if left_out:
        typer.echo(f"{left_out} cities left out: their series do not reach {origin}", err=True)
    rows = summarise(paths, limits)
    rows.insert(1, "indicator", indicator.value)
    rows.insert(2, "origin", origin)
    text = rows.to_csv(index=False, lineterminator="\n", float_format="%.4f")
    if out is None:
        typer.echo(text, nl=False)
    else:
        out.write_text(text, encoding="utf-8")


@app.command()
def backtest(
    draws: Annotated[int, typer.Option(min=100, max=20_000, help="Number of paths.")] = 1_000,
    region: Annotated[
        str, typer.Option(help="The city, and its province, shown apart.")
    ] = "141100",
    out: Annotated[Path | None, typer.Option(help="CSV of every city and origin.")] = None,
    data: Data = None,
) -> None:
    """Score the engine and its rivals at every origin the data allow; prints the record."""
    from lvliang.baseline.package import data_folder
    from lvliang.baseline.regions import find_region
    from lvliang.feasibility import record, reliability
    from lvliang.feasibility.rival_file import read_forecasts
    from lvliang.projection.panel import latest_origin, load_panel

    _use_data(data)
    _use_cache()
    panel = load_panel(latest_origin(data_folder()))
    points = read_forecasts(panel)
    found = record.backtest(panel, draws=draws, points=points)
    groups = record.groups_of(found, find_region(region).code)
    tables = {
        "Scores, means over origins": record.summarise_record(found, groups),
        "Brier skill of the engine": record.brier_skill(found),
        "The engine at each origin": record.by_origin(found, groups),
        "Decomposition of the engine's Brier score": reliability.decompose(found, groups),
        "Chances of the engine, all cities": reliability.reliability(found, groups["all"]),
    }
    for title, table in tables.items():
        typer.echo(f"{title}\n{table.round(3).to_string(index=False)}\n")
    if not points:
        typer.echo("AutoETS and dynamic theta have not been run on these tables: make rivals")
    if out is not None:
        found.scores.to_csv(out, index=False, lineterminator="\n", float_format="%.4f")


@app.command()
def history(outputs: Outputs = None) -> None:
    """Print one row a vintage on record, oldest first."""
    from lvliang.feasibility.vintage import told
    from lvliang.report.history import read_history
    from lvliang.report.publication import OUTPUTS

    for vintage in read_history(outputs or OUTPUTS):
        counts = f"{told(vintage)} of {len(vintage['verdicts'])} targets told"
        what = [vintage[key] for key in ("release", "as_of", "origin")]
        made_by = [vintage["parameters"]["region"], vintage["code_version"], vintage["data_hash"]]
        typer.echo("  ".join(map(str, [*what, *made_by, counts])))


@cache.command()
def info(outputs: Outputs = None) -> None:
    """Where the cache lies, how much it holds and how much it may."""
    store = _store(outputs)
    if store is None:
        typer.echo("the cache is off")
        return
    with _told(store):
        sizes = [state.st_size for state in store.entries().values()]
    typer.echo(f"folder   {store.folder}\nentries  {len(sizes)}")
    typer.echo(f"size     {sum(sizes) / 2**20:.1f} MB of at most {store.bound / 2**20:.0f} MB")


@cache.command()
def clear(outputs: Outputs = None) -> None:
    """Remove what the cache holds; the next run computes it anew."""
    store = _store(outputs)
    with _told(store):
        count = store.clear() if store else 0
    typer.echo(f"{count} entries removed")


def main() -> None:
    """Run the command line and exit with the code of what happened."""
    # A stop by the service manager unwinds like Ctrl-C, so that nothing is left behind.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        app()
    except LvliangError as error:
        typer.echo(f"error: {error}", err=True)
        sys.exit(error.exit_code)


def _use_data(data: Path | None) -> None:
    """Kernels inherit the choice through the environment."""
    if data is not None:
        os.environ["LVLIANG_DATA"] = str(data.resolve())


def _use_cache(outputs: Path | None = None) -> None:
    """Kernels inherit the place. A fault is told here, once: what they say would be on a page."""
    store = _store(outputs)
    if store is not None:
        os.environ["LVLIANG_CACHE"] = str(store.folder.resolve())
        if fault := store.mend():
            typer.echo(f"note: {fault}", err=True)


def _use_no_cache() -> None:
    """Who asks for a check wants the files looked at."""
    os.environ["LVLIANG_CACHE"] = "off"


def _store(outputs: Path | None) -> Any:
    """The cache of this run, or None where it is off."""
    from lvliang.baseline.store import Store, store_folder

    if outputs is not None and not os.environ.get("LVLIANG_CACHE"):
        os.environ["LVLIANG_CACHE"] = str(outputs / ".cache" / "engine")
    folder = store_folder()
    return Store(folder) if folder else None


@contextmanager
def _told(store: Any) -> Iterator[None]:
    """Tell in a sentence why the folder of the cache cannot be looked at."""
    try:
        yield
    except OSError as error:
        raise ParameterError(
            f"cache {store.folder}: {error.strerror}; legal: a folder that you may read and write"
        ) from None


def _verdicts(settings: Any) -> Any:
    from lvliang.feasibility.background import load_background
    from lvliang.feasibility.targets import load_targets
    from lvliang.feasibility.verdicts import assess as judge
    from lvliang.projection.outlook import look_ahead

    outlook = look_ahead(
        settings.region,
        base_year=settings.base_year,
        end_year=settings.end_year,
        draws=settings.draws,
        seed=settings.seed,
        growth_discount=settings.growth_discount,
    )
    targets = load_targets(settings.region, settings.base_year, settings.end_year)
    return judge(targets, outlook, load_background(settings.region, settings.base_year))
