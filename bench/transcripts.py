"""Measure transcript capture: `python bench/transcripts.py [MEGABYTES]` prints speed and peak memory."""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parents[1] / "wiki"))
from omx_wiki.journal.capture import capture

if TYPE_CHECKING:
    from collections.abc import Mapping

_TURN = 40
_LISTING = "\n".join(f"src/module_{n}.py:{n}: value = compute({n}, 'text')" for n in range(120))


def _line(kind: str, payload: Mapping[str, object], second: int) -> str:
    stamp = f"2026-09-01T{second // 3600 % 24:02}:{second // 60 % 60:02}:{second % 60:02}.000Z"
    return json.dumps({"timestamp": stamp, "type": kind, "payload": payload}, separators=(",", ":")) + "\n"


def _turn(number: int) -> list[str]:
    """One turn in the proportions of real files: most of it tool output and opaque reasoning."""
    ask = f"Change module {number} and run its tests"
    lines: list[tuple[str, Mapping[str, object]]] = [
        ("event_msg", {"type": "task_started", "turn_id": f"t{number}"}),
        ("turn_context", {"turn_id": f"t{number}", "cwd": "/srv/shop", "model": "gpt-5.6", "effort": "high"}),
        (
            "response_item",
            {"type": "message", "role": "user", "content": [{"type": "input_text", "text": ask}]},
        ),
        ("event_msg", {"type": "user_message", "message": ask, "images": []}),
    ]
    for step in range(_TURN):
        call = f"c{number}-{step}"
        command = json.dumps({"cmd": f"rg -n value src/module_{step}.py" if step % 8 else "pytest -q"})
        output = f"Chunk ID: ab\nWall time: 0.1 seconds\nProcess exited with code 0\nOutput:\n{_LISTING}"
        usage = {"input_tokens": number * 1000 + step, "output_tokens": 50}
        lines += [
            (
                "response_item",
                {"type": "reasoning", "summary": [], "encrypted_content": "gAAAA" + "Qx7" * 1000},
            ),
            (
                "response_item",
                {"type": "function_call", "name": "exec_command", "arguments": command, "call_id": call},
            ),
            ("response_item", {"type": "function_call_output", "call_id": call, "output": output}),
            ("event_msg", {"type": "token_count", "info": {"last_token_usage": usage}}),
        ]
    lines.append(
        ("event_msg", {"type": "task_complete", "turn_id": f"t{number}", "last_agent_message": "ok"})
    )
    return [_line(kind, payload, number * 60 + at // 3) for at, (kind, payload) in enumerate(lines)]


def main() -> None:
    """Write a rollout of the given size, capture it once whole and once in two parts."""
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rollout.jsonl"
        meta = {"id": "01a1f9b1-312c-7010-aab9-983a43244d62", "cwd": "/srv/shop", "cli_version": "0.142.5"}
        with path.open("w", encoding="utf-8") as file:
            file.write(_line("session_meta", meta, 0))
            number = 0
            while file.tell() < size << 20:
                number += 1
                file.writelines(_turn(number))
        started, used = time.perf_counter(), time.process_time()
        done = capture(path)
        wall, cpu = time.perf_counter() - started, time.process_time() - used
        megabytes = path.stat().st_size / 1e6
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{megabytes:.0f} MB  {megabytes / wall:.0f} MB/s wall  {megabytes / cpu:.0f} MB/s cpu")
        print(f"peak memory {memory:.0f} MiB  state {len(json.dumps(done.state)) / 1e3:.0f} kB")
        started = time.perf_counter()
        capture(path, done.state)
        print(f"nothing new since: {(time.perf_counter() - started) * 1000:.1f} ms")


if __name__ == "__main__":
    main()
