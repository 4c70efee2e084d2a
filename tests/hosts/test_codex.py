from __future__ import annotations

import json
import os
import shutil
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hosts.foreign_files import tree
from hosts.setting_up import set_up, uninstall
from omx_wiki.errors import RefusedError, UnavailableError
from omx_wiki.hosts import hooks_file, launcher, setup
from omx_wiki.hosts.plan import Scope, SetupOptions, apply
from omx_wiki.pages.store import Store
from omx_wiki.project import Project, find_project, state_home

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def project(repository: Path) -> Project:
    return find_project(str(repository))


@pytest.fixture
def codex_folder() -> Path:
    folder = Path(os.environ["CODEX_HOME"])
    folder.mkdir()
    return folder


@pytest.mark.parametrize("scope", ["user", "project"])
@pytest.mark.parametrize("trust", [False, True])
def test_setting_up_twice_changes_nothing(
    project: Project,
    tmp_path: Path,
    scope: Scope,
    trust: bool,  # noqa: FBT001  # a parameter of the test
) -> None:
    set_up(project, scope, trust=trust)
    before = tree(tmp_path)

    plan = setup.plan_setup(project, SetupOptions(scope, trust))

    assert not plan.is_change
    assert apply(plan) == ()
    assert tree(tmp_path) == before


