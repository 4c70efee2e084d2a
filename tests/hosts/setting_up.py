"""Setting up and uninstalling as the commands do it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from omx_wiki.hosts import setup
from omx_wiki.hosts.plan import Plan, Scope, SetupOptions, apply

if TYPE_CHECKING:
    from omx_wiki.project import Project


def set_up(project: Project, scope: Scope = "user", *hosts: str, trust: bool = False) -> Plan:
    """Set hosts up, Codex when none is named; return the plan that was carried out."""
    plan = setup.plan_setup(project, SetupOptions(scope, trust, hosts=hosts or ("codex",)))
    apply(plan)
    return plan


def uninstall(project: Project) -> Plan:
    """Take everything out again; return the plan that was carried out."""
    plan = setup.plan_uninstall(project)
    apply(plan)
    return plan
