"""Regions: six-digit codes, names and provinces. Light: reads one small file, imports no pandas."""

import csv
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path

from lvliang.baseline import package
from lvliang.baseline.package import REMOVABLE_FOLDER, data_folder
from lvliang.errors import DataError, ParameterError

MUNICIPALITY = "municipality"
CITY_LEVELS = ("prefecture", MUNICIPALITY)
GDP = "gdp_revised"


@dataclass(frozen=True)
class Region:
    """One region: its six-digit code, names, level and the code of the region above."""

    code: str
    name_zh: str
    name_en: str
    level: str
    parent_code: str

    def name(self, lang: str) -> str:
        """Name in ``lang``; the Chinese name where no source gives an English one."""
        return self.name_zh if lang == "zh" else self.name_en or self.name_zh


def find_region(text: str) -> Region:
    """The city of that six-digit code or name, Chinese or English; else a `ParameterError`."""
    wanted = text.strip().casefold()
    found = _by_name(data_folder()).get(wanted, [])
    if len(found) == 1:
        return found[0]
    if found:
        codes = ", ".join(f"{region.code} {region.name_zh}" for region in found)
        raise ParameterError(f"region: {text!r} is the name of several cities; legal: {codes}")
    known = {name: region for region in with_gdp() for name in _names(region)}
    near = [known[name] for name in get_close_matches(wanted, known, n=3)]
    meant = ", ".join(f"{region.code} {region.name_zh} {region.name_en}" for region in near)
    raise ParameterError(
        f"region: {text!r} is not a city of data/regions.csv; "
        + (f"did you mean {meant}? " if meant else "")
        + "legal: a six-digit code or a name, such as 141100, 吕梁市 or Lvliang"
    )


def find_city_with_gdp(text: str) -> Region:
    """The city meant by ``text`` (`find_region`), which must be one of `with_gdp`."""
    region, legal = find_region(text), with_gdp()
    if region not in legal:
        raise ParameterError(
            f"region: {region.code} {region.name_zh} has no GDP in data/{REMOVABLE_FOLDER}, and "
            f"nothing to project; legal: one of the {len(legal)} cities that have, "
            "such as 141100, 吕梁市 or Lvliang"
        )
    return region


def with_gdp() -> list[Region]:
    """The cities whose GDP the panel has; all where its folder is removed."""
    cities, codes = all_cities(), {*package.first_cells(data_folder(), GDP)}
    # A table that names no city at all is damaged, which its contract says better.
    return [city for city in cities if city.code in codes] or cities


def peers(region: Region) -> list[Region]:
    """The cities of the same province, ``region`` among them; of a municipality, itself alone."""
    if region.level == MUNICIPALITY:
        return [region]
    of = (region.parent_code, region.level)
    return [other for other in all_regions() if (other.parent_code, other.level) == of]


def cities_beside(code: str) -> list[str]:
    """Codes of the cities of the province of a city (`peers`)."""
    return [city.code for city in peers(find_region(code))]


def all_cities() -> list[Region]:
    """The cities of ``regions.csv``."""
    return [region for region in all_regions() if region.level in CITY_LEVELS]


def all_regions() -> tuple[Region, ...]:
    """Every row of ``regions.csv``."""
    return _read(data_folder())


@cache
def _by_name(data: Path) -> dict[str, list[Region]]:
    named: dict[str, list[Region]] = {}
    for region in (one for one in _read(data) if one.level in CITY_LEVELS):
        for name in _names(region):
            named.setdefault(name, []).append(region)
    return named


@cache
def _read(data: Path) -> tuple[Region, ...]:
    path = package.resource_path(data, "regions")
    columns = [field["name"] for field in package.table_schema(data, "regions")["fields"]]
    try:
        with path.open(encoding="utf-8", newline="") as file:
            header, *rows = list(csv.reader(file)) or [[]]
    except UnicodeDecodeError:
        raise DataError(f"{path}: not UTF-8 text; legal: CSV saved as UTF-8") from None
    if header != columns:
        raise DataError(f"{path}, row 1: found {header}; legal columns: {', '.join(columns)}")
    return tuple(Region(*row) for row in rows)


def _names(region: Region) -> set[str]:
    short = region.name_zh.removesuffix("市")
    names = {region.code, region.name_zh, short, region.name_en.casefold()}
    return names - {""}
