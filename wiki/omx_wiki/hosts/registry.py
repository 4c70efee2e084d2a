"""Every host there is an installation for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from omx_wiki.hosts.claude import Claude
from omx_wiki.hosts.codex import Codex

if TYPE_CHECKING:
    from omx_wiki.hosts.host import Host

_ALL: tuple[Host, ...] = (
    Codex(),
    Claude(),
)

HOSTS: dict[str, Host] = {host.name: host for host in _ALL}
"""By name, in the order in which they are set up."""
