"""What each event is answered with, and what it sets going."""

from __future__ import annotations

import os
import time

from omx_wiki.hook.folders import codex_home, folder_of, remember_root
from omx_wiki.hook.output import is_heard
from omx_wiki.hook.switches import switches
from omx_wiki.project import find_project

TYPE_CHECKING = False
if TYPE_CHECKING:
    from omx_wiki.hook.arrival import Words
    from omx_wiki.hook.events import HookEvent
    from omx_wiki.hook.offers import Offer
    from omx_wiki.hook.switches import Switches
    from omx_wiki.project import Project

_TOLD_SOURCES = {None, "startup", "clear", "compact", "resume", "fork"}

_COLLECTED = ("user-prompt", "tool-start", "tool-end")
"""What waits in the inbox for the end of the turn."""

_NAMING_SUBAGENTS = ("session-start", "session-end")
"""The events that tell of a session that it is a sub-agent's; its other events look like a person's."""

_PREPARED_SECONDS = 600
"""A summary this old is prepared again: edits of pages it does not show are invisible to its checks."""


class Question:
    """What to search the wiki for, and the folder of the session that asks."""

    __slots__ = ("cwd", "query")

    def __init__(self, query: str, cwd: str) -> None:
        self.query = query
        self.cwd = cwd


class Response:
    """What a hook does with an event.

    Attributes:
        context: the text for the model, "" for none.
        project: the project the event belongs to, None when it is none of ours.
        question: a search whose result is the text for the model, None for none.
        wants_worker: whether background work is waiting.
        offer: what to put on record once the context is out, None for nothing.
        notes: what to log, one line each.
    """

    __slots__ = ("context", "notes", "offer", "project", "question", "wants_worker")

    def __init__(self, project: Project | None = None) -> None:
        self.project = project
        self.context = ""
        self.question: Question | None = None
        self.wants_worker = False
        self.offer: Offer | None = None
        self.notes: list[str] = []


def respond(event: HookEvent, words: Words) -> Response:
    """Return the response to `event`; `words` name the command that agents are told to search with."""
    is_asking = event.event == "user-prompt" and is_heard(event)
    if not (event.is_journalled or is_asking) or (event.is_subagent and not _is_naming(event)):
        return Response()
    place = folder_of(event, words.parent)
    project = find_project(place or os.sep)
    if not place or not project.is_set_up() or _is_codex_home(place, project, event):
        return Response()
    cwd = event.cwd or place
    active = switches(project)
    response = Response(project)
    if not active.capture:
        _spool(event, cwd, words, response, is_watched=False)
    if not active.enabled:
        return Response()
    if is_asking:
        _answer_prompt(event, cwd, words.wiki, response)
        return response
    if event.event == "session-start":
        _begin(event, words, active, response)
    if active.capture:
        _spool(event, cwd, words, response)
    return response


def _is_naming(event: HookEvent) -> bool:
    return event.is_only_copy and event.event in _NAMING_SUBAGENTS


def _begin(event: HookEvent, words: Words, active: Switches, response: Response) -> None:
    """Do what a session needs at its start: an ignored store, the context, a note of its project."""
    _keep_ignored(response)
    if active.context and event.source in _TOLD_SOURCES and is_heard(event):
        _try_context(event, words.wiki, active, response)
    if event.is_only_copy and response.project is not None:
        remember_root(event, words.parent, response.project.root)


def _answer_prompt(event: HookEvent, cwd: str, wiki: str, response: Response) -> None:
    """Answer a prompt that calls the wiki; a search is left to another process."""
    from omx_wiki.hook.routing import ADD, QUERY, query_of, route

    routed = route(event.prompt)
    if routed is None:
        return
    query = query_of(routed.text) if routed.kind == QUERY else ""
    if query:
        response.question = Question(query, cwd)
    else:
        from omx_wiki.hook.how_to import how_to, how_to_add

        response.context = how_to_add(wiki, routed.text) if routed.kind == ADD else how_to(wiki)


def _spool(event: HookEvent, cwd: str, words: Words, response: Response, *, is_watched: bool = True) -> None:
    """Leave a record for the journal; a session of Codex without a transcript asked not to be remembered."""
    from omx_wiki.hook.spool import write_record, write_unwatched
    from omx_wiki.project import ensure_private, state_home

    project = response.project
    is_kept = event.is_only_copy or (event.transcript_path and event.session_id)
    if project is None or not is_kept or not (is_watched or event.session_id or words.parent):
        return
    try:
        if ensure_private(state_home()) and ensure_private(project.state):
            if is_watched:
                write_record(project, event, cwd, words.parent)
            else:
                write_unwatched(project, event, cwd, words.parent)
            is_collected = event.event in _COLLECTED or event.is_subagent
            response.wants_worker = is_watched and not is_collected
    except OSError as problem:
        response.notes.append(f"spool: {problem!r}")


def _is_codex_home(cwd: str, project: Project, event: HookEvent) -> bool:
    """Whether the session works on Codex itself, as its memory agent does in `<codex-home>/memories`.

    A linked worktree kept there, as the Codex app does, still belongs to its main checkout elsewhere.
    """
    homes = {codex_home()}
    if event.dialect.startswith("xcodex"):
        homes.add(os.path.join(os.path.expanduser("~"), ".xcodex"))
    if event.transcript_path and f"{os.sep}sessions{os.sep}" in event.transcript_path:
        homes.add(event.transcript_path.rpartition(f"{os.sep}sessions{os.sep}")[0])
    place = project.root if project.root != project.checkout else os.path.realpath(cwd)
    return any(f"{place}{os.sep}".startswith(f"{os.path.realpath(home)}{os.sep}") for home in homes)


def _keep_ignored(response: Response) -> None:
    from omx_wiki.hook.ignore import ensure_ignored

    try:
        if response.project is not None and (written := ensure_ignored(response.project)):
            response.notes.append(f"ignore rule added to {written}")
    except Exception as problem:  # noqa: BLE001  (a failing ignore step must not cost the context)
        response.notes.append(f"ignore rule: {problem!r}")


def _try_context(event: HookEvent, wiki: str, active: Switches, response: Response) -> None:
    try:
        _add_context(event, wiki, active, response)
    except Exception as problem:  # noqa: BLE001  (a failing context must not cost the record of the session)
        response.notes.append(f"context: {problem!r}")
        response.wants_worker = True


def _add_context(event: HookEvent, wiki: str, active: Switches, response: Response) -> None:
    from omx_wiki.hook.branch import current_branch
    from omx_wiki.hook.prepared import context_now
    from omx_wiki.hook.start_context import Session, parent_of, start_context

    project = response.project
    if project is None:
        return
    now = time.time()
    branch = current_branch(project.checkout)
    context = context_now(project, branch, active)
    parent = parent_of(event.transcript_path or "") if event.source == "fork" else ""
    session = Session(event.session_id or "", event.source or "startup", branch, parent)
    told = start_context(project, context, session, wiki, now)
    response.context, response.offer = told.text, told.offer
    response.wants_worker = (
        not context.is_current
        or os.path.exists(os.path.join(project.state, "dirty"))
        or now - context.prepared > _PREPARED_SECONDS
    )
