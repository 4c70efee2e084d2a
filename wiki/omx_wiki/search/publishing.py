"""Write generations of the index: only the background worker does."""

from __future__ import annotations

import os
import re
import shutil
import sys
from contextlib import suppress
from typing import TYPE_CHECKING
from zlib import crc32

from omx_wiki.project import ensure_private
from omx_wiki.search.generations import MANIFEST, POINTER, generation_number, index_folder, pointed_at
from omx_wiki.search.manifest import Manifest, dump_manifest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from omx_wiki.project import Project
    from omx_wiki.search.manifest import FileFacts

TABLE_OF_CONTENTS = ".toc"
"""How the one file ends that Whoosh reads without a checksum, and unpickles."""

_LOCK = "MAIN_WRITELOCK"
_OWNER = re.compile(r"[-.](\d{1,12})\Z")


def new_generation(project: Project, shelf: str, previous: str) -> str:
    """Make the folder of the next generation and link the files of `previous` ("" for none) into it.

    Raises:
        OSError: the private folder cannot be written.
    """
    base = index_folder(project, shelf)
    if not all(map(ensure_private, (project.state, os.path.dirname(base), base))):
        raise PermissionError(f"{base} is not a private, writable folder")
    newest = max(map(generation_number, os.listdir(base)), default=0)
    folder = os.path.join(base, f"g{newest + 1}-{os.getpid()}")
    os.mkdir(folder, 0o700)
    for name in os.listdir(previous) if previous else ():
        if name != MANIFEST:
            _link(os.path.join(previous, name), os.path.join(folder, name))
    return folder


def publish_generation(folder: str, manifest: Manifest) -> None:
    """Make `folder` the current generation and remove those that nobody can be reading any more."""
    base = os.path.dirname(folder)
    _write_durably(os.path.join(folder, MANIFEST), dump_manifest(manifest))
    _sync(folder)
    previous = pointed_at(base)
    pointer = os.path.join(base, POINTER)
    _write_durably(f"{pointer}.{os.getpid()}", os.path.basename(folder).encode())
    os.replace(f"{pointer}.{os.getpid()}", pointer)
    _remove_others(base, {os.path.basename(folder), previous})


def remove_leftovers(project: Project, shelf: str) -> None:
    """Remove what killed writers have left: all but the current generation and the one before it."""
    base = index_folder(project, shelf)
    names = sorted(os.listdir(base), key=generation_number)
    current = pointed_at(base)
    before = [name for name in names if 0 < generation_number(name) < generation_number(current)]
    _remove_others(base, {current, *before[-1:]})


def discard_generation(folder: str) -> None:
    """Remove a generation that was not published."""
    shutil.rmtree(folder, ignore_errors=True)


def index_files(folder: str, known: Mapping[str, FileFacts]) -> dict[str, FileFacts]:
    """Return size, time and checksum of the index's files, all of them written through to the disk.

    Those that are as `known` from the generation before are not read again.
    """
    facts: dict[str, FileFacts] = {}
    with suppress(FileNotFoundError):
        os.unlink(os.path.join(folder, _LOCK))
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        status = os.stat(path)
        if name in known and known[name][:2] == (status.st_size, status.st_mtime_ns):
            facts[name] = known[name]
            continue
        os.chmod(path, 0o600)
        _sync(path)
        facts[name] = _facts(path)
    return facts


def is_undamaged(folder: str, manifest: Manifest, ending: str = "") -> bool:
    """Whether every byte of the index's files whose names end so is as it was written."""
    checked = {name: facts for name, facts in manifest.files.items() if name.endswith(ending)}
    try:
        return all(_facts(os.path.join(folder, name)) == facts for name, facts in checked.items())
    except OSError:
        return False


def _facts(path: str) -> FileFacts:
    checksum = 0
    with open(path, "rb") as file:
        status = os.fstat(file.fileno())
        while block := file.read(1 << 20):
            checksum = crc32(block, checksum)
    return status.st_size, status.st_mtime_ns, checksum


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # a file system without hard links
        shutil.copy2(source, target)


def _write_durably(path: str, data: bytes) -> None:
    with open(path, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.chmod(path, 0o600)


def _sync(path: str) -> None:
    if sys.platform == "win32":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove_others(base: str, keep: set[str]) -> None:
    for name in os.listdir(base):
        if name in keep or name == POINTER:
            continue
        owner = _OWNER.search(name)
        if owner and _is_at_work(int(owner[1])):
            continue
        path = os.path.join(base, name)
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path, ignore_errors=True)
        else:
            with suppress(OSError):
                os.unlink(path)


def _is_at_work(process: int) -> bool:
    """Whether another process that may be filling a generation lives."""
    if process == os.getpid() or sys.platform == "win32":
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True
