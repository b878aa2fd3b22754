"""The typed parameters of each notebook: one declaration for the check, the help and the form.

Light: imports no pandas, so that a wrong parameter stops a run before anything starts.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic_core import PydanticCustomError

from lvliang.baseline.package import (
    END_OF_PLAN,
    FIRST_BASE_YEAR,
    LAST_YEAR,
    START_OF_PLAN,
    data_folder,
    last_known_year,
)
from lvliang.baseline.regions import find_city_with_gdp
from lvliang.errors import ParameterError, did_you_mean
from lvliang.projection.scenario import (
    WORDS,
    Scenario,
    load_scenario,
    read_scenario,
    scenario_ids,
    scenario_path,
)


def _field(default: Any, zh: str, en: str, *, said: str = "", **rules: Any) -> Any:
    """A parameter called ``zh`` and ``en``; refusals and cells say both, or ``said`` for ``zh``."""
    both = f"{said or zh} {en}"
    return Field(default, title=zh, description=both, json_schema_extra={"title_en": en}, **rules)


def _end_year(first: int) -> Any:
    return _field(END_OF_PLAN, "推算末年", "last year projected", ge=first, le=LAST_YEAR)


class NotebookParameters(BaseModel):
    """Parameters that every notebook takes, in the order of the ``parameters`` cell.

    A notebook declares those that its results depend on, and no others.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    region: str = _field("141100", "地区", "six-digit code or name", said="代码或名称")
    base_year: int = _field(
        START_OF_PLAN - 1, "基期", "last year whose figures are used", ge=FIRST_BASE_YEAR
    )
    lang: Literal["zh", "en"] = _field("zh", "语言", "language: zh or en")

    @classmethod
    def checked(cls, given: dict[str, Any]) -> Self:
        """Parameters from what is ``given``; `ParameterError` with every fault of it."""
        try:
            return cls(**given)
        except ValidationError as error:
            told = "\n".join(_sentence(cls, fault) for fault in error.errors())
            raise ParameterError(told) from None

    @field_validator("region", mode="before")
    @classmethod
    def _code_as_text(cls, value: Any) -> Any:
        return str(value) if isinstance(value, int) else value

    @field_validator("*", mode="before")
    @classmethod
    def _no_truth_value(cls, value: Any) -> Any:
        # Python counts True as 1; whoever writes true does not mean a number.
        if isinstance(value, bool):
            raise PydanticCustomError("bool", "a truth value is no value of this parameter")
        return value

    @field_validator("base_year")
    @classmethod
    def _has_figures(cls, value: int) -> int:
        if value > last_known_year(data_folder()):
            raise PydanticCustomError("after_the_data", "no figures of that year")
        return value

    @field_validator("region")
    @classmethod
    def _known_region(cls, value: str) -> str:
        return find_city_with_gdp(value).code


class ProjectionParameters(NotebookParameters):
    """Notebooks that show draws of the years to come."""

    end_year: int = _end_year(FIRST_BASE_YEAR + 1)
    scenario: str = _field("baseline", "情景", "scenario: a name of data/scenarios or a .toml file")
    changes: str = _field(
        "", "情景调整", "changes of the scenario: driver.year and value, as --set takes them"
    )
    draws: int = _field(10_000, "抽样次数", "number of paths", ge=1_000, le=20_000)
    seed: int = _field(2021, "随机种子", "seed of the paths", ge=0, le=2**32 - 1)
    growth_discount: float = _field(
        0.0, "增速下调（百分点）", "points taken off real growth", said="实际增速下调百分点",
        ge=0, le=5,
    )  # fmt: skip

    @cached_property
    def assumed(self) -> Scenario:
        """The scenario with the changes of it: read once, and a value from here on."""
        base, end = self.base_year, self.end_year
        return load_scenario(self.scenario, self.changes, base_year=base, end_year=end)

    @field_validator("scenario")
    @classmethod
    def _known_scenario(cls, value: str) -> str:
        path = scenario_path(value)
        if value in scenario_ids():
            return value
        from lvliang.display.words import forbidden  # imports pandas

        own = read_scenario(path)
        for name in WORDS:
            for word in forbidden(getattr(own, "scenario_id" if name == "id" else name)):
                raise ParameterError(
                    f"{path}, {name}: no page may say {word!r}; legal: a text without it"
                )
        return str(path.resolve())

    @model_validator(mode="after")
    def _possible(self) -> ProjectionParameters:
        base, end = self.base_year, self.end_year
        if end <= base:
            told = (
                f"end_year: {end} is not after base_year {base}; legal: {base + 1} to {LAST_YEAR}"
            )
            raise PydanticCustomError("end_before_base", told)
        _ = self.assumed  # what is not legal is refused when it is read
        return self


