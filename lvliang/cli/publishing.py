"""Commands that run notebooks and publish."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from lvliang.cli.options import (
    Changes,
    Data,
    Deadline,
    Outputs,
    Parameters,
    ScenarioName,
    given_parameters,
    use_cache,
    use_data,
)
from lvliang.cli.terminal import Progress


def report(
    parameter: Parameters = None,
    scenario: ScenarioName = None,
    changes: Changes = None,
    jobs: Annotated[
        int, typer.Option("-j", "--jobs", min=1, help="Notebooks run at once.")
    ] = os.cpu_count() or 1,
    deadline: Deadline = 900,
    outputs: Outputs = None,
    data: Data = None,
) -> None:
    """Run the notebooks and publish the site; prints the path of the page."""
    from lvliang.site.publication import publish_report

    use_data(data)
    use_cache(outputs)
    given = given_parameters(parameter, scenario, changes)
    _show(partial(publish_report, given, workers=jobs, deadline=deadline), outputs)


def run(
    notebook: Annotated[Path, typer.Argument(help="A notebook of notebooks/.")],
    parameter: Parameters = None,
    scenario: ScenarioName = None,
    changes: Changes = None,
    deadline: Deadline = 900,
    outputs: Outputs = None,
    data: Data = None,
) -> None:
    """Run one notebook; prints the path of its page, the executed notebook lies beside it."""
    from lvliang.site.publication import run_notebook

    use_data(data)
    use_cache(outputs)
    given = given_parameters(parameter, scenario, changes)
    _show(partial(run_notebook, notebook, given, deadline=deadline), outputs)


def _show(publish: Callable[..., Path], outputs: Path | None) -> None:
    """Publish under a progress display, and print the path of the page."""
    from lvliang.site.publication import OUTPUTS

    with Progress() as progress:
        page = publish(outputs=outputs or OUTPUTS, on_progress=progress.notebook)
    typer.echo(page)