@pytest.mark.parametrize(
    ("name", "value"), [("HOME", ""), ("HOME", "folder"), ("CODEX_HOME", "./folder"), ("CODEX_HOME", "~/x")]
)
def test_a_home_that_is_no_absolute_path_is_refused(
    project: Project, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(UnavailableError, match=f"{name} is .* not an absolute path"):
        setup.plan_setup(project, SetupOptions())
    with pytest.raises(UnavailableError, match=f"{name} is .* not an absolute path"):
        setup.plan_uninstall(project)


def test_a_plan_writes_nothing(project: Project, tmp_path: Path) -> None:
    before = tree(tmp_path)

    assert setup.plan_setup(project, SetupOptions(trust=True)).is_change
    setup.plan_uninstall(project)

    assert tree(tmp_path) == before


def test_setup_makes_the_store_the_rule_the_launcher_and_the_hooks(
    project: Project, codex_folder: Path, git: Callable[..., str]
) -> None:
    plan = set_up(project)

    assert project.is_set_up()
    Path(project.store, "page.md").write_text("# Page\n")
    assert git(Path(project.root), "status", "--porcelain") == "?? .gitignore\n"
    assert stat.S_IMODE(os.stat(launcher.launcher_path()).st_mode) == 0o700
    written = json.loads((codex_folder / "hooks.json").read_bytes())
    assert written == {
        "hooks": {event: [group] for event, group in hooks_file.groups_for(launcher.hook_command()).items()}
    }
    assert not (codex_folder / "config.toml").exists()
    events = "SessionStart, UserPromptSubmit, Stop, PreCompact, SessionEnd"
    assert plan.messages[:3] == [
        f"Pages will lie in {project.store}.",
        f"Git will ignore .omx/ by a rule in {project.root}/.gitignore.",
        f"Hooks for {events} go into {codex_folder}/hooks.json.",
    ]
    advice, skill = plan.messages[3:]
    assert advice == (
        "Codex runs new hooks only once you trust them: start codex here and choose"
        " 'Trust all and continue', or run wiki setup --trust."
    )
    assert skill == f"The skill goes into {codex_folder}/skills/omx-wiki/SKILL.md: $wiki in a prompt."


def test_a_trusting_setup_has_nothing_left_to_say_the_second_time(
    project: Project, codex_folder: Path
) -> None:
    set_up(project, trust=True)

    assert (codex_folder / "config.toml").exists()
    assert setup.plan_setup(project, SetupOptions()).messages == []


def test_a_missing_codex_folder_is_announced_and_created(project: Project) -> None:
    plan = set_up(project)

    folder = os.environ["CODEX_HOME"]
    assert f"Codex has no folder {folder} yet; it will be created." in plan.messages
    assert os.path.isfile(os.path.join(folder, "hooks.json"))


def test_hooks_of_a_project_come_with_a_word_about_trusting_the_folder(
    project: Project, codex_folder: Path
) -> None:
    plan = set_up(project, "project")

    assert os.path.isfile(os.path.join(project.root, ".codex", "hooks.json"))
    assert not (codex_folder / "hooks.json").exists()
    assert any(f"trusts the folder {project.root}" in message for message in plan.messages)


def test_a_project_gets_no_hooks_beside_those_of_the_user(project: Project, codex_folder: Path) -> None:
    set_up(project)
    before = (codex_folder / "hooks.json").read_bytes()

    plan = set_up(project, "project")

    own = os.path.join(project.root, ".codex")
    told = f"Codex runs our hooks for all projects already; nothing is added to {own}/hooks.json."
    assert told in plan.messages
    assert any("run wiki setup --trust" in message for message in plan.messages)
    assert not os.path.exists(own)
    assert (codex_folder / "hooks.json").read_bytes() == before


def test_trust_asked_for_in_a_project_is_for_the_hooks_that_run_there(
    project: Project, codex_folder: Path
) -> None:
    set_up(project)

    set_up(project, "project", trust=True)

    assert f'[hooks.state."{codex_folder}/hooks.json:' in (codex_folder / "config.toml").read_text()
    assert not any("--trust" in message for message in set_up(project, "project").messages)


def test_hooks_for_all_projects_take_the_place_of_those_of_this_one(
    project: Project, codex_folder: Path
) -> None:
    set_up(project, "project", trust=True)

    set_up(project, trust=True)

    assert not os.path.exists(os.path.join(project.root, ".codex"))
    assert project.root not in (codex_folder / "config.toml").read_text()
    assert not setup.plan_setup(project, SetupOptions(trust=True)).is_change
    uninstall(project)
    assert list(codex_folder.iterdir()) == []


def test_hooks_that_stand_in_both_places_are_left_in_one(project: Project, codex_folder: Path) -> None:
    set_up(project)
    own = Path(project.root, ".codex", "hooks.json")
    own.parent.mkdir()
    own.write_bytes((codex_folder / "hooks.json").read_bytes())

    set_up(project, "project")

    assert not own.exists()
    assert hooks_file.find_ours((codex_folder / "hooks.json").read_bytes())


def test_a_deleted_project_is_forgotten_with_its_trust(
    project: Project, codex_folder: Path, tmp_path: Path, git: Callable[..., str]
) -> None:
    git(tmp_path, "init", "-q", "other")
    other = find_project(str(tmp_path / "other"))
    set_up(other, "project", trust=True)
    shutil.rmtree(other.root)
    theirs = '[hooks.state."/gone/hooks.json:stop:0:0"]\ntrusted_hash = "sha256:0"\n'
    config = codex_folder / "config.toml"
    config.write_text(f"{theirs}\n{config.read_text()}")

    first, second = uninstall(project), uninstall(project)

    assert not any(other.root in message for message in first.messages)
    assert config.read_text() == theirs
    assert not second.is_change
    assert not list(Path(state_home(), "installs").iterdir())


def test_a_home_that_was_renamed_loses_the_trust_it_had_under_its_old_name(
    project: Project, codex_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up(project, trust=True)
    new = codex_folder.with_name("codex-new")
    codex_folder.rename(new)
    monkeypatch.setenv("CODEX_HOME", str(new))
    monkeypatch.setenv("OMX_WIKI_HOME", state_home() + "-new")

    uninstall(project)

    assert list(new.iterdir()) == []


def test_the_rule_in_a_moved_project_is_left_with_a_word_about_it(project: Project, tmp_path: Path) -> None:
    set_up(project)
    os.rename(project.root, tmp_path / "moved")
    moved = find_project(str(tmp_path / "moved"))

    first, second = uninstall(moved), uninstall(moved)

    rules = os.path.join(moved.root, ".gitignore")
    assert f"The line .omx/ in {rules} stays; delete it by hand if you do not want it." in first.messages
    assert not any("ignore rule" in message or ".omx/ in" in message for message in second.messages)


def test_pages_survive_uninstalling(project: Project) -> None:
    set_up(project)
    page = Path(project.store, "page.md")
    page.write_text("# Page\n")

    plan = uninstall(project)

    assert page.read_text() == "# Page\n"
    kept = f"Kept: the pages in {project.store} (wiki uninstall --purge deletes them)"
    assert kept in plan.messages


def test_a_second_project_gets_a_store_and_a_rule_only(
    project: Project, codex_folder: Path, tmp_path: Path, git: Callable[..., str]
) -> None:
    set_up(project)
    git(tmp_path, "init", "-q", "other")
    other = find_project(str(tmp_path / "other"))
    hooks = (codex_folder / "hooks.json").read_bytes()

    plan = setup.plan_setup(other, SetupOptions())

    assert plan.new_folders == [other.store]
    changed = [edit.path for edit in plan.edits if edit.is_change and not edit.is_private]
    assert changed == [os.path.join(other.root, ".gitignore")]
    apply(plan)
    gone = uninstall(project)
    assert not (codex_folder / "hooks.json").exists()
    assert hooks
    assert Path(other.root, ".gitignore").exists()
    assert (
        f"The ignore rule in {other.root}/.gitignore stays; wiki uninstall there removes it." in gone.messages
    )
    uninstall(other)
    assert not Path(other.root, ".gitignore").exists()


def test_the_launcher_stays_while_another_project_runs_it(
    project: Project, tmp_path: Path, git: Callable[..., str]
) -> None:
    git(tmp_path, "init", "-q", "other")
    other = find_project(str(tmp_path / "other"))
    set_up(other, "project")
    set_up(project)

    plan = uninstall(project)

    assert os.path.exists(launcher.launcher_path())
    assert f"The launcher stays: {other.root}/.codex/hooks.json runs it." in plan.messages
    uninstall(other)
    assert not os.path.exists(launcher.launcher_path())


def test_an_ignore_rule_of_somebody_else_stays(project: Project) -> None:
    rules = Path(project.root, ".gitignore")
    rules.write_text(".omx/\n")

    set_up(project)
    uninstall(project)

    assert rules.read_text() == ".omx/\n"


def test_committed_pages_get_no_useless_rule(project: Project, git: Callable[..., str]) -> None:
    os.makedirs(project.store)
    Path(project.store, "page.md").write_text("# Page\n")
    git(Path(project.root), "add", ".omx")

    plan = set_up(project)

    assert not os.path.exists(os.path.join(project.root, ".gitignore"))
    assert "Files under .omx are committed here, so no ignore rule is added." in plan.messages


def test_a_folder_without_git_gets_no_rule(tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    project = find_project(str(tmp_path / "plain"))

    set_up(project)

    assert os.listdir(project.root) == [".omx"]


def test_uninstalling_without_any_record_removes_the_hooks(project: Project, codex_folder: Path) -> None:
    (codex_folder / "hooks.json").write_text('{"hooks": {"Stop": []}}')
    set_up(project)
    shutil.rmtree(state_home())

    uninstall(project)

    assert (codex_folder / "hooks.json").read_text() == '{"hooks": {"Stop": []}}'


def test_hooks_after_ours_keep_their_place_and_the_person_is_told(
    project: Project, codex_folder: Path
) -> None:
    set_up(project, trust=True)
    file = codex_folder / "hooks.json"
    content = json.loads(file.read_bytes())
    theirs = {"hooks": [{"type": "command", "command": "true"}]}
    content["hooks"]["SessionStart"].append(theirs)
    file.write_text(json.dumps(content, indent=1))

    plan = uninstall(project)

    assert json.loads(file.read_bytes())["hooks"]["SessionStart"][1] == theirs
    assert not (codex_folder / "config.toml").exists()
    assert "An empty group stays there, so that Codex goes on trusting the hooks after it." in plan.messages


@pytest.mark.parametrize(
    ("name", "content"), [("hooks.json", '{"hooks": {}} // mine'), ("config.toml", "hooks = {}\n")]
)
def test_a_file_that_cannot_be_understood_stops_everything(
    project: Project, codex_folder: Path, tmp_path: Path, name: str, content: str
) -> None:
    (codex_folder / name).write_text(content)
    before = tree(tmp_path)

    with pytest.raises(RefusedError, match=str(codex_folder / name)):
        set_up(project, trust=True)

    assert tree(tmp_path) == before


def test_a_broken_config_does_not_stop_a_setup_without_trust_or_anuninstall(
    project: Project, codex_folder: Path
) -> None:
    (codex_folder / "config.toml").write_text("broken =\n")

    assert not any("Trust all and continue" in message for message in set_up(project).messages)
    plan = uninstall(project)

    assert not (codex_folder / "hooks.json").exists()
    assert not plan.problems


def test_settings_that_keep_hooks_from_running_are_mentioned(project: Project, codex_folder: Path) -> None:
    (codex_folder / "config.toml").write_text("[features]\nhooks = false\n[[hooks.Stop]]\n")

    messages = " ".join(set_up(project).messages)

    assert "defines hooks too" in messages
    assert "switched off" in messages


@pytest.mark.parametrize(
    ("damage", "said", "remedy"),
    [
        ("[notify]\ncommand = 'a'\n", "notify must be", "wiki doctor --fix repairs it"),
        ("notify.command = 'a'\n", "notify must be", "wiki doctor --fix repairs it"),
        ("notify = ['a', 1]\n", "notify must be", "repair it by hand"),
        ("[a]\nx = 1\n[a]\nx = 2\n", "the table [a] is there a second time", "repair it by hand"),
    ],
)
def test_a_config_that_codex_does_not_start_with_is_told_of(
    project: Project, codex_folder: Path, damage: str, said: str, remedy: str
) -> None:
    config = codex_folder / "config.toml"
    config.write_text(damage)

    with pytest.raises(RefusedError, match="does not start") as refused:
        set_up(project, trust=True)
    messages = set_up(project).messages

    (told,) = [message for message in messages if message.startswith("Codex does not start")]
    assert f"{config} as it is: line " in told
    assert said in told
    assert told.endswith(f"{remedy}.")
    assert refused.value.hint.endswith(remedy)
    assert not any("start codex here" in message for message in messages)


def test_a_hook_that_the_person_switched_off_is_named_and_left_off(
    project: Project, codex_folder: Path
) -> None:
    config = codex_folder / "config.toml"
    entry = f'[hooks.state."{codex_folder}/hooks.json:stop:0:0"]\nenabled = false\n'
    config.write_text(entry)

    plan = set_up(project, trust=True)

    told = "You switched hooks of ours off in codex (stop): /hooks there enables them."
    assert told in plan.messages
    assert config.read_text().startswith(entry + "\n[hooks.state")
    assert setup.plan_setup(project, SetupOptions()).messages == [told]
    uninstall(project)
    assert not config.exists()


@pytest.mark.parametrize("flag", ["hooks", "codex_hooks"])
def test_hooks_that_an_inline_table_switches_off_are_mentioned(
    project: Project, codex_folder: Path, flag: str
) -> None:
    (codex_folder / "config.toml").write_text(f"features = {{ {flag} = false }}\n")

    assert any(message.startswith("Hooks are switched off") for message in set_up(project).messages)


@pytest.mark.parametrize("name", [".codex", ".gitignore", ".omx"])
def test_a_symlink_in_the_repository_cannot_redirect_a_write(
    project: Project, tmp_path: Path, name: str
) -> None:
    (tmp_path / "outside").mkdir()
    Path(project.root, name).symlink_to(tmp_path / "outside" / name)
    before = tree(tmp_path)

    with pytest.raises(RefusedError, match="leads outside the project"):
        set_up(project, "project")

    assert tree(tmp_path) == before
    setup.plan_uninstall(project)


def test_a_home_that_is_a_project_is_cleaned_once(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CODEX_HOME")
    project = Project(str(home), str(home), "")
    set_up(project)

    uninstall(project)

    assert not (home / ".codex" / "hooks.json").exists()


def test_a_store_without_a_page_goes_with_what_was_generated_in_it(project: Project) -> None:
    set_up(project)
    Store(project).write_index()

    uninstall(project)

    assert not os.path.lexists(os.path.join(project.root, ".omx"))


def test_an_index_that_tells_of_something_keeps_its_store(project: Project) -> None:
    set_up(project)
    Path(project.store, "index.md").write_text("# Mine\n", encoding="utf-8")

    uninstall(project)

    assert Path(project.store, "index.md").read_text(encoding="utf-8") == "# Mine\n"
