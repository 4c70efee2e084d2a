"""The Codex plugin: hooks and the skill as a folder that `codex plugin` installs from.

Codex asks for trust again whenever a byte of a plugin changes. So it holds as little as it can: its hook runs
the program that is installed on the machine, and does nothing where there is none.
"""

from __future__ import annotations

import os
import shutil

from omx_wiki.errors import RefusedError, UnavailableError
from omx_wiki.templates import template_folder

NAME = "omx-wiki@omx-wiki"
"""What `codex plugin add` calls it: the plugin, and the marketplace that the folder is."""


def write_plugin(folder: str) -> tuple[str, ...]:
    """Copy the plugin's marketplace into `folder`, which is created; return the paths of its files.

    Raises RefusedError when the folder exists and is not empty, UnavailableError when it cannot be written.
    """
    if os.path.lexists(folder) and not (os.path.isdir(folder) and not os.listdir(folder)):
        raise RefusedError(f"{folder} is not an empty folder", "name another one, or delete it first")
    written: list[str] = []
    try:
        shutil.copytree(
            os.path.join(template_folder(), "codex-plugin"),
            folder,
            copy_function=lambda source, target: written.append(shutil.copyfile(source, target)),
            dirs_exist_ok=True,
        )
    except OSError as error:
        reason = error.strerror or "not every file can be copied"
        raise UnavailableError(f"the plugin cannot be written to {folder}: {reason}") from error
    return tuple(written)
