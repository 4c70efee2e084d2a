"""Sessions in a repository with a wiki, and the start-up contexts that the model read in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from e2e.codex_home import CodexHome, Run
    from e2e.product import Product
    from e2e.turns import Request, Turn

PINS = "Pinned rules:"
HANDOFF = "Where the last session stopped:"
PAGES = "Relevant pages (title (page): summary [tags] · age):"
FAILURES = "Fails again and again:"

_OPEN, _CLOSE = "<project_wiki>", "</project_wiki>"


@dataclass(frozen=True)
class Context:
    """One context; its text is "" when the session was told nothing."""

    text: str

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self.text.encode())

    @property
    def handoff(self) -> dict[str, str]:
        """What the hand-off says by label: Asked, Outcome, Failing, Open; its first line is "Session"."""
        labelled = (line.partition(": ") for line in self.section(HANDOFF))
        return {label if text else "Session": text or label for label, _, text in labelled}

    @property
    def pages(self) -> list[str]:
        """The names of the relevant pages, best first."""
        return [line.partition("): ")[0].rpartition("(")[2] for line in self.section(PAGES)]

    def section(self, heading: str) -> list[str]:
        """Return the lines below a heading, [] when it is not there."""
        found: list[str] = []
        inside = False
        for line in self.text.splitlines():
            if inside and line.startswith("- "):
                found.append(line.removeprefix("- "))
            else:
                inside = line == heading
        return found


def contexts(request: Request) -> list[Context]:
    """Return every context in a request, in the order in which the model reads them."""
    pieces = (piece for text in request.texts("developer") for piece in text.split(_OPEN)[1:])
    return [Context(_OPEN + piece.partition(_CLOSE)[0] + _CLOSE) for piece in pieces]


@dataclass(frozen=True)
class Sessions:
    """Real sessions in one repository; when a method returns, the background work of its session is done."""

    codex: CodexHome
    product: Product
    repo: Path

    def hold(self, prompt: str, *turns: Turn, cwd: Path | None = None, **wishes: Any) -> Run:
        """Run a session in which the model takes these turns; `wishes` are further ones to `run_exec`."""
        self.codex.service.script += turns
        run = self.codex.run_exec(prompt, cwd=cwd or self.repo, **wishes)
        assert run.code == 0, run.stderr
        self.product.settle(self.codex)
        return run

    def told(self, cwd: Path | None = None) -> Context:
        """Return what a new session is told in which nothing is done."""
        found = contexts(self.hold("hello", cwd=cwd).requests[0])
        assert len(found) <= 1, found
        return found[0] if found else Context("")

    def add(self, title: str, text: str, *options: str) -> None:
        """Add a page."""
        self.product.run(self.codex, "add", title, text, *options)
        self.product.settle(self.codex)

    def settings(self, lines: Sequence[str]) -> None:
        """Write the project's settings file."""
        (self.repo / ".omx" / "wiki.toml").write_text("\n".join([*lines, ""]), encoding="utf-8")
