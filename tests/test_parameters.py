"""Parameters: one declaration, the same as each notebook's cell, and a wrong value stops there."""

from __future__ import annotations

import ast
import io
import json
import math
import re
import tokenize
from pathlib import Path
from typing import Any

import pytest
from jinja2 import meta
from pydantic import BaseModel

from lvliang.baseline.package import data_folder
from lvliang.display.prose import environment
from lvliang.display.words import forbidden
from lvliang.errors import ParameterError
from lvliang.parameters import (
    SCHEMAS,
    check,
    check_report,
    describe,
    part_of,
    read_assignments,
    titles,
)

NAMES = [
    "region", "base_year", "lang", "end_year", "scenario", "changes", "draws", "seed",
    "growth_discount", "edition",
]  # fmt: skip
ANY = "20_trajectories"


def parameters_cell(notebook: Path) -> str:
    cells = json.loads(notebook.read_text("utf-8"))["cells"]
    tagged = [cell for cell in cells if "parameters" in cell["metadata"].get("tags", [])]
    assert len(tagged) == 1
    return "".join(tagged[0]["source"])


def declared_in(source: str) -> list[tuple[str, str, object, str]]:
    """Name, annotation, default and comment of each line of a cell of annotated literals."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    comments = {
        t.start[0]: t.string.removeprefix("# ") for t in tokens if t.type == tokenize.COMMENT
    }
    rows = []
    for node in ast.parse(source).body:
        assert isinstance(node, ast.AnnAssign)
        assert node.value is not None
        name, annotation = ast.unparse(node.target), ast.unparse(node.annotation)
        rows.append((name, annotation, ast.literal_eval(node.value), comments[node.lineno]))
    return rows


def declared_by(schema: type[BaseModel]) -> list[tuple[str, str, object, str]]:
    return [
        (name, type(field.default).__name__, field.default, str(field.description))
        for name, field in schema.model_fields.items()
    ]


def refusal(given: dict[str, Any], notebook: str = ANY) -> str:
    with pytest.raises(ParameterError) as raised:
        check(notebook, given)
    assert raised.value.exit_code == 2
    return str(raised.value)


def test_every_notebook_has_a_schema_and_every_schema_a_notebook(project: Path) -> None:
    assert sorted(SCHEMAS) == sorted(path.stem for path in (project / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_schema_is_the_parameters_cell_of_its_notebook(project: Path, name: str) -> None:
    cell = parameters_cell(project / "notebooks" / f"{name}.ipynb")
    assert declared_in(cell) == declared_by(SCHEMAS[name])
    assert [type(default).__name__ for _, _, default, _ in declared_in(cell)] == [
        annotation for _, annotation, _, _ in declared_in(cell)
    ]


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_defaults_are_legal_and_stand_where_nothing_is_given(name: str) -> None:
    run = check(name, {})
    assert list(run.model_dump()) == [key for key in NAMES if key in SCHEMAS[name].model_fields]
    assert run == SCHEMAS[name](**run.model_dump())
    assert (run.region, run.base_year, run.lang) == ("141100", 2020, "zh")


def attributes(tree: ast.AST) -> set[str]:
    return {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}


def rests_on(names: set[str], project: Path) -> set[str]:
    """Names of parameters and of the study that ``names`` of a study rest on, through its code."""
    tree = ast.parse((project / "lvliang/study.py").read_text("utf-8"))
    made_of = {
        node.name: attributes(node) for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)
    } | {"assumed": {"scenario", "changes", "base_year", "end_year"}, "base_year": {"base_year"}}
    found = set(names)
    while more := {part for name in found for part in made_of.get(name, ())} - found:
        found |= more
    return found


def told_by_text(pages: Path, name: str) -> set[str]:
    """The parameters that the text of a notebook's page uses; none where it has no text."""
    texts = [path.read_text("utf-8") for path in pages.glob(f"{name}.*.md")]
    trees = map(environment("en").parse, texts)
    return set().union(*map(meta.find_undeclared_variables, trees)) & set(NAMES)


ALL = {"page", "provenance"}  # these hand over every parameter that there is


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_notebook_declares_what_its_cells_use_and_no_more(project: Path, name: str) -> None:
    cells = json.loads((project / "notebooks" / f"{name}.ipynb").read_text("utf-8"))["cells"]
    code = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    named = set(re.findall(r"\bstudy(?:\.run)?\.(\w+)", code)) - ALL
    named |= told_by_text(project / "notebooks/pages", name)
    used = rests_on(named, project) & set(NAMES) | {"lang", "region"}
    assert set(SCHEMAS[name].model_fields) == used


