"""A region is found by its code or a name, and a name that does not settle it is refused."""

from __future__ import annotations

import pytest

from lvliang.baseline.regions import all_regions, find_region, peers
from lvliang.errors import ParameterError

SHANXI = [
    "140100", "140200", "140300", "140400", "140500", "140600",
    "140700", "140800", "140900", "141000", "141100",
]  # fmt: skip


@pytest.mark.parametrize(
    "text", ["141100", "吕梁市", "吕梁", "Lvliang", "lvliang", "LVLIANG", "  吕梁 ", "Lvliang\n"]
)
def test_a_city_goes_by_its_code_and_its_names_in_any_case(text: str) -> None:
    region = find_region(text)
    assert (region.code, region.level, region.parent_code) == ("141100", "prefecture", "140000")
    assert (region.name("zh"), region.name("en")) == ("吕梁市", "Lvliang")


def test_a_name_of_two_cities_is_refused_with_the_code_of_each() -> None:
    with pytest.raises(ParameterError) as raised:
        find_region("suzhou")
    assert raised.value.exit_code == 2
    assert str(raised.value) == (
        "region: 'suzhou' is the name of several cities; legal: 320500 苏州市, 341300 宿州市"
    )
    assert [find_region(name).code for name in ("苏州", "宿州")] == ["320500", "341300"]


@pytest.mark.parametrize("text", ["Lvlian", "吕梁地区", "141101"])
def test_a_name_slightly_wrong_suggests_the_right_one(text: str) -> None:
    with pytest.raises(ParameterError) as raised:
        find_region(text)
    message = str(raised.value)
    assert message.startswith(f"region: {text!r} is not a city of data/regions.csv; did you mean ")
    assert "did you mean 141100 吕梁市 Lvliang" in message
    assert "legal: a six-digit code or a name" in message


@pytest.mark.parametrize("text", ["", "Atlantis", "山西省", "140000", "CN", "WLD"])
def test_what_is_no_city_is_refused_with_what_is_legal(text: str) -> None:
    with pytest.raises(ParameterError) as raised:
        find_region(text)
    assert repr(text) in str(raised.value)
    assert str(raised.value).endswith("such as 141100, 吕梁市 or Lvliang")


def test_peers_of_lvliang_are_the_eleven_cities_of_shanxi() -> None:
    cities = peers(find_region("141100"))
    assert [city.code for city in cities] == SHANXI
    assert {city.level for city in cities} == {"prefecture"}


@pytest.mark.parametrize("text", ["110000", "Beijing", "北京市", "北京"])
def test_a_municipality_is_one_city_and_its_peers_are_the_municipalities(text: str) -> None:
    beijing = find_region(text)
    assert (beijing.code, beijing.level) == ("110000", "municipality")
    assert [city.name("en") for city in peers(beijing)] == [
        "Beijing", "Tianjin", "Shanghai", "Chongqing",
    ]  # fmt: skip


def test_a_city_without_an_english_name_shows_its_chinese_one() -> None:
    nameless = next(region for region in all_regions() if not region.name_en)
    assert nameless.name("en") == nameless.name_zh != ""


def test_every_city_is_found_by_its_code() -> None:
    cities = [r for r in all_regions() if r.level in ("prefecture", "municipality")]
    assert len(cities) > 300
    assert [city for city in cities if find_region(city.code) != city] == []
