"""Options that commands share, and what they do before anything else."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from lvliang.errors import ParameterError

Parameters = Annotated[
    list[str] | None,
    typer.Option(
        "-p", "--parameter", metavar="NAME=VALUE", help="A parameter of the notebooks; repeatable."
    ),
]
ScenarioName = Annotated[
    str | None,
    typer.Option("--scenario", metavar="NAME", help="A name of data/scenarios or a .toml file."),
]
Changes = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="DRIVER.YEAR=VALUE",
        help="A change of the scenario, such as coal_price.2023=-30%; repeatable.",
    ),
]
RegionName = Annotated[str | None, typer.Option("--region", help="Six-digit code or name.")]
Data = Annotated[
    Path | None,
    typer.Option(help="Folder of the tables.", exists=True, file_okay=False),
]
Outputs = Annotated[Path | None, typer.Option(help="Folder of what a run makes.", file_okay=False)]
Deadline = Annotated[float, typer.Option(min=1, help="Seconds for the whole run.")]


def given_parameters(
    parameter: list[str] | None,
    scenario: str | None = None,
    changes: list[str] | None = None,
    region: str | None = None,
) -> dict[str, str]:
    """What the options of a command say together, by parameter of the notebooks."""
    from lvliang.parameters import read_assignments

    given = read_assignments(parameter or [])
    options = {"scenario": scenario, "changes": "; ".join(changes or [])}
    for name, value in options.items():
        if value and name in given:
            raise ParameterError(f"{name}: given twice; legal: as an option or by -p")
    given |= {name: value for name, value in options.items() if value}
    return given if region is None else given | {"region": region}


def use_data(data: Path | None) -> None:
    """Kernels inherit the choice through the environment."""
    if data is not None:
        os.environ["LVLIANG_DATA"] = str(data.resolve())


def use_cache(outputs: Path | None) -> None:
    """The store of a run lies below its outputs, unless its place was chosen."""
    if outputs is not None and not os.environ.get("LVLIANG_CACHE"):
        os.environ["LVLIANG_CACHE"] = str(outputs.resolve() / ".cache" / "store")


def use_no_cache() -> None:
    """Who asks for a check wants the files looked at."""
    os.environ["LVLIANG_CACHE"] = "off"
