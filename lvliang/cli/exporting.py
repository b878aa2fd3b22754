"""The command that hands data on to other programs."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from lvliang.cli.options import (
    Data,
    Parameters,
    RegionName,
    given_parameters,
    use_data,
)
from lvliang.errors import ParameterError


class ExportFormat(StrEnum):
    """What ``export`` can write."""

    csv = "csv"
    xlsx = "xlsx"
    iamc = "iamc"


def export(
    form: Annotated[
        ExportFormat, typer.Option("--format", help="iamc is read by pyam.")
    ] = ExportFormat.csv,
    scenario: Annotated[
        list[str] | None,
        typer.Option(
            "--scenario",
            metavar="NAME",
            help="A scenario of the export, baseline if none; repeatable.",
        ),
    ] = None,
    region: RegionName = None,
    parameter: Parameters = None,
    out: Annotated[
        Path | None,
        typer.Option(help="File to write, .csv or .xlsx; standard output if none and not xlsx."),
    ] = None,
    data: Data = None,
) -> None:
    """Facts and projections of a region as one long table, for other programs."""
    from lvliang import parameters
    from lvliang.export import files as export_file

    export_file.check_place(form.value, out)
    use_data(data)
    given = given_parameters(parameter, region=region)
    if scenario and "scenario" in given:
        raise ParameterError("scenario: given twice; legal: as options or by -p")
    names = scenario or [given.get("scenario", "baseline")]
    runs: list[Any] = [
        parameters.check("30_feasibility", given | {"scenario": name}) for name in names
    ]
    from lvliang.export.rows import collect
    from lvliang.study import Study

    made = export_file.content(
        collect([Study(run) for run in runs]),
        form.value,
        out.suffix if out else ".csv",
        runs[0].lang,
    )
    if out is None:
        typer.echo(made, nl=False)
    else:
        export_file.write_whole(out, made)
