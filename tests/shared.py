"""What several test files do: read a file or a folder, and have what is refused in words."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from lvliang.errors import LvliangError


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def refusal(exit_code: int, act: Callable[..., object], *given: object, **named: object) -> str:
    """What an act that is refused says; the exit code tells its kind."""
    with pytest.raises(LvliangError) as raised:
        act(*given, **named)
    assert raised.value.exit_code == exit_code
    return str(raised.value)
