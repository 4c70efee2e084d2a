"""All checks together: what they say before and after setup, and that they change nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import IO, Any

import pytest

from doctor.snapshots import snapshot
from omx_wiki.doctor import checkup
from omx_wiki.doctor import launcher as launcher_checks
from omx_wiki.doctor.checkup import examine, facts_of, gravest_first, is_well, mend
from omx_wiki.doctor.finding import LEVELS, Finding, Fix, count_of, some_of
from omx_wiki.errors import RefusedError
from omx_wiki.hosts.plan import SetupOptions, apply
from omx_wiki.hosts.setup import plan_setup
from omx_wiki.project import Project, find_project
from omx_wiki.worker import work

Done = subprocess.CompletedProcess[str]
ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.usefixtures("no_background")


def doctor(folder: Path, *words: str, stdout: IO[bytes] | int = subprocess.PIPE) -> Done:
    start = "from omx_wiki_cli.entry import main; main()"
    paths = os.pathsep.join([str(ROOT / "wiki"), str(ROOT / "cli")])
    return subprocess.run(
        [sys.executable, "-c", start, "doctor", *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": paths},
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no busy machine make a hook count as slow."""
    monkeypatch.setattr(launcher_checks, "_SLOW", float("inf"))


@pytest.fixture
def installed(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Return a project that is set up and trusted."""
    monkeypatch.delenv("OMX_WIKI_BACKGROUND")
    apply(plan_setup(project, SetupOptions(trust=True)))
    assert work(project)
    return find_project(project.root)


def test_before_setup_nothing_is_wrong_and_nothing_is_written(project: Project, home: Path) -> None:
    before = snapshot(home, Path(project.root))
    findings = examine(project)
    assert is_well(findings)
    assert {found.area for found in findings if found.level == "note"} >= {"store"}
    assert snapshot(home, Path(project.root)) == before


def test_after_setup_all_is_well_and_nothing_is_written(installed: Project, home: Path) -> None:
    before = snapshot(home, Path(installed.root))
    findings = examine(installed)
    assert [found.text for found in findings if found.level in {"error", "warning"}] == []
    facts = facts_of(findings)
    assert facts["codex"]["events"] == [
        "SessionStart",
        "UserPromptSubmit",
        "Stop",
        "PreCompact",
        "SessionEnd",
    ]
    assert facts["program"]["hook_ms"] > 0
    assert facts["git"] == {"ignored": True, "tracked": 0}
    assert snapshot(home, Path(installed.root)) == before


def test_what_breaks_is_found_and_mended(installed: Project) -> None:
    launcher = Path(facts_of(examine(installed))["program"]["launcher"])
    launcher.unlink()
    Path(installed.state).chmod(0o755)
    hooks = Path(facts_of(examine(installed))["codex"]["files"][0])
    rows = json.loads(hooks.read_text(encoding="utf-8"))
    del rows["hooks"]["PreCompact"]
    hooks.write_text(json.dumps(rows), encoding="utf-8")
    Path(installed.root, ".gitignore").unlink()

    found = examine(installed)
    done = mend(found)

    assert not is_well(found)
    assert sorted(item.what.split(" /")[0] for item in done if not item.problem) == [
        "add an ignore rule to .gitignore",
        "add the missing hooks to Codex",
        "close",
        "write the launcher anew",
    ]
    left = [f for f in examine(installed) if f.level in {"error", "warning"}]
    assert [
        f.text for f in left if "hook_ratio" not in f.facts
    ] == []  # the hook that came back is the one that is trusted


def test_each_remedy_is_applied_once_and_a_failure_stops_no_other() -> None:
    calls = []

    def fail() -> None:
        raise RefusedError("it is not to be")

    rows = [
        Finding("a", "error", "x", fix=Fix("count", lambda: calls.append(1))),
        Finding("b", "note", "y", fix=Fix("count", lambda: calls.append(2))),
        Finding("b", "error", "z", fix=Fix("fail", fail)),
        Finding("b", "ok", "w", fix=Fix("needless", lambda: calls.append(3))),
        Finding("c", "warning", "v", fix=Fix("last", lambda: calls.append(4))),
    ]
    assert [tuple(item) for item in mend(rows)] == [
        ("count", ""),
        ("fail", "it is not to be"),
        ("last", ""),
    ]
    assert calls == [2, 4]


def test_a_check_that_cannot_go_on_becomes_an_error(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_project: Project) -> list[Finding]:
        raise PermissionError(13, "Permission denied", "/somewhere")

    monkeypatch.setattr(checkup, "check_git", fail)
    rows = [found for found in examine(project) if found.area == "git"]
    assert [(row.level, "Permission denied" in row.text) for row in rows] == [("error", True)]


def test_the_gravest_come_first_in_their_order() -> None:
    rows = [Finding("a", level, f"{level}{number}") for number in (1, 2) for level in reversed(LEVELS)]
    assert [row.text for row in gravest_first(rows)][:4] == ["error1", "error2", "warning1", "warning2"]


def test_numbers_and_lists_are_told_shortly() -> None:
    assert (count_of(1, "page"), count_of(0, "page")) == ("1 page", "0 pages")
    assert some_of(["a"]) == "a"
    assert some_of(list("abcde")) == "a, b, c and 2 more"


def test_the_command_exits_with_1_for_an_error_only(installed: Project) -> None:
    root = Path(installed.root)
    well = doctor(root)
    assert (well.returncode, "error" in well.stdout + well.stderr) == (0, False)
    Path(installed.state).chmod(0o750)
    ill = doctor(root)
    assert ill.returncode == 1
    assert ill.stdout.startswith("error    private")
    assert ill.stderr.startswith("1 error")
    assert "wiki doctor --fix mends " in ill.stderr
    mended = doctor(root, "--fix")
    assert mended.returncode == 0
    assert f"done: close {installed.state} to others\n" in mended.stderr


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no device that is always full")
@pytest.mark.parametrize("words", [[], ["--json"]])
def test_a_full_disk_behind_the_output_is_one_line(project: Project, words: list[str]) -> None:
    with open("/dev/full", "wb") as full:
        done = doctor(Path(project.root), *words, stdout=full)
    last = done.stderr.splitlines()[-1]
    assert (done.returncode, last) == (4, "wiki: No space left on device: standard output")
    assert "Exception" not in done.stderr


def test_the_document_holds_findings_and_facts(installed: Project) -> None:
    done = doctor(Path(installed.root), "--json", "--fix")
    found: dict[str, Any] = json.loads(done.stdout)
    assert (done.returncode, found["ok"]) == (0, True)
    for row in found["findings"]:
        assert set(row) == {"area", "level", "text", "hint", "fixable"}
        assert row["level"] in LEVELS
    assert found["store"]["pages"] == 0
    assert found["program"]["version"]


def test_a_hook_that_is_tried_leaves_no_trace_in_a_wiki_above_it(
    installed: Project, monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    above = Path(installed.root, "tmp")
    above.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(above))
    before = snapshot(home)
    assert facts_of(examine(installed))["program"]["hook_ms"] > 0
    assert snapshot(home) == before
    assert list(above.iterdir()) == []
