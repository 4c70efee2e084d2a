from __future__ import annotations

import os
import shlex
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hosts.foreign_files import tree
from hosts.setting_up import set_up, uninstall
from omx_wiki.errors import RefusedError
from omx_wiki.hook.page_head import split_front_matter
from omx_wiki.hosts import launcher, skill
from omx_wiki.hosts.claude import Claude
from omx_wiki.hosts.codex import Codex
from omx_wiki.hosts.plan import Plan, Scope
from omx_wiki.pages.front_matter import read_meta
from omx_wiki.project import Project, find_project

_EDITED = "was edited"
_RIVAL = '---\nname: wiki\ndescription: "[OMX] another wiki"\n---\n'


@pytest.fixture
def project(repository: Path) -> Project:
    return find_project(str(repository))


@pytest.fixture
def skills() -> Path:
    """Return the user's folder of skills in Codex."""
    return Path(os.environ["CODEX_HOME"], "skills")


@pytest.fixture
def file(skills: Path) -> Path:
    """Return where the skill goes in Codex."""
    return skills / "omx-wiki" / "SKILL.md"


def _setup(project: Project, scope: Scope = "user", *hosts: str) -> Plan:
    return set_up(project, scope, *hosts, trust=True)


def _meta(content: bytes) -> dict[str, str | list[str]]:
    block, _, _ = split_front_matter(content.decode())
    assert block is not None
    meta, problems = read_meta(block)
    assert not problems
    return meta


def _rival(folder: Path, text: str = _RIVAL) -> Path:
    folder.mkdir(parents=True)
    path = folder / "SKILL.md"
    path.write_text(text)
    return path


def test_the_text_is_short_and_says_when_it_is_of_use() -> None:
    content = skill.skill_text()
    meta = _meta(content)

    assert meta.keys() == {"name", "description"}
    assert meta["name"] == "wiki"
    assert 400 < len(str(meta["description"])) <= 1000
    assert len(content.splitlines()) < 120
    assert len(content) < 6000
    assert b"@" not in content


@pytest.mark.parametrize("wiki", ["/opt/wiki", "/home/ada b/.venv/bin/wiki", "/o'brien/$HOME/wiki"])
def test_every_command_in_the_text_runs_the_installed_program(wiki: str) -> None:
    lines = skill.skill_text(wiki=wiki).decode().splitlines()
    verbs = ("query", "show", "add", "log", "blame")

    commands = [words for line in lines if (words := _words(line)) and words[0] == wiki]

    assert {words[1] for words in commands} == set(verbs)
    assert not any(line.startswith(f"wiki {verb} ") for line in lines for verb in verbs)


def _words(line: str) -> list[str]:
    try:
        return shlex.split(line, comments=True)
    except ValueError:
        return []


def test_a_program_with_an_odd_path_is_called_plainly() -> None:
    assert b"\nwiki query" in skill.skill_text(wiki="/opt/\x1b[31m```/wiki")


@given(st.sampled_from(["wiki", "omx-wiki"]), st.text(st.characters(exclude_categories=["Cs"])))
def test_what_we_wrote_is_known_again_whatever_it_says(name: str, wiki: str) -> None:
    content = skill.skill_text(name, wiki)

    assert skill.is_ours(content)
    assert skill.is_unedited(content)


@given(st.data())
def test_every_edit_of_it_is_noticed(data: st.DataObject) -> None:
    content = skill.skill_text()
    at = data.draw(st.integers(0, len(content)))
    end = data.draw(st.integers(at, len(content)))
    edited = content[:at] + data.draw(st.binary(max_size=20)) + content[end:]

    assert skill.is_unedited(edited) == (edited == content)


@given(st.binary() | st.text().map(str.encode))
def test_foreign_bytes_are_not_ours(content: bytes) -> None:
    assert not skill.is_unedited(content)


def test_setup_writes_it_and_uninstall_takes_it_away(project: Project, file: Path) -> None:
    plan = _setup(project)

    assert file.read_bytes() == skill.skill_text()
    assert shlex.quote(launcher.wiki_command()) in file.read_text()
    assert f"The skill goes into {file}: $wiki in a prompt." in plan.messages
    assert Codex().state(project).skills == (str(file),)
    assert f"The skill leaves {file}." in uninstall(project).messages
    assert not file.parent.parent.exists()
    assert Codex().state(project).skills == ()


def test_one_for_a_project_lies_where_codex_looks_in_it(project: Project, file: Path, tmp_path: Path) -> None:
    before = tree(tmp_path / "lantern")
    _setup(project, "project")

    mine = Path(project.root, ".agents", "skills", "omx-wiki", "SKILL.md")
    assert mine.read_bytes() == skill.skill_text()
    assert not file.exists()
    uninstall(project)
    assert tree(tmp_path / "lantern") == before


def test_a_project_needs_no_second_copy(project: Project, file: Path) -> None:
    _setup(project)

    plan = _setup(project, "project")

    assert f"The skill in {file} serves this project too." in plan.messages
    assert not Path(project.root, ".agents").exists()


def test_a_copy_for_all_projects_replaces_the_one_of_this(project: Project, file: Path) -> None:
    _setup(project, "project")

    _setup(project)

    assert _meta(file.read_bytes())["name"] == "wiki"
    assert not Path(project.root, ".agents").exists()
    assert Codex().state(project).problems == ()


