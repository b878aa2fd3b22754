"""Where the tables lie and what ``datapackage.json`` says of them."""

import csv
import json
import os
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from lvliang.errors import DataError

Stamp = tuple[tuple[Path, int, int], ...]
REMOVABLE_FOLDER = "panel"
PANEL = "gdp_revised"
CORRECTIONS = "corrections"
FIRST_BASE_YEAR = 2008  # the first that the panel goes back far enough to stand on
START_OF_PLAN, END_OF_PLAN = 2021, 2025  # the 14th Five-Year Plan
LAST_YEAR = 2035  # the last that a run may reach


def data_folder() -> Path:
    """Folder of the tables: ``LVLIANG_DATA`` if set, else ``data/`` of this checkout."""
    chosen = os.environ.get("LVLIANG_DATA")
    return Path(chosen) if chosen else Path(__file__).resolve().parents[2] / "data"


def last_known_year(data: Path) -> int:
    """The last year with figures: of the panel of cities, of the report where that is not there."""
    name = PANEL if resource_path(data, PANEL).is_file() else "report_baseline"
    return _last_year(stamp(path for path in table_files(data, [name]) if path.stem != CORRECTIONS))


@lru_cache(maxsize=8)
def _last_year(table: Stamp) -> int:
    with table[0][0].open(encoding="utf-8", newline="") as file:
        years = [row["year"] for row in csv.DictReader(file) if row.get("year", "").isdecimal()]
    return int(max(years))


@cache
def descriptor(data: Path) -> dict[str, Any]:
    """What ``datapackage.json`` declares; a `DataError` if the folder has no readable one."""
    path = data / "datapackage.json"
    declared = _read_json(path, missing="a folder with a datapackage.json (see data/README.md)")
    if not isinstance(declared.get("resources"), list):
        raise DataError(f"{path}: declares no tables; legal: a list named resources")
    return declared


def _read_json(path: Path, *, missing: str) -> dict[str, Any]:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise DataError(f"{path}: no such file; legal: {missing}") from None
    except json.JSONDecodeError as error:
        raise DataError(f"{path}, row {error.lineno}: not valid JSON: {error.msg}") from None


def resource_path(data: Path, name: str) -> Path:
    """Path of the table ``name``."""
    return data / _resource(data, name)["path"]


@cache
def table_schema(data: Path, name: str) -> dict[str, Any]:
    """Table Schema of the table ``name``."""
    return _read_json(data / _resource(data, name)["schema"], missing="the Table Schema")


def _resource(data: Path, name: str) -> dict[str, Any]:
    resources = {resource["name"]: resource for resource in descriptor(data)["resources"]}
    if name not in resources:
        path, legal = data / "datapackage.json", ", ".join(resources)
        raise DataError(f"{path}: no table {name!r}; legal: {legal}")
    return resources[name]


def first_cells(data: Path, name: str) -> list[str]:
    """The first cell of each row as it is written, without pandas; none where there is no file."""
    path = resource_path(data, name)
    lines = path.read_text("utf-8", errors="replace").splitlines() if path.is_file() else []
    return [line.partition(",")[0] for line in lines[1:]]


def stamp(paths: Iterable[Path]) -> Stamp:
    """Time and size of files: while they stay, so do the contents."""
    states = [(path, path.stat()) for path in paths]
    return tuple((path, state.st_mtime_ns, state.st_size) for path, state in states)


def table_files(data: Path, names: Iterable[str]) -> list[Path]:
    """Files of tables and of the corrections to them; a `DataError` if a table is not there."""
    wanted = {*names, CORRECTIONS} & {*names, *present_resources(data)}
    paths = [resource_path(data, name) for name in sorted(wanted)]
    for path in paths:
        if not path.is_file():
            raise DataError(f"{path}: not there; legal: the file, as datapackage.json declares it")
    return paths


def has_tables(*names: str) -> bool:
    """Whether these tables are there."""
    return {*names} <= {*present_resources(data_folder())}


def present_resources(data: Path) -> list[str]:
    """Names of the tables that are there (`present_files`)."""
    return [resource["name"] for resource in present_files(data) if "schema" in resource]


def present_files(data: Path) -> list[dict[str, Any]]:
    """What ``datapackage.json`` says of each file that is there: tables, and the report's text.

    Raises `DataError` if a file is declared and not there, outside a removed panel folder.
    """
    has_panel = (data / REMOVABLE_FOLDER).is_dir()
    present = []
    for resource in descriptor(data)["resources"]:
        if (data / resource["path"]).is_file():
            present.append(resource)
        elif has_panel or not resource["path"].startswith(f"{REMOVABLE_FOLDER}/"):
            raise DataError(
                f"{data / resource['path']}: declared in datapackage.json and not there; "
                f"legal: the file, or the whole folder {REMOVABLE_FOLDER}/ removed"
            )
    return present
