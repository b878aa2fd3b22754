"""The command line: thin over ``lvliang.site`` and ``lvliang.feasibility``."""

from __future__ import annotations

import signal
import sys

import typer

from lvliang.cli import exporting, publishing, questions, records, tables
from lvliang.errors import LvliangError

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

COMMANDS = (
    publishing.report,
    publishing.run,
    questions.assess,
    questions.compare,
    questions.invert,
    questions.forecast,
    questions.backtest,
    exporting.export,
    tables.check,
    tables.freeze,
    records.history,
)
for command in COMMANDS:
    app.command()(command)
cache.command()(records.info)
cache.command()(records.clear)


def main() -> None:
    """Run the command line and exit with the code of what happened."""
    # A stop by the service manager unwinds like Ctrl-C, so that nothing is left behind.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        app()
    except LvliangError as error:
        typer.echo(f"error: {error}", err=True)
        sys.exit(error.exit_code)
