"""Commands that show what earlier runs left: publications and the cache."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer

from lvliang.cli.options import Outputs, use_cache
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
    from lvliang.baseline import store

    use_cache(outputs)
    folder = store.store_folder()
    if folder is None:
        typer.echo("the cache is off")
        return
    with _told(folder):
        sizes = [state.st_size for state in store.entries(folder).values()]
    typer.echo(f"folder   {folder}\nentries  {len(sizes)}")
    typer.echo(f"size     {sum(sizes) / 2**20:.1f} MB of at most {store.BOUND / 2**20:.0f} MB")


def clear(outputs: Outputs = None) -> None:
    """Remove what the cache holds; the next run computes it anew."""
    from lvliang.baseline import store

    use_cache(outputs)
    folder = store.store_folder()
    with _told(folder):
        paths = store.entries(folder) if folder else {}
        for path in paths:
            path.unlink(missing_ok=True)
    typer.echo(f"{len(paths)} entries removed")


@contextmanager
def _told(folder: Path | None) -> Iterator[None]:
    """Tell in a sentence why the folder of the cache cannot be looked at."""
    try:
        yield
    except OSError as error:
        raise ParameterError(
            f"cache {folder}: {error.strerror}; legal: a folder that you may read and write"
        ) from None
