"""The product and the real OMX in one Codex: either may come and go before or after the other."""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from e2e.omx import HANDLER_MARK, HOOK_MARK, Omx
from e2e.product import told
from e2e.session_pages import meta, pages_of, section

if TYPE_CHECKING:
    from pathlib import Path

    from e2e.codex_home import CodexHome
    from e2e.product import Product
    from e2e.turns import Request

pytestmark = pytest.mark.e2e

_TITLE = "Whale oil burns brightest"
_OURS, _THEIRS = 5, 7


def _listed(codex: CodexHome) -> Counter[tuple[str, str]]:
    """Return how many hooks of either Codex lists, by its opinion of them."""
    listed = codex.hooks_list(codex.projects[0])
    assert (listed["warnings"], listed["errors"]) == ([], [])
    hooks = ((_owner(hook), hook["trustStatus"]) for hook in listed["hooks"])
    return Counter(hooks)


def _owner(handler: dict[str, Any]) -> str:
    return "omx" if HANDLER_MARK in handler["command"] else "wiki"


def _handlers(codex: CodexHome) -> dict[str, list[tuple[str, str]]]:
    """Return what stands in hooks.json, event by event: whose it is, and the whole group."""
    hooks = json.loads((codex.path / "hooks.json").read_text(encoding="utf-8"))["hooks"]
    return {
        event: [(_owner(group["hooks"][0]), json.dumps(group)) for group in groups if group["hooks"]]
        for event, groups in hooks.items()
    }


def _settings(codex: CodexHome) -> dict[Path, bytes | None]:
    """Return the bytes of the two files that both change."""
    files = (codex.config, codex.path / "hooks.json")
    return {path: path.read_bytes() if path.exists() else None for path in files}


def _session(codex: CodexHome) -> Request:
    run = codex.run_exec("Trim the wick", cwd=codex.projects[0])
    assert run.code == 0, run.stderr
    [request] = run.requests
    return request


def _voices(codex: CodexHome) -> dict[str, list[int]]:
    """Hold a session and return how often either spoke in it."""
    request = _session(codex)
    return {"omx": told(request, HOOK_MARK), "wiki": told(request, _TITLE)}


def _set_up(codex: CodexHome, product: Product) -> None:
    product.run(codex, "setup", "--trust")
    if "whale-oil" not in product.run(codex, "list"):
        product.run(codex, "add", _TITLE, "The lantern was tried with whale oil, colza and paraffin.")


def test_after_omx_we_add_to_its_files_and_give_back_every_byte(
    codex: CodexHome, product: Product, repo: Path, omx: Omx
) -> None:
    omx.setup()
    before, theirs = _settings(codex), _handlers(codex)
    _set_up(codex, product)
    for event, groups in theirs.items():
        assert _handlers(codex)[event][: len(groups)] == groups
    assert _listed(codex) == {("omx", "trusted"): _THEIRS, ("wiki", "trusted"): _OURS}
    assert _voices(codex) == {"omx": [1], "wiki": [1]}
    product.settle(codex)
    [page] = pages_of(repo).values()
    assert "Trim the wick" in section(page, "Asked")

    product.run(codex, "uninstall")
    assert _settings(codex) == before
    assert _listed(codex) == {("omx", "trusted"): _THEIRS}
    assert _voices(codex) == {"omx": [1], "wiki": []}


def test_omx_that_comes_after_us_leaves_us_trusted_and_keeps_its_own_trust_when_we_go(
    codex: CodexHome, product: Product, omx: Omx
) -> None:
    _set_up(codex, product)
    ours = _handlers(codex)
    omx.setup()
    both = _handlers(codex)
    for event, groups in ours.items():
        assert both[event][: len(groups)] == groups
    assert _listed(codex) == {("omx", "trusted"): _THEIRS, ("wiki", "trusted"): _OURS}
    assert _voices(codex) == {"omx": [1], "wiki": [1]}
    product.settle(codex)

    product.run(codex, "uninstall")
    assert _handlers(codex) == {
        event: theirs
        for event, groups in both.items()
        if (theirs := [group for group in groups if group[0] == "omx"])
    }
    assert _listed(codex) == {("omx", "trusted"): _THEIRS}
    assert _voices(codex) == {"omx": [1], "wiki": []}

    _set_up(codex, product)
    assert _handlers(codex).keys() == both.keys()
    assert _listed(codex) == {("omx", "trusted"): _THEIRS, ("wiki", "trusted"): _OURS}


