"""Parameters: one declaration, the same as each notebook's cell, and a wrong value stops there."""

import json
import math
import re
from pathlib import Path
from typing import Any

import pytest
from shared import refusal

from lvliang.baseline.package import data_folder, last_known_year
from lvliang.display.words import forbidden
from lvliang.errors import ParameterError
from lvliang.parameters import (
    SCHEMAS,
    ReportParameters,
    check,
    describe,
    part_of,
    read_assignments,
    titles,
)

NAMES = list(ReportParameters.model_fields)
ANY = "20_trajectories"
LAST = last_known_year(data_folder())


def code_of(project: Path, name: str, tag: str = "") -> str:
    """Source of the code cells of a notebook, or of those with a tag."""
    cells = json.loads((project / f"notebooks/{name}.ipynb").read_text("utf-8"))["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    chosen = [cell for cell in code if tag in ["", *cell["metadata"].get("tags", [])]]
    return "\n".join("".join(cell["source"]) for cell in chosen)


def refused(given: dict[str, Any], notebook: str = ANY) -> str:
    return refusal(2, check, notebook, given)


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_schema_is_the_parameters_cell_of_its_notebook(project: Path, name: str) -> None:
    fields = SCHEMAS[name].model_fields
    assert code_of(project, name, "parameters").splitlines() == [
        f"{key}: {type(one.default).__name__} = {json.dumps(one.default)}  # {one.description}"
        for key, one in fields.items()
    ]
    run = check(name, {})
    assert list(run.model_dump()) == [key for key in NAMES if key in fields]
    assert (run.region, run.base_year, run.lang) == ("141100", 2020, "zh")
    with pytest.raises(ValueError, match="frozen"):
        run.base_year = 2019
    found = titles(SCHEMAS[name])
    assert list(found) == list(fields)
    for lang in ("zh", "en"):
        assert len({one[f"title_{lang}"] for one in found.values()} - {""}) == len(found)


def test_a_report_takes_what_its_notebooks_take_and_gives_each_its_part() -> None:
    run = ReportParameters.checked({"growth_discount": "1", "end_year": 2030})
    assert set(run.model_dump()) == {key for one in SCHEMAS.values() for key in one.model_fields}
    assert part_of(run, "00_data_audit").model_dump() == {
        "region": "141100", "base_year": 2020, "lang": "zh",
    }  # fmt: skip
    assert part_of(run, "30_feasibility").growth_discount == 1.0
    with pytest.raises(ParameterError, match="end_yaer: no such parameter; did you mean end_year"):
        ReportParameters.checked({"end_yaer": "2025"})


def test_a_name_of_no_parameter_is_refused_and_every_fault_told_at_once():
    legal = f"legal: {', '.join(SCHEMAS[ANY].model_fields)}"
    for name, hint in (("end_yaer", " did you mean end_year?"), ("zzz", "")):
        assert refused({name: "2025"}) == f"{name}: no such parameter;{hint} {legal}"
    told = "draws: no such parameter; legal: region, base_year, lang"
    assert refused({"draws": 2000}, "00_data_audit") == told, "it could not change this notebook"
    message = refused({"end_yaer": 2025, "draws": 1, "lang": "fr"})
    named = sorted(line.partition(":")[0] for line in message.splitlines())
    assert named == ["draws", "end_yaer", "lang"]


LEGAL = {
    "end_year": "a whole number from 2009 to 2035",
    "base_year": f"a whole number from 2008 to {LAST}",
    "draws": "a whole number from 1000 to 20000",
    "seed": "a whole number from 0 to 4294967295",
    "growth_discount": "a number from 0 to 5",
    "lang": "zh or en",
    "region": "a text",
}
BAD = {
    "end_year": ["next", "2025.5", "", None, 2036],
    "base_year": [2007, LAST + 1],
    "draws": [999, 20_001, True],
    "seed": [-1],
    "growth_discount": [-0.1, 5.1, math.nan, "nan", math.inf, True],
    "lang": ["fr", "ZH"],
    "region": [True, 1.5],
}


@pytest.mark.parametrize(("name", "value"), [(name, one) for name in BAD for one in BAD[name]])
def test_a_bad_value_is_named_with_what_is_legal(name: str, value: object) -> None:
    message = refused({name: value})
    assert message.startswith(f"{name}: {value!r} is not legal; legal: {LEGAL[name]} (")
    assert message.endswith(f"{describe(SCHEMAS[ANY], name)}")


def test_the_end_must_come_after_the_base_and_for_feasibility_reach_the_targets():
    for end in (2009, 2015):
        assert refused({"base_year": 2015, "end_year": end}) == (
            f"end_year: {end} is not after base_year 2015; legal: 2016 to 2035"
        )
    assert check(ANY, {"base_year": 2015, "end_year": 2016}).end_year == 2016
    early = {"base_year": 2015, "end_year": 2020}
    assert "legal: a whole number from 2021 to 2035" in refused(early, "30_feasibility")


def test_a_scenario_is_a_shipped_name_or_a_file_that_says_nothing_no_page_may(data, tmp_path):
    shipped, own = (data / "scenarios/coal_slump.toml").read_text("utf-8"), tmp_path / "own.toml"
    own.write_text(shipped, "utf-8")
    for name in ("coal_slump", str(own)):
        assert check(ANY, {"scenario": name}).scenario == name
    assert "did you mean coal_slump" in refused({"scenario": "coal_slmp"})
    told = "2030 is no year of the run; legal: 2021 to 2025"
    assert told in refused({"changes": "coal_price.2030=-30%"})
    for field, said in (("title_zh", "煤价必然下跌"), ("title_en", "a plan that failed")):
        own.write_text(re.sub(f"(?m)^{field} = .*", f'{field} = "{said}"', shipped), "utf-8")
        (word,) = forbidden(said)
        told = f"{own}, {field}: no page may say {word!r}; legal: a text without it"
        assert refused({"scenario": str(own)}) == told


def test_a_region_becomes_its_code_or_is_refused_at_the_door():
    for given in ("吕梁", "lvliang", "141100", 141100):
        assert check(ANY, {"region": given}).region == "141100"
    assert "did you mean 141100 吕梁市 Lvliang" in refused({"region": "Lvlian"})
    for notebook in SCHEMAS:
        told = refused({"region": 522300}, notebook)
        assert "522300 黔西南布依族苗族自治州 has no GDP" in told, "nothing to project"


def test_assignments_keep_further_equals_signs_and_what_is_none_is_refused():
    assert read_assignments([" region = a=b ", "lang="]) == {"region": "a=b", "lang": ""}
    no_value = "no value; legal: name=value, such as end_year=2025"
    twice = "-p seed: given twice; legal: each parameter once"
    for words in (["end_year"], [" =1"], ["seed=1", " seed =2"]):
        told = twice if len(words) == 2 else f"-p {words[0]!r}: {no_value}"
        assert refusal(2, read_assignments, words) == told
