"""Which folder a session works in, for hosts that say so only when the session starts."""

from __future__ import annotations

import os
import time

from omx_wiki.hook.file_name import file_name
from omx_wiki.project import ensure_private, is_private, state_home

_FOLDER = "folders"
_KEPT_SECONDS = 30 * 86400
_MAX_BYTES = 4096


def remember_folder(session_id: str, folder: str) -> None:
    """Keep the folder of a session for its later events; never raises."""
    place = _place()
    if not (ensure_private(state_home()) and ensure_private(place)):
        return
    path = os.path.join(place, file_name(session_id))
    temporary = f"{path}.{os.getpid()}"
    try:
        with open(temporary, "wb") as file:
            file.write(os.fsencode(folder))
        os.replace(temporary, path)
    except OSError:
        return


def folder_of(session_id: str) -> str:
    """Return the folder that a session began in, "" when it was never told or is gone."""
    if not is_private(_place()):
        return ""
    try:
        with open(os.path.join(_place(), file_name(session_id)), "rb") as file:
            folder = os.fsdecode(file.read(_MAX_BYTES))
    except OSError:
        return ""
    return folder if "\0" not in folder and os.path.isabs(folder) and os.path.isdir(folder) else ""


def forget_old_folders() -> None:
    """Remove what was kept a month ago; never raises."""
    if not is_private(_place()):
        return
    oldest = time.time() - _KEPT_SECONDS
    for name in os.listdir(_place()):
        path = os.path.join(_place(), name)
        try:
            if os.lstat(path).st_mtime < oldest:
                os.unlink(path)
        except OSError:
            continue


def _place() -> str:
    return os.path.join(state_home(), _FOLDER)
