"""Notebooks and pages that nothing has changed since they were made are not made again.

What an executed notebook shows depends on its file, its parameters, the data and the code, and
on nothing else: that is the contract of a notebook (``docs/decisions/cache.md``). A run with
another scenario so runs those notebooks alone that declare a parameter of it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path

from lvliang.baseline.cache import TEXT, Code, Slot, cached
from lvliang.baseline.package import data_folder
from lvliang.projection.scenario import scenario_path
from lvliang.site.execute import Job

PAGES = Code(
    ("baseline", "projection", "feasibility", "display", "site", "export"),
    (
        "beautifulsoup4", "brotli", "fonttools", "frictionless", "ipykernel", "ipython", "jinja2",
        "latex2mathml", "matplotlib", "matplotlib-inline", "mistune", "nbclient", "nbconvert",
        "nbformat", "numpy", "pandas", "papermill", "scipy", "scoringrules", "seaborn",
        "statsmodels", "xarray",
    ),
)  # fmt: skip


class Executed:
    """Notebooks executed in earlier runs of reports, by content."""

    def __init__(self) -> None:
        self._slots: dict[Path, Slot[str]] = {}

    def find(self, job: Job) -> bool:
        """Put the executed notebook at the output of the job; whether there was one."""
        what = {"notebook": _digest(job.notebook.read_bytes()), "parameters": job.parameters}
        if scenario := job.parameters.get("scenario"):
            what["scenario"] = _digest(scenario_path(str(scenario)).read_bytes())
        slot = Slot("notebook", what, TEXT, data_folder(), PAGES)
        self._slots[job.output] = slot
        executed = slot.find()
        if executed is None:
            return False
        job.output.write_text(executed, "utf-8")
        return True

    def keep(self, job: Job) -> None:
        """Keep the notebook that was executed since it was not found."""
        self._slots[job.output].keep(job.output.read_text("utf-8"))


def page_of(job: Job, around: Mapping[str, object], make: Callable[[], str]) -> str:
    """The page of an executed notebook, made unless this very notebook has one already.

    Parameters
    ----------
    around : mapping
        What else the page depends on, as values of JSON: language, navigation, banner, footer.
    """
    what = {"executed": _digest(job.output.read_bytes()), "around": around}
    return cached("page", what, make, form=TEXT, code=PAGES)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
