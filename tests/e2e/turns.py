"""What the scripted model does at each request, in the wire format of the Responses API.

As far as Codex CLI 0.169.0 uses it; `mock_responses` serves it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Json = dict[str, Any]

_AGENT = "agent_id"
_SHELL_ARGUMENTS: dict[str, Callable[[str], Json]] = {
    "exec_command": lambda command: {"cmd": command},
    "shell_command": lambda command: {"command": command},
    "shell": lambda command: {"command": ["bash", "-lc", command]},
    "container.exec": lambda command: {"command": ["bash", "-lc", command]},
}
_CODE_MODE = (
    'const r = await tools.{}({}); text(typeof r === "string" ? r : (r.output ?? JSON.stringify(r)));'
)


@dataclass(frozen=True)
class Turn:
    """What the model does at one request.

    Attributes:
        kind: answer, shell, patch, spawn (start a subagent), join (wait for it), fail (a failed response),
            http_error, silent.
        text: the answer, command, patch, subagent's task or error message.
        tokens: input tokens the usage report claims; a large number provokes compaction.
        only_if: the turn waits for a conversation that holds this text (subagents ask concurrently).
    """

    kind: str = "answer"
    text: str = "Done."
    tokens: int = 100
    only_if: str = ""


def answer(text: str = "Done.", *, tokens: int = 100, only_if: str = "") -> Turn:
    """End the model's turn with this text; also the right reply to a request for a compaction summary."""
    return Turn("answer", text, tokens, only_if)


def shell(command: str, *, tokens: int = 100) -> Turn:
    """Run a shell command through whichever tool the request offers."""
    return Turn("shell", command, tokens)


def apply_patch(patch: str) -> Turn:
    """Edit files by a patch text, `*** Begin Patch` to `*** End Patch`."""
    return Turn("patch", patch)


def spawn(task: str) -> Turn:
    """Start a subagent with this task."""
    return Turn("spawn", task)


def join() -> Turn:
    """Wait for the subagent started last."""
    return Turn("join", only_if=_AGENT)


def fail(message: str = "scripted failure") -> Turn:
    """Report a failed response."""
    return Turn("fail", message)


def http_error(message: str = "scripted failure") -> Turn:
    """Reply with HTTP status 500."""
    return Turn("http_error", message)


def silent() -> Turn:
    """Open the stream and send nothing until the server is closed."""
    return Turn("silent")


class Request:
    """One request body that Codex sent."""

    def __init__(self, body: Json) -> None:
        self.body = body

    @property
    def items(self) -> list[Json]:
        """The conversation so far."""
        return [item for item in self.body.get("input", []) if isinstance(item, dict)]

    def texts(self, role: str) -> list[str]:
        """Return the text of each message of `role`, in order."""
        return [message_text(item) for item in self.items if item.get("role") == role]

    def outputs(self) -> list[str]:
        """Return the output of each tool call, in order."""
        kinds = ("function_call_output", "custom_tool_call_output", "local_shell_call_output")
        return [_plain(item.get("output")) for item in self.items if item.get("type") in kinds]

    def offers(self, name: str) -> Json | None:
        """Return the offered tool called `name` (or of that type), None when it is not on offer."""
        for tool in self._tools():
            if name in (tool.get("name"), tool.get("type")):
                return tool
        return None

    def _tools(self) -> Iterator[Json]:
        waiting: list[Any] = [self.body, *self.items]
        while waiting:
            holder = waiting.pop(0)
            nested = holder.get("tools") if isinstance(holder, dict) else None
            for tool in nested if isinstance(nested, list) else []:
                if isinstance(tool, dict):
                    yield {**tool, "namespace": holder.get("name")} if holder.get("name") else tool
                    waiting.append(tool)


def message_text(item: Json) -> str:
    """Return the text of one conversation item, "" when it is no message."""
    return "".join(part.get("text", "") for part in item.get("content", []) if isinstance(part, dict))


def _plain(output: Any) -> str:
    if isinstance(output, str):
        return output
    if isinstance(output, list):
        return "".join(part.get("text", "") for part in output if isinstance(part, dict))
    return json.dumps(output, ensure_ascii=False)


def events(request: Request, turn: Turn, number: int) -> Iterator[Json]:
    """Yield the events of the response number `number`, up to where the turn breaks off."""
    response: Json = {"id": f"resp-{number}"}
    yield {"type": "response.created", "response": response}
    if turn.kind == "fail":
        error = {"code": "server_error", "message": turn.text}
        yield {"type": "response.failed", "response": {**response, "error": error}}
        return
    yield {"type": "response.output_item.done", "output_index": 0, "item": _item(request, turn, number)}
    usage = {
        "input_tokens": turn.tokens,
        "input_tokens_details": {"cached_tokens": 0},
        "output_tokens": 10,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": turn.tokens + 10,
    }
    yield {"type": "response.completed", "response": {**response, "usage": usage}}


def _item(request: Request, turn: Turn, number: int) -> Json:
    call_id = f"call-{number}"
    if turn.kind == "shell":
        return _shell_call(request, turn.text, call_id)
    if turn.kind == "patch":
        return _patch_call(request, turn.text, call_id)
    if turn.kind == "spawn":
        arguments = {"message": turn.text, "agent_type": "default"}
        return _function_call("spawn_agent", arguments, call_id, request.offers("spawn_agent"))
    if turn.kind == "join":
        target = json.loads(request.outputs()[-1])[_AGENT]
        return _function_call("wait_agent", {"targets": [target]}, call_id, request.offers("wait_agent"))
    content = [{"type": "output_text", "text": turn.text, "annotations": []}]
    return {"type": "message", "role": "assistant", "id": f"msg-{number}", "content": content}


def _function_call(name: str, arguments: Json, call_id: str, tool: Json | None = None) -> Json:
    call = {"type": "function_call", "name": name, "call_id": call_id, "arguments": json.dumps(arguments)}
    namespace = (tool or {}).get("namespace")
    return {**call, "namespace": namespace} if namespace else call


def _shell_call(request: Request, command: str, call_id: str) -> Json:
    for name, arguments in _SHELL_ARGUMENTS.items():
        if request.offers(name):
            return _function_call(name, arguments(command), call_id)
    if request.offers("local_shell"):
        action = {"type": "exec", "command": ["bash", "-lc", command]}
        return {"type": "local_shell_call", "call_id": call_id, "status": "completed", "action": action}
    return _code_call("exec_command", {"cmd": command}, call_id)


def _patch_call(request: Request, patch: str, call_id: str) -> Json:
    """Call the tool for patches; where none is on offer Codex recognises the command of that name."""
    if request.offers("apply_patch"):
        return {"type": "custom_tool_call", "name": "apply_patch", "call_id": call_id, "input": patch}
    if request.offers("exec"):
        return _code_call("apply_patch", patch, call_id)
    return _shell_call(request, f"apply_patch <<'EOF'\n{patch}\nEOF\n", call_id)


def _code_call(tool: str, argument: Json | str, call_id: str) -> Json:
    """Call a tool from the JavaScript of code mode, the only tool that newer models are offered."""
    script = _CODE_MODE.format(tool, json.dumps(argument))
    return {"type": "custom_tool_call", "name": "exec", "call_id": call_id, "input": script}
