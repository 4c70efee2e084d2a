"""The line of a failed command's output that says what went wrong, and its class."""

from __future__ import annotations

import re

_MAX_LINES = 4000
_SAYS_ERROR = re.compile(
    r"^E {2,}\S|\b(?:error|errors|fatal|failed|failure|failures|panic|panicked|exception|denied|cannot"
    r"|abort|aborted|segmentation fault|timed out|not found|no such file)\b|\w(?:Error|Exception)\b",
    re.IGNORECASE,
)
_NO_ERROR = re.compile(r"\b(?:0|no) (?:errors?|failed|failures?)\b|\berrors?: 0\b", re.IGNORECASE)
_TRACEBACK = "Traceback (most recent call last)"
_RULE = re.compile(r"[=\-_*#~\s]*(?:FAILURES|ERRORS|failures|errors|short test summary info)?[=\-_*#~:\s]*\Z")
_CLASSES = (
    ("timeout", re.compile(r"timed? ?out|deadline exceeded", re.IGNORECASE)),
    ("missing program", re.compile(r"command not found|not recognized as", re.IGNORECASE)),
    (
        "missing module",
        re.compile(r"ModuleNotFound|ImportError|Cannot find module|unresolved import", re.IGNORECASE),
    ),
    ("missing file", re.compile(r"no such file|FileNotFound|ENOENT|does not exist", re.IGNORECASE)),
    ("permission", re.compile(r"permission denied|EACCES|not permitted|read-only file", re.IGNORECASE)),
    ("network", re.compile(r"could not resolve|connection refused|ECONN|network is", re.IGNORECASE)),
    ("syntax", re.compile(r"syntax ?error|unexpected token|parse error|IndentationError", re.IGNORECASE)),
    ("assertion", re.compile(r"assert|expected|FAILED|failed", re.IGNORECASE)),
    ("type", re.compile(r"TypeError|error TS\d|incompatible type|mismatched types", re.IGNORECASE)),
    ("git", re.compile(r"^(?:fatal|error): |merge conflict|CONFLICT", re.IGNORECASE)),
)


def first_error(output: str) -> str:
    """Return the first line that tells of an error, else the last line; "" for empty output.

    After a Python traceback's first line it is the exception that is told.
    """
    lines = output.splitlines()[:_MAX_LINES]
    in_traceback = False
    for line in lines:
        if line.strip().startswith(_TRACEBACK):
            in_traceback = True
        elif in_traceback:
            if line and not line[0].isspace():
                return line.strip()
        elif _SAYS_ERROR.search(line) and not _NO_ERROR.search(line) and not _RULE.match(line):
            return line.strip().removeprefix("E   ").strip()
    return next((line.strip() for line in reversed(lines) if line.strip()), "")


def error_class(line: str) -> str:
    """Return a short name for the kind of error a line tells of, "" when it is of no known kind."""
    return next((name for name, pattern in _CLASSES if pattern.search(line)), "")
