"""Whole contexts of a small project, word for word."""

from __future__ import annotations

from pathlib import Path

import pytest

from context.conftest import FEATURE, NOW, feature_session, settings
from omx_wiki.context.prepare import prepare
from omx_wiki.hook.prepared import context_now
from omx_wiki.hook.start_context import Session, start_context
from omx_wiki.pages.store import Store

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize(
    ("name", "branch", "source"),
    [
        ("feature", FEATURE, "startup"),
        ("main", "main", "startup"),
        ("unprepared-branch", "fix/ci", "startup"),
        ("detached", "detached at 1a2b3c4", "clear"),
        ("compact", FEATURE, "compact"),
    ],
)
def test_the_context_is_word_for_word(world: Store, name: str, branch: str, source: str) -> None:
    prepare(world, now=NOW)
    session_id = feature_session().id if source == "compact" else "new"
    session = Session(session_id, source, branch)
    told = start_context(world.project, context_now(world.project, branch, settings()), session, "wiki", NOW)
    assert f"{told.text}\n" == (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")
