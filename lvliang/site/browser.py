"""A browser of this machine that prints a page to PDF, offline, where there is one."""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from lvliang.baseline.store import kept

BROWSERS = (
    "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge",
)  # fmt: skip
DEADLINE = 60  # seconds for one PDF
FLAGS = (
    "--headless", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-pdf-header-footer",
    "--host-resolver-rules=MAP * ~NOTFOUND",
)  # fmt: skip


def find_browser() -> str | None:
    """A browser of this machine that prints pages, if there is one."""
    return next((found for name in BROWSERS if (found := shutil.which(name))), None)


def printed(page: Path, browser: str) -> bytes:
    """The page as the browser prints it to PDF, offline; once for the same page.

    Raises `OSError` or `subprocess.SubprocessError` if the browser does not print it.
    """
    what = {"page": hashlib.sha256(page.read_bytes()).hexdigest(), "browser": browser}
    return kept("pdf", what, lambda: _print(page, browser))


def _print(page: Path, browser: str) -> bytes:
    # A browser run by root has no sandbox of its own.
    root = ("--no-sandbox",) if hasattr(os, "geteuid") and os.geteuid() == 0 else ()
    with TemporaryDirectory() as folder:
        pdf = Path(folder) / "page.pdf"
        own = (f"--user-data-dir={folder}/profile", f"--print-to-pdf={pdf}")
        command = [browser, *FLAGS, *root, *own, page.resolve().as_uri()]
        subprocess.run(command, check=True, capture_output=True, timeout=DEADLINE)
        return pdf.read_bytes()
