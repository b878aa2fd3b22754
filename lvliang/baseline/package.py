"""Where the tables lie and what ``datapackage.json`` says of them."""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

from lvliang.errors import DataError

REMOVABLE_FOLDER = "panel"


def data_folder() -> Path:
    """Folder of the tables: ``LVLIANG_DATA`` if set, else ``data/`` of this checkout."""
    chosen = os.environ.get("LVLIANG_DATA")
    return Path(chosen) if chosen else Path(__file__).resolve().parents[2] / "data"


@cache
def descriptor(data: Path) -> dict[str, Any]:
    """Read ``datapackage.json``.

    Raises
    ------
    DataError
        If the folder has no readable ``datapackage.json``.
    """
    path = data / "datapackage.json"
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise DataError(
            f"{path}: no such file; legal: a folder with a datapackage.json (see data/README.md)"
        ) from None
    except json.JSONDecodeError as error:
        raise DataError(f"{path}, row {error.lineno}: not valid JSON: {error.msg}") from None


def resource_path(data: Path, name: str) -> Path:
    """Path of the table ``name``."""
    return data / _resource(data, name)["path"]


@cache
def table_schema(data: Path, name: str) -> dict[str, Any]:
    """Table Schema of the table ``name``."""
    path = data / _resource(data, name)["schema"]
    return json.loads(path.read_text(encoding="utf-8"))


def _resource(data: Path, name: str) -> dict[str, Any]:
    resources = descriptor(data)["resources"]
    for resource in resources:
        if resource["name"] == name:
            return resource
    legal = ", ".join(resource["name"] for resource in resources)
    raise DataError(f"{data / 'datapackage.json'}: no table {name!r}; legal: {legal}")


def present_resources(data: Path) -> list[str]:
    """Names of the tables that are there; only the whole panel folder may be missing.

    Raises
    ------
    DataError
        If a table is declared and not there, outside a removed panel folder.
    """
    has_panel = (data / REMOVABLE_FOLDER).is_dir()
    names = []
    for resource in descriptor(data)["resources"]:
        if (data / resource["path"]).is_file():
            names.append(resource["name"])
        elif has_panel or not resource["path"].startswith(f"{REMOVABLE_FOLDER}/"):
            raise DataError(
                f"{data / resource['path']}: declared in datapackage.json and not there; "
                f"legal: the file, or the whole folder {REMOVABLE_FOLDER}/ removed"
            )
    return names
