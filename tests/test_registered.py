"""Registered forecasts: the files are those of the day, and hold what they are said to hold."""

import hashlib
from pathlib import Path

from lvliang.baseline.tables import load_table
from lvliang.feasibility.record_facts import registered_facts

# Of the files as they were made. They are read and never made again: no change of the code, of
# the figures or of their contract is a reason to renew a line here.
DIGESTS = {
    "record/2020-first-edition.csv": (
        "3a370cc935e3c4297cb3385095a22c08167dc7b2270fbb5d41a0e3ab7f719f99"
    ),
    "record/2020-first-edition-verdicts.json": (
        "27bfe990fcfe376b4d3f166b96a92c01ceb1a32791900dafa1c0b3b82c3ef511"
    ),
    "record/2020-first-edition-ranks.csv": (
        "ba17484d03f00d428a125320da7c979f6ea070b2ac5accb51246bd649d083ce8"
    ),
}


def test_the_registered_files_are_as_they_were_made(data: Path) -> None:
    found = {file: hashlib.sha256((data / file).read_bytes()).hexdigest() for file in DIGESTS}
    assert found == DIGESTS
    declared = load_table("registered", data)
    assert dict(zip(declared["file"], declared["sha256"], strict=True)) == DIGESTS


def test_an_earlier_base_year_knows_nothing_of_it(data: Path) -> None:
    assert registered_facts(2020, data)["commit"] == "d86c604"
    assert registered_facts(2019, data) is None
