"""Installs the skill: a text that tells an agent, when it asks for it, how to work with the wiki.

Codex 0.169 knows a skill by the name in its front matter, whatever its folder is called, and serves neither
of two that have one name. OMX 0.21.6 replaces `skills/wiki` at setup and deletes it at uninstall, whoever
wrote it, and leaves other folders alone. Hence our own folder, and another name where `wiki` is taken.

The last line of the file carries a digest of the rest. So a file that a person edited is told from one that
any version of ours wrote, without a record of the installation.
"""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from omx_wiki.errors import RefusedError, UnavailableError
from omx_wiki.hook.frame import shown_command
from omx_wiki.hook.page_head import split_front_matter
from omx_wiki.hosts import launcher
from omx_wiki.hosts.edit import is_inside, read_file, require_inside
from omx_wiki.hosts.tolerance import tolerating
from omx_wiki.pages.front_matter import read_meta
from omx_wiki.templates import template

if TYPE_CHECKING:
    from collections.abc import Iterator

    from omx_wiki.hosts.plan import Plan

NAME, OTHER_NAME = "wiki", "omx-wiki"
"""What the skill is called, and what where another skill has that name already."""

FILE = "SKILL.md"
_MARK = re.compile(rb"<!-- omx-wiki skill ([0-9a-f]{16}) -->\n\Z")
_MARK_START = b"<!-- omx-wiki skill "
_MOST_HEAD_BYTES = 64 * 1024
_MOST_SKILLS = 2000


@dataclass(frozen=True)
class SkillPlace:
    """Where the skill goes for one host and scope.

    Attributes:
        host: the program, as people call it.
        call: what stands before a skill's name in a prompt.
        folder: the folder of skills.
        named_by_folder: whether the host knows a skill by its folder, not by its front matter.
        root: the project that the skill must not lead out of; None for the user's.
        others: further folders of skills that the host reads.
    """

    host: str
    call: str
    folder: str
    named_by_folder: bool = False
    root: str | None = None
    others: tuple[str, ...] = ()

    def choices(self) -> tuple[tuple[str, str], ...]:
        """Return the paths that may be ours, each with a name for the skill there, best first."""
        names = (NAME, OTHER_NAME)
        return tuple(
            (os.path.join(self.folder, name if self.named_by_folder else OTHER_NAME, FILE), name)
            for name in names
        )

    def paths(self) -> tuple[str, ...]:
        """Return the paths that may be ours, each once; none when the folder leads out of the project."""
        found = tuple(dict.fromkeys(path for path, _ in self.choices()))
        return tuple(path for path in found if self.root is None or is_inside(self.root, path))


@dataclass(frozen=True)
class SkillState:
    """Where the skill stands ("" nowhere), its name, and what is wrong, one line each."""

    path: str = ""
    name: str = ""
    problems: tuple[str, ...] = ()


def skill_text(name: str = NAME, wiki: str = "") -> bytes:
    """Return the skill that tells of the command `wiki`, by default this installation's, by its full path."""
    return _signed(_render(name, wiki or launcher.wiki_command()))


def static_text() -> bytes:
    """Return the skill for those who do not know where `wiki` is installed."""
    return _render(NAME, "wiki")


def is_ours(content: bytes) -> bool:
    """Whether a file was written by us, edited since or not."""
    return _MARK_START in content


def is_unedited(content: bytes) -> bool:
    """Whether a file is byte for byte one that this version or another one wrote."""
    mark = _MARK.search(content)
    return mark is not None and mark[1] == _digest(content[: mark.start()])


def plan_install(place: SkillPlace, plan: Plan) -> None:
    """Plan to write or renew the skill; one that a person edited stays, and so do other people's files.

    Raises RefusedError when the folder leads out of the project.
    """
    if place.root is not None:
        for path, _ in place.choices():
            require_inside(place.root, path)
    chosen = _choice(place, plan)
    if chosen is None:
        plan.messages.append(
            f"{place.choices()[-1][0]} is not ours and stays; {place.host} gets no skill of ours."
        )
        return
    path, name = chosen
    for other in place.paths():
        if other != path:
            _plan_file_removal(place, other, plan)
    old = plan.content(path)
    if old is not None and not is_unedited(old):
        plan.messages.append(f"The skill in {path} was edited and stays as it is.")
        return
    new = skill_text(name)
    if new != old:
        plan.change(path, new, "skill", mode=0o600 if place.root is None else 0o644)
        called = "" if name == NAME else f" Another skill is called {NAME}, so ours is called {name}."
        plan.messages.append(f"The skill goes into {path}: {place.call}{name} in a prompt.{called}")


