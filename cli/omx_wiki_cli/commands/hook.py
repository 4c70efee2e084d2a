"""`wiki hook`: what we make of the events of hosts, for people who look into them."""

from __future__ import annotations

import sys

import click

from omx_wiki.hook import payload
from omx_wiki.hook.arrival import event_in
from omx_wiki.hook.dialects import Told
from omx_wiki.hook.dialects.canonical import as_document
from omx_wiki_cli import render


@click.group("hook")
def hook_command() -> None:
    """Look into the events that hosts send."""


@hook_command.command("parse")
@click.option("--dialect", default="", metavar="HOST", help="The host that sent it, if that decides.")
@click.option("--event", default="", metavar="EVENT", help="The event, for hosts whose payload names none.")
@click.argument("text", metavar="[JSON]", required=False)
def parse_command(dialect: str, event: str, text: str | None) -> None:
    """Print the event in a payload as one JSON object; nothing when there is none.

    The payload is the argument or, without one, standard input. Nothing is written anywhere.
    """
    if text is None:
        raw = sys.stdin.buffer.read(payload.MAX_BYTES + 1)
        text = payload.decode(raw) if len(raw) <= payload.MAX_BYTES else ""
        told = Told(dialect, event)
    else:
        told = Told(dialect, event, "argv")
    found = event_in(text, told)
    if found is not None:
        render.print_json(as_document(found))
