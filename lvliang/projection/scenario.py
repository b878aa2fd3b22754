"""Scenarios: files that say what is assumed, and what a user changes in them.

Light: imports no pandas, so that a wrong driver stops a run before anything starts.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from lvliang.baseline.package import data_folder, first_cells
from lvliang.errors import ParameterError, did_you_mean

FOLDER = "scenarios"
BASELINE = "baseline"
WORDS = (
    "id", "title_zh", "title_en", "author", "rationale_zh", "rationale_en",
    "source_zh", "source_en", "departs_from",
)  # fmt: skip
SHOCK = "shock"
OF_A_CITY = ("policy", "secondary_share")  # drivers that move the city alone
SETTINGS = PERSISTENCE, SCOPE = "persistence", "scope"
SCOPES = ("nation", "city")
YEAR = re.compile(r"(19|20)\d\d")
CHANGE = re.compile(r"\s*(?P<driver>\w+)\.(?P<key>\w+)\s*=\s*(?P<value>.*?)\s*")
NUMBER = re.compile(r"(?P<number>[+\-−]?\d+(\.\d+)?)\s*(?P<unit>%?)")


@dataclass(frozen=True)
class Kind:
    """What a driver is: its unit, and the smallest and largest value that is legal."""

    unit: str
    least: float
    most: float


PERCENT, POINTS = "%", "percentage points"
DRIVERS = {
    "coal_price": Kind(PERCENT, -90.0, 300.0),
    "national_growth": Kind(POINTS, -15.0, 15.0),
    "secondary_share": Kind(POINTS, -10.0, 10.0),
    SHOCK: Kind(POINTS, -30.0, 30.0),
    "policy": Kind(POINTS, -15.0, 15.0),
}


@dataclass(frozen=True)
class Scenario:
    """What is assumed of the years to come.

    ``drivers``: by driver, then by year. ``coal_price``: change of the coal price on the year
    before (%, US dollars). ``national_growth``: points added to growth of every city. ``policy``:
    points added to growth of the city itself, an assumption. ``secondary_share``: points by which
    the share of the secondary sector of the city changes in that year. ``shock``: points of growth
    in the year in which it strikes, whom its ``scope`` says (nation or city), of which the share
    ``persistence`` of the level moved is still moved a year later.
    ``departs_from``: the scenario that it is held against, "" for the baseline. ``changes``: what
    the user changed, as given. ``sources``: rows of ``sources.csv`` that its sizes come from; a
    user's file may name none.
    """

    scenario_id: str
    title_zh: str
    title_en: str
    author: str
    rationale_zh: str
    rationale_en: str
    source_zh: str
    source_en: str
    departs_from: str
    drivers: dict[str, dict[int, float]]
    persistence: float = 1.0
    scope: str = "city"
    changes: str = ""
    sources: tuple[str, ...] = ()

    def is_baseline(self) -> bool:
        """Whether nothing is assumed: then nothing is conditional."""
        return not any(self.drivers.values())

    def is_of_a_city(self) -> bool:
        """Whether it assumes something of the city itself, not of coal or the nation alone."""
        struck = self.scope == "city" and bool(self.drivers.get(SHOCK))
        return struck or any(self.drivers.get(driver) for driver in OF_A_CITY)

    def speaks_of(self, years: Iterable[int]) -> bool:
        """Whether it assumes anything of ``years``."""
        span = list(years)
        return any(self.path(driver, span) for driver in self.drivers)

    def path(self, driver: str, years: Iterable[int]) -> dict[int, float]:
        """Values of a driver in ``years``, those years alone that have one."""
        given = self.drivers.get(driver, {})
        return {year: given[year] for year in years if year in given}

    def assumed(self, years: Iterable[int]) -> dict[str, list[tuple[int, int, float]]]:
        """What is assumed of ``years`` by driver: first and last year of a value, and the value."""
        found: dict[str, list[tuple[int, int, float]]] = {}
        for driver in DRIVERS:
            for year, value in sorted(self.path(driver, years).items()):
                spans = found.setdefault(driver, [])
                if spans and spans[-1][1:] == (year - 1, value):
                    spans[-1] = (spans[-1][0], year, value)
                else:
                    spans.append((year, year, value))
        return found

    def with_driver(self, driver: str, values: Mapping[int, float]) -> Scenario:
        """The scenario with these values of a driver in place of its own."""
        return replace(self, drivers=self.drivers | {driver: dict(values)})


def scenario_ids() -> list[str]:
    """Names of the shipped scenarios, the baseline first."""
    names = sorted(path.stem for path in (data_folder() / FOLDER).glob("*.toml"))
    return sorted(names, key=lambda name: name != BASELINE)


def scenario_path(name: str) -> Path:
    """The file of a scenario: a shipped one by its name, any other by its path, or a refusal."""
    shipped = data_folder() / FOLDER / f"{name}.toml"
    if shipped.is_file():
        return shipped
    own = Path(name)
    if own.suffix == ".toml" and own.is_file():
        return own
    known = scenario_ids()
    legal = f"{', '.join(known)}, or the path of a .toml file"
    raise _refused("scenario", name, legal, did_you_mean(name, known))


def load_scenario(
    name: str = BASELINE, changes: str = "", *, base_year: int, end_year: int
) -> Scenario:
    """Read a scenario and apply the user's changes.

    ``name``: of a shipped scenario, whose years outside the run have no effect, or the path of a
    ``.toml`` file of the same form, whose years are refused there. ``changes``, semicolons between:
    ``coal_price.2023=-30%; policy.2024=0.5; shock.persistence=…; shock.scope=…``. Raises
    `ParameterError`, which names the file, the key, the value and what would be legal.
    """
    path = scenario_path(name)
    scenario = read_scenario(path)
    years = range(base_year + 1, end_year + 1)
    if name not in scenario_ids():
        for driver, values in scenario.drivers.items():
            for year in values:
                _year_of_run(f"{path}, {driver}.{year}", str(year), years)
    given = [change.strip() for change in changes.split(";") if change.strip()]
    moved = [change.partition("=")[0].strip() for change in given]
    for change, what in zip(given, moved, strict=True):
        if moved.count(what) > 1:
            raise ParameterError(f"--set {change}: {what} is given twice; legal: once")
    for change in given:
        scenario = _changed(scenario, change, years)
    for change, what in zip(given, moved, strict=True):
        setting = what.removeprefix(f"{SHOCK}.") in SETTINGS
        if setting and not scenario.path(SHOCK, years):
            raise ParameterError(
                f"--set {change}: no shock strikes in the run; "
                f"legal: with one, such as {SHOCK}.{years[0]}=-5"
            )
    return replace(scenario, changes=changes.strip())


def load_shipped(*, base_year: int, end_year: int) -> dict[str, Scenario]:
    """Every shipped scenario by its name, the baseline first."""
    return {
        name: load_scenario(name, base_year=base_year, end_year=end_year) for name in scenario_ids()
    }


def read_scenario(path: Path) -> Scenario:
    """Read one scenario file; raises as `load_scenario` does."""
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ParameterError(f"{path}: not TOML: {error}; legal: as data/scenarios") from None
    _refuse_unknown(path, table, [*WORDS, "sources", "drivers"])
    for word in WORDS:
        _require(isinstance(table.get(word), str), f"{path}, {word}", table.get(word), "a text")
    departs, given = table["departs_from"], table.get("drivers", {})
    _require(departs in ("", BASELINE), f"{path}, departs_from", departs, BASELINE)
    _require(isinstance(given, dict), f"{path}, drivers", given, "tables by driver")
    _refuse_unknown(path, given, list(DRIVERS))
    drivers: dict[str, dict[int, float]] = {driver: {} for driver in given}
    settings = {}
    for driver, values in given.items():
        _require(isinstance(values, dict), f"{path}, {driver}", values, "year = value")
        for key, value in values.items():
            if driver == SHOCK and key in SETTINGS:
                settings[key] = _setting(str(path), key, value)
            else:
                _require(YEAR.fullmatch(key), f"{path}, {driver}", key, "a year")
                drivers[driver][int(key)] = _size(f"{path}, {driver}.{key}", driver, value)
    cited, known = table.get("sources", []), first_cells(data_folder(), "sources")
    legal = "a list of source_id of sources.csv"
    _require(isinstance(cited, list), f"{path}, sources", cited, legal)
    for one in cited:
        # A table that names none is refused by its own contract.
        if known and one not in known:
            raise _refused(f"{path}, sources", one, legal, did_you_mean(str(one), known))
    words = {word: table[word] for word in WORDS[1:]}
    return Scenario(table["id"], **words, drivers=drivers, sources=tuple(cited), **settings)


def _changed(scenario: Scenario, change: str, years: range) -> Scenario:
    where = f"--set {change}"
    parts = CHANGE.fullmatch(change)
    if not parts:
        legal = f"driver.year=value, such as coal_price.{years.stop - 1}=-30%"
        raise ParameterError(f"{where}: not a change; legal: {legal}")
    driver, key, value = parts.group("driver", "key", "value")
    if driver not in DRIVERS:
        hint, legal = did_you_mean(driver, DRIVERS), ", ".join(DRIVERS)
        raise ParameterError(f"{where}: no driver {driver};{hint} legal: {legal}")
    number = NUMBER.fullmatch(value)
    size = float(number["number"].replace("−", "-")) if number else None
    sign = number["unit"] if number else None
    if driver == SHOCK and key in SETTINGS:
        plain = key == PERSISTENCE and sign == ""
        return replace(scenario, **{key: _setting(where, key, size if plain else value)})
    year = _year_of_run(where, key, years)
    percent = DRIVERS[driver].unit == PERCENT
    form = "a number with %, such as -30%" if percent else "points without a sign, such as -0.5"
    _require(sign == ("%" if percent else ""), where, value, form)
    values = scenario.drivers.get(driver, {}) | {year: _size(where, driver, size)}
    return scenario.with_driver(driver, values)


def _size(where: str, driver: str, value: Any) -> float:
    """What a driver is set to, within what is legal for it."""
    kind = DRIVERS[driver]
    if not _is_number(value) or not kind.least <= value <= kind.most:
        shown = f"{value:g}" if _is_number(value) else repr(value)
        raise ParameterError(
            f"{where}: {shown} is not legal; legal: {kind.least:g} to {kind.most:g} {kind.unit}"
        )
    return float(value)


def _setting(where: str, key: str, value: Any) -> Any:
    """Persistence or scope of a shock."""
    if key == SCOPE:
        legal, words = value in SCOPES, " or ".join(SCOPES)
    else:
        legal, words = _is_number(value) and 0 <= value <= 1, "0 to 1"
    _require(legal, f"{where}, shock.{key}", value, words)
    return value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _year_of_run(where: str, key: str, years: range) -> int:
    if not YEAR.fullmatch(key) or int(key) not in years:
        legal = f"{years.start} to {years.stop - 1}"
        raise ParameterError(f"{where}: {key} is no year of the run; legal: {legal}")
    return int(key)


def _refused(where: str, value: Any, legal: str, hint: str = "") -> ParameterError:
    return ParameterError(f"{where}: {value!r} is not legal;{hint} legal: {legal}")


def _require(met: object, where: str, value: Any, legal: str) -> None:
    if not met:
        raise _refused(where, value, legal)


def _refuse_unknown(path: Path, table: Mapping[str, Any], known: list[str]) -> None:
    for key in table:
        if key not in known:
            raise ParameterError(
                f"{path}, {key}: no such key;{did_you_mean(key, known)} legal: {', '.join(known)}"
            )
