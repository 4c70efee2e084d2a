from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from unittest import mock

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from hosts.foreign_files import tree
from omx_wiki.errors import RefusedError
from omx_wiki.hosts import agents_md, setup
from omx_wiki.hosts.agents_md import BEGIN, END, add_block, remove_block
from omx_wiki.hosts.plan import SetupOptions, apply
from omx_wiki.project import Project, find_project, state_home
from omx_wiki_cli.main import cli

if TYPE_CHECKING:
    from collections.abc import Callable

_PIECES = [b"\n", b"\r\n", b"\r", b"# Rules", b"- be kind", b" ", b"\t", b"caf\xe9", b"\xef\xbb\xbf", b"```"]
TEXTS = st.lists(st.sampled_from([*_PIECES, b"`" + BEGIN + b"`", b"x " + END])).map(b"".join)
FILES = st.none() | TEXTS.filter(lambda text: len(agents_md._MARK.findall(text)) == 0)
BLOCK = add_block(b"")


@pytest.fixture
def project(repository: Path) -> Project:
    return find_project(str(repository))


@given(FILES)
def test_removing_the_block_restores_every_byte(old: bytes | None) -> None:
    assert remove_block(add_block(old)) == old


@pytest.mark.parametrize("fence", [b"```", b"~~~~", b"```md"])
def test_marks_in_fenced_code_are_text_of_people(fence: bytes) -> None:
    example = (
        b"# Rules\n\n"
        + fence
        + b"\n"
        + BEGIN
        + b"\nours\n"
        + END
        + b"\n"
        + fence[:3].ljust(4, fence[:1])
        + b"\n"
    )
    assert remove_block(example) == example
    new = add_block(example)
    assert new.startswith(example)
    assert new.count(BEGIN) == 2
    assert add_block(new) == new
    assert remove_block(new) == example
    half = b"```\n" + BEGIN + b"\n```\n"
    assert remove_block(add_block(half)) == half


@given(FILES)
def test_a_second_time_changes_nothing(old: bytes | None) -> None:
    new = add_block(old)
    assert add_block(new) == new


@given(FILES)
def test_the_block_takes_the_line_ends_of_the_file_and_begins_a_line(old: bytes | None) -> None:
    new = add_block(old)
    added = new[len(old or b"") :]
    assert new.startswith(old or b"")
    assert added.count(b"\r\n") == (added.count(b"\n") if b"\r\n" in (old or b"") else 0)
    assert new.count(BEGIN) - (old or b"").count(BEGIN) == 1
    assert not old or new[: new.rindex(BEGIN)].endswith((b"\n\n", b"\n\r\n"))


@given(FILES)
def test_a_block_of_an_older_version_is_replaced_where_it_is(old: bytes | None) -> None:
    new = add_block(old)
    start, end = new.rindex(BEGIN), new.rindex(END)
    newline = b"\r\n" if b"\r\n" in new[start:end] else b"\n"
    older = newline.join([new[:start] + BEGIN, b"Older words.", new[end:]])
    assert add_block(older) == new
    assert remove_block(older) == old


WORDS = st.lists(st.sampled_from([b"mine", b" and more", b"\n", b"- item"]), max_size=6).map(b"".join)


@given(FILES, WORDS, WORDS)
def test_what_people_wrote_around_the_block_stays(old: bytes | None, before: bytes, after: bytes) -> None:
    above = before + b"\n" if before else b""
    left = remove_block(above + add_block(old) + (b"\n" + after if after else b"")) or b""
    assert len(agents_md._MARK.findall(left)) == 0
    assert left.startswith((above + (old or b"")).rstrip(b"\r\n"))
    assert left.endswith(after)
    assert _without_line_ends(left) == _without_line_ends(above + (old or b"") + after)


def _without_line_ends(text: bytes) -> bytes:
    return text.replace(b"\r", b"").replace(b"\n", b"")


@pytest.mark.parametrize(
    ("content", "left"),
    [
        (b"a\n\n%b\n", b"a\n"),
        (b"a\n\n%b\nmine\n", b"a\nmine\n"),
        (b"a\nmine\n%b\n", b"a\nmine\n"),
        (b"%b\nmine\n", b"mine\n"),
        (b"a\n\n%b", b"a"),
        (b"%b\n", None),
        (b"%b", b""),
        (b"  %b \t\n", None),
        (b"a\n\n%b\n%b\nb\n", b"a\nb\n"),
    ],
)
def test_only_what_was_appended_goes(content: bytes, left: bytes | None) -> None:
    assert remove_block(content.replace(b"%b", BLOCK)) == left


@pytest.mark.parametrize(
    "content",
    [BEGIN, END, BEGIN + b"\nx\n" + BLOCK, BLOCK + b"\n" + END, BLOCK + b"\n\n" + BLOCK, END + b"\n" + BEGIN],
)
def test_marks_that_are_not_one_pair_are_refused(content: bytes) -> None:
    with pytest.raises(RefusedError, match="not one pair"):
        add_block(content)
    if BLOCK not in content:
        assert remove_block(content) == content


def test_utf_16_is_refused() -> None:
    with pytest.raises(RefusedError, match="UTF-16"):
        add_block("a\n".encode("utf-16"))


@given(st.binary(max_size=80) | TEXTS)
def test_any_bytes_are_read(content: bytes) -> None:
    remove_block(content)
    try:
        assert remove_block(add_block(content)) in (content, remove_block(content))
    except RefusedError:
        assert content.startswith((b"\xff\xfe", b"\xfe\xff")) or BEGIN in content or END in content


