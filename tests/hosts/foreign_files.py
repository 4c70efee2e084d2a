"""Files as other people and programs leave them, generated for property tests."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from omx_wiki.hosts import hooks_file
from omx_wiki.hosts.hooks_schema import EVENT_NAMES

if TYPE_CHECKING:
    from collections.abc import Callable

COMMAND = "/home/ada/.local/state/omx-wiki/bin/wiki-hook --dialect codex"
OLD_COMMAND = "'/home/ada/old state/bin/wiki-hook' --dialect codex"
GROUPS = {"SessionStart": hooks_file.groups_for(COMMAND)["SessionStart"]}
"""One event is enough to show how groups come and go; the round trips install every event."""

_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
_SCALARS = st.none() | st.booleans() | st.integers() | _TEXT
_HANDLERS = st.fixed_dictionaries(
    {"type": st.just("command"), "command": _TEXT},
    optional={
        "timeout": st.integers(0, 900),
        "async": st.booleans(),
        "statusMessage": _TEXT,
        "future": st.lists(_SCALARS, max_size=2) | st.dictionaries(_TEXT, _SCALARS, max_size=2),
    },
)
FOREIGN_GROUPS = st.fixed_dictionaries(
    {}, optional={"matcher": _TEXT, "hooks": st.lists(_HANDLERS, max_size=3), "note": _SCALARS}
)
_EVENTS = st.sampled_from(["SessionStart", *sorted(EVENT_NAMES)])
_ROOTS = st.fixed_dictionaries(
    {},
    optional={
        "description": st.none() | _TEXT,
        "hooks": st.dictionaries(_EVENTS, st.lists(FOREIGN_GROUPS, max_size=3), max_size=4),
    },
)


@st.composite
def json_texts(draw: st.DrawFn, values: st.SearchStrategy[Any]) -> str:
    """Draw a value in one of the layouts of common writers, or with white space anywhere JSON allows it."""
    value = draw(values)
    indent = draw(st.sampled_from([None, 0, 1, 2, 4, "\t"]))
    separators = draw(st.sampled_from([(",", ":"), (", ", ": "), (",", " : ")]))
    ascii_only = draw(st.booleans())
    if draw(st.booleans()):
        text = json.dumps(value, indent=indent, separators=separators, ensure_ascii=ascii_only)
        text = text.replace("\n", draw(st.sampled_from(["\n", "\r\n"])))
    else:
        spaces = st.text(" \t\r\n", max_size=3)
        text = _loose(value, lambda: draw(spaces), ascii_only=ascii_only)
    return text + draw(st.sampled_from(["", "\n", "\r\n", " \n\n"]))


HOOKS_FILES = st.none() | json_texts(_ROOTS).map(str.encode)

_SETTINGS = st.builds(
    lambda before, hooks, after: {**before, **hooks, **after},
    st.dictionaries(_TEXT, _SCALARS | st.lists(_SCALARS, max_size=2), max_size=2),
    st.fixed_dictionaries(
        {}, optional={"hooks": st.dictionaries(_EVENTS, st.lists(FOREIGN_GROUPS, max_size=3), max_size=4)}
    ),
    st.fixed_dictionaries(
        {}, optional={"model": _TEXT, "permissions": st.dictionaries(_TEXT, st.lists(_TEXT, max_size=2))}
    ),
)
SETTINGS_FILES = st.none() | json_texts(_SETTINGS).map(str.encode)
"""Settings of Claude Code, where hooks are one key among others."""


def _loose(value: Any, space: Callable[[], str], *, ascii_only: bool) -> str:
    if isinstance(value, dict):
        members = [
            f"{space()}{json.dumps(key, ensure_ascii=ascii_only)}{space()}:{space()}"
            f"{_loose(item, space, ascii_only=ascii_only)}{space()}"
            for key, item in value.items()
        ]
        return "{" + (",".join(members) or space()) + "}"
    if isinstance(value, list):
        items = [f"{space()}{_loose(item, space, ascii_only=ascii_only)}{space()}" for item in value]
        return "[" + (",".join(items) or space()) + "]"
    return json.dumps(value, ensure_ascii=ascii_only)


@st.composite
def toml_files(draw: st.DrawFn) -> bytes:
    """Draw a config.toml: comments, other people's trust, inline tables, any line ends, maybe a BOM."""
    parts = draw(
        st.lists(
            st.sampled_from(
                [
                    "# café ☕\n",
                    "\n",
                    "# [hooks.state]\n",
                    'model = "gpt-5.5"   # chosen\n',
                    "point = { x = 1, y = nan }\n",
                ]
            ),
            unique=True,
        )
    )
    tables = draw(
        st.lists(
            st.sampled_from(
                [
                    '[projects."/srv/lantern"]\ntrust_level = "trusted"\n',
                    "[hooks.state]\n",
                    '[hooks.state."/o/hooks.json:stop:0:0"]\nenabled = false\ntrusted_hash = "sha256:0"\n',
                    '[hooks.state."/third/hooks.json:stop:0:0"]\n\n# mine\ntrusted_hash = "sha256:11"\n\n',
                    '[notes]\ntext = """\n[hooks.state."fake"]\ntrusted_hash = "sha256:22"\n"""\n',
                    "[[hooks.Stop]]\n\n[[hooks.Stop.hooks]]\ntype = 'command'\ncommand = 'true'\n",
                    "[features]\nhooks = true\n\n",
                ]
            ),
            unique=True,
        )
    )
    text = "".join(parts + tables)
    if draw(st.booleans()):
        text = text.rstrip("\n")
    if draw(st.booleans()):
        text = text.replace("\n", "\r\n")
    return (draw(st.sampled_from(["", "\ufeff"])) + text).encode()


IGNORE_FILES = st.none() | st.lists(
    st.sampled_from(
        [b"\n", b"\r\n", b"*.log", b".omx", b"# .omx/", b"!keep", b" .omx/", b"caf\xe9", b"\xef\xbb\xbf"]
    ),
).map(b"".join)


def tree(root: Path) -> dict[str, tuple[int, bytes | str]]:
    """Return the mode and content, or the target, of everything below a folder but git's own files."""
    found: dict[str, tuple[int, bytes | str]] = {}
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if name != ".git"]
        for name in folders + files:
            path = Path(folder, name)
            mode = path.lstat().st_mode
            content = os.readlink(path) if path.is_symlink() else path.read_bytes() if path.is_file() else ""
            found[str(path.relative_to(root))] = (mode, content)
    return found
