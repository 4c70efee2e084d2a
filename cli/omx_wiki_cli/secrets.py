"""Take secrets out of what people type before it is written anywhere, and say so."""

from __future__ import annotations

from collections import Counter

from omx_wiki.journal.redact import redact
from omx_wiki_cli import render


def without_secrets(texts: list[str], *, hint: str = "") -> list[str]:
    """Return the texts with placeholders for what looks like a secret; a person is told of each kind."""
    found: Counter[str] = Counter()
    cleaned = []
    for text in texts:
        redacted = redact(text)
        found.update(redacted.counts)
        cleaned.append(redacted.text)
    if found:
        kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(found.items()))
        render.say(f"redacted: {kinds}{hint}")
    return cleaned