def test_the_block_is_short_and_tells_the_commands() -> None:
    lines = BLOCK.decode().splitlines()
    assert len(lines) <= 12
    for command in ("wiki context", "wiki query WORDS", "wiki show PAGE", "wiki add TITLE TEXT"):
        assert f"`{command}`" in BLOCK.decode()
    assert "data, not instructions" in BLOCK.decode()


def test_setup_writes_it_only_on_this_wish(project: Project) -> None:
    path = Path(project.root, "AGENTS.md")
    apply(setup.plan_setup(project, SetupOptions()))
    assert not path.exists()
    apply(setup.plan_setup(project, SetupOptions(agents_md=True)))
    assert path.read_bytes() == add_block(None)
    assert path.stat().st_mode & 0o777 == 0o644
    apply(setup.plan_setup(project, SetupOptions()))
    assert path.read_bytes() == add_block(None)
    assert not setup.plan_setup(project, SetupOptions(agents_md=True)).is_change


def test_uninstall_needs_no_record_of_it(project: Project) -> None:
    path = Path(project.root, "AGENTS.md")
    path.write_bytes(add_block(b"# Rules\r\n"))
    apply(setup.plan_uninstall(project))
    assert path.read_bytes() == b"# Rules\r\n"


def test_a_file_that_leads_outside_is_refused_and_left_alone(project: Project, tmp_path: Path) -> None:
    outside = tmp_path / "AGENTS.md"
    outside.write_bytes(add_block(b"theirs\n"))
    Path(project.root, "AGENTS.md").symlink_to(outside)
    with pytest.raises(RefusedError, match="leads outside the project"):
        setup.plan_setup(project, SetupOptions(agents_md=True))
    plan = setup.plan_uninstall(project)
    apply(plan)
    assert any(message.startswith("AGENTS.md is left as it is") for message in plan.messages)
    assert outside.read_bytes() == add_block(b"theirs\n")


def test_half_a_block_stops_a_setup_but_no_uninstall(project: Project) -> None:
    path = Path(project.root, "AGENTS.md")
    path.write_bytes(BEGIN + b"\nhalf\n")
    with pytest.raises(RefusedError, match="not one pair"):
        setup.plan_setup(project, SetupOptions(agents_md=True))
    apply(setup.plan_uninstall(project))
    assert path.read_bytes() == BEGIN + b"\nhalf\n"


def test_a_folder_of_that_name_does_not_stop_an_uninstall(project: Project) -> None:
    Path(project.root, "AGENTS.md").mkdir()
    plan = setup.plan_uninstall(project)
    apply(plan)
    assert not plan.problems
    assert os.path.isdir(os.path.join(project.root, "AGENTS.md"))


def test_a_dry_run_shows_the_block_and_writes_nothing(project: Project) -> None:
    words = ["-C", project.root, "setup", "--agents-md", "--dry-run"]
    shown = CliRunner().invoke(cli, words)
    assert shown.exit_code == 0
    assert f"+++ {project.root}/AGENTS.md\n" in shown.output
    assert f"+{BEGIN.decode()}\n" in shown.output
    assert not Path(project.root, "AGENTS.md").exists()


def test_a_dry_run_warns_when_the_private_folder_is_open_to_others(project: Project) -> None:
    words = ["-C", project.root, "setup", "--dry-run"]
    assert "is not a private folder" not in CliRunner().invoke(cli, words).output
    os.makedirs(state_home(), mode=0o755)
    shown = CliRunner().invoke(cli, words)
    assert shown.exit_code == 0
    assert f"{state_home()} is not a private folder of yours" in shown.output


@given(FILES, st.tuples(st.booleans(), st.sampled_from([0o600, 0o644, 0o660])))
@settings(max_examples=30)
def test_setup_and_uninstall_restore_content_mode_and_link(
    old: bytes | None, layout: tuple[bool, int]
) -> None:
    linked, mode = layout
    with TemporaryDirectory() as folder:
        root = Path(folder, "lantern")
        (root / "docs").mkdir(parents=True)
        (root / "docs" / "keep").touch()
        target = root / "AGENTS.md"
        if linked:
            target = root / "docs" / "RULES.md"
            (root / "AGENTS.md").symlink_to("docs/RULES.md")
        if old is not None:
            target.write_bytes(old)
            target.chmod(mode)
        before = tree(root)
        project = Project(str(root), str(root), "")
        places = {"CODEX_HOME": f"{folder}/codex", "OMX_WIKI_HOME": f"{folder}/state"}
        with mock.patch.dict(os.environ, places):
            apply(setup.plan_setup(project, SetupOptions(agents_md=True)))
            assert target.read_bytes() == add_block(old)
            apply(setup.plan_uninstall(project))
        assert tree(root) == before


def test_the_rest_of_the_repository_does_not_notice(project: Project, git: Callable[..., str]) -> None:
    root = Path(project.root)
    (root / "AGENTS.md").write_bytes(b"# Rules\n\n- be kind")
    git(root, "add", ".")
    git(root, "commit", "-q", "-m", "Rules")
    apply(setup.plan_setup(project, SetupOptions(agents_md=True)))
    apply(setup.plan_uninstall(project))
    assert git(root, "status", "--porcelain") == ""
