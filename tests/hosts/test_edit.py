from __future__ import annotations

import os
import re
import stat
from typing import TYPE_CHECKING

import pytest

from omx_wiki.errors import RefusedError, UnavailableError
from omx_wiki.hosts import edit
from omx_wiki.hosts.edit import FileEdit
from omx_wiki.project import state_home

if TYPE_CHECKING:
    from pathlib import Path


def _edit(path: Path, new: bytes | None) -> FileEdit:
    return FileEdit(str(path), edit.read_file(str(path)), new, "a test")


def test_a_file_is_written_with_its_mode_kept(tmp_path: Path) -> None:
    file = tmp_path / "settings"
    file.write_bytes(b"old\n")
    file.chmod(0o640)

    assert edit.apply([_edit(file, b"new\n")]) == (str(file),)

    assert file.read_bytes() == b"new\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert set(os.listdir(tmp_path)) == {"home", "settings"}


@pytest.mark.parametrize("exists", [True, False])
def test_a_symlink_stays_and_its_target_is_written_and_deleted(tmp_path: Path, exists: bool) -> None:  # noqa: FBT001  # a parameter of the test
    (tmp_path / "dotfiles").mkdir()
    target = tmp_path / "dotfiles" / "settings"
    if exists:
        target.write_bytes(b"old\n")
    link = tmp_path / "settings"
    link.symlink_to("dotfiles/settings")

    edit.apply([_edit(link, b"new\n")])
    assert target.read_bytes() == b"new\n"
    edit.apply([_edit(link, None)])

    assert link.is_symlink()
    assert not target.exists()


def test_a_displaced_file_is_kept_in_the_private_folder(tmp_path: Path) -> None:
    file = tmp_path / "settings"
    file.write_bytes(b"secret\n")

    edit.apply([_edit(file, None)])

    folder = os.path.join(state_home(), "backups")
    (name,) = os.listdir(folder)
    assert name.endswith("-settings")
    assert stat.S_IMODE(os.stat(folder).st_mode) == 0o700
    assert stat.S_IMODE(os.stat(os.path.join(folder, name)).st_mode) == 0o600
    assert edit.read_file(os.path.join(folder, name)) == b"secret\n"


