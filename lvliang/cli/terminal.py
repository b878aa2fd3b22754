"""How answers are printed, and what shows that a run gets on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from functools import cache, partial
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer import Option

if TYPE_CHECKING:
    import pandas as pd

    from lvliang.display.show import Piece

Format = StrEnum("Format", ["table", "csv", "json"])
Printed = Annotated[Format, Option("--format", help="How to print.")]


def print_rows(rows: pd.DataFrame, form: Format) -> None:
    """Rows as JSON or CSV."""
    if form is Format.json:
        print_json(json.loads(rows.to_json(orient="records", force_ascii=False)))
    else:
        typer.echo(rows.to_csv(index=False), nl=False)


def print_json(records: list[dict[str, Any]]) -> None:
    """Records a person can read."""
    typer.echo(json.dumps(records, ensure_ascii=False, indent=1))


def print_pieces(pieces: Iterable[Piece]) -> None:
    """Sentences and tables, in their order."""
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


@contextmanager
def progress() -> Iterator[Callable[..., None]]:
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
