"""The house: imports point back, the library is small, and the lists of packages agree."""

import ast
import importlib.util
import json
import re
import tomllib
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement

from lvliang.display.words import LANGUAGES, vocabulary
from lvliang.parameters import SCHEMAS

ROOMS = [
    "baseline", "projection", "feasibility", "display", "parameters", "lineage", "provenance",
    "study", "export", "site", "cli",
]  # fmt: skip
FREE = ["errors"]
MOST_LINES = 450  # of a module
# Of the library; it shrinks.
ALL_LINES = 14_456
MOST_CELLS = 25

# A package whose name, or whose extra, is another on conda-forge.
ON_CONDA_FORGE = {
    "fonttools[woff]": "fonttools",
    "frictionless": "frictionless-py",
    "matplotlib": "matplotlib-base",
    "nbconvert": "nbconvert-core",
    "editables": "python-editables",
}
ONLY_ON_CONDA_FORGE = {
    "python": ">=3.11",  # requires-python
    "brotli-python": "",  # the extra woff of fonttools
    "pip": "",  # installs the package itself
}
PATH = re.compile(r"(?<![\w.:/])/(?:[\w.-]+/)+[\w.-]*|\b[A-Za-z]:[\\/]|file://|~/")

PROJECT = Path(__file__).resolve().parents[1]
MODULES = sorted((PROJECT / "lvliang").rglob("*.py"))
NOTEBOOKS = sorted((PROJECT / "notebooks").glob("*.ipynb"))
LOCKS = sorted((PROJECT / "requirements").glob("*.lock"))


def name_of(path: Path) -> str:
    return str(path.relative_to(PROJECT))


def imported(source: str, package: str) -> set[str]:
    """Rooms of ``lvliang`` that a module of ``package`` imports, wherever the import stands."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            origin = "." * node.level + (node.module or "")
            origin = importlib.util.resolve_name(origin, package)
            names |= {f"{origin}.{alias.name}" for alias in node.names}
    return {name.split(".")[1] for name in names if name.startswith("lvliang.")}


def room_of(path: Path) -> str:
    return path.relative_to(PROJECT / "lvliang").with_suffix("").parts[0]


def test_imports_are_found_in_every_form() -> None:
    source = """
import lvliang.cli
from lvliang import site
def late():
    from lvliang.display.words import capital
    from ..feasibility import bands
