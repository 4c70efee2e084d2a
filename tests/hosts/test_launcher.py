from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import omx_wiki
from omx_wiki import templates
from omx_wiki.errors import RefusedError, WikiError
from omx_wiki.hosts import hooks_file, launcher

_PACKAGE = Path(omx_wiki.__file__).parent


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a stand-in for the package, in a folder whose name needs quoting."""
    folder = tmp_path / """it's "a" $(folder) @WIKI@""" / "omx_wiki"
    (folder / "hook").mkdir(parents=True)
    (folder / "__init__.py").write_text("")
    (folder / "hook" / "__init__.py").write_text("")
    monkeypatch.setattr(omx_wiki, "__file__", str(folder / "__init__.py"))
    return folder


def _run(tmp_path: Path, *words: str) -> subprocess.CompletedProcess[str]:
    path = tmp_path / "wiki-hook"
    path.write_bytes(launcher.launcher_text())
    path.chmod(0o700)
    return subprocess.run([path, *words], input="x" * 300_000, text=True, capture_output=True, check=False)


def test_the_launcher_hands_its_words_and_input_to_the_hook(tmp_path: Path, package: Path) -> None:
    (package / "hook" / "main.py").write_text(
        "import sys\n"
        "def main():\n"
        "    print(len(sys.stdin.read()), sys.argv[1:], sys.path[:1], sys.flags.isolated)\n"
    )

    done = _run(tmp_path, "--dialect", "codex")

    words = ["--wiki", launcher.wiki_command(), "--parent", str(os.getpid()), "--dialect", "codex"]
    standard = subprocess.run(
        [sys.executable, "-I", "-S", "-c", "import sys; print(sys.path[:1])"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"300000 {words} {standard} 1\n"


@pytest.mark.parametrize(
    "source",
    [
        "import sys\ndef main():\n    sys.exit(2)\n",
        "def main():\n    raise RuntimeError('broken')\n",
        "import os, signal\ndef main():\n    os.kill(os.getpid(), signal.SIGKILL)\n",
        "no python",
    ],
)
def test_the_launcher_exits_with_0_whatever_the_hook_does(tmp_path: Path, package: Path, source: str) -> None:
    (package / "hook" / "main.py").write_text(source)

    done = _run(tmp_path)

    assert (done.returncode, done.stdout) == (0, "")


def test_without_the_package_the_input_is_taken_and_nothing_is_said(tmp_path: Path, package: Path) -> None:
    assert not (package / "hook" / "main.py").exists()

    done = _run(tmp_path)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_without_the_interpreter_the_input_is_taken_and_nothing_is_said(
    tmp_path: Path, package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (package / "hook" / "main.py").write_text("def main():\n    print('ran')\n")
    monkeypatch.setattr(sys, "executable", str(tmp_path / "gone" / "python"))

    done = _run(tmp_path)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_hook_command_is_quoted_and_recognised_as_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMX_WIKI_HOME", str(tmp_path / "it's here"))

    command = launcher.hook_command()

    assert shlex.split(command) == [str(tmp_path / "it's here" / "bin" / "wiki-hook"), "--dialect", "codex"]
    assert hooks_file.is_ours({"command": command})


def test_a_path_that_json_cannot_hold_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMX_WIKI_HOME", os.fsdecode(os.fsencode(tmp_path) + b"/\xff"))

    with pytest.raises(RefusedError, match="configuration files cannot hold"):
        launcher.hook_command()


def test_the_wiki_command_is_the_program_beside_the_interpreter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "wiki"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))

    assert launcher.wiki_command() == str(program)


def test_the_windows_launcher_names_the_same_program() -> None:
    text = launcher.windows_launcher_text().decode()

    assert f'"{sys.executable}" -I -S -c ' in text
    assert text.endswith("exit /b 0\r\n")


def test_templates_are_found_in_the_checkout_and_first_in_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "wiki" / "omx_wiki"
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "note.md").write_text("checkout")
    monkeypatch.setattr(templates, "_PACKAGE", package)
    assert templates.template("note.md") == "checkout"

    (package / "_templates").mkdir(parents=True)
    (package / "_templates" / "note.md").write_text("wheel")
    assert templates.template("note.md") == "wheel"

    with pytest.raises(WikiError) as caught:
        templates.template("none.md")
    assert caught.value.hint == "install omx-wiki again"


def test_a_program_of_the_person_runs_after_the_hook_and_answers_for_itself(
    tmp_path: Path, package: Path
) -> None:
    (package / "hook" / "main.py").write_text("def main():\n    print('ours')\n")
    program = tmp_path / "theirs.sh"
    program.write_text('#!/bin/sh\nprintf "theirs:%s\\n" "$@"\nexit 5\n')
    program.chmod(0o700)

    done = _run(tmp_path, "--dialect", "notify", "--then", str(program), "--then", "a b", '{"type":"x"}')

    assert done.stdout == 'ours\ntheirs:--then\ntheirs:a b\ntheirs:{"type":"x"}\n'
    assert done.returncode == 5


@pytest.mark.usefixtures("package")
def test_a_program_of_the_person_runs_when_the_installation_is_gone(tmp_path: Path) -> None:
    done = _run(tmp_path, "--dialect", "notify", "--then", "echo", "told", '{"type":"x"}')

    assert (done.returncode, done.stdout) == (0, 'told {"type":"x"}\n')


@pytest.mark.usefixtures("package")
@pytest.mark.parametrize("words", [["--then"], ["--dialect", "codex", "--then"]])
def test_nothing_after_then_is_no_failure(tmp_path: Path, words: list[str]) -> None:
    done = _run(tmp_path, *words)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.usefixtures("package")
def test_an_event_in_the_last_word_leaves_standard_input_alone(tmp_path: Path) -> None:
    path = tmp_path / "wiki-hook"
    path.write_bytes(launcher.launcher_text())
    path.chmod(0o700)
    reading, writing = os.pipe()
    try:
        done = subprocess.run(
            [path, "--dialect", "notify", '{"a":1}'], stdin=reading, timeout=60, check=False
        )
    finally:
        os.close(writing)
        os.close(reading)
    assert done.returncode == 0


def test_a_closed_terminal_and_an_interrupt_leave_the_hook_to_its_end(tmp_path: Path, package: Path) -> None:
    ready, done = tmp_path / "ready", tmp_path / "done"
    (package / "hook" / "main.py").write_text(
        "import signal, sys\n"
        "def main():\n"
        f"    open({str(ready)!r}, 'w').close()\n"
        "    sys.stdin.read()\n"
        f"    open({str(done)!r}, 'w').close()\n"
    )
    theirs = "import signal; print(signal.getsignal(signal.SIGHUP) is signal.SIG_DFL)"
    path = tmp_path / "wiki-hook"
    path.write_bytes(launcher.launcher_text())
    path.chmod(0o700)
    command = [str(path), "--dialect", "x", "--then", sys.executable, "-c", theirs]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True, text=True
    )
    while not ready.exists():
        assert process.poll() is None
    for number in (signal.SIGHUP, signal.SIGINT):
        os.killpg(process.pid, number)

    out, _ = process.communicate(timeout=60)

    assert done.exists()
    assert (process.returncode, out) == (0, "True\n")
