"""The installation: compiled modules, start-up cost, and the launcher."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest

from omx_wiki.doctor import launcher as checks
from omx_wiki.doctor import program, timing
from omx_wiki.doctor.finding import Finding
from omx_wiki.hosts import launcher


@pytest.fixture
def package(tmp_path: Path) -> Path:
    folder = tmp_path / "omx_wiki"
    (folder / "hook").mkdir(parents=True)
    for name in ("project.py", "hook/main.py", "hook/log.py"):
        (folder / name).write_text("x = 1\n", encoding="utf-8")
    return folder


@pytest.fixture
def written() -> Path:
    """Return the launcher, written as setup does."""
    path = Path(launcher.launcher_path())
    path.parent.mkdir(parents=True, mode=0o700)
    path.parent.parent.chmod(0o700)
    path.write_bytes(launcher.launcher_text())
    path.chmod(0o700)
    return path


def only(findings: object) -> Finding:
    (found,) = list(findings)  # type: ignore[call-overload]  # any iterable of findings
    assert isinstance(found, Finding)
    return found


def test_modules_that_are_not_compiled_are_counted_and_compiled(package: Path) -> None:
    found = only(program.check_compiled(str(package)))
    assert (found.level, found.text.split(";")[0]) == ("note", "3 modules of the hook not compiled")
    assert found.fix
    found.fix.apply()
    assert list(program.check_compiled(str(package))) == []


def test_a_module_newer_than_its_compiled_file_counts(package: Path) -> None:
    fix = only(program.check_compiled(str(package))).fix
    assert fix
    fix.apply()
    os.utime(package / "hook" / "log.py", (4e9, 4e9))
    assert only(program.check_compiled(str(package))).text.startswith("1 module of")


def test_a_package_that_cannot_be_written_to_is_a_warning(
    package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    found = only(program.check_compiled(str(package)))
    assert (found.level, found.fix) == ("warning", None)
    assert "compileall" in found.hint


def test_pth_files_are_named_only_when_they_cost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "paths.pth").write_text("/somewhere\n", encoding="utf-8")
    (tmp_path / "code.pth").write_text("import sys; sys.x = 1\n", encoding="utf-8")
    monkeypatch.setattr(program, "median_seconds", lambda words: 0.01 if "-S" in words else 0.05)
    found = only(program.check_start_cost([str(tmp_path), str(tmp_path / "none")]))
    assert found.facts == {"pth": ["code.pth"]}
    assert "40 ms" in found.text
    monkeypatch.setattr(program, "median_seconds", lambda words: 0.01 if "-S" in words else 0.014)
    assert list(program.check_start_cost([str(tmp_path)])) == []


def test_an_interpreter_that_is_a_script_is_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shim = tmp_path / "shims" / "python"
    shim.parent.mkdir()
    shim.write_text("#!/bin/sh\n", encoding="utf-8")
    real = sys.executable
    monkeypatch.setattr(program, "median_seconds", lambda _words: None)
    monkeypatch.setattr(sys, "executable", str(shim))
    levels = {found.text: found.level for found in program.check_program()}
    assert any(level == "warning" and str(shim) in text for text, level in levels.items())
    monkeypatch.setattr(sys, "executable", real)
    assert not any("is a script" in found.text for found in program.check_program())


def test_a_wiki_of_an_old_pip_is_noted(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = programs / "wiki"
    script.write_text("#!/usr/bin/python3\nimport re\nimport sys\n", encoding="utf-8")
    script.chmod(0o755)
    monkeypatch.setattr(program, "wiki_command", lambda: str(script))
    assert any("old pip" in found.text for found in program.check_program())
    script.write_text("#!/usr/bin/python3\nimport sys\n", encoding="utf-8")
    assert not any("old pip" in found.text for found in program.check_program())


def test_a_launcher_of_this_installation_is_fine(written: Path) -> None:
    found = only(checks.check_launcher(is_needed=True))
    assert (found.level, found.facts) == ("ok", {"launcher": str(written)})


def test_a_missing_launcher_matters_only_where_hooks_run_it() -> None:
    assert list(checks.check_launcher(is_needed=False)) == []
    assert only(checks.check_launcher(is_needed=True)).level == "error"


@pytest.mark.parametrize(
    ("old", "new", "level", "word"),
    [
        (sys.executable, "/gone/python", "error", "/gone/python"),
        (str(Path(program.__file__).parents[2]), "/gone/lib", "error", "/gone/lib"),
        (sys.executable, "/bin/sh", "warning", "another installation"),
        ("# Runs", "# Ran", "warning", "another version"),
        ("if [", "if test [", "warning", "another version"),
        ("if [ -x ", 'if [ -x "', "warning", "another version"),
    ],
)
def test_a_launcher_of_another_installation_is_written_anew(
    written: Path, old: str, new: str, level: str, word: str
) -> None:
    written.write_text(written.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    found = only(checks.check_launcher(is_needed=True))
    assert found.level == level
    assert word in found.text
    assert list(checks.check_latency()) == []
    assert found.fix
    found.fix.apply()
    assert only(checks.check_launcher(is_needed=True)).level == "ok"


def test_a_launcher_that_is_not_executable_is_an_error(written: Path) -> None:
    written.chmod(0o600)
    found = only(checks.check_launcher(is_needed=True))
    assert found.level == "error"
    assert found.fix
    found.fix.apply()
    assert only(checks.check_launcher(is_needed=True)).level == "ok"


def test_a_launcher_is_measured_against_the_bare_interpreter(written: Path) -> None:
    facts = only(checks.check_latency()).facts
    assert facts["hook_ratio"] == pytest.approx(facts["hook_ms"] / facts["bare_ms"], rel=0.2)
    assert written.exists()


@pytest.mark.parametrize(("seconds", "level"), [((0.01, 0.04), "ok"), ((0.01, 0.051), "warning")])
def test_a_slow_hook_is_a_warning(
    written: Path, monkeypatch: pytest.MonkeyPatch, seconds: tuple[float, float], level: str
) -> None:
    answers = iter(seconds)

    def measured(*words: Any) -> float:
        timing.median_seconds(*words)
        return next(answers)

    monkeypatch.setattr(checks, "median_seconds", measured)
    assert only(checks.check_latency()).level == level
    assert written.exists()


@pytest.mark.parametrize(
    ("script", "word"),
    [
        ("echo well", "no report"),
        ("exit 2", "no report"),
        ("true", "no report"),
        ('echo "x failed: MemoryError()" >>"$OMX_WIKI_HOME/hook.log"', "MemoryError"),
    ],
)
def test_a_hook_that_does_not_run_through_is_an_error(
    written: Path, monkeypatch: pytest.MonkeyPatch, script: str, word: str
) -> None:
    text = f"#!/bin/sh\n{script}\n".encode()
    monkeypatch.setattr(launcher, "launcher_text", lambda: text)
    written.write_bytes(text)
    found = only(checks.check_latency())
    assert found.level == "error"
    assert word in found.text
