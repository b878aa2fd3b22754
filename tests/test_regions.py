"""A region is found by its code or a name, and a name that does not settle it is refused."""

import shutil
from pathlib import Path

import pytest
from shared import refusal

from lvliang.baseline.package import data_folder, last_known_year
from lvliang.baseline.regions import (
    all_cities,
    all_regions,
    find_city_with_gdp,
    find_region,
    peers,
    with_gdp,
)
from lvliang.projection.panel import load_panel


@pytest.mark.parametrize(
    "text", ["141100", "吕梁市", "吕梁", "Lvliang", "lvliang", "LVLIANG", "  吕梁 ", "Lvliang\n"]
)
def test_a_city_goes_by_its_code_and_its_names_in_any_case(text: str) -> None:
    region = find_region(text)
    assert (region.code, region.level, region.parent_code) == ("141100", "prefecture", "140000")
    assert (region.name("zh"), region.name("en")) == ("吕梁市", "Lvliang")


def test_a_name_of_two_cities_is_refused_with_the_code_of_each() -> None:
    assert refusal(2, find_region, "suzhou") == (
        "region: 'suzhou' is the name of several cities; legal: 320500 苏州市, 341300 宿州市"
    )
    assert [find_region(name).code for name in ("苏州", "宿州")] == ["320500", "341300"]


def test_what_is_no_city_is_refused_with_what_is_meant_or_legal():
    for text in ("Lvlian", "吕梁地区", "141101"):
        said = refusal(2, find_region, text)
        told = f"region: {text!r} is not a city of data/regions.csv; did you mean 141100 吕梁市"
        assert said.startswith(told) and "legal: a six-digit code or a name" in said
    for text in ("", "Atlantis", "山西省", "140000", "CN", "WLD"):
        said = refusal(2, find_region, text)
        assert repr(text) in said and said.endswith("such as 141100, 吕梁市 or Lvliang")


def test_peers_of_lvliang_are_the_eleven_cities_of_shanxi() -> None:
    cities = peers(find_region("141100"))
    assert [city.code for city in cities] == [f"14{number:02}00" for number in range(1, 12)]


@pytest.mark.parametrize("text", ["110000", "Beijing", "北京市", "北京"])
def test_a_municipality_is_one_city_and_its_only_peer_is_itself(text: str) -> None:
    beijing = find_region(text)
    assert (beijing.code, beijing.level) == ("110000", "municipality")
    assert peers(beijing) == [beijing]


def test_a_city_without_an_english_name_shows_its_chinese_one() -> None:
    nameless = next(region for region in all_regions() if not region.name_en)
    assert nameless.name("en") == nameless.name_zh != ""


def test_a_city_without_gdp_in_the_panel_is_refused_by_name_with_what_is_legal() -> None:
    assert refusal(2, find_city_with_gdp, "522300") == (
        "region: 522300 黔西南布依族苗族自治州 has no GDP in data/panel, and nothing to project; "
        "legal: one of the 296 cities that have, such as 141100, 吕梁市 or Lvliang"
    )
    assert find_city_with_gdp("太原") == find_region("140100")


def test_the_cities_with_gdp_are_those_of_the_panel_and_no_other_is_suggested() -> None:
    assert all(find_region(city.code) == city for city in all_cities())
    legal = {city.code for city in with_gdp()}
    assert legal == set(load_panel(last_known_year(data_folder())).growth.columns)
    lost = next(city for city in all_cities() if city.code not in legal)
    assert lost.code not in refusal(2, find_city_with_gdp, lost.name_zh[:-1] + "？")


def test_without_the_panel_or_with_a_damaged_one_every_city_is_legal(small_copy: Path) -> None:
    (small_copy / "panel/gdp_revised.csv").write_bytes("region_code\n141100".encode("utf-16"))
    assert with_gdp() == all_cities()
    shutil.rmtree(small_copy / "panel")
    assert with_gdp() == all_cities()
    assert find_city_with_gdp("522300").code == "522300"
