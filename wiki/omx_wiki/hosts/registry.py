"""Every host there is an installation for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from omx_wiki.hosts.claude import Claude
from omx_wiki.hosts.codex import Codex
from omx_wiki.hosts.event_hooks import EventHooks
from omx_wiki.hosts.notify import Notify
from omx_wiki.hosts.xcodex import Xcodex

if TYPE_CHECKING:
    from omx_wiki.hosts.host import Host

_ALL: tuple[Host, ...] = (Codex(), Claude(), Xcodex(), EventHooks(), Notify())

HOSTS: dict[str, Host] = {host.name: host for host in _ALL}
"""By name, in the order in which they are set up."""
