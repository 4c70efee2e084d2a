"""Read a settings file of anybody's making: TOML within bounds, each value checked on its own.

Imported only when a settings file changed, so a hook pays for tomllib once.
"""

from __future__ import annotations

import os
import tomllib

from omx_wiki.hook.settings_keys import CHECKS
from omx_wiki.hook.switches import SECTIONS, project_file
from omx_wiki.hook.toml_lines import statements

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from omx_wiki.project import Project

    Complaint = tuple[int, str, str]  # (line or 0, key or "", message)

MAX_BYTES = 64 * 1024
MOST_DOTS = 16
"""Of one statement outside of strings: tomllib takes quadratic time for keys with many parts."""

_FILE_TYPE, _REGULAR = 0o170000, 0o100000
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)
_BOM = b"\xef\xbb\xbf"


class SettingsFile:
    """What a settings file says.

    Attributes:
        text: the file's text, "" when it could not be read.
        values: the valid values by dotted key.
        complaints: what was ignored, each as line (0 when only the key is known), key and message.
    """

    __slots__ = ("complaints", "text", "values")

    def __init__(self) -> None:
        self.text = ""
        self.values: dict[str, Any] = {}
        self.complaints: list[Complaint] = []


def read_user_settings(path: str) -> SettingsFile:
    """Return the user's settings; the file may be a link, as in a folder of dotfiles. Never raises."""
    return _read(path, _FLAGS)


def read_project_settings(project: Project) -> SettingsFile:
    """Return the project's settings: a regular file inside of the project, no link. Never raises."""
    path = project_file(project)
    folder = os.path.realpath(os.path.dirname(path))
    if not f"{folder}{os.sep}".startswith(f"{os.path.realpath(project.root).rstrip(os.sep)}{os.sep}"):
        found = SettingsFile()
        if os.path.lexists(path):
            found.complaints.append((0, "", "lies outside of the project: not read"))
        return found
    return _read(path, _FLAGS | _NO_LINK)


def parse_settings(data: bytes) -> SettingsFile:
    """Return what the bytes of a settings file say; never raises."""
    found = SettingsFile()
    try:
        found.text = data.removeprefix(_BOM).decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as problem:
        line = data.count(b"\n", 0, problem.start) + 1
        found.complaints.append((line, "", "this is no UTF-8: the file is ignored"))
        return found
    for line, _key, dots in statements(found.text):
        if dots > MOST_DOTS:
            found.complaints.append((line, "", "too many dots in one setting: the file is ignored"))
            return found
    try:
        table = tomllib.loads(found.text)
    except RecursionError:
        found.complaints.append((0, "", "nested too deeply: the file is ignored"))
    except ValueError as problem:
        line, message = _syntax_error(str(problem), found.text)
        found.complaints.append((line, "", f"{message}: the file is ignored"))
    else:
        _check(table, found)
    return found


def _read(path: str, flags: int) -> SettingsFile:
    found = SettingsFile()
    try:
        handle = os.open(path, flags)
    except (FileNotFoundError, NotADirectoryError):
        return found
    except (OSError, ValueError) as problem:
        is_link = os.path.islink(path) and flags & _NO_LINK
        reason = "a link" if is_link else getattr(problem, "strerror", None) or "not readable"
        found.complaints.append((0, "", f"{reason}: the file is ignored"))
        return found
    try:
        if os.fstat(handle).st_mode & _FILE_TYPE != _REGULAR:
            found.complaints.append((0, "", "no regular file: it is ignored"))
            return found
        data = b"".join(_chunks(handle, MAX_BYTES + 1))
    except OSError as problem:
        found.complaints.append((0, "", f"{problem.strerror}: the file is ignored"))
        return found
    finally:
        os.close(handle)
    if len(data) > MAX_BYTES:
        found.complaints.append((0, "", f"longer than {MAX_BYTES} bytes: the file is ignored"))
        return found
    return parse_settings(data)


def _chunks(handle: int, size: int) -> Iterator[bytes]:
    while size > 0 and (chunk := os.read(handle, size)):
        yield chunk
        size -= len(chunk)


def _syntax_error(message: str, text: str) -> tuple[int, str]:
    """Return line and message of what tomllib says, as in `Invalid value (at line 3, column 7)`."""
    what, _, place = message.rpartition(" (at ")
    number = place.removeprefix("line ").partition(",")[0]
    if number.isascii() and number.isdigit():
        return int(number), what
    if place == "end of document)":
        return text.rstrip("\n").count("\n") + 1, what
    return 0, "a value that cannot be read"


def _check(table: dict[str, Any], found: SettingsFile) -> None:
    """Sort the values into those that hold and those to complain of."""
    groups = {key.partition(".")[0] for key in CHECKS if "." in key}
    for name, value in table.items():
        if "." in name:
            found.complaints.append((0, name, "there is no such setting"))
        elif name not in groups:
            _check_value(name, value, found)
        elif not isinstance(value, dict):
            found.complaints.append((0, name, f"must be a table: [{name}]"))
        else:
            for inner, setting in value.items():
                _check_value(f"{name}.{inner}", setting, found)


def _check_value(key: str, value: Any, found: SettingsFile) -> None:
    check = CHECKS.get(key)
    message = check(value) if check else "there is no such setting"
    if message:
        found.complaints.append((0, key, message))
    elif key == "context.sections":
        found.values[key] = tuple(name for name in SECTIONS if name in value)
    else:
        found.values[key] = tuple(value) if isinstance(value, list) else value
