"""What OMX, earlier installations and earlier versions left behind, and what stands beside ours."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from omx_wiki.doctor.finding import Finding, Fix, count_of, some_of
from omx_wiki.errors import RefusedError, UnavailableError
from omx_wiki.hosts import hooks_file, launcher
from omx_wiki.hosts.edit import read_file
from omx_wiki.hosts.hooks_schema import check_shape
from omx_wiki.old_state import old_state, remove_old_state
from omx_wiki.pages.scan import scan_pages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from omx_wiki.hosts.host import HostState
    from omx_wiki.project import Project

AREA = "omx"
_OMX_HOOK = "codex-native-hook"


def check_traces(project: Project, states: tuple[HostState, ...]) -> Iterator[Finding]:
    """Yield what stands of OMX, of other installations, and of earlier versions of ours."""
    shared = [stat for stat in scan_pages(project, lambda _: None).values() if stat.kind == "shared"]
    if os.path.isdir(project.shared_store):
        yield Finding(
            AREA,
            "ok",
            f"omx_wiki/ has {count_of(len(shared), 'page')}, which are read and left as they are",
            facts={"shared_pages": len(shared)},
        )
    else:
        yield Finding(AREA, "ok", "no omx_wiki/ here", facts={"shared_pages": 0})
    for path in (path for state in states for path in state.files if path.endswith("hooks.json")):
        yield from check_hooks_file(path)
    leftovers = old_state(project)
    if leftovers:
        text = f"files of an earlier version: {some_of([os.path.basename(path) for path in leftovers])}"
        fix = Fix("remove what earlier versions left", lambda: remove_old_state(project))
        yield Finding(AREA, "note", text, "the next worker removes them", fix)


def check_hooks_file(path: str) -> Iterator[Finding]:
    """Yield what is odd about ours in a `hooks.json`, and what stands in it beside."""
    try:
        content = read_file(path) or b"{}"
        places = hooks_file.find_ours(content, path)
        root = json.loads(content)
        check_shape(root, path)
    except RefusedError as error:
        yield Finding("codex", "error", str(error), error.hint)
        return
    except (UnavailableError, ValueError, RecursionError):
        return
    foreign = sorted({place.entry["command"].split(" --dialect")[0] for place in places} - _commands())
    if foreign:
        text = f"{path} runs the launcher of another private folder: {some_of(foreign)}"
        yield Finding(AREA, "warning", text, "wiki setup puts this one in its place")
    events = [place.event for place in places]
    twice = sorted({event for event in events if events.count(event) > 1})
    if twice:
        yield Finding(AREA, "warning", f"{path} runs us twice for {', '.join(twice)}", "wiki setup")
    yield from _check_others(path, root)


def _commands() -> set[str]:
    return {launcher.hook_command().split(" --dialect")[0]}


def _check_others(path: str, root: dict[str, Any]) -> Iterator[Finding]:
    """Tell of inert groups and of OMX's own hooks; both do no harm."""
    hooks = root.get("hooks", {})
    groups = [group for rows in hooks.values() for group in _list(rows)]
    inert = sum(group == hooks_file.INERT_GROUP for group in groups)
    if inert:
        text = f"{count_of(inert, 'inert group')} in {path} keep the place of removed hooks"
        yield Finding(AREA, "ok", text, facts={"inert_groups": inert})
    handlers = [handler for group in groups for handler in _list(_get(group, "hooks"))]
    omx = sum(_OMX_HOOK in str(_get(handler, "command")) for handler in handlers)
    if omx:
        yield Finding(AREA, "ok", f"{count_of(omx, 'hook')} of OMX beside ours", facts={"omx_hooks": omx})


def _list(value: object) -> list[Any]:
    """Return a list, and an empty one for anything else: Codex ignores what stands under unknown events."""
    return value if isinstance(value, list) else []


def _get(value: object, key: str) -> object:
    return value.get(key) if isinstance(value, dict) else None
