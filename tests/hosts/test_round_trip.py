from __future__ import annotations

import os
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from unittest import mock

from hypothesis import given, settings
from hypothesis import strategies as st

from hosts.foreign_files import HOOKS_FILES, IGNORE_FILES, toml_files, tree
from omx_wiki.hosts import hooks_file, launcher, setup, trust_config
from omx_wiki.hosts.plan import SetupOptions, apply
from omx_wiki.project import Project, state_home

if TYPE_CHECKING:
    from omx_wiki.hosts.plan import Scope


@given(
    hooks=HOOKS_FILES,
    config=st.none() | toml_files(),
    ignore=IGNORE_FILES,
    scope=st.sampled_from(["user", "project"]),
    layout=st.tuples(st.booleans(), st.booleans(), st.sampled_from([0o600, 0o644, 0o660])),
)
@settings(max_examples=40, deadline=None)
def test_uninstalling_restores_every_file_mode_and_link(
    hooks: bytes | None,
    config: bytes | None,
    ignore: bytes | None,
    scope: Scope,
    layout: tuple[bool, bool, int],
) -> None:
    trust, linked, mode = layout
    with TemporaryDirectory() as folder:
        root = Path(folder)
        base = {"user": root / "codex", "project": root / "lantern" / ".codex"}[scope]
        for place in (root / "codex", root / "dotfiles", base, root / "lantern" / ".git"):
            place.mkdir(parents=True, exist_ok=True)
        (root / "lantern" / "keep").write_text("")
        files = {base / "hooks.json": hooks, root / "codex" / "config.toml": config}
        for path, content in files.items():
            target = path
            if linked and scope == "user":
                target = root / "dotfiles" / path.name
                path.symlink_to(target)
            if content is not None:
                target.write_bytes(content)
                target.chmod(mode)
        if ignore is not None:
            (root / "lantern" / ".gitignore").write_bytes(ignore)
        if scope == "project" and hooks is None:
            base.rmdir()
        before = tree(root)
        places = {"CODEX_HOME": str(root / "codex"), "OMX_WIKI_HOME": str(root / "state")}
        project = Project(str(root / "lantern"), str(root / "lantern"), str(root / "lantern" / ".git"))

        with (
            mock.patch.dict(os.environ, places),
            mock.patch("omx_wiki.hosts.gitignore.is_ignored", return_value=False),
            mock.patch("omx_wiki.hosts.gitignore.is_tracked", return_value=False),
        ):
            apply(setup.plan_setup(project, SetupOptions(scope, trust)))
            assert tree(root) != before
            apply(setup.plan_uninstall(project))
            assert not os.path.exists(launcher.launcher_path())
            assert not os.listdir(os.path.join(state_home(), "installs"))

        shutil.rmtree(root / "state")
        assert tree(root) == before


def _before_prompts() -> tuple[hooks_file.EventHook, ...]:
    """Return the events of installations from before prompts were answered."""
    return tuple(hook for hook in hooks_file.EVENTS if hook.event != "UserPromptSubmit")


@given(hooks=HOOKS_FILES, scope=st.sampled_from(["user", "project"]))
@settings(max_examples=40, deadline=None)
def test_an_installation_from_before_prompts_is_brought_up_to_date_and_removed(
    hooks: bytes | None, scope: Scope
) -> None:
    with TemporaryDirectory() as folder:
        root = Path(folder)
        base = {"user": root / "codex", "project": root / "lantern" / ".codex"}[scope]
        (root / "lantern").mkdir()
        (root / "codex").mkdir()
        if hooks is not None:
            base.mkdir(exist_ok=True)
            (base / "hooks.json").write_bytes(hooks)
        before = tree(root)
        places = {"CODEX_HOME": str(root / "codex"), "OMX_WIKI_HOME": str(root / "state")}
        project = Project(str(root / "lantern"), str(root / "lantern"), "")
        options = SetupOptions(scope, trust=True)

        with mock.patch.dict(os.environ, places):
            with mock.patch("omx_wiki.hosts.hooks_file.EVENTS", _before_prompts()):
                apply(setup.plan_setup(project, options))
            known = hooks_file.find_ours((base / "hooks.json").read_bytes())
            state = trust_config.trust_state((root / "codex" / "config.toml").read_bytes())
            apply(setup.plan_setup(project, options))
            now = hooks_file.find_ours((base / "hooks.json").read_bytes())
            assert [place for place in now if place in known] == list(known)
            assert [place.event for place in now if place not in known] == ["UserPromptSubmit"]
            after = trust_config.trust_state((root / "codex" / "config.toml").read_bytes())
            assert state.items() < after.items()
            assert len(after) == len(state) + 1
            assert not setup.plan_setup(project, options).is_change
            apply(setup.plan_uninstall(project))

        shutil.rmtree(root / "state")
        assert tree(root) == before
