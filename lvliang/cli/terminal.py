"""What the command line prints: progress, verdicts, the audit."""

from __future__ import annotations

import json
from enum import StrEnum
from functools import cached_property
from typing import Any

import typer


class Format(StrEnum):
    """How a command prints."""

    table = "table"
    csv = "csv"
    json = "json"


def print_audit(lang: str) -> None:
    """The claims by verdict; sources that differ are findings, not faults."""
    from lvliang.baseline.audit import VERDICTS, judge, load_evidence
    from lvliang.baseline.audit_facts import claim_facts
    from lvliang.display.prose import said
    from lvliang.display.words import words_in
    from lvliang.parameters import NotebookParameters

    judged = judge(load_evidence(NotebookParameters().base_year))
    for name in VERDICTS:
        rows = judged[judged["verdict"] == name]
        typer.echo(f"{len(rows):>8}  {words_in(lang).label(name, 'audit_verdict').lower()}")
        for words in said("00_data_audit", lang, "listing", {"listed": claim_facts(rows)}):
            typer.echo(f"{'':10}{words}")


def print_verdicts(verdicts: Any, form: Format, lang: str) -> None:
    if form is Format.table:
        from lvliang.display.prose import Text

        _print_pieces(Text("30_feasibility", lang, {"verdicts": verdicts}).say("assess"))
    elif form is Format.json:
        from lvliang.feasibility.fields import PUBLIC

        _print_json(verdicts.records(PUBLIC))
    else:
        print_rows(verdicts.frame(), form)


def print_rows(rows: Any, form: Format) -> None:
    """Rows as JSON or CSV."""
    if form is Format.json:
        _print_json(json.loads(rows.to_json(orient="records", force_ascii=False)))
    else:
        typer.echo(rows.to_csv(index=False), nl=False)


def _print_json(records: Any) -> None:
    typer.echo(json.dumps(records, ensure_ascii=False, indent=1))


def print_comparison(found: Any, years: range, lang: str) -> None:
    """Scenarios side by side, and the verdicts whose class changes."""
    from lvliang.display.prose import Text
    from lvliang.feasibility.comparison import scenario_facts

    facts = scenario_facts(found, years) | {"end_year": years[-1]}
    _print_pieces(Text("40_scenarios", lang, facts).say("compare"))


def _print_pieces(pieces: Any) -> None:
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


class Progress:
    """One line for each notebook under way, on stderr, only where a person looks on."""

    def __init__(self) -> None:
        self._tasks: dict[str, Any] = {}

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        if "_bars" in vars(self):
            self._bars.stop()

    @cached_property
    def _bars(self) -> Any:
        """Bars, from the first thing that there is to tell."""
        from rich import progress
        from rich.console import Console

        bars = progress.Progress(
            progress.TextColumn("{task.description}"),
            progress.BarColumn(),
            progress.MofNCompleteColumn(),
            progress.TimeElapsedColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        bars.start()
        return bars

    def notebook(self, job: Any, done: int, total: int) -> None:
        """``done`` of ``total`` cells of a notebook have run."""
        self._bars.update(self._task(job.name), completed=done, total=total)

    def table(self, name: str, rows: int) -> None:
        """A table was checked."""
        self._bars.update(self._task("data"), advance=1, description=f"{name} ({rows})")

    def _task(self, name: str) -> Any:
        if name not in self._tasks:
            self._tasks[name] = self._bars.add_task(name, total=None)
        return self._tasks[name]
