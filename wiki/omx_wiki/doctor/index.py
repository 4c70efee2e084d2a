"""The search index: whether it knows the pages as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from omx_wiki.doctor.finding import Finding, Fix, count_of
from omx_wiki.errors import UnavailableError
from omx_wiki.pages.store import Store
from omx_wiki.search.index_state import behind
from omx_wiki.worker import work

if TYPE_CHECKING:
    from collections.abc import Iterator

    from omx_wiki.project import Project

AREA = "index"


def check_index(project: Project) -> Iterator[Finding]:
    """Yield how many pages the index has, and how many changed since."""
    if not project.has_pages():
        return
    state = behind(Store(project), project)
    facts = {"pages": state.pages, "behind": state.behind}
    if not state.behind:
        yield Finding(AREA, "ok", f"{count_of(state.pages, 'page')}, all as they are", facts=facts)
        return
    yield Finding(
        AREA,
        "note",
        f"{count_of(state.behind, 'page')} changed since the index was made; a search reads those itself",
        "the next session start brings it up to date",
        work_now(project) if project.is_set_up() else None,
        facts,
    )


def work_now(project: Project) -> Fix:
    """Return the fix that does what waits for the worker."""
    return Fix("do the background work now", lambda: _work(project))


def _work(project: Project) -> None:
    """Work like the worker; raises UnavailableError when another one is at it."""
    if not work(project):
        raise UnavailableError("background work is going on already", "wait for it")
