"""Commands that look after the tables."""

from __future__ import annotations

from typing import Annotated

import typer

from lvliang.cli.options import Data, use_data, use_no_cache
from lvliang.cli.terminal import Progress, print_audit


def check(
    data: Data = None,
    frozen: Annotated[
        bool, typer.Option("--frozen", help="Also hold each file against its hash.")
    ] = False,
    audit: Annotated[
        bool, typer.Option("--audit", help="Also hold each claim against every second source.")
    ] = False,
) -> None:
    """Check every table against its contract."""
    from lvliang.baseline.contract import check_all
    from lvliang.baseline.freeze import check_frozen
    from lvliang.baseline.package import data_folder
    from lvliang.baseline.tables import corrections_of

    use_data(data)
    use_no_cache()
    files = check_frozen(data_folder()) if frozen else 0  # first: it names what was changed
    with Progress() as progress:
        rows = check_all(data_folder(), progress.table)
        corrected = corrections_of()
    for name, count in rows.items():
        note = f"  ({corrected[name]} corrected)" if name in corrected else ""
        typer.echo(f"{count:>8}  {name}{note}")
    typer.echo(f"{sum(rows.values()):>8}  rows in {len(rows)} tables, no fault")
    typer.echo(f"{sum(corrected.values()):>8}  corrections applied in {len(corrected)} tables")
    if frozen:
        typer.echo(f"{files:>8}  files as frozen")
    if audit:
        print_audit("en")


def freeze(data: Data = None) -> None:
    """Renew hashes after a reviewed change of data; prints the files that had changed."""
    from lvliang.baseline.freeze import freeze as renew
    from lvliang.baseline.package import data_folder

    use_data(data)
    use_no_cache()
    for path in renew(data_folder()):
        typer.echo(path)
