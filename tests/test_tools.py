"""The tools: the bench, and the comparison of what two commits publish."""

import json
from pathlib import Path

import pytest

from lvliang.site import publication
from tools import bench, same_pages


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


PAGE, DATA, FEED = "site/zh/30_feasibility.html", "site/data/zh/30_feasibility-01.csv", "feed.json"
FILES = {
    PAGE: """<html><head><style>a</style></head><body><p class="headline">Within reach: 2 of 11.</p>
<table><tr><th>GDP</th><td>6.7%</td></tr><tr><th>Revenue</th><td>9.6%</td></tr></table>
<svg><style>b</style><path d="M 0 1"/></svg><p>发布于2026-06-01 08:00。</p>
<footer>Code 0.1.0 (32df175)</footer></body></html>""",
    DATA: "target,value\nGDP,6.7\nRevenue,9.6\n",
    FEED: '{"items": [{"id": "20260601T080000", "title": "Same"}], "code_hash": "53eac63c5d34"}',
}
ROW, LAST = "body > table[1] > tr[1]", "body > table[1] > tr[2] > td[1]"


def folder(top: Path, files: dict[str, str]) -> Path:
    for name, content in files.items():
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).write_text(content, "utf-8")
    return top


def planted(tmp_path: Path, name: str, old: str, new: str) -> tuple[Path, Path]:
    """Two folders, of which the second says ``new`` in place of ``old``."""
    assert FILES[name].count(old) == 1
    changed = FILES | {name: FILES[name].replace(old, new)}
    return folder(tmp_path / "old", FILES), folder(tmp_path / "new", changed)


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        (DATA, "9.6", "9.7", r"line 3: 'Revenue,9.6\n' → 'Revenue,9.7\n'"),
        (DATA, "GDP,6.7\n", "", r"line 2: 'GDP,6.7\n' → ''"),
        (PAGE, "Within", "Beyond", "body > p[1]: 'Within reach: 2 of 11.' → 'Beyond reach: 2"),
        (PAGE, "9.6%", "9.5%", f"{LAST}: '9.6%' → '9.5%'"),
        (PAGE, "<tr><th>GDP</th><td>6.7%</td></tr>", "", f"{ROW}: '<tr><th>GDP<td>6.7%' → ''"),
        (PAGE, "headline", "note", "body > p[1]: '<p headline>' → '<p note>'"),
        (PAGE, "M 0 1", "M 0 2", "svg[1] > path[1]: '<path d=M 0 1>' → '<path d=M 0 2>'"),
        (FEED, "Same", "Moved", """$ > items > 0 > title: 'title: "Same" ' → 'title: "Mov"""),
    ],
)
def test_what_a_reader_sees_is_compared(tmp_path, capsys, name, old, new, told):
    assert not same_pages.tell(1, *planted(tmp_path, name, old, new))
    head, line = capsys.readouterr().out.splitlines()
    assert head.endswith("3 files, 1 pages: 1 differences in 1 files")
    assert line.startswith(f"  {name}, ")
    assert told in line


TIMES = [(PAGE, "06-01 08:00", "06-02 09:30"), (FEED, "20260601T080000", "20260602T093000-2")]
MADE_OF = [(PAGE, "(32df175)", "(d86c604-dirty)"), (PAGE, "Code", "Of"), (FEED, "53ea", "0000")]
LOOK = [(PAGE, "<head><style>a", "<head><style>"), (PAGE, "<style>b", "<style>")]


@pytest.mark.parametrize(("name", "old", "new"), [*TIMES, *MADE_OF, *LOOK])
def test_what_changes_with_each_run_is_not(tmp_path: Path, name: str, old: str, new: str) -> None:
    assert same_pages.tell(1, *planted(tmp_path, name, old, new))


def test_a_file_on_one_side_alone_is_a_difference(tmp_path: Path) -> None:
    old, new = folder(tmp_path / "old", FILES), folder(tmp_path / "new", FILES)
    (new / DATA).unlink()
    assert same_pages.compare(old, new)[DATA] == [("file", "there", "missing")]