"""
    expected = {"cli", "site", "display", "feasibility"}
    assert imported(source, "lvliang.projection") == expected


def misplaced(path: Path) -> set[str]:
    """Rooms that a module imports from and may not; its own where that is none."""
    room = room_of(path)
    if room not in [*ROOMS, *FREE, "__init__"]:
        return {room}
    package = ".".join(path.relative_to(PROJECT).parent.parts)
    before = ROOMS[: ROOMS.index(room) + 1] if room in ROOMS else []
    return imported(path.read_text("utf-8"), package) - {*before, *FREE}


def test_imports_point_back_along_the_rooms() -> None:
    assert {name_of(path): rooms for path in MODULES if (rooms := misplaced(path))} == {}


def test_the_library_and_each_of_its_modules_are_small() -> None:
    lines = {name_of(path): len(path.read_text("utf-8").splitlines()) for path in MODULES}
    assert {name: count for name, count in lines.items() if count > MOST_LINES} == {}
    assert sum(lines.values()) <= ALL_LINES


def declared() -> dict[str, Any]:
    return tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))


def bounds(lines: list[str]) -> dict[str, str]:
    """Version bounds by name, extras kept in the name."""
    found = {}
    for requirement in map(Requirement, lines):
        extras = f"[{','.join(sorted(requirement.extras))}]" if requirement.extras else ""
        found[requirement.name + extras] = ",".join(sorted(str(requirement.specifier).split(",")))
    return found


def test_environment_and_package_name_the_same_packages_with_the_same_bounds() -> None:
    environment = yaml.safe_load((PROJECT / "environment.yml").read_text("utf-8"))
    project, build = declared()["project"], declared()["build-system"]["requires"]
    assert project["optional-dependencies"]["build"] == build
    needed = bounds(project["dependencies"] + build)
    assert set(ON_CONDA_FORGE) <= set(needed)
    expected = {ON_CONDA_FORGE.get(name, name): bound for name, bound in needed.items()}
    assert environment["channels"] == ["conda-forge"]
    assert len(environment["dependencies"]) == len(bounds(environment["dependencies"]))
    assert bounds(environment["dependencies"]) == expected | ONLY_ON_CONDA_FORGE
    assert project["requires-python"] == ONLY_ON_CONDA_FORGE["python"]


def test_every_dependency_has_its_reason() -> None:
    project = declared()["project"]
    lines = chain(project["dependencies"], *project["optional-dependencies"].values())
    needed = {Requirement(line).name for line in lines} - {project["name"]}
    text = (PROJECT / "docs/decisions/dependencies.md").read_text("utf-8")
    reasons = dict(re.findall(r"^- `([\w.-]+)(?:\[[\w,]+\])?`: *(.*)$", text, re.MULTILINE))
    assert sorted(needed - set(reasons)) == []
    assert sorted(set(reasons) - needed) == [], "a reason for what is not a dependency"
    assert [name for name, reason in reasons.items() if not reason.strip()] == []


def requirements(lock: Path) -> list[str]:
    """Each requirement of a lock file with the lines that continue it."""
    text = re.sub(r"\\\n\s*", "", lock.read_text("utf-8"))
    return [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]


@pytest.mark.parametrize("lock", LOCKS, ids=name_of)
def test_a_lock_is_of_pinned_and_hashed_requirements_alone(lock: Path) -> None:
    lines = requirements(lock)
    pinned = re.compile(
        r"[\w.-]+(\[[\w,-]+\])?==[\w.!+]+( ; [^\\/]+?)?( *--hash=sha256:[0-9a-f]{64})+"
    )
    assert len(lines) > 50
    assert [line[:80] for line in lines if not pinned.fullmatch(line)] == []


@pytest.mark.parametrize(
    ("lock", "extra"), [("run.lock", "build"), ("dev.lock", "dev"), ("rivals.lock", "rivals")]
)
def test_every_dependency_is_locked_within_its_bounds(lock: str, extra: str) -> None:
    project = declared()["project"]
    optional = project["optional-dependencies"]
    own = [need for need in map(Requirement, optional[extra]) if need.name == project["name"]]
    inner = [optional[name] for need in own for name in sorted(need.extras)]
    wanted = chain(project["dependencies"], optional[extra], *inner)
    pins: dict[str, list[str]] = {}
    for line in requirements(PROJECT / "requirements" / lock):
        name, _, rest = line.partition("==")
        pins.setdefault(name.partition("[")[0].lower(), []).append(re.split(r"[ ;]|--", rest)[0])
    faults = [
        str(need)
        for need in map(Requirement, wanted)
        if need.name != project["name"]
        and not (pins.get(need.name) and all(need.specifier.contains(p) for p in pins[need.name]))
    ]
    assert faults == []


def test_the_rivals_and_pyam_have_environments_of_their_own() -> None:
    locked = {lock.stem: {line.partition("==")[0] for line in requirements(lock)} for lock in LOCKS}
    for package, own in (("statsforecast", "rivals"), ("pyam-iamc", "pyam")):
        assert [name for name, names in locked.items() if package in names] == [own]
    assert {"papermill", "jupyterlab", "statsmodels"} & locked["pyam"] == set()


DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def test_each_notebook_has_its_parameters_its_texts_and_its_title() -> None:
    names = [path.stem for path in NOTEBOOKS]
    assert names == sorted(SCHEMAS) == sorted(vocabulary()["page"])
    texts = {path.name for path in (PROJECT / "notebooks/pages").glob("*.md")}
    assert {f"{name}.{lang}.md" for name in names for lang in LANGUAGES} <= texts


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=name_of)
def test_a_notebook_is_short_and_clean_and_its_words_stand_in_its_text(notebook: Path) -> None:
    read = json.loads(notebook.read_text("utf-8"))
    sources = ["".join(cell["source"]) for cell in read["cells"]]
    tags = [cell["metadata"].pop("tags", []) for cell in read["cells"]]
    kinds = [cell["cell_type"] for cell in read["cells"]]
    assert read["metadata"]["kernelspec"]["name"] == "python3"
    assert [tag for kind, tag in zip(kinds, tags, strict=True) if kind == "markdown"] == [
        ["hidden"]
    ]
    assert {"lang-zh", "lang-en"}.isdisjoint(chain(*tags))
    assert len(sources) <= MOST_CELLS
    assert [found for source in sources for found in PATH.findall(source)] == []
    for cell, source in zip(read["cells"], sources, strict=True):
        assert cell["metadata"] == {}
        if cell["cell_type"] == "code":
            assert (cell["outputs"], cell["execution_count"]) == ([], None)
            assert not any(isinstance(node, DEFINITIONS) for node in ast.walk(ast.parse(source)))


def test_a_path_is_told_from_a_fraction_and_an_address() -> None:
    for path in ("'/home/me/data.csv'", "C:\\data", "~/data", "file:///x", "open('/tmp/')"):
        assert PATH.search(path), path
    for words in ("zh/en", "a / b", "1/2", "https://example.org/a/b", "and/or"):
        assert not PATH.search(words), words
