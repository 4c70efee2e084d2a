"""Where things are: the project root, its pages, and this machine's private state for it.

Hook processes import this module, so it needs nothing but `os` and `sys`.
"""

from __future__ import annotations

import os
import sys

STORE = os.path.join(".omx", "wiki")
SHARED_STORE = "omx_wiki"
_MAX_POINTER_BYTES = 4096
_MAX_KEY_NAME = 40
_FILE_TYPE, _FOLDER = 0o170000, 0o040000
_NOT_OWNER = 0o077


class Project:
    """One repository, or one plain folder, and the places that belong to it.

    Attributes:
        root: the main checkout (or the folder itself); it owns the store of pages.
        checkout: the work tree that was asked about; differs from `root` in a linked worktree.
        git_dir: the common git directory, "" without git.
    """

    __slots__ = ("checkout", "git_dir", "root")

    def __init__(self, root: str, checkout: str, git_dir: str) -> None:
        self.root = root
        self.checkout = checkout
        self.git_dir = git_dir

    @property
    def name(self) -> str:
        """The folder name of the project, for people."""
        return os.path.basename(self.root) or self.root

    @property
    def store(self) -> str:
        """The folder of pages; it may not exist yet."""
        return os.path.join(self.root, STORE)

    @property
    def shared_store(self) -> str:
        """The folder of pages committed to git; read when present."""
        return os.path.join(self.root, SHARED_STORE)

    @property
    def state(self) -> str:
        """This machine's private folder for the project; it may not exist yet."""
        return os.path.join(state_home(), _project_key(self.root))

    def is_set_up(self) -> bool:
        """Whether the project has a store of pages."""
        return os.path.isdir(self.store)

    def has_pages(self) -> bool:
        """Whether there is anything to read: a store of its own, or shared pages."""
        return self.is_set_up() or os.path.isdir(self.shared_store)


def find_project(start: str) -> Project:
    """Return the project that the folder `start` belongs to.

    With git it is the main checkout, so that sub-directories and linked worktrees share one wiki; a linked
    worktree of a bare repository, and a submodule, is its own project. Without git it is the nearest folder
    upwards that holds a store (the home folder does not count for folders below it), else `start` itself.
    """
    start = os.path.realpath(start)
    home = os.path.realpath(os.path.expanduser("~"))
    with_store = ""
    for folder in _upwards(start):
        git_dir = git_dir_at(os.path.join(folder, ".git"))
        if git_dir:
            return _git_project(folder, git_dir)
        if (
            not with_store
            and (folder == start or folder != home)
            and os.path.isdir(os.path.join(folder, STORE))
        ):
            with_store = folder
    root = with_store or start
    return Project(root, root, "")


def state_home() -> str:
    """Return the private folder for all projects: OMX_WIKI_HOME, or the platform's place for state."""
    chosen = os.environ.get("OMX_WIKI_HOME", "")
    if chosen:
        return os.path.abspath(os.path.expanduser(chosen))
    base = os.environ.get("XDG_STATE_HOME", "")
    if sys.platform == "win32" and not base:
        base = os.environ.get("LOCALAPPDATA", "")
    if not os.path.isabs(base):
        base = os.path.join(os.path.expanduser("~"), ".local", "state")
    return os.path.join(base, "omx-wiki")


def is_private(path: str) -> bool:
    """Whether `path` is a real folder of ours that nobody else can write to or look into."""
    try:
        status = os.lstat(path)
    except OSError:
        return False
    if status.st_mode & _FILE_TYPE != _FOLDER:
        return False
    return sys.platform == "win32" or (status.st_uid == os.geteuid() and not status.st_mode & _NOT_OWNER)


def ensure_private(path: str) -> bool:
    """Create the folder `path` with mode 0700 if needed; return whether it is private and writable."""
    try:
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        os.mkdir(path, 0o700)
    except FileExistsError:
        pass
    except OSError:
        return False
    return is_private(path) and os.access(path, os.W_OK)


def _upwards(folder: str) -> list[str]:
    found = [folder]
    while (parent := os.path.dirname(folder)) != folder:
        folder = parent
        found.append(folder)
    return found


def git_dir_at(marker: str) -> str:
    """Return the git directory that a `.git` folder or file stands for, "" if it stands for none."""
    if os.path.isfile(marker):
        target = _read_pointer(marker, "gitdir:")
        marker = os.path.normpath(os.path.join(os.path.dirname(marker), target)) if target else ""
    return marker if marker and os.path.isfile(os.path.join(marker, "HEAD")) else ""


def _git_project(checkout: str, git_dir: str) -> Project:
    """Fold a linked worktree into its main checkout.

    Git keeps a linked worktree's directory at `<common>/worktrees/<name>`; any other layout that a `.git`
    file claims is not followed, so that a downloaded folder cannot redirect writes to another project.
    """
    pointer = os.path.join(git_dir, "commondir")
    target = _read_pointer(pointer, "") if os.path.isfile(pointer) else ""
    if not target:
        return Project(checkout, checkout, git_dir)
    common = os.path.realpath(os.path.join(git_dir, target))
    if os.path.dirname(os.path.dirname(os.path.realpath(git_dir))) != common:
        return Project(checkout, checkout, git_dir)
    is_bare = os.path.basename(common) != ".git"
    return Project(checkout if is_bare else os.path.dirname(common), checkout, common)


def _read_pointer(path: str, prefix: str) -> str:
    try:
        with open(path, "rb") as file:
            text = os.fsdecode(file.read(_MAX_POINTER_BYTES)).strip()
    except OSError:
        return ""
    return text[len(prefix) :].strip() if text.startswith(prefix) and "\0" not in text else ""


def _project_key(root: str) -> str:
    """Return a folder name that tells people and machines which project it belongs to."""
    try:
        from _blake2 import blake2b  # hashlib costs a hook a third of its time
    except ImportError:
        from hashlib import blake2b
    name = "".join(c if c.isascii() and (c.isalnum() or c in "._") else "-" for c in os.path.basename(root))
    digest = blake2b(os.fsencode(root), digest_size=8).hexdigest()
    return f"{name.strip('-.')[:_MAX_KEY_NAME] or 'root'}-{digest}"
