"""Commands that answer a question: in the terminal, or as a file for other programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer import Argument, Option

from lvliang.baseline.package import data_folder, last_known_year
from lvliang.cli.options import Changes, Data, Parameters, Region, Scenario, given_parameters
from lvliang.errors import ParameterError

if TYPE_CHECKING:
    import pandas as pd

    from lvliang.display.show import Piece
    from lvliang.study import Study

Format = StrEnum("Format", ["table", "csv", "json"])
Printed = Annotated[Format, Option("--format", help="How to print.")]
Lever = StrEnum("Lever", ["growth", "coal", "base"])
Indicator = StrEnum(
    "Indicator",
    ["gdp_real_growth", "gdp_nominal_growth", "gdp_deflator_growth", "budget_revenue_growth"],
)
FileFormat = StrEnum("FileFormat", ["csv", "xlsx", "iamc"])


def assess(
    region: Region = None,
    parameter: Parameters = None,
    scenario: Scenario = None,
    changes: Changes = None,
    form: Printed = Format.table,
    data: Data = None,
) -> None:
    """Judge the targets of a region; prints one row a target."""
    given = given_parameters(parameter, scenario, changes, region)
    (study,) = _studies("30_feasibility", given)
    from lvliang.display.prose import Text
    from lvliang.feasibility.fields import PUBLIC
    from lvliang.feasibility.outcomes import Outcome

    verdicts = study.verdicts
    if form is Format.table:
        text = Text("30_feasibility", study.run.lang, {"verdicts": verdicts})
        _print_pieces(text.say("assess"))
    elif form is Format.json:
        _print_json(verdicts.records(PUBLIC))
    else:
        rows = verdicts.frame()
        for name in Outcome.__dataclass_fields__:
            rows[f"outcome_{name}"] = [getattr(one.outcome, name, None) for one in verdicts]
        _print_rows(rows, form)


def compare(
    scenarios: Annotated[list[str], Argument(help="Names or files, the first held against.")],
    region: Region = None,
    parameter: Parameters = None,
    data: Data = None,
) -> None:
    """Hold scenarios against the first of them; prints what moves and which verdicts change."""
    given = given_parameters(parameter, region=region)
    studies = _studies("40_scenarios", *(given | {"scenario": name} for name in scenarios))
    from lvliang.display.prose import Text
    from lvliang.feasibility.comparison import scenario_facts

    first = studies[0]
    found = first.compare([study.scenario for study in studies])
    facts = scenario_facts(found, first.years) | {"end_year": first.years[-1]}
    _print_pieces(Text("40_scenarios", first.run.lang, facts).say("compare"))


def invert(
    target: Annotated[str, Argument(help="Target, such as gdp_2021 or gdp_mean.")],
    probability: Annotated[float, Option(help="Chance that it is to have, 0.01 to 0.99.")] = 0.5,
    by: Annotated[
        Lever, Option(help="What may move: own growth, the coal price, or an industry's base.")
    ] = Lever.growth,
    region: Region = None,
    parameter: Parameters = None,
    scenario: Scenario = None,
    changes: Changes = None,
    form: Printed = Format.table,
    data: Data = None,
) -> None:
    """What growth, coal price or base gives a target the chance asked for; prints sentences."""
    given = given_parameters(parameter, scenario, changes, region)
    (study,) = _studies("30_feasibility", given)
    from lvliang.display.prose import said
    from lvliang.feasibility import inversion

    run, origin = study.run, study.base_year
    if by is Lever.base:
        rows = inversion.bases_for(target, probability, region=run.region, base_year=origin)
        needed = rows.to_dict("records")
        facts = {"needed": needed, "asked": 100 * probability, "base_year": origin}
        block = "bases"
    else:
        outlook = study.outlook
        wanted = inversion.find_target(target, outlook)
        answer = inversion.invert(
            wanted, outlook, probability=probability, lever=by.value, seed=run.seed
        )
        verdict = study.verdicts.by_id[target]
        rows = inversion.as_row(answer, verdict)
        facts = inversion.inversion_facts(answer, verdict, outlook)
        block = "answer"
    if form is Format.table:
        typer.echo("\n".join(said("invert", run.lang, block, facts)))
    else:
        _print_rows(rows, form)


def forecast(
    origin: Annotated[int | None, Option(help="Last year known; the latest by default.")] = None,
    horizon: Annotated[int, Option(min=1, max=15, help="Years ahead.")] = 5,
    indicator: Annotated[Indicator, Option(help="What to forecast.")] = Indicator.gdp_real_growth,
    regions: Annotated[str, Option(help="all, or codes and names, comma apart.")] = "all",
    seed: Annotated[int, Option(min=0, help="Seed of the paths.")] = 1,
    draws: Annotated[int, Option(min=100, max=20_000, help="Number of paths.")] = 10_000,
    thresholds: Annotated[str, Option(help="Rates in %, comma apart.")] = "",
    out: Annotated[Path | None, Option(help="CSV to write; standard output if none.")] = None,
    data: Data = None,
) -> None:
    """Joint forecasts of the panel as long rows: region, indicator, origin, years, stat, value."""
    from lvliang.projection.engine import draw_everywhere, read_thresholds, summarise
    from lvliang.projection.panel import load_panel

    limits = read_thresholds(thresholds)
    origin = origin or last_known_year(data_folder())
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
    rows.to_csv(out or sys.stdout, index=False, lineterminator="\n", float_format="%.4f")


def backtest(
    draws: Annotated[int, Option(min=100, max=20_000, help="Number of paths.")] = 1_000,
    region: Annotated[str, Option(help="The city, and its province, shown apart.")] = "141100",
    out: Annotated[Path | None, Option(help="CSV of every city and origin.")] = None,
    data: Data = None,
) -> None:
    """Score the engine and its rivals at every origin the data allow; prints the record."""
    from lvliang.baseline.regions import find_city_with_gdp
    from lvliang.feasibility import record
    from lvliang.feasibility.rivals import read_forecasts
    from lvliang.projection.panel import load_panel

    city = find_city_with_gdp(region)
    panel = load_panel(last_known_year(data_folder()))
    points = read_forecasts(panel)
    found = record.backtest(panel, points, draws=draws)
    groups = record.groups_of(found, city.code)
    tables = {
        "Scores, means over origins": record.summarise_record(found, groups),
        "Brier skill of the engine": record.brier_skill(found),
        "The engine at each origin": record.by_origin(found, groups),
        "Decomposition of the engine's Brier score": record.decompose(found, groups),
        "Chances of the engine, all cities": record.reliability(found, groups["all"]),
    }
    for title, table in tables.items():
        typer.echo(f"{title}\n{table.round(3).to_string(index=False)}\n")
    if not points:
        typer.echo("AutoETS and dynamic theta have not been run on these tables: make rivals")
    if out is not None:
        found.to_csv(out, index=False, lineterminator="\n", float_format="%.4f")


def export(
    form: Annotated[FileFormat, Option("--format", help="iamc is read by pyam.")] = FileFormat.csv,
    scenario: Annotated[
        list[str] | None,
        Option(
            "--scenario",
            metavar="NAME",
            help="A scenario of the export, baseline if none; repeatable.",
        ),
    ] = None,
    region: Region = None,
    parameter: Parameters = None,
    out: Annotated[
        Path | None,
        Option(help="File to write, .csv or .xlsx; standard output if none and not xlsx."),
    ] = None,
    data: Data = None,
) -> None:
    """Facts and projections of a region as one long table, for other programs."""
    from lvliang.export import files

    files.check_place(form.value, out)
    given = given_parameters(parameter, region=region)
    if scenario and "scenario" in given:
        raise ParameterError("scenario: given twice; legal: as options or by -p")
    names = scenario or [given.get("scenario", "baseline")]
    studies = _studies("30_feasibility", *(given | {"scenario": name} for name in names))
    from lvliang.export.rows import collect

    suffix = out.suffix if out else ".csv"
    made = files.content(collect(studies), form.value, suffix, studies[0].run.lang)
    if out is None:
        typer.echo(made, nl=False)
    else:
        files.write_whole(out, made)


def _studies(notebook: str, *given: dict[str, str]) -> list[Study]:
    """Studies of checked parameters; a wrong one is refused before anything is imported."""
    from lvliang import parameters

    runs = [parameters.check(notebook, one) for one in given]
    from lvliang.study import Study

    return [Study(run) for run in runs]


def _print_rows(rows: pd.DataFrame, form: Format) -> None:
    if form is Format.json:
        _print_json(json.loads(rows.to_json(orient="records", force_ascii=False)))
    else:
        typer.echo(rows.to_csv(index=False), nl=False)


def _print_json(records: list[dict[str, Any]]) -> None:
    typer.echo(json.dumps(records, ensure_ascii=False, indent=1))


def _print_pieces(pieces: Iterable[Piece]) -> None:
    from rich.console import Console
    from rich.table import Column, Table

    from lvliang.display.show import Sentence

    for piece in pieces:
        if isinstance(piece, Sentence):
            typer.echo(piece.words)
            continue
        columns = (Column(head, overflow="fold") for head in piece.frame.columns)
        grid = Table(*columns, title=piece.caption, title_justify="left")
        for row in piece.frame.itertuples(index=False):
            grid.add_row(*row)
        Console().print(grid)
