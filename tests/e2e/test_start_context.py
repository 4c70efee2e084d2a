"""What real Codex sessions are told at their start: of their branch, of failures, once, nothing stale."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from e2e.codex_home import COMPACTING, CodexHome
from e2e.contexts import FAILURES, PAGES, PINS, Context, Sessions, contexts
from e2e.product import Product
from e2e.turns import Turn, answer, apply_patch, shell

pytestmark = pytest.mark.e2e

Git = Callable[..., str]
_ANCHOR = 480  # bytes, at most
_TEST = """\
#!/bin/sh
grep -qs cotton wick.txt && exit 0
echo "AssertionError: the wick is not of cotton"
exit 1
"""


@pytest.fixture
def sessions(codex: CodexHome, product: Product, repo: Path, git: Git) -> Sessions:
    """Return the repository, set up and trusted, in which an agent can commit."""
    git(repo, "config", "user.name", "Ada")
    git(repo, "config", "user.email", "ada@example.invalid")
    product.run(codex, "setup", "--trust")
    git(repo, "add", ".")
    git(repo, "commit", "-q", "-m", "Set the wiki up")
    return Sessions(codex, product, repo)


def _write(path: str) -> Turn:
    return apply_patch(f"*** Begin Patch\n*** Add File: {path}\n+cotton\n*** End Patch")


def _commit(message: str) -> Turn:
    return shell(f"git add -A && git commit -m '{message}'")


def _branch_work(sessions: Sessions, git: Git) -> None:
    """Do and commit some work on two branches, each with a page about its name and one about its file."""
    sessions.add("Oil pressure", "Two bar are enough.")
    sessions.add("Wick length", "Four millimetres.")
    sessions.add("Mirrors", "They double the light.")
    sessions.add("Gauge", "It is read in src/gauge.py.")
    sessions.add("Trimming", "The shears of src/shears.py are sharpened daily.")
    for branch, prompt, path, question in (
        ("feature/wick", "Trim it to four millimetres", "src/shears.py", "Shall I note the length?"),
        ("feature/oil", "Raise it to two bar", "src/gauge.py", "Should the alarm follow?"),
    ):
        git(sessions.repo, "checkout", "-q", "-b", branch, "main")
        turns = [_write(path), _commit(f"Change {path}"), answer(f"Done so far. {question}")]
        sessions.hold(prompt, *turns, sandbox="danger-full-access")


def _assert_about_wick(told: Context) -> None:
    assert "on this branch" in told.handoff["Session"]
    assert told.handoff["Asked"] == "Trim it to four millimetres"
    assert "src/shears.py" in told.handoff["Outcome"]
    assert "Shall I note the length?" in told.handoff["Open"]
    assert set(told.pages[:2]) == {"wick-length", "trimming"}


def _assert_about_oil(told: Context) -> None:
    assert "on this branch" in told.handoff["Session"]
    assert told.handoff["Asked"] == "Raise it to two bar"
    assert "src/gauge.py" in told.handoff["Outcome"]
    assert "Should the alarm follow?" in told.handoff["Open"]
    assert set(told.pages[:2]) == {"oil-pressure", "gauge"}


def test_each_branch_gets_its_own_handoff_and_its_pages_first(sessions: Sessions, git: Git) -> None:
    _branch_work(sessions, git)
    _assert_about_oil(sessions.told())
    git(sessions.repo, "checkout", "-q", "feature/wick")
    _assert_about_wick(sessions.told())
    git(sessions.repo, "checkout", "-q", "feature/oil")
    _assert_about_oil(sessions.told())


def test_a_worktree_gets_the_handoff_of_its_branch_and_a_detached_head_says_so(
    sessions: Sessions, git: Git
) -> None:
    _branch_work(sessions, git)
    worktree = sessions.repo.parent / "elsewhere"
    git(sessions.repo, "worktree", "add", "-q", str(worktree), "feature/wick")
    _assert_about_wick(sessions.told(cwd=worktree))
    _assert_about_oil(sessions.told())

    git(worktree, "checkout", "-q", "--detach")
    commit = git(worktree, "rev-parse", "HEAD")[:7]
    told = sessions.told(cwd=worktree)
    assert f", detached at {commit}: " in told.text
    assert "(branch feature/oil)" in told.handoff["Session"]


def test_a_branch_that_nobody_prepared_gets_pages_about_its_words_first(sessions: Sessions, git: Git) -> None:
    for title in ("Zinc valves", "Mirrors", "Alcohol"):  # the newest comes first
        sessions.add(title, "It is kept in the cellar.")
    sessions.hold("Look around", shell("ls"), answer("Nothing there."))
    assert sessions.told().pages == ["alcohol", "mirrors", "zinc-valves"]
    sessions.codex.variables["OMX_WIKI_BACKGROUND"] = "0"
    git(sessions.repo, "checkout", "-q", "-b", "fix/zinc-leaks")
    [told] = contexts(sessions.codex.run_exec("hello", cwd=sessions.repo).requests[0])
    assert told.pages == ["zinc-valves", "alcohol", "mirrors"]
    assert ", branch fix/zinc-leaks: " in told.text
    assert "(branch main)" in told.handoff["Session"]


def test_a_failing_test_is_handed_over_and_known_as_recurring_until_it_passes(sessions: Sessions) -> None:
    test = sessions.repo / "test.sh"
    test.write_text(_TEST, encoding="utf-8")
    test.chmod(0o755)
    sessions.hold("Test the lamp", shell("./test.sh"), answer("It fails."))
    told = sessions.told()
    failing = "Left failing: ./test.sh ended with exit 1: AssertionError: the wick is not of cotton."
    assert told.handoff["Outcome"].startswith(failing)
    assert told.section(FAILURES) == []

    turns = [shell("./test.sh"), _commit("Add a test"), answer("Committed all the same.")]
    sessions.hold("Commit it", *turns, sandbox="danger-full-access")
    told = sessions.told()
    assert told.handoff["Failing"].startswith("./test.sh exit 1 (never passed)")
    [recurring] = told.section(FAILURES)
    assert recurring.startswith("test: AssertionError: the wick is not of cotton in `./test.sh` (2 times")

    sessions.hold("Mend it", _write("wick.txt"), shell("./test.sh"), answer("It passes."))
    told = sessions.told()
    assert "Last test run passed." in told.handoff["Outcome"]
    assert told.section(FAILURES) == []


def test_each_compaction_brings_one_anchor_in_the_place_of_the_context(sessions: Sessions) -> None:
    sessions.add("Mirrors", "They double the light.")
    first = sessions.hold("Trim the wick", _write("wick.txt"), answer())
    turns = [shell("true", tokens=300_000), answer("the summary")] * 2
    run = sessions.hold("Go on", *turns, answer(), resume=first.thread_id, options=COMPACTING)
    full = contexts(first.requests[0])
    assert [contexts(request) for request in run.requests[:2]] == [full, full]
    assert [told.pages for told in full] == [["mirrors"]]
    for request in (run.requests[2], run.requests[4]):
        [anchor] = contexts(request)
        assert "continue the current task" in anchor.text
        assert "Trim the wick" in anchor.text
        assert anchor.size <= _ANCHOR
        assert "Mirrors" not in anchor.text


def test_a_resumed_session_holds_one_context_and_is_given_no_other(sessions: Sessions) -> None:
    sessions.add("Mirrors", "They double the light.")
    first = sessions.hold("Trim the wick", _write("wick.txt"), answer())
    sessions.add("Lenses", "They bundle the light.")
    resumed = sessions.hold("Go on", resume=first.thread_id)
    assert len(contexts(first.requests[0])) == 1
    assert contexts(resumed.requests[-1]) == contexts(first.requests[0])


def test_a_hook_that_runs_on_resume_tells_of_new_pages_once(sessions: Sessions) -> None:
    hooks = sessions.codex.path / "hooks.json"
    document = json.loads(hooks.read_text(encoding="utf-8"))
    document["hooks"]["SessionStart"][-1]["matcher"] = ""
    hooks.write_text(json.dumps(document), encoding="utf-8")
    trusting = ["--dangerously-bypass-hook-trust"]
    sessions.add("Mirrors", "They double the light.")
    first = sessions.hold("Trim the wick", _write("wick.txt"), answer(), options=trusting)
    held = [contexts(first.requests[0])]
    for title in ("", "Lenses", ""):
        if title:
            sessions.add(title, "They bundle the light.")
        run = sessions.hold("Go on", resume=first.thread_id, options=trusting)
        held.append(contexts(run.requests[0]))
    assert [len(each) for each in held] == [1, 1, 2, 2]
    assert held[3] == held[2]
    assert "lenses" in held[3][1].text
    assert "mirrors" not in held[3][1].text
    assert held[3][1].size <= _ANCHOR


def test_the_settings_of_a_project_count_for_the_next_session(sessions: Sessions) -> None:
    for title in ("Zinc valves", "Mirrors", "Lenses"):
        sessions.add(title, "They are cleaned every morning before the lamp is lit, and never with sand.")
    sessions.hold("Trim the wick", _write("wick.txt"), answer())
    usual = sessions.told()
    assert (usual.section(PINS), usual.pages) == ([], ["lenses", "mirrors", "zinc-valves"])
    assert "Asked" in usual.handoff

    sessions.settings(["[context]", 'pins = ["zinc-valves"]'])
    pinned = sessions.told()
    assert "(zinc-valves)" in pinned.section(PINS)[0]
    assert pinned.pages == ["lenses", "mirrors"]

    sessions.settings(["[context]", 'sections = ["pages"]'])
    few = sessions.told()
    assert set(few.pages) == set(usual.pages)
    assert few.handoff == {}
    assert "Pages by category" not in few.text

    sessions.settings(["[context]", f"budget = {usual.size - 200}"])
    small = sessions.told()
    assert 0 < small.size <= usual.size - 200
    assert small.handoff["Asked"] == "Trim the wick"


def test_each_switch_silences_the_next_session_and_its_absence_the_one_after_is_told(
    sessions: Sessions,
) -> None:
    sessions.add("Mirrors", "They double the light.")
    off = sessions.repo / ".omx" / "wiki.off"
    assert sessions.told().pages == ["mirrors"]
    sessions.settings(["enabled = false"])
    assert sessions.told() == Context("")
    sessions.settings(["[context]", "enabled = false"])
    assert sessions.told() == Context("")
    sessions.settings([])
    off.touch()
    assert sessions.told() == Context("")
    off.unlink()
    sessions.codex.variables["OMX_WIKI_DISABLE"] = "1"
    assert sessions.told() == Context("")
    del sessions.codex.variables["OMX_WIKI_DISABLE"]
    assert sessions.told().pages == ["mirrors"]


def test_a_page_that_a_session_opened_counts_and_comes_first_afterwards(sessions: Sessions) -> None:
    for title in ("Mirrors", "Lenses"):
        sessions.add(title, "They are cleaned every morning.")
    show = sessions.product.shell("show", "mirrors")
    run = sessions.hold("Clean them", shell(show), answer("Cleaned."))
    assert contexts(run.requests[0])[0].pages == ["lenses", "mirrors"]
    assert "every morning" in run.requests[-1].outputs()[0]
    stats = json.loads(sessions.product.run(sessions.codex, "stats", "--json"))
    assert (stats["offers"], stats["opened"], stats["used"]) == (2, 1, 1)
    assert [(row["page"], row["opened"]) for row in stats["top"]] == [("mirrors", 1)]
    explained = json.loads(sessions.product.run(sessions.codex, "context", "--json"))["items"]
    why = {item["page"]: item["why"] for item in explained if item["section"] == "pages"}
    assert "proved useful" in why["mirrors"]
    assert "seldom used" in why["lenses"]
    assert sessions.told().pages == ["mirrors", "lenses"]


def test_what_changed_since_the_preparation_is_never_told_as_it_was(sessions: Sessions) -> None:
    for title in ("Lenses", "Mirrors", "Prisms"):
        sessions.add(title, "They are cleaned with sand.")
    sessions.hold("Trim the wick", _write("wick.txt"), answer())
    told = sessions.told()
    assert told.text.count("with sand") == 3
    assert told.handoff["Asked"] == "Trim the wick"

    sessions.codex.variables["OMX_WIKI_BACKGROUND"] = "0"  # what was prepared stays as it is
    folder = sessions.repo / ".omx" / "wiki"
    (folder / "lenses.md").unlink()
    mirrors = (folder / "mirrors.md").read_text(encoding="utf-8")
    (folder / "mirrors.md").write_text(mirrors.replace("with sand", "with silk"), encoding="utf-8")
    (folder / "flames.md").write_text("# Flames\n\nThey are blue.\n", encoding="utf-8")
    for page in (folder / "sessions").glob("*.md"):
        page.unlink()
    [now] = contexts(sessions.codex.run_exec("hello", cwd=sessions.repo).requests[0])
    assert set(now.pages) == {"flames", "mirrors", "prisms"}
    assert [line for line in now.section(PAGES) if "with sand" in line] == [
        line for line in told.section(PAGES) if line.startswith("Prisms")
    ]
    assert "They are cleaned with silk." in now.text
    assert now.handoff == {}
