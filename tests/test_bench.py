"""The bench: medians and ratios of one run, plain commands as typed, what fails stops it."""

import json
from pathlib import Path

import pytest

from lvliang.site import publication
from tools import bench


def test_commands_take_turns_and_their_medians_are_held_against_the_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(publication, "OUTPUTS", tmp_path)
    bench.main(["--runs", "3", "sleep 0.3", "sleep 0.1"])
    (kept,) = (tmp_path / "bench").iterdir()
    slow, fast = json.loads(kept.read_text("utf-8"))["table"]
    assert (slow["way"], slow["faster"]) == ("0: sleep 0.3", 1.0)
    assert fast["seconds"] == sorted(fast["runs"])[1] >= 0.1
    assert fast["faster"] == slow["seconds"] / fast["seconds"] > 1
    told = capsys.readouterr()
    assert told.out.splitlines()[-1] == str(kept)
    assert [line.split(": ")[1] for line in told.err.splitlines()] == ["0", "1"] * 3


def test_a_command_that_fails_stops_the_bench() -> None:
    with pytest.raises(SystemExit, match=r"^exit code 4: a / b$"):
        bench.seconds("echo a; echo b >&2; exit 4")
