"""Sessions of an imitated xcodex, with the installed launcher and its real background work."""

from __future__ import annotations

import os
import re
import signal
import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from e2e.imitated_xcodex import Event, Session, Xcodex, XcodexHome
from e2e.session_pages import meta, pages_of, section
from journal.rollouts import rollout_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from e2e.mock_responses import MockResponses
    from e2e.product import Product

pytestmark = pytest.mark.e2e

_CALLS = 60
_LONG = "soot " * 5_000  # more than fits on standard input
_ASKED = "Make the parser accept empty input"
_LAST_WORDS = "Decision: empty input parses to an empty list.\n\nAll 5 tests pass."
_PROMPTS = ("Trim the wick", f"Light it {_LONG}")


@pytest.fixture
def home(ground: Path, service: MockResponses, git: Callable[..., str], installed: Product) -> XcodexHome:
    """Return a machine with xcodex and one repository with a wiki."""
    repo = ground / "lantern"
    repo.mkdir()
    git(repo, "init", "-q", "-b", "main")
    git(repo, "commit", "-q", "--allow-empty", "-m", "Start")
    (ground / "tmp").mkdir()
    home = XcodexHome(ground, service, projects=[repo])
    home.path.mkdir(parents=True)
    home.config.write_text(
        'model = "gpt-5.6"\n\n[hooks] # mine\nsession_end = [["sh", "-c", "cat >/dev/null"]]\n',
        encoding="utf-8",
    )
    installed.run(home, "setup", "--host", "xcodex")
    return home


def _work(session: Session) -> list[Event]:
    """Return what a session with two prompts and many commands tells of."""
    calls = [
        session.event(
            "tool-call-finished",
            tool_use_id=f"call_{number}",
            tool_input={"command": f"cargo test -p beacon{number}"},
            tool_response={"stdout": _LONG},
            output_preview="",
        )
        for number in range(_CALLS)
    ]
    first, second = (session.event("user-prompt-submit", prompt=prompt) for prompt in _PROMPTS)
    said = {"input_messages": list(_PROMPTS), "last_assistant_message": "It burns."}
    return [
        session.event("session-start"),
        first,
        *calls,
        second,
        session.event("agent-turn-complete", **said),
    ]


def _noise(session: Session) -> list[Event]:
    """Return events that are none of a session's: of the self-test, and of a session within it."""
    test = {"session_id": "hooks-test-5c", "session_source": "hooks-test"}
    return [
        session.event("session-start", **test),
        session.event("session-end", **test),
        session.event("session-start", session_id=str(uuid.uuid4()), session_source="subagent_review"),
        session.event("session-end", session_id=str(uuid.uuid4()), session_source="subagent_review"),
    ]


def _until(end: datetime, rollout: bytes) -> list[bytes]:
    """Return the lines of a rollout, moved in time so that the last was written at `end`."""
    stamps = re.compile(rb'(?<="timestamp":")[^"]+')
    late = end - datetime.fromisoformat(stamps.findall(rollout)[-1].decode())
    moved = stamps.sub(
        lambda stamp: (datetime.fromisoformat(stamp[0].decode()) + late).isoformat().encode(), rollout
    )
    return moved.splitlines(keepends=True)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_session_told_in_any_order_makes_one_page(home: XcodexHome, installed: Product, seed: int) -> None:
    [repo] = home.projects
    session = Session(str(uuid.uuid4()), repo)
    Xcodex(home).deliver([*_work(session), *_noise(session), session.event("session-end")], seed)
    installed.settle(home, gone=True)
    [(found, page)] = pages_of(repo).items()
    assert found == session.id
    asked = section(page, "Asked")
    assert asked.index("Trim the wick") < asked.index("Light it")
    assert "It burns." in section(page, "Last message")
    front = meta(page)
    assert (front["prompts"], front["commands"], front["failures"]) == ("2", str(_CALLS), "0")


def test_what_a_transcript_gets_after_the_end_of_its_session_is_on_the_page_after_the_next_start(
    home: XcodexHome, installed: Product
) -> None:
    [repo] = home.projects
    session = Session(str(uuid.uuid4()), repo)
    lines = _until(
        session.start + timedelta(seconds=2), rollout_text("failing-then-passing", repo, session.id)
    )
    folder = home.path / "sessions" / session.start.astimezone().strftime("%Y/%m/%d")
    folder.mkdir(parents=True)
    rollout = folder / f"rollout-{session.start:%Y-%m-%dT%H-%M-%S}-{session.id}.jsonl"
    rollout.write_bytes(b"".join(lines[:-3]))
    events = [
        session.event("session-start"),
        session.event("agent-turn-complete", input_messages=[_ASKED], last_assistant_message=_LAST_WORDS),
    ]
    Xcodex(home).deliver([*events, session.event("session-end")], seed=1)
    installed.settle(home, gone=True)
    [page] = pages_of(repo).values()
    assert _ASKED in section(page, "Asked")
    assert "All 5 tests pass." in section(page, "Last message")

    with rollout.open("ab") as file:
        file.writelines(lines[-3:])
    following = Session(str(uuid.uuid4()), repo)
    Xcodex(home).run(following.event("session-start"))
    installed.settle(home, gone=True)
    [(found, page)] = pages_of(repo).items()
    assert found == session.id
    assert page.count("All 5 tests pass.") == 1
    assert meta(page)["prompts"] == "1"


def test_a_hook_that_is_killed_with_its_host_at_the_end_costs_no_page(
    home: XcodexHome, installed: Product
) -> None:
    [repo] = home.projects
    xcodex = Xcodex(home)
    session = Session(str(uuid.uuid4()), repo)
    xcodex.deliver(_work(session), seed=3)
    for process in xcodex.start(session.event("session-end")):
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
    xcodex.run(Session(str(uuid.uuid4()), repo).event("session-start"))
    installed.settle(home, gone=True)
    [(found, page)] = pages_of(repo).items()
    assert found == session.id
    assert meta(page)["commands"] == str(_CALLS)
