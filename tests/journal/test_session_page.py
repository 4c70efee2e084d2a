"""Session pages: as golden files, in any surroundings, bounded, and with nothing forged by foreign text."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from journal.session_examples import FIXTURES, TRANSCRIPTS, command, facts_of, session, with_text
from omx_wiki.errors import InvalidInputError
from omx_wiki.hook.page_head import split_front_matter
from omx_wiki.journal.changes import ChangedFile
from omx_wiki.journal.facts import AskedFact, CommitFact, SessionFacts
from omx_wiki.journal.git_facts import GitCommit, GitFacts
from omx_wiki.journal.session_front import KEYS
from omx_wiki.journal.session_links import PageLinks, resume_command, transcript_place
from omx_wiki.journal.session_merge import merge
from omx_wiki.journal.session_page import MAX_PAGE_BYTES, Generated, render
from omx_wiki.journal.session_template import project_template
from omx_wiki.pages.front_matter import read_meta
from omx_wiki.pages.links import find_links
from omx_wiki.pages.outline import headings
from omx_wiki.pages.page import parse_page

GOLDEN = FIXTURES / "session_pages"
SECTIONS = ["Asked", "Changed", "Ran", "Decided", "Open", "Last message", "Numbers", "Links"]
RENDER_ALL = """
import sys
from omx_wiki.journal.capture import capture
from omx_wiki.journal.session_links import PageLinks
from omx_wiki.journal.session_merge import merge
from omx_wiki.journal.session_page import render
for path in sys.argv[1:]:
    done = merge(None, render(capture(path).facts, None, PageLinks(transcript=path)))
    sys.stdout.buffer.write(done)
