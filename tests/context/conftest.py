"""A small project with pages, sessions on two branches, a failing test and a pinned rule."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from journal.session_examples import command, session
from omx_wiki.hook.dates import epoch_of
from omx_wiki.hook.switches import DEFAULTS, Switches
from omx_wiki.journal.changes import ChangedFile
from omx_wiki.journal.facts import AskedFact, SessionFacts
from omx_wiki.journal.session_page import render
from omx_wiki.journal.session_store import session_slug, write_session
from omx_wiki.pages.store import Store
from omx_wiki.project import ensure_private, find_project, state_home
from omx_wiki.search.index import refresh

Git = Callable[..., str]
NOW = epoch_of("2026-09-10T12:00:00Z") or 0.0
FEATURE = "feature/login-timeout"

PAGES = {
    "test-rules": ("convention", "2026-06-01", "Never call the billing service in tests."),
    "login-timeouts": ("decision", "2026-08-20", "The timer in `src/login.py` runs an hour."),
    "session-cookies": ("debugging", "2026-09-05", "Cookies outlive a login by a minute."),
    "billing-retries": ("pattern", "2026-09-03", "Four attempts, then the queue."),
    "ci-cache": ("environment", "2026-08-01", "The cache is dropped every week."),
    "glossary": ("reference", "2026-03-01", "A tenant is one customer."),
}
TITLES = {"ci-cache": "CI cache"}
EXTRA = {
    "test-rules": "pinned: true\n",
    "billing-retries": "sources: [src/billing.py]\n",
    "glossary": "confidence: low\n",
}


def write_page(
    store: Store, slug: str, text: str, *, category: str = "reference", day: str, extra: str = ""
) -> Path:
    """Write a page that was last changed on a day, as its file's time says too."""
    path = Path(store.project.store) / f"{slug}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    title = TITLES.get(slug, slug.replace("-", " ").capitalize())
    front = f"title: {title}\ncategory: {category}\nupdated: {day}T08:00:00Z\n{extra}"
    path.write_text(f"---\n{front}---\n\n# {title}\n\n{text}\n", encoding="utf-8")
    moment = epoch_of(f"{day}T08:00:00Z")
    assert moment is not None
    os.utime(path, (moment, moment))
    return path


def settings(**values: object) -> Switches:
    """Return settings, the default ones but for the context's keys given."""
    return Switches(DEFAULTS | {f"context.{key}": value for key, value in values.items()})


def asked(*texts: str) -> list[AskedFact]:
    """Return prompts."""
    return [AskedFact(text, "2026-09-08T08:00:05.000Z", correction=False) for text in texts]


def feature_session() -> SessionFacts:
    """Return a session that left a test failing on the feature branch."""
    return session(
        id="019f1111-0000-7000-8000-0000fea70001",
        branch=FEATURE,
        started="2026-09-08T08:00:00.000Z",
        ended="2026-09-08T09:00:00.000Z",
        title="Let logins time out after an hour",
        prompts=asked("Let logins time out after an hour", "Now fix the failing test"),
        prompt_count=2,
        outcome="left failing",
        files=[ChangedFile("src/login.py", "M", 9, 2), ChangedFile("tests/test_login.py", "A", 20, 0)],
        commands=[command("pytest tests/test_login.py", 1, error="AssertionError: 30 != 60")],
        failures=1,
        open_steps=["Write the migration note"],
    )


def main_session() -> SessionFacts:
    """Return a later session that did its work on the main branch."""
    return session(
        id="019f1111-0000-7000-8000-0000a1a10002",
        started="2026-09-09T10:00:00.000Z",
        ended="2026-09-09T10:30:00.000Z",
        title="Retry failed charges",
        prompts=asked("Retry failed charges"),
        files=[ChangedFile("src/billing.py", "M", 5, 1)],
        commands=[command("pytest tests/test_billing.py", 0)],
    )


def empty_session() -> SessionFacts:
    """Return the newest session of the feature branch, in which nothing was done."""
    return replace(
        feature_session(),
        id="019f1111-0000-7000-8000-000000000003",
        started="2026-09-10T08:00:00.000Z",
        ended="2026-09-10T08:01:00.000Z",
        prompts=asked("hello"),
        prompt_count=1,
        files=[],
        commands=[],
        failures=0,
        open_steps=[],
    )


@pytest.fixture
def world(repository: Path, git: Git, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Return the pages of the project, whose current branch is the feature branch."""
    store = Store(find_project(str(repository)))
    (repository / ".gitignore").write_text(".omx/\n", encoding="utf-8")
    (repository / "src").mkdir()
    commit(repository, git, monkeypatch, "2026-08-01", {"src/login.py": "1", "src/billing.py": "1"})
    git(repository, "switch", "-q", "-c", FEATURE)
    commit(repository, git, monkeypatch, "2026-09-08", {"src/login.py": "2"})
    for slug, (category, day, text) in PAGES.items():
        write_page(store, slug, text, category=category, day=day, extra=EXTRA.get(slug, ""))
    for facts in (feature_session(), main_session(), empty_session()):
        write_session(store, render(facts), session_slug(facts))
    assert ensure_private(state_home())
    assert ensure_private(store.project.state)
    write_failures(store)
    refresh(store, store.project)
    return store


def commit(root: Path, git: Git, monkeypatch: pytest.MonkeyPatch, day: str, files: dict[str, str]) -> None:
    """Commit files on a day."""
    for name, text in files.items():
        (root / name).write_text(text, encoding="utf-8")
    with monkeypatch.context() as patch:
        patch.setenv("GIT_COMMITTER_DATE", f"{day}T08:30:00Z")
        patch.setenv("GIT_AUTHOR_DATE", f"{day}T08:30:00Z")
        git(root, "add", ".")
        git(root, "commit", "-q", "-m", f"Work of {day}")


def write_failures(store: Store) -> None:
    """Keep two failures that came back, one of them fixed."""
    failure = {
        "family": "test",
        "error_class": "assertion",
        "times": 4,
        "fixed": 0,
        "sessions": 2,
        "last_seen": "2026-09-08T08:50:00Z",
        "last_session": "019f1111-0000-7000-8000-0000fea70001",
        "command": "pytest tests/test_login.py",
        "error": "AssertionError: 30 != 60",
    }
    fixed = {**failure, "family": "lint", "fixed": 4, "error": "E501"}
    Path(store.project.state, "failures.json").write_text(json.dumps([failure, fixed]), encoding="utf-8")
