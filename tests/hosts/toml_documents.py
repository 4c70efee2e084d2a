"""Configurations as people write them, generated for property tests of the editors of `config.toml`."""

from __future__ import annotations

import tomllib
from typing import Any

from hypothesis import strategies as st

_TRAPS = [
    "# café ☕\n",
    "\n",
    "# [hooks]\n",
    'model = "gpt-5.5"   # chosen\n',
    "  indented = 1979-05-27 07:32:00 # a date with a space\n",
    "point = { x = 1, y = nan, deep = { z = [1, 2] } }\n",
    '"notify " = "[hooks]"\n',
    'text = """\n[hooks]\nnotify = ["no"]\nsession_start = []\n\\"""" \n',
    "raw = '''\n[[hooks]]\n''''' # three and two\n",
    "many = [ # one\n  'a', # notify = 1\n  [ ']', \"#\" ],\n]\n",
    'sub.dotted."key.x" = true\n',
]
_TABLES = [
    '[projects."/srv/lantern"]\ntrust_level = "trusted"\n',
    '[mcp_servers.docs]\ncommand = "docs"\nargs = []\n\n\n',
    "[notes]\ntext = '''\n[hooks]\nsession_start = [[\"no\"]]\n'''\n",
    "[[rules]]\nname = 'a'\n[rules.more]\nx = 1\n[[rules]]\n\tname = 'b' # tab\n",
    "[features]\nhooks = true\n",
    "# about nothing\n[empty]\n",
]
_HOOKS_TABLES = [
    '[hooks.state."/o/hooks.json:stop:0:0"]\nenabled = false\ntrusted_hash = "sha256:0"\n',
    "[[hooks.SessionStart]]\n\n[[hooks.SessionStart.hooks]]\ntype = 'command'\ncommand = 'true'\n",
    "[hooks.host]\ncommand = ['host']\n",
]
_HEADERS = [
    "[hooks]\n",
    "  [ hooks ] # mine\n",
    '["hooks"]\nmax_stdin_payload_bytes = 3\n',
    "[hooks]\n\n# end\n",
]
_WORD = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\"'\\"), max_size=6)
_SPACE = st.sampled_from(["", " ", "\n  ", " # why\n", "\n\t# ]\n"])


@st.composite
def arrays(draw: st.DrawFn, items: st.SearchStrategy[str]) -> str:
    """Draw an array in any layout TOML allows, of texts that are values already."""
    parts = draw(st.lists(items, max_size=3))
    text = ",".join(f"{draw(_SPACE)}{part}{draw(_SPACE)}" for part in parts)
    comma = draw(st.sampled_from(["", ","])) if parts else ""
    return f"[{text}{comma}{draw(_SPACE)}]"


def strings() -> st.SearchStrategy[str]:
    """Draw a string as a TOML value, basic or literal."""
    return _WORD.flatmap(lambda word: st.sampled_from([f'"{word}"', f"'{word}'"]))


@st.composite
def documents(draw: st.DrawFn, events: tuple[str, ...] = (), *, words: bool = True) -> bytes:
    """Draw a `config.toml`, with hooks of one form for some of the events and maybe a `notify`."""
    items: st.SearchStrategy[str] = arrays(strings()) if words else strings()
    root = draw(st.lists(st.sampled_from(_TRAPS), unique=True, max_size=5))
    if draw(st.booleans()):
        root.append(f"notify = {draw(arrays(strings()))}{draw(st.sampled_from(['', ' # mine']))}\n")
    keys = [f"{event} = {draw(arrays(items))}\n" for event in events if draw(st.booleans())]
    form = draw(st.sampled_from(["none", "header", "dotted"]))
    tables = draw(st.lists(st.sampled_from(_TABLES), unique=True, max_size=3))
    if form == "dotted":
        root += [f"hooks.{key}" for key in keys]
    else:
        tables += draw(st.lists(st.sampled_from(_HOOKS_TABLES), unique=True, max_size=3))
    if form == "header":
        tables.append(draw(st.sampled_from(_HEADERS)) + "".join(keys))
    text = "".join([*draw(st.permutations(root)), *draw(st.permutations(tables))])
    if draw(st.booleans()):
        text = text.rstrip("\n")
    if draw(st.booleans()):
        text = text.replace("\n", "\r\n")
    return (draw(st.sampled_from(["", "\ufeff"])) + text).encode()


def settings_of(content: bytes | None) -> dict[str, Any]:
    """Return what a configuration says; floats as text, for a NaN does not equal itself."""
    return tomllib.loads((content or b"").decode().removeprefix("\ufeff"), parse_float=str)
