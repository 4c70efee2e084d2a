"""A skill that names a program which is gone is told of, and renewed unless a person edited it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omx_wiki.doctor.checkup import mend
from omx_wiki.doctor.finding import Finding
from omx_wiki.doctor.hosts import check_host, host_states
from omx_wiki.doctor.skills import named_program, renew
from omx_wiki.errors import RefusedError
from omx_wiki.hosts import skill
from omx_wiki.hosts.plan import SetupOptions, apply
from omx_wiki.hosts.setup import plan_setup
from omx_wiki.project import Project


def gone(project: Project) -> list[Finding]:
    findings = [found for state in host_states(project) for found in check_host(project, state)]
    return [found for found in findings if "which is gone" in found.text]


@pytest.fixture(params=["codex", "claude"])
def path(request: pytest.FixtureRequest, project: Project) -> Path:
    """Return the skill of a host that was set up by a program which is gone now."""
    host: str = request.param
    apply(plan_setup(project, SetupOptions(hosts=(host,))))
    (state,) = [state for state in host_states(project) if state.name == host]
    path = Path(state.skills[0])
    path.write_bytes(skill.skill_text(skill.NAME, "/old place/bin/wiki"))
    return path


def test_a_skill_that_was_just_written_is_fine(project: Project) -> None:
    apply(plan_setup(project, SetupOptions()))
    assert gone(project) == []


def test_a_skill_that_names_a_program_that_is_gone_is_renewed(path: Path, project: Project) -> None:
    (found,) = gone(project)
    assert (found.level, "/old place/bin/wiki, which is gone" in found.text) == ("warning", True)
    assert [done.problem for done in mend([found])] == [""]
    assert path.read_bytes() == skill.skill_text()
    assert gone(project) == []


def test_a_skill_that_a_person_edited_stays(path: Path, project: Project) -> None:
    edited = path.read_bytes().replace(b"# Project wiki", b"# Our wiki")
    path.write_bytes(edited)
    (found,) = gone(project)
    assert found.fix is None
    assert "it was edited" in found.hint
    with pytest.raises(RefusedError):
        renew(str(path))
    assert path.read_bytes() == edited


def test_a_plain_name_is_no_path() -> None:
    assert named_program(skill.static_text()) == ""


@given(st.binary() | st.builds(lambda text: f"/{text} query WORDS".encode(errors="replace"), st.text()))
def test_any_skill_is_read(content: bytes) -> None:
    assert isinstance(named_program(content), str)