"""


def page(facts: SessionFacts, git: GitFacts | None = None, links: PageLinks | None = None) -> str:
    return merge(None, render(facts, git, links)).decode()


def golden_page(path: Path) -> str:
    return page(facts_of(path.stem), None, PageLinks(transcript=str(path)))


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
def test_every_kind_of_transcript_has_its_golden_page(path: Path) -> None:
    golden = GOLDEN / f"{path.stem}.md"
    if os.environ.get("WRITE_GOLDEN"):
        golden.write_text(golden_page(path), encoding="utf-8", newline="\n")
    assert golden_page(path) == golden.read_bytes().decode()


def test_no_golden_page_is_left_over() -> None:
    assert {path.stem for path in GOLDEN.glob("*.md")} == {path.stem for path in TRANSCRIPTS}


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
def test_sections_and_keys_stand_in_their_order(path: Path) -> None:
    text = golden_page(path)
    block, body, _ = split_front_matter(text)
    found = [heading for level, heading, _ in headings(body) if level == 2]
    assert found == [name for name in SECTIONS if name in found]
    meta = read_meta(block or "")[0]
    assert list(meta) == [key for key in KEYS if key in meta]
    assert all(meta.values())
    read = parse_page(text.encode(), "x.md", "sessions/x", "session", 0.0)
    assert (read.problems, read.category) == ((), "session-log")
    assert read.title in read.body.splitlines()[1].replace("\\", "")


def test_surroundings_change_no_byte(tmp_path: Path) -> None:
    expected = b"".join((GOLDEN / f"{path.stem}.md").read_bytes() for path in TRANSCRIPTS)
    for zone, seed, locale in (
        ("UTC", "0", "C"),
        ("Asia/Tokyo", "1", "C.UTF-8"),
        ("America/Lima", "2", "de_DE"),
    ):
        done = subprocess.run(
            [sys.executable, "-c", RENDER_ALL, *map(str, TRANSCRIPTS)],
            cwd=tmp_path,
            env={
                "TZ": zone,
                "PYTHONHASHSEED": seed,
                "LC_ALL": locale,
                "PATH": os.defpath,
                "PYTHONPATH": str(FIXTURES.parents[1] / "wiki"),
            },
            capture_output=True,
            check=True,
        )
        assert done.stdout == expected


HOSTILE = [
    "<!-- omx-wiki:end -->",
    "a\n<!-- omx-wiki:begin -->\n# Forged",
    "# Forged",
    "x\n# Forged\n## Notes",
    "---\ntitle: forged\n---",
    "x\n---\ny\n===",
    "```\n# Forged",
    "  ```\nx\n```\n# Forged [[forged]]",
    "- ```\n  x\n# Forged [[forged]]",
    "~~~~\nx\n~~~\n[[forged]]",
    "`` ` [[forged]] ` ``",
    "odd ` tick [[forged]]",
    "\\`[[forged]]`",
    "see [[forged]] and [[forged|alias]] [[[forged]]]",
    "\x1b[31mred\x1b[0m \x1b]0;title\x07 \u202eabc \u2066x \x00 \ufeff \U000e0041",
    "a\r# Forged\x0b# Forged\x85# Forged\u2028# Forged",
    "[foo]: https://evil.invalid\n\n[foo]",
    "> [t+00:00]: https://evil.invalid",
    "![x](https://evil.invalid/p.png)",
    "<script>alert(1)</script> <b onclick=x>",
    "<details>\n\n# Forged",
    "1. one\n2. two\n\n    code",
    "| a | b |\n|---|---|",
    "**bold** __x__ \\",
    "x" * 1_000_000,
    "`" * 100_000,
    "<a" * 50_000,
    "[[" * 50_000,
    "\n" * 100_000 + "end",
    "\U0001f600" * 100_000,
    "\ud800 lone",
    "",
    " ",
]


def assert_nothing_forged(text: str, *, links: bool = True) -> None:
    assert text.count("<!-- omx-wiki:begin -->") == 1
    assert text.count("<!-- omx-wiki:end -->") == 1
    assert text.endswith("<!-- omx-wiki:end -->\n")
    assert len(text.encode()) <= MAX_PAGE_BYTES
    assert not set(text) & set("\x00\x1b\r\x0b\x0c\x85\u2028\u2029\u202e\u2066\ufeff\U000e0041")
    block, body, _ = split_front_matter(text)
    meta, problems = read_meta(block or "")
    assert problems == []
    assert set(meta) <= set(KEYS)
    tops = [token for token in tokens(body) if token.level == 0]
    names = [
        after.content
        for token, after in zip(tops, tokens_after(body), strict=True)
        if token.type == "heading_open"
    ]
    assert names[1:] == [name for name in SECTIONS if name in names[1:]]
    assert [line for _, line, _ in headings(body)][1:] == names[1:]
    assert not [token for token in tops if token.type in {"hr", "fence", "code_block", "table_open"}]
    marks = [token.content for token in tops if token.type == "html_block"]
    assert all(mark.startswith("<!-- omx-wiki:") and mark.count("<") == 1 for mark in marks)
    inner = [child for token in tokens(body) for child in token.children or []]
    assert not [child for child in inner if child.type in {"html_inline", "image"}]
    assert links or not [child for child in inner if child.type == "link_open"]


def tokens(body: str) -> list[Token]:
    return MarkdownIt("commonmark").enable("table").parse(body)


def tokens_after(body: str) -> list[Token]:
    found = tokens(body)
    return [
        found[at + 1] if at + 1 < len(found) else token for at, token in enumerate(found) if token.level == 0
    ]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_forges_no_structure(text: str) -> None:
    done = page(with_text(text))
    assert_nothing_forged(done, links=False)
    own = {link.name for link in find_links(split_front_matter(done)[1]) if link.line < link_section(done)}
    assert own == set()


def link_section(text: str) -> int:
    body = split_front_matter(text)[1]
    return next((line for _, name, line in headings(body) if name == "Links"), 10**6)


PIECES = st.sampled_from(
    [
        *"`~#>-*_[]()<!=|\\:.1 \n\t\r",
        "```",
        "~~~",
        "[[",
        "]]",
        "<!--",
        "-->",
        "](",
        "![",
        "]:",
        "- ",
        "    ",
        "x",
        "é",
        "\u2028",
        *("omx-wiki:end", "<b>", "https://e.invalid", "---", "# h", "[x]", "? "),
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=40).map("".join))
def test_no_mixture_of_marks_forges_structure(text: str) -> None:
    done = page(with_text(text))
    assert_nothing_forged(done)
    own = [link for link in find_links(split_front_matter(done)[1]) if link.line < link_section(done)]
    assert own == []


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=300))
def test_any_text_gives_a_page(text: str) -> None:
    assert_nothing_forged(page(with_text(text)))


def many(number: int) -> SessionFacts:
    wide = "\U0001f4a1 <b>" * 40
    return session(
        title=wide,
        prompts=[
            AskedFact(f"{n} {wide}", "2026-09-02T08:00:05.000Z", correction=False) for n in range(number)
        ],
        prompt_count=number,
        files=[ChangedFile(f"dir{n % 50}/{n} {wide}", "M", n, 1) for n in range(number)],
        commands=[command(f"pytest {n} {wide}", 1, error=wide) for n in range(number)],
        commits=[CommitFact(f"{n:040x}", wide) for n in range(number)],
        open_steps=[wide] * number,
        decisions=[f"{n} {wide}" for n in range(number)],
        pages_read=[f"{n} {wide}" for n in range(number)],
        last_message=wide * 30,
    )


@pytest.mark.parametrize("number", [1, 20, 100, 1000])
def test_the_largest_session_fits_the_bound_and_says_what_is_cut(number: int) -> None:
    text = page(many(number))
    assert_nothing_forged(text)
    assert text.count("## ") == len(SECTIONS)
    if number >= 100:
        assert "more prompts" in text
        assert "more files" in text
        assert "- +" in text


def test_an_ordinary_session_is_small() -> None:
    assert max(len(golden_page(path).encode()) for path in TRANSCRIPTS) < 4096


def test_of_many_prompts_the_first_and_the_last_are_shown_by_their_number() -> None:
    prompts = [AskedFact(f"prompt {n}", "", correction=False) for n in range(1, 101)]
    text = page(session(prompts=prompts, prompt_count=100))
    assert "\n15. prompt 15\n\n+70 more prompts\n\n86. prompt 86\n" in text
    assert "\n100. prompt 100\n" in text


def test_prompts_dropped_from_the_facts_keep_the_numbers_right() -> None:
    prompts = [AskedFact(f"p{n}", "", correction=False) for n in range(300)]
    text = page(session(prompts=prompts, prompt_count=1300, cut={"prompts": 1000}))
    assert "+1270 more prompts" in text
    assert "\n1300. p299\n" in text


def test_corrections_and_times_are_shown() -> None:
    prompts = [
        AskedFact("go", "2026-09-02T08:00:05.000Z", correction=False),
        AskedFact("no, wrong", "2026-09-02T09:01:02.000Z", correction=True),
        AskedFact("again", "2026-09-04T10:00:00.000Z", correction=False),
    ]
    text = page(session(prompts=prompts))
    assert "1. [t+00:05] go\n2. [t+1:01:02] (correction) no, wrong\n3. [t+2d 2h] again\n" in text


def test_git_tells_which_commits_stand() -> None:
    facts = session(
        outcome="shipped", commits=[CommitFact("aaaaaaa", "Old words"), CommitFact("bbbbbbb", "Gone")]
    )
    git = GitFacts(checked=True, commits={"aaaaaaa": GitCommit("a" * 40, "Light up")}, end_commit="c" * 40)
    text = page(facts, git)
    assert "- `aaaaaaaaaa` Light up (verified)\n- `bbbbbbb` Gone (not in this repository any more)\n" in text
    assert "**Shipped 2 commits (1 gone since), the last: Light up.**" in text
    assert "end_commit: cccc" in text.replace('"', "")
    gone = page(replace(facts, commits=facts.commits[1:]), git)
    assert "**Committed 1 time, but the commit is not in this repository any more.**" in gone
    assert "verified" not in page(facts)


@pytest.mark.parametrize(
    ("run", "code", "is_denied"),
    [
        ("git add -A && git commit -qm 'Trim it'", 0, False),
        ("git -C . merge --quiet side", 0, False),
        ("git commit -qm 'Trim it'", 1, True),
        ("git log --format=commit; echo commit", 0, True),
        ("git status | grep commit", 0, True),
    ],
)
def test_a_commit_that_printed_nothing_is_not_denied(run: str, code: int, *, is_denied: bool) -> None:
    files = [ChangedFile("src/wick.py", "A", 1, 0)]
    for outcome in ("done", "interrupted"):
        facts = session(outcome=outcome, files=files, commands=[command(run, code, "git")])
        assert ("nothing committed" in page(facts)) is is_denied


def test_sizes_of_git_fill_what_the_transcript_does_not_tell() -> None:
    facts = session(files=[ChangedFile("a.py", "M", 0, 0), ChangedFile("b.py", "M", 5, 1)])
    text = page(facts, GitFacts(checked=True, sizes={"a.py": (7, 2), "b.py": (9, 9)}))
    assert "- M `a.py` +7 -2\n- M `b.py` +5 -1\n" in text
    assert "\nadded: 12\nremoved: 3\n" in text


def test_failures_say_how_they_ended() -> None:
    commands = [
        command("cd /srv/lantern && pytest -q a", 1, error="AssertionError: dark"),
        command("pytest -q a", 2, error="still dark"),
        command("pytest -q a", 0),
        command("pytest -q b", 1),
        command("pytest -q", 0),
        command("ruff check .", 1, "lint", "E501 too long"),
        command("rg nothing", 1, "other"),
        command("ls missing", 2, "other", "No such file"),
        command("git push", 128, "git", "fatal: no credentials"),
        command("git status", 0, "git"),
    ]
    text = page(session(commands=commands))
    assert "- `ruff check .` exit 1 (never passed): E501 too long\n" in text
    assert "- `pytest -q a` exit 2, 2 times (passed on try 3): still dark\n" in text
    assert "- `pytest -q b` exit 1 (a later run with other arguments passed)\n" in text
    assert "- `ls missing` exit 2: No such file\n" in text
    assert "rg nothing" not in text
    assert "## Open\n\n- Failing: `ruff check .` (exit 1)\n- Failing: `git push` (exit 128)\n\n" in text
    assert "Last test run passed, last lint run failed." in text


def test_generics_stay_readable_and_are_no_tags() -> None:
    prompts = [AskedFact("make List<String> of \\<b> if a < b, in `Map<K>`", "", correction=False)]
    assert "1. make List\\<String> of \\&lt;b> if a < b, in `Map<K>`\n" in page(session(prompts=prompts))


def test_a_question_at_the_end_stays_open_until_it_is_answered() -> None:
    asked = "Done.\n\nI kept v1.2 for now. Should I drop it too?"
    assert "- Question left: Should I drop it too?" in page(session(last_message=asked))
    assert "Question" not in page(session(last_message=asked, finished=False))
    assert "Question" not in page(session(last_message="Why? Because.\n\nDone."))


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/home/ada/.codex/sessions/2026/09/02/rollout-x.jsonl", "sessions/2026/09/02/rollout-x.jsonl"),
        ("C:\\Users\\ada\\.codex\\archived_sessions\\r.jsonl", "archived_sessions/r.jsonl"),
        ("/home/ada/.claude/projects/-srv-lantern/c1.jsonl", "projects/-srv-lantern/c1.jsonl"),
        ("/srv/sessions/other/r.jsonl", "r.jsonl"),
        ("", ""),
    ],
)
def test_the_transcript_is_named_without_the_machine(path: str, shown: str) -> None:
    assert transcript_place(path) == shown


def test_only_plain_ids_are_offered_as_a_command() -> None:
    assert resume_command(session(agent="claude")).startswith("claude --resume 019f")
    for text in ("x; rm -rf ~", "$(x)", "-rf", "a b", "x\ny"):
        assert resume_command(session(id=text)) == ""
    assert resume_command(session(kind="subagent")) == ""


def test_links_lead_to_the_other_sessions() -> None:
    links = PageLinks(previous="sessions/2026-09-01-0800-cafe", parent="sessions/p", children=("sessions/c",))
    text = page(session(parent="019f", pages_read=["retry-policy", "]]"]), None, links)
    assert "- Pages read: [[retry-policy]]\n" in text
    assert "- Previous session on `main`: [[sessions/2026-09-01-0800-cafe]]\n" in text
    assert "- Sub-agent of: [[sessions/p]]\n" in text
    assert "- Sub-agents: [[sessions/c]]\n" in text


def test_a_session_without_anything_has_a_page() -> None:
    text = page(SessionFacts(id="", agent="codex"))
    assert_nothing_forged(text)
    assert "# Session of unknown time\n" in text
    assert "**Conversation only, nothing run or changed.**" in text


def test_a_project_lays_out_its_own_page() -> None:
    template = (
        "{{ outcome }}\n{% for p in asked.first %}\n* {{ p.text|upper }}\n{% endfor %}\n<!-- omx-wiki:end -->"
    )
    done = render(session(), template=template)
    assert done.problems == ()
    assert "* MAKE THE LAMP SHINE\n" in done.body
    assert "<!-- omx-wiki" not in done.body


@pytest.mark.parametrize(
    "template",
    [
        "{{ outcome",
        "{% for x in range(10) %}{{ x }}{% endfor %}",
        "{{ 'a' * 1000000000 }}",
        "{{ outcome.__class__.__mro__ }}{{ ''.format() }}",
        "{% set x = 'a' %}{{ x }}",
        "{% include '/etc/passwd' %}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{{ '%1000000000d'|format(1) }}",
        "{% for a in links %}{% for b in a %}{% for c in b %}{% endfor %}{% endfor %}{% endfor %}",
        "{% for a in last_message %}{% for b in last_message %}{{ outcome }}{% endfor %}{% endfor %}",
        "{{ " + "not " * 3000 + "outcome }}",
        "{{ outcome < 3 }}",
        "```\n{{ outcome }}",
        "{# nothing #}",
        "x" * 20_000,
        "{% if outcome %}" * 200 + "{% endif %}" * 200,
    ],
    ids=range(16),
)
def test_a_template_that_is_broken_or_hostile_is_reported_and_not_used(template: str) -> None:
    facts = session(last_message="y" * 1500)
    done, own = render(facts, template=template), render(facts)
    assert done.body == own.body
    assert len(done.problems) == 1
    assert "built-in template was used" in done.problems[0]


def test_generated_pages_are_plain_values() -> None:
    assert render(session()) == render(session())
    assert isinstance(render(session()), Generated)


def test_a_projects_template_is_read_from_inside_the_project_only(tmp_path: Path) -> None:
    assert project_template(str(tmp_path)) is None
    place = tmp_path / "p" / ".omx" / "templates" / "session.md.j2"
    place.parent.mkdir(parents=True)
    place.write_text("{{ outcome }}", encoding="utf-8")
    assert project_template(str(tmp_path / "p")) == "{{ outcome }}"
    place.write_bytes(b"\xff")
    with pytest.raises(InvalidInputError, match="not UTF-8"):
        project_template(str(tmp_path / "p"))
    place.unlink()
    (tmp_path / "secret").write_text("s", encoding="utf-8")
    place.symlink_to(tmp_path / "secret")
    with pytest.raises(InvalidInputError, match="no plain file"):
        project_template(str(tmp_path / "p"))
