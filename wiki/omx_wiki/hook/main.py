"""The hook process: one event in, the contract's answer or nothing out, exit code 0 always."""

from __future__ import annotations

import os
import sys

from omx_wiki.hook import payload
from omx_wiki.hook.events import JOURNALLED, parse_event

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

    from omx_wiki.hook.respond import Response

_OUTPUT_NAMES = {"session-start": "SessionStart", "user-prompt": "UserPromptSubmit"}


def main() -> NoReturn:
    """Serve the event on standard input and end the process with exit code 0, whatever happens.

    Exit code 2 would tell Codex to block. `os._exit` also skips finalising, which a hook has no use for.
    """
    try:
        _serve(sys.argv[1:])
    except BaseException as problem:  # noqa: BLE001  (a hook never fails)
        _log_failure(problem)
    finally:
        os._exit(0)


def _serve(arguments: list[str]) -> None:
    event = parse_event(payload.parse_object(payload.decode(payload.read_stdin())))
    if event is None or event.event == "unknown":
        return
    is_off = bool(os.environ.get("OMX_WIKI_DISABLE"))
    if event.event == "user-prompt":
        if not is_off and not _is_routed(event.prompt):  # switched off, it is noted that nothing be kept
            return
    elif is_off and event.event not in JOURNALLED:
        return
    from omx_wiki.hook.respond import respond

    wiki = _option(arguments, "--wiki") or _wiki_command()
    response = respond(event, wiki)
    if response.project is None:
        return
    if response.question is not None:
        from omx_wiki.hook.handover import hand_over

        hand_over(response.question.query, response.question.cwd, wiki)
        return
    if response.context:
        from omx_wiki.hook.output import write_context

        write_context(_OUTPUT_NAMES[event.event], response.context)
    _finish(response, f"{event.event} {event.source or ''}".rstrip())


def _is_routed(prompt: str | None) -> bool:
    """Whether the prompt calls the wiki; most do not, and cost no more than this."""
    from omx_wiki.hook.routing import route

    return route(prompt) is not None


def _finish(response: Response, what: str) -> None:
    from omx_wiki.hook import log
    from omx_wiki.project import ensure_private, state_home

    project = response.project
    if project is None or not (ensure_private(state_home()) and ensure_private(project.state)):
        return
    for note in [*response.notes, f"{what} {len(response.context.encode('utf-8', 'replace'))} bytes"]:
        log.append(project.state, note)
    if response.wants_worker:
        from omx_wiki.hook.spawn import start_worker

        start_worker(project.root)
    if response.offer is not None:
        from omx_wiki.hook.offers import append_offer

        append_offer(project, response.offer)


def _option(arguments: list[str], name: str) -> str:
    """Return the word after `name`, "" when there is none."""
    position = arguments.index(name) + 1 if name in arguments else len(arguments)
    return arguments[position] if position < len(arguments) else ""


def _wiki_command() -> str:
    """Return the `wiki` command beside this process's own program."""
    for program in (sys.argv[0], sys.executable):
        beside = os.path.join(os.path.dirname(os.path.abspath(program)), "wiki")
        if program and os.path.isfile(beside):
            return beside
    return "wiki"


def _log_failure(problem: BaseException) -> None:
    from omx_wiki.hook import log
    from omx_wiki.project import is_private, state_home

    if is_private(state_home()):
        log.append(state_home(), f"failed: {problem!r}")
