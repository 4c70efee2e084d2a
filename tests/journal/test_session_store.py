"""Writing a session's page again and again loses nothing that people wrote."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journal.session_examples import ID, TRANSCRIPTS, facts_of, session, with_text
from omx_wiki.hook.page_head import split_front_matter
from omx_wiki.journal.facts import AskedFact, SessionFacts
from omx_wiki.journal.git_facts import GitFacts
from omx_wiki.journal.session_body import BEGIN, END
from omx_wiki.journal.session_merge import is_edited
from omx_wiki.journal.session_page import Generated, render
from omx_wiki.journal.session_store import free_slug, merge, session_slug, write_session
from omx_wiki.pages.front_matter import read_meta
from omx_wiki.pages.store import Store
from omx_wiki.project import find_project

FIRST = render(session(outcome="interrupted", finished=False))
SECOND = render(
    session(
        ended="2026-09-02T09:00:00.000Z",
        prompts=[AskedFact("Now dim it", "2026-09-02T08:50:00.000Z", correction=False)],
        models=["gpt-5.6"],
        last_message="Dimmed.",
    ),
    GitFacts(checked=True, end_commit="c" * 40),
)
RETITLED = render(session(title="Dim the lamp"))
PAGE = merge(None, FIRST)
NOTES = b"\n## Notes\n\nMine: caf\xc3\xa9 \xff `x`.  \n\n---\n\nlast line without end"


def meta(page: bytes) -> dict[str, str | list[str]]:
    return dict(read_meta(split_front_matter(page.decode("utf-8", "replace"))[0] or "")[0])


@pytest.fixture
def store(repository: Path) -> Store:
    return Store(find_project(str(repository)))


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
def test_merging_what_is_there_changes_nothing(path: Path) -> None:
    done = render(facts_of(path.stem))
    fresh = merge(None, done)
    assert merge(fresh, done) == fresh
    assert not is_edited(fresh)


def test_a_later_run_equals_a_fresh_page() -> None:
    assert merge(PAGE, SECOND) == merge(None, SECOND)
    assert merge(merge(PAGE, SECOND), FIRST) == PAGE


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(TRANSCRIPTS), st.sampled_from(TRANSCRIPTS))
def test_any_page_can_become_any_other(one: Path, other: Path) -> None:
    before, after = render(facts_of(one.stem)), render(facts_of(other.stem))
    merged = merge(merge(None, before), after)
    fresh = merge(None, after)
    # Tags belong to people once the page exists.
    assert re.sub(rb"\ntags: .*", b"", merged) == re.sub(rb"\ntags: .*", b"", fresh)


def test_notes_survive_byte_for_byte() -> None:
    assert merge(PAGE + NOTES, SECOND) == merge(None, SECOND) + NOTES


NOTE = st.text(max_size=120).map(lambda text: text.encode("utf-8", "replace")) | st.binary(max_size=120)


def is_quiet(note: bytes) -> bool:
    return b"omx-wiki:" not in note


@settings(max_examples=120, deadline=None)
@given(NOTE.filter(is_quiet), st.sampled_from([FIRST, SECOND, RETITLED]))
def test_any_note_below_the_markers_survives(note: bytes, generated: Generated) -> None:
    page = PAGE + b"\n" + note
    done = merge(page, generated)
    assert done.endswith(END.encode() + b"\n\n" + note)
    assert merge(done, generated) == done
    assert merge(merge(done, FIRST), SECOND).endswith(b"\n\n" + note)


@settings(max_examples=120, deadline=None)
@given(NOTE, NOTE, st.sampled_from([FIRST, SECOND]))
def test_any_bytes_at_all_are_kept_and_the_second_merge_changes_nothing(
    above: bytes, below: bytes, generated: Generated
) -> None:
    page = above + b"\n" + below
    done = merge(page, generated)
    assert merge(done, generated) == done
    # Everything of theirs is still there, in its order.
    at = 0
    for line in page.splitlines():
        if line.strip() and split_front_matter(page.decode("utf-8", "surrogateescape"))[0] is None:
            at = done.index(line, at) + len(line)


FOREIGN = st.lists(
    st.sampled_from(
        [
            ["owner: ada  # mine"],
            ["# a comment"],
            ["aliases:", "  - one"],
            ["priority: 3"],
            ["nested: {a: [b, c]}"],
            ['quote: "a: b # c"'],
            ["summary: |", "  lines"],
            [""],
        ]
    ),
    max_size=6,
    unique_by=lambda lines: lines[0],
).map(lambda blocks: [line for lines in blocks for line in lines])


@settings(max_examples=100, deadline=None)
@given(FOREIGN, st.integers(1, 20), st.sampled_from(["\n", "\r\n"]), st.sampled_from(["", "\ufeff"]))
def test_foreign_keys_survive_any_regeneration(lines: list[str], at: int, end: str, mark: str) -> None:
    own = PAGE.decode().split("\n")
    spot = min(at, own.index("---", 1))
    text = mark + end.join([*own[:spot], *lines, *own[spot:]])
    page = text.encode() + NOTES
    before = meta(page)
    done = merge(page, SECOND)
    assert done.endswith(NOTES)
    assert merge(done, SECOND) == done
    after = meta(done)
    for key in ("owner", "aliases", "priority", "nested", "quote", "summary"):
        assert before.get(key) == after.get(key)
    if after != before:
        assert after["ended"] == "2026-09-02T09:00:00Z"
    for line in lines:
        assert f"{line}{end}".encode() in done


def test_keys_are_brought_up_to_date_among_foreign_ones() -> None:
    page = PAGE.replace(b"\nagent: codex\n", b"\nagent: codex\nowner: ada\n# note\n")
    done = merge(page, SECOND)
    assert done.replace(b"owner: ada\n# note\n", b"") == merge(None, SECOND)


def test_tags_of_people_stay_as_they_are() -> None:
    page = PAGE.replace(b"tags: [session, codex]", b"tags:\n  - release  # mine\n  - session")
    done = merge(page, SECOND)
    assert b"tags:\n  - release  # mine\n  - session\n" in done
    assert meta(done)["ended"] == "2026-09-02T09:00:00Z"


def test_a_new_title_reaches_front_matter_and_heading() -> None:
    assert merge(PAGE, RETITLED) == merge(None, RETITLED)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'title: "Make the lamp shine"', b'title: "Lamp, first try"'),
        (b'title: "Make the lamp shine"', b'title: "Make the lamp shine"\ntitle_by: person'),
        (b'title: "Make the lamp shine"', b"title: 'Lamp: try 1' # better"),
    ],
)
def test_a_title_that_a_person_changed_stays(old: bytes, new: bytes) -> None:
    page = PAGE.replace(old, new).replace(b"# Make the lamp shine", b"# Lamp")
    done = merge(merge(page, RETITLED), SECOND)
    assert new in done
    assert b"\n# Lamp\n" in done
    assert meta(done)["ended"] == "2026-09-02T09:00:00Z"


def test_a_heading_that_a_person_changed_stays() -> None:
    done = merge(PAGE.replace(b"# Make the lamp shine", b"# Our lamp"), RETITLED)
    assert b"\n# Our lamp\n" in done
    assert meta(done)["title"] == "Dim the lamp"


def test_text_above_the_markers_stays() -> None:
    page = PAGE.replace(BEGIN.encode(), b"See also [[lamp]].\n\n" + BEGIN.encode())
    assert merge(page, SECOND).count(b"# Make the lamp shine\n\nSee also [[lamp]].\n\n") == 1


def without(page: bytes, *marks: str) -> bytes:
    for mark in marks:
        page = page.replace(mark.encode() + b"\n", b"")
    return page


DAMAGED = {
    "no begin": without(PAGE, BEGIN),
    "no end": without(PAGE, END),
    "no end, no trailer": re.sub(rb"<!-- omx-wiki:made.*\n", b"", without(PAGE, END)),
    "neither": without(PAGE, BEGIN, END),
    "twice begun": PAGE.replace(BEGIN.encode(), f"{BEGIN}\nmine\n{BEGIN}".encode()),
    "backwards": PAGE.replace(BEGIN.encode(), b"@")
    .replace(END.encode(), BEGIN.encode())
    .replace(b"@", END.encode()),
    "only text": b"just my text",
    "begin only": f"{BEGIN}\nmine".encode(),
    "end only": f"mine\n{END}\nmore".encode(),
    "in a code block": f"# T\n\n```\n{BEGIN}\nmine\n{END}\n```\n".encode(),
    "no front matter": PAGE.partition(b"---\n\n")[2],
    "broken front matter": PAGE.replace(b"category:", b"[[[: {", 1),
    "unclosed front matter": PAGE.replace(b"schemaVersion: 1\n---\n", b"schemaVersion: 1\n"),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_page_loses_nothing(name: str) -> None:
    notes = NOTES.replace(b"---", b"***")
    page = DAMAGED[name] + notes
    done = merge(page, SECOND)
    assert done.endswith(notes)
    assert done.count(SECOND.body.encode()) == 1
    assert merge(done, SECOND) == done
    third = merge(done, FIRST)
    assert third.endswith(notes)
    assert third.count(SECOND.body.encode()) == 0
    if b"mine" in page:
        assert b"mine" in third


def test_an_empty_file_becomes_a_page() -> None:
    assert merge(b"\n \n", FIRST) == PAGE == merge(b"", FIRST)


def test_crlf_pages_stay_crlf() -> None:
    page = PAGE.replace(b"\n", b"\r\n") + b"notes\r\n"
    done = merge(page, SECOND)
    assert done == merge(None, SECOND).replace(b"\n", b"\r\n") + b"notes\r\n"
    assert not is_edited(done)


@pytest.mark.parametrize("text", ["<!-- omx-wiki:end -->", "x\n<!-- omx-wiki:begin -->", "---\n---\n", "```"])
def test_hostile_text_does_not_move_the_markers(text: str) -> None:
    done = render(with_text(text))
    page = merge(None, done) + NOTES
    assert merge(page, done) == page
    assert merge(page, SECOND).endswith(NOTES)


def test_a_change_inside_the_generated_part_is_noticed() -> None:
    assert is_edited(PAGE.replace(b"Make the lamp shine\n\n##", b"I was here\n\n##"))
    assert not is_edited(PAGE + NOTES)
    assert not is_edited(PAGE.replace(b"title:", b"owner: me\ntitle:"))


def test_slugs_tell_start_and_id() -> None:
    assert session_slug(session()) == "sessions/2026-09-02-0800-0000beef"
    assert session_slug(session(id="A1b2")) == "sessions/2026-09-02-0800-a1b2"
    assert session_slug(session(started="")) == "sessions/undated-0000beef"


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=30), st.text(max_size=30))
def test_any_id_gives_a_safe_name(session_id: str, started: str) -> None:
    slug = session_slug(session(id=session_id, started=started))
    assert re.fullmatch(r"sessions/(undated|\d{4}-\d\d-\d\d-\d{4})-[a-z0-9]{1,8}", slug)


@pytest.mark.parametrize("session_id", ["", "../../etc", "a\nb", "x" * 500, "\u0130d", "---"])
def test_hostile_ids_become_hashes(session_id: str) -> None:
    assert re.search(r"-[0-9a-f]{8}$", session_slug(session(id=session_id)))


def test_sessions_are_written_once_and_found(store: Store) -> None:
    slug = session_slug(session())
    assert write_session(store, FIRST, slug)
    assert not write_session(store, FIRST, slug)
    read = store.read(slug)
    assert (read.kind, read.title, read.category) == ("session", "Make the lamp shine", "session-log")
    assert read.summary.startswith("Interrupted while working on: Make the lamp shine")
    assert read.path.read_bytes() == PAGE
    assert write_session(store, SECOND, slug)
    assert store.history(slug) == []


def test_history_keeps_what_a_person_changed_inside(store: Store) -> None:
    slug = session_slug(session())
    write_session(store, FIRST, slug)
    path = store.read(slug).path
    path.write_bytes(PAGE.replace(b"(shine)", b"").replace(b"It shines.", b"It does not shine!"))
    assert write_session(store, SECOND, slug)
    assert len(store.history(slug)) == 1
    assert "It does not shine!" in store.undo(slug).body


def test_two_sessions_never_share_a_page(store: Store) -> None:
    one, other = session(), session(id=ID.replace("019f", "019e"))
    assert free_slug(store, one) == free_slug(store, other) == session_slug(one)
    write_session(store, render(one), free_slug(store, one))
    assert free_slug(store, one) == session_slug(one)
    assert free_slug(store, other).startswith(session_slug(one) + "-")


def test_a_hostile_id_finds_its_own_page_again(store: Store) -> None:
    facts = session(id="a\n<!-- b" + "x" * 300)
    slug = free_slug(store, facts)
    write_session(store, render(facts), slug)
    assert free_slug(store, facts) == slug


def test_a_page_that_leads_outside_is_refused(store: Store, tmp_path: Path) -> None:
    from omx_wiki.errors import WikiError

    slug = session_slug(session())
    write_session(store, FIRST, slug)
    path, outside = store.read(slug).path, tmp_path / "outside.md"
    outside.write_bytes(b"theirs")
    path.unlink()
    path.symlink_to(outside)
    with pytest.raises(WikiError):
        write_session(store, SECOND, slug)
    assert outside.read_bytes() == b"theirs"


def test_facts_without_an_id_have_a_stable_name() -> None:
    nameless = replace(session(), id="")
    assert session_slug(nameless) == session_slug(replace(nameless))
    assert session_slug(nameless) != session_slug(replace(nameless, title="x"))
    assert session_slug(SessionFacts(id="", agent="codex")).startswith("sessions/undated-")
