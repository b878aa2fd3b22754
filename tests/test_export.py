"""Exports: what stands in the table, that it is the outlook's, and files whole or not at all."""

import csv
import io
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest

from lvliang import study
from lvliang.errors import ParameterError
from lvliang.export.files import content, write_whole
from lvliang.export.rows import COLUMNS, Export, collect, exported
from lvliang.feasibility.background import load_background
from lvliang.feasibility.targets import load_targets
from lvliang.feasibility.verdicts import assess
from lvliang.projection.outlook import Outlook, look_ahead
from lvliang.projection.scenario import load_scenario
from lvliang.provenance import code_version, data_fingerprint
from lvliang.study import Study

pytestmark = pytest.mark.usefixtures("shared_store")
CODE, ORIGIN = "141100", 2020
KEY = ["scenario", "region_code", "variable", "year"]
SCENARIOS = ["baseline", "relapse"]
FEW = {"draws": 1000}
LEVELS = {"q05": 5, "q10": 10, "q25": 25, "q50": 50, "q75": 75, "q90": 90, "q95": 95}
HALF_OF_THE_LAST_PLACE = 5.01e-5


def studies(names: list[str], **given: Any) -> list[Study]:
    return [Study.of("30_feasibility", FEW | given | {"scenario": name}) for name in names]


def own_scenario(tables: Path, folder: Path, name: str) -> str:
    shipped = (tables / "scenarios/coal_slump.toml").read_text("utf-8")
    own = folder / "own.toml"
    own.write_text(shipped.replace('id = "coal_slump"', f'id = "{name}"'), "utf-8")
    return str(own)


