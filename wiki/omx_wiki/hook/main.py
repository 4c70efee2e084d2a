"""The hook process: one event in, the contract's answer or nothing out, exit code 0 always."""

from __future__ import annotations

import os
import sys

from omx_wiki.hook.arrival import Words, arrived

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

    from omx_wiki.hook.events import HookEvent
    from omx_wiki.hook.respond import Response


def main() -> NoReturn:
    """Serve the event this process was started for and end it with exit code 0, whatever happens.

    Exit code 2 would tell Codex to block. `os._exit` also skips finalising, which a hook has no use for.
    With the word `host` events are served as they come, until standard input ends.
    """
    words = Words(())
    try:
        words = Words(sys.argv[1:])
        words.wiki = words.wiki or _wiki_command()
        if words.is_host:
            from omx_wiki.hook.host import serve_lines

            serve_lines(words)
        elif not (words.is_plugin and _is_installed()):
            start_worker_for(serve(arrived(words), words))
    except BaseException as problem:  # noqa: BLE001  (a hook never fails)
        log_failure(problem, words.dialect)
    finally:
        os._exit(0)


def serve(event: HookEvent | None, words: Words) -> str:
    """Answer one event and leave what it means for the journal; return the root whose worker is wanted."""
    if event is None or not _is_wanted(event):
        return ""
    from omx_wiki.hook.respond import respond

    response = respond(event, words)
    if response.project is None:
        return ""
    if response.question is not None:
        from omx_wiki.hook.handover import hand_over

        hand_over(response.question.query, response.question.cwd, words.wiki)
        return ""
    if response.context:
        from omx_wiki.hook.output import write_context

        write_context(response.context, event.event, event.dialect)
    return _finish(response, event)


def _is_wanted(event: HookEvent) -> bool:
    """Whether an event is of any use; most prompts are not, and cost no more than this."""
    if event.synthetic:
        _log_self_test(event)
        return False
    if event.event == "user-prompt" and not event.is_only_copy:
        from omx_wiki.hook.routing import route

        # Switched off, it is noted that nothing be kept.
        return bool(os.environ.get("OMX_WIKI_DISABLE")) or route(event.prompt) is not None
    return event.is_journalled


def start_worker_for(root: str) -> None:
    """Start the worker of the project at `root`; "" is none."""
    if root:
        from omx_wiki.hook.spawn import start_worker

        start_worker(root)


def _finish(response: Response, event: HookEvent) -> str:
    """Log what was done and put offers on record; return the root whose worker is wanted."""
    from omx_wiki.hook import log
    from omx_wiki.project import ensure_private, state_home

    project = response.project
    if project is None or not (ensure_private(state_home()) and ensure_private(project.state)):
        return ""
    for note in response.notes:
        log.append(project.state, f"{note} [{event.dialect}]")
    what = f"{event.dialect} {event.event} {event.source or ''}".rstrip()
    log.append(project.state, f"{what} {len(response.context.encode('utf-8', 'replace'))} bytes")
    if response.offer is not None:
        from omx_wiki.hook.offers import append_offer

        append_offer(project, response.offer)
    return project.root if response.wants_worker else ""


def _wiki_command() -> str:
    """Return the `wiki` command beside this process's own program."""
    for program in (sys.argv[0], sys.executable):
        beside = os.path.join(os.path.dirname(os.path.abspath(program)), "wiki")
        if program and os.path.isfile(beside):
            return beside
    return "wiki"


def _is_installed() -> bool:
    """Whether the person's own hooks of Codex run us, trusted: then a plugin would say everything twice."""
    from omx_wiki.hook.folders import codex_home

    home = codex_home()
    marks = {"hooks.json": b"/bin/wiki-hook", "config.toml": b"hooks.json:session_start:"}
    try:
        for name, mark in marks.items():
            with open(os.path.join(home, name), "rb") as file:
                if mark not in file.read():
                    return False
    except OSError:
        return False
    return True


def _log_self_test(event: HookEvent) -> None:
    from omx_wiki.hook import log
    from omx_wiki.project import ensure_private, state_home

    if ensure_private(state_home()):
        log.append(state_home(), f"self-test: {event.dialect} {event.event} by {event.transport}")


def log_failure(problem: BaseException, dialect: str) -> None:
    """Put a failure on record and whose hook it was, where nobody else can have put a folder of that name."""
    from omx_wiki.hook import log
    from omx_wiki.project import is_private, state_home

    if is_private(state_home()):
        log.append(state_home(), f"failed: {problem!r} [{dialect}]")
