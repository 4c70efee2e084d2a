"""The hook process: one event in, the contract's answer or nothing out, exit code 0 always."""

from __future__ import annotations

import os
import sys

from omx_wiki.hook import payload
from omx_wiki.hook.events import parse_event

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

    from omx_wiki.hook.respond import Response


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
    if event is None or event.event == "unknown" or os.environ.get("OMX_WIKI_DISABLE"):
        return
    from omx_wiki.hook.respond import respond

    response = respond(event, _option(arguments, "--wiki") or _wiki_command())
    if response.project is None:
        return
    if response.context:
        _write_all(_session_start_output(response.context))
    _finish(response, f"{event.event} {event.source or ''}")


def _session_start_output(context: str) -> bytes:
    """Return the one JSON object that Codex and Claude Code accept as start-up context."""
    name = payload.quote("SessionStart")
    text = payload.quote(context)
    output = f'{{"hookSpecificOutput":{{"hookEventName":{name},"additionalContext":{text}}}}}\n'
    return output.encode("utf-8")


def _write_all(data: bytes) -> None:
    while data:
        data = data[os.write(1, data) :]


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
