"""What made a page: code version and fingerprint of the data."""

import os
import subprocess
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path

from lvliang.baseline.package import data_folder
from lvliang.baseline.store import data_digests, digest_of


@cache
def code_version() -> str:
    """Version of the package, with the commit where it runs in a checkout."""
    try:
        commit = subprocess.run(
            ["git", "describe", "--always", "--dirty", "--exclude=*"],
            cwd=Path(__file__).parent,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return version("lvliang")
    return f"{version('lvliang')} ({commit})"


def year_made() -> int:
    """Year in which a page is made: of ``SOURCE_DATE_EPOCH`` where that is set, else of today."""
    moment = os.environ.get("SOURCE_DATE_EPOCH")
    return (datetime.fromtimestamp(int(moment), UTC) if moment else datetime.now(UTC)).year


def data_fingerprint() -> str:
    """First twelve digits of a SHA-256 over every file of the data."""
    return digest_of(data_digests(data_folder()))[:12]
