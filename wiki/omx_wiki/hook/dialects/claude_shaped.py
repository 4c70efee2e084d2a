"""Payloads with a `hook_event_name`: Codex since 0.116, Claude Code, Gemini, Cursor, Copilot."""

from __future__ import annotations

from omx_wiki.hook.dialects.fields import first, identity, is_self_test, output_text, path, text, truth
from omx_wiki.hook.events import WITHOUT_TRANSCRIPT, HookEvent

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from omx_wiki.hook.dialects import Told

_EVENTS = {
    "sessionstart": "session-start",
    "sessionend": "session-end",
    "userpromptsubmit": "user-prompt",
    "userpromptsubmitted": "user-prompt",
    "beforesubmitprompt": "user-prompt",
    "beforeagent": "user-prompt",
    "userprompt": "user-prompt",
    "stop": "turn-end",
    "agentstop": "turn-end",
    "afteragent": "turn-end",
    "afteragentresponse": "turn-end",
    "turnend": "turn-end",
    "interrupt": "turn-interrupted",
    "turninterrupted": "turn-interrupted",
    "pretooluse": "tool-start",
    "beforetool": "tool-start",
    "toolstart": "tool-start",
    "posttooluse": "tool-end",
    "posttoolusefailure": "tool-end",
    "aftertool": "tool-end",
    "toolend": "tool-end",
    "permissionrequest": "approval-requested",
    "approvalrequested": "approval-requested",
    "notification": "notification",
    "precompact": "compact-start",
    "precompress": "compact-start",
    "compactstart": "compact-start",
    "postcompact": "compact-end",
    "compactend": "compact-end",
    "subagentstart": "subagent-start",
    "subagentstop": "subagent-end",
    "subagentend": "subagent-end",
    "premodelrequest": "model-request",
    "beforemodel": "model-request",
    "modelrequest": "model-request",
    "postmodelrequest": "model-response",
    "aftermodel": "model-response",
    "modelresponse": "model-response",
}
_NAMED = {
    "codex": "codex-native",
    "codex-native": "codex-native",
    "claude": "claude",
    "gemini": "gemini",
    "copilot": "copilot",
}
_TEXTS = ("source", "reason", "trigger", "model", "tool_name")


def read(payload: Mapping[str, Any], told: Told) -> HookEvent:
    """Read a payload; subagents of Codex report under their parent's id and are told by `agent_id`."""
    name = event_named(payload["hook_event_name"])
    if name == "unknown":
        name = event_named(told.event)
    dialect = _dialect(payload, told)
    facts: dict[str, Any] = {each: text(payload.get(each)) for each in _TEXTS}
    session = identity(first(payload, "thread_id", "session_id", "conversation_id"))
    if name in ("tool-start", "tool-end"):
        facts |= _tool(payload, dialect)
    return HookEvent(
        event=name,
        dialect=dialect,
        transport=told.transport,
        session_id=session,
        turn_id=identity(first(payload, "turn_id", "generation_id")),
        event_id=identity(payload.get("event_id")),
        timestamp=identity(payload.get("timestamp")),
        cwd=path(payload.get("cwd")) or _workspace(payload),
        transcript_path=path(payload.get("transcript_path")),
        prompt=text(payload.get("prompt")),
        last_assistant_message=text(first(payload, "last_assistant_message", "prompt_response"))
        or (text(payload.get("text")) if dialect == "cursor" else None),
        is_subagent=bool(payload.get("agent_id")) or name.startswith("subagent"),
        synthetic=is_self_test(session),
        needs_payload_file=False,
        seq=told.seq,
        payload=payload,
        **facts,
    )


def event_named(name: object) -> str:
    """Return the event of a name in any spelling, "unknown" for one that nobody uses."""
    letters = "".join(c for c in name.lower() if c.isalpha()) if isinstance(name, str) else ""
    return _EVENTS.get(letters, "unknown")


def _dialect(payload: Mapping[str, Any], told: Told) -> str:
    """Tell the dialects of one shape apart: by keys that only one has, by the command, by what is likely."""
    if "cursor_version" in payload or "workspace_roots" in payload:
        return "cursor"
    if told.dialect in _NAMED:
        return _NAMED[told.dialect]
    if "timestamp" in payload:
        return "gemini" if payload.get("transcript_path") else "copilot"
    name = str(payload.get("transcript_path")).replace("\\", "/").rpartition("/")[2]
    is_rollout = name.startswith("rollout-") and name.endswith(".jsonl")
    return "codex-native" if is_rollout or "turn_id" in payload or "model" in payload else "claude"


def _workspace(payload: Mapping[str, Any]) -> str | None:
    roots = payload.get("workspace_roots")
    return path(roots[0]) if isinstance(roots, list) and roots else None


def _tool(payload: Mapping[str, Any], dialect: str) -> dict[str, Any]:
    """Return the facts of a tool call, its words only where no transcript has them."""
    is_failure = "failure" in str(payload["hook_event_name"]).lower()
    facts: dict[str, Any] = {"success": False if is_failure else truth(payload.get("success"))}
    if dialect in WITHOUT_TRANSCRIPT:
        facts |= {
            "tool_call_id": identity(payload.get("tool_use_id")),
            "tool_input": payload.get("tool_input"),
            "tool_output": output_text(first(payload, "tool_response", "tool_output")),
            "error": text(payload.get("error")),
        }
    return facts
