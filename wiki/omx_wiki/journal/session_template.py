"""Lay out a session page by a template; the only importer of Jinja2.

A project may bring its own template, which is as untrusted as the rest of a repository. So only a small part
of the language is allowed: texts, loops two deep, conditions and a few filters. Without calls, arithmetic and
assignments no template can reach outside, run for long or fill the memory.
"""

from __future__ import annotations

import os
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

import jinja2
from jinja2 import nodes
from jinja2.sandbox import SandboxedEnvironment

from omx_wiki.errors import InvalidInputError
from omx_wiki.pages.regular import is_inside, read_regular

if TYPE_CHECKING:
    from collections.abc import Mapping

PROJECT_TEMPLATE = os.path.join(".omx", "templates", "session.md.j2")
MAX_TEMPLATE = 16 * 1024
_MAX_LOOPS = 30
_MAX_DEPTH = 2
_FILTERS = frozenset({"default", "d", "first", "last", "length", "count", "lower", "upper", "trim"})
_TESTS = frozenset({"defined", "undefined", "none", "string", "number", "sequence", "true", "false"})
_ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Const,
    nodes.Getattr,
    nodes.Getitem,
    nodes.For,
    nodes.If,
    nodes.CondExpr,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Filter,
    nodes.Test,
)
_BROKEN = (
    jinja2.TemplateError,
    SyntaxError,
    RecursionError,
    MemoryError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
)


def project_template(root: str) -> str | None:
    """Return the text of a project's own template, None when it has none.

    Raises:
        InvalidInputError: it is too large, not UTF-8, or leads outside the project.
    """
    path = os.path.join(root, PROJECT_TEMPLATE)
    if not os.path.lexists(path):
        return None
    raw = read_regular(path, MAX_TEMPLATE + 1) if is_inside(path, os.path.realpath(root)) else None
    if raw is None:
        raise InvalidInputError(f"{PROJECT_TEMPLATE} is no plain file of this project")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidInputError(f"{PROJECT_TEMPLATE} is not UTF-8 at byte {error.start}") from error


def fill(source: str, values: Mapping[str, Any], limit: int) -> str:
    """Return a template filled with values.

    Raises:
        InvalidInputError: the template is too large, broken, uses what is not allowed, or makes more than
            `limit` characters.
    """
    if len(source) > MAX_TEMPLATE:
        raise InvalidInputError(f"the session template is larger than {MAX_TEMPLATE} characters")
    try:
        parts: list[str] = []
        length = 0
        for part in _compiled(source).generate(values):
            parts.append(part)
            length += len(part)
            if length > limit:
                raise InvalidInputError(f"the session template makes more than {limit} characters")
        return "".join(parts)
    except _BROKEN as error:
        first = str(error).partition("\n")[0][:200]
        raise InvalidInputError(f"the session template is broken: {first or type(error).__name__}") from error


@cache
def _environment() -> SandboxedEnvironment:
    environment = SandboxedEnvironment(
        autoescape=False,  # this makes Markdown, and every value was made safe for it before
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.ChainableUndefined,
        extensions=(),
        cache_size=0,
    )
    environment.globals.clear()
    environment.filters = {name: environment.filters[name] for name in _FILTERS}
    environment.tests = {name: environment.tests[name] for name in (*_TESTS, *_OPERATORS)}
    return environment


_OPERATORS = ("eq", "ne", "lt", "le", "gt", "ge", "in")


@lru_cache(maxsize=4)
def _compiled(source: str) -> jinja2.Template:
    environment = _environment()
    tree = environment.parse(source)
    _check(tree, 0, [0])
    return environment.from_string(tree)


def _check(node: nodes.Node, depth: int, loops: list[int]) -> None:
    """Refuse what could cost more than its own size."""
    if not isinstance(node, _ALLOWED):
        raise InvalidInputError(f"the session template uses {type(node).__name__}, which is not allowed")
    if isinstance(node, nodes.For):
        depth += 1
        loops[0] += 1
        if node.recursive or depth > _MAX_DEPTH or loops[0] > _MAX_LOOPS:
            raise InvalidInputError("the session template has too many loops, or loops too deep")
    for child in node.iter_child_nodes():
        _check(child, depth, loops)
