"""What the worker prepares and the hook finds."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from context.conftest import FEATURE, NOW, feature_session, settings, write_page
from hook.hostile_texts import HOSTILE
from omx_wiki.context.options import ContextOptions
from omx_wiki.context.prepare import Preparation, current_context, prepare
from omx_wiki.hook.brief import HARD_CAP
from omx_wiki.hook.item import FAILURES, HANDOFF, LINT, PINNED, RELEVANT, Item
from omx_wiki.hook.offers import append_offer
from omx_wiki.hook.plain_data import read_data
from omx_wiki.hook.prepared import Context, branch_path, context_folder, context_now, context_of
from omx_wiki.hook.start_context import Session, Told, start_context
from omx_wiki.hook.switches import LEAST_BUDGET
from omx_wiki.journal.changes import ChangedFile
from omx_wiki.journal.session_page import render
from omx_wiki.journal.session_store import session_slug, write_session
from omx_wiki.pages.store import Store
from omx_wiki.project import find_project
from omx_wiki.search.entry import entry_of

Git = Callable[..., str]
DAY = 86_400


def of(found: Context, section: str) -> list[Item]:
    return [item for item in found.items if item.section == section]


def slugs(found: Context, section: str = RELEVANT) -> list[str]:
    return [item.page for item in of(found, section)]


def tell(store: Store, found: Context, now: float = NOW) -> Told:
    return start_context(store.project, found, Session("new", "startup", FEATURE), "wiki", now)


def test_every_branch_has_its_own_context(world: Store) -> None:
    prepare(world, now=NOW)
    feature, main = (
        context_now(world.project, FEATURE, settings()),
        context_now(world.project, "main", settings()),
    )
    assert feature.is_current
    assert main.is_current
    assert slugs(feature)[0] == "login-timeouts"
    assert slugs(main)[0] == "billing-retries"
    assert slugs(feature, HANDOFF)[0].endswith("fea70001")
    assert slugs(main, HANDOFF)[0].endswith("a1a10002")


def test_a_branch_that_is_gone_is_not_prepared_any_more(world: Store, git: Git) -> None:
    git(Path(world.project.root), "branch", "passing/by")
    prepare(world, now=NOW)
    assert os.path.exists(branch_path(world.project, "passing/by"))
    git(Path(world.project.root), "branch", "-D", "passing/by")
    Path(context_folder(world.project), "any.123").write_bytes(b"left by a killed process")
    prepare(world, now=NOW)
    assert not os.path.exists(branch_path(world.project, "passing/by"))
    assert {name for name in os.listdir(context_folder(world.project)) if "branch-" not in name} == {
        *("any", "cards", "names", "own", "words")
    }


def test_a_branch_of_a_worktree_is_prepared_with_its_uncommitted_files(world: Store, git: Git) -> None:
    root = Path(world.project.root)
    git(root, "worktree", "add", "-q", "-b", "side", str(root.parent / "side"), "main")
    (root.parent / "side" / "src" / "billing.py").write_text("changed", encoding="utf-8")
    prepare(world, now=NOW)
    found = context_now(find_project(str(root.parent / "side")), "side", settings())
    assert found.is_current
    assert "cites src/billing.py, changed on this branch" in of(found, RELEVANT)[0].why


def test_a_project_without_git_has_one_context_for_all(tmp_path: Path) -> None:
    store = Store(find_project(str(tmp_path)))
    write_page(store, "retry", "Four attempts.", day="2026-09-01")
    prepare(store, now=NOW)
    found = context_now(store.project, "", settings())
    assert found.is_current
    assert slugs(found) == ["retry"]


def test_the_handoff_goes_when_its_page_is_removed(world: Store) -> None:
    prepare(world, now=NOW)
    world.remove(slugs(context_now(world.project, FEATURE, settings()), HANDOFF)[0])
    assert "fea70001" not in "".join(slugs(context_now(world.project, FEATURE, settings()), HANDOFF))


def test_the_handoff_expires_after_a_month_and_that_of_another_branch_after_a_week(world: Store) -> None:
    prepare(world, now=NOW)
    feature = context_now(world.project, FEATURE, settings())
    assert "fea70001" in tell(world, feature, NOW + 27 * DAY).text
    assert "Where the last session stopped" not in tell(world, feature, NOW + 29 * DAY).text
    anywhere = context_now(world.project, "", settings())
    assert "a1a10002" in tell(world, anywhere, NOW + 5 * DAY).text
    assert "Where the last session stopped" not in tell(world, anywhere, NOW + 7 * DAY).text


def test_pages_that_changed_or_went_or_came_are_told_as_they_are(world: Store) -> None:
    prepare(world, now=NOW)
    write_page(world, "test-rules", "Never call anything.", day="2026-09-10", extra="pinned: true\n")
    write_page(world, "login-timeouts", "The timer runs two hours.", day="2026-09-10")
    write_page(world, "new-rule", "Be brief.", day="2026-09-10", extra="pinned: true\n")
    os.unlink(Path(world.project.store) / "billing-retries.md")
    found = context_now(world.project, FEATURE, settings())
    text = tell(world, found).text
    assert not found.is_current
    assert found.pages == 6
    assert "- Never call anything. (test-rules)" in text
    assert "runs two hours" in text
    assert "- Be brief. (new-rule)" in text
    assert "billing-retries" not in text
    assert of(found, LINT) == []


def test_a_page_that_is_no_longer_pinned_is_no_rule(world: Store) -> None:
    prepare(world, now=NOW)
    write_page(world, "test-rules", "Only advice now.", day="2026-09-10")
    assert slugs(context_now(world.project, FEATURE, settings()), PINNED) == []


@pytest.mark.parametrize(
    ("extra", "text", "pinned"),
    [
        *(
            (f"pinned: {value}\n", "Be brief.", True)
            for value in ("yes", "TRUE", "On", "1", '"true"', "'yes'")
        ),
        ("pinned:   true  # always\n", "Be brief.", True),
        ("pinned: false\n", "Be brief.", False),
        ("pinned: trueish\n", "Be brief.", False),
        ("pinned: [true]\n", "Be brief.", False),
        ("", "In front matter write\npinned: true\nto pin a page.", False),
    ],
)
def test_hook_worker_and_search_know_the_same_pins(
    world: Store, extra: str, text: str, *, pinned: bool
) -> None:
    prepare(world, now=NOW)
    write_page(world, "new-rule", text, day="2026-09-10", extra=extra)
    by_hook = slugs(context_now(world.project, FEATURE, settings()), PINNED)
    prepare(world, now=NOW)
    by_worker = slugs(context_now(world.project, FEATURE, settings()), PINNED)
    by_search = entry_of(world.read("new-rule"), world.project.root, []).pinned
    assert ("new-rule" in by_hook, "new-rule" in by_worker, by_search) == (pinned,) * 3


@pytest.mark.parametrize("others", [12, 40])
def test_a_new_rule_is_told_though_many_pages_are_newer(world: Store, others: int) -> None:
    prepare(world, now=NOW)
    write_page(world, "new-rule", "Be brief.", day="2026-09-09", extra="pinned: true\n")
    for number in range(others):
        write_page(world, f"import-{number}", "From elsewhere.", day="2026-09-10")
    assert "new-rule" in slugs(context_now(world.project, FEATURE, settings()), PINNED)


def test_only_what_can_be_a_page_is_counted(world: Store, tmp_path: Path) -> None:
    folder = Path(world.project.store)
    (tmp_path / "outside.md").write_text("# Outside\n", encoding="utf-8")
    os.mkfifo(folder / "old-pipe.md")
    prepare(world, now=NOW)
    assert context_now(world.project, FEATURE, settings()).pages == 6
    (folder / "old-pipe.md").unlink()
    os.mkfifo(folder / "pipe.md")
    (folder / "folder.md").mkdir()
    (folder / "outward.md").symlink_to(tmp_path / "outside.md")
    assert context_now(world.project, FEATURE, settings()).pages == 6
    write_page(world, "new", "New.", day="2026-09-10")
    assert context_now(world.project, FEATURE, settings()).pages == 7
    (folder / "new.md").unlink()
    (folder / "glossary.md").unlink()
    assert context_now(world.project, FEATURE, settings()).pages == 5


def test_of_many_new_pages_a_few_are_news(world: Store) -> None:
    prepare(world, now=NOW)
    for number in range(100):
        write_page(world, f"import-{number}", "From elsewhere.", day="2026-09-10")
    found = context_now(world.project, FEATURE, settings())
    news = [slug for slug in slugs(found) if slug.startswith("import-")]
    assert len(news) == 8
    assert "login-timeouts" in slugs(found)
    assert found.pages == 106


def test_nothing_prepared_still_gives_pins_and_pages(world: Store) -> None:
    found = context_now(world.project, FEATURE, settings())
    assert not found.is_current
    assert slugs(found, PINNED) == ["test-rules"]
    assert slugs(found)[0] == "login-timeouts"  # by the words of the branch
    assert (found.pages, found.sessions) == (6, 3)


def test_the_context_is_made_in_memory_where_nothing_is_prepared(world: Store) -> None:
    before = sorted(os.listdir(world.project.state))
    found = current_context(world, FEATURE, settings())
    assert slugs(found, FAILURES) == slugs(found, HANDOFF)[:1]
    assert sorted(os.listdir(world.project.state)) == before


def test_settings_choose_sections_budget_and_pins(world: Store) -> None:
    prepare(world, ContextOptions(pins=("glossary",)), now=NOW)
    active = settings(budget=1500, sections=(PINNED, RELEVANT), pins=("glossary",))
    for found in (context_now(world.project, FEATURE, active), current_context(world, FEATURE, active)):
        assert found.is_current
        assert {item.section for item in found.items} == {PINNED, RELEVANT}
        assert slugs(found, PINNED) == ["glossary", "test-rules"]
        assert len(tell(world, found).text.encode()) <= 1500


def test_new_pins_are_prepared_for(world: Store) -> None:
    prepare(world, now=NOW)
    active = settings(pins=("ci-cache",))
    assert not context_now(world.project, FEATURE, active).is_current
    assert slugs(current_context(world, FEATURE, active), PINNED) == ["ci-cache", "test-rules"]


def test_new_pins_are_told_before_they_are_prepared_for(world: Store) -> None:
    prepare(world, ContextOptions(pins=("glossary", "ci-cache")), now=NOW)
    found = context_now(world.project, FEATURE, settings(pins=("login-timeouts", "gone", "ci-cache")))
    assert slugs(found, PINNED) == ["login-timeouts", "ci-cache", "test-rules"]
    assert of(found, PINNED)[0].why == ("pinned in the settings",)
    assert slugs(context_now(world.project, FEATURE, settings()), PINNED) == ["test-rules"]
    without = settings(pins=("login-timeouts",), sections=(RELEVANT,))
    assert slugs(context_now(world.project, FEATURE, without), PINNED) == []


def test_pins_of_the_settings_are_told_with_nothing_prepared(world: Store) -> None:
    found = context_now(world.project, FEATURE, settings(pins=("glossary", "omx_wiki/gone")))
    assert slugs(found, PINNED) == ["glossary", "test-rules"]


def test_a_page_pinned_by_the_settings_stays_pinned_when_it_is_edited(world: Store) -> None:
    prepare(world, ContextOptions(pins=("glossary",)), now=NOW)
    write_page(world, "glossary", "A tenant is one house.", day="2026-09-10")
    found = context_now(world.project, FEATURE, settings(pins=("glossary",)))
    assert slugs(found, PINNED) == ["glossary", "test-rules"]
    assert "A tenant is one house." in of(found, PINNED)[0].text


def test_a_pin_leads_to_no_page_outside_of_the_project(world: Store, tmp_path: Path) -> None:
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    (foreign / "secret.md").write_text("# Secret\n\nNot ours.\n", encoding="utf-8")
    (Path(world.project.store) / "linked.md").symlink_to(foreign / "secret.md")
    (Path(world.project.root) / "omx_wiki").symlink_to(foreign)
    found = context_now(world.project, FEATURE, settings(pins=("omx_wiki/secret", "linked")))
    assert slugs(found, PINNED) == ["test-rules"]


def test_text_added_to_a_page_is_news_on_resume(world: Store) -> None:
    prepare(world, now=NOW)
    told = tell(world, context_now(world.project, FEATURE, settings()))
    assert told.offer is not None
    append_offer(world.project, told.offer)
    path = Path(world.project.store) / "glossary.md"
    path.write_text(path.read_text(encoding="utf-8") + "\nA house has many rooms.\n", encoding="utf-8")
    os.utime(path, (NOW - 150 * DAY, NOW - 150 * DAY))
    resumed = Session("new", "resume", FEATURE)
    unchanged = context_now(world.project, FEATURE, settings())
    assert start_context(world.project, unchanged, resumed, "wiki", NOW + 60).text == ""
    write_page(world, "glossary", "A tenant is one customer.\n\nA house has many rooms.", day="2026-09-11")
    changed = context_now(world.project, FEATURE, settings())
    assert "told: glossary." in start_context(world.project, changed, resumed, "wiki", NOW + DAY).text


def test_a_session_that_goes_on_is_not_told_that_it_was_interrupted(world: Store) -> None:
    going = replace(
        feature_session(),
        id="019f1111-0000-7000-8000-000000000009",
        outcome="interrupted",
        commands=[],
        failures=0,
        files=[ChangedFile(f"src/file{number}.py", "M", 1, 1) for number in range(5)],
    )
    write_session(world, render(going), session_slug(going))
    prepare(world, now=NOW)
    compacted = Session(going.id, "compact", FEATURE)
    told = start_context(
        world.project, context_now(world.project, FEATURE, settings()), compacted, "wiki", NOW
    )
    assert "Interrupted" not in told.text
    assert (
        "was asked: Now fix the failing test · changed: src/file0.py, src/file1.py, src/file2.py and 2"
        in told.text
    )


def test_a_new_branch_finds_pages_by_its_words_however_far_down_they_are(world: Store) -> None:
    for number in range(90):
        write_page(world, f"note-{number}", "A note.", day="2026-09-09")
    write_page(world, "steam-valves", "Turn them slowly.", day="2020-01-01")
    write_page(world, "steam", "It is hot.", day="2020-01-01")
    prepare(world, now=NOW)
    assert "steam-valves" not in slugs(context_now(world.project, "", settings()))
    found = context_now(world.project, "fix/valves-of-steam", settings())
    assert slugs(found)[:2] == ["steam-valves", "steam"]
    assert of(found, RELEVANT)[0].why[:1] == ("branch word steam",)
    (Path(world.project.store) / "steam.md").unlink()
    assert "steam" not in slugs(context_now(world.project, "fix/valves-of-steam", settings()))
    without = settings(sections=(HANDOFF,))
    assert slugs(context_now(world.project, "fix/valves-of-steam", without)) == []


@pytest.mark.parametrize("is_prepared", [True, False])
def test_the_name_of_the_user_is_no_word_of_a_new_branch(
    world: Store, monkeypatch: pytest.MonkeyPatch, *, is_prepared: bool
) -> None:
    monkeypatch.setenv("USER", "glossary")
    if is_prepared:
        prepare(world, now=NOW)
    assert slugs(context_now(world.project, "glossary/ci", settings()))[0] == "ci-cache"
    assert "branch word glossary" not in str(
        [item.why for item in context_now(world.project, "glossary/ci", settings()).items]
    )


def test_use_lifts_a_page_gently(world: Store) -> None:
    plain = context_of(Preparation(world, usage={}, now=NOW).known("main"), settings())
    used = context_of(
        Preparation(world, usage={"login-timeouts": 1.0, "gone": 7.0}, now=NOW).known("main"), settings()
    )
    assert slugs(plain).index("session-cookies") < slugs(plain).index("login-timeouts")
    assert slugs(used).index("session-cookies") > slugs(used).index("login-timeouts")
    assert slugs(used)[0] == slugs(plain)[0] == "billing-retries"


def test_preparing_twice_gives_the_same(world: Store) -> None:
    prepare(world, now=NOW)
    paths = [
        os.path.join(context_folder(world.project), name)
        for name in ("any", "cards", "own", "names", "words")
    ]
    first = [read_data(path) for path in paths]
    prepare(world, now=NOW)
    assert all(first)
    assert [read_data(path) for path in paths] == first


def test_the_prepared_folder_is_private_and_may_be_deleted(world: Store) -> None:
    prepare(world, now=NOW)
    assert os.stat(context_folder(world.project)).st_mode & 0o077 == 0
    shutil.rmtree(context_folder(world.project))
    assert slugs(context_now(world.project, "main", settings()))
    prepare(world, now=NOW)
    assert context_now(world.project, "main", settings()).is_current


@examples(max_examples=20)
@given(st.lists(st.tuples(HOSTILE, HOSTILE, st.booleans()), min_size=1, max_size=12), st.integers(0, 12_000))
def test_hostile_pages_stay_inside_frame_and_budget(
    tmp_path_factory: pytest.TempPathFactory, pages: list[tuple[str, str, bool]], budget: int
) -> None:
    store = Store(find_project(str(tmp_path_factory.mktemp("hostile"))))
    os.makedirs(store.project.store)
    for number, (title, text, pinned) in enumerate(pages):
        head = f'title: "{title}"\ntags: ["{title}"]\ncategory: {text[:50]}\n'
        raw = f"---\n{head}pinned: {str(pinned).lower()}\n---\n\n{text}\n".encode("utf-8", "surrogatepass")
        Path(store.project.store, f"p{number}.md").write_bytes(raw)
    found = context_of(Preparation(store, usage={}, now=NOW).known(""), settings(budget=budget))
    text = tell(store, found).text
    assert len(text.encode("utf-8")) <= max(min(budget, HARD_CAP), LEAST_BUDGET)
    assert text.endswith("\n</project_wiki>")
    assert text.count("<") == 2
    assert all(line.isprintable() for line in text.split("\n"))


def test_a_branch_without_a_work_tree_is_prepared_again_only_for_a_reason(world: Store) -> None:
    path = branch_path(world.project, "main")

    def prepared_at(now: float) -> float:
        prepare(world, now=now)
        moment: float = read_data(path)["prepared"]
        return moment

    assert prepared_at(NOW) == NOW
    assert prepared_at(NOW + 60) == NOW
    write_page(world, "glossary", "A tenant is one house.", day="2026-09-10")
    assert prepared_at(NOW + 120) == NOW + 120
    world.remove(slugs(context_now(world.project, "main", settings()), HANDOFF)[0])
    assert prepared_at(NOW + 180) == NOW + 180
    assert prepared_at(NOW + DAY) == NOW + DAY
