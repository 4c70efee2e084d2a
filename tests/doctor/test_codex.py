"""Codex: what its program says, and what follows from it; any answer is survived."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omx_wiki.doctor import codex as checks
from omx_wiki.doctor import codex_config, codex_program
from omx_wiki.doctor.codex_program import Listed, codex_version, listed_hooks, parse_version, read_listed
from omx_wiki.doctor.codex_verdict import read_verdict
from omx_wiki.doctor.codex_versions import support_of
from omx_wiki.doctor.finding import Finding
from omx_wiki.doctor.hosts import check_host, host_states
from omx_wiki.hosts import launcher
from omx_wiki.hosts.codex import hooks_path
from omx_wiki.hosts.host import HostState
from omx_wiki.hosts.plan import Scope, SetupOptions, apply
from omx_wiki.hosts.setup import plan_setup
from omx_wiki.hosts.trust import codex_home
from omx_wiki.project import Project

FIXTURES = Path(__file__).parents[1] / "fixtures" / "codex-native"
HERE = HostState("codex", is_present=True, files=("/x/hooks.json",), trusted=True)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


def listed_entry(**changes: object) -> dict[str, Any]:
    """Return a hook as Codex lists it, ours and trusted unless told otherwise."""
    entry: dict[str, Any] = json.loads((FIXTURES / "hooks-list.entry.json").read_text(encoding="utf-8"))
    return entry | {"command": launcher.hook_command(), "trustStatus": "trusted"} | changes


KEYS = ["command", "enabled", "eventName", "source", "sourcePath", "trustStatus"]


def levels(findings: object) -> list[tuple[str, str]]:
    return [(found.level, found.text) for found in findings]  # type: ignore[attr-defined]  # an iterable


@pytest.mark.parametrize(
    ("said", "version"),
    [("codex-cli 0.169.0", (0, 169, 0)), ("codex 1.2.3-alpha.4\n", (1, 2, 3)), ("", None), ("0.16", None)],
)
def test_a_version_is_read_from_what_codex_says(said: str, version: tuple[int, int, int] | None) -> None:
    assert parse_version(said) == version


@given(st.text())
def test_any_text_has_a_version_or_none(said: str) -> None:
    version = parse_version(said)
    assert version is None or ".".join(map(str, version))


@pytest.mark.parametrize(
    ("version", "on", "trust", "end", "limit"),
    [
        ((0, 116, 0), False, False, False, False),
        ((0, 128, 0), True, False, False, False),
        ((0, 135, 0), True, True, False, False),
        ((0, 142, 5), True, True, False, True),
        ((0, 145, 0), True, True, True, True),
        ((0, 169, 0), True, True, True, True),
        ((2, 0, 0), True, True, True, True),
        (None, True, True, True, True),
    ],
)
def test_each_version_is_known_for_what_it_does(
    version: tuple[int, int, int] | None, *, on: bool, trust: bool, end: bool, limit: bool
) -> None:
    support = support_of(version)
    seen = (support.on_by_default, support.needs_trust, support.has_session_end, support.limits_context)
    assert seen == (on, trust, end, limit)


def test_the_program_is_asked_for_its_version(codex: Callable[[str], None]) -> None:
    assert codex_version() is None
    codex("echo codex-cli 0.169.0")
    assert codex_version() == (0, 169, 0)
    codex("exit 3")
    assert codex_version() is None


def test_a_program_that_never_answers_is_ended(
    codex: Callable[[str], None], project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("_VERSION_SECONDS", "_LIST_SECONDS", "_GOODBYE_SECONDS"):
        monkeypatch.setattr(codex_program, name, 0.2)
    codex("while :; do :; done")
    assert codex_version() is None
    assert listed_hooks(project.root) is None


def _server(codex: Callable[[str], None], tmp_path: Path, answers: list[object]) -> None:
    """Put a codex on the path that says one line of its answers for each line it is told."""
    lines = [json.dumps(answer) if not isinstance(answer, str) else answer for answer in answers]
    (tmp_path / "answers").write_text("\n".join(lines) + "\n", encoding="utf-8")
    codex(f'read -r first; cat "{tmp_path}/answers"; exec cat >/dev/null')


def test_the_server_is_asked_for_hooks(
    codex: Callable[[str], None], project: Project, tmp_path: Path
) -> None:
    data = [{"cwd": project.root, "hooks": [listed_entry()], "warnings": ["w"], "errors": [{"message": "e"}]}]
    talk: list[object] = [
        {"method": "configWarning", "params": {}},
        "no JSON",
        {"id": 1, "result": {}},
        {"id": 2, "method": "a request of the server"},
        {"id": 2, "result": {"data": data}},
    ]
    _server(codex, tmp_path, talk)
    assert listed_hooks(project.root) == Listed((listed_entry(),), ("w",), ("e",))


@pytest.mark.parametrize(
    "answers",
    [
        [],
        [{"id": 1, "error": {"code": -32601}}],
        [{"id": 1, "result": {}}, {"id": 2, "error": {"code": -32601, "message": "unknown"}}],
        [{"id": 1, "result": {}}, {"id": 2, "result": {"data": []}}],
    ],
)
def test_a_server_that_does_not_know_the_question_is_no_answer(
    codex: Callable[[str], None], project: Project, tmp_path: Path, answers: list[object]
) -> None:
    _server(codex, tmp_path, answers)
    assert listed_hooks(project.root) is None


@given(st.dictionaries(st.sampled_from(["data", "x"]), json_values) | st.none())
def test_any_result_is_read_or_refused(result: dict[str, Any] | None) -> None:
    listed = read_listed(result)
    assert listed is None or all(isinstance(text, str) for text in listed.errors + listed.warnings)


@given(st.lists(st.dictionaries(st.sampled_from(KEYS), json_values), max_size=3), json_values)
def test_any_listed_hooks_are_told_without_fail(hooks: list[dict[str, Any]], said: object) -> None:
    listed = read_listed({"data": [{"hooks": hooks, "errors": [said], "warnings": said}]})
    assert listed is not None
    for found in [*checks.check_listed(listed), *checks.check_trust(HERE, support_of(None), listed)]:
        assert isinstance(found, Finding)


@pytest.mark.parametrize(
    ("changes", "level", "word"),
    [
        ({}, "ok", "trusted"),
        ({"trustStatus": "managed"}, "ok", "trusted"),
        ({"trustStatus": "untrusted"}, "error", "SessionStart"),
        ({"trustStatus": "modified"}, "error", "does not trust"),
        ({"enabled": False}, "error", "switched off"),
        ({"command": "true"}, "error", "does not list"),
    ],
)
def test_codex_has_the_last_word_on_trust(changes: dict[str, object], level: str, word: str) -> None:
    listed = Listed((listed_entry(**changes),), (), ())
    ((seen, text),) = levels(checks.check_trust(HERE, support_of(None), listed))
    assert seen == level
    assert word in text


@pytest.mark.parametrize(("trusted", "expected"), [(True, ["ok"]), (False, ["error"]), (None, [])])
def test_without_an_answer_the_settings_tell_of_trust(*, trusted: bool | None, expected: list[str]) -> None:
    state = HostState("codex", is_present=True, files=("/x/hooks.json",), trusted=trusted)
    assert [level for level, _ in levels(checks.check_trust(state, support_of(None), None))] == expected


def test_a_codex_without_trust_is_not_asked_for_any() -> None:
    state = HostState("codex", is_present=True, files=("/x/hooks.json",), trusted=False)
    assert list(checks.check_trust(state, support_of((0, 128, 0)), None)) == []


def test_an_error_of_codex_explains_hooks_that_are_not_listed() -> None:
    listed = Listed((), (), ("config.toml:3:1: invalid type",))
    assert "error" not in dict(levels(checks.check_trust(HERE, support_of(None), listed)))
    assert levels(checks.check_listed(listed)) == [("error", "Codex says: config.toml:3:1: invalid type")]


def test_hooks_of_others_are_no_trouble() -> None:
    listed = Listed((listed_entry(command="other", sourcePath="/a"), listed_entry()), (), ())
    assert levels(checks.check_listed(listed)) == [("ok", "1 hook of other programs beside ours, from /a")]


@pytest.mark.parametrize(
    ("said", "level", "word"),
    [
        ("codex-cli 0.100.0", "warning", "older than any"),
        ("codex-cli 0.116.0", "warning", "codex_hooks"),
        ("codex-cli 0.142.5", "note", "end of a session"),
        ("codex-cli 0.169.0", "ok", "0.169.0"),
        ("codex-cli 9.0.0", "ok", "9.0.0"),
        ("who knows", "note", "does not say its version"),
    ],
)
def test_old_versions_are_told_of(
    codex: Callable[[str], None], project: Project, said: str, level: str, word: str
) -> None:
    apply(plan_setup(project, SetupOptions(trust=True)))
    codex(f'[ "$1" = --version ] && echo {said}')
    (state,) = host_states(project)
    assert any(seen == level and word in text for seen, text in levels(check_host(project, state)))


def test_the_flag_of_old_versions_is_asked_for_only_where_it_is_not_set(
    codex: Callable[[str], None], project: Project
) -> None:
    apply(plan_setup(project, SetupOptions(trust=True)))
    codex('[ "$1" = --version ] && echo codex-cli 0.116.0')
    config = Path(codex_home(), "config.toml")
    config.write_bytes(config.read_bytes() + b"\n[features]\ncodex_hooks = true\n")
    (state,) = host_states(project)
    said = levels(check_host(project, state))
    assert not any("codex_hooks" in text for _, text in said)
    assert any(level == "note" and "end of a session" in text for level, text in said)


def test_a_host_without_hooks_of_ours_is_offered_setup(
    project: Project, codex: Callable[[str], None]
) -> None:
    assert host_states(project) == ()
    codex("exit 1")
    (state,) = host_states(project)
    rows = [found for found in check_host(project, state) if found.level == "warning"]
    assert [(found.text, found.hint) for found in rows] == [("Codex has no hook of ours", "wiki setup")]


def test_missing_events_come_back_where_the_others_are(project: Project) -> None:
    apply(plan_setup(project, SetupOptions("project")))
    path = Path(project.root, ".codex", "hooks.json")
    rows = json.loads(path.read_text(encoding="utf-8"))
    del rows["hooks"]["SessionEnd"]
    path.write_text(json.dumps(rows), encoding="utf-8")
    (state,) = host_states(project)
    found = next(found for found in check_host(project, state) if "does not tell us" in found.text)
    assert found.fix
    found.fix.apply()
    (state,) = host_states(project)
    assert (state.missing, state.files, state.trusted) == ((), (str(path),), False)


def test_hooks_switched_off_are_an_error(project: Project) -> None:
    apply(plan_setup(project, SetupOptions(trust=True)))
    with Path(codex_home(), "config.toml").open("a", encoding="utf-8") as file:
        file.write("\n[features]\nhooks = false\n")
    (state,) = host_states(project)
    assert ("error", "Codex has hooks switched off, so it runs none of ours") in levels(
        check_host(project, state)
    )


def test_damage_in_the_settings_is_named_and_mended_with_a_copy(home: Path) -> None:
    config = Path(codex_home(), "config.toml")
    config.parent.mkdir(parents=True)
    broken = 'model = "x"\n\n[features]\nweb = true\n\n[features]\nweb = true\n'
    config.write_text(broken, encoding="utf-8")
    found = list(codex_config.check_config())
    assert [row.level for row in found] == ["error"]
    assert found[0].text.startswith(f"{config} line 6: ")
    assert found[0].fix
    found[0].fix.apply()
    assert tomllib.loads(config.read_text(encoding="utf-8")) == {"model": "x", "features": {"web": True}}
    (copy,) = (home / "omx_wiki" / "backups").iterdir()
    assert copy.read_text(encoding="utf-8") == broken
    assert list(codex_config.check_config()) == []


def test_damage_that_nothing_mends_has_no_fix() -> None:
    config = Path(codex_home(), "config.toml")
    config.parent.mkdir(parents=True)
    config.write_text("[[[\n", encoding="utf-8")
    assert [(row.level, row.fix) for row in codex_config.check_config()] == [("error", None)]


@given(st.binary())
def test_any_settings_are_survived(data: bytes) -> None:
    config = Path(codex_home(), "config.toml")
    config.parent.mkdir(parents=True, exist_ok=True)
    config.write_bytes(data)
    assert all(isinstance(found, Finding) for found in codex_config.check_config())


def test_settings_that_are_no_toml_are_told_once(project: Project) -> None:
    apply(plan_setup(project, SetupOptions(trust=True)))
    Path(codex_home(), "config.toml").write_text("[[[\n", encoding="utf-8")
    (state,) = host_states(project)
    errors = [text for level, text in levels(check_host(project, state)) if level == "error"]
    assert len(errors) == 1
    assert errors[0].startswith(f"{codex_home()}/config.toml line 1: ")


@pytest.mark.parametrize("content", ["", "null", '{"x": 1}', '{"hooks": []}', "{"])
@pytest.mark.parametrize("scope", ["user", "project"])
def test_a_hooks_file_that_codex_rejects_is_told_without_hooks_of_ours(
    project: Project, content: str, scope: Scope
) -> None:
    Path(codex_home()).mkdir(parents=True)
    path = Path(hooks_path(project, scope))
    path.parent.mkdir(exist_ok=True)
    path.write_text(content, encoding="utf-8")
    (state,) = host_states(project)
    (found,) = [found for found in check_host(project, state) if found.level != "ok"]
    assert found.level == "error"
    assert str(path) in found.text


def test_a_repair_that_refuses_says_why() -> None:
    config = Path(codex_home(), "config.toml")
    config.parent.mkdir(parents=True)
    config.write_text('[history]\nsession_start_command = "x"\n[a]\nb = 1\n[a]\nb = 2\n', encoding="utf-8")
    found = {row.level: row for row in codex_config.check_config()}
    assert [row.fix for row in found.values()] == [None, None]
    assert found["warning"].hint == "--fix changes nothing: line 5 is yours to decide first"
    assert "decide which" in found["error"].hint


def test_one_fault_in_two_spellings_is_told_once() -> None:
    config = Path(codex_home(), "config.toml")
    config.parent.mkdir(parents=True)
    config.write_text(
        'history.session_start_command = "x"\n[history]\nsession_start_command = "x"\n', encoding="utf-8"
    )
    told = [row.text for row in codex_config.check_config() if "session_start_command" in row.text]
    assert [text.split(":")[0] for text in told] == [f"{config} line 1"]


@pytest.mark.parametrize(("launched", "level"), [(True, "note"), (False, "error")])
def test_a_plugin_stands_in_for_hooks(project: Project, *, launched: bool, level: str) -> None:
    config = Path(codex_home(), "config.toml")
    config.parent.mkdir(parents=True)
    config.write_text('[plugins."omx-wiki@omx-wiki"]\nenabled = true\n', encoding="utf-8")
    if launched:
        path = Path(launcher.launcher_path())
        path.parent.mkdir(parents=True)
        path.write_bytes(launcher.launcher_text())
        path.chmod(0o700)
    (state,) = host_states(project)
    (found,) = [found for found in check_host(project, state) if found.level != "ok"]
    assert (found.level, "plugin omx-wiki@omx-wiki" in found.text) == (level, True)


@given(st.integers(-2, 2), st.text(), st.text())
def test_any_answer_about_settings_is_a_verdict_or_none(code: int, output: str, errors: str) -> None:
    verdict = read_verdict(code, output, errors)
    assert verdict is None or bool(verdict.problem) == (code != 0)


@pytest.mark.parametrize(
    ("code", "errors", "problem"),
    [
        (
            1,
            "Error: failed to load configuration\n\nCaused by:\n    bad thing\n    in `x`\n\n",
            "bad thing in `x`",
        ),
        (
            1,
            "Error: failed to load configuration\n\nCaused by:\n    0: line 1:3: bad\n    1: more\n",
            "line 1:3: bad",
        ),
        (2, "error: unrecognized subcommand 'features'; -c configuration", None),
        (101, "panicked", None),
    ],
)
def test_what_codex_says_against_settings_is_told_in_short(
    code: int, errors: str, problem: str | None
) -> None:
    verdict = read_verdict(code, "", errors)
    assert (verdict.problem if verdict else None) == problem


def test_a_skill_that_is_not_served_is_told_beside_other_findings(project: Project) -> None:
    state = HostState("codex", is_present=True, problems=("Codex serves neither of two skills called wiki",))
    Path(codex_home()).mkdir(parents=True)
    Path(codex_home(), "hooks.json").write_text("null", encoding="utf-8")
    errors = [text for level, text in levels(check_host(project, state)) if level == "error"]
    assert len(errors) == 2
    assert state.problems[0] in errors
