"""A report published without a kernel: what notebooks would have shown is handed over."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from lvliang import parameters
from lvliang.site import publication
from lvliang.site.run import Job


def publish(
    outputs: Path, notebooks: dict[str, type], execute: Callable[[Job], Any], **given: str
) -> Path:
    """Publish a site of ``notebooks``; ``execute`` writes what the run of a job would leave."""

    def at_once(jobs: list[Job], *, work: Callable, **_: Any) -> list[Any]:
        return [work(job, partial(execute, job)) for job in jobs]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parameters, "SCHEMAS", notebooks)
        patch.setattr("lvliang.baseline.contract.check_all", lambda *_: {})
        patch.setattr(publication.run, "prepare", lambda folder: folder.mkdir(exist_ok=True))
        patch.setattr(publication.run, "execute", at_once)
        return publication.publish_report(given, outputs=outputs, workers=1, deadline=None)
