"""Do two commits publish the same? Run both, and compare what a reader gets.

    .venv/bin/python tools/same_pages.py OLD NEW [--sets 1,3] [--jobs N] [--without-code]

OLD and NEW are commits; NEW may be ``.``, the working tree as it is. Each side has the environment
of its own ``requirements/run.lock``, publishes the sets of ``SETS`` with an empty cache and answers
commands; what a commit made is kept (``--keep DIR``). Data and answers are compared byte for byte,
pages by tags, classes, text and drawn shapes, JSON as JSON; ``EXEMPT`` is what is left out. Exit
codes: 0 the same, 1 different, 2 asked wrongly or not to be set up.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import time
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from difflib import SequenceMatcher
from fnmatch import fnmatch
from io import BytesIO
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

from bs4 import BeautifulSoup, Comment, NavigableString, Tag

PROJECT = Path(__file__).resolve().parents[1]
WORKING = "."
SHOWN, WIDTH, BEFORE = 5, 70, 20  # differences of a file; characters of one, and of what is alike
DRAWN = ("d", "x", "y", "points", "transform")  # attributes that drawings alone have
EXEMPT = (
    ("file", "*.pdf", "the browser that prints it adds times; its page is compared"),
    ("element", "style", "the font, packed anew for the letters of a page, and its look"),
    ("element", "footer, .made", "code version and fingerprint of the data"),
    ("key", "code_version", "the commit"),
    ("key", "code_hash", "a fingerprint of the code"),
    ("key", "data_hash", "a fingerprint of the data"),
    ("key", "tables", "fingerprints of the tables"),
    ("words", r"\d+\.\d+\.\d+ \([0-9a-f]{7,40}(-dirty)?\)", "code version with its commit"),
    ("words", r"(?<!\d)\d{8}T\d{6}(-\d+)?", "a release, named after the clock"),
    ("words", r"(?<!\d)\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?([+-]\d\d:\d\d)?", "a clock time"),
)
CODE = "details.code"  # at the foot of a page; ``--without-code``, where what it imports has moved
KINDS = {kind: [what for other, what, _ in EXEMPT if other == kind] for kind, *_ in EXEMPT}


class Set(NamedTuple):
    title: str
    parameters: str = "draws=1000"
    edition: str = "internal"
    scenario: str = ""
    changes: str = ""
    has_panel: bool = True

    def commands(self) -> dict[str, list[str]]:
        """What is asked, by name; a report alone knows editions, and not all take ``--set``."""
        given = [word for pair in self.parameters.split() for word in ("-p", pair)]
        scenario = ["--scenario", self.scenario] if self.scenario else []
        assumed = [*given, *scenario, *(["--set", self.changes] if self.changes else [])]
        changed = [*given, *(["-p", f"changes={self.changes}"] if self.changes else [])]
        return {
            "report": ["report", *assumed, "-p", f"edition={self.edition}"],
            "assess": ["assess", "--format", "json", *assumed],
            "compare": ["compare", "baseline", "coal_slump", "relapse", *changed],
            "invert": ["invert", "gdp_2021", "--probability", "0.5", *assumed],
            "export_csv": ["export", "--format", "csv", *changed, *scenario],
            "export_iamc": ["export", "--format", "iamc", *changed, *scenario],
        }


SETS = {
    1: Set("Lvliang, defaults", ""),
    2: Set("Lvliang, public edition", edition="public"),
    3: Set("Suzhou of Jiangsu", "draws=1000 region=320500 base_year=2018 end_year=2023"),
    4: Set("Beijing", "draws=1000 region=110000"),
    5: Set("Lvliang, 2012 to 2035", "draws=1000 base_year=2012 end_year=2035"),
    6: Set("Lvliang, conditional", "draws=1000 growth_discount=1", "internal", "coal_slump",
           "coal_price.2023=-30%"),
    7: Set("Lvliang without the panel", has_panel=False),
    8: Set("Urumqi, eleven of its peers without GDP", "draws=1000 region=650100"),
}  # fmt: skip


class Side(NamedTuple):
    name: str
    tree: Path
    python: str


class Piece(NamedTuple):
    place: str
    said: str


class Difference(NamedTuple):
    place: str
    old: str
    new: str


def git(*arguments: str, **environment: str) -> bytes:
    call, known = ["git", *arguments], os.environ | environment
    return subprocess.run(call, cwd=PROJECT, env=known, check=True, capture_output=True).stdout


def prepare(commit: str, keep: Path) -> Side:
    """Lay out the files of a side, and make its environment where no side before had the same."""
    if commit == WORKING:
        index = {"GIT_INDEX_FILE": str(keep / "index")}  # that of the user stays as it is
        git("add", "--all", **index)
        content, name = git("write-tree", **index).decode().strip(), "working"
    else:
        content = name = git("rev-parse", "--verify", f"{commit}^{{commit}}").decode().strip()
    tree = keep / "trees" / name
    shutil.rmtree(tree, ignore_errors=True)
    with tarfile.open(fileobj=BytesIO(git("archive", content))) as archive:
        archive.extractall(tree, filter="data")
    # The package asks for its own version, which is known of what is installed alone.
    version = tomllib.loads((tree / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    (tree / "lvliang.egg-info").mkdir()
    told = f"Metadata-Version: 2.1\nName: lvliang\nVersion: {version}\n"
    (tree / "lvliang.egg-info" / "PKG-INFO").write_text(told, "utf-8")
    lock = tree / "requirements" / "run.lock"
    folder = keep / "environments" / hashlib.sha256(lock.read_bytes()).hexdigest()[:12]
    side = Side(name, tree, f"{folder}/bin/python")
    if not (folder / "done").exists():
        print(f"making the environment of {name[:12]}", flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        pip = [side.python, "-m", "pip", "-qq", "--disable-pip-version-check", "--no-input"]
        install = ["install", "--no-cache-dir", "--require-hashes", "-r", f"{lock}"]
        subprocess.run([*pip, *install], check=True)
        (folder / "done").touch()
    return side


def make(side: Side, number: int, keep: Path, workers: int) -> Path:
    """What a side publishes and answers for a set, as a folder of files."""
    wanted = SETS[number]
    asked = repr((wanted.has_panel, wanted.commands()))  # once this changes, all is made anew
    digest = hashlib.sha256(asked.encode()).hexdigest()[:8]
    made = keep / "results" / side.name / f"{number}-{digest}"
    if side.name != "working" and (made / "site").is_dir():
        return made
    work = made.with_suffix(".part")
    for folder in (made, work):
        shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(side.tree / "data", work / "data")
    if not wanted.has_panel:
        shutil.rmtree(work / "data" / "panel")
    answers, outputs = work / "made" / "commands", work / "outputs"
    answers.mkdir(parents=True)
    for name, words in wanted.commands().items():
        own = ["--outputs", f"{outputs}", "--jobs", f"{workers}"] if name == "report" else []
        (answers / f"{name}.txt").write_bytes(run(side, [*words, *own], work))
    if (outputs / "published").is_dir():
        shutil.copytree(outputs / "published", work / "made" / "site")
        for count, vintage in enumerate((outputs / "history").iterdir()):
            shutil.copy(vintage, work / "made" / f"history-{count}.json")
    (work / "made").rename(made)
    shutil.rmtree(work)
    return made


def run(side: Side, words: list[str], work: Path) -> bytes:
    """What a command prints and how it ends, in words that do not tell where it ran."""
    own = {f"{library}_NUM_THREADS": "1" for library in ("OPENBLAS", "OMP", "MKL")}
    own |= {f"LVLIANG_{name.upper()}": f"{work / name}" for name in ("data", "cache", "rivals")}
    own |= {"PYTHONPATH": f"{side.tree}", "COLUMNS": "200", "TZ": "UTC"}
    own |= {"SOURCE_DATE_EPOCH": "1780272000"}  # June 2026
    if not (work / "data" / "panel").is_dir():  # with a cache, such a report has ended in an error
        own["LVLIANG_CACHE"] = "off"
    call = [side.python, "-c", "from lvliang.cli import main; main()", *words]
    done = subprocess.run(call, cwd=work, env=os.environ | own, capture_output=True)
    said = b"%sexit code %d\n%s" % (done.stdout, done.returncode, done.stderr)
    places = {work: b"RUN", side.tree: b"CHECKOUT", Path(side.python).parents[1]: b"ENVIRONMENT"}
    for folder, word in places.items():
        said = said.replace(os.fsencode(folder), word)
    return said


def pieces(path: Path) -> list[Piece]:
    """What a file says, in its order, without what is exempt."""
    text = path.read_bytes().decode("utf-8", "backslashreplace")
    if path.suffix == ".html":
        body = BeautifulSoup(text, "html.parser").select("body")[0]
        for element in body.select(", ".join(KINDS["element"])):
            element.decompose()
        found = list(of_element(body, "body"))
    elif path.suffix == ".json":
        found = list(of_json(json.loads(text)))
    else:
        lines = text.splitlines(keepends=True)
        found = [Piece(f"line {count}", line) for count, line in enumerate(lines, start=1)]
    exempt = re.compile("|".join(KINDS["words"]))
    return [Piece(place, exempt.sub("(exempt)", said)) for place, said in found]


def of_element(parent: Tag, place: str) -> Iterator[Piece]:
    seen: Counter[str] = Counter()
    for child in parent.children:
        if isinstance(child, Comment):
            continue
        if isinstance(child, Tag):
            seen[child.name] += 1
            here = f"{place} > {child.name}[{seen[child.name]}]"
            kept = [str(name) for name in child.get_attribute_list("class") if name]
            kept += [f"{name}={child[name]}" for name in DRAWN if child.has_attr(name)]
            yield Piece(here, f"<{' '.join([child.name, *kept])}>")
            yield from of_element(child, here)
        elif isinstance(child, NavigableString) and child.strip():
            yield Piece(place, re.sub(r"\s+", " ", child))


def of_json(value: Any, place: str = "$", key: object = "") -> Iterator[Piece]:
    if key in KINDS["key"]:
        return
    inner: list[tuple[Any, Any]] = sorted(value.items()) if isinstance(value, dict) else []
    inner = list(enumerate(value)) if isinstance(value, list) else inner
    said = type(value).__name__ if inner else json.dumps(value, ensure_ascii=False)
    yield Piece(place, f"{key}: {said} ")
    for name, each in inner:
        yield from of_json(each, f"{place} > {name}", name)


def differences(old: Path, new: Path) -> list[Difference]:
    """Where two files differ, and what each says there; one of them may be missing."""
    there = ["there" if path.is_file() else "missing" for path in (old, new)]
    if "missing" in there:
        return [Difference("file", *there)]
    if any(fnmatch(old.name, name) for name in KINDS["file"]):
        return []
    if old.read_bytes() == new.read_bytes():
        return []
    a, b = pieces(old), pieces(new)
    # Of a place its depth alone counts: a row that is gone moves the numbers of all that follow.
    left, right = ([(piece.place.count(">"), piece.said) for piece in side] for side in (a, b))
    found = []
    for kind, i, i_end, j, j_end in SequenceMatcher(None, left, right).get_opcodes():
        if kind != "equal":
            before, after = a[i:i_end], b[j:j_end]
            texts = ("".join(piece.said for piece in side) for side in (before, after))
            found.append(Difference((before or after)[0].place, *texts))
    return found


def compare(old: Path, new: Path) -> dict[str, list[Difference]]:
    """By file, the differences of two folders."""
    files = {str(p.relative_to(top)) for top in (old, new) for p in top.rglob("*") if p.is_file()}
    return {name: differences(old / name, new / name) for name in sorted(files)}


def shortened(old: str, new: str) -> str:
    """Both texts from shortly before they part."""
    parting = (n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b)
    start = max(0, next(parting, 0) - BEFORE)
    cut = [f"{'…' * (start > 0)}{text[start:]}" for text in (old, new)]
    return " → ".join(repr(text[:WIDTH]) + "…" * (len(text) > WIDTH) for text in cut)


def tell(number: int, old: Path, new: Path) -> bool:
    """Print how a set compares; whether it is the same."""
    found = compare(old, new)
    pages = sum(name.endswith(".html") for name in found)
    count, files = sum(map(len, found.values())), sum(map(bool, found.values()))
    verdict = f"{count} differences in {files} files" if count else "the same"
    verdict = verdict if pages else "NOT PUBLISHED, see commands/report.txt"
    print(f"set {number}, {SETS[number].title}: {len(found)} files, {pages} pages: {verdict}")
    for name, several in found.items():
        for place, *texts in several[:SHOWN]:
            print(f"  {name}, {place}: {shortened(*texts)}")
        if len(several) > SHOWN:
            print(f"  {name}: {len(several) - SHOWN} more")
    return pages > 0 and count == 0


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("old", help="a commit")
    parser.add_argument("new", help="a commit, or . for the working tree")
    parser.add_argument("--sets", default=",".join(map(str, SETS)), help="such as 1,3")
    parser.add_argument("--keep", type=Path, default=PROJECT / "outputs" / ".same-pages")
    parser.add_argument("--jobs", type=int, default=1, help="sets made at once")
    parser.add_argument("--without-code", action="store_true", help="of notebooks, on their pages")
    given = parser.parse_args(arguments)
    given.sets = [int(word) if word.isdecimal() else 0 for word in given.sets.split(",")]
    if given.jobs < 1 or not set(given.sets) <= set(SETS):
        parser.error("legal: --sets of 1 to 8, comma apart, and at least one job")
    KINDS["element"] += [CODE] * given.without_code
    keep, start = given.keep.resolve(), time.monotonic()
    keep.mkdir(parents=True, exist_ok=True)
    with (keep / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            sides = [prepare(commit, keep) for commit in (given.old, given.new)]
        except subprocess.CalledProcessError as error:
            parser.error(f"{error} {(error.stderr or b'').decode()}")
        wanted = list(dict.fromkeys(product(given.sets, sides)))
        workers = max(1, (os.cpu_count() or 1) // given.jobs)
        made: dict[tuple[int, Side], Path] = {}
        same = []
        with ThreadPoolExecutor(given.jobs) as pool:
            folders = pool.map(lambda key: make(key[1], key[0], keep, workers), wanted)
            for (number, side), folder in zip(wanted, folders, strict=True):
                made[number, side] = folder
                at, seconds = f"{len(made)} of {len(wanted)}", time.monotonic() - start
                print(f"{at} made, {seconds:.0f} s: {side.name[:12]}, set {number}", flush=True)
                if side == sides[1]:
                    same.append(tell(number, made[number, sides[0]], folder))
    return 0 if all(same) else 1


if __name__ == "__main__":
    sys.exit(main())