@pytest.fixture(scope="module", autouse=True)
def tables(small_data: Path) -> Iterator[Path]:
    """Every test of this file reads the small panel."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LVLIANG_DATA", str(small_data))
        yield small_data


@pytest.fixture(scope="module")
def export(tables: Path) -> Export:
    return collect(studies(SCENARIOS))


@pytest.fixture(scope="module")
def outlooks(tables: Path) -> dict[str, Outlook]:
    """The same draws, asked for as the pages do."""
    span = {"base_year": ORIGIN, "end_year": 2025}
    return {
        name: look_ahead(CODE, **span, draws=1000, seed=2021, scenario=load_scenario(name, **span))
        for name in SCENARIOS
    }


def read(made: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(made.decode("utf-8"))))


def table(path: Path) -> list[dict[str, str]]:
    return read(path.read_bytes())


def cells(made: bytes) -> dict[str, list[tuple[Any, ...]]]:
    book = openpyxl.load_workbook(io.BytesIO(made))
    return {sheet.title: list(sheet.values) for sheet in book}


@pytest.mark.parametrize("form", ["csv", "iamc"])
def test_every_value_has_a_key_of_its_own_and_nothing_is_missing(export: Export, form: str) -> None:
    rows = read(content(export, form, ".csv", "zh"))
    iamc = ["model", "scenario", "region", "variable", "unit", "year", "value"]
    assert list(rows[0]) == {"csv": COLUMNS, "iamc": iamc}[form]
    assert [row for row in rows if not all(value.strip() for value in row.values())] == []
    key = [column for column in ["region", *KEY] if column in rows[0]]
    assert len({tuple(row[column] for column in key) for row in rows}) == len(rows)
    assert [float(row["value"]) for row in rows] == export.rows["value"].tolist()


def test_units_and_price_bases_are_those_of_the_indicators(export: Export, tables: Path) -> None:
    rows, kept = export.rows, ["indicator", "unit", "price_basis"]
    shares = rows["statistic"].str.startswith("rank_") | (rows["statistic"] == "met")
    assert set(rows[shares]["unit"]) == {"%"}
    known = {tuple(row[key] for key in kept) for row in table(tables / "indicators.csv")}
    told = set(rows.loc[~shares, kept].itertuples(index=False, name=None))
    grown = {(f"{name}_growth", "%", basis) for name, _, basis in known}
    assert told <= known | grown


DROPPED = {
    ("retail_sales", "2012"),
    *(("registered_unemployed", f"20{y}") for y in ("06", "09", "10")),
}


def test_figures_are_those_of_the_tables_in_every_vintage(export: Export, tables: Path) -> None:
    files = ["panel/gdp_first_published", "panel/gdp_revised", "panel/budget_revenue",
             "panel/fixed_asset_investment", "panel/retail_sales", "panel/registered_unemployed",
             "report/baseline"]  # fmt: skip
    key = ["indicator", "vintage", "year", "source_id", "value"]
    expected = {
        (*(line[column] for column in key[:-1]), float(line["value"]))
        for name in files
        for line in table(tables / f"{name}.csv")
        if line["region_code"] == CODE and line["indicator"] in exported()
        if line["known_at"] <= f"{ORIGIN + 1}-03"
        if (line["source_id"], line["year"]) != ("Y_CCSY", "2018")  # S1 has it, too
        if (line["indicator"], line["year"]) not in DROPPED
    }
    told = export.rows[export.rows["status"] == "observed"].astype({"year": str})
    assert set(told[key].itertuples(index=False, name=None)) == expected
    assert told[told["indicator"] == "gdp_nominal"]["vintage"].nunique() == 3


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_statistics_are_those_of_the_paths(export, outlooks, scenario):
    paths = outlooks[scenario].own_paths
    own = export.rows[(export.rows["scenario"] == scenario) & (export.rows["statistic"] != "met")]
    drawn = [str(name) for name in paths["indicator"].to_numpy()]
    usable = [name for name in drawn if not np.isnan(paths.sel(indicator=name)).any()]
    assert {"gdp_nominal", "gdp_real_growth", "budget_revenue_growth"} < set(usable) < set(drawn)
    for indicator in drawn:
        rows = own[own["indicator"] == indicator]
        found = rows.pivot(index="year", columns="statistic", values="value")
        assert list(found.index) == ([*range(2021, 2026)] if indicator in usable else [])
        for year in found.index:
            values = paths.sel(indicator=indicator, year=year).to_numpy()
            expected = {key: np.percentile(values, level) for key, level in LEVELS.items()}
            if indicator == "gdp_real_growth":  # the others have tails without a mean
                expected["mean"] = values.mean()
            assert found.loc[year].to_dict() == pytest.approx(expected, abs=HALF_OF_THE_LAST_PLACE)


def test_what_is_observed_projected_and_conditional_is_told_apart(export: Export) -> None:
    rows = export.rows
    told = {"observed": "observed", "baseline": "projected", "relapse": "conditional"}
    assert rows["status"].equals(rows["scenario"].map(told))
    is_observed = rows["status"] == "observed"
    observed, drawn = rows[is_observed], rows[~is_observed]
    assert set(observed["variable"]) & set(drawn["variable"]) == set()
    assert rows["variable"].str.contains("|Observed|", regex=False).eq(is_observed).all()
    assert observed["year"].max() <= ORIGIN < drawn["year"].min()
    found = drawn.drop_duplicates("indicator").set_index("indicator")[["vintage", "source_id"]]
    assert tuple(found.loc["budget_revenue"]) == ("first_published", "Y_CCSY")
    assert tuple(found.loc["gdp_nominal"]) == ("first_published", "S4")
    assert tuple(found.loc["gdp_nominal_growth"]) == ("revised", "S5")


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_chances_of_ranks_are_counted_on_the_paths_and_add_up(export, outlooks, scenario):
    ranks = export.rows[export.rows["statistic"].str.startswith("rank_")]
    ranks = ranks[ranks["scenario"] == scenario]
    kind = ranks["variable"].str.partition("|Chance")[0]
    sums = ranks.groupby([kind, "year"])["value"].sum()
    assert len(sums) == 5 * 4  # three treatments of prices, and revenue
    assert sums.to_numpy() == pytest.approx(100, abs=11 * HALF_OF_THE_LAST_PLACE)
    levels = outlooks[scenario].paths.sel(indicator="gdp_nominal", year=2025)
    place = 1 + (levels > levels.sel(region=CODE)).sum("region").to_numpy()
    own_prices = (kind == "GDP|Nominal|Rank in Province|Own Prices") & (ranks["year"] == 2025)
    expected = {f"rank_{n}": 100 * (place == n).mean() for n in range(1, 12)}
    found = ranks[own_prices].set_index("statistic")["value"].to_dict()
    assert found == pytest.approx(expected, abs=HALF_OF_THE_LAST_PLACE)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_target_has_a_number_where_its_grade_is_a_or_b(export, outlooks, scenario):
    targets = load_targets(CODE, ORIGIN, 2025)
    judged = assess(targets, outlooks[scenario], load_background(CODE, ORIGIN)).rated
    assert {"B", "D"} <= {one.grade for one in judged}
    rows = export.rows[(export.rows["statistic"] == "met") & (export.rows["scenario"] == scenario)]
    found = {row.variable: (row.year, row.value) for row in rows.itertuples()}
    chances = {
        f"Target|{one.target.target_id}|Chance of Being Met": (
            one.target.last_year,
            pytest.approx(100 * one.probability),
        )
        for one in judged
        if one.grade in "AB"
    }
    assert found == chances
    assert set(rows["vintage"]) == {"preliminary"}


def test_what_a_user_changed_stands_in_the_name_of_the_scenario(tables: Path) -> None:
    found = collect(studies(["coal_slump"], changes="policy.2024=0.5", growth_discount="1"))
    name = "coal_slump (policy.2024=0.5; growth_discount=1)"
    assert set(found.rows["scenario"]) == {"observed", name}
    title = name.replace("coal_slump", found.studies[name].scenario.title_zh)
    assert cells(content(found, "xlsx", ".xlsx", "zh"))["数据"][-1][:2] == (title, name)


@pytest.mark.parametrize(
    ("taken", "names"), [("coal_slump", ["coal_slump"]), ("observed", []), (" ", [])]
)
def test_a_name_that_is_taken_is_refused(tables, tmp_path, taken, names):
    with pytest.raises(ParameterError, match=f"own.toml goes by the id '{taken}'; legal: an id"):
        collect(studies([*names, own_scenario(tables, tmp_path, taken)]))


def test_the_same_seed_gives_the_same_bytes_and_a_workbook_holds_no_time(
    export: Export, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = collect(studies(SCENARIOS, seed=7))
    monkeypatch.setenv("LVLIANG_CACHE", "off")
    again = collect(studies(SCENARIOS))
    for place in (("csv", ".csv"), ("iamc", ".csv"), ("xlsx", ".xlsx"), ("iamc", ".xlsx")):
        made = content(export, *place, "zh")
        assert content(again, *place, "zh") == made
        assert content(other, *place, "zh") != made
        if place[1] == ".xlsx":
            with zipfile.ZipFile(io.BytesIO(made)) as archive:
                assert {info.date_time[0] for info in archive.infolist()} == {1980}
                core = archive.read("docProps/core.xml").decode()
            assert core.count(f"{ORIGIN + 1}-03-31T00:00:00Z") == 2


LAST_ROW = {
    "zh": ("relapse", "吕梁市", "一般公共预算收入增速：2021—2025年年均≥5%",
           "达到目标的路径占比", "条件预测", "初步核算", "现价", "%"),
    "en": ("relapse", "Lvliang",
           "Growth of general public budget revenue: ≥ 5 % a year on average, 2021–2025",
           "Share of paths that meet the target", "Conditional projection",
           "Preliminary accounting", "Current prices", "%"),
}  # fmt: skip


@pytest.mark.parametrize(("lang", "unit"), [("zh", "亿元"), ("en", "100 million CNY")])
def test_the_workbook_says_in_one_language_what_the_table_says(export, lang, unit):
    made = content(export, "xlsx", ".xlsx", lang)
    data, variables, provenance = cells(made).values()
    assert data[-1][1:9] == LAST_ROW[lang]
    kept = ["year", "value", "variable"]
    assert [row[-3:] for row in data[1:]] == [*export.rows[kept].itertuples(index=False, name=None)]
    assert {type(row[-2]) for row in data[1:]} <= {int, float}
    assert unit in {row[-4] for row in data[1:]}
    assert {row[0] for row in variables[1:]} == set(export.rows["variable"])
    assert all(cell not in (None, "") for row in [*data, *variables] for cell in row)
    told = {str(row[2]) for row in provenance[1:]}
    assert {code_version(), data_fingerprint(), "2021", "1000"} <= told
    assert getattr(export.studies["relapse"].scenario, f"rationale_{lang}").strip() in told
    kinds = [row[0] for row in provenance[1:]]
    assert kinds.count("来源" if lang == "zh" else "Source") > 3


def test_text_of_a_scenario_is_no_formula(tables: Path, tmp_path: Path) -> None:
    scenario = own_scenario(tables, tmp_path, "=1+1")
    made = content(collect(studies([scenario])), "iamc", ".xlsx", "zh")
    last = list(openpyxl.load_workbook(io.BytesIO(made))["data"].rows)[-1][1]
    assert (last.value, last.data_type) == ("=1+1", "s")


def test_a_file_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    out, write = tmp_path / "out.csv", Path.write_bytes
    write_whole(out, b"old")
    write_whole(out, b"new")

    def full(self: Path, made: bytes) -> int:
        write(self, made[:1])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(ParameterError, match=r"out\.csv: No space left on device; legal: "):
        write_whole(out, b"newer")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("out.csv", b"new")]


def test_the_command_prints_a_table_and_writes_files(call, export, tmp_path):
    words = ["export", "-p", "draws=1000"]
    of_the_baseline = read(call(*words).stdout.encode())
    assert {row["scenario"] for row in of_the_baseline} == {"observed", "baseline"}
    words += ["--region", "吕梁"]
    for name in SCENARIOS:
        words += ["--scenario", name]
    printed = call(*words, "--format", "csv").stdout.encode()
    assert printed == content(export, "csv", ".csv", "zh")
    out, book = tmp_path / "out.csv", tmp_path / "book.XLSX"
    out.write_text("old", "utf-8")
    done = call(*words, "--format", "iamc", "--out", out)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert out.read_bytes() == content(export, "iamc", ".csv", "zh")
    assert call(*words, "--format", "xlsx", "-p", "lang=en", "--out", book).returncode == 0
    assert list(cells(book.read_bytes())) == ["Data", "Variables", "Provenance"]
    assert {path.name for path in tmp_path.iterdir()} == {"out.csv", "book.XLSX"}


REFUSED = {
    "--format json": "'json' is not one of 'csv', 'xlsx', 'iamc'",
    "--format xlsx": "--out: none given; legal with --format xlsx: a path in .xlsx",
    "--format csv --out f.xlsx": "f.xlsx: legal with --format csv: a path in .csv",
    "--format iamc --out f": "f: legal with --format iamc: a path in .csv or .xlsx",
    "--out nowhere/f.csv": "no folder nowhere; legal: a folder that is there",
    "--out folder.csv": "folder.csv: a folder; legal: a path in .csv",
    "--scenario coal_slmp": "did you mean coal_slump? legal: baseline, coal_boom",
    "--scenario baseline -p scenario=relapse": "given twice; legal: as options or",
    "--scenario relapse --scenario relapse": "of no other scenario of the export",
    "-p changes=coal_price.2023=-130%": "-130 is not legal; legal: -90 to 300 %",
}


@pytest.mark.parametrize(("words", "said"), REFUSED.items())
def test_what_cannot_be_meant_is_exit_code_2_and_nothing_is_drawn_or_written(
    call, tmp_path, monkeypatch, words, said
):
    monkeypatch.setattr(study, "look_ahead", lambda *_, **__: pytest.fail("paths were drawn"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder.csv").mkdir()
    out = [] if "--out" in words or "xlsx" in words else ["--out", "f.csv"]
    done = call("export", *words.split(), *out)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in " ".join(done.stderr.replace("│", " ").split())
    assert [path.name for path in tmp_path.iterdir()] == ["folder.csv"]


def test_without_the_panel_there_are_figures_at_most(call, small_copy, monkeypatch, tmp_path):
    shutil.rmtree(small_copy / "panel")
    monkeypatch.setenv("LVLIANG_DATA", str(small_copy))
    out = tmp_path / "f.csv"
    done = call("export", "--region", "海口", "-p", "draws=1000", "--out", out)
    assert (done.returncode, done.stdout, out.exists()) == (3, "", False)
    assert "error: region: no figure of 460100 is known in 2020" in done.stderr
    rows = collect(studies(["baseline"])).rows
    assert (set(rows["status"]), set(rows["vintage"])) == ({"observed"}, {"report"})
