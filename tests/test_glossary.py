"""The glossary: one English for each Chinese term, wherever a label repeats it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
from shared import rows_of

from lvliang.baseline.tables import load_table
from lvliang.display.words import VOCABULARY

PROJECT = Path(__file__).resolve().parents[1]

# Seen, and left: a label in a chart or at the head of a row is short; a count is a plural;
# what is counted has a clause; the facts of the report name the price basis of a level; pages count
# in billions in English.
LEFT = {
    "vocabulary.csv unit.亿元": "CNY billion",
    "vocabulary.csv audit_data.budget_revenue": "Budget revenue",
    "vocabulary.csv audit_data.population": "Population",
    "vocabulary.csv outcome_counted.no_end_test": "without an end test",
    "vocabulary.csv outcome_counted.verify_definition": "whose definition is to be verified first",
    "vocabulary.csv outcome_counted.cannot_tell": "that cannot be assessed yet",
    "report_commitments high_tech_firms": "high-tech enterprises",
    "report_commitments technology_smes": "technology-based SMEs",
    "report_facts gdp_nominal.2015": "gross regional product, current prices",
    "report_facts gdp_nominal.2020": "gross regional product, current prices",
}


ROWS = rows_of(PROJECT / "docs/glossary.csv")
GLOSSARY = {row["term_zh"]: row["term_en"] for row in ROWS}


def forms(term: str) -> set[str]:
    """What counts as the same English: the term, without or within its brackets, in any case."""
    whole = re.fullmatch(r"(.+?) \((.+)\)", term)
    return {form.casefold() for form in ([term, *whole.groups()] if whole else [term])}


def labels() -> Iterator[tuple[str, str, str]]:
    """Every label that has both languages: where it stands, Chinese, English."""
    for row in pd.read_csv(VOCABULARY).itertuples():
        yield f"{VOCABULARY.name} {row.kind}.{row.code}", row.zh, row.en
    for table, key, name in (
        ("indicators", "indicator", "name"),
        ("report_commitments", "commitment_id", "indicator"),
        ("report_facts", "figure_id", "indicator"),
    ):
        for _, row in load_table(table).iterrows():
            yield f"{table} {row[key]}", row[f"{name}_zh"], row[f"{name}_en"]


def disagreements(said: Iterator[tuple[str, str, str]]) -> dict[str, str]:
    return {
        place: english
        for place, chinese, english in said
        if chinese in GLOSSARY and not forms(english) & forms(GLOSSARY[chinese])
    }


def test_a_term_stands_once_and_in_both_languages() -> None:
    terms = pd.DataFrame(ROWS)
    assert list(terms.columns) == ["term_zh", "term_en", "note"]
    assert terms["term_zh"].is_unique
    for _, term in terms.iterrows():
        assert re.search(r"[\u4e00-\u9fff]", term["term_zh"])
        assert term["term_en"].strip()
        assert not re.search(r"[\u4e00-\u9fff]", term["term_en"])
        assert [cell for cell in term if cell != cell.strip()] == []


def test_labels_have_the_english_of_the_glossary() -> None:
    assert disagreements(labels()) == LEFT
    repeated = {chinese for _, chinese, _ in labels() if chinese in GLOSSARY}
    assert len(repeated) > 40