class ComparisonParameters(ProjectionParameters):
    """Notebooks that show scenarios side by side, and each of them as conditional."""


class FeasibilityParameters(ProjectionParameters):
    """Notebooks that judge targets: the run must reach their year."""

    end_year: int = _end_year(START_OF_PLAN)


class RankParameters(ProjectionParameters):
    """Notebooks that tell chances of other cities: the public edition leaves these out."""

    edition: Literal["internal", "public"] = _field(
        "internal", "版别", "edition: internal or public"
    )


class ReportParameters(FeasibilityParameters, RankParameters):
    """Of a report: it holds every notebook, so it must be right for the most demanding."""


SUMMARY = "90_summary"
SCHEMAS: dict[str, type[NotebookParameters]] = {
    "00_data_audit": NotebookParameters,
    "10_baseline": NotebookParameters,
    "15_progress": FeasibilityParameters,
    "20_trajectories": ProjectionParameters,
    "30_feasibility": FeasibilityParameters,
    "40_scenarios": ComparisonParameters,
    "50_ranks": RankParameters,
    "60_industries": NotebookParameters,
    "70_track_record": NotebookParameters,
    "80_commitments": FeasibilityParameters,
    SUMMARY: FeasibilityParameters,
}


def schema_of(notebook: str | Path) -> type[NotebookParameters]:
    """The parameters of a notebook, by its file name; ``ParameterError`` if there is none."""
    name = Path(notebook).stem
    if name not in SCHEMAS:
        hint, legal = did_you_mean(name, SCHEMAS), ", ".join(SCHEMAS)
        raise ParameterError(f"notebook: {notebook} is not of this project;{hint} legal: {legal}")
    return SCHEMAS[name]


def check(notebook: str | Path, given: dict[str, Any]) -> NotebookParameters:
    """Check ``given`` against the schema of a notebook; what is not given has its default.

    Raises `ParameterError`, which names the parameter, its value and what would be legal.
    """
    return schema_of(notebook).checked(given)


def part_of(run: ReportParameters, notebook: str) -> NotebookParameters:
    """What one notebook takes of the parameters of a report."""
    schema = schema_of(notebook)
    return schema(**{name: getattr(run, name) for name in schema.model_fields})


def read_assignments(pairs: list[str]) -> dict[str, str]:
    """``name=value`` words of a command line; `ParameterError` for any other."""
    given: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name.strip():
            raise ParameterError(f"-p {pair!r}: no value; legal: name=value, such as end_year=2025")
        if name.strip() in given:
            raise ParameterError(f"-p {name.strip()}: given twice; legal: each parameter once")
        given[name.strip()] = value.strip()
    return given


def _sentence(schema: type[NotebookParameters], fault: Any) -> str:
    if not fault["loc"]:
        return str(fault["msg"])
    name = str(fault["loc"][0])
    if fault["type"] == "extra_forbidden":
        hint, legal = did_you_mean(name, schema.model_fields), ", ".join(schema.model_fields)
        return f"{name}: no such parameter;{hint} legal: {legal}"
    return f"{name}: {fault['input']!r} is not legal; legal: {describe(schema, name)}"


def describe(schema: type[NotebookParameters], name: str) -> str:
    """What a parameter may be, in words.

    >>> describe(ProjectionParameters, "growth_discount")
    'a number from 0 to 5 (实际增速下调百分点 points taken off real growth)'
    """
    rule = schema.model_json_schema()["properties"][name]
    if "const" in rule or "enum" in rule:
        allowed = " or ".join(rule.get("enum", [rule.get("const")]))
    else:
        kind = {"integer": "a whole number", "number": "a number", "string": "a text"}
        allowed = kind[rule["type"]]
        if "minimum" in rule:
            # How far the data go is not declared: it is theirs to say.
            most = rule["maximum"] if "maximum" in rule else last_known_year(data_folder())
            allowed += f" from {rule['minimum']} to {most}"
    return f"{allowed} ({rule['description']})"


def titles(schema: type[NotebookParameters]) -> dict[str, dict[str, str]]:
    """What each parameter is called: ``title_zh`` and ``title_en``."""
    rules = schema.model_json_schema()["properties"]
    return {
        name: {"title_zh": rule["title"], "title_en": rule["title_en"]}
        for name, rule in rules.items()
    }
