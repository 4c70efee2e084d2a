from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from omx_wiki.errors import UnavailableError
from omx_wiki.pages.files import is_inside, read_regular, write_atomic

if TYPE_CHECKING:
    from pathlib import Path


def test_only_regular_files_are_read_and_only_up_to_the_limit(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"abcdef")
    (tmp_path / "link").symlink_to(file)
    os.mkfifo(tmp_path / "pipe")
    assert read_regular(str(file), 3) == b"abc"
    for name in ("link", "pipe", "", "nothing", "a\0b"):
        assert read_regular(str(tmp_path / name) if name else str(tmp_path), 3) is None
    assert read_regular("/dev/zero", 3) is None


def test_a_write_keeps_the_mode_and_leaves_nothing_else_behind(tmp_path: Path) -> None:
    folder = tmp_path / "pages"
    folder.mkdir()
    path = folder / ("n" * 250)
    write_atomic(str(path), b"one", 0o640)
    assert path.stat().st_mode & 0o777 == 0o640 & ~_umask()
    path.chmod(0o604)
    write_atomic(str(path), b"two")
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"two", 0o604)
    assert os.listdir(folder) == [path.name]


def test_a_write_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "page.md").mkdir()
    with pytest.raises(UnavailableError):
        write_atomic(str(tmp_path / "page.md"), b"x")
    with pytest.raises(UnavailableError) as caught:
        write_atomic(str(tmp_path / "no" / "page.md"), b"x")
    assert str(tmp_path / "no") in caught.value.hint
    assert sorted(os.listdir(tmp_path)) == ["home", "page.md"]


def test_inside_means_after_following_links(tmp_path: Path) -> None:
    root = os.path.realpath(tmp_path)
    (tmp_path / "in").mkdir()
    (tmp_path / "out").symlink_to("/")
    assert is_inside(root, root)
    assert is_inside(f"{root}/in/new", root)
    assert not is_inside(f"{root}/out/etc", root)
    assert not is_inside(f"{root}x", root)
    assert not is_inside(f"{root}/a\0b", root)


def _umask() -> int:
    if sys.platform == "win32":
        return 0
    mask = os.umask(0)
    os.umask(mask)
    return mask
