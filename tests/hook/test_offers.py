"""The record of what sessions were told."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omx_wiki.hook import offers
from omx_wiki.hook.offers import Offer, append_offer, offers_path, read_offers, recent_offers, trim_offers
from omx_wiki.project import Project, ensure_private, find_project, state_home


@pytest.fixture
def project(repository: Path) -> Project:
    found = find_project(str(repository))
    assert ensure_private(state_home())
    assert ensure_private(found.state)
    return found


def offer(session: str = "s", digest: str = "d", pages: tuple[str, ...] = ("a", "b")) -> Offer:
    made = Offer(session, 1_800_000_000, "startup", "main", digest)
    made.size, made.pages = 120, list(pages)
    return made


def test_an_offer_is_one_line_of_json(project: Project) -> None:
    append_offer(project, offer())
    append_offer(project, offer("t", pages=()))
    first, second = Path(offers_path(project)).read_text(encoding="utf-8").splitlines()
    assert json.loads(first) == {
        "session": "s",
        "at": 1_800_000_000,
        "source": "startup",
        "branch": "main",
        "digest": "d",
        "bytes": 120,
        "pages": ["a", "b"],
    }
    assert json.loads(second)["pages"] == []
    assert os.stat(offers_path(project)).st_mode & 0o077 == 0


@given(st.text(), st.text(), st.lists(st.text(), max_size=5))
def test_any_text_comes_back(session: str, digest: str, pages: list[str]) -> None:
    line = offer(session, digest, tuple(pages)).line()
    assert line.count("\n") == 1
    [back] = read_offers([line])
    assert (back.session, back.digest, back.pages, back.size) == (session, digest, pages, 120)


@given(st.text(max_size=200))
def test_a_line_that_is_no_offer_is_skipped(text: str) -> None:
    good = offer().line().strip()
    assert read_offers([text, good, '{"at": "x"}', '{"at":1,"pages":[]}', "[]"])[-1].session == "s"


def test_only_the_end_of_a_long_record_is_read(project: Project) -> None:
    for number in range(1000):
        append_offer(project, offer(f"session-{number}"))
    found = recent_offers(project)
    assert found[-1].session == "session-999"
    assert 100 < len(found) < 1000


def test_a_long_record_is_cut_at_a_line(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offers, "MAX_BYTES", 1000)
    monkeypatch.setattr(offers, "_SLACK", 200)
    trim_offers(project)
    append_offer(project, offer("first"))
    trim_offers(project)
    assert recent_offers(project)[0].session == "first"
    for number in range(50):
        append_offer(project, offer(f"session-{number}"))
    trim_offers(project)
    lines = Path(offers_path(project)).read_text(encoding="utf-8").splitlines()
    assert sum(len(line) + 1 for line in lines) <= 1000
    assert json.loads(lines[-1])["session"] == "session-49"
    assert json.loads(lines[0])["session"] != "first"


def test_a_record_that_others_could_write_is_not_read(project: Project) -> None:
    append_offer(project, offer())
    os.chmod(project.state, 0o777)
    assert recent_offers(project) == []
