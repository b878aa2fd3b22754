"""The command line: thin over ``lvliang.site`` and ``lvliang.study``."""

import signal
import sys
from collections.abc import Callable

import typer

from lvliang.cli.questions import assess, backtest, compare, export, forecast, invert
from lvliang.cli.upkeep import check, clear, freeze, history, info, report, run
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

COMMANDS: dict[typer.Typer, list[Callable[..., None]]] = {
    app: [report, run, assess, compare, invert, forecast, backtest, export, check, freeze, history],
    cache: [info, clear],
}
for group, commands in COMMANDS.items():
    for command in commands:
        group.command()(command)


def main() -> None:
    """Run the command line and exit with the code of what happened."""
    # A stop by the service manager unwinds like Ctrl-C, so that nothing is left behind.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        app()
    except LvliangError as error:
        typer.echo(f"error: {error}", err=True)
        sys.exit(error.exit_code)