def plan_removal(place: SkillPlace, plan: Plan, *, with_folders: bool = True) -> None:
    """Plan to delete the skill unless a person edited it.

    `with_folders` takes empty folders along that an interrupted installation or removal may have left.
    """
    for path in place.paths():
        with tolerating(path, plan, _MARK_START):
            _plan_file_removal(place, path, plan)
    for path in place.paths() if with_folders else ():
        plan.spare_folders += _folders_of(place, path)


def state(place: SkillPlace) -> SkillState:
    """Return where the skill stands, and whether another one keeps it from being served; never raises."""
    for path in place.paths():
        try:
            content = read_file(path)
        except (RefusedError, UnavailableError) as error:
            return SkillState(problems=(str(error),))
        if content is not None and is_ours(content):
            name = _name_in(content)
            return SkillState(path, name, tuple(_clashes(place, path, name)))
    return SkillState()


def _clashes(place: SkillPlace, path: str, name: str) -> list[str]:
    if place.named_by_folder:
        return []
    rivals = dict.fromkeys(other for other, its in _skills(place) if its == name and other != path)
    return [
        f"{place.host} serves neither of two skills called {name}: {path} and {rival}" for rival in rivals
    ]


def _choice(place: SkillPlace, plan: Plan) -> tuple[str, str] | None:
    """Return the first path that is free or ours, with a name that no other skill has."""
    mine = place.paths()
    others = [] if place.named_by_folder else [each for each in _skills(place) if each[0] not in mine]
    leaving = {item.path for item in plan.edits if item.new is None}
    taken = {name for path, name in others if path not in leaving}
    for path, name in place.choices():
        content = plan.content(path)
        if name not in taken and (content is None or is_ours(content)):
            return path, name
    return None


def _plan_file_removal(place: SkillPlace, path: str, plan: Plan) -> None:
    old = plan.content(path)
    if old is None or not is_ours(old):
        return
    if not is_unedited(old):
        plan.messages.append(f"The skill in {path} was edited, so it stays; delete it if you wish.")
        return
    plan.change(path, None, "skill")
    plan.spare_folders += _folders_of(place, path)
    plan.messages.append(f"The skill leaves {path}.")


def _folders_of(place: SkillPlace, path: str) -> list[str]:
    """Return the folders that came with the skill, innermost first: in a project also the outermost one."""
    own = os.path.dirname(path)
    return [own, place.folder, *([os.path.dirname(place.folder)] if place.root is not None else [])]


def _skills(place: SkillPlace) -> Iterator[tuple[str, str]]:
    """Yield the path and the name of every skill that the host reads; what cannot be read is left out."""
    for folder in (place.folder, *place.others):
        try:
            names = sorted(os.listdir(folder))[:_MOST_SKILLS]
        except OSError:
            continue
        for name in names:
            path = os.path.join(folder, name, FILE)
            try:
                if os.path.isfile(path):
                    with open(path, "rb") as file:
                        yield path, _name_in(file.read(_MOST_HEAD_BYTES))
            except OSError:
                continue


def _name_in(content: bytes) -> str:
    block, _, _ = split_front_matter(content.decode(errors="replace"))
    name = read_meta(block or "")[0].get("name", "")
    return name if isinstance(name, str) else ""


def _render(name: str, wiki: str) -> bytes:
    command = shown_command(wiki)
    values = {
        "@NAME@": name,
        "@WIKI@": command,
        "@ELSE@": "when it is not found, the start-up context names the path of `wiki`"
        if command == "wiki"
        else "when it is gone, try a plain `wiki`",
    }
    return re.sub("@[A-Z]+@", lambda found: values[found[0]], template(f"skill/{FILE}")).encode()


def _signed(text: bytes) -> bytes:
    return text + _MARK_START + _digest(text) + b" -->\n"


def _digest(text: bytes) -> bytes:
    return hashlib.sha256(text).hexdigest()[:16].encode()