def test_a_report_takes_what_its_notebooks_take_and_gives_each_its_part() -> None:
    run = check_report({"growth_discount": "1", "end_year": 2030})
    assert set(run.model_dump()) == {
        key for schema in SCHEMAS.values() for key in schema.model_fields
    }
    parts = {name: part_of(run, name).model_dump() for name in SCHEMAS}
    assert parts["00_data_audit"] == {"region": "141100", "base_year": 2020, "lang": "zh"}
    assert parts["30_feasibility"]["growth_discount"] == 1.0
    with pytest.raises(ParameterError, match="end_yaer: no such parameter; did you mean end_year"):
        check_report({"end_yaer": "2025"})


def test_a_lone_notebook_refuses_what_could_not_change_it() -> None:
    assert refusal({"draws": 2000}, "00_data_audit") == (
        "draws: no such parameter; legal: region, base_year, lang"
    )


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_parameter_has_a_title_in_both_languages(name: str) -> None:
    found = titles(SCHEMAS[name])
    assert list(found) == list(SCHEMAS[name].model_fields)
    for lang in ("zh", "en"):
        assert len({one[f"title_{lang}"] for one in found.values()} - {""}) == len(found)


def test_a_misspelt_name_suggests_the_right_one_and_a_name_like_no_other_gets_the_list():
    legal = f"legal: {', '.join(SCHEMAS[ANY].model_fields)}"
    for misspelt, meant in (
        ("end_yaer", "end_year"), ("regoin", "region"), ("growth_discont", "growth_discount"),
    ):  # fmt: skip
        told = f"{misspelt}: no such parameter; did you mean {meant}? {legal}"
        assert refusal({misspelt: "2025"}) == told
    assert refusal({"zzz": 1}) == f"zzz: no such parameter; {legal}"


@pytest.mark.parametrize(
    ("name", "value", "legal"),
    [
        pytest.param("end_year", "next", "a whole number from 2009 to 2035", id="text"),
        pytest.param("end_year", "2025.5", "a whole number from 2009 to 2035", id="fraction"),
        pytest.param("end_year", "", "a whole number from 2009 to 2035", id="blank"),
        pytest.param("end_year", None, "a whole number from 2009 to 2035", id="none"),
        pytest.param("end_year", 2036, "a whole number from 2009 to 2035", id="too late"),
        pytest.param("base_year", 2007, "a whole number from 2008 to 2020", id="too early"),
        pytest.param("base_year", 2021, "a whole number from 2008 to 2020", id="not yet known"),
        pytest.param("draws", 999, "a whole number from 1000 to 20000", id="too few"),
        pytest.param("draws", 20_001, "a whole number from 1000 to 20000", id="too many"),
        pytest.param("draws", True, "a whole number from 1000 to 20000", id="bool for draws"),
        pytest.param("seed", -1, "a whole number from 0 to 4294967295", id="negative seed"),
        pytest.param("seed", True, "a whole number from 0 to 4294967295", id="bool for a seed"),
        pytest.param("growth_discount", -0.1, "a number from 0 to 5", id="below 0"),
        pytest.param("growth_discount", 5.1, "a number from 0 to 5", id="above 5"),
        pytest.param("growth_discount", math.nan, "a number from 0 to 5", id="NaN"),
        pytest.param("growth_discount", "nan", "a number from 0 to 5", id="NaN as text"),
        pytest.param("growth_discount", math.inf, "a number from 0 to 5", id="infinity"),
        pytest.param("growth_discount", True, "a number from 0 to 5", id="bool for a number"),
        pytest.param("lang", "fr", "zh or en", id="no such language"),
        pytest.param("lang", "ZH", "zh or en", id="language in capitals"),
        pytest.param("region", True, "a text", id="bool for a region"),
        pytest.param("region", 1.5, "a text", id="number for a region"),
    ],
)
def test_a_bad_value_is_named_with_what_is_legal(name: str, value: object, legal: str) -> None:
    message = refusal({name: value})
    assert message.startswith(f"{name}: {value!r} is not legal; legal: {legal} (")
    assert message.endswith(f"{describe(SCHEMAS[ANY], name)}")


def test_every_fault_is_told_at_once() -> None:
    message = refusal({"end_yaer": 2025, "draws": 1, "lang": "fr"})
    assert sorted(line.partition(":")[0] for line in message.splitlines()) == [
        "draws", "end_yaer", "lang",
    ]  # fmt: skip


