"""Options that commands share; those of folders are in force before a command begins."""

import os
from pathlib import Path
from typing import Annotated

from typer import Option

from lvliang.errors import ParameterError


def _use_data(data: Path | None) -> Path | None:
    """Kernels inherit the choice through the environment."""
    if data is not None:
        os.environ["LVLIANG_DATA"] = str(data.resolve())
    return data


def _use_cache(outputs: Path | None) -> Path | None:
    """The store of a run lies below its outputs, unless its place was chosen."""
    if outputs is not None and not os.environ.get("LVLIANG_CACHE"):
        os.environ["LVLIANG_CACHE"] = str(outputs.resolve() / ".cache" / "store")
    return outputs


Parameters = Annotated[
    list[str] | None,
    Option(
        "-p", "--parameter", metavar="NAME=VALUE", help="A parameter of the notebooks; repeatable."
    ),
]
Scenario = Annotated[
    str | None,
    Option("--scenario", metavar="NAME", help="A name of data/scenarios or a .toml file."),
]
Changes = Annotated[
    list[str] | None,
    Option(
        "--set",
        metavar="DRIVER.YEAR=VALUE",
        help="A change of the scenario, such as coal_price.2023=-30%; repeatable.",
    ),
]
Region = Annotated[str | None, Option("--region", help="Six-digit code or name.")]
Data = Annotated[
    Path | None,
    Option(help="Folder of the tables.", exists=True, file_okay=False, callback=_use_data),
]
Outputs = Annotated[
    Path | None,
    Option(help="Folder of what a run makes.", file_okay=False, callback=_use_cache),
]


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
