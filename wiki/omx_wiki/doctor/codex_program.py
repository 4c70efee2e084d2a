"""What the Codex program itself says: its version, and what it makes of the hooks it finds."""

from __future__ import annotations

import json
import os
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import omx_wiki

if TYPE_CHECKING:
    from collections.abc import Iterator

_VERSION_SECONDS = 10.0
_LIST_SECONDS = 10.0
_GOODBYE_SECONDS = 2.0
_SERVER = ("app-server", "-c", "features.plugins=false")
"""With plugins the server begins to fetch their list, and leaves a folder behind when it ends meanwhile."""

_MAX_ANSWER = 4 * 1024 * 1024
_VERSION = re.compile(r"(\d{1,6})\.(\d{1,6})\.(\d{1,6})")

Version = tuple[int, int, int]


@dataclass(frozen=True)
class Listed:
    """What `hooks/list` of Codex's app-server answers for one folder: objects as Codex wrote them."""

    hooks: tuple[dict[str, Any], ...]
    warnings: tuple[str, ...]
    errors: tuple[str, ...]


class Done(NamedTuple):
    """How a run of `codex` ended: its exit code, its output and what it said of errors."""

    code: int
    output: str
    errors: str


def codex_version() -> Version | None:
    """Return the version of the `codex` on the path, None without one or when it does not say in time."""
    try:
        with tempfile.TemporaryDirectory(prefix="omx-wiki-doctor-", ignore_cleanup_errors=True) as home:
            done = run_codex(["--version"], home, _VERSION_SECONDS)
    except OSError:
        return None
    return parse_version(done.output) if done else None


def run_codex(words: list[str], home: str, seconds: float) -> Done | None:
    """Run `codex` with a home of its own, where it keeps what each start of it writes.

    None without a `codex` on the path, and when it does not end in time.
    """
    program = shutil.which("codex")
    environment = {**os.environ, "CODEX_HOME": home, "RUST_BACKTRACE": "0"}
    process = _start([program, *words], environment=environment, errors=subprocess.PIPE) if program else None
    if process is None:
        return None
    try:
        output, errors = process.communicate(timeout=seconds)
    except (subprocess.SubprocessError, OSError, ValueError):
        return None
    finally:
        _stop(process)
    texts = [said[:_MAX_ANSWER].decode(errors="replace") for said in (output, errors)]
    return Done(process.returncode, *texts)


def has_run(home: str) -> bool:
    """Whether Codex has left its state in a folder; asking its server where it has not would create it."""
    try:
        names = os.listdir(home)
    except OSError:
        return False
    return any(name == "installation_id" or name.endswith(".sqlite") for name in names)


def parse_version(text: str) -> Version | None:
    """Return the first version number in a text such as `codex-cli 0.169.0`."""
    found = _VERSION.search(text)
    return (int(found[1]), int(found[2]), int(found[3])) if found else None


def listed_hooks(folder: str) -> Listed | None:
    """Return the hooks that Codex finds for a session in `folder`; None when it cannot be asked.

    Older versions know no such question. Takes 0.1 to 0.2 seconds (seen with Codex 0.169) and starts none of
    the hooks; hooks of plugins are left out.
    """
    program = shutil.which("codex")
    server = None if program is None or sys.platform == "win32" else _start([program, *_SERVER], folder)
    if server is None:
        return None
    try:
        return _ask(server, folder)
    except (OSError, ValueError, RecursionError):
        return None
    finally:
        _stop(server)


def _start(
    command: list[str],
    folder: str | None = None,
    environment: dict[str, str] | None = None,
    errors: int = subprocess.DEVNULL,
) -> subprocess.Popen[bytes] | None:
    """Start a program in a process group of its own: npm's shim has the real program as its child."""
    try:
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            cwd=folder,
            env=environment,
            start_new_session=True,
        )
    except OSError:
        return None


def _stop(server: subprocess.Popen[bytes]) -> None:
    for stream in (server.stdin, server.stdout, server.stderr):
        if stream is not None:
            try:
                stream.close()
            except OSError:
                continue
    try:
        server.wait(_GOODBYE_SECONDS)  # the end of its input tells it to go
    except subprocess.TimeoutExpired:
        if sys.platform == "win32":
            server.kill()
        else:
            os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def _ask(server: subprocess.Popen[bytes], folder: str) -> Listed | None:
    """Speak line by line JSON-RPC: initialise, then list the hooks."""
    end = time.monotonic() + _LIST_SECONDS
    client = {"name": "omx-wiki", "title": "omx-wiki", "version": omx_wiki.__version__}
    lines = _lines(server, end)
    _send(
        server,
        {
            "id": 1,
            "method": "initialize",
            "params": {"clientInfo": client, "capabilities": {"experimentalApi": True}},
        },
    )
    if _answer(lines, 1) is None:
        return None
    _send(server, {"method": "initialized"})
    _send(server, {"id": 2, "method": "hooks/list", "params": {"cwds": [folder]}})
    return read_listed(_answer(lines, 2))


def _send(server: subprocess.Popen[bytes], message: dict[str, Any]) -> None:
    if server.stdin is not None:
        server.stdin.write(f"{json.dumps(message)}\n".encode())
        server.stdin.flush()


def _lines(server: subprocess.Popen[bytes], end: float) -> Iterator[bytes]:
    """Yield lines until the stream or the time ends."""
    rest = b""
    size = 0
    while server.stdout is not None and size < _MAX_ANSWER:
        ready, _, _ = select.select([server.stdout], [], [], max(0.0, end - time.monotonic()))
        chunk = os.read(server.stdout.fileno(), 65536) if ready else b""
        if not chunk:
            return
        size += len(chunk)
        *whole, rest = (rest + chunk).split(b"\n")
        yield from whole


def _answer(lines: Iterator[bytes], number: int) -> dict[str, Any] | None:
    """Return the result of one request, None when it failed; what else is said meanwhile is passed over."""
    for line in lines:
        try:
            message = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(message, dict) and message.get("id") == number and "method" not in message:
            result = message.get("result")
            return result if isinstance(result, dict) else None
    return None


def read_listed(result: dict[str, Any] | None) -> Listed | None:
    """Return what a result of `hooks/list` holds for its first folder; None for any other shape."""
    data = result.get("data") if result else None
    found = data[0] if isinstance(data, list) and data else None
    if not isinstance(found, dict) or not isinstance(found.get("hooks"), list):
        return None
    hooks = tuple(hook for hook in found["hooks"] if isinstance(hook, dict))
    return Listed(hooks, _texts(found.get("warnings")), _texts(found.get("errors")))


def _texts(rows: object) -> tuple[str, ...]:
    """Return messages as texts: Codex writes errors as objects with a path and a message."""
    return tuple(
        str(row.get("message") or row) if isinstance(row, dict) else str(row)
        for row in (rows if isinstance(rows, list) else ())
    )