@pytest.mark.parametrize(("scope", "mode"), [("user", "legacy"), ("user", "plugin"), ("project", "legacy")])
def test_omx_may_be_set_up_again_and_removed_and_we_stay_trusted(
    codex: CodexHome, product: Product, omx: Omx, scope: str, mode: str
) -> None:
    before = _settings(codex)
    _set_up(codex, product)
    omx.setup(scope=scope, mode=mode)
    omx.setup(scope=scope, mode=mode)
    assert _listed(codex)["wiki", "trusted"] == _OURS
    omx.run("uninstall")
    listed = _listed(codex)
    assert {trust: count for (owner, trust), count in listed.items() if owner == "wiki"} == {"trusted": _OURS}
    assert _voices(codex)["wiki"] == [1]
    product.settle(codex)

    product.run(codex, "uninstall")
    assert _settings(codex)[codex.path / "hooks.json"] == before[codex.path / "hooks.json"] is None
    assert b"omx-wiki" not in codex.config.read_bytes().replace(bytes(codex.ground), b"")


def test_omx_that_came_before_us_leaves_once_we_have_made_way(
    codex: CodexHome, product: Product, omx: Omx
) -> None:
    """OMX 0.21.6 refuses to move another's groups, which would cost them Codex's trust."""
    omx.setup()
    _set_up(codex, product)
    both = _settings(codex)
    refused = omx.attempt("uninstall")
    assert refused.returncode == 1
    assert "would shift a foreign coordinate" in refused.stderr
    assert _settings(codex) == both
    assert _listed(codex) == {("omx", "trusted"): _THEIRS, ("wiki", "trusted"): _OURS}

    product.run(codex, "uninstall")
    omx.run("uninstall")
    assert not (codex.path / "hooks.json").exists()
    _set_up(codex, product)
    assert _listed(codex) == {("wiki", "trusted"): _OURS}
    assert _voices(codex) == {"omx": [], "wiki": [1]}


def test_hooks_that_lost_their_trust_because_omx_was_cut_out_by_hand_are_mended_by_setup(
    codex: CodexHome, product: Product, omx: Omx
) -> None:
    omx.setup()
    _set_up(codex, product)
    file = codex.path / "hooks.json"
    document = json.loads(file.read_text(encoding="utf-8"))
    for event, groups in document["hooks"].items():
        document["hooks"][event] = [group for group in groups if _owner(group["hooks"][0]) == "wiki"]
    file.write_text(json.dumps(document, indent=4), encoding="utf-8")
    assert _listed(codex)["wiki", "trusted"] < _OURS
    assert _voices(codex) == {"omx": [], "wiki": []}

    product.run(codex, "setup", "--trust")
    assert _listed(codex) == {("wiki", "trusted"): _OURS}
    assert _voices(codex) == {"omx": [], "wiki": [1]}


def test_pages_of_both_are_found_by_one_search(
    codex: CodexHome, product: Product, repo: Path, omx: Omx
) -> None:
    _set_up(codex, product)
    page = {"title": "Lamp keepers", "content": "They pour colza at dusk.", "tags": ["people"]}
    omx.run("wiki", "add", "--input", json.dumps(page), "--json")
    theirs = {path: path.read_bytes() for path in (repo / "omx_wiki").iterdir()}
    found = json.loads(product.run(codex, "query", "colza", "--json"))
    assert {hit["page"] for hit in found["hits"]} == {"whale-oil-burns-brightest", "omx_wiki/lamp-keepers"}
    product.settle(codex)
    assert {path: path.read_bytes() for path in (repo / "omx_wiki").iterdir()} == theirs


def test_notify_leads_to_one_page_and_out_again_whoever_stands_in_front(
    codex: CodexHome, product: Product, repo: Path, omx: Omx
) -> None:
    hosts = ("setup", "--trust", "--host", "codex", "--host", "notify")
    product.run(codex, *hosts)
    omx.setup()
    in_front = codex.config.read_bytes()
    assert b"wiki-hook" not in in_front
    product.run(codex, *hosts)
    assert codex.config.read_bytes() == in_front
    _session(codex)
    product.settle(codex)
    [page] = pages_of(repo).values()
    assert meta(page)["prompts"] == "1"

    product.run(codex, "uninstall")
    omx.run("uninstall")
    assert b"wiki-hook" in codex.config.read_bytes()
    product.run(codex, "uninstall")
    assert b"wiki-hook" not in codex.config.read_bytes()
    assert "notify" not in tomllib.loads(codex.config.read_text(encoding="utf-8"))
