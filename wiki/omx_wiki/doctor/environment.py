"""Settings and variables that keep the wiki from working, perhaps on purpose."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from omx_wiki.doctor.finding import Finding
from omx_wiki.hook.switches import OFF, off_file
from omx_wiki.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from omx_wiki.project import Project

AREA = "settings"

_MOST_PROBLEMS = 3
_BACKGROUND = "OMX_WIKI_BACKGROUND"


def check_environment(project: Project) -> Iterator[Finding]:
    """Yield what is switched off, and what is wrong in the settings."""
    loaded = load_settings(project)
    for problem in loaded.problems[:_MOST_PROBLEMS]:
        yield Finding(AREA, "warning", str(problem), "wiki config names all of them")
    if os.environ.get(OFF):
        yield Finding(
            AREA, "warning", f"{OFF} is set here: hooks started from here do nothing", f"unset {OFF}"
        )
    elif os.path.lexists(off_file(project)):
        yield Finding(AREA, "warning", "hooks are off in this project", f"remove {off_file(project)}")
    elif not loaded.settings.enabled:
        yield Finding(AREA, "warning", f"hooks are off ({loaded.sources['enabled']})", "set enabled = true")
    if not loaded.settings.capture.enabled:
        yield Finding(AREA, "note", f"the journal is off ({loaded.sources['capture.enabled']})")
    if not loaded.settings.context.enabled:
        yield Finding(AREA, "note", f"sessions start without context ({loaded.sources['context.enabled']})")
    if os.environ.get(_BACKGROUND) == "0":
        text = f"{_BACKGROUND}=0 is set here: no background work is started"
        yield Finding(AREA, "warning", text, f"unset {_BACKGROUND}")
    if not loaded.problems:
        yield Finding(AREA, "ok", "no mistakes in the settings", facts={"enabled": loaded.settings.enabled})
