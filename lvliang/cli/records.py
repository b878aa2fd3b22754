"""Commands that show what earlier runs left: publications and the cache."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer

from lvliang.cli.options import Outputs, store_of
from lvliang.errors import ParameterError


def history(outputs: Outputs = None) -> None:
    """Print one row a vintage on record, oldest first."""
    from lvliang.site.archive import read_history
    from lvliang.site.publication import OUTPUTS
    from lvliang.site.vintage import told

    for vintage in read_history(outputs or OUTPUTS):
        counts = f"{told(vintage)} of {len(vintage['verdicts'])} targets told"
        what = [vintage[key] for key in ("release", "as_of", "origin")]
        made_by = [vintage["parameters"]["region"], vintage["code_version"], vintage["data_hash"]]
        typer.echo("  ".join(map(str, [*what, *made_by, counts])))


def info(outputs: Outputs = None) -> None:
    """Where the cache lies, how much it holds and how much it may."""
    store = store_of(outputs)
    if store is None:
        typer.echo("the cache is off")
        return
    with _told(store):
        sizes = [state.st_size for state in store.entries().values()]
    typer.echo(f"folder   {store.folder}\nentries  {len(sizes)}")
    typer.echo(f"size     {sum(sizes) / 2**20:.1f} MB of at most {store.bound / 2**20:.0f} MB")


def clear(outputs: Outputs = None) -> None:
    """Remove what the cache holds; the next run computes it anew."""
    store = store_of(outputs)
    with _told(store):
        count = store.clear() if store else 0
    typer.echo(f"{count} entries removed")


@contextmanager
def _told(store: Any) -> Iterator[None]:
    """Tell in a sentence why the folder of the cache cannot be looked at."""
    try:
        yield
    except OSError as error:
        raise ParameterError(
            f"cache {store.folder}: {error.strerror}; legal: a folder that you may read and write"
        ) from None