def test_the_end_must_come_after_the_base_and_for_feasibility_reach_the_targets():
    for end in (2009, 2015):
        assert refusal({"base_year": 2015, "end_year": end}) == (
            f"end_year: {end} is not after base_year 2015; legal: 2016 to 2035"
        )
    assert check(ANY, {"base_year": 2015, "end_year": 2016}).end_year == 2016
    early = {"base_year": 2015, "end_year": 2020}
    assert "legal: a whole number from 2021 to 2035" in refusal(early, "30_feasibility")


def test_a_scenario_is_a_shipped_name_or_a_file_of_ones_own(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_bytes((data_folder() / "scenarios/coal_slump.toml").read_bytes())
    assert check(ANY, {"scenario": "coal_slump"}).scenario == "coal_slump"
    assert check(ANY, {"scenario": str(own)}).scenario == str(own)
    assert "did you mean coal_slump" in refusal({"scenario": "coal_slmp"})
    assert "2030 is no year of the run; legal: 2021 to 2025" in refusal(
        {"changes": "coal_price.2030=-30%"}
    )


@pytest.mark.parametrize(
    ("field", "said"),
    [("title_zh", "煤价必然下跌"), ("title_en", "a plan that failed"), ("author", "无望")],
)
def test_a_scenario_that_says_what_no_page_may_is_refused(tmp_path, field, said):
    shipped = (data_folder() / "scenarios/coal_slump.toml").read_text("utf-8")
    own = tmp_path / "own.toml"
    own.write_text(re.sub(f"(?m)^{field} = .*", f'{field} = "{said}"', shipped), "utf-8")
    (word,) = forbidden(said)
    told = f"{own}, {field}: no page may say {word!r}; legal: a text without it"
    assert refusal({"scenario": str(own)}) == told


def test_a_region_becomes_its_code_or_is_refused_at_the_door():
    for given in ("吕梁", "lvliang", "141100", 141100):
        assert check(ANY, {"region": given}).region == "141100"
    assert "did you mean 141100 吕梁市 Lvliang" in refusal({"region": "Lvlian"})
    for notebook in SCHEMAS:
        told = refusal({"region": 522300}, notebook)
        assert "522300 黔西南布依族苗族自治州 has no GDP" in told, "nothing to project"


def test_text_from_the_command_line_becomes_what_the_notebook_expects() -> None:
    words = ["region=吕梁市", "base_year=2015", "end_year=2030", "draws=2000", "seed=7",
             "growth_discount=1.5", "lang=en", "scenario=baseline"]  # fmt: skip
    run = check(ANY, read_assignments(words)).model_dump()
    assert run == {
        "region": "141100", "base_year": 2015, "end_year": 2030, "scenario": "baseline",
        "changes": "", "lang": "en", "draws": 2000, "seed": 7, "growth_discount": 1.5,
    }  # fmt: skip
    defaults = check(ANY, {}).model_dump()
    assert {name: type(run[name]) for name in run} == {n: type(v) for n, v in defaults.items()}


def test_checked_parameters_cannot_be_changed() -> None:
    run = check(ANY, {})
    with pytest.raises(ValueError, match="frozen"):
        run.end_year = 2030
    assert run.end_year == 2025


def test_assignments_keep_further_equals_signs_and_what_is_none_is_refused():
    assert read_assignments([" region = a=b ", "lang="]) == {"region": "a=b", "lang": ""}
    no_value = "no value; legal: name=value, such as end_year=2025"
    for words, fault in (
        (["end_year"], f"-p 'end_year': {no_value}"),
        (["=2025"], f"-p '=2025': {no_value}"),
        ([" =1"], f"-p ' =1': {no_value}"),
        (["seed=1", " seed =2"], "-p seed: given twice; legal: each parameter once"),
    ):
        with pytest.raises(ParameterError) as raised:
            read_assignments(words)
        assert str(raised.value) == fault


@pytest.mark.parametrize(
    ("notebook", "hint"),
    [("30_feasability", " did you mean 30_feasibility?"), ("notebooks/x.ipynb", "")],
)
def test_a_notebook_of_no_schema_is_refused(notebook: str, hint: str) -> None:
    assert refusal({}, notebook) == (
        f"notebook: {notebook} is not of this project;{hint} legal: {', '.join(SCHEMAS)}"
    )