def test_an_edited_one_stays_through_setup_anduninstall(project: Project, file: Path) -> None:
    _setup(project)
    edited = file.read_text() + "\nAsk Ada first.\n"
    file.write_text(edited)

    assert any(_EDITED in message for message in _setup(project).messages)
    assert any(_EDITED in message for message in uninstall(project).messages)

    assert file.read_text() == edited


def test_one_that_an_earlier_version_wrote_is_renewed(
    project: Project, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as earlier:
        earlier.setattr("omx_wiki.hosts.skill.template", lambda _: "---\nname: @NAME@\n---\nOlder\n")
        _setup(project)
        old = file.read_bytes()

    _setup(project)

    assert b"Older" in old
    assert file.read_bytes() == skill.skill_text()


def test_another_skill_called_wiki_makes_ours_take_its_other_name(
    project: Project, skills: Path, file: Path
) -> None:
    theirs = _rival(skills / "wiki")

    plan = _setup(project)

    assert _meta(file.read_bytes())["name"] == "omx-wiki"
    assert theirs.read_text() == _RIVAL
    message = f"The skill goes into {file}: $omx-wiki in a prompt."
    assert f"{message} Another skill is called wiki, so ours is called omx-wiki." in plan.messages
    assert Codex().state(project).problems == ()


@pytest.mark.parametrize(
    "place", ["~/.agents/skills/x", "lantern/.agents/skills/x", "lantern/.codex/skills/x"]
)
def test_other_skills_are_sought_wherever_codex_reads_them(
    project: Project, file: Path, tmp_path: Path, home: Path, place: str
) -> None:
    _rival(Path(place.replace("~", str(home))) if place.startswith("~") else tmp_path / place)

    _setup(project)

    assert _meta(file.read_bytes())["name"] == "omx-wiki"


def test_a_rival_that_comes_and_goes_later_is_told_and_made_way_for(
    project: Project, skills: Path, file: Path
) -> None:
    _setup(project)
    theirs = _rival(skills / "wiki")
    assert Codex().state(project).problems == (
        f"Codex serves neither of two skills called wiki: {file} and {theirs}",
    )

    _setup(project)
    assert Codex().state(project).problems == ()
    assert _meta(file.read_bytes())["name"] == "omx-wiki"

    theirs.unlink()
    _setup(project)
    assert _meta(file.read_bytes())["name"] == "wiki"


def test_a_foreign_file_in_our_place_is_never_touched(project: Project, file: Path) -> None:
    _rival(file.parent, "---\nname: mine\n---\n")

    plan = _setup(project)

    assert f"{file} is not ours and stays; Codex gets no skill of ours." in plan.messages
    uninstall(project)
    assert file.read_text() == "---\nname: mine\n---\n"


@pytest.mark.parametrize(
    "text",
    [
        b"",
        pytest.param(b"x" * (17 << 20), id="huge"),
        b"---",
        b"\xff\xfe",
        b"---\nname: [wiki]\n---\n",
        b"---\n: {\n---\n",
    ],
)
def test_skills_that_cannot_be_read_do_not_matter(
    project: Project, skills: Path, file: Path, text: bytes
) -> None:
    (skills / "other").mkdir(parents=True)
    (skills / "other" / "SKILL.md").write_bytes(text)
    (skills / "pipe").mkdir()
    os.mkfifo(skills / "pipe" / "SKILL.md")
    (skills / "loose.md").write_text("")

    _setup(project)

    assert _meta(file.read_bytes())["name"] == "wiki"


def test_a_symlink_in_the_repository_cannot_redirect_it(project: Project, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    Path(project.root, ".agents").symlink_to(tmp_path / "outside")

    with pytest.raises(RefusedError, match="leads outside the project"):
        _setup(project, "project")

    assert list((tmp_path / "outside").iterdir()) == []
    uninstall(project)


@pytest.mark.parametrize("name", ["omx-wiki", "SKILL.md"])
def test_a_symlink_below_the_folder_cannot_redirect_it(project: Project, tmp_path: Path, name: str) -> None:
    _rival(tmp_path / "outside", skill.skill_text().decode())
    place = Path(project.root, ".agents", "skills", "omx-wiki")
    if name == "SKILL.md":
        place.mkdir(parents=True)
        (place / name).symlink_to(tmp_path / "outside" / name)
    else:
        place.parent.mkdir(parents=True)
        place.symlink_to(tmp_path / "outside")
    before = tree(tmp_path / "outside")

    with pytest.raises(RefusedError, match="leads outside the project"):
        _setup(project, "project")
    uninstall(project)

    assert tree(tmp_path / "outside") == before


def test_claude_knows_it_by_its_folder(project: Project, home: Path) -> None:
    folder = home / ".claude" / "skills"

    _setup(project, "user", "claude")

    assert (folder / "wiki" / "SKILL.md").read_bytes() == skill.skill_text()
    uninstall(project)
    assert not folder.exists()


def test_a_foreign_skill_of_claude_in_its_place_makes_it_take_its_other_name(
    project: Project, home: Path
) -> None:
    folder = home / ".claude" / "skills"
    theirs = _rival(folder / "wiki")

    _setup(project, "user", "claude")

    mine = folder / "omx-wiki" / "SKILL.md"
    assert _meta(mine.read_bytes())["name"] == "omx-wiki"
    assert Claude().state(project).skills == (str(mine),)
    theirs.unlink()
    _setup(project, "user", "claude")
    assert not mine.exists()
    assert theirs.read_bytes() == skill.skill_text()
