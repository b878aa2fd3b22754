"""Publish a finished page, or nothing: lock, stage, switch, keep what failed.

``outputs/published`` is a link into ``outputs/releases``; replacing the link is one step of the
file system, so a reader sees the old page or the new one, whole.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import chain, count
from pathlib import Path
from uuid import uuid4

from lvliang.errors import Locked, LvliangError

RELEASES_KEPT = 3
STAGING = ".staging-"
NOTE = ".cache/published.json"


@contextmanager
def lock(outputs: Path) -> Iterator[None]:
    """Hold `outputs`, created where missing, for this run; `Locked` where another one holds it.

    The lock belongs to the open file, so it goes when its process does, however that ends.
    """
    outputs.mkdir(parents=True, exist_ok=True)
    with (outputs / ".lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise Locked(
                f"{outputs}: process {file.read()} is publishing here; "
                "wait until it is done, or end it"
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        for left in outputs.glob(f"{STAGING}*"):
            shutil.rmtree(left)  # by a run that was killed: one that lives would hold the lock
        yield


@contextmanager
def staging(outputs: Path) -> Iterator[Path]:
    """Give an empty folder in the locked `outputs`, gone at the end unless it was switched in."""
    staged = outputs / f"{STAGING}{uuid4().hex[:8]}"
    staged.mkdir(parents=True)
    try:
        yield staged
    finally:
        with suppress(FileNotFoundError):
            shutil.rmtree(staged)


def switch(staged: Path, outputs: Path, name: str) -> Path:
    """Make ``outputs/published``, which is returned, show a folder from `staging`.

    It moves to ``outputs/releases`` under `free_name`; the last releases stay beside it. Where
    ``outputs/published`` is not a link, nothing is changed, and a `LvliangError` says so.
    """
    published = outputs / "published"
    if published.exists() and not published.is_symlink():
        raise LvliangError(
            f"{published} is not the link that is kept there, and would be lost; "
            f"rename it (mv {published} {published}.old) and publish again"
        )
    releases = outputs / "releases"
    releases.mkdir(exist_ok=True)
    release = releases / free_name(outputs, name)
    staged.rename(release)
    os.utime(release)  # the order of publication, whatever wrote the files
    _point(published, Path("releases", release.name))
    _prune(releases, release)
    return published


def free_name(outputs: Path, name: str) -> str:
    """The first of name, name-2, name-3 … that no release has, nor a vintage of ``history``."""
    # Releases are pruned one day, their vintages are not.
    taken = {path.stem for kept in ("releases", "history") for path in (outputs / kept).glob("*")}
    names = chain([name], (f"{name}-{number}" for number in count(2)))
    return next(new for new in names if new not in taken)


def keep_failed(output: Path, outputs: Path) -> Path:
    """Copy a failed notebook to ``outputs/failed``, which its owner alone can open, over another of
    its name.
    """
    failed = outputs / "failed"
    failed.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Path(shutil.copyfile(output, failed / output.name))


def _point(link: Path, target: Path) -> None:
    # In one step, and by one fixed name: what a killed run left here goes with the next one.
    new = link.with_name(".published-new")
    new.unlink(missing_ok=True)
    new.symlink_to(target, target_is_directory=True)
    new.replace(link)


def _prune(releases: Path, current: Path) -> None:
    others = [path for path in releases.iterdir() if path != current]
    others.sort(key=lambda path: path.stat().st_mtime_ns, reverse=True)
    for path in others[RELEASES_KEPT - 1 :]:
        # The new page is out: what cannot be deleted now waits for the next run.
        shutil.rmtree(path, ignore_errors=True)


def note(outputs: Path, key: str | None) -> None:
    """Note of what content the published release was made; nothing for None."""
    path = outputs / NOTE
    if key:
        with suppress(OSError):
            path.write_text(json.dumps([(outputs / "published").readlink().name, key]))
    else:
        path.unlink(missing_ok=True)


def published_by(outputs: Path) -> str | None:
    """Of what content the published release was made, where that is known."""
    published = outputs / "published"
    with suppress(OSError, ValueError):
        release, key = json.loads((outputs / NOTE).read_text())
        if release == published.readlink().name and (published / "index.html").is_file():
            return str(key)
    return None
