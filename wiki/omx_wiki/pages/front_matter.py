"""Read front matter of any shape, as text; the only importer of PyYAML."""

from __future__ import annotations

from omx_wiki.hook.front_matter_scan import flat_front_matter, salvage_front_matter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

Meta = dict[str, str | list[str]]

MAX_BLOCK = 64 * 1024
_MAX_NODES = 2000
_MAX_DEPTH = 20


def read_meta(block: str) -> tuple[Meta, list[str]]:
    """Return the keys of a front matter block, and what is wrong with it; never raises.

    Values are text or lists of text, never numbers or dates; deeper values become JSON text. From broken YAML
    only those entries are returned that can be read on their own.
    """
    if len(block) > MAX_BLOCK:
        return salvage_front_matter(block[:MAX_BLOCK]), [f"front matter is larger than {MAX_BLOCK} bytes"]
    flat = flat_front_matter(block)
    if flat is not None:
        return flat, []
    return _read_yaml(block)


def _read_yaml(block: str) -> tuple[Meta, list[str]]:
    import yaml

    loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    try:
        depth = 0
        for nodes, event in enumerate(yaml.parse(block, Loader=loader)):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if nodes > _MAX_NODES or depth > _MAX_DEPTH:
                return salvage_front_matter(block), ["front matter is too large or too deep"]
            if isinstance(event, yaml.AliasEvent):
                return salvage_front_matter(block), ["front matter uses YAML aliases, which are not read"]
        value = yaml.load(block, Loader=loader)  # noqa: S506 - BaseLoader builds nothing but text
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        return salvage_front_matter(block), [f"front matter is not valid YAML{_place(error)}"]
    if value is None or value == "":
        return {}, []
    if not isinstance(value, dict):
        return {}, ["front matter holds no keys"]
    return {_flat_text(key): _flat_value(item) for key, item in value.items()}, []


def _place(error: Exception) -> str:
    """Return where in the file YAML stopped; the block starts on the file's second line."""
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or getattr(error, "reason", None)
    where = f" on line {mark.line + 2}" if mark is not None else ""
    return where + (f": {problem}" if problem else "")


def _flat_value(value: object) -> str | list[str]:
    return [_flat_text(item) for item in value] if isinstance(value, list) else _flat_text(value)


def _flat_text(value: object) -> str:
    if isinstance(value, str):
        return value
    import json

    return json.dumps(value, ensure_ascii=False, default=str)


def meta_list(meta: Mapping[str, str | list[str]], key: str) -> list[str]:
    """Return the values of a list key; one text counts as a list of one, except that tags are split."""
    from omx_wiki.hook.page_head import page_tags

    if key == "tags":
        return list(page_tags(meta))
    value = meta.get(key, "")
    if isinstance(value, str):
        value = [value]
    return list(dict.fromkeys(item.strip() for item in value if item.strip()))
