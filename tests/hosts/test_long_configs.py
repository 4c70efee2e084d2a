"""Long configurations take linear time: a process that is given a deadline edits texts made to be slow."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import omx_wiki

_LIBRARY = Path(omx_wiki.__file__).parent.parent

_DEADLINE = 60  # seconds; these take two or three, and a quadratic rule takes many minutes
_EDITS = {
    "scan": "from omx_wiki.hosts.toml_scan import scan; assert scan(text)",
    "table": (
        "from omx_wiki.hosts.event_hooks import _TABLE as table\n"
        "new = table.install(text.encode(), '/s/bin/wiki-hook --dialect event-hooks')\n"
        "assert table.remove(new) == text.encode() != new"
    ),
    "notify": (
        "from omx_wiki.hosts import notify_chain\n"
        "new = notify_chain.install(text.encode(), ['/s/bin/wiki-hook', '--dialect', 'notify'])\n"
        "assert notify_chain.remove(new) == text.encode() != new"
    ),
    "trust": (
        "from omx_wiki.hosts import trust_config\n"
        "from omx_wiki.hosts.trust import TrustRecord\n"
        "records = [TrustRecord(f'/o/hooks.json:stop:{i}:0', 'sha256:0') for i in range(2)]\n"
        "new = trust_config.config_trust(text.encode(), records)\n"
        "assert trust_config.remove_trust(new, [record.key for record in records]) == text.encode() != new"
    ),
    "repair": (
        "from omx_wiki.hosts.broken_config import repair\nassert repair(text.encode()).decode() == text"
    ),
}
_TEXTS = {
    "records": (
        "''.join(f'[hooks.state.\"/home/p{i}/hooks.json:stop:0:0\"]\\ntrusted_hash = \"sha256:{i}\"\\n\\n'"
        " for i in range(20_000))"
    ),
    "settings": "''.join(f'key{i} = {i}\\n' for i in range(60_000))",
    "arrays of tables": "''.join(f'[[rules.a{i}]]\\n' for i in range(30_000))",
    "marks": "'# BEGIN neotoma-codex-hooks\\n' * 30_000 + 'x = 1\\n'",
    "blocks": (
        "''.join(f'# BEGIN neotoma-codex-hooks\\nx{i} = 1\\n# END neotoma-codex-hooks\\n'"
        " for i in range(12_000))"
    ),
}


@pytest.mark.parametrize(
    ("edit", "text"),
    [
        ("scan", "settings"),
        *((edit, "records") for edit in _EDITS),
        *(("repair", text) for text in ("arrays of tables", "marks", "blocks")),
    ],
)
def test_a_long_configuration_is_edited_in_time(edit: str, text: str) -> None:
    program = f"text = {_TEXTS[text]}\n{_EDITS[edit]}"

    done = subprocess.run(
        [sys.executable, "-c", program],
        env={"PYTHONPATH": str(_LIBRARY), "PYTHONUTF8": "1"},
        timeout=_DEADLINE,
        check=False,
    )

    assert done.returncode == 0
