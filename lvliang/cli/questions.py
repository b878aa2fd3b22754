"""Commands that answer a question in the terminal."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lvliang.baseline.package import LAST_KNOWN_YEAR
from lvliang.cli.options import (
    Changes,
    Data,
    Parameters,
    RegionName,
    ScenarioName,
    given_parameters,
    use_data,
)
from lvliang.cli.terminal import Format, print_comparison, print_rows, print_verdicts

if TYPE_CHECKING:
    from lvliang.study import Study


class Indicator(StrEnum):
    """What ``forecast`` can forecast."""

    gdp_real_growth = "gdp_real_growth"
    gdp_nominal_growth = "gdp_nominal_growth"
    gdp_deflator_growth = "gdp_deflator_growth"
    budget_revenue_growth = "budget_revenue_growth"


class Lever(StrEnum):
    """What ``invert`` can move."""

    growth = "growth"
    coal = "coal"
    base = "base"


def assess(
    region: RegionName = None,
    parameter: Parameters = None,
    scenario: ScenarioName = None,
    changes: Changes = None,
    form: Annotated[Format, typer.Option("--format", help="How to print.")] = Format.table,
    data: Data = None,
) -> None:
    """Judge the targets of a region; prints one row a target."""
    use_data(data)
    study = _study("30_feasibility", given_parameters(parameter, scenario, changes, region))
    print_verdicts(study.verdicts, form, study.run.lang)


def compare(
    scenarios: Annotated[list[str], typer.Argument(help="Names or files, the first held against.")],
    region: RegionName = None,
    parameter: Parameters = None,
    data: Data = None,
) -> None:
    """Hold scenarios against the first of them; prints what moves and which verdicts change."""
    use_data(data)
    given = given_parameters(parameter, region=region)
    studies = [_study("40_scenarios", given | {"scenario": name}) for name in scenarios]
    first = studies[0]
    found = first.compare([study.scenario for study in studies])
    print_comparison(found, first.years, first.run.lang)


def invert(
    target: Annotated[str, typer.Argument(help="Target, such as gdp_2021 or gdp_mean.")],
    probability: Annotated[
        float, typer.Option(help="Chance that it is to have, 0.01 to 0.99.")
    ] = 0.5,
    by: Annotated[
        Lever,
        typer.Option(help="What may move: own growth, the coal price, or an industry's base."),
    ] = Lever.growth,
    region: RegionName = None,
    parameter: Parameters = None,
    scenario: ScenarioName = None,
    changes: Changes = None,
    form: Annotated[Format, typer.Option("--format", help="How to print.")] = Format.table,
    data: Data = None,
) -> None:
    """What growth, coal price or base gives a target the chance asked for; prints sentences."""
    from lvliang.display.prose import said
    from lvliang.feasibility import inversion

    use_data(data)
    given = given_parameters(parameter, scenario, changes, region)
    study = _study("30_feasibility", given)
    run, origin, lang = study.run, study.base_year, study.run.lang
    if by is Lever.base:
        rows = inversion.bases_for(target, probability, region=run.region, base_year=origin)
        needed = rows.to_dict("records")
        facts = {"needed": needed, "asked": 100 * probability, "base_year": origin}
    else:
        outlook = study.outlook
        wanted = inversion.find_target(target, outlook)
        answer = inversion.invert(
            wanted, outlook, probability=probability, lever=by.value, seed=run.seed
        )
        verdict = study.verdicts.by_id[target]
        rows = inversion.as_row(answer, verdict)
        facts = inversion.inversion_facts(answer, verdict, outlook)
    if form is Format.table:
        block = "bases" if by is Lever.base else "answer"
        typer.echo("\n".join(said("invert", lang, block, facts)))
    else:
        print_rows(rows, form)


def forecast(
    origin: Annotated[int, typer.Option(help="Last year known.")] = LAST_KNOWN_YEAR,
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
    from lvliang.projection.engine import draw_everywhere, read_thresholds, summarise
    from lvliang.projection.panel import load_panel

    use_data(data)
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
    from lvliang.baseline.regions import find_city_with_gdp
    from lvliang.feasibility import record
    from lvliang.feasibility.rivals import read_forecasts
    from lvliang.projection.panel import latest_origin, load_panel

    use_data(data)
    city = find_city_with_gdp(region)
    panel = load_panel(latest_origin(data_folder()))
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


def _study(notebook: str, given: dict[str, str]) -> Study:
    """The study of checked parameters; a wrong one is refused before anything is imported."""
    from lvliang import parameters

    run = parameters.check(notebook, given)
    from lvliang.study import Study

    return Study(run)