def test_nothing_is_written_when_one_file_has_changed_meanwhile(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    second.write_bytes(b"old\n")
    edits = [_edit(first, b"new\n"), _edit(second, b"new\n")]
    second.write_bytes(b"theirs\n")

    with pytest.raises(RefusedError, match="second was changed by another program"):
        edit.apply(edits)

    assert not first.exists()
    assert second.read_bytes() == b"theirs\n"


def test_a_change_between_the_checks_is_seen_and_no_temporary_file_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "work" / "settings"
    file.parent.mkdir()
    file.write_bytes(b"old\n")

    def sync(_handle: int) -> None:
        file.write_bytes(b"theirs\n")

    planned = FileEdit(str(file), b"old\n", b"new\n", "a test", is_private=True)
    monkeypatch.setenv("OMX_WIKI_HOME", str(tmp_path / "work"))
    file.parent.chmod(0o700)
    monkeypatch.setattr(os, "fsync", sync)
    with pytest.raises(RefusedError, match="changed by another program"):
        edit.apply([planned])

    assert file.read_bytes() == b"theirs\n"
    assert os.listdir(file.parent) == ["settings"]


def test_an_edit_that_changes_nothing_touches_nothing(tmp_path: Path) -> None:
    file = tmp_path / "settings"
    file.write_bytes(b"same\n")
    before = file.stat()

    assert edit.apply([_edit(file, b"same\n"), _edit(tmp_path / "none", None)]) == ()

    assert file.stat().st_ino == before.st_ino
    assert not os.path.exists(state_home())


def test_a_private_file_gets_its_mode_back(tmp_path: Path) -> None:
    path = os.path.join(state_home(), "bin", "tool")
    make = FileEdit(path, None, b"#!/bin/sh\n", "tool", mode=0o700, is_private=True)
    edit.apply([make])
    os.chmod(path, 0o600)
    again = FileEdit(path, b"#!/bin/sh\n", b"#!/bin/sh\n", "tool", mode=0o700, is_private=True)

    assert edit.apply([again]) == (path,)

    assert stat.S_IMODE(os.stat(path).st_mode) == 0o700
    assert stat.S_IMODE(os.stat(os.path.dirname(path)).st_mode) == 0o700
    assert edit.apply([again]) == ()
    assert not list(tmp_path.glob("**/backups"))


def test_a_private_folder_that_others_can_read_is_refused(tmp_path: Path) -> None:
    os.makedirs(state_home(), mode=0o755)
    file = tmp_path / "settings"
    file.write_bytes(b"old\n")

    with pytest.raises(
        UnavailableError, match=f"^{re.escape(state_home())} is not a private folder of yours"
    ):
        edit.apply([_edit(file, b"new\n")])
    assert edit.private_problem().startswith(f"{state_home()} is not a private folder of yours; chmod")

    assert file.read_bytes() == b"old\n"


def test_a_fifo_is_refused_without_waiting_for_a_writer(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")

    with pytest.raises(RefusedError, match="not an ordinary file"):
        edit.read_file(str(tmp_path / "fifo"))


def test_a_huge_file_is_refused(tmp_path: Path) -> None:
    with open(tmp_path / "huge", "wb") as file:
        file.truncate(edit.MAX_BYTES + 1)

    with pytest.raises(RefusedError, match="larger than 16 MB"):
        edit.read_file(str(tmp_path / "huge"))


def test_a_diff_shows_line_ends_control_characters_and_a_missing_newline() -> None:
    change = FileEdit("/p", b"a\r\nb", b"a\nb\x1b\n\xff\n", "a test")

    assert edit.diff(change) == (
        "--- /p\n+++ /p\n@@ -1,2 +1,3 @@\n-a\\r\n-b\n\\ No newline at end of file\n+a\n+b\\x1b\n+\\xff\n"
    )


def test_a_diff_names_what_is_created_and_deleted() -> None:
    assert edit.diff(FileEdit("/p", None, b"a\n", "")) == "--- /dev/null\n+++ /p\n@@ -0,0 +1 @@\n+a\n"
    assert edit.diff(FileEdit("/p", b"a\n", None, "")) == "--- /p\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n"


@pytest.mark.parametrize("broken", ["open", "replace"])
def test_a_failure_midway_gives_every_file_its_content_mode_and_absence_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    first, gone, new, last = (tmp_path / name for name in ("first", "gone", "new/folder/file", "last"))
    for file in (first, gone, last):
        file.write_bytes(b"old\n")
    first.chmod(0o640)
    edits = [_edit(first, b"new\n"), _edit(gone, None), _edit(new, b"new\n"), _edit(last, b"new\n")]
    before = _tree(tmp_path)
    real = getattr(os, broken)

    def failing(path: str, *words: object, **named: object) -> object:
        if str(last) in (path, *words) or (broken == "open" and str(path).startswith(f"{tmp_path}/new/")):
            raise OSError(28, "No space left on device")
        return real(path, *words, **named)

    monkeypatch.setattr(os, broken, failing)
    with pytest.raises(UnavailableError, match=r"cannot be written: No space left on device$"):
        edit.apply(edits)

    assert _tree(tmp_path) == before


def test_a_file_that_cannot_be_given_back_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, last = tmp_path / "first", tmp_path / "last"
    edits = [_edit(first, b"new\n"), _edit(last, b"new\n")]
    real = os.replace

    def failing(source: str, target: str) -> None:
        if target == str(last):
            first.write_bytes(b"theirs\n")
            raise OSError(5, "Input/output error")
        real(source, target)

    monkeypatch.setattr(os, "replace", failing)
    with pytest.raises(UnavailableError, match=f"last cannot .*; changed already: {first}$") as caught:
        edit.apply(edits)

    assert caught.value.hint == "run wiki uninstall"
    assert first.read_bytes() == b"theirs\n"
    assert not last.exists()


def test_a_folder_that_takes_no_file_stops_everything_before_the_first_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, last = tmp_path / "first", tmp_path / "locked" / "last"
    last.parent.mkdir()
    last.write_bytes(b"old\n")
    replaced: list[str] = []
    real = os.open

    def denied(path: str, *words: int, **named: int) -> int:
        if str(path).startswith(str(last.parent)):
            raise PermissionError(13, "Permission denied")
        return real(path, *words, **named)

    edits = [_edit(first, b"new\n"), _edit(last, None)]
    monkeypatch.setattr(os, "open", denied)
    monkeypatch.setattr(os, "replace", lambda *words: replaced.extend(words))
    with pytest.raises(UnavailableError, match="last cannot be written: Permission denied"):
        edit.apply(edits)

    assert replaced == []
    assert not first.exists()


def _tree(root: Path) -> dict[str, tuple[int, bytes]]:
    return {
        str(path.relative_to(root)): (path.stat().st_mode, path.read_bytes() if path.is_file() else b"")
        for path in root.rglob("*")
        if "home" not in path.relative_to(root).parts
    }
